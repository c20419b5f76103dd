// The buttons inside answers: copy, read aloud, yes and no, questions to ask, medicines to choose from, and terms that
// are explained.
"use strict";

(() => {
  function words(card) {
    return [...card.querySelectorAll("[data-context], .words table, [data-passage]:not(tbody)")]
      .map((part) => part.innerText.trim())
      .join("\n");
  }

  const address = (link) => link.dataset.public || link.href;

  // What is said of a passage goes wherever the passage goes.
  async function copy(button) {
    const card = button.closest(".card");
    const answer = button.closest(".answer");
    const said = (selector) => [...answer.querySelectorAll(selector)].map((part) => part.innerText.trim());
    const text = [
      ...said(":scope > .notice"),
      ...(answer.matches(".related") ? said(".from") : []),
      words(card),
      [card.querySelector("h3").innerText, card.querySelector(".version").innerText, address(card.querySelector(".show"))].join("\n"),
      ...said(".disclaimer"),
    ].join("\n\n");
    await write(text);
    button.textContent = "Copied";
    verbatim.say("Copied, with what is said of it, where it stands and the disclaimer.");
    setTimeout(() => (button.textContent = "Copy"), 4000);
  }

  // Browsers keep the clipboard from pages that do not come by https, and from frames in others' pages that were not
  // given it; there the old way still works.
  async function write(text) {
    try {
      return await navigator.clipboard.writeText(text);
    } catch {
      writeAsBefore(text);
    }
  }

  function writeAsBefore(text) {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }

  function aloud(button) {
    const wasReading = "reading" in button.dataset;
    speechSynthesis.cancel();
    quiet();
    if (wasReading) return;
    const card = button.closest(".card");
    const speech = new SpeechSynthesisUtterance(spoken(`${card.querySelector("h3").innerText}.\n${words(card)}`));
    speech.lang = document.documentElement.lang || "en";
    speech.onend = speech.onerror = quiet;
    button.dataset.reading = "";
    button.textContent = "Stop reading";
    speechSynthesis.speak(speech);
  }

  // A voice says "sub stance" for a soft hyphen in "substance", and nothing for a ligature. Raised digits stay raised.
  function spoken(text) {
    return text
      .replace(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, "")
      .replace(/[\ufb00-\ufb06]/g, (ligature) => ligature.normalize("NFKC"))
      .normalize("NFC");
  }

  function quiet() {
    for (const button of document.querySelectorAll(".aloud[data-reading]")) {
      delete button.dataset.reading;
      button.textContent = "Read aloud";
    }
  }

  function thank(button) {
    verbatim.tell("tell-it", button.dataset.tell);
    const thanks = document.createElement("p");
    thanks.tabIndex = -1;
    const [, word] = button.dataset.tell.split(" ");
    thanks.textContent =
      word === "share"
        ? "Thank you. Your question is shared."
        : "Thank you. Only your yes or no is kept, not your question.";
    const share = button.closest(".answer").querySelector(".share[hidden]");
    const elsewhere = button.closest(".answer").querySelector(".after-no");
    if (word === "no" && share) share.hidden = false;
    if (word === "no" && elsewhere) elsewhere.hidden = false;
    button.closest(".tell-us, .share").replaceChildren(thanks);
    thanks.focus({ preventScroll: true });
  }

  function explain(term) {
    document.getElementById("glossary-term").textContent = term.dataset.term;
    document.getElementById("glossary-meaning").textContent = term.dataset.meaning;
    const sheet = document.getElementById("glossary");
    sheet.showPopover();
    sheet.querySelector(".close").focus();
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest(".copy, .aloud, .say, .choose, .tell, .term, #start-over, #ask");
    if (!target) return;
    if (target.matches(".copy")) copy(target);
    if (target.matches(".aloud")) aloud(target);
    if (target.matches(".say") && verbatim.connected) {
      verbatim.tell("say-it", target.dataset.ask);
      verbatim.focusBox();
    }
    if (target.matches(".choose") && verbatim.connected) {
      verbatim.tell("choose-it", target.dataset.choose);
      verbatim.focusBox();
    }
    if (target.matches(".tell")) thank(target);
    if (target.matches(".term")) explain(target);
    if (target.matches("#start-over, #ask") && "speechSynthesis" in window) speechSynthesis.cancel();
  });

  document.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && event.target.matches(".term")) {
      event.preventDefault();
      explain(event.target);
    }
  });
})();
