// Package searchindex makes the data of the site's search: what can be found in
// one language of a catalog, as a script that the browser loads when somebody
// opens the search.
//
// # What it holds
//
// Texts only, each once, and no postings: the guide is small enough for the
// browser to look through all of it at every key press, and texts are what a
// result shows. docs/search.md has the measurements behind that.
//
// How texts are compared (width, case, kana, ids) and how results are ranked is
// written once, in templates/site/assets/search-engine.js: there is no second
// implementation here that could differ.
package searchindex

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"riskguide/catalog"
)

// Kind tells what a document is: an entity of the catalog, or the column of a
// risk table that its text stands in.
type Kind string

// The kinds, in the order in which results of equal rank are shown.
const (
	Risk          Kind = "risk"
	Measure       Kind = "measure"
	Clause        Kind = "clause"
	Control       Kind = "control"
	Vulnerability Kind = "vulnerability"
	Threat        Kind = "threat"
	Objective     Kind = "objective"
	Residual      Kind = "residual"
	Remark        Kind = "remark"
	Layer         Kind = "layer"
	Page          Kind = "page"
	Reference     Kind = "reference"
	Retired       Kind = "retired"
)

// Kinds lists the kinds in order.
func Kinds() []Kind {
	return []Kind{Risk, Measure, Clause, Control, Vulnerability, Threat, Objective, Residual, Remark, Layer, Page, Reference, Retired}
}

// Document is what one result leads to.
type Document struct {
	Kind Kind
	// ID names the document within the edition: the entity's id, for a
	// section of the front matter its page and anchor, for a remark the row.
	ID string
	// Hidden tells that the id is not printed in the guide, so that a result
	// does not show it.
	Hidden bool
	// Title is the name, if there is one apart from the text.
	Title string
	Text  string
	// Where says what the document belongs to: the risk and the layers, or
	// the clause. It is shown and, with little weight, searched.
	Where string
	// Href is the address relative to the language's folder.
	Href string
	// Lang is the language of title and text where it is not the index's.
	Lang catalog.Lang
}

// Section is a part of a front-matter page below a heading, as plain text.
type Section struct {
	Anchor string // empty for what stands before the first heading
	Title  string
	Text   string
}

// Site gives what the catalog does not know: addresses relative to the
// language's folder, and texts as the pages show them.
type Site struct {
	// Entity is the address of an id (risk, measure, clause, control,
	// vulnerability, retired id); empty where the site shows no such thing.
	Entity func(id string) string
	// Cell is the address of an objective, threat or residual risk in the
	// table of a risk, Row that of a layer's first row there.
	Cell func(risk, id string) string
	Row  func(risk string, l *catalog.Layer) string

	Layer     func(l *catalog.Layer) string
	Reference func(id string) string
	Page      func(pg *catalog.Page) string
	// Statement is a wording of a control with the values of its parameters.
	Statement func(c *catalog.Control, t catalog.Text) (string, catalog.Lang)
	Sections  func(pg *catalog.Page) ([]Section, catalog.Lang)
	// Join joins names as the language does.
	Join func(words []string) string
}

