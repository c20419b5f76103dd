// A conversation outlives a reload, and for ten seconds a start over. The tab's history holds a key that means nothing
// elsewhere; the words are on the server. Nothing of them is stored in the browser.
"use strict";

(() => {
  const UNDO = 10000; // milliseconds; web/session.py keeps it a little longer
  const AGAIN = 2000;
  const TRIES = 5;
  let timer = null;

  const shownKey = () => document.querySelector("#conversation [data-visit]")?.dataset.visit || "";

  // Called whenever the log has changed.
  verbatim.keep = () => {
    const key = shownKey();
    if (key && history.state?.visit !== key) history.replaceState({ ...history.state, visit: key }, "");
  };

  // After a reload, or when the way back leads here.
  verbatim.resume = (tries = TRIES) => {
    const key = history.state?.visit;
    if (!key || shownKey() || verbatim.sending || tries === 0) return;
    verbatim.tell("resume-it", key);
    setTimeout(() => verbatim.resume(tries - 1), AGAIN);
  };

  verbatim.offerUndo = (offered) => {
    clearTimeout(timer);
    const undo = document.getElementById("undo");
    if (undo.hidden !== offered) return;
    undo.hidden = !offered;
    if (offered) timer = setTimeout(withdraw, UNDO);
  };

  // Not from under a finger or the focus.
  function withdraw() {
    const undo = document.getElementById("undo");
    if (undo.matches(":hover, :focus-within")) timer = setTimeout(withdraw, AGAIN);
    else verbatim.offerUndo(false);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#start-over")) verbatim.offerUndo(document.querySelector("#conversation .asked") !== null);
    if (event.target.closest("#undo button")) {
      verbatim.offerUndo(false);
      document.getElementById("undo-it").click();
      verbatim.focusBox();
    }
  });
})();
