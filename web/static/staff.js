// Says on the page why an event of the staff page was refused, or that the server cannot be reached: Gradio says so of
// events on its queue alone, and no event goes there (docs/page.md).
"use strict";

(() => {
  const fetched = window.fetch;
  let shown = null;

  window.fetch = async (...request) => {
    if (!String(request[0]?.url ?? request[0]).includes("/gradio_api/run/")) return fetched(...request);
    let reply;
    try {
      reply = await fetched(...request);
    } catch {
      reply = Response.json({ error: "The server cannot be reached. Try again." }, { status: 503 });
    }
    if (!reply.ok) say(await told(reply.clone()));
    return reply;
  };

  async function told(reply) {
    try {
      return (await reply.json()).error;
    } catch {
      return null;
    }
  }

  function say(why) {
    shown?.remove();
    shown = document.createElement("div");
    shown.className = "refusal";
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Close";
    close.addEventListener("click", () => shown.remove());
    shown.append(words, close);
    document.body.append(shown);
    // An alert is read out when its words come, not when it does.
    words.textContent = `This cannot be done. ${why ?? "Something broke in the service; its log says what."}`;
  }
})();
