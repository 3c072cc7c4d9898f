// The page: texts in, decisions out. The core decides; this file only carries texts to and fro.

import * as core from './core.js';
import { comparison, markDifferences, namesOf, summary } from './compare.js';
import { decisionCard, failureCard } from './decision.js';
import { afterTyping, element } from './dom.js';
import { valueAt, withValue } from './knobs.js';
import { find } from './pointer.js';
import { Samples, titleOf } from './samples.js';
import { knobs, pretty, showChanges, showProblems, tree } from './settings.js';

/** An event has at most so many bytes on every host. */
const MOST_BYTES = 16 * 1024 * 1024;
const FIRST_SAMPLE = 'invoice/discounted_shipping_becomes_a_line';

const byId = (id) => document.getElementById(id);
const event = byId('event');
const settings = byId('settings');
const decisions = byId('decisions');

/** The settings that a change is compared with. */
let baseline = '';

const offerKnob = knobs(() => settings.value, setSettings);
const samples = new Samples(takeSample, showFailure);

/** Brings a place of the event, or of the settings, into view. */
function show(pointer) {
  const inSettings = pointer.startsWith('/settings');
  const [area, rest] = inSettings ? [settings, pointer.slice('/settings'.length)] : [event, pointer];
  // A place that is missing is shown by the nearest one that is there.
  let range = null;
  for (let path = rest; range === null && path !== ''; path = path.slice(0, path.lastIndexOf('/'))) {
    range = find(area.value, path);
  }
  area.closest('details').open = true;
  area.focus();
  const [start, end] = range ?? [0, 0];
  area.setSelectionRange(start, end);
  const line = parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = (area.value.slice(0, start).split('\n').length - 4) * line;
  area.scrollIntoView({ block: 'center' });
}

function decide(settingsText) {
  const decision = JSON.parse(core.translate(event.value, settingsText));
  const page = JSON.parse(core.explainSections(event.value, settingsText));
  return { decision, page };
}

/** Decides again and shows everything anew. */
function update() {
  offerKnob();
  try {
    updateSettings();
    updateDecisions();
  } catch (error) {
    showFailure(error);
  }
}

function updateSettings() {
  const empty = settings.value.trim() === '';
  showProblems(empty ? [] : JSON.parse(core.validate(settings.value)), show);
  showChanges(tree(baseline), tree(settings.value), {
    undo: (pointer, value) => setSettings(pretty(withValue(tree(settings.value), pointer, value))),
    reset: () => setSettings(baseline),
    keep: () => {
      baseline = settings.value;
      update();
    },
  });
}

function updateDecisions() {
  if (event.value.trim() === '') {
    byId('comparison').replaceChildren();
    decisions.replaceChildren(emptyCard());
    return;
  }
  const after = decide(settings.value);
  const changed = settings.value !== baseline && !sameJson(settings.value, baseline);
  const before = changed ? decide(baseline) : null;
  const names = namesOf(tree(settings.value));
  const cards = changed
    ? [decisionCard(before.decision, before.page, 'Before, with the settings as loaded', show), decisionCard(after.decision, after.page, 'After, with your changes', show)]
    : [decisionCard(after.decision, after.page, '', show)];
  // Two kinds of decision have nothing in common that is worth a mark.
  if (changed && before.decision.decision === after.decision.decision) markDifferences(...cards);
  decisions.classList.toggle('two', changed);
  decisions.replaceChildren(...cards);
  byId('comparison').replaceChildren(...(changed ? [comparison(before.decision, after.decision, names)] : []));
  const same = changed && JSON.stringify(before.decision) === JSON.stringify(after.decision);
  byId('announcement').textContent = changed ? summary(before.decision, after.decision, same) : after.page.headline;
}

function sameJson(one, other) {
  const [left, right] = [tree(one), tree(other)];
  return left !== null && right !== null && JSON.stringify(left) === JSON.stringify(right);
}

function emptyCard() {
  return element(
    'div',
    { class: 'card empty' },
    element('h2', null, 'No event yet'),
    element('p', null, 'The decision appears here: what would be posted to Sage, at which rates, and why.'),
    element('p', null, 'Choose a sample, drop an event file on this page, or paste its text.'),
  );
}

