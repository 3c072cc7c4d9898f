// One decision as a card: the verdict, warnings, the sections of the explanation, the plan.

import { counted, element } from './dom.js';

const VERDICTS = {
  post: { sign: '✓', word: 'Post', sentence: 'The relay would send this document to Sage.' },
  skip: { sign: '–', word: 'Skip', sentence: 'A setting leaves this document out. Nothing is sent to Sage.' },
  reject: { sign: '✕', word: 'Reject', sentence: 'A person has to change something first. Nothing is sent to Sage.' },
};

/** What the core writes under this title is shown folded. */
const FOLDED = 'Rules that applied';
/** Labels of what only a program or a search needs. */
const CODES = ['code', 'reason'];
/** Labels of what happened, and of sentences. */
const LEADS = ['what', 'why'];
const SENTENCES = ['what to do'];
/** Warnings stand above the sections, from the decision itself. */
const SHOWN_ABOVE = 'Warnings';

/**
 * @param {object} decision of the core, parsed
 * @param {object} page its explanation in sections, parsed
 * @param {string} caption which settings these are; empty when there is one decision only
 * @param {(pointer: string) => void} show brings a place of the event or the settings into view
 */
export function decisionCard(decision, page, caption, show) {
  const verdict = VERDICTS[decision.decision];
  const subject = page.headline.replace(/^\S+ /, '');
  const [name, key] = subject.split(/ (?=\()/);
  return element(
    'article',
    { class: `card decision ${decision.decision}` },
    caption !== '' && element('p', { class: 'caption' }, caption),
    element(
      'header',
      { class: 'verdict' },
      element('span', { class: 'badge' }, element('span', { 'aria-hidden': 'true' }, verdict.sign), ` ${verdict.word}`),
      element('h2', null, name[0].toUpperCase() + name.slice(1)),
      key ? element('code', { class: 'key' }, key.slice(1, -1)) : null,
      element('p', null, verdict.sentence),
    ),
    warnings(decision.warnings, show),
    ...page.sections.filter(({ title }) => title !== SHOWN_ABOVE).map((section) => sectionOf(section, show)),
    'plan' in decision && plan(decision.plan),
  );
}

function warnings(list, show) {
  if (list.length === 0) return null;
  return element(
    'section',
    { class: 'warnings' },
    element('h3', null, element('span', { 'aria-hidden': 'true' }, '! '), counted(list.length, 'warning')),
    element(
      'ul',
      null,
      ...list.map(({ code, pointer, message }) =>
        element('li', null, element('p', null, message), element('p', { class: 'place' }, element('code', null, code), place(pointer, show))),
      ),
    ),
  );
}

function sectionOf({ title, entries: unsorted }, show) {
  // What happened comes first; the code is for whoever looks it up.
  const entries = [...unsorted].sort((one, other) => CODES.includes(one.label) - CODES.includes(other.label));
  const content = contentOf(entries, show);
  if (title === FOLDED) {
    const rules = entries.length;
    return element('details', { class: 'rules' }, element('summary', null, `${counted(rules, 'rule')} applied`), ...content);
  }
  return element('section', null, title !== '' && element('h3', null, title), ...content);
}

/** Facts that follow one another share a list. */
function contentOf(entries, show) {
  const content = [];
  let facts = null;
  for (const entry of entries) {
    if ('label' in entry) {
      facts ??= content[content.push(element('dl', null)) - 1];
      facts.append(
        element('dt', null, entry.label),
        element('dd', null, ...entry.text.map((text, index) => factText(entry.label, text, index, show))),
      );
      continue;
    }
    facts = null;
    content.push('rows' in entry ? table(entry) : element('p', null, entry.line));
  }
  return content;
}

function factText(label, text, index, show) {
  if (label === 'where' && text.startsWith('/')) return element('p', null, place(text, show));
  const first = LEADS.includes(label) ? 'lead' : SENTENCES.includes(label) ? 'sentence' : '';
  return element('p', { class: index > 0 ? 'further' : first }, text);
}

/** A JSON pointer as a button that leads to the place. */
export function place(pointer, show) {
  if (!pointer.startsWith('/')) return element('span', null, pointer === '' ? 'the whole document' : pointer);
  const title = 'Show this place in the text';
  return element('button', { type: 'button', class: 'pointer', title, on: { click: () => show(pointer) } }, pointer);
}

/** A table; in little room each row becomes a few lines, which is why cells know their column. */
function table({ columns, rows }) {
  const [head, ...body] = rows;
  const cell = (text, index) => element('td', { class: columns[index], role: 'cell', 'data-column': head[index] }, text);
  const row = (texts, index) => {
    const isSum = index === body.length - 1 && texts[0] === '';
    return element('tr', { class: isSum ? 'sum' : '', role: 'row' }, ...texts.map(cell));
  };
  const heads = head.map((text, index) => element('th', { class: columns[index], scope: 'col', role: 'columnheader' }, text));
  return element(
    'div',
    { class: 'table' },
    element('table', { class: 'lines', role: 'table' }, element('thead', null, element('tr', { role: 'row' }, ...heads)), element('tbody', null, ...body.map(row))),
  );
}

function plan(value) {
  const text = JSON.stringify(value, null, 2);
  const copy = element('button', { type: 'button' }, 'Copy');
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = 'Copied';
    } catch {
      copy.textContent = 'The browser does not allow it: select the text';
    }
  });
  return element(
    'details',
    { class: 'plan' },
    element('summary', null, `Plan for the relay, ${counted(value.steps.length, 'step')}`),
    element('div', { class: 'plan-text' }, copy, element('pre', { tabIndex: 0 }, text)),
  );
}

/** A failure of the page or of the core: what happened, why, and what to do. */
export function failureCard(error) {
  return element(
    'div',
    { class: 'card decision reject', role: 'alert' },
    element('h2', null, error.name === 'CoreError' ? 'The core stopped' : 'This did not work'),
    element('p', null, error.message),
  );
}
