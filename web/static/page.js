// What Gradio's components cannot be told from Python: the conversation is a log that screen readers
// follow, a new question comes to the top of the view, and the focus goes back to the question box.
"use strict";

function follow(log) {
  log.setAttribute("role", "log");
  log.setAttribute("aria-label", "Conversation");
  let shown = 0;
  new MutationObserver(() => {
    // Twice a turn: there may be no room to scroll before the answer is there.
    const parts = log.querySelectorAll(".asked, .answer").length;
    const questions = log.querySelectorAll(".asked");
    if (parts > shown) questions[questions.length - 1].scrollIntoView({ block: "start" });
    if (parts === 0) scrollTo(0, 0);
    shown = parts;
  }).observe(log, { childList: true, subtree: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#ask, .example, #start-over");
  // On a touch screen this would put the keyboard over the answer.
  if (button && matchMedia("(pointer: fine)").matches) {
    document.querySelector("#question textarea").focus({ preventScroll: true });
  }
});

new MutationObserver((_, observer) => {
  const log = document.getElementById("conversation");
  if (!log) return;
  observer.disconnect();
  follow(log);
}).observe(document.documentElement, { childList: true, subtree: true });
