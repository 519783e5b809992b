package site_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/profile"
	"riskguide/render/rendertest"
	"riskguide/render/site/internal/chromium"
)

// before runs a script in each page that is opened from now on, ahead of its own.
func before(t *testing.T, ctx context.Context, p *chromium.Page, script string) {
	t.Helper()
	_, err := p.Call(ctx, "Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": script})
	must(t, err)
}

// clickOn clicks with the mouse in the middle of an element, once it stands still
// there: what was typed before may still move the page.
func (u user) clickOn(selector string) {
	u.t.Helper()
	var at []float64
	must(u.t, u.page.Eval(u.ctx, `new Promise(function (done) {
		var el = document.querySelector(`+quote(u.t, selector)+`), last = "", still = 0, tries = 0;
		(function look() {
			el.scrollIntoView({block: "center", behavior: "instant"});
			var r = el.getBoundingClientRect(), at = [r.left + r.width / 2, r.top + r.height / 2], hit = document.elementFromPoint(at[0], at[1]);
			still = String(at) === last && hit && (hit === el || el.contains(hit) || hit.contains(el)) ? still + 1 : 0;
			last = String(at);
			if (still > 4) done(at);
			else if (++tries > 400) done([]);
			else setTimeout(look, 50);
		}());
	})`, &at))
	if len(at) != 2 {
		u.t.Fatalf("%s does not stand still, or something lies over it", selector)
	}
	for _, typ := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		args := map[string]any{"type": typ, "x": at[0], "y": at[1]}
		if typ != "mouseMoved" {
			args["button"], args["clickCount"] = "left", 1
		}
		_, err := u.page.Call(u.ctx, "Input.dispatchMouseEvent", args)
		must(u.t, err)
	}
}

