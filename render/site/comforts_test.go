package site_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// folding is a page of the shipped guide whose table repeats a clause's controls.
const folding = `<li class="fold">`

// TestCompactView folds the repeated statements of a risk's table.
func TestCompactView(t *testing.T) {
	t.Parallel()
	cat, m, _ := wholeSite(t)
	page, most := "", 0
	for _, r := range cat.Risks {
		name := "ja/risks/" + r.ID + ".html"
		if n := strings.Count(string(m.Data(name)), `<li class="rep">`); n > most {
			page, most = name, n
		}
	}
	if most < 19 || !strings.Contains(string(m.Data(page)), folding) {
		t.Fatalf("no table repeats the statements of a clause: %d in %q", most, page)
	}
	ctx, _, p := browser(t)
	dir := folder(t, m)
	count := func(expr string) int {
		t.Helper()
		var n int
		must(t, p.Eval(ctx, `Array.from(document.querySelectorAll("table.risk `+expr+`")).filter(function (e) { return e.getClientRects().length; }).length`, &n))
		return n
	}
	state := func(what string, rep, fold int) {
		t.Helper()
		if r, f := count("li.rep"), count("li.fold"); r != rep || f != fold {
			t.Errorf("%s: %d repeated statements and %d folds are shown, not %d and %d", what, r, f, rep, fold)
		}
	}
	folds := strings.Count(string(m.Data(page)), folding)
	window(t, ctx, p, 1280, false)
	must(t, p.Open(ctx, "file://"+dir+"/"+page))
	ask(t, ctx, p, "comforts", `document.querySelector(".here")`)
	state("at first", most, 0)
	first := count("li:not(.rep):not(.fold)")
	must(t, p.Eval(ctx, `document.querySelector("fieldset.view input[value=compact]").click()`, nil))
	state("compact", 0, folds)
	if n := count("li:not(.rep):not(.fold)"); n != first {
		t.Errorf("%d of %d statements that stand for the first time are shown", n, first)
	}
	var label string
	must(t, p.Eval(ctx, `document.querySelector("li.fold button").textContent`, &label))
	if !strings.Contains(label, ".") || !strings.Contains(label, "項目") {
		t.Errorf("a fold says %q", label)
	}
	must(t, p.Eval(ctx, `document.querySelector("li.fold button").click()`, nil))
	if n := count("li.rep.open"); n < 3 || n != count("li.rep") {
		t.Errorf("a fold opens %d statements", n)
	}
	// It is remembered, also by other pages, but not printed.
	must(t, p.Open(ctx, "file://"+dir+"/"+page))
	state("remembered", 0, folds)
	_, err := p.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"media": "print"})
	must(t, err)
	state("printed", most, 0)
	var controls []string
	must(t, p.Eval(ctx, `Array.from(document.querySelectorAll(".js, .here, .prefs, fieldset.view")).filter(function (e) { return e.getClientRects().length; }).map(function (e) { return e.className; })`, &controls))
	if len(controls) > 0 {
		t.Errorf("printed with %q", controls)
	}
	_, err = p.Call(ctx, "Emulation.setEmulatedMedia", map[string]any{"media": ""})
	must(t, err)
	ask(t, ctx, p, "comforts", `document.querySelector("fieldset.view input[value=compact]").checked`)
	must(t, p.Eval(ctx, `document.querySelector("fieldset.view input[value=complete]").click()`, nil))
	state("complete again", most, 0)
	must(t, p.Scripts(ctx, false))
	must(t, p.Open(ctx, "file://"+dir+"/"+page))
	state("without scripts", most, 0)
}

