package questionnaire

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/pack"
	"riskguide/templates"
)

// Vocabulary are the words of questionnaires in all languages of the templates.
// They tell what a column is where the hidden sheet is lost, and what a supplier
// means who writes a status by hand.
type Vocabulary struct {
	langs       []catalog.Lang
	headings    []map[string]string // per language: folded heading → key of the column
	statuses    map[string]answers.Status
	obligations map[string]string
	checks      map[string]bool // what the column of checks says
	spelled     map[string]answers.Status
	signs       map[string]answers.Status
}

// headingWords are the keys of the words that head the columns.
var headingWords = []struct{ column, word string }{
	{pack.ColumnID, "requirement_id"},
	{pack.ColumnObligation, "obligation"},
	{pack.ColumnClause, "clause"},
	{pack.ColumnStatement, "requirement"},
	{pack.ColumnAskedBy, "asked_by"},
	{pack.ColumnResidual, "residual"},
	{pack.ColumnStatus, "answer"},
	{pack.ColumnExplanation, "explanation"},
	{pack.ColumnEvidence, "evidence"},
	{pack.ColumnOwner, "owner"},
	{pack.ColumnPlanned, "planned"},
	{pack.ColumnCheck, "check"},
}

// columnOrder is the order of the columns as they are sent.
func columnOrder() []string {
	return []string{pack.ColumnID, pack.ColumnObligation, pack.ColumnClause, pack.ColumnStatement, pack.ColumnSecond,
		pack.ColumnAskedBy, pack.ColumnResidual, pack.ColumnStatus, pack.ColumnExplanation, pack.ColumnEvidence,
		pack.ColumnOwner, pack.ColumnPlanned, pack.ColumnCheck, pack.ColumnRiskKeys, pack.ColumnClauseKey}
}

// answerColumns are those that a supplier fills in.
func answerColumns() []string {
	return []string{pack.ColumnStatus, pack.ColumnExplanation, pack.ColumnEvidence, pack.ColumnOwner, pack.ColumnPlanned}
}

// LoadVocabulary reads the words of all languages that the templates have.
func LoadVocabulary(fsys fs.FS) (*Vocabulary, error) {
	names, err := fs.Glob(fsys, "pack/words.*.yaml")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	v := &Vocabulary{statuses: map[string]answers.Status{}, obligations: map[string]string{}, checks: map[string]bool{},
		spelled: foldedWords(spelled), signs: foldedWords(signs)}
	for _, s := range answers.Statuses() {
		v.statuses[fold(string(s))] = s
	}
	for _, o := range profile.ObligationIDs() {
		v.obligations[fold(string(o))] = string(o)
	}
	for _, name := range names {
		lang := strings.TrimSuffix(strings.TrimPrefix(path.Base(name), "words."), ".yaml")
		w, err := templates.LoadWords(fsys, "pack", catalog.Lang(lang))
		if err != nil {
			return nil, err
		}
		m := map[string]string{}
		for _, h := range headingWords {
			m[fold(w.Get(h.word))] = h.column
		}
		for _, key := range []string{pack.ColumnRiskKeys, pack.ColumnClauseKey} {
			m[key] = key // hidden columns
		}
		v.langs = append(v.langs, catalog.Lang(lang))
		v.headings = append(v.headings, m)
		for _, s := range answers.Statuses() {
			v.statuses[fold(w.Get("status_"+strings.ReplaceAll(string(s), "-", "_")))] = s
		}
		for _, o := range profile.ObligationIDs() {
			v.obligations[fold(w.Get(string(o)))] = string(o)
		}
		for _, k := range []string{"check_status", "check_explanation", "check_date", "check_past"} {
			v.checks[fold(w.Get(k))] = true
		}
	}
	return v, nil
}

// heading returns the key of the column with a heading, such as "Answer" or
// "回答 / Answer", and the languages of the heading.
func (v *Vocabulary) heading(text string) (key string, langs []catalog.Lang) {
	for _, part := range strings.Split(fold(text), "/") {
		found := false
		for i, m := range v.headings {
			k := m[part]
			if k == "" || key != "" && k != key {
				continue
			}
			key, found = k, true
			if !slices.Contains(langs, v.langs[i]) {
				langs = append(langs, v.langs[i])
			}
			break
		}
		if !found {
			return "", nil
		}
	}
	return key, langs
}

