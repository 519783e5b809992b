package oscal

import (
	"slices"
	"sort"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
)

// wording is what a text says in one language.
type wording struct {
	lang catalog.Lang
	text string
}

// wordings returns what a text says, the leading language first.
func (w *writer) wordings(t catalog.Text) []wording {
	var out []wording
	for _, l := range w.langs {
		if s := t.Values[l]; s != "" {
			out = append(out, wording{l, s})
		}
	}
	known := len(out)
	for l, s := range t.Values {
		if s != "" && !slices.Contains(w.langs, l) {
			out = append(out, wording{l, s})
		}
	}
	others := out[known:]
	sort.Slice(others, func(i, j int) bool { return others[i].lang < others[j].lang })
	return out
}

// one returns the wording that stands in OSCAL's own place.
func (w *writer) one(t catalog.Text) string {
	if ws := w.wordings(t); len(ws) > 0 {
		return ws[0].text
	}
	return ""
}

// marked notes in which language a text is, where that is not the leading one.
func (w *writer) marked(props *[]document.Prop, name string, ws []wording) {
	if len(ws) > 0 && ws[0].lang != w.langs[0] {
		*props = append(*props, own(name+native.LanguageSuffix, string(ws[0].lang)))
	}
}

// text returns the wording for OSCAL's own place and puts the others into
// properties of the name.
func (w *writer) text(props *[]document.Prop, name string, t catalog.Text, escape escaper) string {
	ws := w.wordings(t)
	if len(ws) == 0 {
		return ""
	}
	w.marked(props, name, ws)
	for _, x := range ws[1:] {
		*props = append(*props, textProp(name, x, escape))
	}
	return escape(ws[0].text)
}

// all puts every wording of a text that has no place of its own in OSCAL into
// properties.
func (w *writer) all(props *[]document.Prop, name string, t catalog.Text) {
	for _, x := range w.wordings(t) {
		*props = append(*props, textProp(name, x, plain))
	}
}

// textProp is a wording as a property: its value is the language, since values are
// one line; the wording is in the remarks.
func textProp(name string, x wording, escape escaper) document.Prop {
	return document.Prop{Name: name, NS: document.Namespace, Value: string(x.lang), Class: string(x.lang), Remarks: escape(x.text)}
}

// title returns the wording for a title and adds the others as parts.
func (w *writer) title(props *[]document.Prop, parts *[]document.Part, t catalog.Text) string {
	ws := w.wordings(t)
	if len(ws) == 0 {
		return ""
	}
	w.marked(props, native.PropTitle, ws)
	for _, x := range ws[1:] {
		*parts = append(*parts, document.Part{Name: native.PartTitle, NS: document.Namespace, Class: string(x.lang), Prose: plain(x.text)})
	}
	return plain(ws[0].text)
}

// prose puts a text into a part: one wording as its prose, the others as parts of
// it.
func (w *writer) prose(p *document.Part, t catalog.Text, escape escaper) {
	ws := w.wordings(t)
	if len(ws) == 0 {
		return
	}
	w.marked(&p.Props, "prose", ws)
	p.Prose = escape(ws[0].text)
	for _, x := range ws[1:] {
		p.Parts = append(p.Parts, document.Part{Name: native.PartTranslation, NS: document.Namespace, Class: string(x.lang), Prose: escape(x.text)})
	}
}

// escaper writes a text of the model as OSCAL's Markdown.
type escaper func(string) string

// plain is the escaper of texts without parameters.
func plain(s string) string { return document.Escape(s, nil) }

// markdown is the escaper of texts that are Markdown in the model too.
func markdown(s string) string { return s }

// inserting is the escaper of the texts of a control, in which parameters stand as
// {id}.
func (w *writer) inserting(c *catalog.Control) escaper {
	if len(c.Parameters) == 0 {
		return plain
	}
	return func(s string) string {
		return document.Escape(s, func(name string) (string, bool) {
			if p := c.Parameter(name); p != nil {
				return w.ids.of[paramOf{c, p}], true
			}
			return "", false
		})
	}
}

// own is a property in our namespace. A value that is not one line goes into the
// remarks.
func own(name, value string) document.Prop {
	p := document.Prop{Name: name, NS: document.Namespace, Value: value}
	if !document.IsString(value) {
		p.Value, p.Remarks = native.Elsewhere, plain(value)
	}
	return p
}

// label is NIST's property of what a reader sees as a number.
func label(value string) document.Prop { return document.Prop{Name: "label", Value: oneLine(value)} }

// oneLine makes one line of a text, "-" of an empty one.
func oneLine(s string) string {
	if document.IsString(s) {
		return s
	}
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !document.IsString(string(r)) }), " ")
	if s == "" {
		return native.Elsewhere
	}
	return s
}

// local is a link to something in the same document.
func local(rel, id, text string) document.Link {
	return document.Link{Href: "#" + id, Rel: rel, Text: text}
}
