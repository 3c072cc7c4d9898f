// Elements in one expression. Texts become text nodes, so nothing of a document is read as HTML.

/**
 * @param {string} tag
 * @param {object|null} properties of the element; `class`, `data-*`, `aria-*` and `on` are known
 * @param {...(Node|string|null|false)} children
 */
export function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name === 'on') {
      for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    } else if (name === 'class' || name.includes('-')) {
      made.setAttribute(name, value);
    } else {
      made[name] = value;
    }
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

/** `3 changes`, `1 change`. */
export function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Calls `handler` when nothing was typed for a moment. */
export function afterTyping(handler) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(handler, 150);
  };
}
