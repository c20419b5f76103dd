// What Gradio's components cannot be told from Python: the conversation is a log that screen readers follow, a
// new question comes to the top of the view, an alarm stays in view, and nothing that was typed is lost.
"use strict";

const verbatim = {
  sent: "",
  box: () => document.querySelector("#question textarea"),

  fill(box, text) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  },

  // A question that was not answered goes back into the box, unless something else is typed there.
  giveBack() {
    const box = verbatim.box();
    if (verbatim.sent && !box.value) verbatim.fill(box, verbatim.sent);
    verbatim.sent = "";
  },

  say(text) {
    document.getElementById("said").textContent = text;
  },

  // On a touch screen the keyboard would cover the answer.
  focusBox() {
    if (matchMedia("(pointer: fine)").matches) verbatim.box().focus({ preventScroll: true });
  },
};

function follow(log) {
  log.setAttribute("role", "log");
  log.setAttribute("aria-label", "Conversation");
  let shown = 0;
  new MutationObserver(() => {
    const parts = log.querySelectorAll(".asked, .answer");
    const last = parts[parts.length - 1];
    if (parts.length > shown) {
      const questions = log.querySelectorAll(".asked");
      pin(log, questions[questions.length - 1]);
      measure();
      // Twice a turn: there may be no room to scroll before the answer is there.
      questions[questions.length - 1].scrollIntoView({ block: "start" });
      if (last.matches(".answer.failed")) verbatim.giveBack();
      else if (last.matches(".answer")) verbatim.sent = "";
      if (verbatim.connected) document.getElementById("connection").textContent = "";
    }
    shown = parts.length;
  }).observe(log, { childList: true, subtree: true });
}

// What to do in an emergency stays above what is asked after it, until the patient puts it away.
function pin(log, question) {
  const alarms = [...log.querySelectorAll(".answer:is(.urgent, .crisis):not([data-put-away]) .notice:is(.urgent, .crisis)")];
  const before = alarms.filter((a) => a.compareDocumentPosition(question) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (before.length === 0) return;
  const pinned = document.getElementById("pinned");
  const button = document.createElement("button");
  button.type = "button";
  button.id = "put-away";
  button.textContent = "I have read this";
  const words = before[before.length - 1].querySelectorAll("p:first-child, .contacts");
  pinned.replaceChildren(...[...words].map((part) => part.cloneNode(true)), button);
  pinned.hidden = false;
}

function unpin() {
  const pinned = document.getElementById("pinned");
  pinned.hidden = true;
  pinned.replaceChildren();
}

// How much of the view the lines at its top and bottom cover.
function measure() {
  const covered = (id) => {
    const element = document.getElementById(id);
    return getComputedStyle(element).position === "sticky" ? element.offsetHeight : 0;
  };
  document.documentElement.style.setProperty("--top", `${covered("emergency")}px`);
  document.documentElement.style.setProperty("--bottom", `${covered("ask-bar")}px`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("#ask")) verbatim.sent = verbatim.box().value;
  if (button.matches(".example")) verbatim.sent = "";
  if (button.matches("#put-away")) {
    for (const alarm of document.querySelectorAll(".answer:is(.urgent, .crisis)")) alarm.dataset.putAway = "";
    unpin();
  }
  if (button.matches("#start-over")) {
    verbatim.sent = "";
    unpin();
    scrollTo(0, 0);
  }
  if (button.matches("#print")) print();
  if (button.matches("#ask, .example, #start-over, #put-away")) verbatim.focusBox();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target === verbatim.box()) verbatim.sent = event.target.value;
}, true);

// Print what is folded too, the addresses of the citations, and the day.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("#conversation details:not([open])")) {
    folded.open = true;
    folded.dataset.folded = "";
  }
  for (const link of document.querySelectorAll("#conversation a.show")) link.dataset.address = link.href;
  const day = new Date().toLocaleDateString("en-GB", { dateStyle: "long" });
  document.querySelector("#about h1").dataset.printed = `Printed on ${day}`;
});

addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("#conversation details[data-folded]")) {
    folded.open = false;
    delete folded.dataset.folded;
  }
});

new MutationObserver((_, observer) => {
  const log = document.getElementById("conversation");
  const bar = document.getElementById("ask-bar");
  if (!log || !bar) return;
  observer.disconnect();
  follow(log);
  const sizes = new ResizeObserver(measure);
  sizes.observe(document.getElementById("emergency"));
  sizes.observe(bar);
  addEventListener("resize", measure);
}).observe(document.documentElement, { childList: true, subtree: true });
