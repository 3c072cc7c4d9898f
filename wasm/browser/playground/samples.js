// The samples: the golden cases, searched by words.

import { counted, element } from './dom.js';

const WORDS = { post: 'posted', skip: 'skipped', reject: 'rejected' };

/** `invoice/untaxed_shipping` → `Untaxed shipping`. */
export function titleOf(name) {
  const words = name.split('/')[1].replaceAll('_', ' ');
  return words[0].toUpperCase() + words.slice(1);
}

const kindOf = (name) => name.split('/')[0].replaceAll('_', ' ');

/** Fetches JSON, or says what did not work. */
async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${address} could not be fetched (${response.status}). Build the playground again with cargo xtask playground.`);
  }
  return response.json();
}

/**
 * The dialog with the list.
 * @param {(sample: object) => void} choose takes `{name, why, event, settings}`
 * @param {(error: Error) => void} failed
 */
export class Samples {
  #dialog = document.getElementById('samples');
  #search = document.getElementById('sample-search');
  #decision = document.getElementById('sample-decision');
  #list = document.getElementById('sample-list');
  #count = document.getElementById('sample-count');
  #all = [];
  #choose;
  #failed;

  constructor(choose, failed) {
    this.#choose = choose;
    this.#failed = failed;
    document.getElementById('close-samples').addEventListener('click', () => this.#dialog.close());
    this.#search.addEventListener('input', () => this.#show());
    this.#decision.addEventListener('change', () => this.#show());
    // A click beside the dialog closes it.
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener('keydown', (event) => this.#move(event));
  }

  async load() {
    this.#all = await fetched('samples.json');
    this.#show();
  }

  open() {
    this.#dialog.showModal();
    this.#search.select();
  }

  /** Takes a sample by its name; false when there is none. */
  async take(name) {
    const sample = this.#all.find((known) => known.name === name);
    if (sample === undefined) return false;
    this.#dialog.close();
    try {
      const texts = await fetched(`samples/${name}.json`);
      this.#choose({ ...sample, ...texts });
    } catch (error) {
      this.#failed(error);
    }
    return true;
  }

  #show() {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#all.filter(({ name, why, decision, rules }) => {
      const text = `${name.replaceAll('_', ' ')} ${why} ${rules.join(' ')}`.toLowerCase();
      const wanted = this.#decision.value;
      return (wanted === '' || wanted === decision) && words.every((word) => text.includes(word));
    });
    const groups = Map.groupBy(found, ({ name }) => kindOf(name));
    this.#count.textContent = found.length === 0 ? 'None has all these words. Try fewer.' : counted(found.length, 'sample');
    this.#list.replaceChildren(
      ...[...groups].map(([kind, samples]) =>
        element('section', null, element('h3', null, kind[0].toUpperCase() + kind.slice(1)), element('ul', null, ...samples.map((sample) => this.#entry(sample)))),
      ),
    );
  }

  #entry({ name, why, decision }) {
    return element(
      'li',
      null,
      element(
        'button',
        { type: 'button', class: 'sample', on: { click: () => this.take(name) } },
        element('span', { class: 'sample-title' }, titleOf(name)),
        element('span', { class: `badge small ${decision}` }, WORDS[decision]),
        element('span', { class: 'sample-why' }, why),
      ),
    );
  }

  /** The arrow keys go from the search through the list. */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.target === this.#decision) return;
    const stops = [this.#search, ...this.#list.querySelectorAll('button')];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }
}
