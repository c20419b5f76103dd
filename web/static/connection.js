// Says when the connection is lost and when it is back. Meanwhile nothing is sent, and what is typed stays.
"use strict";

(() => {
  const EVERY = 10000; // milliseconds between two looks while all is well
  const AGAIN = 2000;
  const PATIENCE = 30000; // a network may swallow a request without a word
  verbatim.connected = true;
  let server = null; // of which process the conversation is
  let timer = null;

  // Whether an event has found the server and was taken. Once one has found none, Gradio sends nothing any more until the
  // page is loaded anew: so it is told of a refusal, after which it goes on.
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    if (!String(request[0]?.url ?? request[0]).includes("/gradio_api/run/")) return fetched(...request);
    let reply;
    try {
      reply = await fetched(...request);
    } catch {
      reply = Response.json({ error: "The connection is lost." }, { status: 503 });
    }
    if (!reply.ok) refused();
    return reply;
  };

  async function look() {
    clearTimeout(timer);
    let up = false;
    try {
      const response = await fetch("livez", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      up = response.ok && (await response.json()).status === "live"; // and not still getting ready
    } catch {
      // it is not
    }
    if (up && server === null) server = await process();
    if (up && !verbatim.connected) await back();
    if (!up && verbatim.connected) lost();
    timer = setTimeout(look, verbatim.connected ? EVERY : AGAIN);
  }

  async function process() {
    try {
      return (await (await fetch("config", { cache: "no-store" })).json()).app_id;
    } catch {
      return null;
    }
  }

  const line = () => document.getElementById("connection") ?? document.createElement("p"); // not drawn yet

  function lost() {
    verbatim.connected = false;
    document.documentElement.dataset.lost = "";
    unanswered();
    line().textContent =
      "The connection is lost. What you typed is still in the box. This page tries again by itself. " +
      "In an emergency do not wait: call.";
  }

  // A question on its way has no answer: it goes back into the box.
  function unanswered() {
    const pending = document.querySelector("#conversation .pending");
    if (pending) {
      pending.textContent = "This question was not answered.";
      pending.classList.replace("pending", "unanswered");
    }
    verbatim.giveBack();
  }

  async function refused() {
    await look();
    if (!verbatim.connected) return;
    unanswered();
    line().textContent =
      "Your question was not answered. It is in the box again. Please wait a little, then ask once more.";
  }

  async function back() {
    const now = await process();
    if (now === null) return;
    if (server !== null && now !== server) setApart();
    server = now;
    verbatim.connected = true;
    delete document.documentElement.dataset.lost;
    line().textContent = "";
    verbatim.say("The connection is back. You can ask.");
  }

  // The service was started anew and knows nothing of this conversation. It stays on the page, and the page
  // does not pretend that what is asked now is read in its light.
  function setApart() {
    const shown = document.querySelector("#conversation");
    const parts = [...shown.querySelectorAll(".asked, .answer, .unanswered")];
    if (parts.length === 0) return;
    let earlier = document.getElementById("earlier");
    if (!earlier) {
      earlier = document.createElement("div");
      earlier.id = "earlier";
      shown.before(earlier);
    }
    const note = document.createElement("p");
    note.className = "apart";
    note.textContent = "The connection was lost here. Questions below are read without the ones above.";
    earlier.append(...parts.map((part) => part.cloneNode(true)), note);
    for (const gone of earlier.querySelectorAll(".tell-us, .next, .follows button")) gone.remove();
    document.getElementById("anew").click();
  }

  // Nothing is sent into the void.
  function hold(event) {
    if (verbatim.connected) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    look();
  }

  addEventListener("click", (event) => {
    if (event.target.closest("#ask, .example, .say, .choose, .tell")) hold(event);
    if (event.target.closest("#start-over")) document.getElementById("earlier")?.remove();
  }, true);
  for (const name of ["keydown", "keypress"]) {
    addEventListener(name, (event) => {
      if (event.key === "Enter" && !event.shiftKey && event.target === verbatim.box()) hold(event);
    }, true);
  }
  addEventListener("offline", look);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => document.hidden || look());

  look();
})();
