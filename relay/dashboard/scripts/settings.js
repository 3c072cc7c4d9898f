// The settings while they are typed: the core judges them here, and again on the server when they are
// saved. Its words are the same, because it is the same core; a core of another version says nothing.

const place = document.getElementById('settings-check').dataset;
const TYPING = 150;
const NOTHING = '-';

const whole = (text) => (/^\d+$/.test(text) ? Number(text) : text);

// How the value of a field is read; relay/src/dashboard/settings_read.rs reads the same on the server.
const READ = {
  switch: (field) => field.querySelector('input').checked,
  text: (field) => typed(field),
  optional: (field) => typed(field) || null,
  number: (field) => whole(typed(field)),
  numbers: (field) => typed(field).split(',').map((part) => part.trim()).filter(Boolean).map(whole),
  map: (field) => Object.fromEntries(rowsOf(field).map(({ key, value }) => [key, value])),
  country_map: (field) => {
    const map = {};
    for (const { country, key, value } of rowsOf(field)) (map[country] ??= {})[key] = value;
    return map;
  },
};

const typed = (field) => field.querySelector('input, select').value.trim();

function rowsOf(field) {
  const rows = [...field.querySelectorAll('.row')].map((row) => {
    const text = (name) => row.querySelector(`[name$="/${name}"]`)?.value.trim() ?? '';
    const value = text('value');
    return { country: text('country').toUpperCase(), key: text('key'), value: value === NOTHING ? null : value };
  });
  return rows.filter(({ key, value }) => key !== '' && value !== '');
}

function withValue(policy, path, value) {
  const names = path.split('/');
  const last = names.pop();
  const group = names.reduce((at, name) => (at[name] ??= {}), policy);
  group[last] = value;
}

const fieldsOf = (form) => [...form.querySelectorAll('.field[data-path]')];

/** Shows what is wrong with a field, or that nothing is. */
function show(field, problems) {
  const at = `/settings/policy/${field.dataset.path}`;
  const own = problems.filter(({ pointer }) => pointer === at || pointer.startsWith(`${at}/`));
  const words = own.map(({ pointer, message, suggestion }) => {
    const key = pointer.slice(at.length + 1);
    return `${key === '' ? '' : `${key}: `}${message}. To do: ${suggestion}.`;
  });
  const shown = [...field.querySelectorAll(':scope > .wrong')];
  if (shown.map((one) => one.textContent).join('\n') === words.join('\n')) return;
  for (const one of shown) one.remove();
  const help = field.querySelector(':scope > .help');
  for (const text of words) {
    const wrong = document.createElement('p');
    wrong.className = 'wrong';
    wrong.role = 'alert';
    wrong.textContent = text;
    help.before(wrong);
  }
  for (const control of field.querySelectorAll(':scope > input, :scope > select')) {
    control.toggleAttribute('aria-invalid', words.length > 0);
  }
}

async function start() {
  const [core, answer] = await Promise.all([import(place.core), fetch(place.document)]);
  if (!answer.ok) return;
  const { settings, tier, describes } = await answer.json();
  await core.load();
  if (core.describe() !== describes) return;
  const judge = (form) => {
    const policy = structuredClone(settings.policy);
    const fields = fieldsOf(form);
    for (const field of fields) withValue(policy, field.dataset.path, READ[field.dataset.reading](field));
    const problems = JSON.parse(core.validate(JSON.stringify({ ...settings, policy }), tier));
    for (const field of fields) show(field, problems);
  };
  for (const form of document.querySelectorAll('form[action$="/settings/save"]')) {
    let waiting;
    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(judge, TYPING, form);
    };
    form.addEventListener('input', later);
    form.addEventListener('change', later);
  }
  document.documentElement.dataset.core = 'ready';
}

start();
