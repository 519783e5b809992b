package site_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"golang.org/x/net/html"

	"riskguide/catalog"
	"riskguide/render/site/internal/chromium"
)

// TestAlternates checks the addresses of a page in other languages: relative as
// long as the site's address is not known, then absolute.
func TestAlternates(t *testing.T) {
	cat := load(t, fixture(t))
	alternates := func(doc *html.Node) []string {
		var out []string
		for _, n := range find(doc, "link", "") {
			if l, ok := attr(n, "hreflang"); ok {
				href, _ := attr(n, "href")
				out = append(out, l+" "+href)
			}
		}
		return out
	}
	for _, tt := range []struct {
		base, page string
		want       []string
	}{
		{"", "ja/risks/H01.html", []string{"ja ../../ja/risks/H01.html", "en ../../en/risks/H01.html", "x-default ../../en/risks/H01.html"}},
		{"/", "ja/risks/H01.html", []string{"ja ../../ja/risks/H01.html", "en ../../en/risks/H01.html", "x-default ../../en/risks/H01.html"}},
		{"", "en/index.html", []string{"ja ../ja/index.html", "en ../en/index.html", "x-default ../index.html"}},
		{"", "index.html", []string{"ja ja/index.html", "en en/index.html", "x-default index.html"}},
		{"https://example.org/g", "en/index.html", []string{"ja https://example.org/g/ja/index.html", "en https://example.org/g/en/index.html", "x-default https://example.org/g/index.html"}},
		{"https://example.org/g", "en/risks/M02.html", []string{"ja https://example.org/g/ja/risks/M02.html", "en https://example.org/g/en/risks/M02.html", "x-default https://example.org/g/en/risks/M02.html"}},
	} {
		opts := options(cat, both...)
		opts.BaseURL = tt.base
		if got := alternates(parse(t, build(t, cat, opts), tt.page)); !slices.Equal(got, tt.want) {
			t.Errorf("%s at %q:\n got %q\nwant %q", tt.page, tt.base, got, tt.want)
		}
	}
	if got := alternates(parse(t, build(t, cat, options(cat, catalog.Japanese)), "ja/index.html")); got != nil {
		t.Errorf("a site of one language names alternates: %q", got)
	}
}

// ask waits until an expression is true in the page.
func ask(t *testing.T, ctx context.Context, p *chromium.Page, what, expr string) {
	t.Helper()
	end := time.Now().Add(10 * time.Second)
	var at string
	for time.Now().Before(end) {
		var ok bool
		// While a page is being left, nothing can be asked of it.
		if p.Eval(ctx, "!!("+expr+")", &ok) == nil && ok {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = p.Eval(ctx, "location.href", &at)
	t.Errorf("%s: %s does not come true at %s", what, expr, at)
}

// speaks sets the languages of the browser.
func speaks(t *testing.T, ctx context.Context, p *chromium.Page, languages string) {
	t.Helper()
	_, err := p.Call(ctx, "Emulation.setUserAgentOverride", map[string]any{"userAgent": "test", "acceptLanguage": languages})
	must(t, err)
}

// TestStartPageChooses opens the start page from the disk with browsers of
// different languages, with a choice made before and without scripts.
func TestStartPageChooses(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	start := "file://" + dir + "/index.html"
	open := func(address string) {
		t.Helper()
		must(t, p.Open(ctx, "about:blank"))
		must(t, p.Open(ctx, address))
	}
	for _, tt := range []struct{ languages, want string }{
		{"ja-JP,en", "/ja/index.html"},
		{"en-GB,en,ja", "/en/index.html"},
		{"fr,en-US", "/en/index.html"},
		{"fr,de", "/index.html"},
	} {
		speaks(t, ctx, p, tt.languages)
		open(start)
		ask(t, ctx, p, tt.languages, `document.readyState === "complete" && location.href === "file://`+dir+tt.want+`"`)
	}

	// The choice made on the start page or with the switch counts more.
	speaks(t, ctx, p, "ja")
	open(start + "#choose")
	ask(t, ctx, p, "#choose", `location.hash === "#choose" && document.querySelector("h1")`)
	must(t, p.Eval(ctx, `document.querySelector("a[hreflang=en]").click()`, nil))
	ask(t, ctx, p, "chosen", `location.pathname.endsWith("/en/index.html")`)
	open(start)
	ask(t, ctx, p, "chosen before", `location.pathname.endsWith("/en/index.html")`)
	must(t, p.Eval(ctx, `document.querySelector(".langs a[lang=ja]").click()`, nil))
	ask(t, ctx, p, "switched", `location.pathname.endsWith("/ja/index.html")`)
	open(start)
	ask(t, ctx, p, "switched before", `location.pathname.endsWith("/ja/index.html")`)
	// It is no trap: it stays out of the history, and each page leads to the choice.
	must(t, p.Eval(ctx, `setTimeout(function () { history.back(); }, 0)`, nil))
	ask(t, ctx, p, "back", `location.href === "about:blank"`)
	open(start)
	ask(t, ctx, p, "again", `location.pathname.endsWith("/ja/index.html")`)
	must(t, p.Eval(ctx, `document.querySelector("footer a[href$='index.html#choose']").click()`, nil))
	ask(t, ctx, p, "to the choice", `location.hash === "#choose" && document.querySelectorAll("a[hreflang]").length === 2`)

	must(t, p.Scripts(ctx, false))
	open(start)
	var links []string
	must(t, p.Eval(ctx, `Array.from(document.querySelectorAll("main a")).map(function (a) { return a.getAttribute("href"); })`, &links))
	if !slices.Equal(links, []string{"ja/index.html", "en/index.html"}) {
		t.Errorf("without scripts the start page links to %q", links)
	}
}

// TestLanguageSwitchKeepsPlace switches at a measure with a view in the address.
func TestLanguageSwitchKeepsPlace(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	must(t, p.Open(ctx, "file://"+dir+"/ja/risks/H01.html?layer=physical#H01-03"))
	must(t, p.Eval(ctx, `document.querySelector(".langs a[lang=en]").click()`, nil))
	ask(t, ctx, p, "English", `location.href === "file://`+dir+`/en/risks/H01.html?layer=physical#H01-03" && document.querySelector(":target")`)
	// What a script put into the address since counts.
	must(t, p.Eval(ctx, `history.replaceState(null, "", "?layer=function#H01-01")`, nil))
	must(t, p.Eval(ctx, `document.querySelector(".langs a[lang=ja]").dispatchEvent(new FocusEvent("focusin", {bubbles: true}))`, nil))
	var href string
	must(t, p.Eval(ctx, `document.querySelector(".langs a[lang=ja]").href`, &href))
	if want := "file://" + dir + "/ja/risks/H01.html?layer=function#H01-01"; href != want {
		t.Errorf("the switch leads to %s, not %s", href, want)
	}
}
