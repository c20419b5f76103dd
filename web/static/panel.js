// 'Show in the monograph' opens the monograph beside the chat, or over it on a narrow screen. Without this the
// link opens the same page in a tab of its own.
"use strict";

(() => {
  const narrow = matchMedia("(max-width: 63.99rem)");
  let opener = null;

  const panel = () => document.getElementById("panel");

  function cover() {
    const covered = narrow.matches && !panel().hidden;
    for (const id of ["start", "conversation", "ask-bar"]) document.getElementById(id).inert = covered;
    document.getElementById("panel-title").ariaLevel = covered ? 1 : 2; // the page's own heading is out of reach
  }

  async function load(link) {
    const response = await fetch(link.href);
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const body = document.getElementById("panel-body");
    body.replaceChildren(...page.querySelectorAll(".other-text, header .version, main > *"));
    document.getElementById("panel-title").textContent = page.querySelector("h1").textContent;
    document.getElementById("panel-alone").href = link.href;
    opener = link;
  }

  function toPlace() {
    const body = document.getElementById("panel-body");
    const place = body.querySelector("#cited") || body.querySelector(decodeURIComponent(opener.hash) || null);
    show(place, place && place.id === "cited" ? "center" : "start");
  }

  // Without a connection a browser would show its own page of errors; what the server refuses, it explains there.
  function cannot(link, error) {
    if (!(error instanceof TypeError)) return window.open(link.href, "_blank", "noopener");
    document.getElementById("connection").textContent =
      "The monograph cannot be opened just now: there is no connection. What is quoted here stays.";
  }

  async function open(link) {
    await load(link);
    if (panel().hidden) history.pushState({ ...history.state, panel: true }, "");
    panel().hidden = false;
    document.documentElement.dataset.panel = "";
    cover();
    link.scrollIntoView({ block: "nearest" }); // the chat beside is narrower now
    panel().focus({ preventScroll: true });
    toPlace();
    verbatim.say("The monograph is open at this place.");
  }

  // Beside another answer the place of the one before would mislead: it goes on to what the new one cites, or goes.
  verbatim.follow = (answer) => {
    if (!panel() || panel().hidden) return;
    const link = answer.querySelector(".show");
    const unmark = () => panel().querySelector("#cited")?.replaceWith(...panel().querySelector("#cited").childNodes);
    if (link) load(link).then(toPlace, unmark);
    else unmark();
  };

  function show(place, block) {
    if (place) place.scrollIntoView({ block });
    else panel().scrollTop = 0;
  }

  function close() {
    if (!panel() || panel().hidden) return;
    panel().hidden = true;
    delete document.documentElement.dataset.panel;
    document.getElementById("panel-body").replaceChildren();
    cover();
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  }

  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const link = event.target.closest("a[data-opens]");
    if (link && plain) {
      event.preventDefault();
      open(link).catch((error) => cannot(link, error));
    }
    const inside = event.target.closest("#panel-body a[href^='#']");
    if (inside) {
      event.preventDefault(); // the address of the page stays as it is
      show(document.getElementById("panel-body").querySelector(inside.hash), "start");
    }
    if (event.target.closest("#panel-back")) history.back();
    if (event.target.closest("#start-over") && history.state && history.state.panel) history.back();
  });

  document.addEventListener("keydown", (event) => {
    const sheet = document.querySelector(":popover-open");
    if (event.key === "Escape" && !sheet && panel() && !panel().hidden) history.back();
  });

  addEventListener("popstate", close);
  narrow.addEventListener("change", () => panel() && cover());
})();
