package document

import (
	"strings"
)

// OSCAL's prose is Markdown, the model's texts are plain. Escape and Unescape go
// between the two without loss.

// Insert is the place in prose at which the value of a parameter is to stand.
func Insert(param string) string { return "{{ insert: param, " + param + " }}" }

// Escape writes a plain text as OSCAL markup that shows it as it is. param, if
// not nil, gives for a name that stands in the text as {name} the id of the
// parameter that is to be inserted there; ok is false where the name is none.
// [Unescape] gives the text back.
func Escape(text string, param func(name string) (id string, ok bool)) string {
	if !strings.ContainsAny(text, "\\`*_~^<>&{}]#+-.)|=") {
		return text
	}
	var b strings.Builder
	lineStart := true // only digits, or nothing, since the line's beginning
	digits := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		rest := text[i+1:]
		escape := false
		switch c {
		case '\\', '`', '*', '_', '~', '^', '<', '|':
			escape = true
		case ']':
			escape = rest != "" && strings.IndexByte("([:", rest[0]) >= 0
		case '&':
			escape = isEntity(rest)
		case '>', '#', '+', '-', '=':
			escape = lineStart && !digits
		case '.', ')':
			escape = lineStart && digits
		case '{':
			if param != nil {
				if j := strings.IndexByte(rest, '}'); j > 0 {
					if id, ok := param(rest[:j]); ok {
						b.WriteString(Insert(id))
						i += j + 1
						lineStart, digits = false, false
						continue
					}
				}
			}
			escape = strings.HasPrefix(rest, "{")
		}
		if escape {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
		switch {
		case c == '\n':
			lineStart, digits = true, false
		case c == ' ' || c == '\t':
			lineStart = lineStart && !digits
		case lineStart && c >= '0' && c <= '9':
			digits = true
		default:
			lineStart, digits = false, false
		}
	}
	return b.String()
}

// isEntity reports whether s is what follows the "&" of a character reference.
func isEntity(s string) bool {
	end := strings.IndexByte(s, ';')
	if end < 1 {
		return false
	}
	for i, r := range s[:end] {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '#' && i == 0) {
			return false
		}
	}
	return true
}

// Unescape gives back the plain text that [Escape] wrote as prose. name gives for
// the id of a parameter the name that stands in the text; an insertion of which
// it does not know the parameter stays as it is.
func Unescape(prose string, name func(param string) (name string, ok bool)) string {
	if !strings.ContainsAny(prose, "\\{") {
		return prose
	}
	var b strings.Builder
	for i := 0; i < len(prose); i++ {
		c := prose[i]
		if c == '\\' && i+1 < len(prose) && isPunct(prose[i+1]) {
			i++
			b.WriteByte(prose[i])
			continue
		}
		if c == '{' && name != nil {
			if id, n := cutInsert(prose[i:]); n > 0 {
				if s, ok := name(id); ok {
					b.WriteString("{" + s + "}")
					i += n - 1
					continue
				}
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// isPunct reports whether c is punctuation in ASCII: what a backslash can stand
// before (https://spec.commonmark.org/0.31.2/#backslash-escapes).
func isPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

// Inserts returns the ids of the parameters that are inserted in prose, in their
// order, each as often as it stands there.
func Inserts(prose string) []string {
	var ids []string
	for i := 0; i < len(prose); i++ {
		if prose[i] == '\\' {
			i++
			continue
		}
		if id, n := cutInsert(prose[i:]); n > 0 {
			ids = append(ids, id)
			i += n - 1
		}
	}
	return ids
}

// cutInsert returns the parameter of the insertion with which s begins and the
// length of the insertion, 0 where s begins with none.
func cutInsert(s string) (param string, n int) {
	if !strings.HasPrefix(s, "{{") {
		return "", 0
	}
	end := strings.Index(s, "}}")
	if end < 0 {
		return "", 0
	}
	head, id, ok := strings.Cut(s[2:end], ",")
	kind, what, colon := strings.Cut(head, ":")
	id = strings.TrimSpace(id)
	if !ok || !colon || strings.TrimSpace(kind) != "insert" || strings.TrimSpace(what) != "param" || !IsToken(id) {
		return "", 0
	}
	return id, end + 2
}
