package site_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/render"
	"riskguide/render/rendertest"
	"riskguide/render/site/internal/chromium"
)

// user drives the page as a person does.
type user struct {
	t    *testing.T
	ctx  context.Context
	page *chromium.Page
}

func (u user) run(script string) {
	u.t.Helper()
	must(u.t, u.page.Eval(u.ctx, script, nil))
}

func (u user) str(expr string) string {
	u.t.Helper()
	var s string
	must(u.t, u.page.Eval(u.ctx, expr, &s))
	return s
}

// wants checks what an expression yields.
func (u user) wants(expr, want string) {
	u.t.Helper()
	if got := u.str("String(" + expr + ")"); got != want {
		u.t.Errorf("%s is %q, want %q", expr, got, want)
	}
}

// waits until an expression is true.
func (u user) waits(expr string) {
	u.t.Helper()
	u.run(`new Promise(function (done, failed) { var n = 0; (function look() {
		if (` + expr + `) done(); else if (n++ > 500) failed(new Error("in vain")); else setTimeout(look, 10); }()); })`)
}

// press presses keys one after another.
func (u user) press(keys ...string) {
	u.t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13, " ": 32}
	for _, k := range keys {
		for _, typ := range []string{"keyDown", "keyUp"} {
			args := map[string]any{"type": typ, "key": k, "windowsVirtualKeyCode": codes[k]}
			if typ == "keyDown" && k == "Enter" {
				args["text"] = "\r"
			} else if typ == "keyDown" && k == " " {
				args["text"] = " "
			}
			_, err := u.page.Call(u.ctx, "Input.dispatchKeyEvent", args)
			must(u.t, err)
		}
	}
}

func (u user) write(s string) {
	u.t.Helper()
	_, err := u.page.Call(u.ctx, "Input.insertText", map[string]any{"text": s})
	must(u.t, err)
}

// quiet checks that nothing was written to the console and nothing asked of others.
func (u user) quiet(dir string) {
	u.t.Helper()
	console, requests := u.page.Log()
	if len(console) > 0 {
		u.t.Errorf("console: %v", console)
	}
	for _, r := range requests {
		if !strings.HasPrefix(r, "file://"+dir+"/") && !strings.HasPrefix(r, "blob:") && !strings.HasPrefix(r, "data:") && r != "about:blank" {
			u.t.Errorf("requests %s", r)
		}
	}
}

