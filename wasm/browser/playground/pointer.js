// Finds the text behind a JSON pointer, so that it can be selected.

/**
 * Start and end of the value in the text; null where the text has no such place.
 * @param {string} text JSON
 * @param {string} pointer
 * @returns {[number, number]|null}
 */
export function find(text, pointer) {
  const wanted = pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  try {
    return value({ text, at: 0 }, wanted);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Reads a value; gives its range when `wanted` is empty, or that of what is wanted inside. */
function value(reader, wanted) {
  space(reader);
  const start = reader.at;
  const opening = reader.text[start];
  let found = null;
  if (opening === '{' || opening === '[') {
    found = inside(reader, opening, wanted);
  } else if (opening === '"') {
    string(reader);
  } else {
    const rest = /^[^\s,\]}]+/.exec(reader.text.slice(start, start + 64));
    if (rest === null) throw new SyntaxError('no value');
    reader.at += rest[0].length;
  }
  return wanted?.length === 0 ? [start, reader.at] : found;
}

function inside(reader, opening, wanted) {
  const closing = opening === '{' ? '}' : ']';
  let found = null;
  let position = 0;
  reader.at += 1;
  space(reader);
  while (reader.text[reader.at] !== closing) {
    let name = String(position);
    if (opening === '{') {
      name = JSON.parse(string(reader));
      space(reader);
      reader.at += 1; // the colon
    }
    const here = wanted !== null && wanted.length > 0 && wanted[0] === name;
    found = value(reader, here ? wanted.slice(1) : null) ?? found;
    position += 1;
    space(reader);
    if (reader.text[reader.at] === ',') reader.at += 1;
    space(reader);
    if (reader.at >= reader.text.length) throw new SyntaxError('the text ends too early');
  }
  reader.at += 1;
  return found;
}

function string(reader) {
  const start = reader.at;
  if (reader.text[start] !== '"') throw new SyntaxError('no text');
  for (reader.at += 1; reader.text[reader.at] !== '"'; reader.at += 1) {
    if (reader.text[reader.at] === '\\') reader.at += 1;
    if (reader.at >= reader.text.length) throw new SyntaxError('the text ends too early');
  }
  reader.at += 1;
  return reader.text.slice(start, reader.at);
}

function space(reader) {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at += 1;
}
