package collect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"riskguide/answers"
	"riskguide/answers/questionnaire"
	"riskguide/catalog"
	"riskguide/catalog/report"
	"riskguide/catalog/worddiff"
	"riskguide/profile"
	"riskguide/templates"
)

// Report tells what a run found.
type Report struct {
	Entries []*Entry
	config  Config
	files   []file
}

// Condition is something on which a run can be made to fail.
type Condition string

// The conditions of [Report.Fails].
const (
	OnMustUnmet  Condition = "must-unmet" // a requirement that must be met is not
	OnUnanswered Condition = "unanswered" // a requirement has no status that can be read
	OnErrors     Condition = "errors"     // a problem that must be mended
	OnProblems   Condition = "problems"   // any problem, warnings too
)

// Conditions lists the conditions.
func Conditions() []Condition { return []Condition{OnMustUnmet, OnUnanswered, OnErrors, OnProblems} }

// Fails reports whether one of the conditions holds for one of the suppliers.
func (rep *Report) Fails(on []Condition) bool {
	for _, e := range rep.Entries {
		for _, c := range on {
			switch c {
			case OnMustUnmet:
				if len(e.MustUnmet()) > 0 {
					return true
				}
			case OnUnanswered:
				if len(e.Unanswered()) > 0 {
					return true
				}
			case OnErrors:
				if slices.ContainsFunc(e.Problems, func(p questionnaire.Problem) bool { return p.Level == catalog.LevelError }) {
					return true
				}
			case OnProblems:
				if len(e.Problems) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// Refused reports whether something was not written.
func (rep *Report) Refused() bool { return slices.ContainsFunc(rep.Entries, (*Entry).Refused) }

// Problems are those of all files, as other reports print them.
func (rep *Report) Problems() catalog.Problems {
	var out catalog.Problems
	for _, e := range rep.Entries {
		out = append(out, e.problems()...)
	}
	return out
}

func (e *Entry) problems() catalog.Problems {
	var out catalog.Problems
	for _, p := range e.Problems {
		out = append(out, p.Problem)
	}
	return out
}

// MustUnmet are the ids of the requirements that must be met and are not: not
// implemented, partly, planned, or not answered so that it can be read.
func (e *Entry) MustUnmet() []string {
	return e.ids(func(a *answers.Answer) bool {
		return a.Obligation == string(profile.Must) && !a.Status.Met() && !a.Status.Outside()
	})
}

// Unanswered are the ids of the requirements without a status.
func (e *Entry) Unanswered() []string {
	return e.ids(func(a *answers.Answer) bool { return a.Status == answers.Unanswered })
}

func (e *Entry) ids(pick func(*answers.Answer) bool) []string {
	out := []string{}
	if e.Set != nil {
		for i := range e.Set.Answers {
			if a := &e.Set.Answers[i]; pick(a) {
				out = append(out, a.Requirement)
			}
		}
	}
	return out
}

// Count is the number of answers of a status, by obligation.
type Count struct {
	Obligation string         `json:"obligation"`
	Total      int            `json:"total"`
	Statuses   map[string]int `json:"statuses"`
	Unanswered int            `json:"unanswered"`
}

// Counts counts the answers by obligation, strongest first.
func (e *Entry) Counts() []Count {
	var out []Count
	if e.Set == nil {
		return []Count{}
	}
	at := map[string]int{}
	for _, o := range profile.ObligationIDs() {
		at[string(o)] = len(out)
		out = append(out, Count{Obligation: string(o), Statuses: map[string]int{}})
	}
	for i := range e.Set.Answers {
		a := &e.Set.Answers[i]
		j, ok := at[a.Obligation]
		if !ok {
			j = len(out)
			at[a.Obligation] = j
			out = append(out, Count{Obligation: a.Obligation, Statuses: map[string]int{}})
		}
		out[j].Total++
		if a.Status == answers.Unanswered {
			out[j].Unanswered++
		} else {
			out[j].Statuses[string(a.Status)]++
		}
	}
	return slices.DeleteFunc(out, func(c Count) bool { return c.Total == 0 })
}

type jsonReport struct {
	Format    string      `json:"format"`
	Profile   string      `json:"profile"`
	Pack      jsonPack    `json:"pack"`
	Suppliers []jsonEntry `json:"suppliers"`
}

type jsonPack struct {
	ID          string `json:"id"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Profile     string `json:"profile,omitempty"`
	Guide       string `json:"guide,omitempty"`
	Edition     string `json:"edition,omitempty"`
	Language    string `json:"language,omitempty"`
}

type jsonEntry struct {
	File       string              `json:"file"`
	SHA256     string              `json:"sha256,omitempty"`
	Supplier   string              `json:"supplier,omitempty"`
	Name       string              `json:"name,omitempty"`
	Service    string              `json:"service,omitempty"`
	Round      int                 `json:"round,omitempty"`
	Received   string              `json:"received,omitempty"`
	Match      questionnaire.Match `json:"match,omitempty"`
	Pack       *jsonPack           `json:"pack,omitempty"`
	Written    string              `json:"written,omitempty"`
	Kept       string              `json:"kept,omitempty"`
	Counts     []Count             `json:"counts"`
	MustUnmet  []string            `json:"must_unmet"`
	Unanswered []string            `json:"unanswered"`
	Problems   []jsonProblem       `json:"problems"`
}

type jsonProblem struct {
	Place       string             `json:"place"`
	File        string             `json:"file"`
	Sheet       string             `json:"sheet,omitempty"`
	Cell        string             `json:"cell,omitempty"`
	Level       catalog.Level      `json:"level"`
	Rule        string             `json:"rule"`
	Message     string             `json:"message"`
	Hint        string             `json:"hint,omitempty"`
	Requirement string             `json:"requirement,omitempty"`
	Value       string             `json:"value,omitempty"`
	Reading     string             `json:"reading,omitempty"`
	Shown       string             `json:"shown,omitempty"`
	Diff        []worddiff.Segment `json:"diff,omitempty"`
}

func packJSON(p answers.Pack) jsonPack {
	return jsonPack{p.ID, p.Fingerprint, p.Profile, p.Guide, p.Edition, string(p.Language)}
}

// JSON is the report for programs. Values are whole.
func (rep *Report) JSON() ([]byte, error) {
	r := jsonReport{Format: "1", Profile: rep.config.Profile, Pack: packJSON(rep.config.Pack), Suppliers: []jsonEntry{}}
	for _, e := range rep.Entries {
		j := jsonEntry{File: e.File, Match: e.Match, Written: e.Written, Kept: e.Kept,
			Counts: e.Counts(), MustUnmet: e.MustUnmet(), Unanswered: e.Unanswered(), Problems: []jsonProblem{}}
		if s := e.Set; s != nil {
			p := packJSON(s.Pack)
			j.SHA256, j.Supplier, j.Name, j.Service, j.Round, j.Pack = s.Workbook.SHA256, s.Supplier, s.Name, s.Service, s.Round, &p
			if !s.Received.IsZero() {
				j.Received = s.Received.Format(time.DateOnly)
			}
		}
		for _, p := range e.Problems {
			j.Problems = append(j.Problems, jsonProblem{p.Pos.Place(), p.Pos.File, p.Pos.Sheet, p.Pos.Cell(), p.Level, p.Rule,
				p.Message, p.Hint, p.Requirement, p.Value, p.Reading, p.Shown, p.Diff})
		}
		r.Suppliers = append(r.Suppliers, j)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// words are the fixed texts of the report.
type words struct {
	templates.Words
	pack templates.Words
}

func loadWords(fsys fs.FS, lang catalog.Lang) (words, error) {
	w, err := templates.LoadWords(fsys, "collect", lang)
	if err != nil {
		return words{}, err
	}
	p, err := templates.LoadWords(fsys, "pack", lang)
	return words{w, p}, err
}

func (w words) status(s answers.Status) string {
	return w.pack.Get("status_" + strings.ReplaceAll(string(s), "-", "_"))
}

func (w words) obligation(o string) string {
	if s, ok := w.pack[o]; ok {
		return s
	}
	return o
}

// mostListed is how many problems of one rule are listed for a supplier; the
// others are counted, and stand in the JSON form. All requirements of a large guide
// have room: somebody who asks a supplier needs each of them.
const mostListed = 300

// Markdown is the report for people, in a language.
func (rep *Report) Markdown(fsys fs.FS, lang catalog.Lang) ([]byte, error) {
	w, err := loadWords(fsys, lang)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s\n", w.Get("title"))
	line("%s\n", w.With("intro", "pack", escape(rep.config.Pack.ID), "profile", escape(rep.config.Profile), "edition", escape(rep.config.Pack.Edition)))
	line("| %s | %s | %s | %s | %s | %s | %s |", w.Get("supplier"), w.Get("round"), w.Get("answered"), w.Get("must_unmet"), w.Get("errors"), w.Get("warnings"), w.Get("written"))
	line("|---|---:|---:|---:|---:|---:|---|")
	for _, e := range rep.Entries {
		errs, warnings := e.levels()
		if e.Set == nil {
			line("| %s | | | | %d | %d | %s |", escape(e.File), errs, warnings, w.Get("not_written"))
			continue
		}
		written := w.Get("not_written")
		if e.Written != "" {
			written = escape(e.Written)
		}
		total := len(e.Set.Answers)
		line("| %s | %d | %d / %d | %d | %d | %d | %s |", escape(e.Set.Supplier), e.Set.Round, total-len(e.Unanswered()), total, len(e.MustUnmet()), errs, warnings, written)
	}
	for _, e := range rep.Entries {
		rep.entry(&b, w, e)
	}
	return b.Bytes(), nil
}

func (e *Entry) levels() (errs, warnings int) {
	for _, p := range e.Problems {
		if p.Level == catalog.LevelError {
			errs++
		} else {
			warnings++
		}
	}
	return errs, warnings
}

func (rep *Report) entry(b *bytes.Buffer, w words, e *Entry) {
	line := func(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }
	name := e.File
	if e.Set != nil {
		name = e.Set.Supplier
		if e.Set.Name != "" {
			name += w.Get("parens_open") + e.Set.Name + w.Get("parens_close")
		}
	}
	line("\n## %s\n", escape(name))
	fact := func(key, value string) {
		if value != "" {
			line("- %s%s%s", w.Get(key), w.Get("colon"), value)
		}
	}
	fact("file", escape(e.File))
	if s := e.Set; s != nil {
		fact("service", escape(s.Service))
		if !s.Received.IsZero() {
			fact("received", s.Received.Format(time.DateOnly))
		}
		fact("pack", escape(s.Pack.ID)+w.Get("sentence_gap")+w.Get("parens_open")+w.Get("match_"+strings.ReplaceAll(string(e.Match), "-", "_"))+w.Get("parens_close"))
	}
	if e.Written != "" {
		fact("written", escape(e.Written))
	} else {
		fact("written", w.Get("not_written"))
	}
	fact("kept", escape(e.Kept))
	if e.Set != nil {
		line("\n### %s\n", w.Get("counts"))
		head, rule := "| "+w.Get("obligation")+" | "+w.Get("total")+" |", "|---|---:|"
		for _, s := range answers.Statuses() {
			head, rule = head+" "+w.status(s)+" |", rule+"---:|"
		}
		line("%s %s |", head, w.pack.Get("status_unanswered"))
		line("%s---:|", rule)
		for _, c := range e.Counts() {
			row := fmt.Sprintf("| %s | %d |", escape(w.obligation(c.Obligation)), c.Total)
			for _, s := range answers.Statuses() {
				row += fmt.Sprintf(" %d |", c.Statuses[string(s)])
			}
			line("%s %d |", row, c.Unanswered)
		}
		if unmet := e.MustUnmet(); len(unmet) > 0 {
			line("\n### %s\n", w.With("must_unmet_title", "n", fmt.Sprint(len(unmet))))
			for _, id := range unmet {
				a := e.Set.Answer(id)
				word := w.pack.Get("status_unanswered")
				switch {
				case a.Unread != "":
					word = w.With("unread", "value", escape(clip(a.Unread, 40)))
				case a.Status != answers.Unanswered:
					word = w.status(a.Status)
				}
				asked, _, _ := strings.Cut(strings.TrimSpace(a.Asked), "\n")
				line("- **%s** %s — %s", escape(id), word, escape(clip(asked, 120)))
			}
		}
	}
	if len(e.Problems) == 0 {
		line("\n%s", w.Get("no_problems"))
		return
	}
	errs, warnings := e.levels()
	line("\n### %s\n", w.With("problems_title", "errors", fmt.Sprint(errs), "warnings", fmt.Sprint(warnings)))
	rep.problems(b, w, e)
}

// problems lists the problems by rule, errors first.
func (rep *Report) problems(b *bytes.Buffer, w words, e *Entry) {
	for _, level := range []catalog.Level{catalog.LevelError, catalog.LevelWarning} {
		var rules []string
		by := map[string][]*questionnaire.Problem{}
		for i := range e.Problems {
			p := &e.Problems[i]
			if p.Level != level {
				continue
			}
			if by[p.Rule] == nil {
				rules = append(rules, p.Rule)
			}
			by[p.Rule] = append(by[p.Rule], p)
		}
		for _, rule := range rules {
			title := w.Get("rule_" + strings.ReplaceAll(rule, "-", "_"))
			if level == catalog.LevelWarning {
				title = w.With("warning", "title", title)
			}
			fmt.Fprintf(b, "#### %s%s%d%s\n\n", title, w.Get("parens_open"), len(by[rule]), w.Get("parens_close"))
			for i, p := range by[rule] {
				if i == mostListed {
					fmt.Fprintf(b, "- %s\n", w.With("more", "n", fmt.Sprint(len(by[rule])-mostListed)))
					break
				}
				place := strings.TrimPrefix(strings.TrimPrefix(p.Pos.Place(), e.File), "!")
				if place != "" {
					place = "`" + strings.ReplaceAll(clip(oneLine(place), 80), "`", "'") + "` "
				}
				text := w.problem(p)
				if rule == questionnaire.RuleUnanswered && e.Set != nil {
					if a := e.Set.Answer(p.Requirement); a != nil && !a.IsBlank() {
						text += w.Get("written_beside")
					}
				}
				fmt.Fprintf(b, "- %s%s\n", place, text)
			}
			b.WriteString("\n")
		}
	}
}