// TestPreviews wants of the preview of a control what WCAG 1.4.13 asks: it can be
// dismissed, the pointer can enter it, it stays; and a tap has none.
func TestPreviews(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	window(t, ctx, p, 1280, false)
	must(t, p.Open(ctx, "file://"+dir+"/ja/clauses/8.6.1.html"))
	ask(t, ctx, p, "comforts", `document.querySelector(".here")`)
	const link = `document.querySelector("ul.controls .by a.id")`
	point := func(expr string) (x, y float64) {
		t.Helper()
		var at [2]float64
		must(t, p.Eval(ctx, `(function () { var r = `+expr+`.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; }())`, &at))
		return at[0], at[1]
	}
	move := func(x, y float64) {
		t.Helper()
		_, err := p.Call(ctx, "Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": x, "y": y})
		must(t, err)
	}
	key := func(name string) {
		t.Helper()
		for _, kind := range []string{"keyDown", "keyUp"} {
			_, err := p.Call(ctx, "Input.dispatchKeyEvent", map[string]any{"type": kind, "key": name, "code": name,
				"windowsVirtualKeyCode": map[string]int{"Escape": 27, "Tab": 9}[name]})
			must(t, err)
		}
	}
	const open = `document.querySelector(".preview:not([hidden])")`
	var before []string
	_, before = p.Log()
	if strings.Contains(strings.Join(before, " "), "previews.") {
		t.Error("the texts are loaded before they are asked for")
	}
	x, y := point(link)
	move(x, y)
	ask(t, ctx, p, "preview", open)
	var id, text, describes string
	must(t, p.Eval(ctx, link+`.textContent`, &id))
	must(t, p.Eval(ctx, open+`.textContent`, &text))
	must(t, p.Eval(ctx, link+`.getAttribute("aria-describedby")`, &describes))
	cat := load(t, fixture(t))
	if want := id + " " + cat.Measure(id).Text.Values["ja"]; text != want || describes != "preview" {
		t.Errorf("the preview says %q, not %q, and describes as %q", text, want, describes)
	}
	// The pointer goes into it; both stay.
	px, py := point(open)
	move((x+px)/2, (y+py)/2)
	move(px, py)
	time.Sleep(600 * time.Millisecond)
	ask(t, ctx, p, "hoverable", open)
	key("Escape")
	ask(t, ctx, p, "dismissed", "!"+open)
	move(x, y)
	ask(t, ctx, p, "shown again", open)
	move(5, 500)
	ask(t, ctx, p, "left", "!"+open)
	// The keyboard.
	must(t, p.Eval(ctx, `document.querySelector("ul.controls a.id").focus()`, nil))
	key("Tab")
	ask(t, ctx, p, "focused", open+` && document.activeElement.getAttribute("aria-describedby") === "preview"`)
	key("Escape")
	ask(t, ctx, p, "dismissed by key", "!"+open)
	// What stands beside the id needs none, and a tap follows the link.
	must(t, p.Eval(ctx, `document.activeElement.blur()`, nil))
	must(t, p.Eval(ctx, `document.querySelector("ul.controls .by a.id").dispatchEvent(new PointerEvent("pointerover", {bubbles: true, pointerType: "touch"}))`, nil))
	time.Sleep(500 * time.Millisecond)
	ask(t, ctx, p, "touch", "!"+open)
	must(t, p.Open(ctx, "file://"+dir+"/ja/controls/index.html"))
	ask(t, ctx, p, "comforts", `document.querySelector(".here")`)
	move(point(`document.querySelector("ul.controls a.id")`))
	time.Sleep(600 * time.Millisecond)
	ask(t, ctx, p, "beside its statement", "!"+open)
}

// TestTypeSize enlarges the type to twice its size: the choice is remembered and
// nothing runs out of the window.
func TestTypeSize(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	window(t, ctx, p, 1280, false)
	must(t, p.Open(ctx, "file://"+dir+"/ja/index.html"))
	size := func() (n float64) {
		t.Helper()
		must(t, p.Eval(ctx, `parseFloat(getComputedStyle(document.querySelector("main .lead")).fontSize)`, &n))
		return n
	}
	press := func(value string) {
		t.Helper()
		must(t, p.Eval(ctx, `document.querySelector(".prefs button[value='`+value+`']").click()`, nil))
	}
	usual := size()
	press("-1")
	if n := size(); n >= usual {
		t.Errorf("smaller type is %v pixels, usual type %v", n, usual)
	}
	press("0")
	if n := size(); n != usual {
		t.Errorf("usual type is %v pixels again, was %v", n, usual)
	}
	for range 9 {
		press("1")
	}
	for _, width := range []int{1280, 390} {
		must(t, p.Size(ctx, width, 900))
		for _, name := range kinds {
			must(t, p.Open(ctx, "file://"+dir+"/"+name+"#choose"))
			var got [2]int
			must(t, p.Eval(ctx, "[document.documentElement.scrollWidth, document.documentElement.clientWidth]", &got))
			if got[0] > got[1] {
				var wide []string
				must(t, p.Eval(ctx, `Array.from(document.querySelectorAll("body *")).filter(function (e) {
					return e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && !e.closest(".box-x, .box-t, figure"); }).slice(-3).map(function (e) { return e.outerHTML.slice(0, 120); })`, &wide))
				t.Errorf("%s at %d pixels and double size is %d pixels wide: %q", name, width, got[0], wide)
			}
		}
	}
	must(t, p.Open(ctx, "file://"+dir+"/ja/index.html"))
	if n := size(); math.Abs(n-2*usual) > 0.5 {
		t.Errorf("the largest type is %v pixels, usual type %v", n, usual)
	}
}