// Collect lists the documents of the catalog in the language, kind by kind and
// within a kind in the guide's order.
func Collect(cat *catalog.Catalog, lang catalog.Lang, site Site) []Document {
	c := &collector{cat: cat, lang: lang, site: site}
	c.risks()
	c.controls()
	c.vulnerabilities()
	c.frontMatter()
	order := Kinds()
	slices.SortStableFunc(c.docs, func(a, b Document) int {
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	return c.docs
}

type collector struct {
	cat  *catalog.Catalog
	lang catalog.Lang
	site Site
	docs []Document
}

// add adds a document unless the site has no place for it or it says nothing.
func (c *collector) add(d Document, l catalog.Lang) {
	if d.Href == "" || d.Title == "" && d.Text == "" {
		return
	}
	if l != c.lang {
		d.Lang = l
	}
	c.docs = append(c.docs, d)
}

func (c *collector) text(t catalog.Text) string {
	s, _ := c.cat.Text(t, c.lang)
	return s
}

func (c *collector) risks() {
	for _, r := range c.cat.Risks {
		name, l := c.cat.Text(r.Name, c.lang)
		d := Document{Kind: Risk, ID: r.ID, Title: name, Href: c.site.Entity(r.ID)}
		if r.Severity != nil {
			d.Where = c.text(r.Severity.Name)
		}
		var ps []string
		for _, t := range slices.Concat(r.Description, r.Notes) {
			ps = append(ps, c.text(t))
		}
		d.Text = strings.Join(ps, "\n")
		c.add(d, l)
		for _, m := range r.Measures {
			text, l := c.cat.Text(m.Text, c.lang)
			c.add(Document{Kind: Measure, ID: m.ID, Text: text, Href: c.site.Entity(m.ID), Where: c.where(r, m.Layers())}, l)
		}
		c.cells(r)
	}
}

// where names a risk and the layers of its table.
func (c *collector) where(r *catalog.Risk, layers []*catalog.Layer) string {
	var names []string
	for _, l := range layers {
		if n := c.text(l.Name); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	s := r.ID + " " + c.text(r.Name)
	if len(names) > 0 {
		s += " · " + c.site.Join(names)
	}
	return s
}

// cell is an objective, threat or residual risk with the layers of a table that
// it stands at.
type cell struct {
	kind   Kind
	id     string
	text   catalog.Text
	layers []*catalog.Layer
}

// cells adds what stands in the cells of a risk's table. What the table cites
// from another risk is a document of its own: it is read at another place.
func (c *collector) cells(r *catalog.Risk) {
	var cells []*cell
	byID := map[string]*cell{}
	add := func(k Kind, id string, t catalog.Text, l *catalog.Layer) {
		x := byID[id]
		if x == nil {
			x = &cell{kind: k, id: id, text: t}
			byID[id] = x
			cells = append(cells, x)
		}
		if !slices.Contains(x.layers, l) {
			x.layers = append(x.layers, l)
		}
	}
	for i, row := range r.Rows {
		if o := row.Objective; o != nil {
			add(Objective, o.ID, o.Text, row.Layer)
		}
		for _, t := range row.Threats {
			add(Threat, t.ID, t.Text, row.Layer)
		}
		if row.Measure != nil {
			for _, x := range row.Measure.Residuals {
				add(Residual, x.ID, x.Text, row.Layer)
			}
		}
		if i == 0 || !row.Remark.Equal(r.Rows[i-1].Remark) || row.Layer != r.Rows[i-1].Layer {
			text, l := c.cat.Text(row.Remark, c.lang)
			c.add(Document{Kind: Remark, ID: r.ID + "/" + row.Layer.ID, Hidden: true, Text: text,
				Href: c.site.Row(r.ID, row.Layer), Where: c.where(r, []*catalog.Layer{row.Layer})}, l)
		}
	}
	for _, x := range cells {
		text, l := c.cat.Text(x.text, c.lang)
		c.add(Document{Kind: x.kind, ID: x.id, Hidden: true, Text: text, Href: c.site.Cell(r.ID, x.id), Where: c.where(r, x.layers)}, l)
	}
}

func (c *collector) controls() {
	// A wording that a citation has of its own is found at its control.
	variants := map[*catalog.Control][]string{}
	for _, m := range c.cat.Measures() {
		for _, ci := range m.Controls.Citations {
			for _, t := range []catalog.Text{ci.Variant, ci.Note} {
				if t.IsZero() {
					continue
				}
				s, _ := c.site.Statement(ci.Control, t)
				if !slices.Contains(variants[ci.Control], s) {
					variants[ci.Control] = append(variants[ci.Control], s)
				}
			}
		}
	}
	for _, cl := range c.cat.Clauses {
		title, l := c.cat.Text(cl.Title, c.lang)
		href := c.site.Entity(cl.ID)
		if title == "" {
			title = cl.ID // a clause without a title is still found by its id
		}
		c.add(Document{Kind: Clause, ID: cl.ID, Title: title, Href: href}, l)
		for _, ctl := range cl.Controls {
			text, l := c.site.Statement(ctl, ctl.Wording())
			text = strings.Join(append([]string{text}, variants[ctl]...), "\n")
			where := cl.ID
			if t := c.text(cl.Title); t != "" {
				where += " " + t
			}
			for _, t := range ctl.Guidance {
				text += "\n" + c.text(t)
			}
			c.add(Document{Kind: Control, ID: ctl.Number(), Title: c.text(ctl.Title), Text: text, Href: c.site.Entity(ctl.ID), Where: where}, l)
		}
	}
}

func (c *collector) vulnerabilities() {
	for _, v := range c.cat.Vulnerabilities {
		text, l := c.cat.Text(v.Label, c.lang)
		d := Document{Kind: Vulnerability, ID: v.ID, Hidden: !v.Numbered(), Text: text, Href: c.site.Entity(v.ID)}
		var risks []string
		for _, row := range v.Rows {
			if c.site.Entity(row.Risk.ID) != "" && !slices.Contains(risks, row.Risk.ID) {
				risks = append(risks, row.Risk.ID)
			}
		}
		d.Where = c.site.Join(risks)
		c.add(d, l)
	}
}

func (c *collector) frontMatter() {
	g := c.cat.Guide
	for _, l := range g.AllLayers() {
		name, lang := c.cat.Text(l.Name, c.lang)
		d := Document{Kind: Layer, ID: l.ID, Hidden: true, Title: name, Text: c.text(l.Description), Href: c.site.Layer(l)}
		if l.Parent != nil {
			d.Where = c.text(l.Parent.Name)
		}
		c.add(d, lang)
	}
	for _, pg := range c.cat.Pages {
		href := c.site.Page(pg)
		if href == "" {
			continue
		}
		title, _ := c.cat.Text(pg.Title, c.lang)
		sections, lang := c.site.Sections(pg)
		for i, s := range sections {
			d := Document{Kind: Page, ID: pg.ID, Hidden: true, Title: s.Title, Text: s.Text, Href: href}
			if s.Anchor != "" {
				d.ID += "#" + s.Anchor
				d.Href += "#" + s.Anchor
			}
			if i == 0 && s.Anchor == "" {
				d.Title = title
			} else {
				d.Where = title
			}
			c.add(d, lang)
		}
	}
	for _, r := range g.References {
		text, l := c.cat.Text(r.Text, c.lang)
		if note := c.text(r.Note); note != "" {
			text += "\n" + note
		}
		c.add(Document{Kind: Reference, ID: r.ID, Text: text, Href: c.site.Reference(r.ID)}, l)
	}
	for _, r := range c.cat.Retired {
		text, l := c.cat.Text(r.Reason, c.lang)
		if text == "" {
			text = r.ID
		}
		c.add(Document{Kind: Retired, ID: r.ID, Text: text, Href: c.site.Entity(r.ID), Where: c.site.Join(r.ReplacedBy)}, l)
	}
}

// Script writes the documents as a script, which works where a page cannot read
// other files (file://). It sets riskguide.searchIndex to
//
//	{words: {key: text}, kinds: [[kind, name, [[id, title, text, where, href, flags, lang], …]], …]}
//
// flags is 1 for a hidden id; trailing empty fields are left out. names holds the
// name of each kind, words the fixed texts of the search.
func Script(docs []Document, names map[Kind]string, words map[string]string) ([]byte, error) {
	index := struct {
		Words map[string]string `json:"words"` // written in the order of the keys
		Kinds []any             `json:"kinds"`
	}{Words: words, Kinds: []any{}}
	for _, k := range Kinds() {
		rows := []any{}
		for _, d := range docs {
			if d.Kind == k {
				rows = append(rows, d.row())
			}
		}
		if len(rows) > 0 {
			index.Kinds = append(index.Kinds, []any{k, names[k], rows})
		}
	}
	var b bytes.Buffer
	b.WriteString("riskguide.searchIndex=")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // it is a file of its own, not part of a page
	if err := enc.Encode(index); err != nil {
		return nil, err
	}
	return append(bytes.TrimRight(b.Bytes(), "\n"), ';', '\n'), nil
}

func (d Document) row() []any {
	flags := 0
	if d.Hidden {
		flags = 1
	}
	row := []any{d.ID, d.Title, d.Text, d.Where, d.Href, flags, d.Lang}
	for len(row) > 5 && (row[len(row)-1] == catalog.Lang("") || row[len(row)-1] == 0) {
		row = row[:len(row)-1]
	}
	return row
}
