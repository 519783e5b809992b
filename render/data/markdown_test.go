package data_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"riskguide/catalog"
	"riskguide/catalog/synthetic"
	"riskguide/render"
	"riskguide/render/data"
	"riskguide/render/rendertest"
)

func markdown(t testing.TB, d *data.Document, langs ...catalog.Lang) *render.Memory {
	t.Helper()
	var m render.Memory
	if err := d.Markdown(langs, data.MarkdownOptions{Tool: "riskguide"}, &m); err != nil {
		t.Fatal(err)
	}
	return &m
}

var (
	entity = regexp.MustCompile(`&(amp|#32|emsp);`)
	escape = regexp.MustCompile(`\\([[:punct:]])`)
)

// parsed is a Markdown file as a forge reads it.
type parsed struct {
	anchors map[string]bool
	links   []string
	text    string // what a reader sees, one line a block or cell
}

// parse reads a file as GitHub does, with its own rule for anchors
// (https://docs.github.com/en/get-started/writing-on-github).
func parse(t testing.TB, name string, src []byte) *parsed {
	t.Helper()
	p := &parsed{anchors: map[string]bool{}}
	taken := map[string]int{}
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	var plain func(n ast.Node) string
	plain = func(n ast.Node) string {
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			switch c := c.(type) {
			case *ast.Text:
				b.Write(entity.ReplaceAllFunc(
					escape.ReplaceAll(c.Segment.Value(src), []byte("$1")), func(e []byte) []byte {
						return []byte(map[string]string{"&amp;": "&", "&#32;": " ", "&emsp;": ""}[string(e)])
					}))
				if c.SoftLineBreak() {
					b.WriteByte('\n')
				}
			case *ast.AutoLink:
				b.WriteString(strings.ReplaceAll(string(c.Label(src)), "&amp;", "&"))
			case *ast.RawHTML:
				if s := string(c.Segments.Value(src)); s == "<br>" {
					b.WriteByte('\n')
				} else if s != "<sub>" && s != "</sub>" {
					t.Errorf("%s: HTML %q", name, s)
				}
			default:
				b.WriteString(plain(c))
			}
		}
		return b.String()
	}
	var all strings.Builder
	err := ast.Walk(doc, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if !enter {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			slug := ""
			for _, r := range strings.ToLower(plain(n)) {
				if unicode.IsLetter(r) || unicode.IsNumber(r) || r == '-' || r == '_' {
					slug += string(r)
				} else if r == ' ' {
					slug += "-"
				}
			}
			if k := taken[slug]; k > 0 {
				p.anchors[fmt.Sprintf("%s-%d", slug, k)] = true
			} else {
				p.anchors[slug] = true
			}
			taken[slug]++
		case *ast.Link:
			p.links = append(p.links, string(n.Destination))
		case *ast.Image, *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock, *ast.ThematicBreak:
			t.Errorf("%s: a text became %s", name, n.Kind())
		case *extast.Table:
			columns := len(n.Alignments)
			for row := n.FirstChild(); row != nil; row = row.NextSibling() {
				if row.ChildCount() != columns {
					t.Errorf("%s: a row has %d cells, not %d: %q", name, row.ChildCount(), columns, plain(row))
				}
			}
		case *extast.Strikethrough:
			t.Errorf("%s: a text is struck through: %q", name, plain(n))
		}
		if n.Type() == ast.TypeBlock && n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeInline {
			all.WriteString(plain(n) + "\n")
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.text = all.String()
	return p
}

// squeezed is text without white space, which Markdown does not keep.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// TestMarkdown: all links lead somewhere, tables are whole, and every text can be
// read in the file where it belongs, as it is.
func TestMarkdown(t *testing.T) {
	for name, cat := range guides(t, 25) {
		langs := cat.Guide.Languages
		d := data.New(cat)
		m := markdown(t, d, langs...)
		files := map[string]*parsed{}
		for _, f := range m.Names() {
			files[f] = parse(t, name+": "+f, m.Data(f))
		}
		links := 0
		for f, p := range files {
			for _, l := range p.links {
				if strings.Contains(l, "://") {
					continue
				}
				links++
				file, anchor, _ := strings.Cut(l, "#")
				to := f
				if file != "" {
					to = path.Join(path.Dir(f), file)
				}
				if files[to] == nil {
					t.Errorf("%s: %s leads to %s, which is not there", name, f, l)
				} else if anchor != "" && !files[to].anchors[anchor] {
					t.Errorf("%s: %s leads to %s, and that file has no such anchor", name, f, l)
				}
			}
		}
		if links < 10 {
			t.Errorf("%s: only %d links", name, links)
		}
		for _, l := range langs {
			says := func(file string, x data.Text) {
				t.Helper()
				if x[l] == "" {
					return
				}
				if len(langs) > 1 {
					file = string(l) + "/" + file
				}
				if p := files[file]; p == nil || !strings.Contains(squeezed(p.text), squeezed(x[l])) {
					t.Errorf("%s: %s does not say %q", name, file, x[l])
				}
			}
			says("README.md", d.Guide.Title)
			for _, r := range d.Risks {
				file := "risks/" + r.ID + ".md"
				says(file, r.Name)
				for _, x := range slices.Concat(r.Description, r.Notes) {
					says(file, x)
				}
				for _, s := range slices.Concat(r.Objectives, r.Threats, r.Residuals) {
					says(file, s.Text)
				}
				for _, x := range r.Measures {
					says(file, x.Text)
					for _, c := range x.Controls {
						says(file, c.Note)
					}
				}
				for _, row := range r.Rows {
					says(file, row.Remark)
					for _, c := range row.Vulnerabilities {
						says(file, c.Variant)
						says(file, c.Note)
					}
				}
			}
			for _, cl := range d.Clauses {
				for _, c := range cl.Controls {
					file := "controls/" + cl.ID + ".md"
					if len(c.Parameters) == 0 {
						says(file, c.Statement)
						for _, x := range c.Items {
							says(file, x.Text)
							for _, y := range x.Items {
								says(file, y.Text)
							}
						}
					}
					says(file, c.Title)
					for _, x := range c.Guidance {
						says(file, x)
					}
					for _, p := range c.Parameters {
						says(file, p.Label)
						says(file, p.Guidance)
						for _, x := range p.Choices {
							says(file, x)
						}
					}
				}
			}
			for _, v := range d.Vulnerabilities {
				says("vulnerabilities.md", v.Label)
			}
			for _, x := range d.References {
				says("references.md", x.Text)
			}
			for _, x := range d.Pages {
				says("pages/"+x.ID+".md", x.Title)
			}
		}
	}
}

// TestMarkdownOfPack: a tailored document tells what is asked and what is left out.
func TestMarkdownOfPack(t *testing.T) {
	d := data.Tailored(pack(t, "profiles/sample.yaml"))
	m := markdown(t, d, catalog.English)
	p := parse(t, "requirements.md", m.Data("requirements.md"))
	for _, r := range d.Tailoring.Requirements {
		if !strings.Contains(p.text, "\n"+r.ID+"\n") || !strings.Contains(squeezed(p.text), squeezed(r.Statement["en"])) {
			t.Errorf("%s is not asked", r.ID)
		}
	}
	for _, x := range d.Tailoring.Exclusions {
		if reason := x.Reason["en"]; reason != "" && !strings.Contains(p.text, reason) {
			t.Errorf("the reason %q is not told", reason)
		}
	}
	if strings.Contains(p.text, "[") && regexp.MustCompile(`\[[a-z-]+\]`).MatchString(p.text) {
		t.Errorf("a word is missing: %s", regexp.MustCompile(`\[[a-z-]+\]`).FindString(p.text))
	}
}

// TestMarkdownAnchors: ids that give the same anchor are told apart.
func TestMarkdownAnchors(t *testing.T) {
	src := synthetic.Random(1)
	cl := src.Clauses[0]
	d := data.New(assemble(t, src))
	d.Clauses[0].Controls = []data.Control{{ID: cl.ID + ".1.1"}, {ID: cl.ID + ".11"}}
	d.Risks[0].Measures[0].Controls = []data.Citation{{ID: cl.ID + ".1.1"}, {ID: cl.ID + ".11"}}
	m := markdown(t, d, catalog.English)
	got := string(m.Data("risks/" + d.Risks[0].ID + ".md"))
	slug := strings.ReplaceAll(cl.ID, ".", "") + "11"
	for _, want := range []string{cl.ID + ".md#" + slug + ")", cl.ID + ".md#" + slug + "-1)"} {
		if !strings.Contains(got, want) {
			t.Errorf("no link to %s", want)
		}
	}
}

// TestMarkdownWords: both languages have the same words, and each is used.
func TestMarkdownWords(t *testing.T) {
	ja, _ := rendertest.Words(t, "markdown")
	code, err := os.ReadFile(filepath.Join(rendertest.Root(t), "render", "data", "markdown.go"))
	if err != nil {
		t.Fatal(err)
	}
	for key := range ja {
		prefix := key
		if i := strings.IndexByte(key, '-'); i > 0 {
			prefix = key[:i+1]
		}
		if !strings.Contains(string(code), `"`+key+`"`) && !strings.Contains(string(code), `"`+prefix+`"+`) {
			t.Errorf("no file says %q", key)
		}
	}
}