function showFailure(error) {
  byId('comparison').replaceChildren();
  decisions.classList.remove('two');
  decisions.replaceChildren(failureCard(error));
}

function setSettings(text) {
  settings.value = text;
  update();
}

function nameEvent(title, text) {
  byId('event-name').replaceChildren(element('p', { class: 'event-title' }, title), element('p', { class: 'muted' }, text));
}

function takeSample({ name, why, event: eventText, settings: settingsText }) {
  event.value = eventText;
  baseline = settingsText;
  history.replaceState(null, '', `#${name}`);
  nameEvent(titleOf(name), why);
  setSettings(settingsText);
}

/** Takes a file as the event, or as the settings when it looks like them or is meant so. */
async function takeFile(file, asSettings) {
  if (file === undefined) return;
  if (file.size > MOST_BYTES) {
    showFailure(new Error(`${file.name} has ${Math.ceil(file.size / 1e6)} MB, and a document has at most 16 MiB. Choose the file of a single event.`));
    return;
  }
  const text = await file.text();
  const looksLikeSettings = valueAt(tree(text) ?? {}, '/policy') !== undefined && !('event' in tree(text));
  if (asSettings || looksLikeSettings) {
    setSettings(text);
    return;
  }
  event.value = text;
  history.replaceState(null, '', location.pathname);
  nameEvent(file.name, 'From your computer. It stays in this page.');
  update();
}

function wire() {
  // On a narrow screen the decision comes before the texts.
  if (!matchMedia('(min-width: 62rem)').matches) {
    for (const source of document.querySelectorAll('details.source')) source.open = false;
  }
  event.addEventListener('input', afterTyping(update));
  settings.addEventListener('input', afterTyping(update));
  byId('choose-sample').addEventListener('click', () => samples.open());
  for (const [id, asSettings] of [['event-file', false], ['settings-file', true]]) {
    byId(id).addEventListener('change', ({ target }) => {
      takeFile(target.files[0], asSettings).catch(showFailure);
      target.value = '';
    });
  }
  const target = byId('drop-target');
  const withFiles = (dragged) => dragged.dataTransfer?.types.includes('Files');
  document.addEventListener('dragover', (dragged) => {
    if (!withFiles(dragged)) return;
    dragged.preventDefault();
    target.hidden = false;
  });
  document.addEventListener('dragleave', (dragged) => {
    if (dragged.relatedTarget === null) target.hidden = true;
  });
  document.addEventListener('drop', (dropped) => {
    target.hidden = true;
    if (!withFiles(dropped)) return;
    dropped.preventDefault();
    takeFile(dropped.dataTransfer.files[0], false).catch(showFailure);
  });
  window.addEventListener('hashchange', () => samples.take(decodeURIComponent(location.hash.slice(1))));
  document.addEventListener('keydown', (pressed) => {
    const typing = ['TEXTAREA', 'INPUT', 'SELECT'].includes(pressed.target.tagName);
    if (pressed.key !== '/' || typing || pressed.ctrlKey || pressed.metaKey) return;
    pressed.preventDefault();
    samples.open();
  });
  // Printed pages are read in full.
  window.addEventListener('beforeprint', () => {
    for (const folded of document.querySelectorAll('details.rules')) folded.open = true;
  });
}

async function start() {
  wire();
  await core.load();
  const { core_version: version, rule_table_hash: rules } = JSON.parse(core.describe());
  byId('version').textContent = `core ${version}, rules ${rules.slice(0, 12)}`;
  await samples.load();
  const wanted = decodeURIComponent(location.hash.slice(1));
  if (!(await samples.take(wanted))) await samples.take(FIRST_SAMPLE);
  document.body.dataset.ready = 'yes';
}

start().catch((error) => {
  showFailure(
    new Error(
      `The page could not be prepared: ${error.message}. Serve the folder over HTTP and use a browser with WebAssembly; then load the page again.`,
      { cause: error },
    ),
  );
});
