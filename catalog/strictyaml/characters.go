package strictyaml

import (
	"bytes"
	"unicode/utf8"
)

// findInvalid returns the place of the first byte that is not UTF-8.
func findInvalid(data []byte) (line, col int, found bool) {
	if utf8.Valid(data) {
		return 0, 0, false
	}
	rest := data
	for len(rest) > 0 {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			break
		}
		rest = rest[n:]
	}
	line, col = place(data, len(data)-len(rest))
	return line, col, true
}

// findForbidden returns the first character of a file that is neither printable
// nor a tab or line break, or that breaks a line without an editor showing it.
func findForbidden(data []byte) (r rune, line, col int, found bool) {
	for i := 0; i < len(data); {
		if c := data[i]; c >= ' ' && c < 0x7F || c == '\n' || c == '\t' {
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == '\r' && i+1 < len(data) && data[i+1] == '\n' {
			i++
			continue
		}
		if Forbidden(r) {
			line, col = place(data, i)
			return r, line, col, true
		}
		i += n
	}
	return 0, 0, 0, false
}

// Forbidden reports whether a character may stand in no text: control characters
// other than tab and line feed, the line and paragraph separators, which break a
// line without an editor showing it, byte order marks and noncharacters.
func Forbidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < ' ' || r >= 0x7F && r < 0xA0:
		return true
	case r == 0x2028 || r == 0x2029 || r == 0xFEFF:
		return true
	case r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE:
		return true
	}
	return r >= 0xD800 && r < 0xE000
}

// place turns an offset into line and column, both from 1, the column in
// characters.
func place(data []byte, offset int) (line, col int) {
	before := data[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte{'\n'}) + 1, utf8.RuneCount(before[start:]) + 1
}
