package site_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/rendertest"
)

// standard is an invented guide of controls alone.
func standard(t testing.TB) *catalog.Catalog {
	t.Helper()
	return load(t, os.DirFS(filepath.Join(rendertest.Root(t), "catalog", "testdata", "standard")))
}

// standardSite writes its site and returns the folder and the files.
func standardSite(t testing.TB, cat *catalog.Catalog) (string, *render.Memory) {
	t.Helper()
	opts := options(cat, "en")
	opts.Packs = nil
	m := build(t, cat, opts)
	return folder(t, m), m
}

// TestStandardInBrowser: all pages of a guide of controls alone go through axe-core
// and the Nu Html Checker, and none runs over the window.
func TestStandardInBrowser(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	must(t, err)
	ctx, _, p := browser(t)
	dir, m := standardSite(t, standard(t))
	leads := func(name string) bool { return name == "index.html" } // it leads on at once
	pages, kinds := slices.DeleteFunc(pagesOf(m), leads), slices.DeleteFunc(kindsOf(m), leads)
	for _, want := range []string{"en/index.html", "en/pack.html", "en/clauses/ga.html", "en/controls/ga-1.1.html", "en/retired.html", "en/api.html", "404.html"} {
		if !slices.Contains(pages, want) {
			t.Errorf("%s is not there", want)
		}
	}
	for _, mode := range []struct {
		width int
		dark  bool
		names []string
	}{{1280, false, pages}, {390, true, kinds}, {360, false, kinds}} {
		window(t, ctx, p, mode.width, mode.dark)
		for _, name := range mode.names {
			must(t, p.Open(ctx, "file://"+dir+"/"+name))
			if name == "en/pack.html" { // with everything open
				must(t, p.Eval(ctx, `(function () { document.getElementById("pack-all").click(); document.getElementById("pack-open").click(); document.getElementById("tc-ga-2").click(); }())`, nil))
			}
			page := fmt.Sprintf("%s at %d, dark %v", name, mode.width, mode.dark)
			var size [2]int
			must(t, p.Eval(ctx, "[document.documentElement.scrollWidth, document.documentElement.clientWidth]", &size))
			if size[0] > size[1] {
				t.Errorf("%s is %d pixels wide", page, size[0])
			}
			if mode.dark || mode.width == 1280 && !slices.Contains(kinds, name) { // each page once
				axeCheck(t, ctx, p, string(axe), page)
			}
			if console, _ := p.Log(); len(console) > 0 {
				t.Errorf("%s: console: %v", page, console)
			}
			if name == "en/pack.html" {
				must(t, p.Eval(ctx, "localStorage.clear()", nil))
			}
		}
	}
	// Style and pictures are those of other guides.
	nu(t, rendertest.Tool(t, "java"), tool(t, "vnu-jar/build/dist/vnu.jar"), dir, "--skip-non-html")
	// The search takes a number as it is printed, and finds what was withdrawn.
	must(t, p.Open(ctx, "file://"+dir+"/en/clauses/ga.html"))
	// Long titles break the way to the page into lines: there is room for a finger.
	user{t, ctx, p}.wants(`parseFloat(getComputedStyle(document.querySelector(".crumbs ol")).lineHeight) >= 24`, "true")
	must(t, p.Eval(ctx, `Promise.all(["search-engine.js", "search-index.js"].map(function (n) { return riskguide.load(n); }))`, nil))
	for query, want := range map[string]string{"GA-1(1)": "controls/ga-1.1.html", "ga-1.1": "controls/ga-1.1.html", "ＧＡ－１ (1)": "controls/ga-1.1.html", "ga-1": "controls/ga-1.html",
		"two persons": "controls/ky-1.1.html", "ga-3": "controls/ga-3.html"} {
		var got string
		must(t, p.Eval(ctx, `new riskguide.Search.Engine(riskguide.searchIndex).search(`+quote(t, query)+`).results[0].doc.href`, &got))
		if got != want {
			t.Errorf("the search for %s finds %s first", query, got)
		}
	}
}

