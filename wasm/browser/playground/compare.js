// Differences between two JSON values, and a table of them.

import { counted, element } from './dom.js';

/** Most differences that are listed; more of them say that the documents are simply others. */
const MOST = 40;

/**
 * Every place at which two values differ: `{pointer, before, after}`, undefined where there is none.
 * @param {unknown} before
 * @param {unknown} after
 */
export function differences(before, after, pointer = '') {
  if (before === after) return [];
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ pointer, before, after }];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const step = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return differences(before[name], after[name], step);
  });
}

const isTree = (value) => typeof value === 'object' && value !== null;

/** The names of Sage's ids, as the settings' reference data gives them. */
export function namesOf(settings) {
  const names = new Map();
  for (const list of Object.values(settings?.reference ?? {})) {
    if (!Array.isArray(list)) continue;
    for (const { id, displayed_as: name } of list) if (name) names.set(id, name);
  }
  return names;
}

/**
 * A value as people read it: an id by its name.
 * @param {unknown} value
 * @param {Map<string, string>} names
 */
export function shown(value, names) {
  const words = new Map([[undefined, 'not set'], [null, 'none'], ['', 'empty'], [true, 'yes'], [false, 'no']]);
  const known = words.get(value) ?? names.get(value);
  if (known !== undefined) return element('span', { title: typeof value === 'string' ? value : '' }, known);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return element('code', null, text.length > 160 ? `${text.slice(0, 160)}…` : text);
}

/** Marks what one card says and the other does not. */
export function markDifferences(one, other) {
  const parts = (card) => [...card.querySelectorAll('dd p, td, section > p, .warnings li > p:first-child')];
  const texts = (card) => new Set(parts(card).map((part) => part.textContent));
  const [inOne, inOther] = [texts(one), texts(other)];
  for (const [card, known] of [[one, inOther], [other, inOne]]) {
    for (const part of parts(card)) part.classList.toggle('different', !known.has(part.textContent));
  }
}

/**
 * What a change of the settings does to the decision.
 * @param {object} before a decision
 * @param {object} after a decision
 * @param {Map<string, string>} names of ids
 */
export function comparison(before, after, names) {
  const same = JSON.stringify(before) === JSON.stringify(after);
  const changed = same ? [] : differences(before, after);
  return element(
    'section',
    { class: 'card comparison' },
    element('h2', null, summary(before, after, same)),
    changed.length > 0 && before.decision === after.decision && listed(changed, names),
  );
}

/** The comparison in one sentence. */
export function summary(before, after, same) {
  const words = { post: 'posted', skip: 'skipped', reject: 'rejected' };
  if (same) return 'Your change does not touch this document';
  if (before.decision !== after.decision) {
    return `The document is ${words[after.decision]} instead of ${words[before.decision]}`;
  }
  return `The document is still ${words[after.decision]}, but not in the same way`;
}

function listed(changed, names) {
  const rows = changed.slice(0, MOST).map(({ pointer, before, after }) =>
    element('tr', null, element('th', { scope: 'row' }, element('code', null, pointer)), element('td', null, shown(before, names)), element('td', null, shown(after, names))),
  );
  const heads = ['Place in the decision', 'Before', 'After'];
  return element(
    'details',
    { open: changed.length <= 8 },
    element('summary', null, counted(changed.length, 'difference')),
    element(
      'div',
      { class: 'table', tabIndex: 0, role: 'region', 'aria-label': 'Differences' },
      element(
        'table',
        { class: 'differences' },
        element('thead', null, element('tr', null, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
        element('tbody', null, ...rows),
      ),
    ),
    changed.length > MOST && element('p', { class: 'hint' }, `and ${changed.length - MOST} more`),
  );
}
