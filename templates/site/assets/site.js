// What every page shares. Each page reads without it. What this browser remembers of
// the reader's choices is set before the page is drawn, so that nothing flashes or
// moves. Nothing leaves the browser.
//
// It gives other scripts one global object, riskguide:
//
//	words      the data attributes of this script's element: words and addresses
//	lang       the page's language
//	base       leads from the page to the language's folder, root to the site's
//	load(name) loads an asset (script or style) or data file of the site once, by
//	           its name without hash, and gives a promise; works from a disk too
//	copy(text, said)         puts text on the clipboard and says so
//	toast(text)              says something for a moment
//	download(name, type, data) hands a file to the reader
//	kept(name), keep(name, value) what this browser remembers, if it does; null forgets
var riskguide = (function () {
  "use strict";
  var words = document.currentScript ? document.currentScript.dataset : {};
  var root = document.documentElement;
  var assets = JSON.parse(words.assets || "{}");
  var loading = {};
  var note, timer = 0;

  function kept(name) {
    try { return localStorage.getItem("riskguide-" + name); } catch (e) { return null; }
  }
  function keep(name, value) {
    try {
      if (value === null) localStorage.removeItem("riskguide-" + name);
      else localStorage.setItem("riskguide-" + name, value);
    } catch (e) { /* not kept, then */ }
  }
  function apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }
  // -1 to 5 steps from the usual size.
  function enlarge(size) {
    if (size) root.dataset.size = Math.max(-1, Math.min(5, size));
    else delete root.dataset.size;
  }
  apply(kept("theme"));
  enlarge(parseInt(kept("size"), 10) || 0);
  root.dataset.js = "";
  if (kept("view") === "compact") root.dataset.view = "compact";

  function load(name) {
    if (!loading[name]) {
      loading[name] = new Promise(function (done, failed) {
        var style = /\.css$/.test(name), s = document.createElement(style ? "link" : "script");
        if (style) s.rel = "stylesheet";
        s[style ? "href" : "src"] = assets[name];
        s.onload = function () { done(); };
        s.onerror = function () { delete loading[name]; s.remove(); failed(new Error(name)); };
        document.head.appendChild(s);
      });
    }
    return loading[name];
  }

  function toast(text) {
    if (!note) {
      note = document.createElement("p");
      note.className = "toast";
      note.setAttribute("role", "status");
      document.body.appendChild(note);
    }
    note.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(function () { note.textContent = ""; }, 2500);
  }

  function copy(text, said) {
    return navigator.clipboard.writeText(text).then(function () { toast(said || words.copied); },
      function () { /* refused: what was to be copied is on the page */ });
  }

  function download(name, type, data) {
    var a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([data], { type: type }));
    a.download = name;
    document.body.appendChild(a);
    a.click();
    a.remove();
    setTimeout(function () { URL.revokeObjectURL(a.href); }, 60000);
  }

  // Colours and size of type.
  function preferences() {
    var select = document.querySelector("select.theme");
    if (!select) return;
    select.value = kept("theme") || "auto";
    select.addEventListener("change", function () {
      apply(select.value);
      keep("theme", select.value === "auto" ? null : select.value);
    });
    document.querySelectorAll(".prefs button").forEach(function (b) {
      b.addEventListener("click", function () {
        var step = +b.value;
        enlarge(step === 0 ? 0 : (+root.dataset.size || 0) + step);
        keep("size", root.dataset.size || null);
      });
    });
  }

  // A place's sign links to itself; choosing it copies that link too.
  function copying() {
    if (!navigator.clipboard || !words.copied) return;
    document.querySelectorAll("a.anchor").forEach(function (a) {
      a.title = words.copy;
    });
    document.addEventListener("click", function (ev) {
      var a = ev.target.closest && ev.target.closest("a.anchor, a.here");
      if (!a || ev.ctrlKey || ev.metaKey || ev.shiftKey) return;
      if (!a.hash) ev.preventDefault(); // the page itself
      copy(a.href);
    });
  }

  // The switch of languages leads to the same place in the same view; what is
  // chosen holds for the start page too.
  function languages() {
    ["pointerover", "focusin", "click"].forEach(function (type) {
      document.addEventListener(type, function (ev) {
        var a = ev.target.closest && ev.target.closest(".langs a, .p-bare a[hreflang]");
        if (!a) return;
        if (a.closest(".langs")) {
          a.search = location.search;
          a.hash = location.hash;
        }
        if (type === "click") keep("lang", a.hreflang);
      });
    });
  }
  languages();

  // The search itself is loaded when it is opened: by its button, by "/" or
  // Ctrl+K, or by an address with a query (#q=…).
  function searching() {
    var b = document.querySelector("button.search-open");
    if (!b) return;
    if (!assets["search.js"] || !window.HTMLDialogElement) {
      b.hidden = true;
      return;
    }
    function open(query) {
      load("search.js").then(function () { return riskguide.search.open(query); }).catch(function () { toast(words.searchFailed); });
    }
    function addressed() {
      if (!/^#q=/.test(location.hash)) return;
      var q = location.hash.slice(3);
      try { q = decodeURIComponent(q); } catch (e) { /* as it stands, then */ }
      open(q);
    }
    b.addEventListener("click", function () { open(); });
    document.addEventListener("keydown", function (ev) {
      if (ev.isComposing || ev.altKey || document.querySelector("dialog[open]")) return;
      var slash = ev.key === "/" && !ev.ctrlKey && !ev.metaKey && !(ev.target.closest && ev.target.closest("input, select, textarea, [contenteditable]"));
      if (!slash && !((ev.ctrlKey || ev.metaKey) && !ev.shiftKey && ev.key.toLowerCase() === "k")) return;
      ev.preventDefault();
      open();
    });
    window.addEventListener("hashchange", addressed);
    addressed();
  }

  // Each table can be copied; tables.js knows how.
  function copyTables() {
    if (!navigator.clipboard || !words.tableCopy) return;
    document.querySelectorAll(".box-x > table:not(.filtered), .box-t > table, .box-m > table").forEach(function (table) {
      var tools = document.createElement("div");
      tools.className = "tcopy";
      tools.setAttribute("role", "group");
      tools.setAttribute("aria-label", words.tableCopy);
      var row = tools.appendChild(document.createElement("div"));
      row.textContent = words.tableCopy;
      ["Markdown", "TSV"].forEach(function (form) {
        var b = document.createElement("button");
        b.type = "button";
        b.textContent = form;
        b.addEventListener("click", function () {
          load("tables.js").then(function () {
            return copy(riskguide.tables[form.toLowerCase()](riskguide.tables.grid(table)), words.tableCopied);
          });
        });
        row.appendChild(b);
      });
      table.before(tools);
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    preferences();
    searching();
    copying();
    copyTables();
  });
  // What comforts reading, and what the page can do without for a while.
  window.addEventListener("load", function () {
    if (!words.lang) return;
    load("reading.js").catch(function () { /* does without */ });
    // From a disk a browser may not read the manifest, and would say so.
    if (location.protocol.slice(0, 4) === "http") {
      var link = document.createElement("link");
      link.rel = "manifest";
      link.href = words.base + "manifest.webmanifest";
      document.head.appendChild(link);
    }
  });

  return { words: words, lang: words.lang, base: words.base, root: words.root, load: load, copy: copy, toast: toast, download: download,
    kept: kept, keep: keep };
}());
