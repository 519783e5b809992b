package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"riskguide/catalog/strictyaml"
)

// textUse is a text with where it stands and what it is.
type textUse struct {
	text Text
	pos  Position
	what string // such as "the statement of control"
	id   string // such as "8.6.1.1"; may be empty
}

func (u textUse) String() string {
	if u.id == "" {
		return u.what
	}
	return u.what + " " + clip(u.id)
}

// writtenKey is a wording as it is compared with others of its kind.
type writtenKey struct {
	kind kind
	lang Lang
	text string
}

// need tells whether something must be there.
type need bool

const (
	optional need = false
	required need = true
)

// text checks a text and keeps it for the checks that need all texts. The
// owner's position stands where the text has none. Texts of the same kind that
// is not empty must not say the same.
func (a *assembler) text(t Text, owner Position, n need, unique kind, what, id string) {
	u, ok := a.wellFormed(t, owner, n, what, id)
	if !ok {
		return
	}
	a.texts = append(a.texts, u)
	if unique != "" {
		a.once(unique, u)
	}
}

// wellFormed checks a text by itself and reports whether there is one.
func (a *assembler) wellFormed(t Text, owner Position, n need, what, id string) (textUse, bool) {
	u := textUse{text: t, pos: or(t.Pos, owner), what: what, id: id}
	if t.IsZero() || isBlankText(t) {
		if (n == required || t.Pos != (Position{})) && !a.broken[u.pos] {
			a.error(u.pos, ruleEmptyText, "", "%s is empty", u)
		}
		return u, false
	}
	for _, lang := range sortedLangs(t.Values) {
		s := t.Values[lang]
		if len(a.langs) > 0 && !slices.Contains(a.langs, lang) {
			a.error(u.pos, ruleLanguage, "", "%q, a language of %s, is not a language of the guide", clip(string(lang)), u)
		}
		if isBlank(s) {
			a.error(u.pos, ruleEmptyText, "", "%s is empty in %s", u, lang)
			continue
		}
		if i := strings.IndexFunc(s, strictyaml.Forbidden); i >= 0 || !utf8.ValidString(s) {
			a.error(u.pos, ruleCharacter, "", "%s holds a character that is not allowed", u)
		}
		if strings.TrimSpace(s) != s {
			hint := ""
			if strings.HasSuffix(s, "\n") {
				hint = "write |- instead of |"
			}
			a.warn(u.pos, ruleWhiteSpace, hint, "%s begins or ends with white space in %s", u, lang)
		}
	}
	return u, true
}

// once reports a text of which the guide's first language, or else the first
// that there is, says what another text of the kind says.
func (a *assembler) once(k kind, u textUse) {
	s, lang := u.text.In("", a.langs...)
	if strings.ContainsAny(s, " \n\t\u3000") {
		s = strings.Join(strings.Fields(s), " ")
	}
	key := writtenKey{k, lang, s}
	old, dup := a.written[key]
	if !dup {
		a.written[key] = u
		return
	}
	hint := fmt.Sprintf("cite %s instead", old.id)
	if k == kindMeasure {
		hint = fmt.Sprintf("write wording_of: %s instead", old.id)
	}
	a.warn(u.pos, ruleTwiceText, hint, "%s says what %s%s says", u, old, at(" at ", old.pos))
}

// checkTexts reports missing translations: a warning for each text, or one for
// a file that has none at all in a language.
func (a *assembler) checkTexts() {
	type fileLang struct {
		file string
		lang Lang
	}
	has, all := map[fileLang]int{}, map[fileLang]int{}
	for _, u := range a.texts {
		for _, lang := range a.langs {
			k := fileLang{u.pos.File, lang}
			all[k]++
			if u.text.Has(lang) {
				has[k]++
			}
		}
	}
	told := map[fileLang]bool{}
	for _, u := range a.texts {
		if a.broken[u.pos] {
			continue
		}
		var missing []string
		for _, lang := range a.langs {
			if u.text.Has(lang) {
				continue
			}
			k := fileLang{u.pos.File, lang}
			if u.pos.File != "" && all[k] > 1 && has[k] == 0 {
				if !told[k] {
					told[k] = true
					a.warn(u.pos, ruleTranslation, "", "none of the %d texts in this file is translated into %s", all[k], lang)
				}
				continue
			}
			missing = append(missing, string(lang))
		}
		if len(missing) > 0 {
			a.warn(u.pos, ruleTranslation, "", "%s is not translated into %s", u, strings.Join(missing, ", "))
		}
	}
}

func isBlankText(t Text) bool {
	for _, s := range t.Values {
		if !isBlank(s) {
			return false
		}
	}
	return true
}

// sortedLangs returns the languages of a text, sorted, those without a wording
// left out.
func sortedLangs(values map[Lang]string) []Lang {
	langs := make([]Lang, 0, len(values))
	for l, s := range values {
		if s != "" {
			langs = append(langs, l)
		}
	}
	sort.Slice(langs, func(i, j int) bool { return langs[i] < langs[j] })
	return langs
}

// placeholder matches what looks like a place for a parameter.
var placeholder = regexp.MustCompile(`\{([\pL\pN_.-]+)\}`)

func placeholdersIn(s string) []string {
	if !strings.Contains(s, "{") {
		return nil
	}
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	return out
}
