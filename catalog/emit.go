package catalog

import (
	"fmt"
	"regexp"
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
		writeSpaces(&e.b, indent-2)
		e.b.WriteString("- ")
		return
	}
	writeSpaces(&e.b, indent)
}

func writeSpaces(b *strings.Builder, n int) {
	for ; n > 0; n-- {
		b.WriteByte(' ')
	}
}

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
	e.raw(indent, key, scalar(value, indent, false))
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
			e.b.WriteString(scalar(s, indent+2, false))
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
			e.str(indent, scalar(string(lang), indent, true), t.Values[lang])
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
		quoted[i] = scalar(id, indent, true)
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

// scalar writes a string so that every YAML reader takes it for a string. The
// indentation is that of the line with the key; flow tells that the string
// stands within brackets.
func scalar(s string, indent int, flow bool) string {
	switch {
	case isPlain(s, flow):
		return s
	case !flow && isLiteral(s):
		return literal(s, indent)
	case strings.ContainsAny(s, `"\`) && !strings.Contains(s, "\n") && strings.IndexFunc(s, escaped) < 0:
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return doubleQuoted(s)
}

// escaped reports whether a character must be written as an escape.
func escaped(r rune) bool { return r == '\t' || strictyaml.Forbidden(r) }

// numberLike matches what some reader of YAML takes for a number, a time of day
// or a date.
var (
	numberLike = regexp.MustCompile(`^[-+]?(\.?[0-9][0-9_,.:eExXoObBA-Fa-f+-]*|\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
	dateLike   = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?$`)
	dottedID   = regexp.MustCompile(`^[0-9]+(\.[0-9]+){2,}$`)
)

// isPlain reports whether a string can stand without quotes.
func isPlain(s string, flow bool) bool {
	if s == "" || strings.TrimSpace(s) != s || strings.IndexFunc(s, escaped) >= 0 ||
		strings.Contains(s, "\n") {
		return false
	}
	if strings.ContainsRune("-?:,[]{}#&*!|>'\"%@`=~.<", rune(s[0])) {
		return false
	}
	if strings.Contains(s, ": ") || strings.HasSuffix(s, ":") || strings.Contains(s, " #") {
		return false
	}
	// A run of controls, "8.6.1.1..8.6.1.19", is always quoted, so that all look alike.
	if flow && (strings.ContainsAny(s, ",[]{}:#?!&*|>%@`\"'\\") || strings.Contains(s, "..")) {
		return false
	}
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	if dottedID.MatchString(s) {
		return true
	}
	return !numberLike.MatchString(s) && !dateLike.MatchString(s)
}

// isLiteral reports whether a string of several lines can be written as a
// literal block, so that nothing in it is invisible.
func isLiteral(s string) bool {
	if !strings.Contains(s, "\n") || strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") ||
		strings.HasSuffix(s, "\n\n") || strings.IndexFunc(s, escaped) >= 0 {
		return false
	}
	for _, line := range strings.Split(s, "\n") {
		if strings.TrimRight(line, " ") != line {
			return false
		}
	}
	return true
}

func literal(s string, indent int) string {
	var b strings.Builder
	body, keep := strings.CutSuffix(s, "\n")
	b.WriteString("|")
	if !keep {
		b.WriteString("-")
	}
	for _, line := range strings.Split(body, "\n") {
		b.WriteByte('\n')
		if line != "" {
			writeSpaces(&b, indent+2)
			b.WriteString(line)
		}
	}
	return b.String()
}

func doubleQuoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case strictyaml.Forbidden(r) && r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		case strictyaml.Forbidden(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