// throughPage makes a pack as a visitor does, with mouse and keyboard, takes every
// file through its button, and compares all of them with what the command line makes
// of the profile that the page hands out.
func throughPage(t *testing.T, dir string) {
	root := filepath.Join(dir, "output", "site")
	srv := httptest.NewServer(http.FileServer(http.Dir(root)))
	defer srv.Close()
	ctx, b, _ := browser(t)
	for _, tt := range []struct{ base, lang string }{{"file://" + root, "ja"}, {srv.URL, "en"}} {
		p, err := b.NewPage(ctx)
		must(t, err)
		// What is downloaded is a blob behind an address; the bar's values are kept.
		before(t, ctx, p, `window.blobs = []; window.names = []; window.bars = [];
			(function (make) { URL.createObjectURL = function (b) { if (b.type !== "text/javascript") blobs.push(b); return make.call(URL, b); }; }(URL.createObjectURL));
			addEventListener("click", function (ev) { if (ev.target.download) { names.push(ev.target.download); ev.preventDefault(); } }, true);
			new MutationObserver(function () { var bar = document.getElementById("pack-progress"); if (bar && bars[bars.length - 1] !== bar.value) bars.push(bar.value); })
				.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});`)
		page := tt.base + "/" + tt.lang + "/pack.html"
		must(t, p.Open(ctx, page))
		u := user{t, ctx, p}
		u.clickOn("#t-H05")
		u.run(`document.getElementById("t-M08").focus()`)
		u.press(" ")
		u.clickOn("#o-M08")
		u.clickOn("#t-M08-01")
		u.run(`document.getElementById("f-exclude-0-reason-` + tt.lang + `").focus()`)
		u.write("Not ours: 別の契約で <求める>")
		for id, v := range map[string]string{"supplier-name": "株式会社鷗外 & Sons", "service-name": "Mail 🙂"} {
			u.run(`document.getElementById("f-` + id + "-" + tt.lang + `").focus()`)
			u.write(v)
		}
		u.run(`(function (f) { f.value = "2027-03-31"; f.dispatchEvent(new Event("input", {bubbles: true})); }(document.getElementById("f-due")))`)
		_, requests := p.Log()
		for _, r := range requests {
			if strings.Contains(strings.TrimPrefix(r, tt.base), "engine") {
				t.Errorf("%s is loaded before the click", r)
			}
		}
		u.run(`window.from = 0; document.getElementById("pack-make").addEventListener("click", function () { from = performance.now(); }, true);
			window.took = new Promise(function (done) { (function look() { if (document.getElementById("pack-files") || document.querySelector("#pack-result .bad")) done(performance.now() - from); else if (performance.now() - (window.from || Infinity) > 60000) done(-1); else setTimeout(look, 5); }()); }); null`)
		u.clickOn("#pack-make")
		if u.str(`String(window.from > 0)`) != "true" {
			t.Fatalf("%s: the button was not pressed", tt.base)
		}
		var took float64
		must(t, p.Eval(ctx, "took", &took))
		if took < 0 {
			t.Fatalf("%s: no pack after a minute; the page says %s", tt.base, u.str(`document.getElementById("pack-result").innerText`))
		}
		t.Logf("%.8s %s: %.0f ms from click to pack", tt.base, tt.lang, took)
		var bars []float64
		must(t, p.Eval(ctx, "bars", &bars))
		moved := 0
		for i := 1; i < len(bars); i++ {
			if bars[i] > bars[i-1] {
				moved++
			}
		}
		if moved < 10 {
			t.Errorf("%s: the bar moves as %v", tt.base, bars)
		}
		u.run(`document.querySelectorAll("#pack-files button").forEach(function (b) { b.click(); }); document.getElementById("pack-download").click()`)
		var got []struct{ Name, Data string }
		must(t, p.Eval(ctx, `Promise.all(blobs.map(function (b, i) { return new Promise(function (done) { var r = new FileReader();
			r.onload = function () { done({name: names[i], data: r.result.split(",")[1]}); }; r.readAsDataURL(b); }); }))`, &got))
		files := map[string][]byte{}
		for _, f := range got {
			data, err := base64.StdEncoding.DecodeString(f.Data)
			must(t, err)
			files[f.Name] = data
		}
		if len(files) != 6 || files["my-pack.yaml"] == nil {
			t.Fatalf("%s: the page hands out %d files: %s; it says %s", tt.base, len(files), u.str("names.join()"), u.str(`document.getElementById("pack-result").innerText`))
		}
		src := filepath.Join(t.TempDir(), "my-pack.yaml")
		must(t, os.WriteFile(src, files["my-pack.yaml"], 0o666))
		out := filepath.Join(t.TempDir(), "packs")
		cmd := exec.Command(filepath.Join(dir, "riskguide"), "tailor", src, "-o", out)
		cmd.Dir = rendertest.Root(t)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("tailor: %v\n%s", err, msg)
		}
		want := map[string][]byte{}
		for _, pattern := range []string{"*.zip", "my-pack/*"} {
			names, err := filepath.Glob(filepath.Join(out, filepath.FromSlash(pattern)))
			must(t, err)
			for _, n := range names {
				data, err := os.ReadFile(n)
				must(t, err)
				want[filepath.Base(n)] = data
			}
		}
		if len(want) != 5 {
			t.Fatalf("the command line makes %d files", len(want))
		}
		for n, data := range want {
			if a, b := checksum(files[n]), checksum(data); a != b {
				t.Errorf("%s, %s: SHA-256 %s, of the command line's %s", tt.base, n, a, b)
			}
		}
		// What lies in the archive is what lies beside it.
		r, err := zip.NewReader(bytes.NewReader(files["my-pack.zip"]), int64(len(files["my-pack.zip"])))
		must(t, err)
		for _, f := range r.File {
			rc, err := f.Open()
			must(t, err)
			data, err := io.ReadAll(rc)
			must(t, err)
			if n := filepath.Base(f.Name); want[n] != nil && checksum(data) != checksum(want[n]) {
				t.Errorf("%s: %s in the archive differs", tt.base, f.Name)
			}
		}
		for range 2 {
			var again float64
			must(t, p.Eval(ctx, `(function () { var old = document.getElementById("pack-files"), from = performance.now(); document.getElementById("pack-make").click();
				return new Promise(function (done) { (function look() { var now = document.getElementById("pack-files"); if (now && now !== old) done(performance.now() - from); else setTimeout(look, 5); }()); }); }())`, &again))
			t.Logf("%.8s %s: %.0f ms for a later pack", tt.base, tt.lang, again)
		}
		console, requests := p.Log()
		if len(console) > 0 {
			t.Errorf("%s: console: %v", tt.base, console)
		}
		for _, r := range requests {
			if !strings.HasPrefix(r, tt.base+"/") && !strings.HasPrefix(r, "blob:") && !strings.HasPrefix(r, "data:") {
				t.Errorf("%s: requests %s", tt.base, r)
			}
		}
	}

	// A browser without WebAssembly is told so, and gets the profile.
	p, err := b.NewPage(ctx)
	must(t, err)
	before(t, ctx, p, `delete window.WebAssembly; window.saved = {}`)
	packPage(t, ctx, p, root, "en")
	u := user{t, ctx, p}
	u.run(`riskguide.download = function (name, type, data) { saved[name] = String(data); }`)
	u.clickOn("#t-H05")
	u.clickOn("#pack-make")
	u.waits(`document.getElementById("pack-download-2")`)
	u.wants(`/WebAssembly/.test(document.getElementById("pack-result").innerText)`, "true")
	u.wants(`/riskguide tailor my-pack.yaml -o packs/.test(document.getElementById("pack-result").innerText)`, "true")
	u.clickOn("#pack-download-2")
	u.wants(`/risks: \[H05\]/.test(saved["my-pack.yaml"])`, "true")
	if _, requests := p.Log(); strings.Contains(strings.Join(requests, "\n"), "/assets/engine/") {
		t.Error("a browser without WebAssembly loads the program")
	}
}

