// Ticks beside the risk and its measures that add them to the visitor's pack; the
// page "make your pack" and these share what the browser keeps. The guide's data and
// the rules are loaded when the first tick is made.
(function () {
  "use strict";
  const box = document.getElementById("pick");
  if (!box) return;
  const key = "riskguide-pack-" + box.dataset.guide;
  const ticks = [];
  let link = null;

  function saved() {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch (e) { return {}; }
  }
  function draw() {
    const s = saved(), on = s.on || {};
    const state = (id) => (Object.prototype.hasOwnProperty.call(on, id) ? on[id] : 0);
    for (const t of ticks) {
      const states = t.measures.map(state);
      t.input.checked = states.length > 0 && states.every((x) => x === 1);
      t.input.indeterminate = !t.input.checked && states.some((x) => x > 0);
    }
    const n = Number(s.requirements) || 0;
    link.textContent = (n === 1 ? box.dataset.openOne : box.dataset.open).replace("{n}", n);
    link.hidden = n === 0;
  }
  function add(where, what, label, measures, shown) {
    const input = document.createElement("input");
    input.type = "checkbox";
    if (!shown) input.setAttribute("aria-label", label);
    const l = document.createElement("label");
    l.className = "pick";
    l.title = label;
    const text = document.createElement("span");
    text.textContent = shown ? label : box.dataset.short;
    if (!shown) text.setAttribute("aria-hidden", "true");
    l.append(input, text);
    where(l);
    ticks.push({ input: input, measures: measures });
    input.addEventListener("change", () => tick(what, input.checked));
  }
  async function tick(what, on) {
    const id = what.measure || what.risk;
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

  const cells = Array.from(document.querySelectorAll("table.risk td.measure[id]"));
  link = document.createElement("a");
  link.href = riskguide.base + "pack.html";
  if (cells.length) add((l) => box.append(l), { risk: box.dataset.risk }, box.dataset.label, cells.map((c) => c.id), true);
  box.append(link);
  box.hidden = false;
  for (const c of cells) {
    const a = c.querySelector("a.anchor");
    if (a) add((l) => a.after(l), { measure: c.id }, box.dataset.measure.replace("{id}", c.id), [c.id], false);
  }
  draw();
  addEventListener("storage", (ev) => { if (ev.key === key) draw(); });
  addEventListener("pageshow", draw);
}());
