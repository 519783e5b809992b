package site_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/rendertest"
	"riskguide/render/site/internal/chromium"
)

// content is the guide of this repository.
func content(t testing.TB) *catalog.Catalog {
	t.Helper()
	return load(t, os.DirFS(filepath.Join(rendertest.Root(t), "content")))
}

// contentSite writes the site of this repository's guide in both languages.
func contentSite(t testing.TB, cat *catalog.Catalog) string {
	t.Helper()
	return folder(t, build(t, cat, options(cat, both...)))
}

// outcome is what a profile asks for, in the page's terms and in the command
// line's: "id obligation" of the requirements, "measure" and "measure control" of
// what is left out, what stays open because of it, and the values.
type outcome struct {
	Requirements, Removed, Gone, Direct, Open, Answered, Residuals, Lost, Emptied, Partly, Without []string
}

func outcomeOf(p *profile.Pack) outcome {
	var o outcome
	for _, r := range p.Requirements {
		o.Requirements = append(o.Requirements, r.ID+" "+string(r.Obligation))
	}
	for i, x := range p.Exclusions {
		for _, m := range x.Measures {
			o.Removed = append(o.Removed, fmt.Sprint(i, " ", m.ID))
		}
		for _, c := range x.Citations {
			o.Gone = append(o.Gone, fmt.Sprint(i, " ", c.Measure.ID, " ", c.Control.ID))
		}
		for _, c := range x.Direct {
			o.Direct = append(o.Direct, fmt.Sprint(i, " ", c.ID))
		}
		for _, v := range x.Vulnerabilities {
			s := fmt.Sprint(i, " ", v.Risk.ID, " ", v.Citation.Vulnerability.ID)
			if v.Answered {
				o.Answered = append(o.Answered, s)
			} else {
				o.Open = append(o.Open, s)
			}
		}
		for _, r := range x.Residuals {
			o.Residuals = append(o.Residuals, fmt.Sprint(i, " ", r.ID))
		}
		for _, c := range x.Controls {
			o.Lost = append(o.Lost, fmt.Sprint(i, " ", c.ID))
		}
		for _, m := range x.Emptied {
			o.Emptied = append(o.Emptied, fmt.Sprint(i, " ", m.ID))
		}
		for _, m := range x.Partly {
			o.Partly = append(o.Partly, fmt.Sprint(i, " ", m.ID))
		}
	}
	for _, m := range p.WithoutControls {
		o.Without = append(o.Without, m.ID)
	}
	return o
}

// differences names the fields in which two outcomes differ.
func (o outcome) differences(with outcome) string {
	var b strings.Builder
	for _, f := range []struct {
		name string
		a, b []string
	}{{"requirements", o.Requirements, with.Requirements}, {"measures left out", o.Removed, with.Removed}, {"controls left out", o.Gone, with.Gone}, {"controls selected directly left out", o.Direct, with.Direct},
		{"open", o.Open, with.Open}, {"answered", o.Answered, with.Answered}, {"residuals", o.Residuals, with.Residuals}, {"lost", o.Lost, with.Lost},
		{"emptied", o.Emptied, with.Emptied}, {"partly", o.Partly, with.Partly}, {"without controls", o.Without, with.Without}} {
		if f.name == "lost" { // in the order of ids or of the guide
			f.a, f.b = slices.Sorted(slices.Values(f.a)), slices.Sorted(slices.Values(f.b))
		}
		if !slices.Equal(f.a, f.b) {
			fmt.Fprintf(&b, "%s: the page says %v, the command line %v\n", f.name, f.a, f.b)
		}
	}
	return b.String()
}

// pageOutcome is the script that tells what a pruned profile asks for.
const pageOutcome = `
var T = riskguide.tailoring, G = T.index(riskguide.guide);
function outcomeOf(doc) {
	var res = T.compute(G, T.prune(G, doc)), o = {Requirements: res.requirements.map(function (r) { return r.id + " " + r.obligation; }),
		Removed: [], Gone: [], Direct: [], Open: [], Answered: [], Residuals: [], Lost: [], Emptied: [], Partly: [], Without: res.withoutControls.map(function (m) { return m.id; })};
	res.exclusions.forEach(function (x, i) {
		x.measures.forEach(function (m) { o.Removed.push(i + " " + m.id); });
		x.citations.forEach(function (c) { o.Gone.push(i + " " + c.measure.id + " " + c.control); });
		x.direct.forEach(function (c) { o.Direct.push(i + " " + c); });
		x.vulnerabilities.forEach(function (v) { (v.answered ? o.Answered : o.Open).push(i + " " + v.risk.id + " " + v.id); });
		x.residuals.forEach(function (r) { o.Residuals.push(i + " " + r); });
		x.controls.forEach(function (c) { o.Lost.push(i + " " + c); });
		x.emptied.forEach(function (m) { o.Emptied.push(i + " " + m.id); });
		x.partly.forEach(function (m) { o.Partly.push(i + " " + m.id); });
	});
	return o;
}`

