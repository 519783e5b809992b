package pdf

import (
	"strings"

	"riskguide/catalog"
	"riskguide/render/pdf/document"
)

// standard adds the controls of a guide of controls alone, a table for each clause,
// and the references that they cite.
func (r *renderer) standard(d *document.Document) {
	for i, cl := range r.cat.Clauses {
		if i > 0 {
			d.NewPage()
		}
		title := cl.ID
		if s := r.text(cl.Title); s != "" {
			title += "  " + s
		}
		d.Heading(1, title, document.HeadingOptions{ID: "clause:" + cl.ID, Keep: 60})
		t := document.Table{
			Continued: r.words.Get("continued"),
			Columns: []document.Column{
				{Title: document.Strong(r.words.Get("control-id")), Width: 22},
				{Title: document.Strong(r.words.Get("control-statement"))},
				{Title: document.Strong(r.words.Get("control-guidance")), Width: 100},
			},
		}
		for _, c := range cl.Controls {
			bookmark := c.Number()
			if s := r.text(c.Title); s != "" {
				bookmark += " " + s
			}
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
				{Paragraphs: []document.Inline{{{Text: c.Number(), Bold: true}}}, ID: "control:" + c.ID, Bookmark: bookmark, BookmarkLevel: 2},
				{Paragraphs: r.wording(c)},
				{Paragraphs: r.guidance(c), Small: true},
			}})
		}
		d.Table(t)
	}
	if len(r.cat.Guide.References) > 0 {
		d.NewPage()
		d.Heading(1, r.words.Get("references"), document.HeadingOptions{ID: "references", Keep: 60})
		r.directive(d, "references")
	}
}

// wording returns the title and the lines of a control's statement.
func (r *renderer) wording(c *catalog.Control) []document.Inline {
	var out []document.Inline
	if s := r.text(c.Title); s != "" {
		out = append(out, document.Inline{{Text: s, Bold: true, Pos: c.Title.Pos}})
	}
	s, l := r.cat.Text(c.Wording(), r.lang)
	for _, line := range strings.Split(r.statement(c, s), "\n") {
		// Ideographic spaces are as wide as the indentation of an item, and every
		// font of the document has them.
		text := strings.TrimLeft(line, "\u00A0")
		indent := strings.Repeat("\u3000", (len(line)-len(text))/len("\u00A0")/2)
		out = append(out, document.Inline{{Text: indent + text, Pos: c.Pos}})
	}
	if l != r.lang {
		out = append(out, document.Inline{{Text: r.words.Get("untranslated"), Small: true, Color: document.Muted}})
	}
	return out
}

// guidance returns what helps to understand a control: its guidance, the choices
// that its values have, related controls and references.
func (r *renderer) guidance(c *catalog.Control) []document.Inline {
	var out []document.Inline
	for _, t := range c.Guidance {
		out = append(out, r.inline(t))
	}
	for _, p := range c.Parameters {
		if s := r.text(p.Guidance); s != "" {
			label := r.text(p.Label)
			if label == "" {
				label = p.ID
			}
			out = append(out, document.Inline{{Text: label + r.words.Get("colon"), Color: document.Muted}, {Text: s, Pos: p.Guidance.Pos}})
		}
	}
	list := func(word string, n int, at func(i int) document.Span) {
		if n == 0 {
			return
		}
		in := document.Inline{{Text: r.words.Get(word) + r.words.Get("colon"), Color: document.Muted}}
		for i := range n {
			if i > 0 {
				in = append(in, document.Span{Text: r.words.Get("list-separator")})
			}
			in = append(in, at(i))
		}
		out = append(out, in)
	}
	control := func(x *catalog.Control) document.Span {
		return document.Span{Text: x.Number(), Link: "#control:" + x.ID, Color: document.Accent}
	}
	if c.Enhances != nil {
		list("control-enhances", 1, func(int) document.Span { return control(c.Enhances) })
	}
	list("control-related", len(c.RelatedTo), func(i int) document.Span { return control(c.RelatedTo[i]) })
	list("references", len(c.Cites), func(i int) document.Span {
		return document.Span{Text: c.Cites[i].ID, Link: "#reference:" + c.Cites[i].ID, Color: document.Accent}
	})
	return out
}