// TestStandardAgrees ticks at random in a guide of controls alone: what the page
// shows and writes is what the command line makes of it.
func TestStandardAgrees(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := standard(t)
	dir, _ := standardSite(t, cat)
	packPage(t, ctx, p, dir, "en")
	const n = 200
	var runs []struct {
		YAML    string
		Outcome outcome
		Errors  []struct{ At, Key string }
	}
	must(t, p.Eval(ctx, fmt.Sprintf(`(function () {%s
		var seed = 777;
		function rnd(n) { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return Math.floor(seed / 65536) %% n; }
		function any(l) { return l[rnd(l.length)]; }
		function reason() { return {en: any(["plain", "With: colon", "- dash", "two\nlines"])}; }
		var out = [];
		for (var i = 0; i < %d; i++) {
			var st = T.blank(G), steps = 1 + rnd(9);
			if (rnd(4) === 0) st.doc.select.push({all: true, reason: reason()});
			if (rnd(4) === 0) st.doc.select.push({clauses: [any(G.clauses).id], controls: [any(G.controls).id]});
			if (rnd(4) === 0) st.doc.select.push({clauses: [any(G.clauses).id], reason: reason()});
			if (rnd(4) === 0) st.doc.exclude.push({clauses: [any(G.clauses).id], reason: reason()});
			for (var s = 0; s < steps; s++) {
				var before = JSON.stringify(st), what = any([{clause: any(G.clauses).id}, {control: any(G.controls).id}, {control: any(G.controls).id}, {all: true}]), on = rnd(3) > 0;
				if (what.all && rnd(3)) continue;
				var was = T.compute(G, st.doc);
				T.tick(G, st, what, on);
				var res = T.compute(G, st.doc);
				// A tick does what it shows, and nothing else.
				G.controls.forEach(function (c) {
					var mine = what.all || what.clause === c.clause.id || what.control === c.id;
					if (res.isAsked(c.id) !== (mine ? on : was.isAsked(c.id)) && !(what.all && !on)) throw new Error(c.id + " after " + JSON.stringify(what) + on + before);
				});
				if (rnd(4) === 0) {
					var x = res.exclusions.filter(function (x) { return x.direct.length; })[0];
					if (x) {
						var asked = G.controls.filter(function (c) { return res.isAsked(c.id); }).length;
						T.unselect(G, st, x.i);
						var after = T.compute(G, st.doc);
						if (G.controls.filter(function (c) { return after.isAsked(c.id); }).length !== asked) throw new Error("unselect changes the pack: " + before);
					}
				}
				if (rnd(5) === 0) { var c = any(G.controls); if (!T.compute(G, st.doc).direct.has(c.id)) T.stateReason(G, st, c); }
				if (rnd(4) === 0) T.oblige(st.doc, "clauses", any(G.clauses).id, any(["must", "should", "may", ""]));
				if (rnd(4) === 0) T.oblige(st.doc, "controls", any(G.controls).id, any(["must", "should", "may", ""]));
			}
			if (rnd(2)) st.doc.parameters["ga-1"] = {"ga-1_prm_2": any(["every spring", "12", "a: b", "x {y}", ""])};
			if (rnd(2)) st.doc.parameters["ga-1.1"] = {"ga-1.1_prm_1": any([["rings the bell"], ["rings the bell", "calls {ga-1.1_prm_2}"], "calls {ga-1.1_prm_2}", "sings", ["rings the bell", "sings"]])};
			if (rnd(3) === 0) st.doc.parameters["ga-2"] = {"ga-2_prm_1": any(["4", ["4"], ["4", "5"]])};
			if (rnd(4) === 0) delete st.doc.open_parameters;
			st.doc.exclude.forEach(function (e) { if (T.isEmpty(e.reason)) e.reason = reason(); });
			var errors = T.validate(G, st.doc, T.compute(G, st.doc)).filter(function (p) { return p.level === "error"; });
			out.push({YAML: T.emit(T.prune(G, st.doc), "test"), Outcome: outcomeOf(st.doc), Errors: errors});
		}
		return out; }())`, pageOutcome, n), &runs))
	made := 0
	for i, r := range runs {
		pk, problems := tailored(t, cat, map[string]string{"my-pack.yaml": r.YAML}, "my-pack.yaml")
		if len(r.Errors) > 0 {
			if pk != nil && !problems.HasErrors() {
				t.Errorf("%d: the page finds %v, the command line nothing:\n%s", i, r.Errors, r.YAML)
			}
			continue
		}
		if pk == nil {
			t.Errorf("%d: the command line refuses it: %v\n%s", i, problems.ErrorsOnly(), r.YAML)
			continue
		}
		made++
		if d := r.Outcome.differences(outcomeOf(pk)); d != "" {
			t.Errorf("%d: %s\n%s", i, d, r.YAML)
		}
	}
	if made < n/3 {
		t.Errorf("only %d of %d selections made a pack", made, n)
	}
}

