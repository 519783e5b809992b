package native

import (
	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
)

// use tells how a property was read.
type use int

const (
	unused use = iota
	asValue
	asWording
)

// props are the properties of one thing; what nobody asks for is told by done.
type props struct {
	r    *reader
	pos  catalog.Position
	what string // the thing, for messages
	all  []document.Prop
	used []use
}

func (r *reader) props(list []document.Prop, pos catalog.Position, what string) *props {
	return &props{r: r, pos: pos, what: what, all: list, used: make([]use, len(list))}
}

// list returns what the properties of ours with the name say.
func (ps *props) list(name string) []string {
	var out []string
	for i, p := range ps.all {
		if p.NS == document.Namespace && p.Name == name {
			ps.used[i] = asValue
			out = append(out, value(p))
		}
	}
	return out
}

// one returns what the property of ours says, "" where there is none.
func (ps *props) one(name string) string {
	vs := ps.list(name)
	if len(vs) > 1 {
		ps.r.fail(ps.pos, "%s has the property %q twice", ps.what, name)
	}
	if len(vs) == 0 {
		return ""
	}
	return vs[0]
}

func (ps *props) yes(name string) bool { return ps.one(name) == Yes }

// standard returns the value of the first property of NIST's with the name.
func (ps *props) standard(name string) string {
	for i, p := range ps.all {
		if p.NS == "" && p.Name == name {
			ps.used[i] = asValue
			return p.Value
		}
	}
	return ""
}

// text reads a text whose one wording stands in OSCAL's own place and whose others
// are properties of the name.
func (ps *props) text(name, standing string, read func(string) string) catalog.Text {
	t := catalog.Text{}
	add := func(lang catalog.Lang, s string) {
		if t.Values == nil {
			t.Values = map[catalog.Lang]string{}
			t.Pos = ps.pos
		}
		if t.Values[lang] != "" {
			ps.r.fail(ps.pos, "%s has the text %q twice in %s", ps.what, name, lang)
		}
		t.Values[lang] = read(s)
	}
	lang := ps.r.lead
	if s := ps.one(name + LanguageSuffix); s != "" {
		lang = catalog.Lang(s)
	}
	if standing != "" {
		add(lang, standing)
	}
	for i, p := range ps.all {
		if p.NS == document.Namespace && p.Name == name && p.Class != "" {
			ps.used[i] = asWording
			add(catalog.Lang(p.Class), p.Remarks)
		}
	}
	return t
}

// done tells of the properties that nobody asked for, and of what those say beside
// what was asked for.
func (ps *props) done() {
	for i, p := range ps.all {
		more := p.UUID != "" || p.Group != ""
		switch ps.used[i] {
		case unused:
			ps.r.noHome(p.Pos, "the property %q of %s", p.Name, ps.what)
			continue
		case asValue:
			more = more || p.Class != "" || p.Remarks != "" && (p.Value != Elsewhere || p.NS == "")
		case asWording:
			more = more || p.Value != p.Class
		}
		if more {
			ps.r.noHome(p.Pos, "what the property %q of %s says beside its value", p.Name, ps.what)
		}
	}
}
