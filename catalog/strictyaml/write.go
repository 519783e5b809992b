package strictyaml

import (
	"fmt"
	"regexp"
	"strings"
)

// Scalar writes a string so that every YAML reader takes it for a string. The
// indentation is that of the line with the key; flow tells that the string
// stands within brackets.
func Scalar(s string, indent int, flow bool) string {
	switch {
	case isPlain(s, flow):
		return s
	case !flow && isLiteral(s):
		return literal(s, indent)
	case strings.ContainsAny(s, `"\`) && !strings.Contains(s, "\n") && strings.IndexFunc(s, escaped) < 0:
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return Quoted(s)
}

// escaped reports whether a character must be written as an escape.
func escaped(r rune) bool { return r == '\t' || Forbidden(r) }

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
			b.WriteString(strings.Repeat(" ", indent+2))
			b.WriteString(line)
		}
	}
	return b.String()
}

// Quoted writes a string in double quotes, with escapes for what would be invisible.
func Quoted(s string) string {
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
		case Forbidden(r) && r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08X`, r)
		case Forbidden(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