// problem tells of a problem below the name of its rule: the requirement and the
// value, where these say it all, or the message.
func (w words) problem(p *questionnaire.Problem) string {
	switch p.Rule {
	case questionnaire.RuleUnanswered, questionnaire.RuleStatus, questionnaire.RuleNearStatus, questionnaire.RuleExplanation,
		questionnaire.RuleNoDate, questionnaire.RuleDate, questionnaire.RulePastDate, questionnaire.RuleFormula, questionnaire.RuleErrorValue,
		questionnaire.RuleAltered, questionnaire.RuleObligation, questionnaire.RuleDeleted, questionnaire.RuleAdded, questionnaire.RuleID,
		questionnaire.RuleNotRead, questionnaire.RuleComment, questionnaire.RuleLink:
		value := ""
		switch {
		case p.Diff != nil:
			value = diffText(p.Diff)
		case p.Value != "":
			value = w.With("value", "value", escape(clip(oneLine(p.Value), 120)))
		}
		if value == "" && p.Requirement == "" {
			break
		}
		text := escape(p.Requirement)
		if text != "" && value != "" {
			text += w.Get("colon")
		}
		text += value
		if p.Reading != "" {
			key := "reading_taken"
			if p.Level == catalog.LevelError {
				key = "reading_proposed"
			}
			text += w.With(key, "reading", escape(p.Reading))
		}
		if p.Shown != "" {
			text += w.With("shown", "value", escape(clip(oneLine(p.Shown), 60)))
		}
		return text
	}
	text := escape(p.Message)
	if p.Hint != "" {
		text += " (" + escape(p.Hint) + ")"
	}
	return text
}