// imported reads profiles on the page and returns the problems, what is asked for
// and the file that the page writes.
func (u user) imported(files map[string]string) (problems []map[string]any, o outcome, text string) {
	u.t.Helper()
	arg, err := json.Marshal(files)
	must(u.t, err)
	var got struct {
		Problems []map[string]any
		Outcome  outcome
		YAML     string
	}
	must(u.t, u.page.Eval(u.ctx, `riskguide.load("js-yaml.min.js")`, nil))
	must(u.t, u.page.Eval(u.ctx, `(function () {`+pageOutcome+`
		var r = T.read(G, jsyaml, `+string(arg)+`);
		if (r.problems.length) return {Problems: r.problems};
		return {Problems: T.validate(G, r.doc, T.compute(G, r.doc)).filter(function (p) { return p.level === "error"; }), Outcome: outcomeOf(r.doc), YAML: T.emit(T.prune(G, r.doc), "again")}; }())`, &got))
	return got.Problems, got.Outcome, got.YAML
}

// TestStandardImport reads profiles that select clauses and controls, whose values are
// lists and whose parameters stay open, in a guide of controls alone and in one of
// risks: the page asks for what the command line asks for, and what it writes makes
// the same pack.
func TestStandardImport(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	u := user{t, ctx, p}
	quay, err := os.ReadFile(filepath.Join(rendertest.Root(t), "catalog", "testdata", "standard", "profiles", "quay.yaml"))
	must(t, err)
	const head = "id: x\ntitle: {en: X}\nlanguages: [en]\n"
	for _, g := range []struct {
		name  string
		cat   *catalog.Catalog
		files map[string]string
	}{
		{"standard", standard(t), map[string]string{
			"quay.yaml":    string(quay),
			"lists.yaml":   head + "select: {all: true}\nexclude: [{controls: [ga-2, cr-1], reason: Later}]\nopen_parameters: true\nparameters:\n  ga-1.1: {ga-1.1_prm_1: [rings the bell, \"calls {ga-1.1_prm_2}\"], ga-1.1_prm_2: two persons}\n",
			"both.yaml":    head + "select: [{clauses: [ga], controls: [ga-1]}, {clauses: [ky], reason: Keys}]\nobligations: {default: may, rules: [{clauses: [ky], obligation: must}, {controls: [ky-1.1], obligation: should}]}\nopen_parameters: true\nmodify: [{control: ga-1, add: \"Within {n} days.\", parameters: [{id: n, default: 3, max: 5}]}]\n",
			"further.yaml": "id: further\nextends: quay.yaml\nexclude: [{clauses: [cr], reason: No cranes}]\nparameters: {ga-1: {ga-1_prm_1: the master}}\n",
		}},
		{"content", content(t), map[string]string{
			"direct.yaml":  "id: x\ntitle: {en: X, ja: X}\nlanguages: [en]\nselect: [{clauses: [\"8.6\"], reason: Ours}, {controls: [6.1.1.1, 8.6.1.7]}]\nexclude: [{controls: [8.6.1.7], reason: Not ours}]\nobligations: {rules: [{clauses: [\"6\"], obligation: may}]}\n",
			"mixture.yaml": "id: x\ntitle: {en: X}\nlanguages: [en]\nselect: [{risks: [H05]}, {clauses: [\"8.6\"]}]\nexclude: [{risks: [H05], controls: [8.6.1.7], reason: Not ours}, {measures: [H05-02], reason: Elsewhere}]\n",
			"open.yaml":    "id: x\ntitle: {en: X}\nlanguages: [en]\nselect: {controls: [8.6.1.7]}\nopen_parameters: true\nmodify: [{control: 8.6.1.7, add: \"Within {n} days.\", parameters: [{id: n, label: days}]}]\n",
		}},
	} {
		var dir string
		if g.name == "standard" {
			dir, _ = standardSite(t, g.cat)
		} else {
			dir = contentSite(t, g.cat)
		}
		packPage(t, ctx, p, dir, "en")
		for _, name := range slices.Sorted(maps.Keys(g.files)) {
			chosen := map[string]string{name: g.files[name]}
			if name == "further.yaml" {
				chosen["quay.yaml"] = g.files["quay.yaml"]
			}
			want, refused := tailored(t, g.cat, chosen, name)
			if want == nil {
				t.Errorf("%s: %v", name, refused)
				continue
			}
			problems, o, text := u.imported(chosen)
			if len(problems) > 0 {
				t.Errorf("%s: the page finds %v", name, problems)
				continue
			}
			if d := o.differences(outcomeOf(want)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			again, refused := tailored(t, g.cat, map[string]string{name: text}, name)
			if again == nil {
				t.Errorf("%s is written as what cannot be read: %v\n%s", name, refused, text)
				continue
			}
			if want.Fingerprint != again.Fingerprint || want.Profile.OpenParameters != again.Profile.OpenParameters || len(want.Profile.Select) != len(again.Profile.Select) ||
				!slices.EqualFunc(want.Profile.Values, again.Profile.Values, func(a, b profile.Value) bool {
					return a.Statement.ID == b.Statement.ID && a.Parameter.ID == b.Parameter.ID && slices.Equal(a.Choices, b.Choices)
				}) {
				t.Errorf("%s makes another pack after it was read and written:\n%s", name, text)
			}
		}
		for bad, key := range map[string]string{"select: [{clauses: [x], risks: [y]}]\n": "mixed", "select: {all: true}\nopen_parameters: maybe\n": "want-boolean",
			"select: {all: true}\nparameters: {x: {y: []}}\n": "empty-list", "select: {all: true}\nroom: 1\n": "unknown-key"} {
			problems, _, _ := u.imported(map[string]string{"x.yaml": head + bad})
			if !slices.ContainsFunc(problems, func(p map[string]any) bool {
				return p["key"] == key && p["line"] == 4.0 || p["key"] == key && p["line"] == 5.0
			}) {
				t.Errorf("%s: the page finds %v in %q, not %s", g.name, problems, bad, key)
			}
		}
	}
	// In a guide of risks, the page shows what is selected directly, and can drop it.
	u.run(`(async function () { var r = riskguide.tailoring.read(riskguide.tailoring.index(riskguide.guide), jsyaml, {"x.yaml": ` + quote(t, head+"select: [{risks: [H05]}, {controls: [6.1.1.1]}]\n") + `}); riskguide.pack.set({doc: r.doc, attic: {}}); }())`)
	u.wants(`document.getElementById("pack-direct").innerText.includes("6.1.1.1")`, "true")
	before := u.str(`document.getElementById("sum-n").textContent`)
	u.run(`document.getElementById("dx-1").click()`)
	u.wants(`document.getElementById("pack-direct").innerText`, "")
	if after := u.str(`document.getElementById("sum-n").textContent`); after == before {
		t.Errorf("%s requirements before and after", after)
	}
}

// TestStandardPack chooses in a guide of controls alone as a visitor does; the command
// line makes of the file what the page shows.
func TestStandardPack(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := standard(t)
	dir, _ := standardSite(t, cat)
	packPage(t, ctx, p, dir, "en")
	u := user{t, ctx, p}
	u.wants(`document.querySelectorAll("#pack-quick fieldset").length`, "0") // no severities, no layers
	u.wants(`document.getElementById("pack").innerText.replace("{risks}", "").match(/.{0,30}\b(risks?|measures?|vulnerabilit.*|layers?)\b.{0,30}/i)`, "null")
	u.run(`document.getElementById("o-ga").click()`)
	u.clickOn("#t-ga")
	u.wants(`document.getElementById("sum-n").textContent`, "3")
	u.wants(`document.getElementById("tc-ga-1_1").checked`, "true")
	u.clickOn("#tc-ga-2")
	u.wants(`document.getElementById("t-ga").indeterminate`, "true")
	u.wants(`document.getElementById("sum-n").textContent`, "2")
	u.wants(`document.querySelector("#pack-problems button").textContent`, "Control ga-2: State the reason")
	u.run(`document.getElementById("f-exclude-0-reason-en").focus()`)
	u.write("The street lights it")
	u.wants(`document.getElementById("f-parameters-ga-1-ga-1-prm-2-hint").textContent`, "1. the list of keepers [harbour-defined frequency]; and At least once a year.")
	// The value in a choice is wanted only with the choice.
	u.clickOn("#f-parameters-ga-1-1-ga-1-1-prm-1-0")
	u.wants(`document.getElementById("f-parameters-ga-1-1-ga-1-1-prm-2")`, "null")
	u.clickOn("#f-parameters-ga-1-1-ga-1-1-prm-1-1")
	u.run(`document.getElementById("f-parameters-ga-1-1-ga-1-1-prm-2").focus()`)
	u.write("the watch")
	u.wants(`riskguide.pack.state().doc.parameters["ga-1.1"]["ga-1.1_prm_1"].join("; ")`, "rings the bell; calls {ga-1.1_prm_2}")
	u.wants(`riskguide.pack.problems().length`, "0")
	// Without leave to stay open, every value is asked for, by its place.
	u.clickOn("#f-open_parameters")
	u.wants(`document.querySelector("#pack-problems button").textContent`, "ga-1 {ga-1_prm_1}: Set a value")
	u.clickOn("#pack-problems button")
	u.wants("document.activeElement.id", "f-parameters-ga-1-ga-1-prm-1")
	u.clickOn("#f-open_parameters")
	// Obligation of a clause, and of a control in it.
	for id, v := range map[string]string{"or-ga": "should", "oc-ga-1_1": "may"} {
		u.run(`(function (f) { f.value = "` + v + `"; f.dispatchEvent(new Event("change", {bubbles: true})); }(document.getElementById("` + id + `")))`)
	}
	text := u.str("riskguide.pack.text()")
	pk, problems := tailored(t, cat, map[string]string{"my-pack.yaml": text}, "my-pack.yaml")
	if pk == nil {
		t.Fatalf("the command line refuses it: %v\n%s", problems, text)
	}
	var got []string
	for _, r := range pk.Requirements {
		got = append(got, r.ID+" "+string(r.Obligation))
	}
	if want := []string{"ga-1 should", "ga-1.1 may"}; !slices.Equal(got, want) {
		t.Errorf("the command line asks for %v\n%s", got, text)
	}
	if s := pk.Text(pk.Requirements[1].Statement); s != "The harbour closes the gate and rings the bell; calls the watch." {
		t.Errorf("it says %q", s)
	}
	for _, want := range []string{"clauses: [ga]", "controls: [ga-2]", "open_parameters: true", "      - rings the bell\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %q:\n%s", want, text)
		}
	}
	// A link carries it all.
	u.run(`riskguide.tailoring.link(riskguide.pack.state()).then(function (l) { window.link = l; })`)
	link := u.str("window.link")
	packPage(t, ctx, p, dir, "en")
	must(t, p.Open(ctx, "about:blank"))
	must(t, p.Open(ctx, "file://"+dir+"/en/pack.html#"+link))
	u.waits(`riskguide.pack.state().doc.exclude.length`)
	u.wants("riskguide.pack.text()", text)
	// What was not chosen can be given a reason; what was left out can be dropped
	// without one.
	u.run(`document.getElementById("xu-0").click()`)
	u.wants(`riskguide.pack.state().doc.exclude.length`, "0")
	u.wants(`document.getElementById("sum-n").textContent`, "2")
	u.run(`document.getElementById("sc-ga").open = true; document.getElementById("sc-ga").fill(); document.getElementById("sr-ga-2").click()`)
	u.wants(`document.activeElement.id`, "f-exclude-0-reason-en")
	u.run(`document.getElementById("xt-0").click()`)
	u.wants(`document.getElementById("sum-n").textContent`, "3")
	// The filter opens the clause of what it finds.
	u.run(`(function (f) { f.value = "Two persons"; f.dispatchEvent(new Event("input")); }(document.getElementById("pack-filter")))`)
	u.waits(`document.getElementById("tc-ky-1_1")`)
	u.wants(`document.getElementById("pack-filter-n").textContent`, "1 control matches.")
	u.quiet(dir)
}