// fold makes alike what a person reads as the same word: it ignores width, case,
// white space and punctuation at the ends.
func fold(s string) string {
	if len(s) > 400 {
		return s // no word
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\ufe0e' || r == '\ufe0f' {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
	return strings.Trim(s, ".,。、!?:;「」『』\"'“”‘’()[]【】*・")
}

// How sure it is that a word means a status.
type sureness int

const (
	unknown  sureness = iota
	proposed          // a person has to say
	taken             // another word for the same
	exact             // the word of the list
)

// spelled are other words for a status that cannot mean anything else.
var spelled = map[answers.Status]string{
	answers.Implemented: "実施済 実施ずみ 実施しています 実施している 対応済 対応済み 対応しています 対応している 実装済 実装済み 導入済 導入済み done completed fullyimplemented alreadyimplemented",
	answers.Partial:     "一部 一部実施済 一部実施済み 一部対応 一部対応済 一部対応済み 部分実施 部分的に実施 partial partially partiallyimplemented partlyimplemented partly",
	answers.Planned:     "計画 計画済 計画済み 予定 実施予定 対応予定 導入予定 planned plannedimplementation",
	answers.Alternative: "代替 代替手段 代替案 代替措置 alternativemeasure alternativecontrol compensatingcontrol",
	answers.NotImplemented: "未対応 未導入 未実装 実施していない 実施していません 対応していない 対応していません notdone notyetimplemented unimplemented " +
		"not-implemented",
	answers.NotApplicable: "対象外 非該当 適用外 適用除外 該当無し 該当しない 該当しません n/a na notapplicable not-applicable",
}

// signs are what people write beside the list. Each of them is read in more than
// one way somewhere, so a person decides.
var signs = map[answers.Status]string{
	answers.Implemented:    "○ 〇 ◯ o ⭕ ◎ ● ✓ ✔ ☑ ✅ レ 済 済み 実施 対応 yes y はい 有 有り あり ok 可 適合 1 true",
	answers.Partial:        "△ ▲ ⚠ 一部○",
	answers.Planned:        "検討中 準備中 対応中 inprogress",
	answers.NotImplemented: "× ✕ ✖ ✗ ✘ ❌ x no n いいえ 無 無し なし 否 ng 不可 不適合 0 false",
	answers.NotApplicable:  "- － ― — – ／ 不要 none",
}

// foldedWords turns lists of words into a table.
func foldedWords(lists map[answers.Status]string) map[string]answers.Status {
	out := map[string]answers.Status{}
	for _, s := range answers.Statuses() {
		for _, w := range strings.Fields(lists[s]) {
			out[fold(w)] = s
		}
	}
	return out
}

// status finds out what status a text means. Own are the words of the workbook's
// own list.
func (v *Vocabulary) status(text string, own map[answers.Status]string) (answers.Status, sureness) {
	text = strings.TrimSpace(text)
	for _, s := range answers.Statuses() {
		if own[s] != "" && text == strings.TrimSpace(own[s]) {
			return s, exact
		}
	}
	f := fold(text)
	if f == "" {
		f = strings.TrimSpace(norm.NFKC.String(text)) // a sign
	}
	for _, s := range answers.Statuses() {
		if own[s] != "" && f == fold(own[s]) {
			return s, taken
		}
	}
	// "実施済み / Implemented" of another pack, or one half of it.
	var found answers.Status
	for _, part := range strings.Split(f, "/") {
		s, ok := v.statuses[part]
		if !ok {
			found = ""
			break
		}
		if found != "" && s != found {
			return answers.Unanswered, unknown // two things at once
		}
		found = s
	}
	if found != "" {
		return found, taken
	}
	if s, ok := v.spelled[f]; ok {
		return s, taken
	}
	if s, ok := v.signs[f]; ok {
		return s, proposed
	}
	// A slip of the pen.
	var words []string
	of := map[string]answers.Status{}
	for _, s := range answers.Statuses() {
		if own[s] != "" {
			words, of[own[s]] = append(words, own[s]), s
		}
	}
	for _, w := range sortedKeys(v.statuses) {
		words, of[w] = append(words, w), v.statuses[w]
	}
	if w := catalog.Suggest(f, words); w != "" {
		return of[w], proposed
	}
	return answers.Unanswered, unknown
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// obligation returns the id of the obligation that a cell names, or "".
func (v *Vocabulary) obligation(text string) string {
	found := ""
	for _, part := range strings.Split(fold(text), "/") {
		o := v.obligations[part]
		if o == "" || found != "" && o != found {
			return ""
		}
		found = o
	}
	return found
}