func checksum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// TestTailorTabs: what is chosen in one tab is shown in the other, on the page of
// packs and beside measures.
func TestTailorTabs(t *testing.T) {
	t.Parallel()
	ctx, b, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	other, err := b.NewPage(ctx)
	must(t, err)
	third, err := b.NewPage(ctx)
	must(t, err)
	packPage(t, ctx, p, dir, "en")
	must(t, other.Open(ctx, "file://"+dir+"/en/pack.html"))
	must(t, third.Open(ctx, "file://"+dir+"/en/risks/index.html"))
	one, two, list := user{t, ctx, p}, user{t, ctx, other}, user{t, ctx, third}
	const tick = `document.querySelector("table.filtered [data-risk='H05'] input")`
	one.run(`document.getElementById("t-H05").click()`)
	two.waits(`document.getElementById("t-H05").checked`)
	list.waits(tick + ".checked")
	two.run(`document.getElementById("o-H05").click(); document.getElementById("t-H05-02").click()`)
	one.waits(`document.getElementById("t-H05").indeterminate`)
	one.waits(`document.getElementById("f-exclude-0-reason-en")`)
	list.waits(tick + ".indeterminate")
	two.run(`(function (f) { f.value = "from there"; f.dispatchEvent(new Event("input", {bubbles: true})); }(document.getElementById("f-supplier-name-en")))`)
	one.waits(`document.getElementById("f-supplier-name-en").value === "from there"`)
	list.run(`document.querySelector("table.filtered [data-risk='M08'] input").click()`)
	one.waits(`document.getElementById("t-M08").checked`)
	two.waits(`document.getElementById("t-M08").checked`)
	one.wants("riskguide.pack.text() === "+quote(t, two.str("riskguide.pack.text()")), "true")
	for _, u := range []user{one, two, list} {
		u.quiet(dir)
	}
}

// TestTailorFilter types into the filter of the tree.
func TestTailorFilter(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	packPage(t, ctx, p, dir, "ja")
	u := user{t, ctx, p}
	find := func(words string) {
		t.Helper()
		u.run(`(function (f) { f.value = ""; f.focus(); }(document.getElementById("pack-filter")))`)
		if words == "" {
			u.run(`document.getElementById("pack-filter").dispatchEvent(new Event("input"))`)
		} else {
			u.write(words)
		}
		u.run(`new Promise(function (done) { setTimeout(done, 200); })`)
	}
	const shown = `Array.from(document.querySelectorAll("#pack-tree .t-risk")).filter(function (li) { return !li.hidden; }).map(function (li) { return li.querySelector("b").textContent; }).join()`
	all := u.str(shown)
	find("Ｈ０５－０３") // of full width
	u.wants(shown, "H05")
	u.wants(`Array.from(document.querySelectorAll("#m-H05 > .t-measure")).filter(function (li) { return li.offsetParent; }).map(function (li) { return li.querySelector("b").textContent; }).join()`, "H05-03")
	u.wants(`/1/.test(document.getElementById("pack-filter-n").textContent)`, "true")
	// A control's id opens the measures that ask for it.
	find("8.6.1.7")
	u.wants(`document.getElementById("t-H05-02-8_6_1_7").offsetParent !== null`, "true")
	find("no such words")
	u.wants(shown, "")
	find("")
	u.wants(shown, all)
	u.quiet(dir)
}

