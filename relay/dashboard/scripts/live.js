// A list that is shown anew while somebody looks at it. Without this script it is as it was loaded.
"use strict";
(() => {
  const every = 5000;
  // Nobody looks for so long: the session may come to its end.
  const rest = 15 * 60 * 1000;
  let lastUse = Date.now();
  for (const use of ["pointerdown", "keydown", "focus"]) {
    addEventListener(use, () => { lastUse = Date.now(); });
  }
  const list = () => document.querySelector("[data-live]");
  const isInUse = (area) =>
    area.contains(document.activeElement) || area.querySelector("input:checked") !== null;
  const renew = async () => {
    const area = list();
    if (document.hidden || Date.now() - lastUse > rest || !area || isInUse(area)) return;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      const now = list();
      if (!fresh || isInUse(now) || fresh.innerHTML === now.innerHTML) return;
      now.replaceChildren(...fresh.childNodes);
    } catch {
      // The relay is away for a moment: the list stays, and is asked for again.
    }
  };
  setInterval(renew, every);
})();