// TestCopyPlaces copies the links of headings, of a row and of a page.
func TestCopyPlaces(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	for _, tt := range []struct{ page, at, want string }{
		{"ja/risks/M02.html", "h1", ""},
		{"ja/risks/M02.html", "#h-table", "#h-table"},
		{"ja/risks/M02.html", "th#layer-service-management", "#layer-service-management"},
		{"ja/controls/8.6.1.2.html", "h1", ""},
		{"ja/controls/index.html", "h2[id='8.6.1']", "#8.6.1"},
		{"ja/references.html", ".refs dt", "#XYZ-09"},
		{"ja/retired.html", "tbody th", "#M09"},
		{"ja/editions.html", "h2", "#edition-2026-1"},
	} {
		address := "file://" + dir + "/" + tt.page
		must(t, p.Open(ctx, address))
		ask(t, ctx, p, tt.page, `document.querySelector("main h1 .here")`)
		must(t, p.Eval(ctx, `navigator.clipboard.writeText = function (s) { window.copied = s; return Promise.resolve(); }`, nil))
		var name string
		must(t, p.Eval(ctx, fmt.Sprintf(`(function () { var a = document.querySelector(%q + " .here"); a.click(); return a.getAttribute("aria-label"); }())`, tt.at), &name))
		ask(t, ctx, p, tt.page+" "+tt.at, `window.copied === `+fmt.Sprintf("%q", address+tt.want))
		if !strings.HasPrefix(name, "このリンクをコピー: ") || len(name) < 30 {
			t.Errorf("%s %s: the sign is called %q", tt.page, tt.at, name)
		}
	}
}

// TestStickyLists scrolls through a long list: its head stays, in the window where it
// fits and in its box where it does not, there with its first column.
func TestStickyLists(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	number := func(expr string) (n float64) {
		t.Helper()
		must(t, p.Eval(ctx, expr, &n))
		return n
	}
	scrolled := 0
	for _, name := range []string{"ja/guide/10-purpose.html", "ja/layers/index.html", "ja/vulnerabilities/index.html", "ja/retired.html"} {
		must(t, p.Size(ctx, 1280, 300))
		must(t, p.Open(ctx, "file://"+dir+"/"+name))
		must(t, p.Eval(ctx, `(function () { var t = document.querySelector("table.list tbody"); window.scrollTo({top: t.getBoundingClientRect().top + window.scrollY + 20, behavior: "instant"}); }())`, nil))
		if y, s := number(`document.querySelector("table.list thead th").getBoundingClientRect().top`), number("window.scrollY"); math.Abs(y) > 1 && s > 100 {
			t.Errorf("%s at 1280: the head of the list is at %v", name, y)
		}
		must(t, p.Size(ctx, 720, 170))
		must(t, p.Eval(ctx, `(function () { var b = document.querySelector(".box-x"); b.scrollIntoView({behavior: "instant"}); b.scrollTo(60, 70); }())`, nil))
		left := number(`document.querySelector(".box-x").scrollLeft`)
		if number(`document.querySelector(".box-x").scrollTop`) > 40 { // past the buttons above the head
			scrolled++
			if d := number(`document.querySelector("table.list thead th").getBoundingClientRect().top - document.querySelector(".box-x").getBoundingClientRect().top`); math.Abs(d) > 1 {
				t.Errorf("%s at 720: the head of the list moved by %v", name, d)
			}
		}
		if d := number(`document.querySelector("table.list tbody tr > :first-child").getBoundingClientRect().left - document.querySelector(".box-x").getBoundingClientRect().left`); left > 0 && math.Abs(d) > 2 {
			t.Errorf("%s at 720: the first column moved by %v", name, d)
		}
	}
	if scrolled < 3 {
		t.Errorf("only %d lists scroll in their boxes", scrolled)
	}
}
