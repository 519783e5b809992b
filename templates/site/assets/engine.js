// Makes requirements packs in the browser, with the same program as the command
// line's. It gives riskguide.engine:
//
//	supported()            whether this browser can run the program
//	size()                 how many bytes the first pack loads
//	makePack(job, report)  job is {files: {"acme.yaml": text, …}, profile: "acme.yaml"}:
//	                       the profile and those that it extends. The promise gives
//	                       {name: "acme.zip", files: [{name, data}, …], warnings: [text, …]}.
//	                       It fails with an Error with code and message (a sentence for
//	                       the reader) and, where the profile is at fault, problems:
//	                       [{file, line, column, level, rule, message, hint, text}, …].
//	                       report({stage: "load" | "make", done, total}) tells of the
//	                       progress, in bytes and in steps.
//
// Nothing is loaded before the first pack. What has arrived is kept when a part is
// missing, so that a second try goes on from there; the program stays for the next
// pack. It runs beside the page (in a worker), or in it where that is not allowed.
riskguide.engine = (function () {
  "use strict";
  var atOnce = 4; // scripts that are loaded side by side
  var first = ["program", "regular", "bold", "bundle"]; // the parts of the first pack
  var plan = null; // of engine-parts.js: words, starter, parts
  var pieces = {}; // of parts that have arrived: name → list of bytes
  var starter = null; // function of the script with which Go starts a program
  var running = null; // promise of the program
  var queue = Promise.resolve();

  function supported() {
    return typeof WebAssembly === "object" && typeof WebAssembly.instantiate === "function" &&
      typeof DecompressionStream === "function" && typeof Response === "function";
  }

  function fail(code, values) {
    var text = (plan && plan.words[code]) || code;
    Object.keys(values || {}).forEach(function (k) { text = text.split("{" + k + "}").join(values[k]); });
    var e = new Error(text);
    e.code = code;
    return e;
  }

  // Called by the scripts that carry the parts.
  function part(name, n, base64) {
    var data;
    if (Uint8Array.fromBase64) data = Uint8Array.fromBase64(base64);
    else {
      var raw = atob(base64);
      data = new Uint8Array(raw.length);
      for (var i = 0; i < raw.length; i++) data[i] = raw.charCodeAt(i);
    }
    if (!pieces[name]) pieces[name] = [];
    pieces[name][n] = data;
  }

  function script(path) {
    return new Promise(function (done, failed) {
      var s = document.createElement("script");
      s.src = riskguide.root + path;
      s.onload = function () { s.remove(); done(); };
      s.onerror = function () { s.remove(); failed(fail("engine-load", { name: path.replace(/^.*\//, "") })); };
      document.head.appendChild(s);
    });
  }

  function learn() {
    if (plan) return Promise.resolve();
    return riskguide.load("engine-parts.js").then(function () { plan = riskguide.engineParts; },
      function () { throw fail("engine-load", { name: "engine-parts.js" }); });
  }

  function find(name) {
    return plan.parts.filter(function (p) { return p.name === name; })[0];
  }

  // fetchParts loads what has not arrived of the parts. Each piece is handed to
  // take(name, n, data) as soon as it is there; once all are, none is kept.
  function fetchParts(names, report, take) {
    var jobs = [], total = 0, done = 0;
    names.forEach(function (name) {
      find(name).files.forEach(function (f, n) {
        total += f.size;
        if (pieces[name] && pieces[name][n]) {
          done += f.size;
          take(name, n, pieces[name][n]);
        } else jobs.push({ name: name, n: n, file: f });
      });
    });
    function tell() { report({ stage: "load", done: done, total: total }); }
    function next() {
      var j = jobs.shift();
      if (!j) return Promise.resolve();
      return script(j.file.path).then(function () {
        if (!pieces[j.name] || !pieces[j.name][j.n]) throw fail("engine-load", { name: j.file.path.replace(/^.*\//, "") });
        done += j.file.size;
        take(j.name, j.n, pieces[j.name][j.n]);
        tell();
        return next();
      }).catch(function (e) {
        jobs = []; // the others end with what they are loading
        throw e;
      });
    }
    var lines = [];
    tell();
    for (var i = 0; i < atOnce; i++) lines.push(next());
    // What is on its way still arrives before a failure is told, so that the next
    // try does not ask for it again.
    return Promise.allSettled(lines).then(function (ends) {
      ends.forEach(function (end) { if (end.status === "rejected") throw end.reason; });
      names.forEach(function (name) { delete pieces[name]; });
    });
  }

  // runner holds the program: in the page, or as text in the worker. So it uses
  // nothing of what stands around it. It gives a function that takes messages.
  function runner(start, post) {
    "use strict";
    var scope = globalThis, parts = {}, waiting = {};
    // A part arrives in pieces, in any order. It is unpacked, and the program
    // compiled, while the next ones are loaded.
    function part(count) {
      var early = [], next = 0, control;
      return {
        stream: new ReadableStream({ start: function (c) { control = c; } }),
        take: function (n, data) {
          early[n] = data;
          for (; early[next]; next++) {
            control.enqueue(early[next]);
            early[next] = null;
            if (next === count - 1) control.close();
          }
        }
      };
    }
    function unzip(p) { return p.stream.pipeThrough(new DecompressionStream("gzip")); }
    function bytes(stream) {
      return new Response(stream).arrayBuffer().then(function (b) { return new Uint8Array(b); });
    }
    function compile(p) {
      if (!WebAssembly.compileStreaming) return bytes(unzip(p)).then(function (b) { return WebAssembly.compile(b); });
      return WebAssembly.compileStreaming(new Response(unzip(p), { headers: { "Content-Type": "application/wasm" } }));
    }
    var host = {
      rest: function (weight, n) {
        var name = ["regular", "bold"][weight] + "-rest-" + n;
        return new Promise(function (done, failed) {
          waiting[name] = { done: done, failed: failed };
          post({ say: "need", name: name });
        });
      },
      ready: function (error) { post(error ? { say: "failed", error: error } : { say: "ready" }); }
    };
    return function (m) {
      if (m.ask === "start") {
        scope.packengine = host;
        start();
        var go = new scope.Go();
        Object.keys(m.counts).forEach(function (name) { parts[name] = part(m.counts[name]); });
        Promise.all([compile(parts.program), bytes(unzip(parts.regular)), bytes(unzip(parts.bold)),
          bytes(parts.bundle.stream)]).then(function (r) {
          host.faces = [r[1], r[2]];
          host.bundle = r[3];
          return WebAssembly.instantiate(r[0], go.importObject);
        }).then(function (instance) {
          go.run(instance).then(function () { post({ say: "ended" }); }, function (e) { post({ say: "ended", error: String(e) }); });
        }).catch(function (e) { post({ say: "failed", error: String(e) }); });
      } else if (m.ask === "piece") {
        parts[m.name].take(m.n, m.data);
      } else if (m.ask === "make") {
        try {
          host.make(m.files, m.profile, function (result) {
            post({ say: "made", result: result }, (result.files || []).map(function (f) { return f.data.buffer; }));
          });
        } catch (e) { post({ say: "ended", error: String(e) }); }
      } else if (m.ask === "rest") {
        parts[m.name] = part(m.count);
        bytes(unzip(parts[m.name])).then(waiting[m.name].done, waiting[m.name].failed);
      } else if (m.ask === "lost") {
        waiting[m.name].failed(new Error(m.error));
      }
    };
  }

  // open gives a program that does not run yet: send takes messages for it, heard
  // gets those from it, close ends it.
  function open(heard) {
    function inPage() {
      var ask = runner(starter, heard);
      return { send: function (m) { setTimeout(ask, 0, m); }, close: function () { delete globalThis.packengine; } };
    }
    return new Promise(function (done) {
      var worker, url;
      function boot(run, start) {
        var ask = run(start, function (m, move) { postMessage(m, move || []); });
        onmessage = function (ev) { ask(ev.data); };
        postMessage({ say: "here" });
      }
      function give(way) {
        URL.revokeObjectURL(url);
        done(way);
      }
      try {
        url = URL.createObjectURL(new Blob(["(" + boot + "(" + runner + ", " + starter + "));"], { type: "text/javascript" }));
        worker = new Worker(url);
      } catch (e) {
        give(inPage());
        return;
      }
      worker.onerror = function () {
        worker.terminate();
        give(inPage());
      };
      worker.onmessage = function () {
        worker.onmessage = function (ev) { heard(ev.data); };
        worker.onerror = function (ev) {
          ev.preventDefault();
          heard({ say: "ended", error: ev.message });
        };
        give({
          send: function (m, move) { worker.postMessage(m, move || []); },
          close: function () { worker.terminate(); }
        });
      };
    });
  }

  // start loads and starts the program.
  function start(report) {
    return learn().then(function () {
      return starter ? null : script(plan.starter);
    }).then(function () {
      return new Promise(function (done, failed) {
        var program = { report: report, made: null };
        function end(e) {
          if (running && running.program === program) running = null;
          if (program.way) program.way.close();
          failed(e);
          if (program.made) program.made.failed(e);
        }
        function hand(name, n, data) { program.way.send({ ask: "piece", name: name, n: n, data: data }); }
        open(function (m) {
          switch (m.say) {
            case "ready":
              program.report({ stage: "make", done: 1, total: 3 });
              done(program);
              break;
            case "failed":
              end(fail("engine-start", { reason: m.error }));
              break;
            case "ended":
              end(fail("engine-ended", { reason: m.error || "" }));
              break;
            case "need":
              program.way.send({ ask: "rest", name: m.name, count: find(m.name).files.length });
              fetchParts([m.name], program.report, hand).catch(function (e) {
                program.lost = e;
                program.way.send({ ask: "lost", name: m.name, error: e.message });
              });
              break;
            case "made":
              program.made.done(m.result);
              break;
          }
        }).then(function (way) {
          program.way = way;
          running.program = program;
          var counts = {};
          first.forEach(function (name) { counts[name] = find(name).files.length; });
          way.send({ ask: "start", counts: counts });
          return fetchParts(first, report, hand);
        }).then(function () { report({ stage: "make", done: 0, total: 3 }); }).catch(end);
      });
    });
  }

  function make(job, report) {
    if (!supported()) return learn().then(function () { throw fail("engine-unsupported"); });
    if (!running) {
      var starting = start(report);
      running = { started: starting, program: null };
      starting.catch(function () { if (running && running.started === starting) running = null; });
    }
    return running.started.then(function (program) {
      program.report = report;
      program.lost = null;
      report({ stage: "make", done: 2, total: 3 });
      return new Promise(function (done, failed) {
        program.made = { done: done, failed: failed };
        program.way.send({ ask: "make", files: job.files, profile: job.profile });
      }).then(function (result) {
        program.made = null;
        report({ stage: "make", done: 3, total: 3 });
        if (result.problems) {
          var e = fail("engine-problems");
          e.problems = result.problems;
          throw e;
        }
        if (result.error) throw program.lost || fail("engine-failed", { reason: result.error });
        return { name: result.name, files: result.files, warnings: result.warnings.map(function (w) { return w.text; }) };
      });
    });
  }

  function makePack(job, report) {
    var result = queue.then(function () { return make(job, report || function () {}); });
    queue = result.catch(function () {});
    return result;
  }

  function size() {
    return learn().then(function () {
      return first.reduce(function (n, name) {
        return find(name).files.reduce(function (n, f) { return n + f.size; }, n);
      }, 0);
    });
  }

  return { supported: supported, size: size, makePack: makePack, part: part, starter: function (f) { starter = f; } };
}());
