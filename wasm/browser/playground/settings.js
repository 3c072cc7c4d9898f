// The settings: one knob at a time, what was changed, what is wrong with them.

import { differences, namesOf, shown } from './compare.js';
import { place } from './decision.js';
import { counted, element } from './dom.js';
import { KNOBS, choices, valueAt, withValue } from './knobs.js';

const byId = (id) => document.getElementById(id);

/** The settings' tree, or null where the text is no JSON object. */
export function tree(text) {
  try {
    const parsed = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

export const pretty = (value) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Fills the form that changes one setting.
 * @param {() => string} read the present text
 * @param {(text: string) => void} write takes a changed text
 */
export function knobs(read, write) {
  const knob = byId('knob');
  const choice = byId('knob-choice');
  const free = byId('knob-value');
  for (const [title, group] of Object.entries(KNOBS)) {
    const options = Object.keys(group).map((pointer) => element('option', { value: pointer }, pointer.slice(1).replaceAll('/', ' › ')));
    knob.append(element('optgroup', { label: title }, ...options));
  }

  let offered = null;
  const offer = () => {
    const settings = tree(read()) ?? {};
    const present = valueAt(settings, knob.value);
    offered = choices(knob.value, settings);
    choice.hidden = offered === null;
    free.hidden = offered !== null;
    if (offered === null) {
      free.value = present ?? '';
      return;
    }
    choice.replaceChildren(...offered.map(({ text }, index) => element('option', { value: String(index) }, text)));
    const others = offered.findIndex(({ value }) => value !== (present ?? null));
    const chosen = typeof present === 'boolean' || present === undefined ? others : offered.findIndex(({ value }) => value === present);
    choice.value = String(Math.max(chosen, 0));
  };
  knob.addEventListener('change', offer);
  byId('knobs').addEventListener('submit', (event) => {
    event.preventDefault();
    const settings = tree(read());
    if (settings === null) {
      free.setCustomValidity('');
      byId('settings').focus();
      return;
    }
    const value = offered === null ? (free.value === '' ? null : free.value) : offered[Number(choice.value)].value;
    write(pretty(withValue(settings, knob.value, value)));
  });
  return offer;
}

/** What differs from the settings as they were loaded, each with a way back. */
export function showChanges(before, after, { undo, reset, keep }) {
  const changed = before !== null && after !== null ? differences(before, after) : [];
  const names = namesOf(after);
  const list = changed.map(({ pointer, before: old, after: now }) =>
    element(
      'li',
      null,
      element('code', { class: 'place-name' }, pointer),
      element('span', { class: 'change' }, shown(old, names), element('span', { 'aria-label': 'becomes', role: 'img' }, ' → '), shown(now, names)),
      element('button', { type: 'button', 'aria-label': `Undo the change of ${pointer}`, on: { click: () => undo(pointer, old) } }, 'Undo'),
    ),
  );
  byId('changes').replaceChildren(
    ...(list.length === 0
      ? []
      : [
          element(
            'div',
            { class: 'changes' },
            element('h3', null, counted(list.length, 'change')),
            element('ul', null, ...list),
            element(
              'div',
              { class: 'buttons' },
              element('button', { type: 'button', on: { click: reset } }, 'Undo all'),
              element('button', { type: 'button', on: { click: keep } }, 'Compare with these from now on'),
            ),
          ),
        ]),
  );
}

/** What the core says about the settings. */
export function showProblems(problems, show) {
  const list = problems.map(({ code, pointer, message, suggestion }) =>
    element(
      'li',
      null,
      element('p', null, element('strong', null, message)),
      element('p', null, suggestion),
      element('p', { class: 'place' }, element('code', null, code), place(pointer, show)),
    ),
  );
  byId('problems').replaceChildren(
    ...(list.length === 0
      ? []
      : [
          element(
            'div',
            { class: 'problems' },
            element('h3', null, element('span', { 'aria-hidden': 'true' }, '! '), `${counted(list.length, 'problem')} in the settings`),
            element('ul', null, ...list),
          ),
        ]),
  );
}
