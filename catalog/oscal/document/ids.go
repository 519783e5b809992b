package document

import (
	"crypto/sha1"
	"fmt"
	"strings"
	"unicode"
)

// Namespace is the namespace (ns) of what riskguide adds to OSCAL: the names of
// props and parts that are not NIST's.
const Namespace = "https://riskguide.example/ns/oscal"

// uuidNamespace is the namespace of our UUIDs: the UUID of version 5 of Namespace
// in RFC 9562's namespace of URLs.
var uuidNamespace = [16]byte{0xb4, 0xb1, 0x51, 0x8e, 0xcc, 0x0d, 0x58, 0xc2, 0x90, 0xee, 0xf4, 0xc1, 0x05, 0xd4, 0x30, 0x91}

// UUID returns the UUID of version 5 (RFC 9562) of names, such as a kind and an
// id, in riskguide's own namespace. The same names always yield the same UUID.
func UUID(names ...string) string {
	return uuid5(uuidNamespace, strings.Join(names, "\n"))
}

func uuid5(ns [16]byte, name string) string {
	h := sha1.New()
	h.Write(ns[:])
	h.Write([]byte(name))
	b := h.Sum(nil)
	b[6] = b[6]&0x0f | 0x50
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// IsToken reports whether s has the form of ids and names in OSCAL
// (TokenDatatype): a letter or underscore, then letters, digits, ".", "-", "_".
func IsToken(s string) bool {
	for i, r := range s {
		switch {
		case unicode.IsLetter(r) || r == '_':
		case i > 0 && (unicode.IsNumber(r) || r == '.' || r == '-'):
		default:
			return false
		}
	}
	return s != ""
}

// Token returns s in the form of a token: as it is where it is one, else with
// prefix before it, and "_" for every character that no token has. Different
// names can yield the same token.
func Token(prefix, s string) string {
	if IsToken(s) {
		return s
	}
	return prefix + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, s)
}

// IsString reports whether s has the form of a value (StringDatatype): one line,
// not empty, without white space at its ends.
func IsString(s string) bool {
	return s != "" && !strings.ContainsAny(s, "\n\r\u2028\u2029") && strings.TrimFunc(s, isSpace) == s
}

// isSpace reports whether r is white space in the sense of ECMA-262, whose regular
// expressions JSON Schema uses.
func isSpace(r rune) bool {
	return r != '\u0085' && unicode.IsSpace(r) || r == '\ufeff'
}