// TestTailorImport reads the profiles that come with the guide, and those of the
// tests of package profile: the page must ask for what the command line asks for,
// and what it writes must make the same pack.
func TestTailorImport(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	packPage(t, ctx, p, dir, "ja")
	files := map[string]string{}
	for _, n := range []string{"high-severity.yaml", "minimal.yaml", "sample.yaml"} {
		data, err := os.ReadFile(filepath.Join(rendertest.Root(t), "content", "profiles", n))
		must(t, err)
		files[n] = string(data)
	}
	files["tags.yaml"] = "# Rules of every kind\nid: tags\ntitle: {ja: 規則, en: Rules}\nlanguages: [en, ja]\nselect:\n  - all: true\n    reason: {en: Everything}\n" +
		"exclude:\n  - {layers: [physical], reason: \"Not ours: 'theirs'\"}\n  - {clauses: \"8.6\", risks: [H05], reason: {ja: 理由, en: \"a\\tb\"}}\nobligations: {default: should, rules: [{clauses: [\"6\"], obligation: may, note: {en: x}}]}\n" +
		"modify: [{control: 8.6.1.7, add: \"Within {n} days.\", parameters: [{id: n, default: 1.50, choices: [1.50, \"2\", three]}]}]\n" +
		"scoring: {points: {partial: 60, not-implemented: 5}, obligations: {may: 0}, severities: {low: 0.5}}\n"
	must(t, p.Eval(ctx, `riskguide.load("js-yaml.min.js")`, nil))
	for name, needs := range map[string][]string{"high-severity.yaml": nil, "minimal.yaml": nil, "tags.yaml": nil, "sample.yaml": {"high-severity.yaml"}} {
		chosen := map[string]string{name: files[name]}
		for _, n := range needs {
			chosen[n] = files[n]
		}
		arg, err := json.Marshal(chosen)
		must(t, err)
		var got struct {
			Problems []map[string]any
			Outcome  outcome
			YAML     string
		}
		must(t, p.Eval(ctx, `(function () {`+pageOutcome+`
			var r = T.read(G, jsyaml, `+string(arg)+`);
			if (r.problems.length) return {Problems: r.problems};
			return {Problems: T.validate(G, r.doc, T.compute(G, r.doc)).filter(function (p) { return p.level === "error"; }), Outcome: outcomeOf(r.doc), YAML: T.emit(T.prune(G, r.doc), "again")}; }())`, &got))
		if len(got.Problems) > 0 {
			t.Errorf("%s: the page finds %v", name, got.Problems)
			continue
		}
		want, problems := tailored(t, cat, chosen, name)
		if want == nil {
			t.Fatal(problems)
		}
		if d := got.Outcome.differences(outcomeOf(want)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		again, problems := tailored(t, cat, map[string]string{name: got.YAML}, name)
		if again == nil {
			t.Errorf("%s is written as what cannot be read: %v\n%s", name, problems, got.YAML)
			continue
		}
		a, b := want.Profile, again.Profile
		if want.ID != again.ID || want.Fingerprint != again.Fingerprint || len(a.Languages) != len(b.Languages) || a.Languages[0] != b.Languages[0] ||
			!a.Title.Equal(b.Title) || !a.CoverLetter.Equal(b.CoverLetter) || !a.Scope.Equal(b.Scope) || !a.Due.Equal(b.Due) || a.Edition.ID != b.Edition.ID ||
			!a.Supplier.Person.Equal(b.Supplier.Person) || !a.Service.Description.Equal(b.Service.Description) || a.Contact.Phone != b.Contact.Phone ||
			len(a.Obligations.Rules) != len(b.Obligations.Rules) || len(a.Select) != len(b.Select) || len(a.Exclude) != len(b.Exclude) {
			t.Errorf("%s makes another pack after it was read and written:\n%s", name, got.YAML)
		}
		severities := cat.Guide.Severities
		if x, y := a.ScoringRule(severities), b.ScoringRule(severities); !maps.Equal(x.Points, y.Points) || !maps.Equal(x.Obligations, y.Obligations) || !maps.Equal(x.Severities, y.Severities) {
			t.Errorf("%s: answers are counted by another rule:\n%s", name, got.YAML)
		}
		for i := range a.Exclude {
			if !a.Exclude[i].Reason.Equal(b.Exclude[i].Reason) {
				t.Errorf("%s: reason %d has changed", name, i)
			}
		}
	}
}

// TestTailorImportProblems checks what is said of files that cannot be read.
func TestTailorImportProblems(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := load(t, fixture(t))
	dir := contentSite(t, cat)
	packPage(t, ctx, p, dir, "en")
	must(t, p.Eval(ctx, `riskguide.load("js-yaml.min.js")`, nil))
	const head = "id: a\ntitle: t\nlanguages: [ja]\n"
	for _, tt := range []struct{ name, file, want string }{
		{"syntax", head + "select: {risks: [H01\nscope: x\n", "a.yaml:5"},
		{"twice", "id: a\nid: b\n", "a.yaml:2:1"},
		{"unknown key", head + "select:\n  - riks: [H01]\n", "a.yaml:5:5 unknown key riks"},
		{"unknown id", head + "select: {risks: [H01, H99]}\n", "a.yaml:4:23 The guide has no H99"},
		{"number", head + "edition: 2026.1\nselect: {risks: [H01]}\n", "a.yaml:4:10 write 2026.1 of edition in quotes"},
		{"anchor", head + "select: &x {risks: [H01]}\n", "a.yaml:4:9 anchors"},
		{"no reason", head + "select: {risks: [H01]}\nexclude:\n  - measures: [H01-01]\n", "a.yaml:6:5 reason is missing"},
		{"base", head + "extends: other.yaml\n", "a.yaml:4:10 this profile extends other.yaml"},
		{"empty", "# nothing\n", "a.yaml:1:1 the file is empty"},
		{"long", head + "select: {risks: [H01]}\nscope: \"" + strings.Repeat("x", 1<<20) + "\"\n", "is too large"},
	} {
		arg, err := json.Marshal(tt.file)
		must(t, err)
		u := user{t, ctx, p}
		u.run(`(function () { var d = new DataTransfer(); d.items.add(new File([` + string(arg) + `], "a.yaml")); var f = document.getElementById("pack-file");
			document.getElementById("pack-import-out").textContent = ""; f.files = d.files; f.dispatchEvent(new Event("change")); }())`)
		u.waits(`document.querySelector("#pack-import-out .bad")`)
		if got := u.str(`document.getElementById("pack-import-out").innerText`); !strings.Contains(strings.Join(strings.Fields(got), " "), tt.want) {
			t.Errorf("%s: the page says %q, want %q", tt.name, got, tt.want)
		}
		u.wants(`riskguide.pack.state().doc.id`, "my-pack")
		u.quiet(dir)
	}
}

// TestTailorPage makes a profile with the keyboard: the boxes above and below follow,
// a reason is asked for, and the file that is downloaded makes the pack that the
// summary tells.
func TestTailorPage(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	must(t, err)
	ctx, _, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	for _, mode := range []struct {
		lang  string
		width int
		dark  bool
	}{{"ja", 1280, false}, {"en", 360, true}} {
		window(t, ctx, p, mode.width, mode.dark)
		packPage(t, ctx, p, dir, mode.lang)
		u := user{t, ctx, p}
		state := func(id string) string {
			return u.str(`(function (b) { return b.indeterminate ? "part" : b.checked ? "on" : "off"; }(document.getElementById("` + id + `")))`)
		}
		is := func(id, want string) {
			t.Helper()
			if got := state(id); got != want {
				t.Errorf("%s: %s is %s, want %s", mode.lang, id, got, want)
			}
		}
		u.run(`window.saved = {}; riskguide.download = function (name, type, data) { window.saved[name] = String(data); }; document.getElementById("t-H05").focus()`)
		is("t-H05", "off")
		u.press(" ")
		is("t-H05", "on")
		is("q-high", "part")
		u.press("Tab", "Tab") // past the button to the first box, or to the tools of the opened risk
		u.run(`document.getElementById("o-H05").focus()`)
		u.press("Enter")
		u.wants(`document.getElementById("o-H05").getAttribute("aria-expanded")`, "true")
		is("t-H05-01", "on")
		u.run(`document.getElementById("o-H05-03").focus()`)
		u.press("Enter")
		u.press("Tab", "Tab") // the measure's obligation, its first control
		id := u.str("document.activeElement.id")
		if !strings.HasPrefix(id, "t-H05-03-") {
			t.Fatalf("the focus is at %q, not at a control", id)
		}
		u.press(" ")
		is(id, "off")
		is("t-H05-03", "part")
		is("t-H05", "part")
		u.wants("document.activeElement.id", id)
		u.run(`document.getElementById("t-H05-02").focus()`)
		u.press(" ")
		is("t-H05-02", "off")

		// Without a reason nothing is downloaded; the focus goes where it is missing.
		u.run(`document.getElementById("pack-download").focus()`)
		u.press("Enter")
		u.wants("Object.keys(saved).length", "0")
		u.wants("document.activeElement.id", "f-exclude-0-reason-"+mode.lang)
		u.wants(`document.activeElement.getAttribute("aria-invalid")`, "true")
		axeCheck(t, ctx, p, string(axe), "the page with what is missing, "+mode.lang)
		var size [2]int
		must(t, p.Eval(ctx, "[document.documentElement.scrollWidth, document.documentElement.clientWidth]", &size))
		if size[0] > size[1] {
			t.Errorf("%s at %d: the page is %d pixels wide: %s", mode.lang, mode.width, size[0], u.str(`Array.from(document.querySelectorAll("#pack *")).filter(function (e) { return e.getBoundingClientRect().right > innerWidth && e.getBoundingClientRect().width > 0; }).slice(0, 5).map(function (e) { return e.outerHTML.slice(0, 120); }).join("\n")`))
		}
		u.write("reason one: \"quoted\" #1")
		u.run(`document.getElementById("f-exclude-1-reason-` + mode.lang + `").focus()`)
		u.write("理由その二")
		u.run(`document.getElementById("f-supplier-name-` + mode.lang + `").focus()`)
		u.write("株式会社 A & <B>")
		u.run(`document.getElementById("pack-download").focus()`)
		u.press("Enter")
		u.wants("Object.keys(saved).join()", "my-pack.yaml")
		text := u.str(`saved["my-pack.yaml"]`)
		pk, problems := tailored(t, cat, map[string]string{"my-pack.yaml": text}, "my-pack.yaml")
		if pk == nil {
			t.Fatalf("%s: the command line refuses it: %v\n%s", mode.lang, problems, text)
		}
		if !strings.HasPrefix(text, "# ") || pk.Text(pk.Profile.Supplier.Name) != "株式会社 A & <B>" {
			t.Errorf("%s: the file is\n%s", mode.lang, text)
		}
		u.wants(`document.getElementById("sum-n").textContent`, itoa(len(pk.Requirements)))
		if len(pk.Exclusions) != 2 {
			t.Errorf("%d exclusions", len(pk.Exclusions))
		}
		for _, v := range pk.Exclusions[0].Residuals {
			u.wants(`document.getElementById("pack-leave").innerText.includes(`+quote(t, firstText(v.Text.Values, mode.lang))+`)`, "true")
		}
		axeCheck(t, ctx, p, string(axe), "the finished page, "+mode.lang)

		// What was entered is there after a reload, in another tab, and can be undone.
		must(t, p.Open(ctx, "about:blank"))
		must(t, p.Open(ctx, "file://"+dir+"/"+mode.lang+"/pack.html"))
		u.wants("riskguide.pack.text()", text)
		must(t, p.Open(ctx, "file://"+dir+"/"+mode.lang+"/risks/H05.html"))
		u.wants(`document.querySelector("#pick input").indeterminate`, "true")
		u.wants(`document.querySelector("#H05-01 .pick input").checked`, "true")
		u.wants(`document.querySelector("#H05-02 .pick input").checked`, "false")
		u.run(`document.querySelector("#H05-02 .pick input").click()`)
		u.waits(`document.querySelector(".toast") && document.querySelector("#H05-02 .pick input").checked`)
		must(t, p.Open(ctx, "file://"+dir+"/"+mode.lang+"/pack.html"))
		u.wants("riskguide.pack.state().doc.exclude.length", "1")
		u.run(`document.getElementById("t-H01").click()`)
		u.wants("riskguide.pack.state().doc.select[0].risks.join()", "H01,H05")
		u.run(`document.getElementById("sum-undo").click()`)
		u.wants("riskguide.pack.state().doc.select[0].risks.join()", "H05")
		u.quiet(dir)
	}
}

// TestTailorLink passes a selection on as a link, whole and damaged.
func TestTailorLink(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	u := user{t, ctx, p}
	page := "file://" + dir + "/en/pack.html"
	open := func(url string) {
		t.Helper()
		must(t, p.Open(ctx, "about:blank"))
		must(t, p.Open(ctx, url))
	}
	packPage(t, ctx, p, dir, "en")
	u.run(`["t-H01", "t-M07", "t-L12", "o-H01"].forEach(function (id) { document.getElementById(id).click(); }); document.getElementById("t-H01-02").click()`)
	u.run(`document.getElementById("f-exclude-0-reason-en").focus()`)
	u.write("理由 with emoji 🙂")
	text := u.str("riskguide.pack.text()")
	links := []string{u.str(`riskguide.tailoring.link(riskguide.pack.state())`), u.str(`riskguide.tailoring.link(riskguide.pack.state(), true)`)}
	if len(links[0]) > 600 {
		t.Errorf("a link of a small selection has %d characters", len(links[0]))
	}
	for _, l := range links {
		packPage(t, ctx, p, dir, "en")
		open(page + "#" + l)
		u.waits(`riskguide.pack.state().doc.exclude.length`)
		u.wants("riskguide.pack.text()", text)
		u.wants("location.hash", "")
		// The same link again asks for nothing; another state is not replaced unasked.
		open(page + "#" + l)
		u.wants(`document.getElementById("pack-notes").textContent`, "")
		u.run(`document.getElementById("t-H02").click()`)
		mine := u.str("riskguide.pack.text()")
		open(page + "#" + l)
		u.waits(`document.getElementById("note-0")`)
		u.wants("riskguide.pack.text()", mine)
		u.run(`document.getElementById("note-0").click()`)
		u.wants("riskguide.pack.text()", text)
		u.run(`document.getElementById("sum-undo").click()`)
		u.wants("riskguide.pack.text()", mine)
	}
	for _, bad := range []string{links[0][:len(links[0])-9], links[0][:20] + "A" + links[0][21:], "p1=", "p1=x123", "p1=j00000000e30", "p1=d!!", "p9=abc", "p1=" + strings.Repeat("A", 5000)} {
		open(page + "#" + bad)
		u.waits(`document.querySelector("#pack-notes .bad")`)
		u.wants("riskguide.pack.state().doc.select[0].risks.includes('H02')", "true")
	}
	u.quiet(dir)
}

// TestTailorEngine makes a pack with an engine that is not the real one, and tells
// what to do where there is none.
func TestTailorEngine(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	u := user{t, ctx, p}
	// Without an engine.
	dir := folder(t, without(m, "engine."))
	packPage(t, ctx, p, dir, "en")
	u.run(`(function () { var s = document.querySelector("script[data-assets]"), a = JSON.parse(s.dataset.assets); if (a["engine.js"]) throw new Error("an engine"); }())`)
	u.run(`document.getElementById("t-H01").click(); document.getElementById("pack-make").click()`)
	u.waits(`document.getElementById("pack-download-2")`)
	u.wants(`document.getElementById("pack-result").innerText.includes("riskguide tailor my-pack.yaml")`, "true")
	// With one.
	u.run(`window.got = []; riskguide.download = function (name, type, data) { got.push(name + ":" + data.length); };
		riskguide.engine = {supported: function () { return true; }, makePack: function (what, progress) {
			window.asked = what; progress({stage: "load", done: 1, total: 2}); progress({stage: "make", done: 1, total: 1});
			if (window.refuse) { var e = new Error("no"); e.problems = [{file: "my-pack.yaml", line: 3, column: 7, level: "error", message: "wrong", hint: "right"}]; return Promise.reject(e); }
			return Promise.resolve({name: "my-pack.zip", files: [{name: "my-pack/manifest.json", data: new Uint8Array(3)}, {name: "my-pack.zip", data: new Uint8Array(2048)}], warnings: ["careful"]}); }};
		 document.getElementById("pack-make").click()`)
	u.waits(`document.getElementById("pack-files")`)
	u.wants(`asked.profile + asked.files["my-pack.yaml"].includes("risks: [H01]")`, "my-pack.yamltrue")
	u.wants(`Array.from(document.querySelectorAll("#pack-files button"), function (b) { b.click(); return b.textContent; }).join()`, "my-pack.zip,manifest.json")
	u.wants(`got.join()`, "my-pack.zip:2048,manifest.json:3")
	u.wants(`document.getElementById("pack-result").innerText.includes("careful")`, "true")
	u.run(`window.refuse = true; document.getElementById("pack-make").click()`)
	u.waits(`document.querySelector("#pack-result .bad")`)
	u.wants(`document.querySelector("#pack-result .bad").innerText.includes("my-pack.yaml:3:7 wrong (right)")`, "true")
	u.quiet(dir)
}

// TestTailorWithoutScript checks what a visitor without JavaScript is told.
func TestTailorWithoutScript(t *testing.T) {
	t.Parallel()
	cat := content(t)
	m := build(t, cat, options(cat, both...))
	for _, l := range both {
		page := string(l) + "/pack.html"
		doc := parse(t, m, page)
		if n := byID(doc, "pack"); n == nil {
			t.Fatal(page)
		} else if _, hidden := attr(n, "hidden"); !hidden {
			t.Errorf("%s shows fields that do nothing", page)
		}
		code := find(byID(doc, "pack-nojs"), "code", "")
		if len(code) != 2 || !strings.HasPrefix(text(code[1]), "riskguide tailor my-pack.yaml") {
			t.Fatalf("%s names no command", page)
		}
		if pk, problems := tailored(t, cat, map[string]string{"my-pack.yaml": text(code[0])}, "my-pack.yaml"); pk == nil {
			t.Errorf("%s: the sample is refused: %v", page, problems)
		}
	}
}

func without(m *render.Memory, part string) *render.Memory {
	var out render.Memory
	for _, n := range m.Names() {
		if !strings.Contains(filepath.Base(n), part) {
			_ = out.Put(n, m.Data(n))
		}
	}
	return &out
}

func quote(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	must(t, err)
	return string(b)
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

func firstText[K ~string](values map[K]string, lang string) string {
	if s := values[K(lang)]; s != "" {
		return s
	}
	for _, s := range values {
		return s
	}
	return ""
}
