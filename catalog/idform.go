package catalog

import (
	"regexp"
	"strings"
)

// idForm is the form that the ids of one kind of thing have.
type idForm struct {
	re *regexp.Regexp
	// like says in words what the form is, for messages.
	like string
}

func (f idForm) ok(id string) bool { return f.re.MatchString(id) }

// forms holds the forms of all ids. A risk's letter is checked against its
// severity, and what a risk defines against the risk's id.
type idForms struct {
	slug, lang, risk, measure, objective, threat, residual idForm
	clause, control, vulnerability, parameter, letter      idForm
	// numbered is the form of controls in a clause whose id is no name.
	numbered idForm
}

// The forms are constants in all but name: nothing changes them.
var forms = idForms{
	slug:          form(`[a-z0-9]+(-[a-z0-9]+)*`, `small letters, digits and hyphens, such as "service-management"`),
	lang:          form(`[a-z]{2,3}(-[a-z0-9]{2,8})*`, `a language tag in small letters, such as "ja"`),
	letter:        form(`[A-TW-Z]`, `one capital letter other than U and V, which begin the ids of vulnerabilities`),
	risk:          form(`[A-Z][0-9]{2,4}`, `a capital letter and two to four digits, such as "H05"`),
	measure:       form(`[A-Z][0-9]{2,4}-[0-9]{2,4}`, `the risk's id, a hyphen and two to four digits, such as "H05-03"`),
	objective:     form(`[A-Z][0-9]{2,4}-O[1-9][0-9]{0,3}`, `the risk's id, "-O" and a number, such as "H05-O1"`),
	threat:        form(`[A-Z][0-9]{2,4}-T[1-9][0-9]{0,3}`, `the risk's id, "-T" and a number, such as "H05-T1"`),
	residual:      form(`[A-Z][0-9]{2,4}-R[1-9][0-9]{0,3}`, `the risk's id, "-R" and a number, such as "H05-R1"`),
	clause:        form(numbered+`{1,3}|`+named, `numbers with dots between, or a capital letter before them, such as "8.6.1" or "C.1.1", or a name in small letters, such as "ac"`),
	control:       form(numbered+`{2,4}|`+named, `a name in small letters, such as "ac-2.1"`),
	numbered:      form(numbered+`{2,4}`, `the clause's id, a dot and a number without leading zeros, such as "8.6.1.3"`),
	vulnerability: form(`[VU][1-9][0-9]{0,3}`, `"V" and the number of ENISA 2009, or "U" and a number of the guide's own, such as "V48" or "U1"`),
	parameter:     form(named, `small letters and digits, such as "days"`),
}

// The two forms of the ids of clauses and controls: numbers with dots between,
// and names, for standards that print letters ("ac-2.1"). Ids that differ in the
// case of letters alone would be one file on some systems, so that names have
// small letters.
const (
	numbered = `([1-9][0-9]{0,3}|[A-Z])(\.[1-9][0-9]{0,3})`
	named    = `[a-z][a-z0-9]*([-_.][a-z0-9]+)*`
)

// isNamed reports whether the id of a clause or control is a name.
func isNamed(id string) bool { return id != "" && id[0] >= 'a' && id[0] <= 'z' }

// maxNameLength bounds ids that are names: files are named after them.
const maxNameLength = 64

// device matches what Windows does not take as the name of a file, whatever its
// extension.
var device = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// isReserved reports whether an id that is a name cannot be that of a file or page.
func isReserved(id string) bool { return id == "index" || device.MatchString(id) }

// NameOf makes an id for a clause, control or parameter out of a name that another
// standard gives it: small letters, digits and single separators, at most 64 of
// them, nothing that cannot be the name of a file. A name that has the form stays
// as it is. Different names can yield the same id.
func NameOf(s string) string {
	var b strings.Builder
	separator := byte(0)
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			switch {
			case b.Len() == 0 && r <= '9':
				b.WriteString("c-")
			case b.Len() > 0 && separator != 0:
				b.WriteByte(separator)
			}
			separator = 0
			b.WriteRune(r)
		case r == '.' || r == '_':
			separator = byte(r)
		default:
			separator = '-'
		}
	}
	id := strings.TrimRight(b.String()[:min(b.Len(), maxNameLength-2)], "-_.")
	switch {
	case id == "":
		return "c"
	case isReserved(id):
		return "c-" + id
	}
	return id
}

func form(re, like string) idForm {
	return idForm{regexp.MustCompile(`^(` + re + `)$`), like}
}

// clauseOf returns the id of the clause of a control: all but its last part.
func clauseOf(control string) string {
	i := strings.LastIndexByte(control, '.')
	if i < 0 {
		return ""
	}
	return control[:i]
}

// riskOf returns the id of the risk of a measure, objective, threat or
// residual risk: all before the first hyphen.
func riskOf(id string) string {
	r, _, _ := strings.Cut(id, "-")
	return r
}
