// A list that can be filtered, sorted, narrowed to some columns and taken along.
// The rows stand in the page; this hides and moves them. What is shown is written
// into the address, behind the #, so that it can be sent to others and works from a
// disk: #severity=high,low&layer=physical&words=text&sort=-controls&columns=id,text
// Values of a facet are alternatives; facets, and words, narrow each other down.
(function () {
  "use strict";
  var tools = document.querySelector(".list-tools");
  var table = document.querySelector("table.filtered");
  if (!tools || !table || typeof riskguide === "undefined") return;
  var words = tools.dataset;
  var body = table.tBodies[0];
  var heads = Array.from(table.tHead.rows[0].cells);
  var columns = heads.map(function (th) { return th.className.match(/c-([a-z]+)/)[1]; });
  var initialOff = table.dataset.off;
  var panel = tools.querySelector(".panel");
  var input = tools.querySelector("input[name=words]");
  var found = tools.querySelector(".found");
  var chips = tools.querySelector(".chips");
  var clear = tools.querySelector("[data-do=clear]");

  var facets = Array.from(tools.querySelectorAll(".facet[data-key]")).map(function (el) {
    var f = { key: el.dataset.key, name: el.dataset.name, el: el, badge: el.querySelector(".chosen"), options: {}, chosen: new Set() };
    el.querySelectorAll("label").forEach(function (label) {
      var box = label.querySelector("input");
      f.options[box.value] = { box: box, label: label, name: text(label.querySelector(".o")), count: label.querySelector(".n") };
    });
    return f;
  });
  var rows = Array.from(body.rows).map(function (tr, i) {
    var values = facets.map(function (f) { return (tr.dataset[f.key] || "").split(" ").filter(Boolean); });
    return { tr: tr, place: i, values: values, words: null };
  });
  var state = { q: "", sort: "", off: initialOff };

  function text(el) { return el.textContent.replace(/\s+/g, " ").trim(); }
  function folded(s) { return s.normalize("NFKC").toLowerCase(); }

  // Filtering. A row that fails one facet only still counts for the values of that
  // facet: they say what choosing them too would bring.
  function apply() {
    var wanted = folded(state.q).split(/\s+/).filter(Boolean);
    var counts = facets.map(function () { return {}; });
    var shown = 0;
    rows.forEach(function (row) {
      var ok = true;
      if (wanted.length) {
        if (row.words === null) row.words = folded(row.tr.textContent);
        ok = wanted.every(function (w) { return row.words.indexOf(w) >= 0; });
      }
      var failed = -1, fails = 0;
      if (ok) {
        facets.forEach(function (f, i) {
          if (f.chosen.size && !row.values[i].some(function (v) { return f.chosen.has(v); })) {
            fails++;
            failed = i;
          }
        });
        facets.forEach(function (f, i) {
          if (fails === 0 || fails === 1 && failed === i) {
            row.values[i].forEach(function (v) { counts[i][v] = (counts[i][v] || 0) + 1; });
          }
        });
      }
      var show = ok && fails === 0;
      if (row.tr.hidden === show) row.tr.hidden = !show;
      if (show) shown++;
    });
    facets.forEach(function (f, i) {
      Object.keys(f.options).forEach(function (v) {
        var o = f.options[v], n = counts[i][v] || 0;
        o.box.checked = f.chosen.has(v);
        o.count.textContent = n;
        o.label.classList.toggle("zero", n === 0);
      });
      f.badge.textContent = f.chosen.size || "";
    });
    if (input.value !== state.q) input.value = state.q;
    var said = words.found.replace("{n}", shown).replace("{total}", rows.length);
    if (found.textContent !== said) found.textContent = said;
    drawChips();
  }

  function drawChips() {
    chips.replaceChildren();
    function chip(label, remove) {
      var li = document.createElement("li"), b = document.createElement("button");
      b.type = "button";
      b.textContent = label;
      b.setAttribute("aria-label", words.remove.replace("{name}", label));
      b.addEventListener("click", function () {
        var at = Array.from(chips.children).indexOf(li);
        remove();
        changed(true);
        var next = chips.children[Math.min(at, chips.children.length - 1)];
        (next ? next.firstChild : facets[0] ? facets[0].el.querySelector("summary") : input).focus();
      });
      li.appendChild(b);
      chips.appendChild(li);
    }
    if (state.q) chip("“" + state.q + "”", function () { state.q = ""; });
    facets.forEach(function (f) {
      f.chosen.forEach(function (v) {
        chip(f.name + ": " + (f.options[v] ? f.options[v].name : v), function () { f.chosen.delete(v); });
      });
    });
    clear.hidden = !chips.children.length;
  }

  // Ids compare as in the guide: numbers by their value, numbers before letters.
  function compareIDs(a, b) {
    var x = a.match(/\d+|\D/g) || [], y = b.match(/\d+|\D/g) || [];
    for (var i = 0; i < x.length && i < y.length; i++) {
      var dx = /\d/.test(x[i]), dy = /\d/.test(y[i]);
      if (dx && dy) {
        if (+x[i] !== +y[i]) return x[i] - y[i];
      } else if (dx !== dy) {
        return dx ? -1 : 1;
      } else if (x[i] !== y[i]) {
        return x[i] < y[i] ? -1 : 1;
      }
    }
    return x.length - y.length;
  }

  function sortRows() {
    var down = state.sort[0] === "-", at = columns.indexOf(state.sort.replace("-", ""));
    heads.forEach(function (th, i) {
      if (i === at) th.setAttribute("aria-sort", down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    });
    var how = at < 0 ? "" : heads[at].dataset.sort, sign = down ? -1 : 1;
    var local = new Intl.Collator(riskguide.lang, { numeric: true });
    if (at >= 0) {
      rows.forEach(function (r) {
        var td = r.tr.cells[at];
        r.key = td.dataset.k !== undefined ? td.dataset.k : text(td);
      });
    }
    var sorted = rows.slice().sort(function (a, b) {
      if (at < 0) return a.place - b.place;
      // What has no value comes last in either direction.
      if (!a.key !== !b.key) return a.key ? -1 : 1;
      var c = how === "num" ? a.key - b.key : how === "text" ? local.compare(a.key, b.key) : compareIDs(a.key, b.key);
      return c * sign || a.place - b.place;
    });
    if (sorted.some(function (r, i) { return body.rows[i] !== r.tr; })) {
      body.append.apply(body, sorted.map(function (r) { return r.tr; }));
    }
  }

  function showColumns() {
    table.dataset.off = state.off;
    var off = state.off.split(" ");
    tools.querySelectorAll(".columns input").forEach(function (box) { box.checked = off.indexOf(box.value) < 0; });
  }

  function address() {
    var parts = [];
    facets.forEach(function (f) {
      if (f.chosen.size) parts.push(f.key + "=" + Array.from(f.chosen).map(encodeURIComponent).join(","));
    });
    if (state.q) parts.push("words=" + encodeURIComponent(state.q));
    if (state.sort) parts.push("sort=" + state.sort);
    if (state.off !== initialOff) {
      var off = state.off.split(" ");
      parts.push("columns=" + columns.filter(function (c) { return off.indexOf(c) < 0; }).join(","));
    }
    return parts.join("&");
  }

  function plain(s) {
    try { return decodeURIComponent(s.replace(/\+/g, " ")); } catch (e) { return s; }
  }

  // read takes the state from the address. An address without = is a place in the
  // page, such as #main, and changes nothing.
  function read() {
    var hash = location.hash.slice(1);
    if (hash && hash.indexOf("=") < 0) return;
    facets.forEach(function (f) { f.chosen.clear(); });
    state = { q: "", sort: "", off: initialOff };
    hash.split("&").forEach(function (part) {
      var i = part.indexOf("="), key = part.slice(0, i), value = part.slice(i + 1);
      if (i < 0) return;
      if (key === "words") state.q = plain(value);
      else if (key === "sort" && columns.indexOf(value.replace("-", "")) >= 0) state.sort = value;
      else if (key === "columns") {
        var on = value.split(",");
        state.off = columns.filter(function (c, i) { return on.indexOf(c) < 0 && !fixed(c); }).join(" ");
      } else {
        facets.forEach(function (f) {
          if (f.key === key) value.split(",").forEach(function (v) { if (v) f.chosen.add(plain(v)); });
        });
      }
    });
    apply();
    sortRows();
    showColumns();
  }
  function fixed(column) { return !tools.querySelector('.columns input[value="' + column + '"]'); }

  // changed shows a new state and writes it into the address: as a step that the
  // back button undoes, or in place of the last one.
  function changed(step) {
    apply();
    var to = address(), now = location.hash.slice(1);
    if (to !== now) {
      var url = to ? "#" + to : location.pathname + location.search;
      try {
        history[step ? "pushState" : "replaceState"](null, "", url);
      } catch (e) {
        location.hash = to;
      }
    }
  }

  facets.forEach(function (f) {
    f.el.addEventListener("change", function (ev) {
      if (ev.target.checked) f.chosen.add(ev.target.value);
      else f.chosen.delete(ev.target.value);
      changed(true);
    });
  });
  tools.querySelector(".columns").addEventListener("change", function () {
    state.off = Array.from(tools.querySelectorAll(".columns input")).filter(function (b) { return !b.checked; }).map(function (b) { return b.value; }).join(" ");
    showColumns();
    changed(false);
  });
  var typing = false;
  input.addEventListener("input", function () {
    state.q = input.value.trim();
    changed(!typing);
    typing = true;
  });
  input.addEventListener("blur", function () { typing = false; });
  heads.forEach(function (th, i) {
    var b = document.createElement("button");
    b.type = "button";
    b.className = "sort";
    b.append.apply(b, Array.from(th.childNodes));
    th.appendChild(b);
    b.addEventListener("click", function () {
      var c = columns[i];
      state.sort = state.sort === c ? "-" + c : state.sort === "-" + c ? "" : c;
      sortRows();
      changed(false);
    });
  });

  // One menu is open at a time; Esc and a click elsewhere close it.
  var menus = Array.from(tools.querySelectorAll(".facet"));
  function wide() { return getComputedStyle(tools.querySelector(".narrow")).display === "none"; }
  menus.forEach(function (m) {
    m.addEventListener("toggle", function () {
      if (m.open && wide()) {
        menus.forEach(function (o) { if (o !== m) o.open = false; });
        var list = m.querySelector("fieldset"), box = list.getBoundingClientRect();
        if (box.right > document.documentElement.clientWidth) list.classList.add("right");
      }
    });
    m.addEventListener("keydown", function (ev) {
      if (ev.key === "Escape" && m.open) {
        m.open = false;
        m.querySelector("summary").focus();
        ev.stopPropagation();
      }
    });
  });
  document.addEventListener("click", function (ev) {
    if (wide()) menus.forEach(function (m) { if (m.open && !m.contains(ev.target)) m.open = false; });
  });

  // What the reader takes along: the rows and columns shown, in their order.
  function conditions() {
    var out = [];
    if (state.q) out.push([words.words, state.q]);
    facets.forEach(function (f) {
      if (f.chosen.size) out.push([f.name, Array.from(f.chosen).map(function (v) { return f.options[v] ? f.options[v].name : v; }).join("\n")]);
    });
    return out.length ? out : [[words.conditions, words.none]];
  }
  function spelled() {
    var names = {};
    facets.forEach(function (f) {
      if (f.key !== "vulnerability" && f.key !== "clause") return;
      Object.keys(f.options).forEach(function (v) { names[v] = f.options[v].name; });
    });
    return names;
  }
  function take(kind) {
    riskguide.load("tables.js").then(function () {
      var grid = riskguide.tables.grid(table, spelled());
      if (kind === "csv") {
        riskguide.download(words.file + ".csv", "text/csv;charset=utf-8", riskguide.tables.csv(grid));
        return;
      }
      var about = [[words.guide, words.title], ["", words.edition], [words.heading, found.textContent]]
        .concat(conditions(), [[words.address, location.href]]);
      return riskguide.tables.xlsx([
        { name: words.sheet, rows: grid, table: true },
        { name: words.conditions, rows: about }
      ], words.title).then(function (data) {
        riskguide.download(words.file + ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", data);
      });
    });
  }

  tools.addEventListener("click", function (ev) {
    var b = ev.target.closest("button[data-do]");
    if (!b) return;
    switch (b.dataset.do) {
    case "panel":
      b.setAttribute("aria-expanded", panel.classList.toggle("open"));
      break;
    case "clear":
      facets.forEach(function (f) { f.chosen.clear(); });
      state.q = "";
      changed(true);
      (wide() ? input : tools.querySelector("[data-do=panel]")).focus();
      break;
    case "markdown":
    case "tsv":
      riskguide.load("tables.js").then(function () {
        return riskguide.copy(riskguide.tables[b.dataset.do](riskguide.tables.grid(table)), riskguide.words.tableCopied);
      });
      break;
    case "link":
      riskguide.copy(location.href, words.copied);
      break;
    default:
      take(b.dataset.do);
    }
  });
  if (!navigator.clipboard) tools.querySelector(".copies").hidden = true;
  window.addEventListener("popstate", read);
  window.addEventListener("hashchange", read);
  read();
}());
