package site_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"

	"riskguide/catalog"
	diff "riskguide/catalog/edition"
	"riskguide/render/changes"
)

// since compares two editions of the fixture.
func since(t testing.TB, old, new fs.FS) *changes.Report {
	t.Helper()
	r := &changes.Report{}
	for _, side := range []struct {
		fsys fs.FS
		src  **catalog.Source
	}{{old, &r.Old}, {new, &r.New}} {
		src, problems := catalog.LoadSource(context.Background(), side.fsys, catalog.LoadOptions{})
		if problems.HasErrors() {
			t.Fatal(problems.ErrorsOnly())
		}
		*side.src = src
	}
	r.Changes = diff.Compare(r.Old, r.New)
	return r
}

func TestChanges(t *testing.T) {
	old := fixture(t)
	new := fixture(t, "risks/H01.yaml", "装置を冗長にする", "装置と回線を冗長にする",
		"risks/H01.yaml", "controls: [2.1.1.1, 2.1.1.2]", "controls: [2.1.1.1]")
	cat := load(t, new)
	opts := options(cat, both...)
	m := build(t, cat, opts)
	for _, name := range m.Names() {
		if strings.Contains(name, "changes") {
			t.Errorf("%s is written though no older edition is given", name)
		}
		if strings.HasSuffix(name, ".html") && strings.Contains(string(m.Data(name)), "changes.html") {
			t.Errorf("%s leads to a page of changes that is not there", name)
		}
	}
	opts.Since = since(t, old, new)
	m = build(t, cat, opts)
	for _, c := range []struct{ file, want string }{
		{"ja/changes.html", "装置<ins>と回線</ins>を冗長にする"},
		{"ja/changes.html", `<a href="risks/H01.html#H01-01"><b class="id">H01-01</b></a>`},
		{"ja/changes.html", `<a href="controls/2.1.1.2.html"><b class="id">2.1.1.2</b></a>`},
		{"ja/changes.html", "<del>切替えを毎年試す</del>"},
		{"en/changes.html", `<span lang="ja">装置<ins>と回線</ins>を冗長にする</span>`},
		{"en/changes.html", "<del>Test the switch-over every year</del>"},
		{"en/changes.html", "changes.css"[:8]},
		{"en/editions.html", `<a href="changes.html">What changed</a>`},
		{"en/risks/H01.html", `<a href="../changes.html">What changed</a>`},
		{"en/feed.xml", `href="changes.html"`},
		{"en/feed.xml", "2 changes"},
	} {
		if !strings.Contains(string(m.Data(c.file)), c.want) {
			t.Errorf("%s does not hold %s", c.file, c.want)
		}
	}
	// The feed's other entries lead to the history as before.
	if n := strings.Count(string(m.Data("en/feed.xml")), "changes.html"); n != 1 {
		t.Errorf("the feed leads to the page of changes %d times", n)
	}
}
