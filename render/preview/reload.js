// Reloads the page after each build; shows problems on top of the last good page.
(function () {
  "use strict";
  var shown = Number(document.currentScript.dataset.version);
  var panel = null;
  function show(problems) {
    if (panel) panel.remove();
    panel = null;
    if (!problems.length) return;
    panel = document.createElement("pre");
    panel.setAttribute("role", "alert");
    panel.textContent = problems.join("\n");
    var s = panel.style;
    s.position = "fixed"; s.inset = "auto 0 0 0"; s.zIndex = "1000"; s.margin = "0"; s.padding = "1rem";
    s.maxHeight = "50vh"; s.overflow = "auto"; s.background = "#7f1d1d"; s.color = "#fff"; s.whiteSpace = "pre-wrap";
    document.body.appendChild(panel);
  }
  var source = new EventSource("/_riskguide/events");
  source.onmessage = function (e) {
    var m = JSON.parse(e.data);
    if (m.problems.length) { show(m.problems); return; }
    if (m.version !== shown) { location.reload(); return; }
    show([]);
  };
}());
