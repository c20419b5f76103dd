// What is sent, and when: never nothing, never the same twice, one question at a time. Each is seen at once, before
// the server has said a word.
"use strict";

(() => {
  const TWICE = 1000; // milliseconds in which the same question is a second tap, not a second question
  const SILENCE = 1500; // after which a screen reader is told that the question is under way
  const EMPTY = "Write your question first.";
  let last = null; // what was sent last: the question, by which way, and when
  let timer = null;

  const empty = (text) => !/[^\p{C}\p{Z}\s]/u.test(text); // as the server sees it: marks that nobody sees are no words
  const looking = () => document.querySelector("#conversation .pending") !== null;
  const line = () => document.getElementById("connection");

  Object.assign(verbatim, {
    sent: "",
    sending: false, // a question has left and is not shown yet
    next: null, // the button that sends what waits for the answer before

    // The server has spoken: what stood for its words goes.
    arrived() {
      clearTimeout(timer);
      verbatim.sending = false;
      document.getElementById("sending")?.remove();
    },

    // A question that was not answered goes back into the box, unless something else is typed there.
    giveBack() {
      const box = verbatim.box();
      if (verbatim.sent && !box.value) verbatim.fill(box, verbatim.sent);
      verbatim.forget();
    },

    forget() {
      verbatim.arrived();
      verbatim.sent = "";
      verbatim.next = null;
      last = null;
    },

    // What has waited for the answer before.
    sendNext() {
      if (!verbatim.next || looking()) return;
      const next = verbatim.next;
      verbatim.next = null;
      next.click();
    },
  });

  // What a button asks, and by which way: the same words are another question when they are asked on their own.
  function asks(button) {
    if (button.matches("#ask")) return [verbatim.box().value, "box"];
    if (button.matches(".example")) return [button.textContent.trim(), "alone"];
    if (button.matches(".say")) return [button.dataset.ask, "alone"];
    if (button.matches(".choose")) {
      const [medicine] = button.dataset.choose.split(" ", 1);
      return [button.dataset.choose.slice(medicine.length + 1), medicine];
    }
    return null;
  }

  // Whether a question may not leave now. `button` sends it when the one before is answered.
  function holds(event, [text, way], button) {
    const again = last && last.text === text && last.way === way && performance.now() - last.at < TWICE;
    const tapped = last && empty(text) && performance.now() - last.at < TWICE; // the box is empty: it was sent
    const busy = verbatim.sending || looking();
    if (!empty(text) && !again && !busy) return false;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (again || tapped) return true;
    if (empty(text)) {
      line().textContent = EMPTY;
      verbatim.focusBox();
    } else if (text !== verbatim.sent) {
      verbatim.next = button;
      line().textContent = "Your next question will be sent when this one is answered.";
    }
    return true;
  }

  function leaves([text, way]) {
    last = { text, way, at: performance.now() };
    verbatim.sent = text;
    verbatim.sending = true;
    show(text);
    verbatim.offerUndo(false);
    timer = setTimeout(() => verbatim.say("Looking in the monograph…"), SILENCE);
  }

  // The same markup as web/render.py makes of it; outside of the log, which will say it.
  function show(text) {
    const sending = document.createElement("div");
    sending.id = "sending";
    sending.innerHTML =
      '<div class="asked"><h2>You asked</h2><p><bdi dir="auto"></bdi></p></div><p class="pending">Looking in the monograph…</p>';
    sending.querySelector("bdi").textContent = text.trim().slice(0, 300);
    document.getElementById("conversation").after(sending);
    verbatim.measure();
    verbatim.show(sending);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const question = button && asks(button);
    if (!question || holds(event, question, button)) return;
    leaves(question);
    if (button.matches("#ask, .example")) verbatim.focusBox();
  }, true);

  for (const name of ["keydown", "keypress"]) {
    document.addEventListener(name, (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.target !== verbatim.box()) return;
      const question = [event.target.value, "box"];
      if (holds(event, question, document.getElementById("ask"))) return;
      if (name === "keypress") leaves(question); // this is what sends it
    }, true);
  }

  document.addEventListener("input", (event) => {
    if (event.target === verbatim.box() && line()?.textContent === EMPTY) line().textContent = "";
  });
})();
