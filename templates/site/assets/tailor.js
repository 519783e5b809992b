// The page "make your pack": fields and ticks over the rules of tailor-core.js. What
// is chosen is kept in the browser and goes nowhere else.
(function () {
  "use strict";
  const T = riskguide.tailoring;
  const G = T.index(riskguide.guide);
  const assets = JSON.parse(riskguide.words.assets || "{}");
  const $ = (id) => document.getElementById(id);

  // Messages by the keys of tailor-core.js.
  const MESSAGES = {
    "empty": "pack-e-empty", "nothing-left": "pack-e-nothing-left", "unknown": "pack-e-unknown", "reason-missing": "pack-e-reason",
    "required": "pack-e-required", "id-form": "pack-e-id-form", "name-missing": "pack-e-name-missing", "mail-form": "pack-e-mail",
    "date-form": "pack-e-date", "edition": "pack-w-edition", "no-controls": "pack-w-no-controls", "value-missing": "pack-e-value-missing",
    "value-form": "pack-e-value-form", "value-one": "pack-e-value-one", "value-choices": "pack-e-value-choices", "value-number": "pack-e-value-number",
    "value-min": "pack-e-value-min", "value-max": "pack-e-value-max", "added-form": "pack-e-added-form", "added-twice": "pack-e-added-twice",
    "placeholder": "pack-e-placeholder", "parameter-unused": "pack-e-parameter-unused",
    "syntax": "pack-i-syntax", "anchor": "pack-i-anchor", "tag": "pack-i-tag", "empty-file": "pack-i-empty", "several": "pack-i-several",
    "cycle": "pack-i-cycle", "base-missing": "pack-i-base", "want-string": "pack-i-string", "want-quotes": "pack-i-quotes",
    "want-map": "pack-i-map", "want-list": "pack-i-list", "want-date": "pack-i-date", "want-true": "pack-i-true",
    "want-obligation": "pack-i-obligation", "want-number": "pack-i-number", "empty-list": "pack-i-empty-list", "twice": "pack-i-twice",
    "language": "pack-i-language", "unknown-key": "pack-i-key", "missing": "pack-i-missing", "all-alone": "pack-i-all", "mixed": "pack-i-mixed", "want-boolean": "pack-i-boolean", "names-nothing": "pack-i-nothing",
  };
  const KIND_WORDS = { risks: "pack-kind-risk", severities: "pack-kind-severity", layers: "pack-kind-layer", measures: "pack-kind-measure",
    tags: "pack-kind-tag", clauses: "pack-kind-clause", controls: "pack-kind-control" };
  const OBLIGATION_WORDS = { must: "pack-must", should: "pack-should", may: "pack-may" };
  // Where the fields of the first part of a problem's path are named.
  const FIELD_WORDS = { title: "pack-title-field", id: "pack-id", languages: "pack-languages", "organisation.name": "pack-organisation", "supplier.name": "pack-supplier",
    "service.name": "pack-service", "contact.email": "pack-email", due: "pack-due", cover_letter: "pack-letter", select: "pack-step-select", edition: "pack-edition" };

  // Where a guide of controls alone says it otherwise.
  const STANDARD_WORDS = { "pack-all": "pack-s-all", "pack-filter-n": "pack-s-filter-n", "pack-tree": "pack-s-tree", "pack-open-risk": "pack-open-measure",
    "pack-of-measures": "pack-s-of", "pack-to-risk": "pack-s-to-clause", "pack-silent": "pack-s-silent", "pack-never": "pack-s-never",
    "pack-sum-controls": "pack-s-sum-controls", "pack-at-select": "pack-s-at-select" };

  function say(key, args) {
    if (!G.treatsRisks && STANDARD_WORDS[key]) key = STANDARD_WORDS[key];
    let s = G.words[key];
    if (args && args.n === 1 && G.words[key + ".one"]) s = G.words[key + ".one"];
    if (s === undefined) s = "[" + key + "]";
    return s.replace(/\{([a-z]+)\}/g, (all, n) => (args && args[n] !== undefined ? String(args[n]) : all));
  }
  const message = (p) => say(MESSAGES[p.key] || p.key, p.args);
  const join = (list) => list.join(say("pack-separator"));

  // h makes an element. Attributes that begin with "on" are listeners.
  function h(tag, attrs) {
    const el = document.createElement(tag);
    for (const k of Object.keys(attrs || {})) {
      const v = attrs[k];
      if (v === undefined || v === null || v === false) continue;
      if (k.startsWith("on")) el.addEventListener(k.slice(2), v);
      else if (k === "class") el.className = v;
      else if (["checked", "value", "disabled", "hidden", "open", "indeterminate"].includes(k)) el[k] = v;
      else el.setAttribute(k, v === true ? "" : v);
    }
    for (const c of Array.prototype.slice.call(arguments, 2).flat(3)) {
      if (c !== null && c !== undefined && c !== false) el.append(c);
    }
    return el;
  }
  const button = (id, label, on, cls) => h("button", { type: "button", id: id, class: "small " + (cls || ""), onclick: on }, label);

  let st = T.stored(G) || T.blank(G);
  let res = null, problems = [];
  const undo = [];
  const shown = new Set(); // paths of fields whose messages may be seen
  let attempted = false, keeps = true;

  // ---- Changing -----------------------------------------------------------

  const snapshot = () => JSON.stringify(st);
  function remember(before) {
    if (undo[undo.length - 1] !== before) undo.push(before);
    if (undo.length > 60) undo.shift();
  }
  // change edits the state by a step that can be undone, and draws everything.
  // With all, the fields of the details are drawn anew too.
  function change(edit, all) {
    const before = snapshot();
    edit(st);
    if (snapshot() !== before) remember(before);
    refresh(all);
  }
  function takeBack() {
    const before = undo.pop();
    if (!before) return;
    st = JSON.parse(before);
    refresh(true);
    riskguide.toast(say("pack-undone"));
  }
  function save() {
    const ok = T.store(G, st, res);
    if (ok !== keeps) {
      keeps = ok;
      if (!ok) note("error", say("pack-not-kept"));
    }
  }
  function work() {
    res = T.compute(G, st.doc);
    problems = T.validate(G, st.doc, res);
    save();
  }
  // refresh draws what depends on the state; the focus stays where it was.
  function refresh(all) {
    const id = document.activeElement && document.activeElement.id;
    work();
    drawQuick();
    drawTree();
    drawLeave();
    if (all) drawDetails();
    else drawLists();
    drawSummary();
    drawCheck();
    mark();
    if (id && document.activeElement === document.body && $(id)) $(id).focus();
  }
  // light draws what changes while one types.
  function light() {
    work();
    drawSummary();
    drawCheck();
    mark();
  }

  // ---- Fields -------------------------------------------------------------

  const fieldID = (path) => "f-" + path.replace(/[^A-Za-z0-9]+/g, "-");
  // input makes a field with its label and the place of its message. o has value,
  // set, and may have type, hint, rows, options, placeholder, required, lang.
  function input(path, label, o) {
    const id = fieldID(path) + (o.suffix || "");
    let el;
    let before = null;
    const attrs = { id: id, placeholder: o.placeholder, lang: o.lang, "aria-required": o.required ? "true" : null, "data-path": path };
    const hears = {
      onfocus: () => { before = snapshot(); },
      oninput: () => {
        if (before !== null) { remember(before); before = null; }
        const v = T.clean(el.value);
        o.set(o.type === "text" || !o.rows ? v.replace(/\n/g, " ") : v);
        light();
        if (o.after) o.after();
      },
      onchange: () => { shown.add(path); before = snapshot(); mark(); if (o.done) o.done(); },
      onblur: () => { if (el.value) { shown.add(path); mark(); } },
    };
    if (o.options) {
      el = h("select", Object.assign(attrs, { onchange: () => change(() => o.set(el.value)) }),
        o.options.map((x) => h("option", { value: x[0] }, x[1])));
      el.value = o.value;
    } else if (o.rows) el = h("textarea", Object.assign(attrs, hears, { rows: o.rows, value: o.value || "" }));
    else el = h("input", Object.assign(attrs, hears, { type: o.type || "text", value: o.value || "", autocomplete: o.autocomplete || "off", inputmode: o.inputmode, list: o.list }));
    const about = [];
    if (o.hint) about.push(id + "-hint");
    about.push("e-" + fieldID(path));
    el.setAttribute("aria-describedby", about.join(" "));
    return h("div", { class: "field " + (o.cls || "") },
      h("label", { for: id }, label, o.required ? h("span", { class: "need" }, say("pack-need")) : null),
      o.hint ? h("small", { id: id + "-hint" }, o.hint) : null,
      el, o.noError ? null : h("p", { class: "wrong", id: "e-" + fieldID(path), hidden: true }));
  }
  // wording makes the fields of a text, one for each language of the pack.
  function wording(path, label, at, o) {
    const langs = st.doc.languages && st.doc.languages.length ? st.doc.languages : [G.lang];
    const get = () => at() || {};
    return langs.map((l, i) => input(path, langs.length > 1 ? say("pack-in-language", { label: label, language: G.names[l] || l }) : label, Object.assign({}, o, {
      suffix: "-" + l, lang: l, value: get()[l], required: o.required && i === 0, noError: i > 0,
      placeholder: o.placeholders && o.placeholders[l],
      set: (v) => { const t = Object.assign({}, get()); if (T.isBlank(v)) delete t[l]; else t[l] = v; o.set(t); },
    })));
  }
  function mark() {
    document.querySelectorAll("#pack .wrong").forEach((p) => { p.hidden = true; p.textContent = ""; });
    document.querySelectorAll("#pack [aria-invalid]").forEach((el) => el.removeAttribute("aria-invalid"));
    for (const p of problems) {
      const slot = $("e-" + fieldID(p.at));
      if (!slot || !attempted && !shown.has(p.at)) continue;
      slot.textContent = slot.textContent ? slot.textContent + " " + message(p) : message(p);
      slot.hidden = false;
      slot.classList.toggle("warn", p.level === "warning");
      const el = fieldOf(p.at);
      if (el && p.level === "error") el.setAttribute("aria-invalid", "true");
    }
  }
  const fieldOf = (path) => document.querySelector('#pack [data-path="' + CSS.escape(path) + '"]') ||
    (path === "select" ? $("pack-filter") : path.startsWith("languages") ? $("f-languages-" + G.languages[0]) :
      document.querySelector('#pack [data-entry="' + CSS.escape(path.split(".").slice(0, 2).join(".")) + '"]'));

  // ---- Words for what is named --------------------------------------------

  const risk = (id) => (G.riskBy.get(id) || {}).name || "";
  const nameOf = (kind, id) => {
    if (kind === "severities") return (G.severityBy.get(id) || {}).name || id;
    if (kind === "layers") return (G.layerBy.get(id) || {}).name || id;
    return id;
  };
  // describe names a selector in words: "リスク H02、レイヤ 物理層".
  function describe(sel) {
    if (sel.all) return say("pack-all");
    return T.KINDS.filter((k) => sel[k] && sel[k].length).map((k) => say("pack-names", { kind: say(KIND_WORDS[k]), ids: join(sel[k].map((id) => nameOf(k, id))) })).join(say("pack-and"));
  }
  const clip = (s, n) => (Array.from(s).length > n ? Array.from(s).slice(0, n - 1).join("") + "…" : s);
  const severity = (r) => h("span", { class: "sev sev-" + r.severity }, (G.severityBy.get(r.severity) || {}).name || "");
  const measureText = (m) => m.text || say("pack-no-text");

  // ---- 1: choose ----------------------------------------------------------

  function check(id, state, on, attrs) {
    return h("input", Object.assign({ type: "checkbox", id: id, checked: state === "on", indeterminate: state === "part", onchange: on }, attrs));
  }
  function setCheck(box, state) {
    box.checked = state === "on";
    box.indeterminate = state === "part";
  }
  const tick = (what, box) => change((s) => T.tick(G, s, what, box.checked));

  const quick = [];
  function buildQuick() {
    const row = (legend, list) => h("fieldset", { class: "quick" }, h("legend", null, legend), list);
    const one = (id, label, what, states) => {
      const box = check(id, "off", () => tick(what, box));
      quick.push([box, states]);
      return h("span", { class: "opt" }, box, h("label", { for: id }, label));
    };
    const measures = G.measures;
    if (G.treatsRisks) {
      $("pack-quick").append(h("div", { class: "quicks" },
        row(say("pack-by-severity"), G.severities.map((s) => {
          const ms = measures.filter((m) => m.risk.severity === s.id);
          return one("q-" + s.id, s.name, { severity: s.id }, ms);
        })),
        row(say("pack-quick-layer"), G.layers.filter((l) => l.rows && measures.some((m) => m.layers.includes(l.id))).map((l) =>
          one("ql-" + l.id, l.name, { layer: l.id }, measures.filter((m) => m.layers.includes(l.id)))))));
    }
    $("pack-quick").append(
      h("div", { class: "bar" },
        h("div", { class: "field filter" }, h("label", { for: "pack-filter" }, say("pack-filter")),
          h("input", { type: "search", id: "pack-filter", autocomplete: "off", oninput: filter, "aria-describedby": "pack-filter-n e-f-select" })),
        h("div", { class: "buttons" },
          button("pack-all", say("pack-select-all"), () => change((s) => T.tick(G, s, { all: true }, true))),
          button("pack-none", say("pack-select-none"), () => change((s) => T.tick(G, s, { all: true }, false))),
          button("pack-open", say("pack-open-all"), () => openAll(true)),
          button("pack-close", say("pack-close-all"), () => openAll(false)))),
      h("p", { id: "pack-filter-n", class: "muted", role: "status" }),
      h("p", { class: "wrong", id: "e-f-select", hidden: true }));
  }
  function drawQuick() {
    for (const [box, ms] of quick) setCheck(box, T.together(ms.map((m) => T.stateOf(res, m))));
  }

  // A branch of the tree is a risk or, in a guide of controls alone, a clause.
  const rows = { risks: new Map(), measures: new Map(), controls: new Map() };
  const branches = G.treatsRisks ? G.risks : G.clauses;
  const fill = G.treatsRisks ? fillRisk : fillClause;
  function buildTree() {
    if (!G.treatsRisks) { buildClauses(); return; }
    $("pack-tree").append(h("ul", { class: "tree", "aria-label": say("pack-tree") }, G.risks.map((r) => {
      const id = "t-" + r.id;
      const box = check(id, "off", () => tick({ risk: r.id }, box), r.measures.length ? null : { disabled: true });
      const list = h("ul", { id: "m-" + r.id, hidden: true });
      const n = h("small", { class: "n" });
      const open = opener("o-" + r.id, list, say("pack-open-risk", { id: r.id }), () => fillRisk(r));
      const li = h("li", { class: "t-risk" }, h("div", { class: "row" }, box,
        h("label", { for: id }, h("b", null, r.id), " ", r.name), h("span", { class: "end" }, severity(r), n, open)), list);
      rows.risks.set(r.id, { li, box, n, list, open, filled: false });
      return li;
    })));
  }
  function opener(id, list, label, fill) {
    const b = h("button", { type: "button", class: "opener", id: id, "aria-expanded": "false", "aria-controls": list.id, "aria-label": label,
      onclick: () => setOpen(b, list, fill, list.hidden) });
    return b;
  }
  function setOpen(b, list, fill, on) {
    if (on) fill();
    list.hidden = !on;
    b.setAttribute("aria-expanded", String(on));
  }
  function openAll(on) {
    for (const r of branches) { const x = rows.risks.get(r.id); setOpen(x.open, x.list, () => fill(r), on); }
  }
  // name is the number and the title of a control or a clause.
  const named = (c) => [h("b", null, c.number || c.id), " ", c.title || ""];
  const plain = (c) => [c.number || c.id, c.title].filter(Boolean).join(" ");
  function buildClauses() {
    $("pack-tree").append(h("ul", { class: "tree", "aria-label": say("pack-tree") }, G.clauses.map((cl) => {
      const id = "t-" + cl.id;
      const box = check(id, "off", () => tick({ clause: cl.id }, box), cl.controls.length ? null : { disabled: true });
      const list = h("ul", { id: "m-" + cl.id, hidden: true });
      const n = h("small", { class: "n" });
      const open = opener("o-" + cl.id, list, say("pack-open-risk", { id: cl.id }), () => fillClause(cl));
      const li = h("li", { class: "t-risk" }, h("div", { class: "row" }, box, h("label", { for: id }, named(cl)), h("span", { class: "end" }, n, open)), list);
      rows.risks.set(cl.id, { li, box, n, list, open, filled: false });
      return li;
    })));
  }
  const domID = (id) => id.replace(/\./g, "_");
  function fillClause(cl) {
    const x = rows.risks.get(cl.id);
    if (x.filled) return;
    x.filled = true;
    x.list.append(h("li", { class: "t-tools" }, obligationSelect("or-" + cl.id, "clauses", cl.id, say("pack-obligation-of", { id: cl.id })),
      h("a", { href: riskguide.base + "clauses/" + cl.id + ".html" }, say("pack-to-risk", { id: cl.id }))));
    for (const c of cl.controls) {
      const id = "tc-" + domID(c.id), no = c.number || c.id;
      const box = check(id, "off", () => tick({ control: c.id }, box));
      const out = h("small", { class: "out", hidden: true }, say("pack-left-out"));
      const li = h("li", { class: "t-control" + (c.parent ? " t-part" : "") }, h("div", { class: "row" }, box,
        h("label", { for: id }, named(c), " ", out, c.title ? h("span", { class: "st" }, clip(c.statement, 180)) : c.statement),
        h("span", { class: "end" }, h("a", { href: riskguide.base + "controls/" + c.id + ".html", "aria-label": say("pack-s-to-control", { id: no }) }, say("pack-s-read")),
          obligationSelect("oc-" + domID(c.id), "controls", c.id, say("pack-obligation-short", { id: no })))));
      rows.controls.set(c.id, { li, box, out });
      x.list.append(li);
    }
    drawTree();
  }
  function obligationSelect(id, kind, of, label) {
    const el = h("select", { id: id, onchange: () => change((s) => T.oblige(s.doc, kind, of, el.value)) },
      [["", say("pack-by-rules")]].concat(T.OBLIGATIONS.map((o) => [o, say(OBLIGATION_WORDS[o])])).map((o) => h("option", { value: o[0] }, o[1])));
    el.value = T.obliged(st.doc, kind, of);
    el.draw = () => { el.value = T.obliged(st.doc, kind, of); };
    selects.push(el);
    return h("span", { class: "ob" }, h("label", { for: id }, label), " ", el);
  }
  const selects = [];
  function fillRisk(r) {
    const x = rows.risks.get(r.id);
    if (x.filled) return;
    x.filled = true;
    x.list.append(h("li", { class: "t-tools" }, obligationSelect("or-" + r.id, "risks", r.id, say("pack-obligation-of", { id: r.id })),
      h("a", { href: riskguide.base + "risks/" + r.id + ".html" }, say("pack-to-risk", { id: r.id }))));
    for (const m of r.measures) {
      const id = "t-" + m.id;
      const box = check(id, "off", () => tick({ measure: m.id }, box));
      const list = h("ul", { id: "c-" + m.id, hidden: true });
      const n = h("small", { class: "n" });
      const out = h("small", { class: "out", hidden: true }, say("pack-left-out"));
      const open = m.unique.length ? opener("o-" + m.id, list, say("pack-open-measure", { id: m.id }), () => fillMeasure(m)) : null;
      const li = h("li", { class: "t-measure" }, h("div", { class: "row" }, box,
        h("label", { for: id }, h("b", null, m.id), " ", measureText(m), " ", out),
        h("span", { class: "end" }, h("small", { class: "lay" }, join(m.layers.map((l) => nameOf("layers", l)))), n, open)), list);
      rows.measures.set(m.id, { li, box, n, list, open, out, filled: false });
      x.list.append(li);
    }
    drawTree();
  }
  function fillMeasure(m) {
    const x = rows.measures.get(m.id);
    if (x.filled) return;
    x.filled = true;
    x.list.append(h("li", { class: "t-tools" }, obligationSelect("om-" + m.id, "measures", m.id, say("pack-obligation-of", { id: m.id })),
      m.shared && m.shared.length ? h("span", { class: "muted" }, say("pack-shared", { ids: join(m.shared) })) : null));
    for (const c of m.unique) {
      const id = "t-" + m.id + "-" + c.replace(/\./g, "_");
      const box = check(id, "off", () => tick({ measure: m.id, control: c }, box));
      const control = G.controlBy.get(c);
      const text = (m.variants || {})[c] || control.statement;
      const li = h("li", { class: "t-control" }, h("div", { class: "row" }, box, h("label", { for: id }, h("b", null, c), " ", text),
        h("span", { class: "end" }, obligationSelect("oc-" + m.id + "-" + c.replace(/\./g, "_"), "controls", c, say("pack-obligation-short", { id: c })))));
      rows.controls.set(m.id + " " + c, { li, box });
      x.list.append(li);
    }
    drawTree();
  }
  function drawClauses() {
    for (const cl of G.clauses) {
      const x = rows.risks.get(cl.id);
      setCheck(x.box, T.clauseState(res, cl));
      x.n.textContent = say("pack-of", { n: cl.controls.filter((c) => res.isAsked(c.id)).length, m: cl.controls.length });
      x.n.title = say("pack-of-measures");
      if (!x.filled) continue;
      for (const c of cl.controls) {
        const y = rows.controls.get(c.id);
        setCheck(y.box, T.controlState(res, c));
        y.out.hidden = !res.outDirect.has(c.id);
      }
    }
    for (const s of selects) s.draw();
  }
  // drawDirect shows, in a guide of risks, the rules that select controls whatever
  // measure asks for them. A profile that is imported may have them.
  function drawDirect() {
    const box = $("pack-direct");
    box.textContent = "";
    const list = st.doc.select.map((r, i) => [r, i]).filter((x) => res.picked[x[1]].length);
    if (!G.treatsRisks || !list.length) return;
    box.append(h("h3", { id: "h-direct" }, say("pack-direct")), h("p", { class: "muted" }, say("pack-direct-lead")),
      h("ul", { class: "silent", "aria-labelledby": "h-direct" }, list.map(([r, i]) => h("li", { "data-entry": "select." + i, tabindex: "-1" }, h("b", null, describe(r)), " ",
        h("span", { class: "muted" }, say("pack-s-at-select", { n: res.picked[i].length }), T.isEmpty(r.reason) ? "" : say("pack-colon") + T.pick(r.reason, [lang()])), " ",
        button("dx-" + i, say("pack-remove"), () => change((s) => { s.doc.select.splice(i, 1); }))))));
  }
  function drawTree() {
    if (!G.treatsRisks) { drawClauses(); return; }
    drawDirect();
    for (const r of G.risks) {
      const x = rows.risks.get(r.id);
      setCheck(x.box, T.riskState(res, r));
      const n = r.measures.filter((m) => res.kept(m)).length;
      x.n.textContent = say("pack-of", { n: n, m: r.measures.length });
      x.n.title = say("pack-of-measures");
      if (!x.filled) continue;
      for (const m of r.measures) {
        const y = rows.measures.get(m.id);
        setCheck(y.box, T.stateOf(res, m));
        y.out.hidden = !res.removed.has(m.id);
        if (m.unique.length) y.n.textContent = say("pack-of", { n: res.kept(m) ? m.unique.filter((c) => res.asks(m, c)).length : 0, m: m.unique.length });
        if (!y.filled) continue;
        for (const c of m.unique) setCheck(rows.controls.get(m.id + " " + c).box, res.kept(m) && res.asks(m, c) ? "on" : "off");
      }
    }
    for (const s of selects) s.draw();
  }
  const fold = (s) => s.normalize("NFKC").toLowerCase();
  let timer = 0;
  function filter() {
    clearTimeout(timer);
    timer = setTimeout(applyFilter, 80);
  }
  function applyFilter() {
    const terms = fold($("pack-filter").value).split(/\s+/).filter(Boolean);
    const hit = (s) => terms.every((t) => fold(s).includes(t));
    let found = 0;
    if (!G.treatsRisks) {
      for (const cl of G.clauses) {
        const x = rows.risks.get(cl.id);
        const own = !terms.length || hit(cl.id + " " + (cl.title || ""));
        const cs = terms.length ? cl.controls.filter((c) => hit([c.id, c.number || "", c.title || "", c.statement].join(" "))) : [];
        x.li.hidden = !own && !cs.length;
        found += cs.length;
        if (cs.length) setOpen(x.open, x.list, () => fillClause(cl), true);
        if (x.filled) for (const c of cl.controls) rows.controls.get(c.id).li.hidden = !own && !cs.includes(c);
      }
      $("pack-filter-n").textContent = terms.length ? say("pack-filter-n", { n: found }) : "";
      return;
    }
    for (const r of G.risks) {
      const x = rows.risks.get(r.id);
      if (!terms.length) {
        x.li.hidden = false;
        if (x.filled) for (const m of r.measures) {
          const y = rows.measures.get(m.id);
          y.li.hidden = false;
          if (y.filled) for (const c of m.unique) rows.controls.get(m.id + " " + c).li.hidden = false;
        }
        continue;
      }
      const own = hit(r.id + " " + r.name);
      const ms = r.measures.map((m) => {
        const mine = hit([m.id, m.text, (m.tags || []).join(" "), r.name].join(" "));
        const cs = m.unique.filter((c) => hit(c + " " + ((m.variants || {})[c] || G.controlBy.get(c).statement)));
        return { m: m, mine: mine, cs: cs };
      });
      const any = ms.filter((x) => x.mine && !own || x.cs.length);
      x.li.hidden = !own && !any.length;
      if (!x.li.hidden) found++;
      if (any.length) {
        setOpen(x.open, x.list, () => fillRisk(r), true);
        for (const { m, mine, cs } of ms) {
          const y = rows.measures.get(m.id);
          y.li.hidden = !own && !mine && !cs.length;
          if (cs.length && y.open) {
            setOpen(y.open, y.list, () => fillMeasure(m), true);
            for (const c of m.unique) rows.controls.get(m.id + " " + c).li.hidden = !mine && !cs.includes(c);
          } else if (y.filled) for (const c of m.unique) rows.controls.get(m.id + " " + c).li.hidden = false;
        }
      } else if (x.filled) for (const m of r.measures) rows.measures.get(m.id).li.hidden = false;
    }
    $("pack-filter-n").textContent = terms.length ? say("pack-filter-n", { n: found }) : "";
  }

  // ---- 2: leave out -------------------------------------------------------

  function drawLeave() {
    const box = $("pack-leave");
    const open = new Set(Array.from(box.querySelectorAll("details[open]"), (d) => d.id));
    const idle = new Set(res.noEffect.filter((n) => n.list === "exclude" && !n.kind).map((n) => n.i));
    const list = st.doc.exclude || [];
    const missing = list.filter((e, i) => T.isEmpty(e.reason) && !idle.has(i));
    box.textContent = "";
    if (!list.length) box.append(h("p", { class: "muted" }, say("pack-leave-none")));
    if (missing.length > 1) {
      const el = h("input", { type: "text", id: "pack-same-reason", autocomplete: "off", list: "pack-reasons" });
      box.append(h("div", { class: "bar same" }, h("div", { class: "field" }, h("label", { for: "pack-same-reason" }, say("pack-same-reason", { n: missing.length })), el),
        button("pack-same", say("pack-same-do"), () => {
          const v = T.clean(el.value).trim();
          if (!v) { el.focus(); return; }
          change((s) => { for (const e of missing) s.doc.exclude[list.indexOf(e)].reason = { [lang()]: v }; });
        })));
    }
    list.forEach((e, i) => box.append(exclusion(e, i, idle.has(i))));
    if (!G.treatsRisks) { drawSilent(box); box.querySelectorAll("details").forEach((d) => { if (open.has(d.id)) d.open = true; }); return; }
    const silent = G.risks.map((r) => ({ r: r, ms: r.measures.filter((m) => !res.selected.has(m.id)) })).filter((x) => x.ms.length && x.ms.length < x.r.measures.length);
    if (silent.length) {
      box.append(h("h3", { id: "h-silent", tabindex: "-1" }, say("pack-silent")), h("p", { class: "muted" }, say("pack-silent-lead")),
        h("ul", { class: "silent" }, silent.flatMap((x) => x.ms).map((m) => h("li", null, h("b", null, m.id), " ", measureText(m), " ",
          m.residuals.length ? h("span", { class: "muted" }, say("pack-residual-stays", { text: clip(m.residuals.map((x) => G.residuals[x]).join(" "), 120) })) : null, " ",
          button("sr-" + m.id, say("pack-state-reason"), () => { change((s) => T.stateReason(G, s, m)); const t = fieldOf("exclude." + (st.doc.exclude.length - 1) + ".reason"); if (t) t.focus(); })))));
    }
    const never = G.risks.filter((r) => r.measures.length && r.measures.every((m) => !res.selected.has(m.id)));
    if (never.length && never.length < G.risks.length) {
      box.append(h("details", { id: "pack-never", open: open.has("pack-never") }, h("summary", null, say("pack-never", { n: never.length })),
        h("ul", { class: "silent" }, never.map((r) => h("li", null, severity(r), " ", h("b", null, r.id), " ", r.name)))));
    }
    box.querySelectorAll("details").forEach((d) => { if (open.has(d.id)) d.open = true; });
  }
  // drawSilent lists the controls that are not chosen, of clauses of which some are,
  // and the clauses that are not chosen at all. The lists are long: each is filled when
  // it is opened.
  function drawSilent(box) {
    const rest = (cl) => cl.controls.filter((c) => !res.direct.has(c.id));
    const part = G.clauses.filter((cl) => rest(cl).length && rest(cl).length < cl.controls.length);
    const never = G.clauses.filter((cl) => cl.controls.length && rest(cl).length === cl.controls.length);
    if (part.length) {
      box.append(h("h3", { id: "h-silent", tabindex: "-1" }, say("pack-silent")), h("p", { class: "muted" }, say("pack-silent-lead")),
        ...part.map((cl) => later("sc-" + cl.id, [named(cl), " ", h("small", { class: "muted" }, say("pack-of", { n: rest(cl).length, m: cl.controls.length }))], () =>
          h("ul", { class: "silent" }, rest(cl).map((c) => h("li", null, named(c), c.title ? null : clip(c.statement, 120), " ",
            button("sr-" + domID(c.id), say("pack-state-reason"), () => { change((s) => T.stateReason(G, s, c)); const t = fieldOf("exclude." + (st.doc.exclude.length - 1) + ".reason"); if (t) t.focus(); })))))));
    }
    if (never.length && part.length + never.length && never.length < G.clauses.length) {
      box.append(later("pack-never", say("pack-never", { n: never.length }), () => h("ul", { class: "silent" }, never.map((cl) => h("li", null, named(cl))))));
    }
  }
  // later makes details whose content is drawn when they are opened.
  function later(id, summary, draw) {
    const d = h("details", { id: id, ontoggle: () => d.fill() }, h("summary", null, summary));
    d.fill = () => { if (d.open && d.childElementCount === 1) d.append(draw()); };
    return d;
  }
  const lang = () => (st.doc.languages || [])[0] || G.lang;

  function exclusion(e, i, idle) {
    const out = res.exclusions[i];
    const path = "exclude." + i;
    const single = T.only(e, "measures") && e.measures.length === 1 ? G.measureBy.get(e.measures[0]) : null;
    const one = T.only(e, "controls") && e.controls.length === 1 && !G.treatsRisks ? G.controlBy.get(e.controls[0]) : null;
    const inside = out.measures.length ? out.measures : out.citations.map((c) => c.measure).filter((m, j, a) => a.indexOf(m) === j);
    const risks = [...new Set(inside.map((m) => m.risk))];
    const withControls = G.treatsRisks && ((e.controls || []).length || (e.clauses || []).length);
    const fact = (key, content) => h("div", null, h("dt", null, say(key)), h("dd", null, content));
    const items = (xs) => h("ul", null, xs.map((x) => h("li", null, x)));
    const facts = [];
    if (risks.length) facts.push(fact("pack-x-risk", items(risks.map((r) => [h("b", null, r.id), " ", r.name]))));
    if (!single && out.measures.length) facts.push(fact("pack-x-measures", items(out.measures.map((m) => [h("b", null, m.id), " ", measureText(m)]))));
    if (out.citations.length) {
      const by = new Map();
      for (const c of out.citations) by.set(c.control, (by.get(c.control) || []).concat(c.measure.id));
      facts.push(fact("pack-x-controls", items([...by].map(([c, ms]) => [h("b", null, c), " ", G.controlBy.get(c).statement, " ", h("small", { class: "muted" }, join(ms))]))));
    }
    if (one) facts.push(fact("pack-s-says", one.statement));
    else if (out.direct.length) facts.push(fact(out.citations.length ? "pack-x-direct" : "pack-x-controls", items(out.direct.map((c) => { c = G.controlBy.get(c); return [named(c), c.title ? null : clip(c.statement, 120)]; }))));
    const open = out.vulnerabilities.filter((v) => !v.answered), other = out.vulnerabilities.filter((v) => v.answered);
    if (open.length) facts.push(fact("pack-x-open", items(open.map((v) => [v.label, " ", h("small", { class: "muted" }, v.risk.id)]))));
    if (other.length) facts.push(fact("pack-x-answered", items(other.map((v) => v.label))));
    if (out.residuals.length) facts.push(fact("pack-x-residual", items(out.residuals.map((x) => G.residuals[x]))));
    else if (out.measures.length) facts.push(fact("pack-x-residual", say("pack-x-no-residual")));
    if (out.controls.length && G.treatsRisks) facts.push(fact("pack-x-lost", join(out.controls)));
    if (out.partly.length) facts.push(fact("pack-x-partly", join(out.partly.map((m) => m.id))));
    const tools = [button("xt-" + i, say("pack-take-back"), () => change((s) => {
      const x = s.doc.exclude[i];
      if (!T.isEmpty(x.reason)) s.attic[T.KINDS.filter((k) => x[k] && x[k].length).map((k) => k + "=" + x[k].join(",")).join(" ")] = x.reason;
      s.doc.exclude.splice(i, 1);
    }))];
    if (out.measures.length || out.direct.length && !G.treatsRisks) tools.push(button("xu-" + i, say("pack-just-not"), () => change((s) => T.unselect(G, s, i))));
    if (T.only(e, "measures", "controls") && e.controls.length === 1 && G.citedBy.get(e.controls[0]).some((m) => !e.measures.includes(m.id) && res.kept(m) && res.asks(m, e.controls[0]))) {
      tools.push(button("xe-" + i, say("pack-everywhere", { id: e.controls[0] }), () => change((s) => {
        const reason = s.doc.exclude[i].reason;
        T.tick(G, s, { control: e.controls[0] }, false);
        const x = s.doc.exclude.find((y) => T.only(y, "controls") && y.controls[0] === e.controls[0]);
        if (x && T.isEmpty(x.reason)) x.reason = reason;
      })));
    }
    return h("section", { class: "card x" + (idle ? " idle" : ""), "data-entry": path, tabindex: "-1", "aria-labelledby": "xh-" + i },
      h("h3", { id: "xh-" + i }, single ? [h("b", null, single.id), " ", measureText(single)] : one ? named(one) : describe(e),
        withControls ? h("small", null, " ", say("pack-x-only-controls")) : null),
      idle ? h("p", { class: "muted" }, say("pack-idle")) : null,
      h("div", { class: "two-c" }, h("div", null, wording(path + ".reason", say("pack-reason"), () => (st.doc.exclude[i] || {}).reason,
        { rows: 3, required: !idle, hint: null, set: (t) => { st.doc.exclude[i].reason = t; } }),
        h("p", { class: "buttons" }, tools)),
      facts.length ? h("dl", { class: "facts-x" }, facts) : null));
  }

  // ---- 3: details ---------------------------------------------------------

  function part(id, title, lead, content) {
    return h("section", { class: "card", "aria-labelledby": id }, h("h3", { id: id }, title), lead ? h("p", { class: "muted" }, lead) : null, content);
  }
  const text = (path, label, o) => {
    const keys = path.split(".");
    const at = () => keys.reduce((x, k) => (x || {})[k], st.doc);
    return wording(path, label, at, Object.assign({ set: (t) => {
      let x = st.doc;
      for (const k of keys.slice(0, -1)) x = x[k] = x[k] || {};
      x[keys[keys.length - 1]] = t;
    } }, o));
  };
  const line = (path, label, o) => {
    const keys = path.split(".");
    const at = keys.reduce((x, k) => (x || {})[k], st.doc);
    return input(path, label, Object.assign({ value: at, set: (v) => {
      let x = st.doc;
      for (const k of keys.slice(0, -1)) x = x[k] = x[k] || {};
      x[keys[keys.length - 1]] = v.trim();
    } }, o));
  };
  function drawDetails() {
    const box = $("pack-details");
    box.textContent = "";
    const d = st.doc;
    const both = G.languages.length > 1;
    const langBox = h("fieldset", { class: "quick" }, h("legend", null, say("pack-languages")), G.languages.map((l) => {
      const b = check("f-languages-" + l, (d.languages || []).includes(l) ? "on" : "off", () => change((s) => {
        const now = (s.doc.languages || []).filter((x) => x !== l).concat(b.checked ? [l] : []);
        s.doc.languages = now;
        const t = s.doc.title || {};
        // A title nobody wrote follows the languages.
        if (b.checked && T.isBlank(t[l]) && Object.keys(t).every((x) => t[x] === G.titles[x])) s.doc.title = Object.assign({}, t, { [l]: G.titles[l] });
        if (!b.checked && t[l] === G.titles[l] && now.length) { s.doc.title = Object.assign({}, t); delete s.doc.title[l]; }
      }, true));
      return h("span", { class: "opt" }, b, h("label", { for: "f-languages-" + l }, G.names[l] || l));
    }), h("p", { class: "wrong", id: "e-f-languages", hidden: true }));
    const swap = both && d.languages && d.languages.length > 1 ? button("pack-swap", say("pack-first-language", { language: G.names[d.languages[1]] }), () => {
      change((s) => { s.doc.languages = [s.doc.languages[1], s.doc.languages[0]].concat(s.doc.languages.slice(2)); }, true);
    }) : null;
    box.append(...[
      part("h-who", say("pack-h-who"), null, h("div", { class: "fields" },
        text("supplier.name", say("pack-supplier"), { autocomplete: "organization" }), text("supplier.person", say("pack-person"), {}),
        text("service.name", say("pack-service"), {}), line("due", say("pack-due"), { type: "date" }),
        text("organisation.name", say("pack-organisation"), {}), text("organisation.department", say("pack-department"), {}),
        text("contact.name", say("pack-contact"), {}), line("contact.email", say("pack-email"), { type: "email", inputmode: "email" }),
        line("contact.phone", say("pack-phone"), { type: "tel" }),
        more("pack-more-who", say("pack-more"), d.supplier && (!T.isEmpty(d.supplier.department) || !T.isEmpty(d.supplier.address)) || d.service && !T.isEmpty(d.service.description) || d.organisation && (!T.isEmpty(d.organisation.address) || !T.isEmpty(d.organisation.person)), [
          text("supplier.department", say("pack-supplier-department"), {}), text("supplier.address", say("pack-supplier-address"), {}),
          text("organisation.address", say("pack-address"), {}), text("organisation.person", say("pack-organisation-person"), {}),
          text("service.description", say("pack-service-description"), { rows: 2, cls: "wide" })]))),
      part("h-document", say("pack-h-document"), null, h("div", { class: "fields" },
        text("title", say("pack-title-field"), { required: true, cls: "wide" }),
        line("id", say("pack-id"), { required: true, hint: say("pack-id-hint") }),
        h("div", null, langBox, swap),
        more("pack-more-document", say("pack-more"), !T.isEmpty(d.scope) || !T.isEmpty(d.description), [
          text("scope", say("pack-scope"), { rows: 3, cls: "wide", hint: say("pack-scope-hint") }),
          text("description", say("pack-description"), { rows: 2, cls: "wide" })]))),
      d.edition && d.edition !== G.edition ? h("p", { class: "notice", "data-path": "edition", tabindex: "-1" }, say("pack-w-edition", { id: d.edition, edition: G.edition }), " ",
        button("pack-edition", say("pack-edition-set", { edition: G.edition }), () => change((s) => { s.doc.edition = G.edition; }, true))) : null,
      h("div", { id: "pack-rules" }), h("div", { id: "pack-parameters" }), h("div", { id: "pack-added" }),
      part("h-letter", say("pack-letter"), say("pack-letter-lead"), [
        text("cover_letter", say("pack-letter-text"), { rows: 10, cls: "wide", hint: say("pack-letter-hint", { names: G.letterNames.map((n) => "{" + n + "}").join(" ") }) }),
        h("p", { class: "buttons" }, button("pack-letter-default", say("pack-letter-default"), () => {
          change((s) => { const t = s.doc.cover_letter || {}; for (const l of s.doc.languages || []) if (T.isBlank(t[l]) && G.letters[l]) t[l] = G.letters[l]; s.doc.cover_letter = t; }, true);
        }))])].filter(Boolean));
    drawLists();
  }
  function more(id, label, open, content) {
    return h("details", { class: "more wide", id: id, open: !!open }, h("summary", null, label), h("div", { class: "fields" }, content));
  }
  function drawLists() {
    drawRules();
    drawParameters();
    drawAdded();
  }

  function drawRules() {
    const box = $("pack-rules");
    const o = st.doc.obligations;
    const idle = new Set(res.noEffect.filter((n) => n.list === "rules" && !n.kind).map((n) => n.i));
    const standard = h("fieldset", { class: "quick" }, h("legend", null, say("pack-default")), T.OBLIGATIONS.map((x) => {
      const id = "f-default-" + x;
      return h("span", { class: "opt" }, h("input", { type: "radio", name: "pack-default", id: id, value: x, checked: (o.default || "must") === x,
        onchange: () => change((s) => { s.doc.obligations.default = x; }) }), h("label", { for: id }, say(OBLIGATION_WORDS[x])));
    }));
    const kinds = G.treatsRisks ? ["risks", "severities", "layers", "measures", "clauses", "controls"] : ["clauses", "controls"];
    const choices = (k) => ({ risks: G.risks.map((r) => [r.id, r.id + " " + r.name]), severities: G.severities.map((s) => [s.id, s.name]),
      layers: G.layers.filter((l) => l.rows).map((l) => [l.id, l.name]), measures: G.measures.map((m) => [m.id, m.id + " " + clip(measureText(m), 40)]),
      clauses: G.clauses.map((c) => [c.id, c.id + " " + (c.title || "")]), controls: k === "controls" ? G.controls.map((c) => [c.id, c.title ? plain(c) : c.id + " " + clip(c.statement, 40)]) : [] }[k]);
    const options = (list) => list.map((x) => h("option", { value: x[0] }, x[1]));
    const kind = h("select", { id: "pack-rule-kind", onchange: () => { of.textContent = ""; of.append(...options(choices(kind.value))); } }, options(kinds.map((k) => [k, say(KIND_WORDS[k])])));
    kind.value = ruleKind;
    kind.addEventListener("change", () => { ruleKind = kind.value; });
    const of = h("select", { id: "pack-rule-of" }, options(choices(ruleKind)));
    const to = h("select", { id: "pack-rule-to" }, options(T.OBLIGATIONS.map((x) => [x, say(OBLIGATION_WORDS[x])])));
    to.value = "should";
    box.textContent = "";
    box.append(part("h-obligations", say("pack-h-obligations"), say("pack-obligations-lead"), [standard,
      o.rules.length ? h("ol", { class: "rules" }, o.rules.map((r, i) => h("li", { "data-entry": "rules." + i, tabindex: "-1", class: idle.has(i) ? "idle" : "" },
        h("div", { class: "rule" }, h("b", null, describe(r)),
          h("span", { class: "ob" }, h("label", { for: "rule-" + i, class: "vh" }, say("pack-obligation-of", { id: describe(r) })),
            selectOf("rule-" + i, r.obligation, (v) => change((s) => { s.doc.obligations.rules[i].obligation = v; }))),
          i > 0 ? button("rule-up-" + i, say("pack-up"), () => change((s) => { const l = s.doc.obligations.rules; l.splice(i - 1, 0, l.splice(i, 1)[0]); })) : null,
          button("rule-x-" + i, say("pack-remove"), () => change((s) => { s.doc.obligations.rules.splice(i, 1); }))),
        idle.has(i) ? h("p", { class: "muted" }, say("pack-idle")) : null,
        wording("rules." + i + ".note", say("pack-note"), () => (st.doc.obligations.rules[i] || {}).note, { set: (t) => { st.doc.obligations.rules[i].note = t; } })))) : null,
      h("fieldset", { class: "add" }, h("legend", null, say("pack-rule-add")),
        h("div", { class: "field" }, h("label", { for: "pack-rule-kind" }, say("pack-rule-kind")), kind),
        h("div", { class: "field grow" }, h("label", { for: "pack-rule-of" }, say("pack-rule-of")), of),
        h("div", { class: "field" }, h("label", { for: "pack-rule-to" }, say("pack-obligation")), to),
        button("pack-rule-add", say("pack-add"), () => change((s) => { s.doc.obligations.rules.push({ [kind.value]: [of.value], obligation: to.value }); })))]));
  }
  let ruleKind = G.treatsRisks ? "risks" : "clauses";
  function selectOf(id, value, set) {
    const el = h("select", { id: id, onchange: () => set(el.value) }, T.OBLIGATIONS.map((x) => h("option", { value: x }, say(OBLIGATION_WORDS[x]))));
    el.value = value;
    return el;
  }

  function limits(d) {
    const out = [];
    for (const l of d.limits) {
      if (l.choices && l.choices.length) out.push(say("pack-limit-choices", { limit: join(l.choices) }));
      if (!T.isBlank(l.min)) out.push(say("pack-limit-min", { limit: l.min }));
      if (!T.isBlank(l.max)) out.push(say("pack-limit-max", { limit: l.max }));
    }
    return join([...new Set(out)]);
  }
  // Where there are many values, they are folded by clause, and the fields of a clause
  // are drawn when it is opened.
  const MANY = 40;
  function drawParameters() {
    const box = $("pack-parameters");
    const open = new Set(Array.from(box.querySelectorAll("details[open]"), (d) => d.id));
    box.textContent = "";
    if (!res.parameters.length) return;
    const groups = new Map();
    for (const d of res.parameters) {
      const k = d.control ? d.control.clause : null;
      groups.set(k, (groups.get(k) || []).concat(d));
    }
    const content = res.parameters.length <= MANY ? h("div", { class: "fields" }, res.parameters.map(valueField)) :
      [...groups].map(([cl, ds]) => later(groupID(cl), [cl ? named(cl) : say("pack-h-added"), " ",
        h("small", { class: "muted" }, say("pack-values-of", { n: ds.length, m: ds.filter(isOpen).length }))], () => h("div", { class: "fields" }, ds.map(valueField))));
    // A guide of risks says so only where the profile does.
    const may = !G.treatsRisks || st.doc.open_parameters;
    const b = may && check("f-open_parameters", st.doc.open_parameters ? "on" : "off", () => change((s) => { if (b.checked) s.doc.open_parameters = true; else delete s.doc.open_parameters; }));
    box.append(part("h-parameters", say("pack-h-parameters"), say("pack-parameters-lead"), [
      may ? h("p", { class: "opt" }, b, h("label", { for: "f-open_parameters" }, say("pack-open-parameters", { n: res.parameters.filter(isOpen).length }))) : null, content]));
    box.querySelectorAll("details").forEach((d) => { if (open.has(d.id)) { d.open = true; d.fill(); } });
  }
  const groupID = (cl) => "pv-" + (cl ? domID(cl.id) : "");
  const isOpen = (d) => !T.valuesOf(d.value).length && !d.default;
  // reveal draws the field of a value that is folded.
  function reveal(statement) {
    const c = G.controlBy.get(statement), d = $(groupID(c ? c.clause : null));
    if (d && !d.open) { d.open = true; d.fill(); mark(); }
  }
  function setValue(d, v) {
    const all = st.doc.parameters;
    const mine = Object.prototype.hasOwnProperty.call(all, d.statement) ? all[d.statement] : (all[d.statement] = {});
    if (T.valuesOf(v).length) mine[d.id] = Array.isArray(v) ? v : v.trim();
    else {
      delete mine[d.id];
      if (!Object.keys(mine).length) delete all[d.statement];
    }
  }
  function valueField(d) {
    const path = "parameters." + d.statement + "." + d.id;
    const c = d.control;
    const add = (st.doc.modify || []).find((m) => m.control === d.statement && T.usedIn(m.add).includes(d.id));
    const own = (st.doc.requirements || []).find((a) => a.id === d.statement);
    const where = own ? T.pick(own.statement, [lang()]) : add ? T.pick(add.add, [lang()]) : d.where ? d.where : c ? c.title || c.statement : "";
    const hint = [clip(where, 140), d.guidance && clip(d.guidance, 200), limits(d)].filter(Boolean).join(" ");
    const label = (c && c.number || d.statement) + " " + (T.pick(d.label, [lang()]) || (d.choices.length ? say(d.many ? "pack-choose-many" : "pack-choose-one") : d.id));
    // The wordings of a choice that take parameters show what those are.
    const shown = (t) => T.pick(t, [lang()]).replace(/\{([^{}]+)\}/g, (all, n) => {
      const p = (res.declared.get(d.statement) || []).find((x) => x.id === n);
      return p ? "[" + (T.pick(p.label, [lang()]) || n) + "]" : all;
    });
    if (d.choices.length) {
      const taken = new Set(T.valuesOf(d.value).map((v) => T.chosen(d, v)));
      const word = (t) => T.pick(t, [lang()]);
      if (d.many) {
        const boxes = d.choices.map((t, i) => {
          const id = fieldID(path) + "-" + i;
          const b = check(id, taken.has(t) ? "on" : "off", () => change(() => setValue(d, d.choices.filter((x, j) => boxes[j].checked).map(word))), i ? null : { "data-path": path, "aria-describedby": "e-" + fieldID(path) });
          return b;
        });
        return h("fieldset", { class: "field choices" }, h("legend", null, label), hint ? h("small", null, hint) : null,
          d.choices.map((t, i) => h("span", { class: "opt" }, boxes[i], h("label", { for: boxes[i].id }, shown(t)))),
          h("p", { class: "wrong", id: "e-" + fieldID(path), hidden: true }));
      }
      const now = d.choices.findIndex((t) => taken.has(t));
      return input(path, label, { value: now < 0 ? "" : String(now), hint: hint, required: !d.default && !st.doc.open_parameters,
        set: (v) => setValue(d, v === "" ? "" : word(d.choices[v])), options: [["", d.default ? say("pack-default-value", { value: d.default }) : say("pack-choose")]].concat(d.choices.map((t, i) => [String(i), shown(t)])) });
    }
    const choices = (d.limits.find((l) => l.choices && l.choices.length) || {}).choices;
    return input(path, label, { value: T.valuesOf(d.value).join("; "), set: (v) => setValue(d, v), hint: hint, required: !d.default && !st.doc.open_parameters,
      options: choices ? [["", d.default ? say("pack-default-value", { value: d.default }) : say("pack-choose")]].concat(choices.map((x) => [x, x])) : null,
      placeholder: d.default ? say("pack-default-value", { value: d.default }) : null });
  }

  function nextID() {
    const used = (st.doc.requirements || []).map((a) => a.id);
    for (let n = 1; ; n++) { const id = "A-" + String(n).padStart(2, "0"); if (!used.includes(id)) return id; }
  }
  function drawAdded() {
    const box = $("pack-added");
    box.textContent = "";
    const gaps = res.withoutControls;
    box.append(part("h-added", say("pack-h-added"), say("pack-added-lead"), [
      (st.doc.requirements || []).map((a, i) => added(a, i)),
      gaps.length ? h("div", { class: "gaps" }, h("p", { class: "muted" }, say("pack-gaps")), h("ul", { class: "silent" }, gaps.map((m) => h("li", null, h("b", null, m.id), " ", measureText(m), " ",
        button("ga-" + m.id, say("pack-added-for", { id: m.id }), () => addOwn({ measures: [m.id] })))))) : null,
      h("p", { class: "buttons" }, button("pack-added-new", say("pack-added-new"), () => addOwn({})))]));
  }
  function addOwn(more) {
    change((s) => { s.doc.requirements.push(Object.assign({ id: nextID(), title: {}, statement: {} }, more)); });
    const el = fieldOf("requirements." + (st.doc.requirements.length - 1) + ".title");
    if (el) el.focus();
  }
  function added(a, i) {
    const path = "requirements." + i;
    const now = () => st.doc.requirements[i] || {};
    const edit = (k) => ({ set: (v) => { now()[k] = v; } });
    const sync = () => {
      // Names in braces are parameters.
      const used = [...new Set(T.usedIn(now().statement))];
      const ps = now().parameters || [];
      const missing = used.filter((n) => !ps.some((p) => p.id === n));
      if (missing.length || ps.some((p) => !used.includes(p.id) && T.isBlank(p.default) && T.isBlank(p.min) && T.isBlank(p.max) && !(p.choices || []).length && T.isEmpty(p.label))) {
        now().parameters = ps.filter((p) => used.includes(p.id) || !T.isBlank(p.default) || !T.isBlank(p.min) || !T.isBlank(p.max) || (p.choices || []).length || !T.isEmpty(p.label))
          .concat(missing.map((n) => ({ id: n })));
        refresh();
      } else if (used.length) drawParameters();
    };
    const used = T.usedIn(a.statement);
    const refs = (k, label, hint) => input(path + "." + k, label, { value: (a[k] || []).join(" "), hint: hint, set: (v) => { now()[k] = v.split(/[\s,、，]+/).filter(Boolean); } });
    return h("fieldset", { class: "own", "data-entry": path, tabindex: "-1" }, h("legend", null, a.id || say("pack-added-new")),
      h("div", { class: "fields" },
        input(path + ".id", say("pack-added-id"), { value: a.id, required: true, set: (v) => {
          const old = now().id;
          now().id = v.trim();
          const all = st.doc.parameters;
          if (Object.prototype.hasOwnProperty.call(all, old) && !G.controlBy.has(old)) { all[now().id] = all[old]; delete all[old]; }
        }, done: () => refresh() }),
        input(path + ".obligation", say("pack-obligation"), { value: a.obligation || "", options: [["", say("pack-by-default")]].concat(T.OBLIGATIONS.map((x) => [x, say(OBLIGATION_WORDS[x])])), set: (v) => { if (v) now().obligation = v; else delete now().obligation; } }),
        wording(path + ".title", say("pack-added-title"), () => now().title, Object.assign({ required: true, cls: "wide" }, edit("title"))),
        wording(path + ".statement", say("pack-added-statement"), () => now().statement, Object.assign({ required: true, rows: 3, cls: "wide", hint: say("pack-added-statement-hint"), done: sync }, edit("statement"))),
        wording(path + ".reason", say("pack-added-reason"), () => now().reason, Object.assign({ rows: 2, cls: "wide" }, edit("reason"))),
        !G.treatsRisks ? null : [refs("risks", say("pack-added-risks"), say("pack-added-risks-hint")), refs("measures", say("pack-added-measures"), say("pack-added-measures-hint"))],
        (a.parameters || []).map((p, j) => (used.includes(p.id) ? h("fieldset", { class: "wide param-f" }, h("legend", null, "{" + p.id + "}"), h("div", { class: "fields four" },
          wording(path + ".parameters." + j + ".label", say("pack-p-label"), () => (now().parameters[j] || {}).label, { set: (t) => { now().parameters[j].label = t; }, done: () => drawParameters() }),
          ["default", "min", "max"].map((k) => input(path + ".parameters." + j + "." + k, say({ default: "pack-p-default", min: "pack-p-min", max: "pack-p-max" }[k]), { value: p[k], set: (v) => { now().parameters[j][k] = v.trim(); }, done: () => drawParameters() })),
          input(path + ".parameters." + j + ".choices", say("pack-p-choices"), { value: (p.choices || []).join(", "), set: (v) => { now().parameters[j].choices = v.split(/[,、，]/).map((x) => x.trim()).filter(Boolean); }, done: () => drawParameters() }))) : null))),
      h("p", { class: "buttons" }, button("own-x-" + i, say("pack-added-remove", { id: a.id }), () => change((s) => {
        const x = s.doc.requirements.splice(i, 1)[0];
        if (!G.controlBy.has(x.id)) delete s.doc.parameters[x.id];
      }))));
  }

  // ---- Summary ------------------------------------------------------------

  function drawSummary() {
    const box = $("pack-summary");
    const open = new Set(Array.from(box.querySelectorAll("details[open]"), (d) => d.id));
    const n = res.requirements.length;
    const by = (f) => res.requirements.filter(f).length;
    const errors = problems.filter((p) => p.level === "error");
    const bars = (list, max) => h("ul", { class: list.length > 12 ? "bars many" : "bars" }, list.map(([label, k]) => h("li", null, h("span", null, label), h("b", null, String(k)),
      h("meter", { min: "0", max: String(max || 1), value: k, "aria-hidden": "true" }))));
    const layers = G.layers.filter((l) => l.rows).map((l) => [l.name, by((r) => r.measures.some((m) => m.layers.includes(l.id)))]).filter((x) => x[1]);
    const clauses = G.clauses.map((c) => [c.id + (c.title ? " " + c.title : ""), by((r) => r.control && r.control.clause === c)]).filter((x) => x[1]);
    const own = by((r) => r.added);
    if (own) clauses.push([say("pack-h-added"), own]);
    const lost = res.exclusions.filter((x) => x.measures.length || x.citations.length);
    const open2 = new Set(lost.flatMap((x) => x.vulnerabilities.filter((v) => !v.answered).map((v) => v.risk.id + " " + v.id)));
    const residuals = new Set(lost.flatMap((x) => x.residuals));
    const focus = document.activeElement && box.contains(document.activeElement) ? document.activeElement.id : "";
    box.textContent = "";
    box.append(
      h("h2", { id: "h-summary", class: "sum-h" }, say("pack-summary")),
      h("p", { class: "big" }, h("b", { id: "sum-n" }, String(n)), " ", say("pack-n-requirements", { n: n })),
      h("p", { class: "obs" }, T.OBLIGATIONS.map((o) => h("span", { class: "o-" + o }, say(OBLIGATION_WORDS[o]), " ", h("b", { id: "sum-" + o }, String(by((r) => r.obligation === o)))))),
      h("div", { class: "sum-more" },
        G.treatsRisks ? h("details", { id: "sum-layers", open: true }, h("summary", null, say("pack-by-layer")), layers.length ? bars(layers, n) : h("p", { class: "muted" }, say("pack-none"))) : null,
        h("details", { id: "sum-clauses", open: !G.treatsRisks }, h("summary", null, say("pack-by-clause")), clauses.length ? bars(clauses, n) : h("p", { class: "muted" }, say("pack-none"))),
        h("div", { class: "sum-out" }, h("b", null, say("pack-sum-out")), h("ul", null, G.treatsRisks ? [
          h("li", null, say("pack-sum-measures", { n: res.removed.size })), h("li", null, say("pack-sum-controls", { n: res.gone.size })),
          h("li", null, say("pack-sum-open", { n: open2.size })), h("li", null, say("pack-sum-residual", { n: residuals.size }))] :
          h("li", null, say("pack-sum-controls", { n: res.outDirect.size })))),
        !G.treatsRisks && res.parameters.length ? h("p", { class: "muted", id: "sum-values" }, say("pack-values-of", { n: res.parameters.length, m: res.parameters.filter(isOpen).length })) : null),
      h("p", { class: "state" + (errors.length ? " bad" : ""), role: "status" }, errors.length ? say("pack-todo", { n: errors.length }) : say("pack-ready")),
      h("p", { class: "buttons" }, errors.length ? button("sum-next", say("pack-next"), () => goTo(errors[0])) : h("a", { class: "small", href: "#step-check" }, say("pack-to-download")),
        undo.length ? button("sum-undo", say("pack-undo"), takeBack) : null));
    if (drawn) box.querySelectorAll("details").forEach((d) => { d.open = open.has(d.id); });
    drawn = true;
    if (focus && $(focus)) $(focus).focus();
    $("at-select").textContent = say("pack-at-select", { n: G.treatsRisks ? res.selected.size - res.removed.size : res.direct.size - res.outDirect.size });
    const need = errors.filter((p) => p.at.startsWith("exclude.")).length;
    $("at-leave").textContent = need ? say("pack-at-reasons", { n: need }) : say("pack-at-leave", { n: (st.doc.exclude || []).length });
    const wrong = errors.filter((p) => !/^(exclude|select)/.test(p.at)).length;
    $("at-details").textContent = wrong ? say("pack-todo", { n: wrong }) : "";
    $("at-check").textContent = errors.length ? "" : say("pack-ready-short");
  }
  let drawn = false;

  function goTo(p) {
    attempted = true;
    if (p.args.statement) reveal(p.args.statement);
    mark();
    const el = fieldOf(p.at);
    for (let d = el; d; d = d.parentElement) if (d.tagName === "DETAILS") d.open = true;
    if (el) { el.focus(); el.scrollIntoView({ block: "center" }); }
  }
  // whereIs names the field of a problem.
  function whereIs(p) {
    const [list, i] = p.at.split(".");
    if (FIELD_WORDS[p.at]) return say(FIELD_WORDS[p.at]);
    if (list === "exclude" && st.doc.exclude[i]) return describe(st.doc.exclude[i]);
    if (list === "requirements" && st.doc.requirements[i]) {
      const field = { id: "pack-added-id", title: "pack-added-title", statement: "pack-added-statement" }[p.at.split(".")[2]];
      return [st.doc.requirements[i].id || say("pack-added-new"), field && say(field)].filter(Boolean).join(" ");
    }
    if (list === "rules" && st.doc.obligations.rules[i]) return describe(st.doc.obligations.rules[i]);
    if (list === "modify" && st.doc.modify[i]) return st.doc.modify[i].control;
    if (list === "parameters" && p.args.statement) return p.args.statement + " {" + p.args.id + "}";
    if (list === "parameters") return p.at.slice(11).replace(/\.([^.]*)$/, " {$1}");
    if (list === "select" && st.doc.select[i]) return describe(st.doc.select[i]);
    return "";
  }

  // ---- 4: check and download ----------------------------------------------

  function profileText() {
    return T.emit(T.prune(G, st.doc), say("pack-yaml-comment", { guide: G.title, edition: G.edition, file: fileName() }));
  }
  const fileName = () => (st.doc.id || "profile") + ".yaml";
  function buildCheck() {
    const file = h("input", { type: "file", id: "pack-file", class: "vh", accept: ".yaml,.yml,text/yaml,application/yaml", multiple: true, tabindex: "-1", "aria-label": say("pack-import"),
      onchange: () => { importFiles(Array.from(file.files)); file.value = ""; } });
    const preview = h("details", { id: "pack-preview", ontoggle: drawPreview }, h("summary", null, say("pack-preview")),
      h("pre", { tabindex: "0", "aria-label": say("pack-preview") }, h("code", { id: "pack-yaml" })));
    $("pack-check").append(
      h("div", { id: "pack-problems" }),
      h("div", { class: "dl-row" },
        h("section", { class: "card", "aria-labelledby": "h-get-pack" }, h("h3", { id: "h-get-pack" }, say("pack-get-pack")), h("p", null, say("pack-get-pack-lead")),
          h("p", null, h("button", { type: "button", class: "button", id: "pack-make", onclick: makePack }, say("pack-make"))),
          h("div", { id: "pack-result", "aria-live": "polite" })),
        h("section", { class: "card", "aria-labelledby": "h-get-profile" }, h("h3", { id: "h-get-profile" }, say("pack-get-profile")), h("p", null, say("pack-get-profile-lead")),
          h("p", null, h("button", { type: "button", class: "button quiet", id: "pack-download", onclick: downloadProfile }, say("pack-download"))),
          h("p", { class: "muted" }, say("pack-with-command")), h("pre", { tabindex: "0", "aria-label": say("pack-with-command") }, h("code", { id: "pack-command" })), preview)),
      h("section", { class: "card", "aria-labelledby": "h-go-on" }, h("h3", { id: "h-go-on" }, say("pack-h-go-on")), h("p", { class: "muted" }, say("pack-go-on-lead")),
        h("p", { class: "buttons" }, button("pack-import", say("pack-import"), () => file.click()), file,
          button("pack-link", say("pack-link"), copyLink), button("pack-reset", say("pack-reset"), reset)),
        h("p", { id: "pack-link-out", hidden: true }),
        h("div", { id: "pack-import-out", "aria-live": "polite", tabindex: "-1" })));
  }
  function drawCheck() {
    const box = $("pack-problems");
    box.textContent = "";
    const line = (p, i) => h("li", null, h("button", { type: "button", class: "linky", id: "go-" + i, onclick: () => goTo(p) }, [whereIs(p), message(p)].filter(Boolean).join(say("pack-colon"))));
    const errors = problems.filter((p) => p.level === "error"), warnings = problems.filter((p) => p.level !== "error");
    if (errors.length) box.append(h("div", { class: "card bad" }, h("h3", null, say("pack-todo", { n: errors.length })), h("ul", null, errors.slice(0, MANY).map(line),
      errors.length > MANY ? h("li", null, say("pack-more-problems", { n: errors.length - MANY })) : null)));
    else box.append(h("p", { class: "notice" }, say("pack-ready")));
    if (warnings.length) box.append(h("div", { class: "card" }, h("h3", null, say("pack-warnings", { n: warnings.length })), h("ul", null, warnings.map((p, i) => line(p, "w" + i)))));
    const modified = (st.doc.modify || []).length;
    if (modified) box.append(h("p", { class: "muted" }, say("pack-modified", { n: modified, ids: join(st.doc.modify.map((m) => m.control)) })));
    $("pack-command").textContent = "riskguide tailor " + fileName() + " -o packs/";
    drawPreview();
  }
  function drawPreview() {
    if ($("pack-preview") && $("pack-preview").open) $("pack-yaml").textContent = profileText();
  }
  // sound reports whether the profile may be used; if not, the first field in
  // question gets the focus.
  function sound() {
    const bad = problems.find((p) => p.level === "error");
    if (!bad) return true;
    goTo(bad);
    riskguide.toast(say("pack-todo", { n: problems.filter((p) => p.level === "error").length }));
    return false;
  }
  function downloadProfile() {
    if (sound()) riskguide.download(fileName(), "application/yaml", profileText());
  }
  const size = (n) => say("pack-size", { n: n < 10240 ? (n / 1024).toFixed(1) : Math.round(n / 1024) });
  const TYPES = { xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", pdf: "application/pdf", zip: "application/zip", html: "text/html", json: "application/json" };
  let making = false;
  async function makePack() {
    const box = $("pack-result");
    if (making || !sound()) return;
    const without = (key) => {
      box.textContent = "";
      box.append(h("p", { class: "notice" }, say(key)), h("p", null, button("pack-download-2", say("pack-download"), downloadProfile)),
        h("pre", { tabindex: "0", "aria-label": say("pack-with-command") }, h("code", null, "riskguide tailor " + fileName() + " -o packs/")));
    };
    if (!riskguide.engine && !assets["engine.js"]) { without("pack-no-engine"); return; }
    if (typeof WebAssembly !== "object") { without("pack-no-wasm"); return; }
    making = true;
    $("pack-make").setAttribute("aria-disabled", "true");
    const bar = h("progress", { id: "pack-progress", max: "1", "aria-label": say("pack-making") });
    const what = h("span", null, say("pack-loading"));
    box.textContent = "";
    box.append(h("p", { class: "making" }, what, " ", bar));
    try {
      if (!riskguide.engine) await riskguide.load("engine.js");
      if (!riskguide.engine || !riskguide.engine.supported()) { without("pack-no-wasm"); return; }
      const out = await riskguide.engine.makePack({ files: { [fileName()]: profileText() }, profile: fileName() }, (p) => {
        what.textContent = say(p.stage === "load" ? "pack-loading" : "pack-making");
        if (p.total > 0) bar.value = Math.min(1, p.done / p.total);
        else bar.removeAttribute("value");
      });
      const files = out.files.slice().sort((a, b) => (b.name === out.name) - (a.name === out.name));
      box.textContent = "";
      box.append(h("p", { class: "notice" }, say("pack-made")), h("ul", { class: "files", id: "pack-files" }, files.map((f, i) => {
        const short = f.name.split("/").pop();
        return h("li", null, h("button", { type: "button", class: i ? "linky" : "button", "data-file": f.name, onclick: () => riskguide.download(short, TYPES[short.split(".").pop()] || "application/octet-stream", f.data) }, short), " ", h("small", null, size(f.data.length)));
      })));
      if (out.warnings && out.warnings.length) box.append(h("ul", { class: "muted" }, out.warnings.map((w) => h("li", null, w))));
    } catch (e) {
      box.textContent = "";
      box.append(h("div", { class: "card bad", role: "alert" }, h("p", null, say("pack-failed")),
        e.problems && e.problems.length ? h("ul", null, e.problems.map((p) => h("li", null, [p.file, p.line, p.column].filter(Boolean).join(":"), " ", p.message, p.hint ? " (" + p.hint + ")" : ""))) : h("p", null, String(e.message || e))),
      h("p", null, button("pack-download-2", say("pack-download"), downloadProfile)));
    } finally {
      making = false;
      $("pack-make").removeAttribute("aria-disabled");
    }
  }

  async function importFiles(list) {
    const out = $("pack-import-out");
    out.textContent = "";
    if (!list.length) return;
    const files = {};
    for (const f of list) {
      if (f.size > 1 << 20) { out.append(h("p", { class: "card bad", role: "alert" }, say("pack-i-size", { name: f.name }))); return; }
      files[f.name] = await f.text();
    }
    try {
      await riskguide.load("js-yaml.min.js");
    } catch (e) {
      out.append(h("p", { class: "card bad", role: "alert" }, say("pack-i-load")));
      return;
    }
    const got = T.read(G, window.jsyaml, files);
    if (got.problems.length) {
      out.append(h("div", { class: "card bad" }, h("h4", null, say("pack-i-title")), h("ul", null, got.problems.map((p) =>
        h("li", null, h("code", null, [p.file, p.line, p.column].filter(Boolean).join(":")), " ", message(p))))));
      out.focus();
      return;
    }
    remember(snapshot());
    st = { doc: got.doc, attic: st.attic };
    attempted = true;
    refresh(true);
    out.append(h("p", { class: "notice" }, say("pack-imported", { name: list.map((f) => f.name).join(", ") }),
      got.dropped.length ? " " + say("pack-i-dropped", { ids: join(got.dropped) }) : ""));
    riskguide.toast(say("pack-imported", { name: got.doc.id }));
  }
  async function copyLink() {
    const url = location.href.split("#")[0] + "#" + await T.link(st);
    const out = $("pack-link-out");
    out.textContent = "";
    out.append(h("label", { for: "pack-link-url" }, say("pack-link-label", { n: url.length })), h("input", { id: "pack-link-url", type: "text", readonly: true, value: url, onfocus: (ev) => ev.target.select() }));
    out.hidden = false;
    if (navigator.clipboard) riskguide.copy(url, say("pack-link-copied"));
    else { $("pack-link-url").focus(); }
  }
  function reset() {
    change((s) => { const b = T.blank(G); s.doc = b.doc; s.attic = {}; });
    attempted = false;
    shown.clear();
    refresh(true);
    note("info", say("pack-reset-done"), [[say("pack-undo"), takeBack]]);
  }

  // ---- Notes at the top, links --------------------------------------------

  // note tells something above the page, with buttons.
  function note(kind, text, actions) {
    const box = $("pack-notes");
    box.textContent = "";
    const p = h("div", { class: kind === "error" ? "card bad" : "notice", role: kind === "error" ? "alert" : null, tabindex: "-1" }, h("p", null, text),
      h("p", { class: "buttons" }, (actions || []).map((a, i) => button("note-" + i, a[0], () => { box.textContent = ""; a[1](); })),
        button("note-close", say("pack-close"), () => { box.textContent = ""; })));
    box.append(p);
    return p;
  }
  const untouched = () => JSON.stringify(T.restore(G, st).doc) === JSON.stringify(T.restore(G, T.blank(G)).doc);
  async function fromLink() {
    if (!/^#p\d+=/.test(location.hash)) return;
    const hash = location.hash;
    history.replaceState(null, "", location.pathname + location.search);
    let got;
    try {
      got = await T.unlink(G, hash);
    } catch (e) {
      note("error", say({ version: "pack-link-version", unsupported: "pack-link-unsupported" }[e.message] || "pack-link-damaged"));
      return;
    }
    const take = () => { remember(snapshot()); st = got; refresh(true); riskguide.toast(say("pack-link-taken")); };
    if (untouched() || JSON.stringify(got.doc) === JSON.stringify(st.doc)) { take(); return; }
    note("info", say("pack-link-ask"), [[say("pack-link-replace"), take], [say("pack-link-keep"), () => {}]]).focus();
  }

  function start() {
    $("pack-nojs").hidden = true;
    $("pack").hidden = false;
    buildQuick();
    buildTree();
    buildCheck();
    refresh(true);
    fromLink();
    addEventListener("hashchange", fromLink);
    addEventListener("storage", (ev) => {
      if (ev.key !== T.storageKey(G.id)) return;
      const now = T.stored(G);
      // Another tab has changed the state: what is newer counts.
      if (now && JSON.stringify(now) !== snapshot()) { st = now; refresh(true); }
    });
    riskguide.pack = { state: () => st, result: () => res, problems: () => problems, text: profileText, set: (s) => { remember(snapshot()); st = s; refresh(true); } };
  }
  start();
}());
