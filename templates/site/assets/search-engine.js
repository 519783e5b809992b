// The engine of the search, apart from the page: how texts are compared and how
// results are ranked. It touches no document, so that tests run the same code.
//
// Text is compared folded: NFKC (width), lower case, katakana as hiragana (what
// somebody types before the conversion is found too), a long vowel at the end of
// a long katakana word dropped (サーバー and サーバ), Latin letters without
// accents, everything that is neither letter nor digit a space. A space is put
// between Latin and Japanese too; so a text becomes runs of one script.
//
// Japanese runs are looked for by their bigrams, Latin ones as words, beginnings
// of words, stems and trigrams, and at last words that differ by a slip. Ids are compared by
// their parts (H, 5, 3), whatever stands between these.
//
// There is no prepared index: all texts are one string, and looking for a dozen
// fragments in it takes less than a key press even for a guide ten times as large.
(function (riskguide) {
  "use strict";

  // Classes of characters.
  var OTHER = 0, LATIN = 1, HIRAGANA = 2, KANA = 3, KANJI = 4;
  var LETTER = /[\p{L}\p{N}]/u, ACCENTED = /^[a-z\u00c0-\u024f\u1e00-\u1eff\u0300-\u036f]+$/i;
  var SPACE = 32, LONG = 0x30fc; // LONG: the mark of a long vowel

  function classOf(c) {
    if (c >= 0x30 && c <= 0x39 || c >= 0x61 && c <= 0x7a) return LATIN;
    if (c < 0x80) return OTHER;
    if (c >= 0x4e00 && c <= 0x9fff || c === 0x3005) return KANJI;
    if (c >= 0x3041 && c <= 0x3096) return HIRAGANA;
    if (c >= 0x30a1 && c <= 0x30fa || c === LONG) return KANA;
    if (!LETTER.test(String.fromCodePoint(c))) return OTHER;
    return c >= 0x2e80 && c < 0xa000 || c >= 0xf900 && c < 0xfb00 || c >= 0x20000 ? KANJI : LATIN;
  }

  // joins reports whether a character belongs to the one before it: an accent, or
  // a voice mark, also in half width.
  function joins(c) {
    return c >= 0x300 && c <= 0x36f || c === 0x3099 || c === 0x309a || c === 0xff9e || c === 0xff9f;
  }

  function digit(c) { return c >= 0x30 && c <= 0x39; }

  function hyphen(c) { return c === 0x2d || c === LONG || c >= 0x2010 && c <= 0x2015 || c === 0x2212; }

  // The classes of the usual characters, and room to work in: folding all texts of
  // the guide is what opening the search waits for.
  var classes = new Uint8Array(0x10000).fill(255);
  var room = 0, code, cls, from, to;

  function kindOf(c) {
    if (c > 0xffff) return classOf(c);
    var k = classes[c];
    if (k === 255) k = classes[c] = classOf(c);
    return k;
  }

  function grow(n) {
    if (n <= room) return;
    room = 2 * n;
    code = new Uint16Array(room); cls = new Uint8Array(room); from = new Int32Array(room); to = new Int32Array(room);
  }

  // fold returns {text, kind, start, end}: the folded text, and for each of its
  // code units the class and the part of s that it stands for.
  function fold(s) {
    var length = s.length, n = 0, i, j, c, k, folded;
    grow(20 * length); // no character becomes more than 18
    for (i = 0; i < length; i = j) {
      c = s.charCodeAt(i);
      j = i + 1;
      if (c >= 0xd800 && c < 0xdc00 && j < length) j++;
      while (j < length && joins(s.charCodeAt(j))) j++;
      if (j === i + 1 && (c < 0x80 || c >= 0x3041 && c <= 0x3096 || c >= 0x30a1 && c <= 0x30fc || c >= 0x4e00 && c <= 0x9fff)) {
        if (c >= 0x41 && c <= 0x5a) c += 32;
        code[n] = c; cls[n] = kindOf(c); from[n] = i; to[n] = j;
        n++;
        continue;
      }
      folded = s.slice(i, j).normalize("NFKC");
      if (ACCENTED.test(folded)) folded = folded.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
      folded = folded.toLowerCase();
      for (k = 0; k < folded.length; k++) {
        c = folded.codePointAt(k);
        var kind = kindOf(c);
        for (var u = c > 0xffff ? 2 : 1; u > 0; u--) {
          code[n] = folded.charCodeAt(k); cls[n] = kind; from[n] = i; to[n] = j;
          n++;
          if (u === 2) k++;
        }
      }
    }
    // A dot within a number and a hyphen between digits belong to the word; what
    // a Japanese keyboard gives for them is taken for them.
    for (i = 1; i + 1 < n; i++) {
      if (cls[i - 1] !== LATIN || !digit(code[i + 1])) continue;
      c = code[i];
      if (c === 0x2e || c === 0x3002) { code[i] = 0x2e; cls[i] = LATIN; }
      else if (hyphen(c) && digit(code[i - 1])) { code[i] = 0x2d; cls[i] = LATIN; }
    }
    cls[n] = OTHER; // what lies behind is of an earlier text
    var out = [], kinds = [], start = [], end = [], last = OTHER;
    for (i = 0; i < n; i++) {
      k = cls[i];
      c = code[i];
      if (k === OTHER) {
        if ((c === 0x27 || c === 0x2019) && last === LATIN && cls[i + 1] === LATIN) continue;
        if (last === OTHER) continue;
        c = SPACE;
      } else if (last !== OTHER && (last === LATIN) !== (k === LATIN)) {
        out.push(SPACE); kinds.push(OTHER); start.push(from[i]); end.push(from[i]);
      }
      if (k === KANA) {
        if (c === LONG && cls[i + 1] !== KANA) {
          for (j = i; j > 0 && cls[j - 1] === KANA; j--) { /* to the word's beginning */ }
          if (i - j >= 3) {
            end[end.length - 1] = to[i]; // it is marked with the word
            continue;
          }
        }
        if (c <= 0x30f6) c -= 0x60;
      }
      out.push(c); kinds.push(k); start.push(from[i]); end.push(to[i]);
      last = k;
    }
    if (out.length && out[out.length - 1] === SPACE) { out.pop(); kinds.pop(); start.pop(); end.pop(); }
    var text = "";
    for (i = 0; i < out.length; i += 4096) text += String.fromCharCode.apply(null, out.slice(i, i + 4096));
    return { text: text, kind: kinds, start: start, end: end };
  }

  // parts splits an id into what counts: letters, and numbers without zeros
  // before them; a standard may put the last in brackets, AC-2(3). null if it does
  // not look like an id.
  function parts(s) {
    s = s.normalize("NFKC").toLowerCase().trim();
    if (!/\d/.test(s) || !/^[a-z]*[\da-z\s.。ー‐‑‒–—−()-]*$/.test(s)) return null;
    return (s.match(/[a-z]+|\d+/g) || []).map(function (p) { return p.replace(/^0+(?=\d)/, ""); });
  }

  // compareID tells how the parts of a query fit those of an id: 3 the same, 2 its
  // first parts, 1 the beginning of the last part too, 0 not.
  function compareID(q, id) {
    if (!q || q.length > id.length) return 0;
    var n = q.length - 1;
    for (var i = 0; i < n; i++) if (q[i] !== id[i]) return 0;
    if (q[n] === id[n]) return q.length === id.length ? 3 : 2;
    return id[n].startsWith(q[n]) || q[n] === "0" ? 1 : 0;
  }

  // Words that say nothing about what is looked for.
  var STOP = /^(a|an|and|any|are|as|at|be|by|can|do|does|for|from|how|i|if|in|is|it|its|of|on|or|our|should|that|the|their|there|this|to|we|what|when|where|which|who|with)$/;
  var ENDING = /(?:ations?|ions?|ings?|ments?|ies|ed|es|s|y|e)$/;

  function stem(w) {
    if (w.length < 5 || /\d/.test(w) || /ss$/.test(w)) return w;
    var s = w.replace(ENDING, "");
    return s.length >= 4 ? s : w;
  }

  // How much each kind is preferred among equals, and the weight of a field.
  var PRIOR = { risk: 1.25, clause: 1.1, measure: 1.1, vulnerability: 1.1, layer: 1.1, retired: 0.8 };
  var TITLE = 2, TEXT = 1, WHERE = 0.25;
  var K1 = 1.2, B = 0.5;

  // units lists what is looked for: {run, text, weight, latin, phrase}. run is the
  // number of the run, of which every text should hold as many as possible.
  function units(query) {
    var f = fold(query), out = [], runs = 0;
    var words = [], re = /[^ ]+/g, m;
    while ((m = re.exec(f.text))) words.push({ text: m[0], at: m.index, latin: f.kind[m.index] === LATIN });
    var kept = words.filter(function (w) { return !(w.latin && STOP.test(w.text)); });
    (kept.length ? kept : words).forEach(function (w) {
      var run = runs++, s = w.text, i, a, b;
      if (w.latin) {
        out.push({ run: run, text: s, weight: 1, latin: true, among: words.length > 1 });
        // A word that is half typed, or written otherwise, still shares most of
        // its trigrams.
        for (i = 0; s.length > 3 && i + 3 <= s.length && !/\d/.test(s); i++) out.push({ run: run, text: s.slice(i, i + 3), weight: 0.5 });
        return;
      }
      var kinds = f.kind.slice(w.at, w.at + s.length);
      var bare = !kinds.some(function (k) { return k !== HIRAGANA; });
      if (s.length === 1) {
        out.push({ run: run, text: s, weight: bare ? 0.3 : 1 });
        return;
      }
      for (i = 0; i + 1 < s.length; i++) {
        a = kinds[i] === HIRAGANA; b = kinds[i + 1] === HIRAGANA;
        out.push({ run: run, text: s.slice(i, i + 2), weight: bare ? 1 : a && b ? 0.15 : a || b ? 0.5 : 1 });
      }
      // Whole words count more than their bigrams apart.
      var seen = {};
      function phrase(from, to, weight) {
        var t = s.slice(from, to);
        if (t.length < 3 || seen[t]) return;
        seen[t] = true;
        out.push({ run: run, text: t, weight: weight, phrase: true });
      }
      phrase(0, s.length, 1.5);
      for (i = 0; i < s.length; i = a) {
        for (a = i + 1; a < s.length && (kinds[a] === HIRAGANA) === (kinds[i] === HIRAGANA) && (kinds[a] === KANA) === (kinds[i] === KANA); a++) { /* one script */ }
        if (kinds[i] !== HIRAGANA) phrase(i, a, 1);
      }
    });
    return out;
  }

  // near reports whether two words differ by one slip: a letter more, less,
  // another one, or two that changed places.
  function near(a, b) {
    if (Math.abs(a.length - b.length) > 1) return false;
    var i = 0, j = 0;
    while (i < a.length && a[i] === b[i]) i++;
    while (j < Math.min(a.length, b.length) - i && a[a.length - 1 - j] === b[b.length - 1 - j]) j++;
    var x = a.length - i - j, y = b.length - i - j;
    return x <= 1 && y <= 1 || x === 2 && y === 2 && a[i] === b[i + 1] && a[i + 1] === b[i];
  }

  // Engine looks through the documents of an index (see package searchindex).
  function Engine(index) {
    var docs = this.docs = [], fields = [], bounds = [], at = 1, folded = new Map();
    // Many measures share a wording, and most documents where they belong.
    function plain(s) {
      var t = folded.get(s);
      if (t === undefined) folded.set(s, t = fold(s).text);
      return t;
    }
    index.kinds.forEach(function (k) {
      var name = fold(k[1]).text;
      k[2].forEach(function (row) {
        var d = { kind: k[0], name: k[1], id: row[0], title: row[1], text: row[2], where: row[3], href: row[4], hidden: row[5] === 1, lang: row[6] || "" };
        d.parts = (d.hidden && !/^U\d/.test(d.id) ? "" : d.id).toLowerCase().match(/[a-z]+|\d+/g) || [];
        d.parts = d.parts.map(function (p) { return p.replace(/^0+(?=\d)/, ""); });
        var title = plain(d.title), text = plain(d.text), where = plain(d.where);
        d.length = title.length * TITLE + text.length + 1;
        [title, text, where + " \u0001 " + name].forEach(function (s) {
          bounds.push(at);
          fields.push(s);
          at += s.length + 3;
        });
        docs.push(d);
      });
    });
    this.bounds = bounds;
    this.all = " " + fields.map(function (s) { return " " + s + " \u0000"; }).join("");
    this.mean = docs.reduce(function (n, d) { return n + d.length; }, 0) / Math.max(docs.length, 1);
  }

  // scan returns how often each document holds the text: {list of documents,
  // counts}. A Latin text counts fully as a word, less at the beginning or within.
  Engine.prototype.scan = function (text, latin, word) {
    var all = this.all, bounds = this.bounds, list = [], counts = [];
    var f = 0, last = -1;
    for (var p = all.indexOf(text); p >= 0; p = all.indexOf(text, p + text.length)) {
      while (f + 1 < bounds.length && bounds[f + 1] <= p) f++;
      var weight = f % 3 === 0 ? TITLE : f % 3 === 1 ? TEXT : WHERE;
      if (latin) {
        if (all[p - 1] === " ") {
          var found = all.slice(p, all.indexOf(" ", p));
          if (found !== word) weight *= stem(found) === text ? 0.9 : found.startsWith(word) ? 0.8 : 0.6;
        } else if (text.length < 4) continue;
        else weight *= 0.3;
      }
      var d = f / 3 | 0;
      if (d !== last) { list.push(d); counts.push(0); last = d; }
      counts[counts.length - 1] += weight;
    }
    return { list: list, counts: counts };
  };

  // find looks a Latin word up; the texts found are noted for marking. A word that
  // stands nowhere may be one with a slip, or two written as one.
  Engine.prototype.find = function (u) {
    // A single letter beside other words is a word, not the beginning of one.
    var s = u.text.length === 1 && u.among ? " " + u.text + " " : stem(u.text);
    var hit = this.scan(s, s[0] !== " ", u.text);
    u.found = [s.trim()];
    if (hit.list.length || u.text.length < 5 || /\d/.test(u.text)) return hit;
    var words = this.slips(u.text), parts = null;
    for (var i = 3; !words.length && i <= u.text.length - 3; i++) {
      var a = u.text.slice(0, i);
      if (this.all.indexOf(" " + a + " ") < 0) continue;
      var b = stem(u.text.slice(i)), second = this.all.indexOf(" " + b) < 0 ? this.slips(u.text.slice(i)) : [b];
      if (second.length) { parts = [a, second]; break; }
    }
    if (parts) {
      u.found = [parts[0]].concat(parts[1]);
      return both(this.best([parts[0]]), this.best(parts[1]));
    }
    u.found = words;
    return this.best(words);
  };

  // slips lists the words of the guide that differ from one by a slip.
  Engine.prototype.slips = function (text) {
    if (!this.words) this.words = Array.from(new Set(this.all.match(/[a-z]{4,}/g) || []));
    var s = stem(text), n = s.length;
    return n < 4 ? [] : this.words.filter(function (w) {
      return w.length >= n - 1 && w.length <= n + 7 && (w[0] === s[0] || w[1] === s[1]) && near(stem(w), s);
    });
  };

  // best looks several words up as if they were one, at a discount.
  Engine.prototype.best = function (words) {
    var self = this, best = new Map();
    words.forEach(function (w) {
      var h = self.scan(w, true, w);
      h.list.forEach(function (d, i) { best.set(d, Math.max(best.get(d) || 0, 0.6 * h.counts[i])); });
    });
    return { list: Array.from(best.keys()), counts: Array.from(best.values()) };
  };

  // both keeps what two lookups have in common.
  function both(a, b) {
    var out = { list: [], counts: [] };
    a.list.forEach(function (d, i) {
      var j = b.list.indexOf(d);
      if (j >= 0) { out.list.push(d); out.counts.push(Math.min(a.counts[i], b.counts[j])); }
    });
    return out;
  }

  // search returns {results, units}: the documents found, the best first, as
  // {doc, score}, and what mark needs.
  Engine.prototype.search = function (query) {
    var docs = this.docs, n = docs.length, self = this;
    var scores = new Float64Array(n), covered = new Float64Array(n), total = 0;
    var us = units(query);
    var runs = us.length ? us[us.length - 1].run + 1 : 0;
    us.forEach(function (u) {
      var hit = u.latin ? self.find(u) : self.scan(u.text, false);
      var idf = Math.log(1 + (n - hit.list.length + 0.5) / (hit.list.length + 0.5)) * u.weight;
      if (!u.phrase) total += idf;
      hit.list.forEach(function (d, i) {
        var tf = hit.counts[i];
        scores[d] += idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * docs[d].length / self.mean));
        if (!u.phrase) covered[d] += idf * Math.min(1, u.latin ? tf : 1);
      });
    });
    var whole = parts(query);
    var single = query.split(/\s+/).filter(Boolean).map(parts).filter(Boolean);
    var results = [], most = 0, i;
    for (i = 0; i < n; i++) most = Math.max(most, covered[i]);
    for (i = 0; i < n; i++) {
      var d = docs[i], share = total ? covered[i] / total : 0;
      var score = share >= 0.15 && covered[i] >= 0.45 * most ? scores[i] * (0.2 + share * share) * (PRIOR[d.kind] || 1) : 0;
      if (d.parts.length) {
        var fit = compareID(whole, d.parts);
        if (fit) score = [0, 1e3, 1e4, 1e5][fit]; // in the guide's own order
        else if (runs > 1) single.forEach(function (p) { if (compareID(p, d.parts) === 3) score += 10; });
      }
      if (score > 0) results.push({ doc: d, score: score, order: i });
    }
    results.sort(function (a, b) { return b.score - a.score || a.order - b.order; });
    return { results: results, units: us, id: whole };
  };

  // mark returns the parts of s that were found, as [from, to] in order, none
  // touching another.
  function mark(s, us) {
    var f = fold(s), t = " " + f.text + " ", hit = new Uint8Array(f.text.length), p, i;
    function set(from, to) { for (var x = from; x < to; x++) hit[x] = 1; }
    us.forEach(function (u) {
      if (u.latin) {
        var found = u.found.filter(function (w) { return t.indexOf(w) >= 0; });
        // Found by its trigrams only: what begins like it.
        if (!found.length && u.text.length > 4 && !/\d/.test(u.text)) found = [" " + u.text.slice(0, Math.max(4, Math.ceil(u.text.length * 0.6)))];
        found.forEach(function (w) {
          for (p = t.indexOf(w); p >= 0; p = t.indexOf(w, p + 1)) {
            var a = w[0] === " " ? p + 1 : p, to = p + w.length;
            if (t[a - 1] !== " " && w.length < 4) continue;
            while (t[a - 1] === " " && to < t.length && t[to] !== " ") to++; // the whole word
            set(a - 1, to - 1);
          }
        });
      } else if (u.weight >= 1 || u.phrase) {
        for (p = f.text.indexOf(u.text); p >= 0; p = f.text.indexOf(u.text, p + 1)) set(p, p + u.text.length);
      }
    });
    var out = [];
    for (i = 0; i < hit.length; i++) {
      if (!hit[i]) continue;
      var from = f.start[i], j = i;
      while (j + 1 < hit.length && (hit[j + 1] || f.text[j + 1] === " " && hit[j + 2] && !s.slice(f.end[j], f.start[j + 2]).trim())) j++;
      out.push([from, f.end[j]]);
      i = j;
    }
    // A letter that folds to several may stand at the end of one and the beginning
    // of the next.
    return out.filter(function (r, k) { return !k || r[0] >= out[k - 1][1]; });
  }

  riskguide.Search = { Engine: Engine, fold: fold, mark: mark, parts: parts, compareID: compareID };
}(riskguide));
