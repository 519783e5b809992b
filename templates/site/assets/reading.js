// Comforts of reading, loaded when the page stands: links to headings and rows that
// can be copied, the compact view of a risk table, and a control's statement beside
// its id. Needs site.js.
(function () {
  "use strict";
  var words = riskguide.words;
  var root = document.documentElement;
  root.dataset.done = ""; // the page's own scripts have run

  // A heading or row with a name of its own has a sign that links to it.
  document.querySelectorAll("main :is(h2, h3, tbody th, dt, .refs > div)[id]").forEach(function (el) {
    if (el.closest("#pack")) return; // drawn anew as one fills it in
    var a = document.createElement("a");
    a.className = "here";
    a.href = "#" + el.id;
    a.textContent = "#";
    a.setAttribute("aria-label", words.copy + ": " + (el.matches("div") ? el.querySelector("dt") : el).textContent.trim());
    a.title = words.copy;
    (el.matches("div") ? el.querySelector("dt") : el.querySelector(".short") || el).appendChild(a);
  });
  var title = document.querySelector("main h1");
  if (title && !document.body.matches(".p-bare")) {
    var self = document.createElement("a");
    self.className = "here";
    self.href = location.href.split("#")[0];
    self.textContent = "#";
    self.title = words.copy;
    self.setAttribute("aria-label", words.copy + ": " + title.textContent.trim());
    title.appendChild(self);
  }

  // The compact view.
  document.querySelectorAll("fieldset.view input").forEach(function (input) {
    input.checked = input.value === (root.dataset.view || "complete");
    input.addEventListener("change", function () {
      if (input.value === "compact") root.dataset.view = "compact";
      else delete root.dataset.view;
      riskguide.keep("view", root.dataset.view || null);
    });
  });
  document.addEventListener("click", function (ev) {
    var b = ev.target.closest && ev.target.closest(".fold button");
    if (!b) return;
    var open = b.getAttribute("aria-expanded") !== "true";
    b.setAttribute("aria-expanded", open);
    for (var li = b.parentNode.nextElementSibling; li && li.matches(".rep"); li = li.nextElementSibling) {
      li.classList.toggle("open", open);
    }
  });

  // What the panel of the page's head holds goes away as people expect.
  var prefs = document.querySelector("details.prefs");
  document.addEventListener("click", function (ev) {
    if (prefs && prefs.open && !prefs.contains(ev.target)) prefs.open = false;
  });

  // Previews, as WCAG 1.4.13 wants them: Esc closes one, the pointer may go into it,
  // and it stays as long as the pointer or the focus does. A tap only follows the
  // link.
  var box, shown, timer = 0;
  var place = /\/(controls|vulnerabilities)\/([^/]+)\.html$/;

  function idOf(a) {
    if (a.closest("header.site, footer.site, .pager, .crumbs, .preview, .overview, .toc, .side") || a.matches(".anchor, .here")) return "";
    if (/^#[A-Z]+\d+-\d+$/.test(a.hash)) return a.hash.slice(1);
    var m = place.exec(a.pathname);
    return m ? decodeURIComponent(m[2]) : "";
  }
  // What stands beside the link already needs no preview.
  function beside(a, text) {
    var around = a.closest("li, td, th, dd, p");
    return around && around.textContent.replace(/\s+/g, " ").indexOf(text.slice(0, 40)) >= 0;
  }
  function hide() {
    clearTimeout(timer);
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    shown = null;
    box.hidden = true;
  }
  function show(a, id) {
    riskguide.load("previews.js").then(function () {
      var text = riskguide.previews[id];
      if (!text || !a.isConnected || !(a.matches(":hover") || a === document.activeElement) || beside(a, text)) return;
      hide();
      if (!box) {
        box = document.createElement("div");
        box.className = "preview";
        box.id = "preview";
        box.setAttribute("role", "tooltip");
        document.body.appendChild(box);
      }
      var head = document.createElement("b");
      head.textContent = id;
      box.replaceChildren(head, " " + text);
      box.hidden = false;
      shown = a;
      a.setAttribute("aria-describedby", "preview");
      var r = a.getClientRects()[0] || a.getBoundingClientRect();
      var left = Math.max(8, Math.min(r.left, root.clientWidth - box.offsetWidth - 8));
      var below = r.bottom + box.offsetHeight + 8 < root.clientHeight || r.top < box.offsetHeight + 8;
      box.style.left = left + window.scrollX + "px";
      box.style.top = window.scrollY + (below ? r.bottom : r.top - box.offsetHeight) + "px";
    }, function () { /* no preview, then */ });
  }
  function soon(a, wait) {
    var id = idOf(a);
    if (!id) return;
    clearTimeout(timer);
    if (a !== shown) timer = setTimeout(show, wait, a, id);
  }
  document.addEventListener("pointerover", function (ev) {
    if (ev.pointerType !== "mouse" || !ev.target.closest) return;
    if (ev.target.closest(".preview")) { clearTimeout(timer); return; }
    var a = ev.target.closest("main a[href]");
    if (a) soon(a, 250);
    if (shown && a !== shown && shown !== document.activeElement) {
      if (!a || !idOf(a)) { clearTimeout(timer); timer = setTimeout(hide, 300); }
    } else if (!a) clearTimeout(timer);
    else if (a === shown) clearTimeout(timer);
  });
  document.addEventListener("focusin", function (ev) {
    if (shown && ev.target !== shown) hide();
    if (ev.target.matches("main a[href]:focus-visible")) soon(ev.target, 150);
  });
  document.addEventListener("focusout", function (ev) {
    if (ev.target === shown && !shown.matches(":hover")) hide();
  });
  document.addEventListener("keydown", function (ev) {
    if (ev.key !== "Escape") return;
    hide();
    if (prefs && prefs.open) {
      prefs.open = false;
      prefs.querySelector("summary").focus();
    }
  });
  document.addEventListener("scroll", function (ev) {
    if (ev.target !== document) hide();
  }, true);
}());
