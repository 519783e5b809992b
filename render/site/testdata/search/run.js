// Runs queries against the search as the browser would: the engine and an index
// of a built site. Prints one JSON object: for each query its first results, and
// the time that a query takes.
//
//	node run.js search-engine.js search-index.js queries.json
"use strict";
const fs = require("fs");
const vm = require("vm");
const [engine, index, queries] = process.argv.slice(2);
globalThis.riskguide = {};
vm.runInThisContext(fs.readFileSync(engine, "utf8"));
vm.runInThisContext(fs.readFileSync(index, "utf8"));
const started = performance.now();
const e = new riskguide.Search.Engine(riskguide.searchIndex);
const prepared = performance.now() - started;
const qs = JSON.parse(fs.readFileSync(queries, "utf8"));
const times = [];
const out = qs.map((q) => {
  let res;
  for (let i = 0; i < 5; i++) {
    const t = performance.now();
    res = e.search(q);
    times.push(performance.now() - t);
  }
  return { total: res.results.length, ids: res.results.slice(0, 10).map((r) => r.doc.id) };
});
times.sort((a, b) => a - b);
console.log(JSON.stringify({ documents: e.docs.length, prepared, median: times[times.length >> 1], worst: times[times.length - 1], results: out }));
