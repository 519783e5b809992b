// What every page shares. Each page reads without it. The choice of colours is set
// before the page is drawn, so that it does not flash. Nothing leaves the browser.
//
// It gives other scripts one global object, riskguide:
//
//	words      the data attributes of this script's element: words and addresses
//	lang       the page's language
//	base       leads from the page to the language's folder, root to the site's
//	load(name) loads an asset or data file of the site once, by its name without
//	           hash, and gives a promise; works from a disk too
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
  apply(kept("theme"));

  function load(name) {
    if (!loading[name]) {
      loading[name] = new Promise(function (done, failed) {
        var s = document.createElement("script");
        s.src = assets[name];
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

  function chooser() {
    var tools = document.querySelector("header.site .tools");
    if (!tools || !words.theme) return;
    var select = document.createElement("select");
    select.setAttribute("aria-label", words.theme);
    select.className = "theme";
    ["auto", "light", "dark"].forEach(function (v) {
      var o = document.createElement("option");
      o.value = v;
      o.textContent = words[v];
      o.selected = v === (kept("theme") || "auto");
      select.appendChild(o);
    });
    select.addEventListener("change", function () {
      apply(select.value);
      keep("theme", select.value);
    });
    tools.appendChild(select);
  }

  // A measure's id links to itself; choosing it copies that link too.
  function copying() {
    if (!navigator.clipboard || !words.copied) return;
    document.querySelectorAll("a.anchor").forEach(function (a) {
      a.title = words.copy;
    });
    document.addEventListener("click", function (ev) {
      var a = ev.target.closest && ev.target.closest("a.anchor");
      if (!a || ev.ctrlKey || ev.metaKey || ev.shiftKey) return;
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

  document.addEventListener("DOMContentLoaded", function () {
    chooser();
    copying();
  });

  return { words: words, lang: words.lang, base: words.base, root: words.root, load: load, copy: copy, toast: toast, download: download,
    kept: kept, keep: keep };
}());
