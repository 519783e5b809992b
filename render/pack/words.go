package pack

import (
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/templates"
)

// words are the fixed texts of a pack in one language.
type words struct {
	templates.Words
	lang catalog.Lang
	// second are those in the pack's second language, nil where it has none.
	second *words
}

// templateDir is where the pack's templates lie.
const templateDir = "pack"

// loadWords reads the words in the pack's languages, of which the first two count.
func loadWords(fsys fs.FS, langs ...catalog.Lang) (words, error) {
	w, err := templates.LoadWords(fsys, templateDir, langs[0])
	out := words{Words: w, lang: langs[0]}
	if err == nil && len(langs) > 1 {
		var second words
		second, err = loadWords(fsys, langs[1])
		out.second = &second
	}
	return out, err
}

// forGuide returns the words for packs of a guide: of one without risks, what is
// said of risks and measures is said of its controls.
func (w words) forGuide(g *catalog.Guide) words {
	if g.TreatsRisks() {
		return w
	}
	w.Words = maps.Clone(w.Words)
	for _, key := range []string{"rules", "rule_count", "rule_all", "exclusions_intro", "excluded_content",
		"excluded_lost", "not_selected_intro", "not_selected_none", "obligation_rules_note", "sheet_exclusions_about"} {
		w.Words[key] = w.Get(key + "_standard")
	}
	if w.second != nil {
		second := w.second.forGuide(g)
		w.second = &second
	}
	return w
}

// of returns the words in one of the pack's languages.
func (w words) of(lang catalog.Lang) words {
	if w.second != nil && w.second.lang == lang {
		return *w.second
	}
	return w
}

// slash stands between the wordings of two languages on one line.
const slash = " / "

// both returns a word in all languages of the pack.
func (w words) both(key string) phrase {
	return w.say(func(w words) string { return w.Get(key) })
}

// say returns what f says in all languages of the pack.
func (w words) say(f func(words) string) phrase {
	p := phrase{Text: f(w), Lang: w.lang}
	if w.second != nil {
		p.Second, p.SecondLang = f(*w.second), w.second.lang
	}
	return p
}

// label is a word in all languages on one line: "Answer / 回答".
func (w words) label(key string) string { return w.both(key).line() }

// lines is a word in all languages, a line for each.
func (w words) lines(key string) string { return w.both(key).lines() }

// short is a word in all languages as far as they fit into n characters, else in
// the first.
func (w words) short(key string, n int) string {
	if s := w.label(key); utf8.RuneCountInString(s) <= n {
		return s
	}
	return clip(w.Get(key), n)
}

// shown is a text of the catalog or profile in the pack's first language; where
// that lacks it, it says so.
func (w words) shown(p phrase) string {
	if p.Text != "" && p.Lang != w.lang && p.Lang != "" {
		return p.Text + w.parens(w.Get("missing_translation"))
	}
	return p.Text
}

// lacksSecond tells that the pack has a second language and the text no wording in
// it, other than of what is missing in the first.
func (w words) lacksSecond(p phrase) bool {
	return w.second != nil && p.Text != "" && p.Lang == w.lang && p.SecondLang != "" && p.SecondLang != w.second.lang
}

// line is a text of the catalog or profile in all languages on one line.
func (w words) line(p phrase) string { return w.in(p, slash) }

// all is a text of the catalog or profile in all languages, a line for each.
func (w words) all(p phrase) string { return w.in(p, "\n") }

// in is a text of the catalog or profile in all languages, with sep between them.
func (w words) in(p phrase, sep string) string {
	s := w.shown(p)
	if p.Second == "" || p.Second == p.Text {
		if w.lacksSecond(p) {
			return s + w.second.parens(w.second.Get("missing_translation"))
		}
		return s
	}
	return s + sep + p.Second
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
	return w.With("date", "year", fmt.Sprint(t.Year()), "month", fmt.Sprint(int(t.Month())),
		"month_name", t.Month().String(), "day", fmt.Sprint(t.Day()))
}

func (w words) obligation(o profile.Obligation) string { return w.Get(string(o)) }

// sayObligation names an obligation in all languages.
func (w words) sayObligation(o profile.Obligation) phrase { return w.both(string(o)) }

// kept says that an excluded statement is still asked for by other measures.
func (w words) kept(c citationView) string {
	if !c.Kept {
		return ""
	}
	return w.parens(w.Get("excluded_kept"))
}

// status is the word of a status as a supplier chooses it: in all languages of
// the pack.
func (w words) status(s answers.Status) string { return w.label(statusKey(s)) }

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
