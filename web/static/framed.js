// In a frame of another site whose page has embed.js: the frame grows with the content, and the site's page scrolls.
"use strict";

(() => {
  verbatim.show = (element) => element.scrollIntoView({ block: "start" });
  if (window === parent) return;
  let told = 0;

  const tell = (message) => parent.postMessage(message, "*"); // a height and a place: nothing that was asked

  function grow() {
    const height = document.getElementById("page")?.scrollHeight || 0;
    if (height && height !== told) tell({ verbatim: "height", height: (told = height) });
  }

  addEventListener("message", (event) => {
    if (event.source !== parent || event.data?.verbatim !== "grow") return;
    document.documentElement.dataset.grows = "";
    // What the reader has chosen here comes before what the site passes on.
    const root = document.documentElement;
    if (root.dataset.size === "normal" && ["large", "larger"].includes(event.data.size)) root.dataset.size = event.data.size;
    new ResizeObserver(grow).observe(document.body);
    grow();
  });

  // What scrolls into view here is to come into view there.
  verbatim.show = (element) => {
    if (!("grows" in document.documentElement.dataset)) {
      element.scrollIntoView({ block: "start" });
      return;
    }
    grow();
    tell({ verbatim: "show", top: element.getBoundingClientRect().top });
  };
})();
