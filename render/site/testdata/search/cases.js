// Checks cases from standard input against the engine and prints what differs;
// then folds random texts and checks that positions stay in order and in the text.
"use strict";
const fs = require("fs");
const vm = require("vm");
globalThis.riskguide = {};
vm.runInThisContext(fs.readFileSync(process.argv[2], "utf8"));
const S = riskguide.Search;
const cases = JSON.parse(fs.readFileSync(0, "utf8"));
const index = { words: {}, kinds: [["measure", "m", [["X1", "", "nothing", "", "x"]]]] };

for (const [want, ...texts] of cases.Fold) {
  for (const t of texts) {
    const got = S.fold(t).text;
    if (got !== want) console.log(`fold ${JSON.stringify(t)}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
  }
}
for (const [query, marked] of cases.Mark) {
  const text = marked.replace(/[[\]]/g, "");
  const units = new S.Engine({ words: {}, kinds: [["measure", "m", [["X1", "", text, "", "x"]]]] }).search(query).units;
  let got = "", at = 0;
  for (const [a, b] of S.mark(text, units)) { got += text.slice(at, a) + "[" + text.slice(a, b) + "]"; at = b; }
  got += text.slice(at);
  if (got !== marked) console.log(`mark ${query}: ${got}, not ${marked}`);
}
for (const [query, id, want] of cases.ID) {
  const got = S.compareID(S.parts(query), id.toLowerCase().match(/[a-z]+|\d+/g).map((p) => p.replace(/^0+(?=\d)/, "")));
  if (String(got) !== want) console.log(`id ${query} and ${id}: ${got}, not ${want}`);
}

// The same numbers at every run.
let seed = 1;
const random = (n) => { seed = (seed * 48271) % 2147483647; return seed % n; };
const pool = Array.from("aZ0９ .-ー‐。、・パハﾊﾟﾞ゙゚ヴ漢字ぁんＡé\u0301ﬁ㍿İßǄ𠮷😀'’\n\u0000\ud800①Ⅳ한글ﷺ");
const engine = new S.Engine(index);
for (let i = 0; i < 20000; i++) {
  const s = Array.from({ length: random(12) }, () => pool[random(pool.length)]).join("");
  const f = S.fold(s);
  const n = f.text.length;
  let ok = f.kind.length === n && f.start.length === n && f.end.length === n && f.text.trim() === f.text && !/ {2}/.test(f.text);
  for (let k = 0; k < n; k++) ok = ok && f.start[k] >= 0 && f.end[k] <= s.length && f.start[k] <= f.end[k] && (!k || f.start[k] >= f.start[k - 1]);
  ok = ok && S.fold(f.text).text.length <= n + 2; // folding again adds nothing to speak of
  const hits = S.mark(s, engine.search(s).units);
  for (let k = 0; k < hits.length; k++) ok = ok && hits[k][0] < hits[k][1] && hits[k][1] <= s.length && (!k || hits[k][0] >= hits[k - 1][1]);
  if (!ok) { console.log("random text " + JSON.stringify(s) + ": " + JSON.stringify(f)); break; }
}
