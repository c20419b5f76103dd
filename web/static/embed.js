// For other sites: <script src="https://…/web/embed.js"></script> puts the page where the script stands, in a frame as
// high as its content, so that there is one scroll bar and not two. `data-size="large"` sets its text larger,
// `data-medicine="ID"` keeps it to one medicine of a library. The language of the site's page goes along: the page
// says in it that it answers in English.
"use strict";

(() => {
  const script = document.currentScript;
  const page = new URL("../", script.src);
  const frame = document.createElement("iframe");
  const { medicine } = script.dataset;
  const { lang } = document.documentElement;
  if (medicine) page.searchParams.set("medicine", medicine);
  if (lang) page.searchParams.set("lang", lang);
  frame.src = page.href;
  frame.title = script.dataset.title || "Questions about your medicine";
  frame.referrerPolicy = "no-referrer";
  frame.style.cssText = "display: block; width: 100%; height: 80vh; border: 0";

  frame.addEventListener("load", () => {
    frame.contentWindow.postMessage({ verbatim: "grow", size: script.dataset.size || "normal" }, page.origin);
  });
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== page.origin || !event.data) return;
    const { verbatim, height, top } = event.data;
    if (verbatim === "height" && Number.isFinite(height)) frame.style.height = `${Math.ceil(height)}px`;
    if (verbatim === "show" && Number.isFinite(top)) scrollTo(0, scrollY + frame.getBoundingClientRect().top + top);
  });
  if (script.closest("head")) addEventListener("DOMContentLoaded", () => document.body.append(frame));
  else script.after(frame);
})();
