// The keyboard: / goes to the first field of the search, j and k to the next and the previous row;
// the arrows scroll a table that is too wide.

// Rows with a link that can be seen; those of a closed part cannot.
const rows = () => [...document.querySelectorAll('main tbody tr')].filter((row) => row.querySelector('a[href]')?.checkVisibility());

function step(direction) {
  const links = rows().map((row) => row.querySelector('a[href]'));
  const here = links.findIndex((link) => link.closest('tr').contains(document.activeElement));
  const next = links[here === -1 ? (direction > 0 ? 0 : links.length - 1) : here + direction];
  next?.focus();
}

document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest('input:not([type=checkbox], [type=radio]), select, textarea');
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/') {
    const field = document.querySelector('[role=search] input') ?? document.querySelector('main input:not([type=hidden])');
    if (field === null) return;
    event.preventDefault();
    field.focus();
  } else if (event.key === 'j') {
    step(1);
  } else if (event.key === 'k') {
    step(-1);
  }
});

// Who has no mouse scrolls a wide table with the arrows, once it has the focus.
const watch = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth <= target.clientWidth) continue;
    target.tabIndex = 0;
    target.role = 'group';
    target.ariaLabel = 'A wide table';
  }
});
for (const wide of document.querySelectorAll('.scroll')) watch.observe(wide);
