package pack

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/table"
)

// Page is the data of the template pack/requirements.html. The fields of the
// view are promoted: what they hold is described in the comments of this
// package's source and by the built-in template, which uses all of them.
type Page struct {
	*view
	// Style is the content of pack/requirements.css.
	Style template.CSS
	// LetterHTML are the cover letters, in the order of Letters.
	LetterHTML []template.HTML
	// RiskTables are the tables of the risks in scope, in the order of Tables.
	RiskTables []HTMLTable
}

// columnText is a text in the column of a language; Marked tells that the column
// lacks it and shows another language's, which Mark says.
type columnText struct {
	phrase
	Marked bool
	Mark   string
}

// HTMLTable is a risk with its table.
type HTMLTable struct {
	*tableView
	// Table is the table element.
	Table template.HTML
}

// markdown is safe: raw HTML and dangerous links in the source are left out.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table,
		extension.NewCJK(extension.WithEastAsianLineBreaks())))
})

func requirementsHTML(ctx context.Context, p *profile.Pack, v *view, w words, opts render.Options) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	src, err := fs.ReadFile(opts.Templates, templateDir+"/requirements.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	css, err := fs.ReadFile(opts.Templates, templateDir+"/requirements.css")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	if strings.Contains(strings.ToLower(string(css)), "</style") {
		return nil, fmt.Errorf("templates: %s/requirements.css ends the style element it stands in", templateDir)
	}
	t, err := template.New("requirements.html").Funcs(template.FuncMap{
		"word": w.Get, // in the first language, for attributes
		"both": w.both,
		"line": func(key string) string { return w.label(key) },
		"fill": w.With, // a word with its placeholders filled in
		"join": w.join,
		"foreign": func(x phrase) bool {
			return x.Text != "" && x.Lang != v.Lang
		},
		"lacks":      w.lacksSecond,
		"secondLang": func() catalog.Lang { return v.Second },
		// wordIn is a word in the language of a column, column a text in it.
		"wordIn": func(l catalog.Lang, key string) string { return w.of(l).Get(key) },
		"fillIn": func(l catalog.Lang, key string, pairs ...string) string { return w.of(l).With(key, pairs...) },
		"lines":  func(s string) []string { return strings.Split(s, "\n") },
		"column": func(l catalog.Lang, x phrase) columnText {
			return columnText{x, x.Text != "" && x.Lang != l, w.of(l).Get("missing_translation")}
		},
	}).Parse(string(src))
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	page := Page{view: v, Style: template.CSS(css)}
	for _, l := range v.Letters {
		letter, err := letterHTML(l.Text)
		if err != nil {
			return nil, err
		}
		page.LetterHTML = append(page.LetterHTML, letter)
	}
	for _, tv := range v.Tables {
		page.RiskTables = append(page.RiskTables, HTMLTable{tv, tableHTML(p, tv, w)})
	}
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return b.Bytes(), nil
}

// letterHTML renders the letter. Its headings stand below that of the page.
func letterHTML(src string) (template.HTML, error) {
	source := []byte(src)
	md := markdown()
	root := md.Parser().Parse(text.NewReader(source))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			h.Level = min(h.Level+1, 6)
		}
	}
	var b bytes.Buffer
	if err := md.Renderer().Render(&b, source, root); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}

// columnClass names the columns of a risk's table for styles.
var columnClass = [table.Columns]string{"group", "layer", "objective", "threat", "vulnerability", "measure", "control", "residual", "remark"}

// tableHTML renders a risk's table. It is made without a template: it has by far
// the most elements of the page.
func tableHTML(p *profile.Pack, tv *tableView, w words) template.HTML {
	t := &tableWriter{pack: p, lang: p.Lang(), w: w, seen: map[string]bool{}}
	g := tv.Grid
	// Where no layer of the table has one above it, there is one column of layers:
	// HTML knows no column in which no cell begins.
	t.oneLayer = !slices.ContainsFunc(g.Cells, func(c table.Cell) bool { return c.Col == table.ColLayer })
	t.raw(`<table class="risk-table">` + "\n<thead>")
	t.rows(g.Header, true)
	t.raw("\n</thead>\n<tbody>")
	t.rows(g.Cells, false)
	t.raw("\n</tbody></table>")
	return template.HTML(t.b.String())
}

// tableWriter writes a risk's table.
type tableWriter struct {
	pack *profile.Pack
	lang catalog.Lang
	w    words
	b    strings.Builder
	seen map[string]bool // measures whose anchor is placed
	// oneLayer tells that the two columns of layers are one.
	oneLayer bool
}

func (t *tableWriter) raw(s string) { t.b.WriteString(s) }

