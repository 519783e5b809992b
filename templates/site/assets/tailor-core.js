// What a tailoring profile means, for the page that makes one: the rules of the
// command line's package profile, the profile's YAML form, ticks as edits of a
// profile's rules, and the link that carries a profile. It touches no page, so that
// tests can hold it against the command line.
//
// A state is {doc, attic}. doc is the profile in the form of the YAML file, with
// every text as {language: wording}; rules that have no effect may stand in it and
// are left out when it is written (see prune). attic keeps the reasons of
// exclusions that were taken back, by what they excluded.
(function () {
  "use strict";
  const KINDS = ["risks", "severities", "layers", "measures", "tags", "clauses", "controls"];
  const MEASURE_KINDS = KINDS.slice(0, 5), CONTROL_KINDS = KINDS.slice(5);
  const OBLIGATIONS = ["must", "should", "may"];
  const PLACEHOLDER = /\{([a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*)\}/g;
  const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  const ADDED_ID = /^[A-Z]{1,8}-[0-9]{1,4}$/;
  const PARAMETER_ID = /^[a-z][a-z0-9]*([-_.][a-z0-9]+)*$/;
  const MAIL = /^[^\s@<>"]+@[^\s@<>"]+$/;
  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

  const clone = (x) => JSON.parse(JSON.stringify(x));
  const has = (o, k) => Object.prototype.hasOwnProperty.call(o, k);
  const get = (o, k) => (has(o, k) ? o[k] : undefined);
  const isBlank = (s) => !s || !s.trim();
  // valuesOf lists the values of a parameter: one, or several of its choices.
  const valuesOf = (v) => [].concat(v === undefined ? [] : v).filter((x) => !isBlank(x));
  const isEmpty = (text) => !text || Object.keys(text).every((l) => isBlank(text[l]));
  const pick = (text, langs) => {
    for (const l of langs) if (text && !isBlank(text[l])) return text[l];
    for (const l in text || {}) if (!isBlank(text[l])) return text[l];
    return "";
  };
  const placeholders = (s) => Array.from(String(s).matchAll(PLACEHOLDER), (m) => m[1]);
  const usedIn = (text) => Object.keys(text || {}).flatMap((l) => placeholders(text[l]));

  // clean takes out what may stand in no text: control characters, other line
  // breaks than the line feed, byte order marks, noncharacters, halves of pairs.
  function clean(s) {
    return String(s).replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufeff\ufdd0-\ufdef]/g, "")
      .replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (c) => (c.length === 2 && (c.codePointAt(0) & 0xfffe) !== 0xfffe ? c : ""))
      .replace(/[\ufffe\uffff]/g, "");
  }

  // index makes the guide's data quick to look into.
  function index(guide) {
    const g = Object.assign({}, guide);
    g.measures = [];
    g.riskBy = new Map();
    g.measureBy = new Map();
    g.controlBy = new Map();
    g.citedBy = new Map();
    g.clauseBy = new Map(g.clauses.map((c) => [c.id, c]));
    g.layerBy = new Map(g.layers.map((l) => [l.id, l]));
    g.severityBy = new Map(g.severities.map((s) => [s.id, s]));
    g.controls = [];
    for (const cl of g.clauses) {
      for (const c of cl.controls) {
        c.clause = cl;
        g.controls.push(c);
        g.controlBy.set(c.id, c);
        g.citedBy.set(c.id, []);
      }
    }
    for (const r of g.risks) {
      g.riskBy.set(r.id, r);
      for (const m of r.measures) {
        m.risk = r;
        m.unique = [...new Set(m.controls)];
        g.measures.push(m);
        g.measureBy.set(m.id, m);
        for (const c of m.unique) g.citedBy.get(c).push(m);
      }
    }
    g.within = new Map(g.layers.map((l) => [l.id, new Set([l.id])]));
    for (const l of g.layers) for (let p = l.parent; p; p = g.layerBy.get(p).parent) g.within.get(p).add(l.id);
    g.tags = [...new Set(g.measures.flatMap((m) => m.tags || []))].sort();
    return g;
  }

  // known reports whether the guide has what a selector names, by kind.
  function known(g, kind, id) {
    switch (kind) {
    case "risks": return g.riskBy.has(id);
    case "severities": return g.severityBy.has(id);
    case "layers": return g.layerBy.has(id);
    case "measures": return g.measureBy.has(id);
    case "tags": return g.tags.includes(id);
    case "clauses": return g.clauses.some((c) => c.id === id || c.id.startsWith(id + "."));
    case "controls": return g.controlBy.has(id);
    }
    return false;
  }

  function compile(g, sel, everyLayer) {
    const mt = { everyLayer: everyLayer, bad: false };
    for (const k of KINDS) {
      if (!sel[k] || !sel[k].length) continue;
      if (sel[k].some((id) => !known(g, k, id))) mt.bad = true;
      if (k === "layers") mt.layers = new Set(sel.layers.flatMap((id) => [...(g.within.get(id) || [])]));
      else if (k === "clauses") mt.clauses = new Set(g.clauses.filter((c) => sel.clauses.some((id) => c.id === id || c.id.startsWith(id + "."))).map((c) => c.id));
      else mt[k] = new Set(sel[k]);
    }
    return mt;
  }
  function fits(mt, m) {
    if (mt.risks && !mt.risks.has(m.risk.id) || mt.severities && !mt.severities.has(m.risk.severity) ||
      mt.measures && !mt.measures.has(m.id)) return false;
    if (mt.layers) {
      const n = m.layers.filter((l) => mt.layers.has(l)).length;
      if (n === 0 || mt.everyLayer && n < m.layers.length) return false;
    }
    return !mt.tags || (m.tags || []).some((t) => mt.tags.has(t));
  }
  const fitsControl = (mt, c) => (!mt.clauses || mt.clauses.has(c.clause.id)) && (!mt.controls || mt.controls.has(c.id));
  const names = (sel, kinds) => kinds.some((k) => sel[k] && sel[k].length);
  const namesControls = (sel) => names(sel, CONTROL_KINDS);
  const namesMeasures = (sel) => names(sel, MEASURE_KINDS);
  // fitsStatement reports whether a selector fits a control whatever measure cites it.
  const fitsStatement = (mt, c) => MEASURE_KINDS.every((k) => !mt[k]) && fitsControl(mt, c);

  // compute applies a profile to the guide as the command line does. The result
  // tells what is asked for, what every exclusion removes and leaves open, and what
  // has no effect: entries {list, i} or single ids {list, i, kind, id}.
  function compute(g, doc) {
    const res = { noEffect: [], unknown: [], selections: [], picked: [], exclusions: [], requirements: [], withoutControls: [] };
    const selected = res.selected = new Set();
    const removed = res.removed = new Map();
    const gone = res.gone = new Map();
    // Controls that rules select themselves, and those of them that are left out.
    const direct = res.direct = new Set();
    const outDirect = res.outDirect = new Map();
    const keptDirectly = res.keptDirectly = (id) => direct.has(id) && !outDirect.has(id);
    const key = (m, c) => m.id + " " + c;
    const kept = res.kept = (m) => selected.has(m.id) && !removed.has(m.id);
    const asks = res.asks = (m, c) => !gone.has(key(m, c));
    const count = (mt, controls, among) => {
      let n = 0;
      for (const m of g.measures) {
        if (!among(m) || !fits(mt, m)) continue;
        if (!controls) n++;
        else for (const c of m.controls) if (fitsControl(mt, g.controlBy.get(c))) n++;
      }
      return n;
    };
    // countDirect counts the controls that fit a selector which names no measures.
    const countDirect = (sel, mt, among) => {
      if (namesMeasures(sel) || !namesControls(sel)) return 0;
      let n = 0;
      for (const c of mt.controls ? Array.from(mt.controls, (id) => g.controlBy.get(id)) : g.controls) if (c && fitsControl(mt, c) && among(c.id)) n++;
      return n;
    };
    // check notes what of a selector contributes nothing to what it picks among
    // measures and controls selected directly; false if nothing does.
    const check = (list, i, sel, mt, among, amongDirect) => {
      for (const k of KINDS) for (const id of sel[k] || []) if (!known(g, k, id)) res.unknown.push({ list: list, i: i, kind: k, id: id });
      if (mt.bad) return false;
      const controls = namesControls(sel);
      const all = (sel, mt) => count(mt, controls, among) + countDirect(sel, mt, amongDirect);
      const full = all(sel, mt);
      if (full === 0) {
        res.noEffect.push({ list: list, i: i });
        return false;
      }
      for (const k of KINDS) {
        if (!sel[k] || sel[k].length < 2) continue;
        for (const id of sel[k]) {
          const alone = Object.assign({}, sel, { [k]: [id] });
          if (all(alone, compile(g, alone, mt.everyLayer)) > 0) continue;
          const rest = Object.assign({}, sel, { [k]: sel[k].filter((x) => x !== id) });
          if (all(rest, compile(g, rest, mt.everyLayer)) < full) continue;
          res.noEffect.push({ list: list, i: i, kind: k, id: id });
        }
      }
      return true;
    };

    (doc.select || []).forEach((rule, i) => {
      const mt = compile(g, rule, false);
      const controls = namesControls(rule) || rule.all && !g.treatsRisks;
      if (!rule.all) check("select", i, rule, mt, () => !controls, () => true);
      const ms = mt.bad || controls ? [] : g.measures.filter((m) => fits(mt, m));
      const cs = mt.bad || !controls ? [] : g.controls.filter((c) => fitsControl(mt, c));
      for (const m of ms) selected.add(m.id);
      for (const c of cs) direct.add(c.id);
      res.selections.push(ms);
      res.picked.push(cs);
    });

    const isSelected = (m) => selected.has(m.id);
    const matchers = [], valid = [];
    (doc.exclude || []).forEach((ex, i) => {
      res.exclusions.push({ i: i, measures: [], citations: [], direct: [], controls: [], partly: [], emptied: [], vulnerabilities: [], residuals: [], added: [] });
      matchers.push(compile(g, ex, true));
      valid.push(!ex.requirements && check("exclude", i, ex, matchers[i], isSelected, (c) => direct.has(c)));
      if (ex.requirements) res.noEffect.push({ list: "exclude", i: i });
    });
    const nothingNew = (i, n, earlier) => { if (n === 0 && earlier) res.noEffect.push({ list: "exclude", i: i }); };
    (doc.exclude || []).forEach((ex, i) => {
      if (!valid[i] || namesControls(ex)) return;
      const out = res.exclusions[i];
      let earlier = false;
      for (const m of g.measures) {
        if (!isSelected(m)) continue;
        if (!fits(matchers[i], m)) {
          if (matchers[i].layers && m.layers.some((l) => matchers[i].layers.has(l)) &&
            fits(Object.assign({}, matchers[i], { everyLayer: false }), m)) out.partly.push(m);
          continue;
        }
        if (removed.has(m.id)) { earlier = true; continue; }
        removed.set(m.id, i);
        out.measures.push(m);
      }
      nothingNew(i, out.measures.length, earlier);
    });
    (doc.exclude || []).forEach((ex, i) => {
      if (!valid[i] || !namesControls(ex)) return;
      const out = res.exclusions[i];
      let earlier = false;
      for (const m of g.measures) {
        if (!isSelected(m) || !fits(matchers[i], m)) continue;
        for (const c of m.controls) {
          if (!fitsControl(matchers[i], g.controlBy.get(c))) continue;
          const k = key(m, c);
          if (removed.has(m.id)) earlier = true;
          else if (gone.has(k)) earlier = earlier || gone.get(k) !== i;
          else {
            gone.set(k, i);
            out.citations.push({ measure: m, control: c });
          }
        }
      }
      if (!namesMeasures(ex)) {
        for (const c of g.controls) {
          if (!direct.has(c.id) || !fitsControl(matchers[i], c)) continue;
          if (outDirect.has(c.id)) earlier = true;
          else {
            outDirect.set(c.id, i);
            out.direct.push(c.id);
          }
        }
      }
      nothingNew(i, out.citations.length + out.direct.length, earlier);
    });
    const isAsked = res.isAsked = (c) => keptDirectly(c) || (g.citedBy.get(c) || []).some((m) => kept(m) && asks(m, c));
    const asksSomething = (m) => kept(m) && m.controls.some((c) => asks(m, c));
    for (const out of res.exclusions) {
      const lost = new Set();
      for (const m of out.measures) for (const c of m.controls) if (!isAsked(c)) lost.add(c);
      for (const ct of out.citations) {
        if (!isAsked(ct.control)) lost.add(ct.control);
        if (!out.emptied.includes(ct.measure) && !ct.measure.controls.some((c) => asks(ct.measure, c))) out.emptied.push(ct.measure);
      }
      for (const c of out.direct) if (!isAsked(c)) lost.add(c);
      out.controls = g.controls.filter((c) => lost.has(c.id)).map((c) => c.id);
      const seen = new Set(), seenR = new Set();
      for (const m of out.measures.concat(out.emptied)) {
        for (const v of m.vulnerabilities) {
          const k = m.risk.id + " " + v.id;
          if (seen.has(k)) continue;
          seen.add(k);
          out.vulnerabilities.push({ risk: m.risk, id: v.id, label: v.label,
            answered: m.risk.measures.some((o) => asksSomething(o) && o.vulnerabilities.some((x) => x.id === v.id)) });
        }
        for (const r of m.residuals) {
          if (!seenR.has(r)) { seenR.add(r); out.residuals.push(r); }
        }
      }
    }

    const rules = doc.obligations && doc.obligations.rules || [];
    const compiled = rules.map((r, i) => {
      const mt = compile(g, r, false);
      if (check("rules", i, r, mt, kept, keptDirectly) && !g.measures.some((m) => kept(m) && fits(mt, m) &&
        m.controls.some((c) => fitsControl(mt, g.controlBy.get(c)) && asks(m, c))) &&
        !g.controls.some((c) => keptDirectly(c.id) && fitsStatement(mt, c))) res.noEffect.push({ list: "rules", i: i });
      return mt;
    });
    const standard = doc.obligations && doc.obligations.default || "must";
    // obligation is that of a citation or, without a measure, of a control that is
    // selected directly.
    const obligation = res.obligation = (m, c) => {
      for (let i = compiled.length - 1; i >= 0; i--) {
        if (!compiled[i].bad && (m ? fitsControl(compiled[i], c) && fits(compiled[i], m) : fitsStatement(compiled[i], c))) return rules[i].obligation;
      }
      return standard;
    };

    for (const c of g.controls) {
      const askedBy = g.citedBy.get(c.id).filter((m) => kept(m) && asks(m, c.id));
      if (!askedBy.length && !keptDirectly(c.id)) continue;
      const os = askedBy.map((m) => obligation(m, c));
      if (keptDirectly(c.id)) os.push(obligation(null, c));
      res.requirements.push({ id: c.id, control: c, measures: askedBy, obligation: OBLIGATIONS.find((o) => os.includes(o)) });
    }
    const covered = new Set();
    for (const a of doc.requirements || []) {
      res.requirements.push({ id: a.id, added: a, measures: (a.measures || []).map((id) => g.measureBy.get(id)).filter(Boolean), obligation: a.obligation || standard });
      for (const id of a.measures || []) covered.add(id);
      for (const k of ["risks", "measures"]) for (const id of a[k] || []) if (!known(g, k, id)) res.unknown.push({ list: "requirements", i: doc.requirements.indexOf(a), kind: k, id: id });
    }
    res.withoutControls = g.measures.filter((m) => kept(m) && m.controls.length === 0 && !covered.has(m.id));

    parameters(g, doc, res);
    return res;
  }

  // parameters collects what can be set in the statements of the pack.
  function parameters(g, doc, res) {
    const declared = res.declared = new Map();
    const declare = (id, p, limits) => {
      if (!declared.has(id)) declared.set(id, []);
      const d = declared.get(id).find((x) => x.id === p.id);
      if (!d) {
        declared.get(id).push({ id: p.id, label: p.label, default: p.default || "", limits: limits ? [p] : [],
          choices: limits ? [] : p.choices || [], many: !limits && !!p.many, guidance: limits ? "" : p.guidance || "", where: limits ? "" : p.where || "" });
        return;
      }
      d.limits.push(p);
      if (!isEmpty(p.label)) d.label = p.label;
      if (p.default) d.default = p.default;
    };
    for (const c of g.controls) for (const p of c.parameters || []) declare(c.id, p, false);
    (doc.modify || []).forEach((m, i) => {
      if (!g.controlBy.has(m.control)) {
        res.unknown.push({ list: "modify", i: i, kind: "controls", id: m.control });
        return;
      }
      for (const p of m.parameters || []) declare(m.control, p, true);
      if (!res.isAsked(m.control)) res.noEffect.push({ list: "modify", i: i });
    });
    for (const a of doc.requirements || []) for (const p of a.parameters || []) declare(a.id, p, true);
    const values = doc.parameters || {};
    for (const id of Object.keys(values)) {
      const own = (doc.requirements || []).some((a) => a.id === id);
      for (const p of Object.keys(values[id])) {
        const d = (declared.get(id) || []).find((x) => x.id === p);
        if (!own && !g.controlBy.has(id) || !d) res.unknown.push({ list: "parameters", statement: id, kind: "parameters", id: p });
        else if (!own && !res.isAsked(id)) res.noEffect.push({ list: "parameters", statement: id, id: p });
        if (d) d.value = values[id][p];
      }
    }
    res.parameters = [];
    for (const r of res.requirements) {
      const ds = declared.get(r.id) || [];
      const unused = r.control ? inChoicesOnly(r.control, ds, doc) : new Set();
      for (const d of ds) if (!unused.has(d.id)) res.parameters.push(Object.assign({ statement: r.id, control: r.control }, d));
    }
  }

  // chosen returns the choice that a value takes, in any language, or undefined.
  const chosen = (d, value) => d.choices.find((c) => Object.keys(c).some((l) => c[l] === value));

  // inChoicesOnly returns the parameters of a control that stand in choices which are
  // not taken, and nowhere else: nothing wants a value of them.
  function inChoicesOnly(control, ds, doc) {
    const offered = new Set(ds.flatMap((d) => d.choices.flatMap(usedIn)));
    if (!offered.size) return offered;
    const taken = (control.placeholders || []).slice();
    for (const m of doc.modify || []) if (m.control === control.id) taken.push(...usedIn(m.add));
    for (const d of ds) {
      const values = valuesOf(d.value).length ? valuesOf(d.value) : valuesOf(d.default);
      if (!values.length) taken.push(...(isEmpty(d.label) ? d.choices.flatMap(usedIn) : usedIn(d.label)));
      for (const v of values) taken.push(...(chosen(d, v) ? usedIn(chosen(d, v)) : placeholders(v)));
    }
    for (const n of taken) offered.delete(n);
    return offered;
  }

  // violated says which limit a value breaks: null or {key, limit}.
  function violated(d, value) {
    if (d.choices.length) {
      if (!chosen(d, value)) return { key: "choices", limit: d.choices.map((c) => pick(c, [])).join(", ") };
    } else if (/[{}]/.test(value)) return { key: "form", limit: "" };
    for (const l of d.limits) {
      if (l.choices && l.choices.length && !l.choices.includes(value)) return { key: "choices", limit: l.choices.join(", ") };
      const bounded = !isBlank(l.min) || !isBlank(l.max);
      if (!bounded) continue;
      const s = value.normalize("NFKC");
      if (!NUMBER.test(s)) return { key: "number", limit: "" };
      if (!isBlank(l.min) && Number(s) < Number(l.min)) return { key: "min", limit: l.min };
      if (!isBlank(l.max) && Number(s) > Number(l.max)) return { key: "max", limit: l.max };
    }
    return null;
  }

  // validate lists what must be mended before the profile can be used, each with
  // the path of its field, in the order of the page: {at, key, args, level}.
  function validate(g, doc, res) {
    const out = [];
    const fail = (at, key, args) => out.push({ at: at, key: key, args: args || {}, level: "error" });
    const warn = (at, key, args) => out.push({ at: at, key: key, args: args || {}, level: "warning" });
    if (!res.requirements.length) fail("select", res.selected.size + res.direct.size ? "nothing-left" : "empty");
    for (const u of res.unknown) {
      fail(u.statement ? "parameters." + u.statement + "." + u.id : u.list + "." + u.i, "unknown", { id: u.id });
    }
    const idle = new Set(res.noEffect.filter((n) => !n.kind).map((n) => n.list + "." + n.i));
    (doc.select || []).forEach((r, i) => { if (namesControls(r) && namesMeasures(r)) fail("select." + i, "mixed"); });
    (doc.exclude || []).forEach((e, i) => {
      if (isEmpty(e.reason) && !idle.has("exclude." + i)) fail("exclude." + i + ".reason", "reason-missing");
    });
    if (isEmpty(doc.title)) fail("title", "required");
    if (!doc.id) fail("id", "required");
    else if (!ID.test(doc.id) || doc.id.length > 64) fail("id", "id-form");
    if (!doc.languages || !doc.languages.length) fail("languages", "required");
    else for (const l of doc.languages) if (!g.languages.includes(l)) fail("languages", "unknown", { id: l });
    for (const k of ["organisation", "supplier", "service"]) {
      const p = doc[k];
      if (p && isEmpty(p.name) && ["department", "address", "person", "description"].some((f) => !isEmpty(p[f]))) fail(k + ".name", "name-missing");
    }
    if (doc.contact && !isBlank(doc.contact.email) && !MAIL.test(doc.contact.email)) fail("contact.email", "mail-form");
    if (doc.due && !isDate(doc.due)) fail("due", "date-form");
    if (doc.edition && doc.edition !== g.edition) warn("edition", "edition", { id: doc.edition, edition: g.edition });
    for (const m of res.withoutControls) warn("select", "no-controls", { id: m.id });
    for (const d of res.parameters) {
      const at = "parameters." + d.statement + "." + d.id, args = { statement: d.statement, id: d.id };
      const values = valuesOf(d.value).length ? valuesOf(d.value) : valuesOf(d.default);
      if (!values.length && !doc.open_parameters) fail(at, "value-missing", args);
      // Only choices hold parameters.
      else if (values.some((v) => /\n/.test(v) || /[{}]/.test(v) && !placeholders(v).length)) fail(at, "value-form", args);
      else if (values.length > 1 && !d.many) fail(at, "value-one", args);
      else {
        const v = values.map((x) => violated(d, x)).find(Boolean);
        if (v) fail(at, "value-" + v.key, Object.assign({ limit: v.limit }, args));
      }
    }
    const seen = new Set();
    (doc.requirements || []).forEach((a, i) => {
      const at = "requirements." + i + ".";
      if (!ADDED_ID.test(a.id || "")) fail(at + "id", "added-form");
      else if (seen.has(a.id) || g.controlBy.has(a.id) || g.measureBy.has(a.id) || g.riskBy.has(a.id)) fail(at + "id", "added-twice");
      seen.add(a.id);
      if (isEmpty(a.title)) fail(at + "title", "required");
      if (isEmpty(a.statement)) fail(at + "statement", "required");
      const used = usedIn(a.statement);
      const names = (a.parameters || []).map((p) => p.id);
      for (const n of new Set(used)) if (!names.includes(n)) fail(at + "statement", "placeholder", { id: n });
      (a.parameters || []).forEach((p, j) => {
        if (used.includes(p.id) && !isBlank(p.min) && !NUMBER.test(p.min)) fail(at + "parameters." + j + ".min", "value-number");
        if (used.includes(p.id) && !isBlank(p.max) && !NUMBER.test(p.max)) fail(at + "parameters." + j + ".max", "value-number");
        if (used.includes(p.id) && !isBlank(p.min) && !isBlank(p.max) && Number(p.min) > Number(p.max)) fail(at + "parameters." + j + ".max", "value-min", { limit: p.min });
      });
    });
    (doc.modify || []).forEach((m, i) => {
      if (idle.has("modify." + i)) return;
      const c = g.controlBy.get(m.control);
      if (!c) return;
      const names = (res.declared.get(m.control) || []).map((d) => d.id);
      for (const n of new Set(usedIn(m.add))) if (!names.includes(n)) fail("modify." + i, "placeholder", { id: n });
      for (const p of m.parameters || []) {
        if (!usedIn(m.add).includes(p.id) && !(c.placeholders || []).concat(c.elsewhere || []).includes(p.id)) fail("modify." + i, "parameter-unused", { id: p.id });
      }
    });
    for (const n of new Set(usedIn(doc.cover_letter))) if (!g.letterNames.includes(n)) fail("cover_letter", "placeholder", { id: n });
    return out;
  }

  function isDate(s) {
    const m = /^(\d{4})-(\d\d)-(\d\d)$/.exec(s);
    if (!m) return false;
    const d = new Date(s + "T00:00:00Z");
    return !isNaN(d) && d.toISOString().slice(0, 10) === s;
  }

  // prune returns the profile without what has no effect, which the command line
  // refuses: rules and ids that change nothing, empty fields.
  function prune(g, doc) {
    let d = clone(doc);
    for (let round = 0; round < 20; round++) {
      const res = compute(g, d);
      if (!res.noEffect.length) break;
      const entries = { select: new Set(), exclude: new Set(), rules: new Set(), modify: new Set() };
      const listOf = (name) => (name === "rules" ? d.obligations.rules : d[name]);
      for (const n of res.noEffect) {
        if (n.list === "parameters") {
          delete d.parameters[n.statement][n.id];
          if (!Object.keys(d.parameters[n.statement]).length) delete d.parameters[n.statement];
        } else if (n.kind) {
          const e = listOf(n.list)[n.i];
          e[n.kind] = e[n.kind].filter((id) => id !== n.id);
        } else entries[n.list].add(n.i);
      }
      for (const name of Object.keys(entries)) {
        if (!entries[name].size) continue;
        const rest = listOf(name).filter((e, i) => !entries[name].has(i));
        if (name === "rules") d.obligations.rules = rest;
        else d[name] = rest;
      }
    }
    for (const a of d.requirements || []) {
      const used = usedIn(a.statement);
      if (a.parameters) a.parameters = a.parameters.filter((p) => used.includes(p.id));
      const values = d.parameters && d.parameters[a.id];
      if (values) for (const p of Object.keys(values)) if (!(a.parameters || []).some((x) => x.id === p) || !valuesOf(values[p]).length) delete values[p];
    }
    for (const id of Object.keys(d.parameters || {})) {
      for (const p of Object.keys(d.parameters[id])) if (!valuesOf(d.parameters[id][p]).length) delete d.parameters[id][p];
      if (!Object.keys(d.parameters[id]).length) delete d.parameters[id];
    }
    return d;
  }

  // ---- Writing YAML -------------------------------------------------------

  const RESERVED = /^(true|false|yes|no|on|off|y|n|null|nan|inf)$/i;

  // scalar writes a string on one line: plain where nothing can be misread, else in
  // double quotes.
  function scalar(s) {
    const plain = /^\p{L}/u.test(s) && !/[\n\t"'\\`]|: |:$| #|^\s|\s$|[\u00a0\u1680\u2000-\u200f\u202a-\u202f\u205f-\u206f]/.test(s) &&
      !RESERVED.test(s);
    return plain ? s : quoted(s);
  }
  function quoted(s) {
    return '"' + s.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\t/g, "\\t") + '"';
  }
  function idScalar(s) {
    const plain = (/^[A-Za-z][A-Za-z0-9._-]*$/.test(s) || /^\d+\.\d+\.\d+[0-9.]*$/.test(s)) && !RESERVED.test(s);
    return plain ? s : quoted(s);
  }
  const ids = (list) => "[" + list.map(idScalar).join(", ") + "]";
  // value writes the value of a parameter: a number as it was written, or a string.
  const value = (s) => (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(s) ? s : scalar(s));

  function wording(s, indent) {
    s = s.replace(/\n+$/, "");
    if (!s.includes("\n")) return " " + scalar(s);
    // A literal block finds its indentation by the first line.
    if (/^\s/.test(s) || s.split("\n").some((l) => l !== "" && isBlank(l))) return " " + quoted(s);
    return " |\n" + s.split("\n").map((l) => (l === "" ? "" : indent + "  " + l)).join("\n");
  }

  // emit writes a profile: key by key in the order of the documentation, nothing
  // that is empty. comment becomes the first line.
  function emit(doc, comment) {
    const lines = comment.split("\n").map((l) => "# " + l);
    const langs = doc.languages || [];
    const put = (indent, key, rest) => lines.push(indent + key + ":" + rest);
    const text = (indent, key, t) => {
      if (isEmpty(t)) return;
      const names = langs.filter((l) => !isBlank(t[l])).concat(Object.keys(t).filter((l) => !langs.includes(l) && !isBlank(t[l])).sort());
      if (names.length === 1 && names[0] === langs[0]) put(indent, key, wording(t[names[0]], indent));
      else {
        put(indent, key, "");
        for (const l of names) put(indent + "  ", l, wording(t[l], indent + "  "));
      }
    };
    const str = (indent, key, s) => { if (!isBlank(s)) put(indent, key, " " + scalar(s)); };
    // item writes the keys of an entry of a list, the first behind the dash.
    const item = (indent, write) => {
      const start = lines.length;
      write(indent + "  ");
      if (lines.length > start) lines[start] = indent + "- " + lines[start].slice(indent.length + 2);
    };
    const selector = (indent, s) => { for (const k of KINDS) if (s[k] && s[k].length) put(indent, k, " " + ids(s[k])); };
    const gap = () => { if (lines.length && lines[lines.length - 1] !== "") lines.push(""); };
    const list = (key, entries, write) => {
      if (!entries || !entries.length) return;
      gap();
      lines.push(key + ":");
      for (const e of entries) item("  ", (indent) => write(indent, e));
    };
    const params = (indent, ps) => {
      if (!ps || !ps.length) return;
      put(indent, "parameters", "");
      for (const p of ps) {
        item(indent + "  ", (ind) => {
          put(ind, "id", " " + idScalar(p.id));
          text(ind, "label", p.label);
          if (!isBlank(p.default)) put(ind, "default", " " + value(p.default));
          for (const k of ["min", "max"]) if (!isBlank(p[k])) put(ind, k, " " + (/^-?\d+(\.\d+)?$/.test(p[k]) ? p[k] : String(Number(p[k]))));
          const choices = (p.choices || []).filter((c) => !isBlank(c));
          if (choices.length) {
            put(ind, "choices", "");
            for (const c of choices) lines.push(ind + "  - " + value(c));
          }
        });
      }
    };

    str("", "id", doc.id);
    text("", "title", doc.title);
    text("", "description", doc.description);
    if (!isBlank(doc.edition)) put("", "edition", " " + quoted(doc.edition));
    if (langs.length) put("", "languages", " " + ids(langs));
    for (const k of ["organisation", "supplier"]) {
      const p = doc[k];
      if (!p || isEmpty(p.name)) continue;
      gap();
      lines.push(k + ":");
      for (const f of ["name", "department", "address", "person"]) text("  ", f, p[f]);
    }
    if (doc.service && !isEmpty(doc.service.name)) {
      gap();
      lines.push("service:");
      for (const f of ["name", "description"]) text("  ", f, doc.service[f]);
    }
    const c = doc.contact;
    if (c && (!isEmpty(c.name) || !isBlank(c.email) || !isBlank(c.phone))) {
      gap();
      lines.push("contact:");
      text("  ", "name", c.name);
      str("  ", "email", c.email);
      str("  ", "phone", c.phone);
    }
    if (!isBlank(doc.due)) { gap(); put("", "due", " " + doc.due); }
    if (!isEmpty(doc.scope)) { gap(); text("", "scope", doc.scope); }
    list("select", doc.select, (ind, r) => {
      if (r.all) put(ind, "all", " true");
      selector(ind, r);
      text(ind, "reason", r.reason);
    });
    list("exclude", doc.exclude, (ind, e) => {
      selector(ind, e);
      if (e.requirements) put(ind, "requirements", " " + ids(e.requirements));
      text(ind, "reason", e.reason);
    });
    const o = doc.obligations || {};
    if (o.default || o.rules && o.rules.length) {
      gap();
      if (!o.rules || !o.rules.length) put("", "obligations", " " + o.default);
      else {
        lines.push("obligations:");
        if (o.default) put("  ", "default", " " + o.default);
        lines.push("  rules:");
        for (const r of o.rules) {
          item("    ", (ind) => {
            selector(ind, r);
            put(ind, "obligation", " " + r.obligation);
            text(ind, "note", r.note);
          });
        }
      }
    }
    list("modify", doc.modify, (ind, m) => {
      put(ind, "control", " " + idScalar(m.control));
      text(ind, "add", m.add);
      params(ind, m.parameters);
    });
    const values = doc.parameters || {};
    if (Object.keys(values).length) {
      gap();
      lines.push("parameters:");
      for (const id of Object.keys(values)) {
        put("  ", idScalar(id), "");
        for (const p of Object.keys(values[id])) {
          const v = values[id][p];
          if (!Array.isArray(v)) { put("    ", idScalar(p), " " + value(v)); continue; }
          put("    ", idScalar(p), "");
          for (const x of v) lines.push("      - " + value(x));
        }
      }
    }
    if (doc.open_parameters) { gap(); put("", "open_parameters", " true"); }
    list("requirements", doc.requirements, (ind, a) => {
      put(ind, "id", " " + idScalar(a.id));
      for (const k of ["title", "statement", "reason"]) text(ind, k, a[k]);
      if (a.obligation) put(ind, "obligation", " " + a.obligation);
      for (const k of ["risks", "measures"]) if (a[k] && a[k].length) put(ind, k, " " + ids(a[k]));
      params(ind, a.parameters);
    });
    const scoring = doc.scoring || {};
    if (Object.keys(scoring).length) {
      gap();
      lines.push("scoring:");
      for (const k of Object.keys(scoring)) {
        put("  ", idScalar(k), "");
        for (const x of Object.keys(scoring[k])) put("    ", idScalar(x), " " + String(Number(scoring[k][x])));
      }
    }
    if (!isEmpty(doc.cover_letter)) { gap(); text("", "cover_letter", doc.cover_letter); }
    return lines.join("\n") + "\n";
  }

  // ---- Reading ------------------------------------------------------------

  // A node is {kind: "map"|"list"|"scalar", line, column, …}: a map has entries
  // [key, value], a list has items, a scalar has value and plain (not quoted).

  // parse reads YAML with the library js-yaml and keeps where everything stands. It
  // throws {line, column, message} for what is no YAML.
  function parse(yaml, source) {
    source = source.replace(/^\ufeff/, "");
    const stack = [[]];
    const bad = (pos, key, args) => { throw Object.assign(new Error(key), place(source, pos), { key: key, args: args || {} }); };
    try {
      yaml.load(source, {
        schema: yaml.FAILSAFE_SCHEMA,
        listener: function (event, state) {
          if (event === "open") {
            stack.push(Object.assign([], { at: state.position }));
            return;
          }
          const parts = stack.pop();
          // A value that is not there, as behind "key:", is null.
          let at = parts.at;
          const skip = /(?:[ \t\r\n]|#[^\n]*(?=\n))*/y;
          skip.lastIndex = at;
          skip.exec(source);
          if (skip.lastIndex < state.position || state.result !== null) at = skip.lastIndex;
          const first = source[at];
          if (state.result !== null && (state.anchor !== null || first === "*" || first === "&")) bad(at, "anchor");
          if (state.tag !== null && state.tag !== "?" && first === "!") bad(at, "tag");
          const node = Object.assign(place(source, at), { kind: "scalar", value: null, plain: true });
          node.raw = state.result;
          if (state.result !== null && typeof state.result === "object") {
            if (parts.length === 1 && parts[0].raw === state.result) {
              // What might have been a key of a mapping was the whole value.
              stack[stack.length - 1].push(parts[0]);
              return;
            }
            if (Array.isArray(state.result)) Object.assign(node, { kind: "list", items: parts.slice() });
            else Object.assign(node, { kind: "map", entries: parts.flatMap((k, i) => (i % 2 ? [] : [[k, parts[i + 1]]])) });
            const n = node.items ? node.items.length - state.result.length : node.entries.length - Object.keys(state.result).length;
            if (n !== 0) Object.assign(node, toNode(state.result));
          } else if (typeof state.result === "string") {
            node.value = state.result;
            node.plain = !/["'|>]/.test(first || "");
          }
          stack[stack.length - 1].push(node);
        },
      });
    } catch (e) {
      if (e.key) throw e;
      const m = e.mark || {};
      throw Object.assign(new Error(e.reason || e.message), { line: (m.line || 0) + 1, column: (m.column || 0) + 1, key: "syntax", args: { reason: e.reason || String(e.message || e) } });
    }
    const root = stack[0][stack[0].length - 1];
    if (!root || root.kind === "scalar" && root.value === null) throw Object.assign(new Error("empty"), { line: 1, column: 1, key: "empty-file", args: {} });
    return root;
  }
  function place(source, pos) {
    const before = source.slice(0, pos);
    const start = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: Array.from(before.slice(start)).length + 1 };
  }

  // toNode makes nodes of plain data, for links and what was saved.
  function toNode(x) {
    if (Array.isArray(x)) return { kind: "list", items: x.map(toNode) };
    if (x && typeof x === "object") return { kind: "map", entries: Object.keys(x).map((k) => [{ kind: "scalar", value: k }, toNode(x[k])]) };
    return { kind: "scalar", value: x === null || x === undefined ? null : String(x), plain: typeof x !== "string" };
  }

  const SELECTOR = { risks: "ids", severities: "ids", layers: "ids", measures: "ids", tags: "ids" };
  const CONTROLS = { clauses: "ids", controls: "ids" };
  const PARTY = { name: "text", department: "text", address: "text", person: "text" };
  const PARAMETER = { id: "str", label: "text", default: "scalar", min: "number", max: "number", choices: "scalars" };
  const FORM = {
    id: "str", title: "text", description: "text", edition: "str", languages: "ids", extends: "str",
    organisation: "party", supplier: "party", service: "service", contact: { name: "text", email: "str", phone: "str" },
    due: "date", scope: "text",
    select: [Object.assign({ all: "true", reason: "text" }, SELECTOR, CONTROLS)],
    exclude: [Object.assign({ requirements: "ids", reason: "text" }, SELECTOR, CONTROLS)],
    obligations: "obligations",
    modify: [{ control: "str", add: "text", parameters: [PARAMETER] }],
    parameters: "settings", open_parameters: "boolean",
    requirements: [{ id: "str", title: "text", statement: "text", reason: "text", obligation: "obligation", risks: "ids", measures: "ids", parameters: [PARAMETER] }],
    scoring: "values", cover_letter: "text",
  };

  // decode turns nodes into a profile; problems are added to the list. lang is the
  // language of plain texts; lax takes what is empty, as a state may be.
  function decode(root, lang, problems, lax) {
    const fail = (n, key, args) => { problems.push({ line: n.line, column: n.column, key: key, args: args || {} }); };
    const isNumber = (n) => n.plain && NUMBER.test(n.value);
    const str = (n, what) => {
      if (n.kind !== "scalar" || n.value === null && !lax) return fail(n, "want-string", { what: what });
      if (n.value === null) return undefined;
      if (n.plain && (isNumber(n) || RESERVED.test(n.value) && !/^(y|n|yes|no|on|off|nan|inf)$/i.test(n.value))) return fail(n, "want-quotes", { what: what, value: n.value });
      if (!lax && isBlank(n.value)) return fail(n, "want-string", { what: what });
      return clean(n.value);
    };
    const map = (n, what, form) => {
      const out = {};
      if (n.kind !== "map") return fail(n, "want-map", { what: what });
      for (const [k, v] of n.entries) {
        if (!has(form, k.value)) { fail(k, "unknown-key", { key: k.value, known: Object.keys(form).join(", ") }); continue; }
        const x = read(v, form[k.value], k.value);
        if (x !== undefined) out[k.value] = x;
      }
      return out;
    };
    const list = (n, what, one) => {
      if (n.kind !== "list") return fail(n, "want-list", { what: what });
      return n.items.map(one).filter((x) => x !== undefined);
    };
    const read = (n, form, what) => {
      if (Array.isArray(form)) {
        if (what === "select" && n.kind === "map") return [map(n, what, form[0])].filter(Boolean);
        return list(n, what, (v) => map(v, what, form[0]));
      }
      if (typeof form === "object") return map(n, what, form);
      switch (form) {
      case "str": return str(n, what);
      case "date": {
        const s = str(n, what);
        if (s && !lax && !isDate(s)) fail(n, "want-date", { value: s });
        return s;
      }
      case "true":
        if (n.kind === "scalar" && /^(true|True|TRUE)$/.test(n.value)) return true;
        return fail(n, "want-true");
      case "boolean":
        if (n.kind === "scalar" && n.plain && /^(true|True|TRUE|false|False|FALSE)$/.test(n.value)) return /^t/i.test(n.value);
        return n.value === null && lax ? undefined : fail(n, "want-boolean", { what: what });
      case "obligation": {
        const s = str(n, what);
        if (s === undefined || s === "" || OBLIGATIONS.includes(s)) return s || undefined;
        return fail(n, "want-obligation", { value: s });
      }
      case "number":
        if (n.kind === "scalar" && n.value !== null && (lax || isNumber(n))) return n.value;
        return n.value === null && lax ? undefined : fail(n, "want-number", { what: what });
      case "scalar":
        if (n.kind === "scalar" && isNumber(n)) return n.value;
        return str(n, what);
      case "scalars": return list(n, what, (v) => read(v, "scalar", what));
      case "ids": {
        if (n.kind === "scalar") { const s = str(n, what); return s === undefined ? undefined : [s]; }
        const out = list(n, what, (v) => str(v, what));
        if (out && !out.length && !lax) fail(n, "empty-list", { what: what });
        if (out && new Set(out).size < out.length) { if (!lax) fail(n, "twice", { what: what }); return [...new Set(out)]; }
        return out;
      }
      case "text": {
        if (n.kind === "map") {
          const out = {};
          for (const [k, v] of n.entries) {
            if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(k.value)) { fail(k, "language", { value: k.value }); continue; }
            const s = str(v, what);
            if (s !== undefined) out[k.value] = s.replace(/\n+$/, "");
          }
          return out;
        }
        const s = str(n, what);
        return s === undefined ? undefined : { [lang]: s.replace(/\n+$/, "") };
      }
      case "party": return n.kind === "scalar" ? named(read(n, "text", what)) : map(n, what, PARTY);
      case "service": return n.kind === "scalar" ? named(read(n, "text", what)) : map(n, what, { name: "text", description: "text" });
      case "obligations": {
        if (n.kind === "scalar") { const o = read(n, "obligation", what); return o && { default: o }; }
        return map(n, what, { default: "obligation", rules: [Object.assign({ obligation: "obligation", note: "text" }, SELECTOR, CONTROLS)] });
      }
      case "setting": {
        if (n.kind !== "list") return read(n, "scalar", what);
        if (!n.items.length && !lax) return fail(n, "empty-list", { what: what });
        return n.items.map((v) => read(v, "scalar", what)).filter((x) => x !== undefined);
      }
      case "settings":
      case "values": {
        if (n.kind !== "map") return fail(n, "want-map", { what: what });
        const out = {};
        for (const [k, v] of n.entries) {
          if (v.kind !== "map") { fail(v, "want-map", { what: k.value }); continue; }
          out[k.value] = {};
          for (const [p, x] of v.entries) { const s = read(x, form === "settings" ? "setting" : "scalar", p.value); if (s !== undefined) out[k.value][p.value] = s; }
        }
        return out;
      }
      }
      return undefined;
    };
    const named = (t) => t && { name: t };
    if (root.kind !== "map") { fail(root, "want-map", { what: "profile" }); return {}; }
    const doc = map(root, "profile", FORM);
    if (lax) return doc;
    const missing = (where, key) => fail(where, "missing", { key: key });
    const child = (n, k) => { const e = n.entries.find((x) => x[0].value === k); return e && e[1]; };
    const each = (key, f) => { const n = child(root, key); if (n) (n.kind === "list" ? n.items : [n]).forEach((v) => v.kind === "map" && f(v)); };
    if (!child(root, "id")) missing(root, "id");
    each("select", (v) => {
      const names = KINDS.some((k) => child(v, k));
      if (MEASURE_KINDS.some((k) => child(v, k)) && CONTROL_KINDS.some((k) => child(v, k))) fail(v, "mixed");
      else if (child(v, "all") ? names : !names) fail(v, child(v, "all") ? "all-alone" : "names-nothing");
    });
    each("exclude", (v) => {
      if (!child(v, "reason")) missing(v, "reason");
      const names = KINDS.some((k) => child(v, k));
      if (child(v, "requirements") ? names : !names) fail(v, "names-nothing");
    });
    const rules = child(root, "obligations");
    if (rules && rules.kind === "map") {
      const rs = child(rules, "rules");
      if (rs && rs.kind === "list") rs.items.forEach((v) => {
        if (v.kind !== "map") return;
        if (!child(v, "obligation")) missing(v, "obligation");
        if (!KINDS.some((k) => child(v, k))) fail(v, "names-nothing");
      });
    }
    each("requirements", (v) => { for (const k of ["id", "title", "statement"]) if (!child(v, k)) missing(v, k); });
    each("modify", (v) => { if (!child(v, "control")) missing(v, "control"); });
    for (const e of root.entries) {
      if (["organisation", "supplier", "service"].includes(e[0].value) && e[1].kind === "map" && !child(e[1], "name")) missing(e[1], "name");
    }
    return doc;
  }

  // read loads profiles that a person chose: files is {name: text}. Of a chain of
  // profiles that extend one another, all files must be there. The result is
  // {doc, problems: [{file, line, column, key, args}], dropped}.
  function read(g, yaml, files) {
    const problems = [];
    const base = (p) => p.replace(/\\/g, "/").split("/").pop();
    const roots = {}, wants = {};
    for (const name of Object.keys(files)) {
      try {
        roots[name] = parse(yaml, files[name]);
        const e = roots[name].kind === "map" && roots[name].entries.find((x) => x[0].value === "extends");
        if (e && e[1].kind === "scalar" && e[1].value) wants[name] = { to: e[1].value, node: e[1] };
      } catch (err) {
        if (!err.key) throw err;
        problems.push({ file: name, line: err.line, column: err.column, key: err.key, args: err.args });
      }
    }
    if (problems.length) return { problems: problems };
    const targets = Object.keys(wants).map((n) => base(wants[n].to));
    const tops = Object.keys(files).filter((n) => !targets.includes(n));
    if (tops.length !== 1) return { problems: [{ file: Object.keys(files).join(", "), key: tops.length ? "several" : "cycle", args: {} }] };
    const chain = [];
    for (let name = tops[0]; ;) {
      if (chain.includes(name)) return { problems: [{ file: name, line: wants[name].node.line, column: wants[name].node.column, key: "cycle", args: {} }] };
      chain.unshift(name);
      if (!wants[name]) break;
      const next = base(wants[name].to);
      if (!roots[next]) return { problems: [{ file: name, line: wants[name].node.line, column: wants[name].node.column, key: "base-missing", args: { name: wants[name].to } }] };
      name = next;
    }
    let doc = null;
    const dropped = [];
    for (const name of chain) {
      const found = [];
      const n = roots[name].kind === "map" && roots[name].entries.find((x) => x[0].value === "languages");
      const first = n && (n[1].kind === "list" ? n[1].items[0] : n[1]);
      const lang = first && first.value || doc && doc.languages && doc.languages[0] || g.languages[0];
      const own = decode(roots[name], lang, found, false);
      for (const p of found) problems.push(Object.assign({ file: name }, p));
      checkIDs(g, roots[name], name, problems);
      doc = extend(own, doc, dropped);
    }
    if (!problems.length) {
      const top = { file: tops[0], line: 1, column: 1 };
      if (isEmpty(doc.title)) problems.push(Object.assign({ key: "missing", args: { key: "title" } }, top));
      if (!doc.languages || !doc.languages.length) problems.push(Object.assign({ key: "missing", args: { key: "languages" } }, top));
    }
    return { doc: normal(doc), problems: problems, dropped: dropped };
  }

  // checkIDs reports ids that the guide lacks, with their places.
  function checkIDs(g, root, file, problems) {
    const add = (n, id) => problems.push({ file: file, line: n.line, column: n.column, key: "unknown", args: { id: id } });
    const selector = (v) => {
      if (v.kind !== "map") return;
      for (const [k, x] of v.entries) {
        if (!KINDS.includes(k.value)) continue;
        for (const n of x.kind === "list" ? x.items : [x]) if (typeof n.value === "string" && !known(g, k.value, n.value)) add(n, n.value);
      }
    };
    const all = (n) => (n.kind === "list" ? n.items : [n]);
    for (const [k, v] of root.kind === "map" ? root.entries : []) {
      if (["select", "exclude", "requirements"].includes(k.value)) all(v).forEach(selector);
      if (k.value === "obligations" && v.kind === "map") for (const [r, x] of v.entries) if (r.value === "rules") all(x).forEach(selector);
      if (k.value === "modify") {
        for (const m of all(v)) for (const [c, x] of m.kind === "map" ? m.entries : []) if (c.value === "control" && !g.controlBy.has(x.value)) add(x, x.value);
      }
      if (k.value === "languages") for (const n of all(v)) if (!g.languages.includes(n.value)) add(n, n.value);
    }
  }

  // extend merges what the profile base says into doc, by the rules of package
  // profile. Requirements of base that doc leaves out are dropped: in one file they
  // cannot stand.
  function extend(doc, base, dropped) {
    delete doc.extends;
    if (!base) return doc;
    const out = Object.assign({}, doc);
    for (const k of ["title", "description", "scope", "cover_letter"]) if (isEmpty(out[k])) out[k] = base[k];
    for (const k of ["edition", "due"]) if (!out[k]) out[k] = base[k];
    if (!out.languages) out.languages = base.languages;
    for (const k of ["organisation", "supplier", "service"]) if (!out[k] || isEmpty(out[k].name)) out[k] = base[k];
    const c = out.contact;
    for (const k of Object.keys(base.scoring || {})) {
      out.scoring = Object.assign({}, out.scoring, { [k]: Object.assign({}, base.scoring[k], (doc.scoring || {})[k]) });
    }
    if (!c || isEmpty(c.name) && isBlank(c.email) && isBlank(c.phone)) out.contact = base.contact;
    const list = (k) => (base[k] || []).concat(doc[k] || []);
    out.open_parameters = doc.open_parameters || base.open_parameters;
    out.select = list("select");
    out.modify = list("modify");
    const o = doc.obligations || {}, bo = base.obligations || {};
    out.obligations = { default: o.default || bo.default, rules: (bo.rules || []).concat(o.rules || []) };
    out.parameters = clone(base.parameters || {});
    for (const id of Object.keys(doc.parameters || {})) out.parameters[id] = Object.assign({}, out.parameters[id], doc.parameters[id]);
    const added = (base.requirements || []).slice();
    for (const a of doc.requirements || []) {
      const i = added.findIndex((x) => x.id === a.id);
      if (i >= 0) added[i] = a;
      else added.push(a);
    }
    out.exclude = list("exclude").filter((e) => {
      if (!e.requirements) return true;
      for (const id of e.requirements) {
        const i = added.findIndex((x) => x.id === id);
        if (i < 0) continue;
        dropped.push(id);
        added.splice(i, 1);
        delete out.parameters[id];
      }
      return false;
    });
    out.requirements = added;
    return out;
  }

  // normal gives a profile every list that ticks and fields work on.
  function normal(doc) {
    const d = Object.assign({ select: [], exclude: [], modify: [], parameters: {}, requirements: [] }, doc);
    for (const k of Object.keys(d)) if (d[k] === undefined) delete d[k];
    if (!d.open_parameters) delete d.open_parameters;
    d.obligations = Object.assign({ rules: [] }, d.obligations);
    if (d.obligations.default === undefined) delete d.obligations.default;
    d.obligations.rules = (d.obligations.rules || []).map((r) => Object.assign({ obligation: "must" }, r));
    for (const e of d.exclude) if (!e.reason) e.reason = {};
    for (const p of d.requirements.concat(d.modify).flatMap((a) => a.parameters || [])) for (const k of ["min", "max", "default"]) if (p[k] === undefined) delete p[k];
    return d;
  }

  // blank is the profile that a new visitor begins with.
  function blank(g) {
    return { doc: normal({ id: "my-pack", title: { [g.lang]: g.titles[g.lang] }, edition: g.edition, languages: [g.lang], open_parameters: g.treatsRisks ? undefined : true }), attic: {} };
  }

  // restore reads a state that was saved or came with a link. Nothing of it is
  // trusted; with strict, null is returned for what is not a state.
  function restore(g, data, strict) {
    if (!data || typeof data !== "object" || !data.doc || typeof data.doc !== "object") return null;
    const problems = [];
    const doc = decode(toNode(data.doc), g.lang, problems, true);
    if (strict && problems.length) return null;
    const attic = {};
    for (const k of Object.keys(data.attic || {})) {
      const t = decode(toNode({ title: data.attic[k] }), g.lang, [], true).title;
      if (t) attic[k] = t;
    }
    return { doc: normal(doc), attic: attic };
  }

  // ---- Ticks --------------------------------------------------------------

  const kindsOf = (rule) => KINDS.filter((k) => rule[k] && rule[k].length).concat(rule.all ? ["all"] : []);
  const only = (rule, ...kinds) => { const k = kindsOf(rule); return k.length === kinds.length && kinds.every((x) => k.includes(x)); };
  // name identifies what an exclusion names, for the attic.
  const name = (sel) => KINDS.filter((k) => sel[k] && sel[k].length).map((k) => k + "=" + sel[k].join(",")).join(" ");

  function addTo(doc, kind, id) {
    let rule = doc.select.find((r) => only(r, kind) && isEmpty(r.reason));
    if (!rule) doc.select.push(rule = { [kind]: [] });
    if (!rule[kind].includes(id)) rule[kind].push(id);
  }
  function exclude(st, sel, reason) {
    st.doc.exclude.push(Object.assign({}, sel, { reason: !isEmpty(reason) ? reason : st.attic[name(sel)] || {} }));
  }
  function forget(st, e) {
    if (!isEmpty(e.reason)) st.attic[name(e)] = e.reason;
  }

  // lift takes back the exclusions of citations for which is(measure, control) is
  // true, and of measures for which is(measure, null) is.
  function lift(g, st, is) {
    const res = compute(g, st.doc);
    const out = [];
    for (const e of st.doc.exclude) {
      const mt = compile(g, e, true);
      const raw = mt.bad || e.requirements ? [] : g.measures.filter((m) => res.selected.has(m.id) && fits(mt, m));
      if (!namesControls(e)) {
        const rest = raw.filter((m) => !is(m, null));
        if (rest.length === raw.length) { out.push(e); continue; }
        forget(st, e);
        if (!rest.length) continue;
        if (only(e, "risks")) {
          const risks = e.risks.filter((id) => rest.some((m) => m.risk.id === id));
          if (rest.length === g.measures.filter((m) => res.selected.has(m.id) && risks.includes(m.risk.id)).length) {
            out.push({ risks: risks, reason: e.reason });
            continue;
          }
        }
        out.push({ measures: rest.map((m) => m.id), reason: e.reason });
        continue;
      }
      const left = new Map();
      let changed = false;
      // Controls that are selected directly can only be left out by an entry that
      // names no measures: it goes on for those of which nothing is taken back.
      const whole = namesMeasures(e) || mt.bad ? [] : g.controls.filter((c) => res.direct.has(c.id) && fitsControl(mt, c) &&
        !raw.some((m) => m.unique.includes(c.id) && is(m, c.id))).map((c) => c.id);
      for (const m of raw) {
        const cs = m.unique.filter((c) => fitsControl(mt, g.controlBy.get(c)));
        const rest = cs.filter((c) => !is(m, c) && !whole.includes(c));
        changed = changed || cs.some((c) => is(m, c));
        if (!rest.length) continue;
        const k = rest.join(" ");
        if (!left.has(k)) left.set(k, { measures: [], controls: rest, reason: e.reason });
        left.get(k).measures.push(m.id);
      }
      if (!changed) { out.push(e); continue; }
      forget(st, e);
      if (whole.length) out.push({ controls: whole, reason: e.reason });
      out.push(...left.values());
    }
    st.doc.exclude = out;
  }

  // drop takes measures out of the pack: out of the rules that name them or their
  // whole risks, and, where other rules still select them, by an exclusion of sel,
  // which will need a reason.
  function drop(g, st, measures, sel, reason) {
    const set = new Set(measures.map((m) => m.id));
    st.doc.select = st.doc.select.filter((r) => {
      if (only(r, "measures")) r.measures = r.measures.filter((id) => !set.has(id));
      else if (only(r, "risks")) r.risks = r.risks.filter((id) => !g.riskBy.has(id) || !g.riskBy.get(id).measures.every((m) => set.has(m.id)));
      else return true;
      return kindsOf(r).length > 0;
    });
    const res = compute(g, st.doc);
    if (!measures.some(res.kept)) return;
    if (!reason && measures.length === 1) {
      // The reason for what was left out of it is a good beginning.
      const e = st.doc.exclude.find((x) => only(x, "measures", "controls") && x.measures.length === 1 && x.measures[0] === measures[0].id);
      if (e) { reason = e.reason; forget(st, e); st.doc.exclude.splice(st.doc.exclude.indexOf(e), 1); }
    }
    exclude(st, sel, reason);
  }

  function tickMeasure(g, st, m, on) {
    if (!on) { drop(g, st, [m], { measures: [m.id] }); return; }
    // Selected first: an exclusion may have waited for it.
    if (!compute(g, st.doc).selected.has(m.id)) addTo(st.doc, "measures", m.id);
    lift(g, st, (x) => x === m);
  }
  function tickRisk(g, st, r, on) {
    if (!on) { drop(g, st, r.measures, { risks: [r.id] }); return; }
    const res = compute(g, st.doc);
    const single = (x) => only(x, "measures") && isEmpty(x.reason);
    if (!r.measures.every((m) => res.selected.has(m.id)) || st.doc.select.some((x) => single(x) && x.measures.some((id) => r.measures.some((m) => m.id === id)))) {
      addTo(st.doc, "risks", r.id);
      st.doc.select = st.doc.select.filter((x) => {
        if (!single(x)) return true;
        x.measures = x.measures.filter((id) => !r.measures.some((m) => m.id === id));
        return x.measures.length > 0;
      });
    }
    lift(g, st, (x) => x.risk === r);
  }
  function tickControl(g, st, m, c, on) {
    const res = compute(g, st.doc);
    if (on && res.kept(m)) { lift(g, st, (x, y) => x === m && y === c); return; }
    const sel = (cs) => ({ measures: [m.id], controls: cs });
    if (on) {
      // Asking for one statement of a measure leaves the others out.
      const e = st.doc.exclude.find((x) => only(x, "measures") && x.measures.length === 1 && x.measures[0] === m.id);
      const reason = e && e.reason;
      tickMeasure(g, st, m, true);
      const rest = m.unique.filter((x) => x !== c);
      if (rest.length) exclude(st, sel(rest), reason);
      return;
    }
    let e = st.doc.exclude.find((x) => only(x, "measures", "controls") && x.measures.length === 1 && x.measures[0] === m.id);
    if (e) {
      // Its reason is meant for what stands in it; one more may still fit.
      e.controls = m.unique.filter((x) => e.controls.includes(x) || x === c);
    } else exclude(st, sel([c]));
    const now = compute(g, st.doc);
    if (!m.unique.some((x) => now.asks(m, x))) tickMeasure(g, st, m, false);
  }
  function sortRefs(g, doc) {
    const at = (list) => new Map(list.map((x, i) => [x.id, i]));
    const orders = { risks: at(g.risks), measures: at(g.measures), clauses: at(g.clauses), controls: at(g.controls) };
    for (const r of doc.select) {
      for (const k of Object.keys(orders)) {
        if (only(r, k) && isEmpty(r.reason) && r[k].every((id) => orders[k].has(id))) r[k].sort((a, b) => orders[k].get(a) - orders[k].get(b));
      }
    }
  }

  // In a guide of controls alone, ticks select controls directly.

  // less returns the rules that select what rule selects (picked), without the
  // controls in set. Whole clauses stay clauses.
  function less(g, rule, picked, set) {
    if (!picked.some((c) => set.has(c.id))) return [rule];
    const rest = picked.filter((c) => !set.has(c.id));
    const ids = new Set(rest.map((c) => c.id));
    const whole = only(rule, "controls") ? [] : [...new Set(rest.map((c) => c.clause))].filter((cl) => cl.controls.every((c) => ids.has(c.id)));
    const single = rest.filter((c) => !whole.includes(c.clause)).map((c) => c.id);
    const out = [];
    if (whole.length) out.push({ clauses: whole.map((cl) => cl.id) });
    if (single.length) out.push({ controls: single });
    if (!isEmpty(rule.reason)) for (const r of out) r.reason = rule.reason;
    return out;
  }
  // join puts rules without a reason together.
  function join(st, rules) {
    st.doc.select = [];
    for (const r of rules) {
      const k = CONTROL_KINDS.find((x) => only(r, x));
      if (k && isEmpty(r.reason)) for (const id of r[k]) addTo(st.doc, k, id);
      else st.doc.select.push(r);
    }
  }
  function tickControls(g, st, cs, sel, on) {
    const res = compute(g, st.doc), set = new Set(cs.map((c) => c.id));
    if (on) {
      if (cs.some((c) => !res.direct.has(c.id))) {
        if (sel.clauses) {
          // The whole clause stands for what was ticked of it one by one.
          const plain = (r) => only(r, "controls") && isEmpty(r.reason);
          join(st, st.doc.select.flatMap((r, i) => (plain(r) ? less(g, r, res.picked[i], set) : [r])));
        }
        for (const k of Object.keys(sel)) for (const id of sel[k]) addTo(st.doc, k, id);
      }
      // What was left out of it is asked for again.
      st.doc.exclude = st.doc.exclude.flatMap((e, i) => {
        const mt = compile(g, e, true);
        const own = mt.bad || !namesControls(e) || namesMeasures(e) ? [] : g.controls.filter((c) => fitsControl(mt, c));
        if (!own.some((c) => set.has(c.id))) return [e];
        forget(st, e);
        return less(g, Object.assign({}, e), own, set);
      });
      return;
    }
    // Single controls and whole clauses are taken out of the rules that name them;
    // of what other rules select, a reason must tell.
    join(st, st.doc.select.flatMap((r, i) => {
      const named = only(r, "controls") ? set : new Set(g.clauses.filter((cl) => cl.controls.length && cl.controls.every((c) => set.has(c.id))).flatMap((cl) => cl.controls.map((c) => c.id)));
      return only(r, "controls") || only(r, "clauses") ? less(g, r, res.picked[i], named) : [r];
    }));
    const now = compute(g, st.doc);
    if (cs.some((c) => now.isAsked(c.id))) exclude(st, sel);
  }

  // tick changes the state as a tick box does. what is {risk}, {measure},
  // {measure, control}, {control}, {severity}, {layer} or {all: true}; in a guide of
  // controls alone {clause}, {control} or {all: true}.
  function tick(g, st, what, on) {
    if (!g.treatsRisks) {
      if (what.all && !on) st.doc.select = [];
      else if (what.all) tickControls(g, st, g.controls, { clauses: g.clauses.map((c) => c.id) }, on);
      else if (what.clause) tickControls(g, st, g.clauseBy.get(what.clause).controls, { clauses: [what.clause] }, on);
      else tickControls(g, st, [g.controlBy.get(what.control)], { controls: [what.control] }, on);
    } else if (what.all) {
      if (on) { for (const r of g.risks) if (r.measures.length) tickRisk(g, st, r, true); }
      else st.doc.select = [];
    } else if (what.severity) {
      const rs = g.risks.filter((r) => r.severity === what.severity && r.measures.length);
      if (on) for (const r of rs) tickRisk(g, st, r, true);
      else drop(g, st, rs.flatMap((r) => r.measures), { severities: [what.severity] });
    } else if (what.layer) {
      const within = g.within.get(what.layer);
      if (on) for (const m of g.measures) { if (m.layers.some((l) => within.has(l)) && stateOf(compute(g, st.doc), m) !== "on") tickMeasure(g, st, m, true); }
      else drop(g, st, g.measures.filter((m) => m.layers.length && m.layers.every((l) => within.has(l))), { layers: [what.layer] });
    } else if (what.risk) tickRisk(g, st, g.riskBy.get(what.risk), on);
    else if (what.measure && what.control) tickControl(g, st, g.measureBy.get(what.measure), what.control, on);
    else if (what.measure) tickMeasure(g, st, g.measureBy.get(what.measure), on);
    else if (what.control) {
      lift(g, st, (m, c) => c === what.control);
      if (!on && compute(g, st.doc).isAsked(what.control)) exclude(st, { controls: [what.control] });
    }
    sortRefs(g, st.doc);
  }

  // stateOf tells whether a measure is in the pack: "on", "part" or "off".
  function stateOf(res, m) {
    if (!res.kept(m)) return "off";
    return m.unique.every((c) => res.asks(m, c)) ? "on" : m.unique.some((c) => res.asks(m, c)) ? "part" : "off";
  }
  function together(states) {
    if (states.length && states.every((s) => s === "on")) return "on";
    return states.some((s) => s !== "off") ? "part" : "off";
  }
  const controlState = (res, c) => (res.isAsked(c.id) ? "on" : "off");
  const clauseState = (res, cl) => together(cl.controls.map((c) => controlState(res, c)));
  const riskState = (res, r) => together(r.measures.map((m) => stateOf(res, m)));

  // unselect turns an exclusion of whole measures into measures that are simply not
  // selected: no reason is needed, none is shown.
  function unselect(g, st, i) {
    const res = compute(g, st.doc);
    const out = new Set(res.exclusions[i].measures.map((m) => m.id));
    forget(st, st.doc.exclude[i]);
    st.doc.exclude.splice(i, 1);
    if (!g.treatsRisks) {
      const set = new Set(res.exclusions[i].direct);
      join(st, st.doc.select.flatMap((r, j) => less(g, r, res.picked[j], set)));
      sortRefs(g, st.doc);
      return;
    }
    const rules = [];
    st.doc.select.forEach((r, j) => {
      if (!res.selections[j].some((m) => out.has(m.id))) { rules.push(r); return; }
      if (only(r, "risks")) {
        const whole = r.risks.filter((id) => !g.riskBy.get(id).measures.some((m) => out.has(m.id)));
        if (whole.length) rules.push(Object.assign({}, r, { risks: whole }));
        const rest = res.selections[j].filter((m) => !whole.includes(m.risk.id) && !out.has(m.id)).map((m) => m.id);
        if (rest.length) rules.push(isEmpty(r.reason) ? { measures: rest } : { measures: rest, reason: r.reason });
        return;
      }
      const rest = res.selections[j].filter((m) => !out.has(m.id)).map((m) => m.id);
      if (rest.length) rules.push(isEmpty(r.reason) ? { measures: rest } : { measures: rest, reason: r.reason });
    });
    st.doc.select = [];
    for (const r of rules) {
      if (only(r, "measures") && isEmpty(r.reason)) for (const id of r.measures) addTo(st.doc, "measures", id);
      else st.doc.select.push(r);
    }
    sortRefs(g, st.doc);
  }

  // stateReason turns a measure, or in a guide of controls alone a control, that is
  // not selected into one that is left out with a reason.
  function stateReason(g, st, m) {
    const kind = g.treatsRisks ? "measures" : "controls";
    addTo(st.doc, kind, m.id);
    exclude(st, { [kind]: [m.id] });
    sortRefs(g, st.doc);
  }

  // oblige sets the obligation of a part of the guide by a rule of its own, such
  // that rules for smaller parts still win; "" takes the rule back.
  function oblige(doc, kind, id, obligation) {
    const rank = (r) => Math.max(...kindsOf(r).map((k) => ({ risks: 1, clauses: 1, measures: 2, controls: 3 }[k] || 0)));
    doc.obligations.rules = doc.obligations.rules.filter((r) => {
      if (only(r, kind)) r[kind] = r[kind].filter((x) => x !== id);
      return kindsOf(r).length > 0;
    });
    if (!obligation) return;
    const rules = doc.obligations.rules;
    const own = { [kind]: [id] };
    // Into the last rule that fits, unless a later one of the same rank could undo it.
    let at = rules.length;
    while (at > 0 && rank(rules[at - 1]) > rank(own)) at--;
    const last = rules[at - 1];
    if (last && only(last, kind) && last.obligation === obligation && isEmpty(last.note)) last[kind].push(id);
    else rules.splice(at, 0, Object.assign(own, { obligation: obligation }));
  }
  // obliged is the obligation that a rule of its own sets, or "".
  function obliged(doc, kind, id) {
    const r = doc.obligations.rules.filter((x) => only(x, kind) && x[kind].includes(id)).pop();
    return r ? r.obligation : "";
  }

  // ---- Links --------------------------------------------------------------

  function base64(bytes) {
    let s = "";
    for (let i = 0; i < bytes.length; i += 4096) s += String.fromCharCode.apply(null, bytes.subarray(i, i + 4096));
    return btoa(s).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function bytesOf(s) {
    if (!/^[A-Za-z0-9_-]*$/.test(s)) throw new Error("damaged");
    return Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  }
  async function through(bytes, stream, most) {
    const w = stream.writable.getWriter();
    const done = w.write(bytes).then(() => w.close());
    done.catch(() => {}); // the reader tells
    const parts = [];
    let n = 0;
    for (const r = stream.readable.getReader(); ;) {
      const x = await r.read();
      if (x.done) break;
      n += x.value.length;
      if (n > most) { r.cancel(); throw new Error("damaged"); }
      parts.push(x.value);
    }
    await done;
    const out = new Uint8Array(n);
    let at = 0;
    for (const p of parts) { out.set(p, at); at += p.length; }
    return out;
  }
  // A link is "p1=" and d (deflated) or j (as it is), then base64url of the JSON, in
  // front of which stands its checksum.
  const MOST = 1 << 20;
  function sum(bytes) {
    let h = 0x811c9dc5;
    for (const b of bytes) h = Math.imul(h ^ b, 0x01000193);
    return ("0000000" + (h >>> 0).toString(16)).slice(-8);
  }
  async function link(st, plain) {
    const json = new TextEncoder().encode(JSON.stringify({ doc: slim(st.doc) }));
    const check = sum(json);
    if (!plain && typeof CompressionStream === "function") {
      try { return "p1=d" + check + base64(await through(json, new CompressionStream("deflate-raw"), MOST)); } catch (e) { /* an older browser without deflate-raw */ }
    }
    return "p1=j" + check + base64(json);
  }
  // unlink reads the fragment of a link. It rejects with an Error whose message is
  // "version", "damaged" or "unsupported".
  async function unlink(g, fragment) {
    const m = /^#?p(\d+)=(.*)$/.exec(fragment);
    if (!m) throw new Error("damaged");
    if (m[1] !== "1") throw new Error("version");
    const kind = m[2][0], check = m[2].slice(1, 9);
    if (kind !== "d" && kind !== "j") throw new Error("damaged");
    if (kind === "d" && typeof DecompressionStream !== "function") throw new Error("unsupported");
    let st = null;
    try {
      let bytes = bytesOf(m[2].slice(9));
      if (kind === "d") bytes = await through(bytes, new DecompressionStream("deflate-raw"), MOST);
      if (sum(bytes) === check) st = restore(g, JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), true);
    } catch (e) { /* told below */ }
    if (!st) throw new Error("damaged");
    return st;
  }
  // slim leaves out what is empty.
  function slim(x) {
    if (Array.isArray(x)) return x.map(slim);
    if (!x || typeof x !== "object") return x;
    const out = {};
    for (const k of Object.keys(x)) {
      const v = slim(x[k]);
      if (v === "" || v === undefined || v === null || Array.isArray(v) && !v.length || typeof v === "object" && !Array.isArray(v) && !Object.keys(v).length && k !== "doc") continue;
      out[k] = v;
    }
    return out;
  }

  // ---- Saving -------------------------------------------------------------

  // saved is what other pages read: the state, and what it means for every measure
  // and risk, or clause and control, that it takes, whole (1) or in part (2).
  function saved(g, st, res) {
    const on = {};
    for (const r of g.risks) { const s = riskState(res, r); if (s !== "off") on[r.id] = s === "on" ? 1 : 2; }
    for (const m of g.measures) { const s = stateOf(res, m); if (s !== "off") on[m.id] = s === "on" ? 1 : 2; }
    if (!g.treatsRisks) {
      for (const cl of g.clauses) { const s = clauseState(res, cl); if (s !== "off") on[cl.id] = s === "on" ? 1 : 2; }
      for (const c of g.controls) if (res.isAsked(c.id)) on[c.id] = 1;
    }
    return { v: 1, doc: st.doc, attic: st.attic, on: on, requirements: res.requirements.length };
  }
  const storageKey = (guideID) => "riskguide-pack-" + guideID;
  function store(g, st, res) {
    try { localStorage.setItem(storageKey(g.id), JSON.stringify(saved(g, st, res || compute(g, st.doc)))); return true; } catch (e) { return false; }
  }
  function stored(g) {
    try { return restore(g, JSON.parse(localStorage.getItem(storageKey(g.id))), false); } catch (e) { return null; }
  }

  riskguide.tailoring = { KINDS, OBLIGATIONS, PARAMETER_ID, index, compute, validate, violated, prune, emit, read, blank, restore, tick, stateOf, riskState, clauseState, controlState, together, valuesOf, chosen,
    unselect, stateReason, oblige, obliged, link, unlink, store, stored, storageKey, clean, clone, pick, isEmpty, isBlank, placeholders, usedIn, only, kindsOf, get };
}());