// diffText marks what was taken out and put in.
func diffText(segs []worddiff.Segment) string {
	var b strings.Builder
	for _, s := range segs {
		text := escape(oneLine(s.Text))
		if strings.TrimSpace(text) == "" {
			b.WriteString(text)
			continue
		}
		switch s.Op {
		case worddiff.Delete:
			b.WriteString("<del>" + text + "</del>")
		case worddiff.Insert:
			b.WriteString("<ins>" + text + "</ins>")
		default:
			b.WriteString(text)
		}
	}
	return b.String()
}

// escape makes a text harmless in Markdown and in the HTML that is made of it.
func escape(s string) string {
	var b strings.Builder
	for _, r := range oneLine(s) {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '\\', '`', '*', '_', '[', ']', '#', '|', '~', '!':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// oneLine is a text on one line without what would steer a terminal or turn the
// direction of the text.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// Summary tells on one line what became of a questionnaire.
func (e *Entry) Summary() string {
	if e.Set == nil {
		return fmt.Sprintf("%s: not read", e.File)
	}
	total := len(e.Set.Answers)
	s := fmt.Sprintf("%s: %s, round %d: %d of %d answered, %d that must be met are not; %s", e.File, e.Set.Supplier, max(e.Set.Round, 1),
		total-len(e.Unanswered()), total, len(e.MustUnmet()), report.Summary(e.problems()))
	if e.Written == "" {
		return s + "; not written"
	}
	return s + "; " + e.Written
}
