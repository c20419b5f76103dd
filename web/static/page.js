// What Gradio's components cannot be told from Python: the conversation is a log that screen readers follow, a
// new question comes to the top of the view, an alarm stays in view, and nothing that was typed is lost.
"use strict";

const verbatim = {
  box: () => document.querySelector("#question textarea"),

  fill(box, text) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  },

  // The unseen box and buttons are the way to Python: see the end of build_page.
  tell(button, message) {
    verbatim.fill(document.querySelector("#say textarea"), message);
    setTimeout(() => document.getElementById(button).click());
  },

  measure: () => measure(),

  say(text) {
    document.getElementById("said").textContent = text;
  },

  // On a touch screen the keyboard would cover the answer.
  focusBox() {
    if (!matchMedia("(pointer: coarse)").matches) verbatim.box().focus({ preventScroll: true });
  },
};

function follow(log) {
  log.setAttribute("role", "log");
  log.setAttribute("aria-label", "Conversation");
  let shown = "";
  let heard = "";
  let newest = { visit: "", events: 0 };
  let looked = "";
  new MutationObserver(() => {
    // Gradio changes the log while it waits, too: the last block tells when an event has ended.
    const { visit, events } = log.querySelector("[data-visit]")?.dataset ?? {};
    const waits = log.querySelector(".pending") !== null;
    const told = `${events} ${log.querySelectorAll(".asked").length} ${waits}`;
    if (told !== heard) {
      heard = told;
      verbatim.arrived();
      verbatim.keep();
      // What was sent later may come sooner: then the last word is asked for once more.
      const late = visit === newest.visit && Number(events) < newest.events;
      if (!late) newest = { visit, events: Number(events) };
      if ((waits || late) && looked !== `${visit} ${events}`) {
        looked = `${visit} ${events}`; // once for each word of the server's, however often the log changes
        document.getElementById("look-it").click();
      }
    }
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
      verbatim.show(questions[questions.length - 1]);
      const box = verbatim.box();
      if (verbatim.sent && box.value === verbatim.sent) verbatim.fill(box, ""); // it is shown, and nothing else typed
      if (last.matches(".answer")) verbatim.follow(last);
      if (last.matches(".answer.failed") || last.querySelector("[data-notice='rejected-long']")) verbatim.giveBack();
      else if (last.matches(".answer")) verbatim.sent = "";
      if (verbatim.connected && !verbatim.next) document.getElementById("connection").textContent = "";
    }
    shown = now;
    verbatim.sendNext();
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
  const words = before[before.length - 1].querySelectorAll("p:first-child, .calls");
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
  document.documentElement.style.setProperty("--top", `${covered("emergency") + covered("compact")}px`);
  document.documentElement.style.setProperty("--bottom", `${covered("ask-bar")}px`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("#put-away")) {
    for (const alarm of document.querySelectorAll(".answer:is(.urgent, .crisis)")) alarm.dataset.putAway = "";
    unpin();
  }
  if (button.matches("#start-over")) {
    verbatim.forget();
    verbatim.fill(verbatim.box(), "");
    unpin();
    scrollTo(0, 0);
  }
  if (button.matches("#print")) print();
  if (button.matches(".compact button")) {
    document.getElementById(button.dataset.to).scrollIntoView({ block: "start" });
    if (button.dataset.to === "ask-bar") verbatim.box().focus({ preventScroll: true });
  }
  if (button.matches("#start-over, #put-away")) verbatim.focusBox();
}, true);

// Print what is folded too, the addresses of the citations, and the day.
addEventListener("beforeprint", () => {
  if (!("drawn" in document.documentElement.dataset)) return; // nothing was asked here yet
  for (const folded of document.querySelectorAll("#conversation details:not([open])")) {
    folded.open = true;
    folded.dataset.folded = "";
  }
  for (const link of document.querySelectorAll("#conversation a.show")) link.dataset.address = link.dataset.public || link.href;
  if (!document.getElementById("notes")) {
    const notes = document.createElement("section");
    notes.id = "notes";
    notes.append(document.createElement("p"), ...Array.from({ length: 6 }, () => document.createElement("div")));
    notes.firstChild.textContent = "Room to write, for you and your care team";
    document.getElementById("said-frame").after(notes);
  }
  const day = new Date().toLocaleDateString("en-GB", { dateStyle: "long" });
  document.querySelector("#about h1").dataset.printed = `Printed on ${day}`;
});

addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("#conversation details[data-folded]")) {
    folded.open = false;
    delete folded.dataset.folded;
  }
});

// The page in the first HTML has served until here: what was typed there goes on in the box.
function takeOver() {
  const first = document.getElementById("first");
  const typed = first?.querySelector("textarea");
  const box = verbatim.box();
  const focused = typed && document.activeElement === typed;
  // What is said in the language of the site around the page stays.
  const said = first?.querySelector("#start > .notice");
  if (said) document.getElementById("about").after(said);
  first?.remove();
  document.documentElement.dataset.drawn = "";
  if (typed?.value) verbatim.fill(box, typed.value);
  if (focused) box.focus({ preventScroll: true });
  const skip = document.querySelector(".skip");
  skip.hash = "#question";
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    box.focus();
  });
}

const PARTS = ["#emergency p", "#conversation", "#question textarea", "#ask", "#connection", "#undo", "#resume-it", "#look-it"];

new MutationObserver((_, observer) => {
  const app = document.querySelector("gradio-app");
  if (!app || PARTS.some((part) => !app.querySelector(part))) return;
  observer.disconnect();
  takeOver();
  follow(document.getElementById("conversation"));
  const sizes = new ResizeObserver(measure);
  sizes.observe(document.getElementById("emergency"));
  sizes.observe(document.getElementById("ask-bar"));
  addEventListener("resize", measure);
  verbatim.resume();
}).observe(document.documentElement, { childList: true, subtree: true });