// TestStandardWithoutScript: the profile to begin with is one that the command line
// takes.
func TestStandardWithoutScript(t *testing.T) {
	cat := standard(t)
	opts := options(cat, "en")
	opts.Packs = nil
	doc := parse(t, build(t, cat, opts), "en/pack.html")
	code := find(byID(doc, "pack-nojs"), "code", "")
	if len(code) == 0 {
		t.Fatal("no sample")
	}
	pk, problems := tailored(t, cat, map[string]string{"my-pack.yaml": text(code[0])}, "my-pack.yaml")
	if pk == nil || len(pk.Requirements) == 0 {
		t.Errorf("the sample is refused: %v", problems)
	}
}

// throughStandard makes a pack of a guide of controls alone in the browser: the same
// files, byte for byte, as the command line makes of the profile that the page hands
// out.
func throughStandard(t *testing.T, dir string) {
	content := filepath.Join(rendertest.Root(t), "catalog", "testdata", "standard")
	content, err := filepath.Abs(content)
	must(t, err)
	out := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(dir, "riskguide"), args...)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, msg)
		}
	}
	run("build", "--only", "site", "--content", content, "--out", out)
	ctx, _, p := browser(t)
	packPage(t, ctx, p, filepath.Join(out, "site"), "en")
	u := user{t, ctx, p}
	u.run(`window.saved = {}; riskguide.download = function (name, type, data) { saved[name] = data; }`)
	u.clickOn("#t-ga")
	u.clickOn("#o-ga")
	u.clickOn("#tc-ga-2")
	u.run(`document.getElementById("f-exclude-0-reason-en").focus()`)
	u.write("The street lights it: 街灯")
	u.clickOn("#f-parameters-ga-1-1-ga-1-1-prm-1-0")
	u.clickOn("#pack-make")
	u.waits(`document.getElementById("pack-files") || document.querySelector("#pack-result .bad")`)
	u.run(`document.querySelectorAll("#pack-files button").forEach(function (b) { b.click(); }); document.getElementById("pack-download").click()`)
	var got map[string]string
	must(t, p.Eval(ctx, `(async function () { var out = {}; for (var n in saved) {
		var d = typeof saved[n] === "string" ? new TextEncoder().encode(saved[n]) : saved[n], h = new Uint8Array(await crypto.subtle.digest("SHA-256", d));
		out[n] = Array.from(h, function (b) { return b.toString(16).padStart(2, "0"); }).join(""); } return out; }())`, &got))
	if len(got) != 6 {
		t.Fatalf("the page hands out %v; it says %s", got, u.str(`document.getElementById("pack-result").innerText`))
	}
	file := filepath.Join(t.TempDir(), "my-pack.yaml")
	must(t, os.WriteFile(file, []byte(u.str(`saved["my-pack.yaml"]`)), 0o666))
	packs := t.TempDir()
	run("tailor", file, "--content", content, "-o", packs)
	for _, pattern := range []string{"*.zip", "my-pack/*"} {
		names, err := filepath.Glob(filepath.Join(packs, filepath.FromSlash(pattern)))
		must(t, err)
		for _, n := range names {
			data, err := os.ReadFile(n)
			must(t, err)
			if a, b := got[filepath.Base(n)], checksum(data); a != b {
				t.Errorf("%s: SHA-256 %s, of the command line's %s", filepath.Base(n), a, b)
			}
			delete(got, filepath.Base(n))
		}
	}
	if len(got) != 1 {
		t.Errorf("the command line does not make %v", got)
	}
}

