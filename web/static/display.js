// Text size, colours and contrast: the only things that are kept in the browser. Runs before the page is drawn.
"use strict";

(() => {
  const KEY = "verbatim-display";
  const VALUES = {
    size: ["normal", "large", "larger"],
    theme: ["device", "light", "dark"],
    contrast: ["normal", "strong"],
  };
  const root = document.documentElement;

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {}; // a browser may refuse to keep anything
    }
  }

  function apply(display) {
    for (const [name, values] of Object.entries(VALUES)) {
      root.dataset[name] = values.includes(display[name]) ? display[name] : values[0];
    }
  }

  apply(kept());
  if ("speechSynthesis" in window) root.dataset.speech = "";

  // The reader's place: what stands under the line at the top, and how far below it. Larger text, a turned phone and
  // zoom move everything; the place stays.
  let place = null;
  let moving = false; // what moves now is not the reader

  const covered = () => parseFloat(getComputedStyle(root).getPropertyValue("--top")) || 0;

  function mark() {
    if (moving) return;
    const under = document.elementFromPoint(innerWidth / 3, covered() + 8);
    const found = under?.closest("p, li, tr, h1, h2, h3, .asked, .card, .notice");
    if (!found || found.closest("#emergency, #ask-bar, .sheet, #panel")) return;
    place = { found, below: found.getBoundingClientRect().top - covered() };
  }

  // The line at the top is measured before the second frame.
  function keepPlace() {
    moving = true;
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        if (place?.found.isConnected && scrollY > 0) {
          scrollBy(0, place.found.getBoundingClientRect().top - covered() - place.below);
        }
        requestAnimationFrame(() => (moving = false));
      }),
    );
  }

  addEventListener("scroll", mark, { passive: true });
  addEventListener("resize", keepPlace);

  document.addEventListener("change", (event) => {
    if (!event.target.closest("#display")) return;
    const display = { ...kept(), [event.target.name]: event.target.value };
    keepPlace();
    apply(display);
    try {
      localStorage.setItem(KEY, JSON.stringify(display));
    } catch {
      // it holds until the page is closed
    }
  });

  document.addEventListener(
    "beforetoggle",
    (event) => {
      if (event.target.id !== "display") return;
      for (const name of Object.keys(VALUES)) {
        event.target.querySelector(`[name="${name}"][value="${root.dataset[name]}"]`).checked = true;
      }
    },
    true,
  );
})();
