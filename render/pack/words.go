package pack

import (
	"fmt"
	"io/fs"
	"strings"
	"time"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/templates"
)

// words are the fixed texts of a pack in one language.
type words struct {
	templates.Words
	lang catalog.Lang
}

// templateDir is where the pack's templates lie.
const templateDir = "pack"

func loadWords(fsys fs.FS, lang catalog.Lang) (words, error) {
	w, err := templates.LoadWords(fsys, templateDir, lang)
	return words{w, lang}, err
}

// with returns a word with its placeholders filled in: pairs of name and value.
func (w words) with(key string, pairs ...string) string {
	s := w.Get(key)
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// join lists strings in running text.
func (w words) join(list []string) string { return strings.Join(list, w.Get("list_comma")) }

// parens puts s into parentheses.
func (w words) parens(s string) string { return w.Get("parens_open") + s + w.Get("parens_close") }

// labelled puts a label before a text.
func (w words) labelled(label, s string) string { return label + w.Get("colon") + s }

// date writes a day in full; "" for the zero time.
func (w words) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.with("date", "year", fmt.Sprint(t.Year()), "month", fmt.Sprint(int(t.Month())),
		"month_name", t.Month().String(), "day", fmt.Sprint(t.Day()))
}

func (w words) obligation(o profile.Obligation) string { return w.Get(string(o)) }

// kept says that an excluded statement is still asked for by other measures.
func (w words) kept(c citationView) string {
	if !c.Kept {
		return ""
	}
	return w.parens(w.Get("excluded_kept"))
}

func (w words) status(s Status) string { return w.Get(s.key()) }

// templateText reads DIR/NAME.LANG.EXT, or the Japanese file where the language has
// none.
func templateText(fsys fs.FS, name string, lang catalog.Lang, ext string) (string, error) {
	var first error
	for _, l := range []catalog.Lang{lang, catalog.Japanese} {
		data, err := fs.ReadFile(fsys, templateDir+"/"+name+"."+string(l)+ext)
		if err == nil {
			return strings.ReplaceAll(string(data), "\r\n", "\n"), nil
		}
		if first == nil {
			first = err
		}
	}
	return "", fmt.Errorf("templates: %w", first)
}
