package sheet

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of the file format (Excel specifications and limits).
const (
	MaxChars     = 32767 // UTF-16 units in a cell
	MaxName      = 31    // UTF-16 units in a sheet's name
	MaxLinks     = 65530 // hyperlinks on a sheet
	MaxRow       = 400.0 // points; Excel's limit is 409.5
	MaxColumn    = 255.0 // characters in a column's width
	maxHeader    = 255   // UTF-16 units in a header or footer
	maxTableName = 255
)

// Clean returns s as a cell can hold it: line ends are \n, characters that XML
// 1.0 cannot hold (and bytes that are not UTF-8) are dropped, and what exceeds
// MaxChars UTF-16 units is cut and ends with "…". The other results tell how many
// characters were dropped and whether the text was cut.
func Clean(s string) (text string, dropped int, cut bool) {
	if !isClean(s) {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\r' || r == '\u2028' || r == '\u2029':
				return '\n'
			case r == utf8.RuneError || !legal(r):
				dropped++
				return -1
			}
			return r
		}, s)
	}
	if len(s) > MaxChars { // bytes: at least as many as UTF-16 units
		if t := truncate(s, MaxChars); len(t) < len(s) {
			s, cut = truncate(s, MaxChars-1)+"…", true
		}
	}
	return s, dropped, cut
}

// isClean reports whether s has only characters that are written as they are.
func isClean(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || r == '\r' || r == '\u2028' || r == '\u2029' || !legal(r) {
			return false
		}
	}
	return true
}

// legal reports whether XML 1.0 allows the character (production 2, Char).
func legal(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
}

// truncate returns the longest beginning of s of at most n UTF-16 units.
func truncate(s string, n int) string {
	units := 0
	for i, r := range s {
		units += utf16.RuneLen(r)
		if units > n {
			return s[:i]
		}
	}
	return s
}

// NeedsQuote reports whether Excel would read the text as something else than
// text if a person confirmed the cell again: a formula, a number or a date.
func NeedsQuote(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '=', '+', '-', '@', '\'', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return true
	}
	return false
}

// cleanName makes a sheet name of s: without : \ / ? * [ ] and control
// characters, without an apostrophe at either end, at most MaxName UTF-16 units.
func cleanName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`:\/?*[]`, r):
			return '-'
		case r < 0x20 || r == utf8.RuneError || !legal(r):
			return ' '
		}
		return r
	}, s)
	s = strings.Trim(truncate(strings.Trim(s, " '"), MaxName), " '")
	// Excel keeps the name History for itself.
	if s == "" || strings.EqualFold(s, "History") {
		s += "Sheet"
	}
	return s
}

// uniqueName returns name, or name with a number behind it where taken holds
// its lower-case form: sheet names and table columns differ by more than case.
func uniqueName(name string, limit int, taken map[string]bool) string {
	base := name
	for i := 2; taken[strings.ToLower(name)]; i++ {
		suffix := " (" + itoa(i) + ")"
		name = truncate(base, limit-len(suffix)) + suffix
	}
	taken[strings.ToLower(name)] = true
	return name
}

// EscapeHeader makes text safe within a header or footer, where & begins a code.
func EscapeHeader(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.ReplaceAll(s, "&", "&&")
}
