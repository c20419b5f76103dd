// A library's start page: find a medicine by typing, and keep to the one that a link (m/ID) names.
"use strict";

(() => {
  const kept = new URLSearchParams(location.search).get("medicine");
  let asked = 0;

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function link(medicine) {
    const item = document.createElement("li");
    const anchor = element("a", medicine.name, { href: `m/${encodeURIComponent(medicine.document)}`, dir: "auto" });
    if (medicine.generic_name.toLowerCase() !== medicine.name.toLowerCase()) {
      anchor.append(" ", element("span", medicine.generic_name));
    }
    item.append(anchor);
    return item;
  }

  async function find(text) {
    const mine = ++asked;
    const response = await fetch(`medicines?q=${encodeURIComponent(text)}`);
    if (!response.ok || mine !== asked) return;
    const { medicines, all } = await response.json();
    document.getElementById("medicines").replaceChildren(...medicines.map(link));
    const total = all.toLocaleString("en");
    const count = medicines.length;
    document.getElementById("medicines-found").textContent = text.trim()
      ? count
        ? `${count} of ${total} medicines fit.`
        : `None of ${total} medicines has such a name.`
      : `${count} of ${total} medicines.`;
  }

  // The unseen box and buttons are the way to Python: see the end of build_page.
  function keep() {
    const box = document.querySelector("#say textarea");
    const button = document.getElementById("keep-it");
    if (!box || !button) return setTimeout(keep, 100);
    verbatim.fill(box, kept);
    setTimeout(() => button.click());
  }

  async function showKept(place) {
    const response = await fetch(`medicines/${encodeURIComponent(kept)}`);
    if (!response.ok) return;
    const { document: id, name, examples } = await response.json();
    document.title = `Questions about ${name}`;
    document.querySelector("#about h1").textContent = document.title;
    const parts = [];
    if (examples.length) {
      const list = document.createElement("ul");
      for (const question of examples) {
        const item = document.createElement("li");
        item.append(element("button", question, { type: "button", class: "choose", "data-choose": `${id} ${question}` }));
        list.append(item);
      }
      parts.push(element("p", "You could ask", { class: "label" }), list);
    }
    const others = document.createElement("p");
    others.append(element("a", "All medicines", { href: "./" }));
    place.replaceChildren(...parts, others);
    place.removeAttribute("role");
    keep();
  }

  function begin(place) {
    if (kept) showKept(place);
    document.addEventListener("input", (event) => {
      if (event.target.id === "find-medicine") find(event.target.value);
    });
  }

  // A page of one medicine has no such place; it is looked for as long as Gradio may still be drawing.
  const looking = setInterval(() => {
    const place = document.querySelector("#library .medicines");
    if (!place) return;
    clearInterval(looking);
    begin(place);
  }, 100);
  setTimeout(() => clearInterval(looking), 60000);
})();