// tailored reads a profile's text as the command line does.
func tailored(t *testing.T, cat *catalog.Catalog, files map[string]string, name string) (*profile.Pack, catalog.Problems) {
	t.Helper()
	fsys := fstest.MapFS{}
	for n, s := range files {
		fsys[n] = &fstest.MapFile{Data: []byte(s)}
	}
	p, problems := profile.Load(context.Background(), fsys, name, profile.LoadOptions{})
	if p == nil || problems.HasErrors() {
		return nil, problems
	}
	pk, more := profile.Tailor(cat, p)
	return pk, append(problems, more...)
}

// packPage opens the page in an empty state.
func packPage(t *testing.T, ctx context.Context, p *chromium.Page, dir, lang string) {
	t.Helper()
	page := "file://" + dir + "/" + lang + "/pack.html"
	must(t, p.Open(ctx, page))
	must(t, p.Eval(ctx, "localStorage.clear()", nil))
	must(t, p.Open(ctx, "about:blank"))
	must(t, p.Open(ctx, page))
}

// TestTailorAgrees ticks at random in the page's own logic and hands the written
// profiles to the command line's: it must accept every one and ask for the same,
// leave out the same and leave the same open.
func TestTailorAgrees(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	for _, g := range []struct {
		name string
		cat  *catalog.Catalog
		n    int
	}{{"content", content(t), 50}, {"fixture", load(t, fixture(t)), 70}} {
		dir := contentSite(t, g.cat)
		packPage(t, ctx, p, dir, "en")
		var runs []struct {
			YAML    string
			Outcome outcome
			Errors  []struct{ At, Key string }
			Empty   bool
		}
		must(t, p.Eval(ctx, fmt.Sprintf(`(function () {%s
			var seed = 20261;
			function rnd(n) { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return Math.floor(seed / 65536) %% n; }
			function any(l) { return l[rnd(l.length)]; }
			var texts = ["plain", "With: colon # and hash", "- dash", "日本語の理由。", "\"quoted\" 'single' \\ back", "two\nlines\n\n  indented", " led by a space", "true", "2026-01-31", "1e3", "{brace}", "[a, b]", "&x *y !z", "%%a @b \u0060c", "trailing: ", "tab\there", "🙂 emoji", "～波", "# hash", "a #b", "null", "?", "- ", "a\n \nb", "\u00a0nbsp", "key: |", "x:", "---", "...", "\u3000全角"];
			function reason() { var r = {}; r[any(["ja", "en"])] = any(texts); if (rnd(3) === 0) r.ja = any(texts); return r; }
			var out = [];
			for (var i = 0; i < %d; i++) {
				var st = T.blank(G), steps = 1 + rnd(14);
				st.doc.languages = any([["ja"], ["en"], ["ja", "en"], ["en", "ja"]]);
				st.doc.title = reason();
				if (rnd(4) === 0) st.doc.select.push({all: true, reason: reason()});
				if (rnd(3) === 0) st.doc.select.push({severities: [any(G.severities).id], layers: [any(G.layers).id], reason: reason()});
				if (rnd(4) === 0) st.doc.select.push({clauses: [any(G.clauses).id], reason: reason()});
				if (rnd(4) === 0) st.doc.select.push({controls: [any(G.controls).id], reason: reason()});
				if (rnd(4) === 0) st.doc.select.push({clauses: [any(G.clauses).id.split(".")[0]]});
				if (rnd(6) === 0) st.doc.exclude.push({clauses: [any(G.clauses).id], reason: reason()});
				if (rnd(4) === 0) st.doc.exclude.push({layers: [any(G.layers).id, any(G.layers).id].filter(function (x, i, a) { return a.indexOf(x) === i; }), reason: reason()});
				if (rnd(4) === 0) st.doc.exclude.push({risks: [any(G.risks).id], clauses: [any(G.clauses).id], reason: reason()});
				if (rnd(4) === 0) st.doc.exclude.push({controls: [any(G.controls).id, any(G.controls).id].filter(function (x, i, a) { return a.indexOf(x) === i; }), reason: reason()});
				for (var s = 0; s < steps; s++) {
					var m = any(G.measures), before = JSON.stringify(st), what = any([{risk: any(G.risks).id}, {risk: m.risk.id}, {measure: m.id}, {measure: m.id},
						m.unique.length ? {measure: m.id, control: any(m.unique)} : {measure: m.id}, {control: any(G.controls).id}, {severity: any(G.severities).id}, {layer: any(G.layers).id}, {all: true}]);
					if (what.all && rnd(3)) continue;
					var on = rnd(3) > 0;
					T.tick(G, st, what, on);
					var res = T.compute(G, st.doc);
					// A tick does what it shows.
					if (what.measure && !what.control && T.stateOf(res, G.measureBy.get(what.measure)) !== (on ? "on" : "off") && m.unique.length) throw new Error("tick " + JSON.stringify(what) + on + before);
					if (what.control && what.measure && (res.kept(m) && res.asks(m, what.control)) !== on) throw new Error("tick " + JSON.stringify(what) + on + before);
					if (what.risk && T.riskState(res, G.riskBy.get(what.risk)) !== (on ? "on" : "off") && G.riskBy.get(what.risk).measures.length) throw new Error("tick " + JSON.stringify(what) + on + before);
					if (rnd(9) === 0) {
						var x = res.exclusions.filter(function (x) { return x.measures.length; })[0];
						if (x) {
							var kept = G.measures.filter(res.kept).length;
							T.unselect(G, st, x.i);
							var after = T.compute(G, st.doc);
							if (G.measures.filter(after.kept).length !== kept) throw new Error("unselect changes the pack: " + before);
						}
					}
					if (rnd(5) === 0) T.oblige(st.doc, any(["risks"]), any(G.risks).id, any(["must", "should", "may", ""]));
					if (rnd(5) === 0) T.oblige(st.doc, "measures", m.id, any(["must", "should", "may", ""]));
					if (rnd(5) === 0) T.oblige(st.doc, "clauses", any(G.clauses).id, any(["must", "should", "may", ""]));
					if (rnd(5) === 0) T.oblige(st.doc, "controls", any(G.controls).id, any(["must", "should", "may", ""]));
				}
				if (rnd(3) === 0) st.doc.obligations.default = any(["must", "should", "may"]);
				st.doc.obligations.rules.forEach(function (r) { if (rnd(2)) r.note = reason(); });
				if (rnd(3) === 0) st.doc.requirements.push({id: "A-01", title: reason(), statement: {en: "Tell within {hours} hours: " + any(texts)}, obligation: any(["must", "may"]), measures: [any(G.measures).id], parameters: [{id: "hours", label: reason(), default: "3", min: "1", max: "24"}]});
				if (rnd(3) === 0 && st.doc.requirements.length) st.doc.parameters["A-01"] = {hours: any(["1", "24", "3.5"])};
				st.doc.exclude.forEach(function (e) { if (T.isEmpty(e.reason)) e.reason = reason(); });
				st.doc.supplier = {name: reason(), person: reason()}; st.doc.service = {name: reason(), description: reason()};
				st.doc.contact = {name: reason(), email: "a@example.org", phone: any(["03-1234", "0120", "12", "+81 3", "#1"])};
				st.doc.due = any(["2027-01-29", ""]); st.doc.scope = reason();
				var res = T.compute(G, st.doc), errors = T.validate(G, st.doc, res).filter(function (p) { return p.level === "error" && p.key !== "placeholder"; });
				out.push({YAML: T.emit(T.prune(G, st.doc), "test"), Outcome: outcomeOf(st.doc), Errors: errors, Empty: !res.requirements.length});
			}
			return out; }())`, pageOutcome, g.n), &runs))
		made := 0
		for i, r := range runs {
			pk, problems := tailored(t, g.cat, map[string]string{"my-pack.yaml": r.YAML}, "my-pack.yaml")
			// {brace} is no parameter of a statement: both must say so.
			if strings.Contains(r.YAML, "hours: {brace}") || len(r.Errors) > 0 {
				if pk != nil {
					t.Errorf("%s %d: the page finds %v, the command line nothing:\n%s", g.name, i, r.Errors, r.YAML)
				}
				continue
			}
			if pk == nil {
				t.Errorf("%s %d: the command line refuses it: %v\n%s", g.name, i, problems.ErrorsOnly(), r.YAML)
				continue
			}
			made++
			if d := r.Outcome.differences(outcomeOf(pk)); d != "" {
				t.Errorf("%s %d: %s\n%s", g.name, i, d, r.YAML)
			}
		}
		if made < g.n*2/3 {
			t.Errorf("%s: only %d of %d selections made a pack", g.name, made, g.n)
		}
	}
}
