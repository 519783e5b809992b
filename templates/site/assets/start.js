// The start page of a site in several languages: who has chosen a language before,
// or whose browser asks for one that is here, goes there at once. The page stays
// out of the history, so that the way back does not lead into it again;
// index.html#choose always stays. Without scripts its links do.
(function () {
  "use strict";
  var langs = document.currentScript.dataset.langs.split(" ");
  if (location.hash === "#choose") return;
  var wanted = Array.from(navigator.languages || [navigator.language || ""]);
  try { wanted.unshift(localStorage.getItem("riskguide-lang") || ""); } catch (e) { /* the browser decides */ }
  for (var i = 0; i < wanted.length; i++) {
    var tag = wanted[i].toLowerCase();
    for (var j = 0; j < langs.length; j++) {
      if (tag === langs[j] || tag.indexOf(langs[j] + "-") === 0) {
        location.replace(langs[j] + "/index.html");
        return;
      }
    }
  }
}());
