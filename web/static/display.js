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

  document.addEventListener("change", (event) => {
    if (!event.target.closest("#display")) return;
    const display = { ...kept(), [event.target.name]: event.target.value };
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