// TestStandardPicks ticks on the page of a control and of a clause; both, and the page
// of packs, show it.
func TestStandardPicks(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir, _ := standardSite(t, standard(t))
	packPage(t, ctx, p, dir, "en")
	u := user{t, ctx, p}
	open := func(page string) { t.Helper(); must(t, p.Open(ctx, "file://"+dir+"/en/"+page)) }
	open("controls/ga-1.1.html")
	u.wants(`document.querySelector("#pick label").textContent`, "Add GA-1(1) to your pack")
	u.run(`document.querySelector("#pick input").click()`)
	u.waits(`/1 requirement/.test(document.querySelector("#pick a").textContent)`)
	open("clauses/ga.html")
	u.wants(`document.querySelector("#pick input").indeterminate`, "true")
	u.run(`document.querySelector("#pick input").click()`)
	u.waits(`/3 requirements/.test(document.querySelector("#pick a").textContent)`)
	u.wants(`document.querySelector("#pick input").checked`, "true")
	open("controls/ga-1.1.html")
	u.run(`document.querySelector("#pick input").click()`)
	u.waits(`/2 requirements/.test(document.querySelector("#pick a").textContent)`)
	u.waits(`/state the reason/.test((document.querySelector(".toast") || {textContent: ""}).textContent)`)
	open("pack.html")
	u.wants(`document.getElementById("t-ga").indeterminate`, "true")
	u.wants(`JSON.stringify(riskguide.pack.state().doc.select) + JSON.stringify(riskguide.pack.state().doc.exclude)`, `[{"clauses":["ga"]}][{"controls":["ga-1.1"],"reason":{}}]`)
	u.quiet(dir)
}
