// What Gradio's components cannot be told from Python: the conversation is a log that screen readers follow, a
// new question comes to the top of the view, an alarm stays in view, and nothing that was typed is lost.
"use strict";

const verbatim = {
  sent: "",
  sending: false, // a question has left and is not shown yet
  next: null, // the button that sends what waits for the answer before
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
    verbatim.sending = false;
    verbatim.next = null;
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
  let shown = "";
  new MutationObserver(() => {
    verbatim.sending = false;
    const parts = log.querySelectorAll(".asked, .answer");
    const last = parts[parts.length - 1];
    // Of a long conversation the beginning goes as the end comes: the number alone does not tell.
    const now = last ? `${parts.length} ${last.className}` : "";
    if (last && now !== shown) {
      const questions = log.querySelectorAll(".asked");
      // A crisis is first on the screen, whatever stood there before.
      if (last.matches(".answer.crisis")) unpin();
      else pin(log, questions[questions.length - 1]);
      measure();
      // Twice a turn: there may be no room to scroll before the answer is there.
      questions[questions.length - 1].scrollIntoView({ block: "start" });
      const box = verbatim.box();
      if (verbatim.sent && box.value === verbatim.sent) verbatim.fill(box, ""); // it is shown, and nothing else typed
      if (last.matches(".answer.failed")) verbatim.giveBack();
      else if (last.matches(".answer")) verbatim.sent = "";
      if (verbatim.connected) document.getElementById("connection").textContent = "";
    }
    shown = now;
    if (verbatim.next && !looking()) {
      const next = verbatim.next;
      verbatim.next = null;
      next.click();
    }
  }).observe(log, { childList: true, subtree: true });
}

const looking = () => document.querySelector("#conversation .pending") !== null;

// One question at a time: what is sent while another is looked up goes out when that one is answered.
function hold(event, button) {
  if (!verbatim.sending && !looking()) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (looking()) {
    verbatim.next = button;
    document.getElementById("connection").textContent = "Your next question will be sent when this one is answered.";
  }
  return true;
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
  const copied = (part) => {
    const copy = part.cloneNode(true);
    const notice = part.closest(".notice");
    copy.lang = notice.lang;
    copy.dir = notice.dir;
    return copy;
  };
  pinned.replaceChildren(...[...words].map(copied), button);
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
  if (button.matches("#ask, .example, .say, .choose")) {
    if (hold(event, button)) return;
    verbatim.sending = true;
  }
  if (button.matches("#ask")) verbatim.sent = verbatim.box().value;
  if (button.matches(".example")) verbatim.sent = button.textContent.trim();
  if (button.matches(".say")) verbatim.sent = button.dataset.ask;
  if (button.matches("#put-away")) {
    for (const alarm of document.querySelectorAll(".answer:is(.urgent, .crisis)")) alarm.dataset.putAway = "";
    unpin();
  }
  if (button.matches("#start-over")) {
    verbatim.sent = "";
    verbatim.sending = false;
    verbatim.next = null;
    verbatim.fill(verbatim.box(), "");
    unpin();
    scrollTo(0, 0);
  }
  if (button.matches("#print")) print();
  if (button.matches("#ask, .example, #start-over, #put-away")) verbatim.focusBox();
}, true);

for (const name of ["keydown", "keypress"]) {
  document.addEventListener(name, (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.target !== verbatim.box()) return;
    if (hold(event, document.getElementById("ask"))) return;
    verbatim.sent = event.target.value;
    verbatim.sending = name === "keypress"; // this is what sends it
  }, true);
}

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
