package catalog

import (
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"riskguide/catalog/strictyaml"
)

// emitter writes YAML in the canonical layout: block style, two columns of
// indentation, short lists of ids in one line.
type emitter struct {
	b     strings.Builder
	langs []Lang
	// dash tells that the next line begins an item of a list.
	dash bool
}

// listWidth is the width in columns up to which a list of ids stands in one line.
const listWidth = 100

// begin writes the indentation of a line.
func (e *emitter) begin(indent int) {
	if e.dash {
		e.dash = false
		e.spaces(indent - 2)
		e.b.WriteString("- ")
		return
	}
	e.spaces(indent)
}

func (e *emitter) spaces(n int) { e.b.WriteString(strings.Repeat(" ", max(n, 0))) }

// item says that the next line begins an item of a list.
func (e *emitter) item() { e.dash = true }

// blank writes an empty line.
func (e *emitter) blank() { e.b.WriteByte('\n') }

// key writes a key whose value stands in the lines below.
func (e *emitter) key(indent int, key string) {
	e.begin(indent)
	e.b.WriteString(key)
	e.b.WriteString(":\n")
}

// raw writes a key and a value that needs no quotes.
func (e *emitter) raw(indent int, key, value string) {
	e.begin(indent)
	e.b.WriteString(key)
	e.b.WriteString(": ")
	e.b.WriteString(value)
	e.b.WriteByte('\n')
}

// str writes a key and a string.
func (e *emitter) str(indent int, key, value string) {
	e.raw(indent, key, strictyaml.Scalar(value, indent, false))
}

// strIf writes a key and a string that is not empty.
func (e *emitter) strIf(indent int, key, value string) {
	if value != "" {
		e.str(indent, key, value)
	}
}

// text writes a key and a text that is not zero.
func (e *emitter) text(indent int, key string, t Text) {
	if t.IsZero() {
		return
	}
	if s, ok := e.single(t); ok {
		e.str(indent, key, s)
		return
	}
	e.key(indent, key)
	e.wordings(indent+2, t)
}

// texts writes a key and a list of texts.
func (e *emitter) texts(indent int, key string, ts []Text) {
	if len(ts) == 0 {
		return
	}
	e.key(indent, key)
	for _, t := range ts {
		e.item()
		if s, ok := e.single(t); ok {
			e.begin(indent + 4)
			e.b.WriteString(strictyaml.Scalar(s, indent+2, false))
			e.b.WriteByte('\n')
			continue
		}
		e.wordings(indent+4, t)
	}
}

// single returns the wording of a text that has one in the guide's first
// language alone, which is written as a plain string. A text without any wording
// is the empty string.
func (e *emitter) single(t Text) (string, bool) {
	langs := sortedLangs(t.Values)
	switch {
	case len(langs) == 0:
		return "", true
	case len(langs) == 1 && langs[0] == e.first():
		return t.Values[langs[0]], true
	}
	return "", false
}

func (e *emitter) first() Lang {
	if len(e.langs) == 0 {
		return Japanese
	}
	return e.langs[0]
}

// wordings writes the wordings of a text, in the order of the guide's languages.
func (e *emitter) wordings(indent int, t Text) {
	for _, lang := range e.langs {
		e.strIf(indent, string(lang), t.Values[lang])
	}
	for _, lang := range sortedLangs(t.Values) {
		if !slices.Contains(e.langs, lang) {
			e.str(indent, strictyaml.Scalar(string(lang), indent, true), t.Values[lang])
		}
	}
}

// ids writes a key and a list of ids: in one line where it fits, else one a line.
func (e *emitter) ids(indent int, key string, ids []string) {
	if len(ids) == 0 {
		return
	}
	quoted := make([]string, len(ids))
	width := indent + len(key) + len(": []")
	for i, id := range ids {
		quoted[i] = strictyaml.Scalar(id, indent, true)
		width += uniseg.StringWidth(quoted[i]) + len(", ")
	}
	if width <= listWidth+len(", ") {
		e.raw(indent, key, "["+strings.Join(quoted, ", ")+"]")
		return
	}
	e.key(indent, key)
	for _, q := range quoted {
		e.item()
		e.begin(indent + 4)
		e.b.WriteString(q)
		e.b.WriteByte('\n')
	}
}
