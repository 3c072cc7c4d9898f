// The core for pages: load it once, then call it. Texts go in, a text comes out, as on every host.
//
// Nothing that a document contains makes a call throw: text that is no event is a rejection.
// If the core fails all the same, the call throws a CoreError, a fresh instance takes its place,
// and the next call works.

import init, * as ledger from './ledger.js';

/** The core stopped in the middle of a call: a mistake of ours. */
export class CoreError extends Error {
  constructor(name, cause) {
    super(
      `The translation core stopped in ${name}: ${cause.message}. This is a mistake in the core, ` +
        'not in the document. Report it with the event and the settings; other documents still work.',
      { cause },
    );
    this.name = 'CoreError';
  }
}

/**
 * Fetches and starts the core. Call it once, before anything else.
 * @param {URL|string} [address] where the module is; by default beside this file
 */
export async function load(address = new URL('ledger_bg.wasm', import.meta.url)) {
  await init({ module_or_path: address });
}

/** The decision on an event: one JSON line. */
export const translate = (event, settings) => call('translate', event, settings);

/** The decision as a page of plain text. */
export const explain = (event, settings) => call('explain', event, settings);

/** The same page as JSON: `{headline, sections: [{title, entries}]}`. */
export const explainSections = (event, settings) => call('explainSections', event, settings);

/** What is wrong with settings: a JSON list of problems. `tier`: JSON list of features, empty for all. */
export const validate = (settings, tier = '') => call('validate', settings, tier);

/** What the core is: JSON with its version, those of the documents, and the digest of its rules. */
export const describe = () => call('describe');

/** Panics on purpose, to check that a page shows errors. */
export const panicDrill = () => call('panicDrill');

function call(name, ...texts) {
  for (const text of texts) {
    if (typeof text !== 'string') throw new TypeError(`${name} takes texts, not ${typeof text}`);
  }
  try {
    return ledger[name](...texts);
  } catch (cause) {
    // What the failed call left in memory and on the stack is of no use to the next one.
    ledger.__wbg_reset_state();
    throw new CoreError(name, cause);
  }
}
