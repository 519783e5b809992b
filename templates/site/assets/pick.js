// Ticks beside risks and measures, or controls and clauses, that add them to the visitor's pack; the page "make
// your pack" and these share what the browser keeps. They stand where the page has
// left room for them: empty elements of class pick. The guide's data and the rules are
// loaded when the first tick is made.
(function () {
  "use strict";
  const box = document.getElementById("pick");
  if (!box) return;
  const key = "riskguide-pack-" + box.dataset.guide;
  const ticks = [], KINDS = ["risk", "measure", "control", "clause"];
  const link = box.querySelector("a"), empty = link.textContent;

  function saved() {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch (e) { return {}; }
  }
  function draw() {
    const s = saved(), on = s.on || {};
    for (const t of ticks) {
      const state = Object.prototype.hasOwnProperty.call(on, t.id) ? on[t.id] : 0;
      t.input.checked = state === 1;
      t.input.indeterminate = state === 2;
    }
    const n = Number(s.requirements) || 0;
    link.textContent = n === 0 ? empty : (n === 1 ? box.dataset.openOne : box.dataset.open).replace("{n}", n);
  }
  // add fills the place of a tick. Beside the only risk of a page it is spelled out.
  function add(place) {
    const kind = KINDS.find((k) => place.dataset[k]), id = place.dataset[kind], name = place.dataset.name || id;
    const label = box.dataset.label.replace("{id}", name);
    const input = document.createElement("input");
    input.type = "checkbox";
    const l = document.createElement("label");
    l.append(input);
    if (place.parentNode === box) l.append(label);
    else {
      input.setAttribute("aria-label", label);
      l.title = label;
      if (place.closest("table.risk")) {
        const text = document.createElement("span");
        text.textContent = box.dataset.short;
        text.setAttribute("aria-hidden", "true");
        l.append(text);
      }
    }
    place.append(l);
    ticks.push({ input: input, id: id });
    input.addEventListener("change", () => tick({ [kind]: id }, name, input.checked));
  }
  async function tick(what, id, on) {
    try {
      await Promise.all([riskguide.load("tailor-core.js"), riskguide.load("tailor-data.js")]);
    } catch (e) {
      draw();
      return;
    }
    const T = riskguide.tailoring, g = riskguide.index || (riskguide.index = T.index(riskguide.guide));
    const st = T.stored(g) || T.blank(g);
    const before = st.doc.exclude.length;
    T.tick(g, st, what, on);
    const kept = T.store(g, st);
    draw();
    const words = riskguide.guide.words;
    const said = !kept ? words["pack-not-kept"] : on ? words["pack-pick-added"] : st.doc.exclude.length > before ? words["pack-pick-reason"] : words["pack-pick-removed"];
    riskguide.toast(said.replace("{id}", id));
  }

  document.querySelectorAll(KINDS.map((k) => ".pick[data-" + k + "]").join()).forEach(add);
  draw();
  addEventListener("storage", (ev) => { if (ev.key === key) draw(); });
  addEventListener("pageshow", draw);
}());
