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
	clause:        form(`([1-9][0-9]{0,3}|[A-Z])(\.[1-9][0-9]{0,3}){1,3}`, `numbers with dots between, or a capital letter before them, such as "8.6.1" or "C.1.1"`),
	control:       form(`([1-9][0-9]{0,3}|[A-Z])(\.[1-9][0-9]{0,3}){2,4}`, `the clause's id, a dot and a number without leading zeros, such as "8.6.1.3"`),
	vulnerability: form(`[VU][1-9][0-9]{0,3}`, `"V" and the number of ENISA 2009, or "U" and a number of the guide's own, such as "V48" or "U1"`),
	parameter:     form(`[a-z][a-z0-9]*([-_][a-z0-9]+)*`, `small letters and digits, such as "days"`),
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