// TestTailorFields adds a rule, a requirement of one's own with a value, and sets the
// value, all through the fields; the command line makes of the file what was entered.
func TestTailorFields(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	packPage(t, ctx, p, dir, "en")
	u := user{t, ctx, p}
	fill := func(id, text string) {
		t.Helper()
		u.run(`(function (f) { f.focus(); if (f.select) f.select(); }(document.getElementById("` + id + `")))`)
		u.write(text)
		u.run(`document.getElementById("` + id + `").dispatchEvent(new Event("change", {bubbles: true}))`)
	}
	choose := func(id, value string) {
		t.Helper()
		u.run(`(function (f) { f.value = "` + value + `"; f.dispatchEvent(new Event("change", {bubbles: true})); }(document.getElementById("` + id + `")))`)
	}
	u.run(`document.getElementById("t-H05").click()`)
	u.run(`document.getElementById("f-default-should").click()`)
	choose("pack-rule-kind", "controls")
	choose("pack-rule-of", "8.6.1.7")
	choose("pack-rule-to", "may")
	u.run(`document.getElementById("pack-rule-add").click()`)
	fill("f-rules-0-note-en", "only where it runs")
	u.run(`document.getElementById("pack-added-new").click()`)
	u.wants("document.activeElement.id", "f-requirements-0-title-en")
	fill("f-requirements-0-title-en", "Report incidents")
	fill("f-requirements-0-statement-en", "Report an incident within {hours} hours.")
	u.wants(`document.querySelectorAll(".param-f").length`, "1")
	fill("f-requirements-0-parameters-0-max", "72")
	choose("f-requirements-0-obligation", "must")
	fill("f-parameters-A-01-hours", "96")
	u.wants(`/72/.test(document.getElementById("e-f-parameters-A-01-hours").textContent)`, "true")
	u.wants(`document.getElementById("f-parameters-A-01-hours").getAttribute("aria-invalid")`, "true")
	fill("f-parameters-A-01-hours", "24")
	u.wants(`document.getElementById("e-f-parameters-A-01-hours").hidden`, "true")
	text := u.str("riskguide.pack.text()")
	pk, problems := tailored(t, cat, map[string]string{"my-pack.yaml": text}, "my-pack.yaml")
	if pk == nil {
		t.Fatalf("the command line refuses it: %v\n%s", problems, text)
	}
	u.wants(`document.getElementById("sum-n").textContent`, itoa(len(pk.Requirements)))
	count := map[profile.Obligation]int{}
	own := ""
	for _, r := range pk.Requirements {
		count[r.Obligation]++
		if r.ID == "A-01" {
			own = string(r.Obligation) + " " + pk.Text(r.Statement)
		}
	}
	if own != "must Report an incident within 24 hours." {
		t.Errorf("the requirement of one's own is %q", own)
	}
	for _, o := range []profile.Obligation{profile.Must, profile.Should, profile.May} {
		u.wants(`document.getElementById("sum-`+string(o)+`").textContent`, itoa(count[o]))
	}
	if count[profile.Must] != 1 || count[profile.May] != 1 || count[profile.Should] == 0 {
		t.Errorf("obligations are %v", count)
	}
	u.quiet(dir)
}

