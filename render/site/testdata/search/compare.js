// Compares ways to search on the queries with known answers: the engine as it is,
// plain n-grams, and words of a morphological analysis or stems (see morphology/).
// All but the first are ranked by the same BM25 with the same weights; queries
// that are an id get the engine's answer everywhere. Also tells how large each
// index would be.
//
//	node compare.js LANG search-engine.js search-index.js queries.LANG.yaml
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const vm = require("vm");
const zlib = require("zlib");
const { execFileSync } = require("child_process");

const [lang, engineFile, indexFile, queryFile] = process.argv.slice(2);
globalThis.riskguide = {};
vm.runInThisContext(fs.readFileSync(engineFile, "utf8"));
vm.runInThisContext(fs.readFileSync(indexFile, "utf8"));
const { Engine, fold } = riskguide.Search;
const engine = new Engine(riskguide.searchIndex);
const docs = engine.docs;
const asked = fs.readFileSync(queryFile, "utf8").split("\n").filter((l) => l.startsWith("- {")).map((l) => {
  const m = /q: ("(?:[^"\\]|\\.)*"), want: \[(.*)\]/.exec(l);
  return { q: JSON.parse(m[1]), want: m[2].split(",").map((w) => w.trim().replace(/"/g, "").split("|")) };
});

// Each query once more as it stands before the last character is typed.
const queries = asked.concat(asked.map(({ q, want }) => ({ q: Array.from(q).slice(0, -1).join(""), want })));

const fieldsOf = (d) => [[d.title, 2], [d.text, 1], [d.where + " " + d.name, 0.25]];
const PRIOR = { risk: 1.25, clause: 1.1, measure: 1.1, vulnerability: 1.1, layer: 1.1, retired: 0.8 };

// A way to cut: documents (by field) and queries into terms.
function ranked(docTerms, queryTerms) {
  const postings = new Map();
  const lengths = docTerms.map((fields, d) => {
    const tf = new Map();
    let n = 0;
    fields.forEach(([terms, w]) => terms.forEach((t) => { tf.set(t, (tf.get(t) || 0) + w); if (w >= 1) n += w; }));
    tf.forEach((c, t) => { if (!postings.has(t)) postings.set(t, []); postings.get(t).push([d, c]); });
    return n;
  });
  const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
  return {
    postings,
    search(terms) {
      const scores = new Map(), covered = new Map();
      let total = 0;
      terms.forEach((t) => {
        const ps = postings.get(t) || [];
        const idf = Math.log(1 + (docs.length - ps.length + 0.5) / (ps.length + 0.5));
        total += idf;
        ps.forEach(([d, tf]) => {
          scores.set(d, (scores.get(d) || 0) + idf * tf * 2.2 / (tf + 1.2 * (0.5 + 0.5 * lengths[d] / mean)));
          covered.set(d, (covered.get(d) || 0) + idf);
        });
      });
      return [...scores].map(([d, s]) => [d, s * (0.2 + (covered.get(d) / total) ** 2) * (PRIOR[docs[d].kind] || 1)])
        .sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([d]) => docs[d].id);
    },
  };
}

const gz = (s) => zlib.gzipSync(s, { level: 9 }).length;
// What the browser would load beside the texts: terms in order, documents as
// differences.
function size(postings) {
  return gz(JSON.stringify([...postings].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([t, ps]) => {
    let last = 0;
    return [t, ...ps.map(([d]) => { const x = d - last; last = d; return x; })];
  })));
}

const grams = (...ns) => (s) => fold(s).text.split(" ").flatMap((w) => ns.flatMap((n) =>
  w.length < n ? (n === Math.min(...ns) ? [w] : []) : Array.from({ length: w.length - n + 1 }, (_, i) => w.slice(i, i + n))));
const byCut = (cut) => ({ docs: docs.map((d) => fieldsOf(d).map(([s, w]) => [cut(s), w])), queries: queries.map(({ q }) => cut(q)) });

function analysed() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "search-"));
  const file = (name, list) => { const p = path.join(dir, name); fs.writeFileSync(p, JSON.stringify(list)); return p; };
  const flat = docs.flatMap((d) => fieldsOf(d).map(([s]) => s));
  const out = JSON.parse(execFileSync("go", ["run", ".", lang, file("d.json", flat), file("q.json", queries.map((q) => q.q))],
    { cwd: path.join(__dirname, "morphology"), maxBuffer: 1 << 28 }));
  fs.rmSync(dir, { recursive: true });
  return { docs: docs.map((d, i) => fieldsOf(d).map(([, w], f) => [out[0][3 * i + f], w])), queries: out[1] };
}

// Without a dictionary in the browser a query is cut along the words that the
// index knows, the longest first.
function longest(words) {
  const max = Math.max(...[...words].map((w) => w.length));
  return (q) => {
    const s = q.normalize("NFKC").toLowerCase(), out = [];
    for (let i = 0; i < s.length;) {
      let n = Math.min(max, s.length - i);
      while (n > 1 && !words.has(s.slice(i, i + n))) n--;
      if (words.has(s.slice(i, i + n))) out.push(s.slice(i, i + n));
      i += n;
    }
    return out;
  };
}

const ids = queries.map(({ q }) => { const r = engine.search(q).results; return r.length && r[0].score >= 1e3 ? r.map((x) => x.doc.id) : null; });
function report(name, answer, bytes) {
  const sums = [0, 0];
  const missed = [];
  queries.forEach(({ q, want }, i) => {
    const half = i < asked.length ? 0 : 1;
    if (half && ids[i - asked.length]) return; // half an id is another id
    const top = (ids[i] || answer(i)).slice(0, 5);
    const r = want.filter((alt) => alt.some((id) => top.includes(id))).length / want.length;
    sums[half] += r;
    if (r < 1 && !half) missed.push(q);
  });
  const words = ids.slice(0, asked.length).filter((x) => !x).length;
  console.log(`${name}\t${(sums[0] / asked.length).toFixed(3)}\t${(sums[1] / words).toFixed(3)}\t${bytes}\t${missed.join("; ")}`);
}

const texts = gz(fs.readFileSync(indexFile));
console.log("way\trecall@5\tone character short\tgzipped bytes\tnot all found");
report("committed engine, texts only", (i) => engine.search(queries[i].q).results.map((r) => r.doc.id), texts);
for (const [name, cut] of [["2-grams", grams(2)], ["1+2-grams", grams(1, 2)], ["3-grams", grams(3)], ["2+3-grams", grams(2, 3)]]) {
  const v = byCut(cut), r = ranked(v.docs, v.queries);
  report(name + ", texts and postings", (i) => r.search(v.queries[i]), texts + size(r.postings));
}
const v = analysed(), r = ranked(v.docs, v.queries);
report((lang === "ja" ? "morphological (query by the dictionary too)" : "stems") + ", texts and postings", (i) => r.search(v.queries[i]), texts + size(r.postings));
if (lang === "ja") {
  const cut = longest(new Set(r.postings.keys()));
  report("morphological (query by the index's words), texts and postings", (i) => r.search(cut(queries[i].q)), texts + size(r.postings));
}
