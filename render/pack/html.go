package pack

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
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
	// LetterHTML is the cover letter.
	LetterHTML template.HTML
	// RiskTables are the tables of the risks in scope, in the order of Tables.
	RiskTables []HTMLTable
}

// HTMLTable is a risk's table in rows.
type HTMLTable struct {
	*tableView
	Header []HTMLRow
	Rows   []HTMLRow
}

// HTMLRow holds the cells that begin in a row.
type HTMLRow struct{ Cells []HTMLCell }

// HTMLCell is a cell of a risk's table.
type HTMLCell struct {
	Class            string
	RowSpan, ColSpan int
	// Head makes it a heading with the scope; ID is then its anchor where it
	// has one.
	Head  bool
	Scope string
	// Measure is the id of the measure that the cell is about; First tells
	// that it is the first such cell of the table.
	Measure string
	First   bool
	// Text stands in a cell without items.
	Text  string
	Items []HTMLItem
	// List tells that the items form a list.
	List bool
}

// HTMLItem is an item of a cell.
type HTMLItem struct {
	Number  string
	Text    phrase
	Note    string
	LeftOut bool
	// Href leads to the requirement, empty where it is none of the pack.
	Href string
}

// markdown is safe: raw HTML and dangerous links in the source are left out.
var markdown = sync.OnceValue(func() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table,
		extension.NewCJK(extension.WithEastAsianLineBreaks())),
		goldmark.WithRendererOptions(html.WithXHTML()))
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
		"word": w.Get,
		"fill": w.with, // a word with its placeholders filled in
		"join": w.join,
		"kept": w.kept,
		"foreign": func(x phrase) bool {
			return x.Text != "" && x.Lang != v.Lang
		},
	}).Parse(string(src))
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	page := Page{view: v, Style: template.CSS(css)}
	if page.LetterHTML, err = letterHTML(v.Letter); err != nil {
		return nil, err
	}
	for _, tv := range v.Tables {
		page.RiskTables = append(page.RiskTables, htmlTable(p, tv, w))
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

func htmlTable(p *profile.Pack, tv *tableView, w words) HTMLTable {
	g := tv.Grid
	t := HTMLTable{tableView: tv, Header: make([]HTMLRow, g.HeaderRows), Rows: make([]HTMLRow, g.Rows)}
	for i := range g.Header {
		c := &g.Header[i]
		h := HTMLCell{Class: columnClass[c.Col], RowSpan: c.RowSpan, ColSpan: c.ColSpan, Head: true, Scope: "col"}
		if c.ColSpan > 1 {
			h.Scope = "colgroup"
		}
		for _, it := range c.Items {
			h.Items = append(h.Items, htmlItem(p, it))
		}
		t.Header[c.Row].Cells = append(t.Header[c.Row].Cells, h)
	}
	seen := map[string]bool{}
	for i := range g.Cells {
		c := &g.Cells[i]
		h := HTMLCell{Class: columnClass[c.Col], RowSpan: c.RowSpan, ColSpan: c.ColSpan, List: len(c.Items) > 1}
		if c.RowHeader {
			h.Head, h.Scope = true, "row"
			if c.RowSpan > 1 {
				h.Scope = "rowgroup"
			}
		}
		switch c.Kind {
		case table.NotApplicable:
			h.Class += " na"
			h.Text = w.Get("not_applicable")
		case table.Missing:
			h.Class += " gap"
			h.Text = w.Get(map[catalog.Gap]string{catalog.GapMeasure: "no_measure_text", catalog.GapControls: "no_controls"}[c.Gap])
			if c.Gap == catalog.GapResidual {
				h.Text = w.Get("no_residual")
			}
		}
		if c.Col == table.ColMeasure && c.Measure != nil {
			h.Measure, h.First = c.Measure.ID, !seen[c.Measure.ID]
			seen[c.Measure.ID] = true
		}
		for _, it := range c.Items {
			h.Items = append(h.Items, htmlItem(p, it))
		}
		t.Rows[c.Row].Cells = append(t.Rows[c.Row].Cells, h)
	}
	return t
}

func htmlItem(p *profile.Pack, it table.Item) HTMLItem {
	h := HTMLItem{Number: it.Number, Text: phrase{it.Text, it.Lang, it.Pos}, Note: it.Note, LeftOut: it.LeftOut}
	if it.Number != "" && !it.LeftOut && p.Requirement(it.Ref) != nil {
		h.Href = "#" + it.Ref
	}
	return h
}
