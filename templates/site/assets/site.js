// Two conveniences; every page reads without them. The choice of colours is set
// before the page is drawn, so that it does not flash. Nothing leaves the browser.
(function () {
  "use strict";
  var words = document.currentScript.dataset;
  var root = document.documentElement;
  var key = "riskguide-theme";

  function stored() {
    try { return localStorage.getItem(key); } catch (e) { return null; }
  }
  function apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  }
  apply(stored());

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
      o.selected = v === (stored() || "auto");
      select.appendChild(o);
    });
    select.addEventListener("change", function () {
      apply(select.value);
      try { localStorage.setItem(key, select.value); } catch (e) { /* not kept, then */ }
    });
    tools.appendChild(select);
  }

  // A measure's id links to itself; choosing it copies that link too.
  function copying() {
    if (!navigator.clipboard || !words.copied) return;
    var note = document.createElement("p");
    note.className = "toast";
    note.setAttribute("role", "status");
    document.body.appendChild(note);
    var timer = 0;
    document.querySelectorAll("a.anchor").forEach(function (a) {
      a.title = words.copy;
    });
    document.addEventListener("click", function (ev) {
      var a = ev.target.closest && ev.target.closest("a.anchor");
      if (!a || ev.ctrlKey || ev.metaKey || ev.shiftKey) return;
      navigator.clipboard.writeText(a.href).then(function () {
        note.textContent = words.copied;
        clearTimeout(timer);
        timer = setTimeout(function () { note.textContent = ""; }, 2500);
      }, function () { /* refused: the address bar has the link */ });
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    chooser();
    copying();
  });
}());
