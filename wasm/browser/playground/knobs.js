// Settings that are worth a try, and what each may be changed to.
// The core reads and judges the result; a wrong value here shows as a problem like any other.

const YES_NO = [true, false];
const LEDGER = { from: 'ledger_accounts' };
const BANK = { from: 'bank_accounts' };
const RATE = { from: 'tax_rates' };
const FREE = null;

/** Place in the settings → what can be chosen; `FREE` takes any text. Grouped for the list. */
export const KNOBS = {
  'What is sent': {
    '/policy/sync_since': FREE,
    '/policy/sync_unpaid_invoices': YES_NO,
    '/policy/sync_zero_value_invoices': YES_NO,
    '/policy/sync_products': YES_NO,
    '/policy/sync_stock': YES_NO,
    '/policy/over_invoiced': ['reject', 'post'],
    '/policy/locked_period': ['reject', 'next_open_day'],
    '/binding/locked_until': FREE,
  },
  'Numbers and contacts': {
    '/policy/invoice_number_prefix': FREE,
    '/policy/document_reference': ['shorten', 'reject'],
    '/policy/customer_name_priority': ['Company', 'Person'],
    '/policy/b2c_consolidation/enabled': YES_NO,
    '/policy/b2c_consolidation/fallback_contact_email': FREE,
  },
  'Credit notes': {
    '/policy/credit_notes_without_invoice': ['post_unallocated', 'skip'],
    '/policy/adjustment_vat': ['none', 'inclusive'],
    '/policy/adjustment_ledger_account_id': LEDGER,
    '/policy/adjustment_tax_rate_id': RATE,
  },
  Accounts: {
    '/policy/default_ledger_account_id': LEDGER,
    '/policy/shipping_ledger_account_id': LEDGER,
    '/policy/fpt_ledger_account_id': LEDGER,
    '/policy/rounding_ledger_account_id': LEDGER,
    '/policy/default_bank_account_id': BANK,
    '/policy/gift_card_bank_account_id': BANK,
    '/policy/store_credit_bank_account_id': BANK,
    '/policy/reward_points_bank_account_id': BANK,
  },
  'VAT and rounding': {
    '/policy/default_tax_rate_id': RATE,
    '/policy/tax_rate_map/20.00': RATE,
    '/policy/tax_rate_map/5.00': RATE,
    '/policy/tax_rate_map/0.00': RATE,
    '/policy/rounding_cap': FREE,
    '/binding/multi_currency': YES_NO,
    '/binding/destination_vat': YES_NO,
  },
};

/**
 * What a knob may be changed to: `[{value, text}]`, or null for any text.
 * @param {string} pointer
 * @param {object} settings
 */
export function choices(pointer, settings) {
  const knob = Object.values(KNOBS).find((group) => pointer in group)?.[pointer] ?? FREE;
  if (knob === FREE) return null;
  if (Array.isArray(knob)) return knob.map((value) => ({ value, text: String(value) }));
  const known = settings.reference?.[knob.from] ?? [];
  const named = known.map(({ id, displayed_as: name }) => ({ value: id, text: name ?? id }));
  return [{ value: null, text: 'none' }, ...named];
}

/** The value at a pointer; undefined where there is none. */
export function valueAt(tree, pointer) {
  return steps(pointer).reduce((value, step) => value?.[step], tree);
}

/** A copy of the tree with another value at the pointer; undefined takes the entry out. */
export function withValue(tree, pointer, value) {
  const copy = structuredClone(tree);
  const path = steps(pointer);
  const last = path.pop();
  let parent = copy;
  for (const step of path) {
    if (typeof parent[step] !== 'object' || parent[step] === null) parent[step] = {};
    parent = parent[step];
  }
  if (value === undefined) {
    delete parent[last];
  } else {
    parent[last] = value;
  }
  return copy;
}

const steps = (pointer) =>
  pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