// TestPicks ticks in the list of measures, in the list of risks and at a control; what
// is ticked in one place is ticked in the others and in the pack.
func TestPicks(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	packPage(t, ctx, p, dir, "en")
	u := user{t, ctx, p}
	open := func(page string) { t.Helper(); must(t, p.Open(ctx, "file://"+dir+"/en/"+page)) }
	open("measures/index.html")
	u.run(`document.querySelector("[data-measure='H05-02'] input").focus()`)
	u.wants(`document.activeElement.getAttribute("aria-label")`, "Add H05-02 to your pack")
	u.press(" ")
	u.waits(`/\d/.test(document.querySelector("#pick a").textContent)`)
	open("controls/8.6.1.7.html")
	for _, c := range cat.Controls() {
		if c.ID == "8.6.1.7" {
			u.wants(`document.querySelectorAll("[data-measure] input").length`, itoa(len(c.CitedBy)))
		}
	}
	u.wants(`document.querySelector("[data-measure='H05-02'] input").checked`, "true")
	u.wants(`document.querySelector("[data-measure='H05-07'] input").checked`, "false")
	open("risks/index.html")
	u.wants(`document.querySelector("[data-risk='H05'] input").indeterminate`, "true")
	u.run(`document.querySelector("[data-risk='H05'] input").click()`)
	u.waits(`document.querySelector("[data-risk='H05'] input").checked`)
	u.waits(`(document.querySelector(".toast") || {textContent: ""}).textContent.includes("H05")`)
	u.run(`document.querySelector("#pick a").click()`)
	must(t, p.WaitLoad(ctx))
	u.wants("riskguide.pack.state().doc.select.map(function (s) { return Object.keys(s) + ' ' + s.risks; }).join()", "risks H05")
	u.quiet(dir)
}

// TestNothingMoves: ticks, and what is kept of a pack, are drawn where there is room
// for them. Chromium counts what moves.
func TestNothingMoves(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	cat := content(t)
	dir := contentSite(t, cat)
	before(t, ctx, p, watchShifts)
	packPage(t, ctx, p, dir, "en")
	must(t, p.Eval(ctx, `document.getElementById("t-H05").click()`, nil))
	for _, width := range []int{1280, 390} {
		window(t, ctx, p, width, false)
		for _, name := range []string{"risks/H05.html", "risks/index.html", "measures/index.html", "controls/8.6.1.7.html", "pack.html"} {
			must(t, p.Open(ctx, "file://"+dir+"/en/"+name))
			var moved []string
			must(t, p.Eval(ctx, `new Promise(function (done) { setTimeout(function () { requestAnimationFrame(function () { setTimeout(done, 50); }); }, 150); }).then(function () { return shifts; })`, &moved))
			if len(moved) > 0 {
				t.Errorf("%s at %d: %s", name, width, strings.Join(moved, "\n"))
			}
		}
	}
	// The counter does count.
	var moved []string
	must(t, p.Eval(ctx, `(function () { var d = document.createElement("div"); d.style.height = "90px"; document.querySelector("header.site").before(d); }())`, nil))
	must(t, p.Eval(ctx, `new Promise(function (done) { setTimeout(function () { done(shifts); }, 300); })`, &moved))
	if len(moved) == 0 {
		t.Error("nothing is noticed that moves")
	}
}

// TestHeadingSigns: the sign of a heading that links to it is hidden where nothing
// is pointed at, and seen where the focus is. Where nothing hovers, as on a telephone, it is
// always seen, in the colour of what is said by the way.
func TestHeadingSigns(t *testing.T) {
	t.Parallel()
	dir := contentSite(t, content(t))
	const seen = `getComputedStyle(document.querySelector("#h-table .here")).opacity`
	open := func(hover string, flags ...string) user {
		ctx, _, p := browser(t, flags...)
		window(t, ctx, p, 1280, true)
		must(t, p.Open(ctx, "file://"+dir+"/en/risks/H05.html"))
		u := user{t, ctx, p}
		u.waits(`document.querySelector("#h-table .here")`)
		u.wants("matchMedia('(hover: hover)').matches", hover)
		return u
	}
	u := open("true", "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4")
	u.wants(seen, "0")
	u.run(`document.querySelector("#h-table .here").focus({focusVisible: true})`)
	u.wants(seen, "1")
	u.run(`document.activeElement.blur()`)
	u.wants(seen, "0")
	u = open("false")
	u.wants(seen, "1")
	u.wants(`getComputedStyle(document.querySelector("#h-table .here")).color === getComputedStyle(document.querySelector("table.risk caption")).color`, "true")
}
