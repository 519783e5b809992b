// The search's dialog, loaded when somebody opens it first, and with it the style,
// the engine and the index of the language. It keeps nothing: the query stands in
// the address (#q=…) as long as the dialog is open, so that it can be sent, and
// going back from a result comes back to the results.
(function (riskguide) {
  "use strict";
  var SHOWN = 60, AT_ONCE = 12; // results drawn at most, and before the next frame
  var lang = riskguide.lang;
  var LENGTH = lang === "ja" || lang === "zh" || lang === "ko" ? 130 : 260; // of an excerpt
  var dialog, input, list, kinds, count, said, engine, words;
  var chips = {}, kind = "", active = -1, options = [], found = null, before = "", saying = 0, writing = 0, drawing = 0;

  function el(tag, attributes, children) {
    var e = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (k) { e.setAttribute(k, attributes[k]); });
    (children || []).forEach(function (c) { e.append(c); });
    return e;
  }

  function fill(text, n) { return text.replace("{n}", String(n)); }
  function results(n) { return n === 1 ? words.one : fill(words.found, n); }

  function build() {
    words = riskguide.searchIndex.words;
    engine = new riskguide.Search.Engine(riskguide.searchIndex);
    input = el("input", { type: "text", inputmode: "search", role: "combobox", "aria-expanded": "false", "aria-controls": "search-list",
      "aria-autocomplete": "list", "aria-label": words.label, autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go" });
    list = el("div", { id: "search-list", role: "listbox", "aria-label": words.results });
    kinds = el("div", { class: "kinds", role: "group", "aria-label": words.filter });
    count = el("p", { class: "count" });
    said = el("p", { class: "vh", role: "status" });
    var close = el("button", { type: "button", class: "close" }, [words.close]);
    var keys = el("p", { class: "keys", "aria-hidden": "true" }, [el("kbd", {}, ["↑"]), el("kbd", {}, ["↓"]), " " + words.move + " ",
      el("kbd", {}, ["Enter"]), " " + words.open + " ", el("kbd", {}, ["Esc"]), " " + words.leave]);
    dialog = el("dialog", { class: "search", "aria-label": words.title },
      [el("div", { class: "bar" }, [input, close]), kinds, count, list, said, keys]);
    chip("", words.all);
    riskguide.searchIndex.kinds.forEach(function (k) { chip(k[0], k[1]); });
    document.body.append(dialog);

    input.addEventListener("input", function () { search(); });
    dialog.addEventListener("keydown", pressed);
    dialog.addEventListener("close", restore); // however it was closed
    close.addEventListener("click", leave);
    dialog.addEventListener("mousedown", function (ev) { if (ev.target === dialog) leave(); }); // beside it
    list.addEventListener("click", function (ev) {
      var a = ev.target.closest("a");
      if (!a || ev.ctrlKey || ev.metaKey || ev.shiftKey) return;
      // On this page the dialog makes way; from another one "back" returns to it.
      if (a.pathname === location.pathname) leave();
    });
  }

  function chip(id, name) {
    var n = el("span");
    var b = el("button", { type: "button", "aria-pressed": String(id === kind) }, [name + " ", n]);
    b.addEventListener("click", function () { kind = id; draw(); });
    kinds.append(b);
    chips[id] = { button: b, number: n };
  }

  // pressed: while an input method composes, its keys are its own.
  function pressed(ev) {
    if (ev.isComposing || ev.keyCode === 229) return;
    if (ev.key === "Escape") {
      ev.preventDefault();
      leave();
    } else if (ev.target === input && !ev.altKey && !ev.ctrlKey && !ev.metaKey) {
      var step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[ev.key];
      if (step) {
        ev.preventDefault();
        move(step);
      } else if (ev.key === "Enter") {
        ev.preventDefault();
        if (options[active]) options[active].click();
      }
    }
  }

  function move(step) {
    var n = options.length;
    if (!n) return;
    var to = active + step;
    if (step === 1 || step === -1) to = (to + n) % n;
    choose(Math.max(0, Math.min(n - 1, to)));
    options[active].scrollIntoView({ block: "nearest" });
  }

  function choose(i) {
    if (options[active]) options[active].setAttribute("aria-selected", "false");
    active = i;
    if (options[i]) {
      options[i].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", options[i].id);
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function search() {
    var q = input.value.trim();
    found = q ? engine.search(q) : null;
    draw();
    clearTimeout(writing);
    writing = setTimeout(function () { address(q ? "#q=" + encodeURIComponent(q) : before); }, 250);
  }

  // address changes what the address bar shows, without a step in the history.
  function address(to) {
    try { history.replaceState(history.state, "", to); } catch (e) { /* refused: then it cannot be sent */ }
  }

  function draw() {
    var all = found ? found.results : [], numbers = {};
    all.forEach(function (r) { numbers[r.doc.kind] = (numbers[r.doc.kind] || 0) + 1; });
    if (kind && !numbers[kind]) kind = "";
    Object.keys(chips).forEach(function (k) {
      var n = k ? numbers[k] || 0 : all.length;
      chips[k].button.hidden = !n;
      chips[k].number.textContent = n;
      chips[k].button.setAttribute("aria-pressed", String(k === kind));
    });
    kinds.hidden = Object.keys(numbers).length < 2;
    var shown = kind ? all.filter(function (r) { return r.doc.kind === kind; }) : all;
    var cut = shown.slice(0, SHOWN), rest = cut.slice(AT_ONCE);
    options = cut.slice(0, AT_ONCE).map(option);
    list.replaceChildren.apply(list, options);
    list.scrollTop = 0;
    clearTimeout(drawing);
    if (rest.length) drawing = setTimeout(function () {
      rest = rest.map(function (r, i) { return option(r, i + AT_ONCE); });
      options = options.concat(rest);
      list.append.apply(list, rest);
    });
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(options.length > 0));
    active = -1;
    choose(options.length ? 0 : -1);
    var text = !found ? words.hint : !shown.length ? words.none : results(shown.length);
    if (cut.length < shown.length) text += " – " + fill(words.shown, cut.length);
    count.textContent = text;
    clearTimeout(saying);
    saying = setTimeout(function () { said.textContent = found ? text : ""; }, 500);
  }

  function option(r, i) {
    var d = r.doc, us = found.units;
    var head = [el("span", { class: "kind" }, [d.name])];
    if (!d.hidden) head.push(el("b", { class: "id" }, riskguide.Search.compareID(found.id, d.parts) ? [el("mark", {}, [d.id])] : [d.id]));
    if (d.where) head.push(el("span", { class: "where" }, marked(d.where, riskguide.Search.mark(d.where, us), 0, d.where.length)));
    var rows = [el("span", { class: "head" }, head)];
    [[d.title, "title"], [d.kind === "control" ? wording(d.text, us) : d.text, "text"]].forEach(function (f) {
      if (!f[0]) return;
      var row = el("span", { class: f[1] }, excerpt(f[0], riskguide.Search.mark(f[0], us)));
      if (d.lang) row.lang = d.lang;
      rows.push(row);
    });
    return el("a", { id: "search-" + i, role: "option", "aria-selected": "false", tabindex: "-1", href: riskguide.base + d.href }, rows);
  }

  // wording chooses among the wordings of a control, one a line, the one that holds
  // most of what was found.
  function wording(text, us) {
    var best = "", most = -1;
    text.split("\n").forEach(function (line) {
      var n = riskguide.Search.mark(line, us).reduce(function (sum, h) { return sum + h[1] - h[0]; }, 0);
      if (n > most) { best = line; most = n; }
    });
    return best;
  }

  // excerpt returns the part of a text that holds most of what was found, with
  // that marked.
  function excerpt(text, hits) {
    var from = 0, to = text.length;
    if (to > LENGTH) {
      var best = -1;
      hits.forEach(function (h, i) {
        var n = 0;
        for (var j = i; j < hits.length && hits[j][1] <= h[0] + LENGTH * 0.75; j++) n += hits[j][1] - hits[j][0];
        if (n > best) {
          best = n;
          from = h[0];
        }
      });
      from = Math.max(0, Math.min(from - Math.round(LENGTH / 5), to - LENGTH));
      // At the beginning of a word or sentence, if one is near.
      var near = text.slice(from, from + 20).search(/[\s、。]/);
      if (from && near >= 0 && !hits.some(function (h) { return h[0] >= from && h[0] <= from + near; })) from += near + 1;
      to = Math.min(to, from + LENGTH);
    }
    return marked(text, hits, from, to);
  }

  function marked(text, hits, from, to) {
    var out = from ? ["…"] : [], at = from;
    hits.forEach(function (h) {
      var a = Math.max(h[0], at), b = Math.min(h[1], to);
      if (a >= b) return;
      out.push(text.slice(at, a), el("mark", {}, [text.slice(a, b)]));
      at = b;
    });
    out.push(text.slice(at, to));
    if (to < text.length) out.push("…");
    return out;
  }

  function leave() {
    dialog.close();
    restore();
  }

  // restore gives the page its own address again.
  function restore() {
    clearTimeout(writing);
    if (/^#q=/.test(location.hash)) address(before);
  }

  // open shows the dialog, with a query if one is given.
  function open(query) {
    if (!dialog) build();
    if (!/^#q=/.test(location.hash)) before = location.href;
    else if (!before) before = location.href.replace(/#.*$/, "");
    if (!dialog.open) dialog.showModal();
    if (typeof query === "string") input.value = query;
    input.focus();
    input.select();
    search();
  }

  var ready = Promise.all(["search.css", "search-engine.js", "search-index.js"].map(riskguide.load));
  riskguide.search = { open: function (query) { return ready.then(function () { open(query); }); } };
}(riskguide));
