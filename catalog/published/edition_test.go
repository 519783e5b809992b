package published_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"riskguide/catalog"
	"riskguide/catalog/published"
	"riskguide/render/rendertest"
)

// editions loads our own edition and the import of the published text.
func editions(t *testing.T) (own, imported *catalog.Catalog, text string) {
	t.Helper()
	data, err := os.ReadFile(rendertest.Published(t))
	if err != nil {
		t.Fatal(err)
	}
	res, err := published.Parse("guide", data)
	if err != nil {
		t.Fatal(err)
	}
	imported, problems := catalog.Assemble(res.Source)
	if imported == nil {
		t.Fatal(problems)
	}
	own, problems = catalog.Load(t.Context(), os.DirFS(filepath.Join(rendertest.Root(t), "content")), catalog.LoadOptions{Prefix: "content"})
	if own == nil {
		t.Fatal(problems)
	}
	return own, imported, string(data)
}

// facts lists what an edition in other words must keep, a line each.
func facts(cat *catalog.Catalog) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, l := range cat.Guide.AllLayers() {
		add("layer %s in scope %v cross-layer %v", l.ID, l.InScope, l.CrossLayer)
	}
	for _, r := range cat.Risks {
		add("%s severity %s, ENISA %v, added %v, %d measures", r.ID, r.Severity.ID, r.ENISA, r.AddedByGroup, len(r.Measures))
		for _, l := range r.NotApplicable {
			add("%s not applicable at %s", r.ID, l.ID)
		}
		for _, m := range r.Measures {
			var ids []string
			for _, c := range m.Controls.Citations {
				ids = append(ids, c.Control.ID)
			}
			add("%s gaps %v, controls of %s: %s", m.ID, m.Gaps, m.Controls.Owner.ID, strings.Join(ids, " "))
		}
		for i, row := range r.Rows {
			var vs []string
			for _, v := range row.Vulnerabilities {
				s := v.Vulnerability.ID
				if !v.Note.IsZero() {
					s += "+note"
				}
				vs = append(vs, s)
			}
			m := "none"
			if row.Measure != nil {
				m = row.Measure.ID
			}
			add("%s row %d at %s: %d threats, %v, measure %s, remark %v", r.ID, i+1, row.Layer.ID, len(row.Threats), vs, m, !row.Remark.IsZero())
		}
	}
	for _, c := range cat.Controls() {
		add("control %s", c.ID)
	}
	for _, v := range cat.Vulnerabilities {
		add("vulnerability %s", v.ID)
	}
	return out
}

// TestOwnEditionKeepsTheFacts compares structure and numbers of our edition with
// the published text: only the words may differ.
func TestOwnEditionKeepsTheFacts(t *testing.T) {
	own, imported, _ := editions(t)
	got, want := facts(own), facts(imported)
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("content/ lacks: %s", f)
		}
	}
	for _, f := range got {
		if !slices.Contains(want, f) {
			t.Errorf("content/ has what the published text has not: %s", f)
		}
	}
	if len(own.Risks) != 21 || len(own.Controls()) != 226 {
		t.Errorf("%d risks, %d controls", len(own.Risks), len(own.Controls()))
	}
}

// squash keeps letters and digits only, so that punctuation, spaces and widths
// make no difference.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' { // full-width forms of ASCII
			r -= '！' - '!'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

var markup = regexp.MustCompile(`<[^>]*>`)

// TestOwnEditionIsInItsOwnWords finds no sentence, and no run of 20 letters, of
// the published text in our edition. Terms may stand: names of risks, labels of
// vulnerabilities, titles of works.
func TestOwnEditionIsInItsOwnWords(t *testing.T) {
	own, imported, text := editions(t)
	const run = 20
	terms := []string{}
	term := func(t catalog.Text) {
		for _, s := range t.Values {
			terms = append(terms, squash(s))
		}
	}
	for _, r := range imported.Risks {
		term(r.Name)
	}
	for _, v := range imported.Vulnerabilities {
		if v.Numbered() {
			term(v.Label)
		}
	}
	for _, r := range imported.Guide.References {
		term(r.Text)
		term(r.Note)
	}
	for _, r := range own.Guide.References {
		term(r.Text)
		term(r.Note)
	}
	term(imported.Guide.Publisher)
	term(imported.Guide.Title)
	term(imported.Guide.Subtitle)
	windows := map[string]bool{}
	source := []rune(squash(markup.ReplaceAllString(text, "")))
	for i := 0; i+run <= len(source); i++ {
		w := string(source[i : i+run])
		if len(w) > run { // the text is Japanese: a run of Latin letters is a title
			windows[w] = true
		}
	}
	root := filepath.Join(rendertest.Root(t), "content")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".md"}, filepath.Ext(path)) {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for n, line := range strings.Split(string(data), "\n") {
			flat := squash(line)
			for _, t := range terms {
				if len([]rune(t)) >= run {
					flat = strings.ReplaceAll(flat, t, "\x00")
				}
			}
			runes := []rune(flat)
			for i := 0; i+run <= len(runes); i++ {
				if w := string(runes[i : i+run]); windows[w] {
					t.Errorf("%s:%d: %q stands in the published text", path, n+1, w)
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 60 {
		t.Errorf("looked at %d files only", files)
	}
}