func (t *tableWriter) text(s string) { template.HTMLEscape(&t.b, []byte(s)) }

// rows writes cells that are in row-major order.
func (t *tableWriter) rows(cells []table.Cell, head bool) {
	row := -1
	for i := range cells {
		c := &cells[i]
		for ; row < c.Row; row++ {
			if row >= 0 {
				t.raw("</tr>")
			}
			t.raw("\n<tr>")
		}
		t.cell(c, head)
	}
	if row >= 0 {
		t.raw("</tr>")
	}
}

func (t *tableWriter) cell(c *table.Cell, head bool) {
	tag, scope := "td", ""
	cols := c.ColSpan
	if t.oneLayer && c.Col == table.ColLayerGroup {
		cols = 1
	}
	switch {
	case head && cols > 1:
		tag, scope = "th", "colgroup"
	case head:
		tag, scope = "th", "col"
	case c.RowHeader && c.RowSpan > 1:
		tag, scope = "th", "rowgroup"
	case c.RowHeader:
		tag, scope = "th", "row"
	}
	class := columnClass[c.Col]
	switch c.Kind {
	case table.NotApplicable:
		class += " na"
	case table.Missing:
		class += " gap"
	}
	t.raw("<" + tag)
	if scope != "" {
		t.raw(` scope="` + scope + `"`)
	}
	t.raw(` class="` + class + `"`)
	if c.RowSpan > 1 {
		t.raw(` rowspan="` + strconv.Itoa(c.RowSpan) + `"`)
	}
	if cols > 1 {
		t.raw(` colspan="` + strconv.Itoa(cols) + `"`)
	}
	t.raw(">")
	if c.Col == table.ColMeasure && c.Measure != nil {
		id := c.Measure.ID
		t.raw(`<b class="id"`)
		if !t.seen[id] {
			t.seen[id] = true
			t.raw(` id="` + template.HTMLEscapeString(id) + `"`)
		}
		t.raw(">")
		t.text(id)
		t.raw("</b> ")
	}
	switch c.Kind {
	case table.NotApplicable:
		t.text(t.w.Get("not_applicable"))
	case table.Missing:
		p := t.w.both(gapWord(c.Gap))
		t.text(p.Text)
		t.second(p.Other(), p.SecondLang)
	}
	list := len(c.Items) > 1
	if list {
		t.raw("<ul>")
	}
	for i := range c.Items {
		if list {
			t.raw("<li>")
		}
		t.item(&c.Items[i])
		if list {
			t.raw("</li>")
		}
	}
	if list {
		t.raw("</ul>")
	}
	t.raw("</" + tag + ">")
}

// gapWord is the key of the word that stands where the guide lacks a cell.
func gapWord(g catalog.Gap) string {
	switch g {
	case catalog.GapMeasure:
		return "no_measure_text"
	case catalog.GapControls:
		return "no_controls"
	}
	return "no_residual"
}

// second writes what stands below a text in the second language.
func (t *tableWriter) second(text string, lang catalog.Lang) {
	if text == "" {
		return
	}
	t.raw(` <span class="alt" lang="` + template.HTMLEscapeString(string(lang)) + `">`)
	t.text(text)
	t.raw("</span>")
}

func (t *tableWriter) item(it *table.Item) {
	if it.LeftOut {
		t.raw("<s>")
	}
	if it.Number != "" {
		if !it.LeftOut && t.pack.Requirement(it.Ref) != nil {
			t.raw(`<a class="id" href="#` + template.HTMLEscapeString(it.Ref) + `">`)
			t.text(it.Number)
			t.raw("</a> ")
		} else {
			t.raw(`<b class="id">`)
			t.text(it.Number)
			t.raw("</b> ")
		}
	}
	if it.Lang != t.lang && it.Text != "" {
		t.raw(`<span lang="` + template.HTMLEscapeString(string(it.Lang)) + `">`)
		t.text(it.Text)
		t.raw("</span>")
	} else {
		t.text(it.Text)
	}
	if it.Note != "" {
		t.text(t.w.parens(it.Note))
	}
	if it.Lang != t.lang && it.Text != "" {
		t.raw(` <small class="untranslated">`)
		t.text(t.w.Get("missing_translation"))
		t.raw("</small>")
	}
	if it.Second != "" {
		text := it.Second
		if it.SecondNote != "" {
			text += t.w.second.parens(it.SecondNote)
		}
		t.second(text, t.w.second.lang)
	}
	if it.LeftOut {
		t.raw(`</s> <small class="out">`)
		t.text(t.w.Get("left_out"))
		t.raw("</small>")
	}
}
