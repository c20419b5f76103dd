// A service that is getting ready: says how far it is, and shows the page that was asked for once that is there.
"use strict";

(() => {
  const EVERY = 1000; // milliseconds

  async function look() {
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
      if (response.status < 500) {
        location.reload();
        return;
      }
      show(new DOMParser().parseFromString(await response.text(), "text/html"));
    } catch {
      // not reached: asked again
    }
    setTimeout(look, EVERY);
  }

  // Only what changed: a screen reader tells each change of what is being done.
  function show(now) {
    for (const id of ["doing", "done"]) {
      const [old, next] = [document.getElementById(id), now.getElementById(id)];
      if (next && old.textContent !== next.textContent) old.textContent = next.textContent;
    }
  }

  setTimeout(look, EVERY);
})();
