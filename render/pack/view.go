package pack

import (
	"strconv"
	"strings"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/table"
	"riskguide/templates"
)

// view is what all documents of a pack tell, in the words of its languages. It is
// made once; each format lays it out in its own way.
type view struct {
	Lang catalog.Lang
	// Second is the pack's second language, empty where it has one only; its
	// wordings stand beside those of the first.
	Second catalog.Lang

	Title       phrase
	Description phrase // may be empty
	Facts       []fact
	GuideTitle  phrase
	Edition     string
	PackID      string
	ProfileID   string
	Fingerprint string
	Rights      []phrase
	// Letters are Markdown, filled in, one or two; Instructions are Markdown,
	// one for each language.
	Letters, Instructions []prose

	Scope phrase // in the profile's words; may be empty
	Intro []phrase
	Rules []ruleView
	// ObligationRules say how obligations were set, beside the default.
	ObligationRules []obligationRuleView
	ObligationNote  phrase
	Coverage        []coverageView
	Clauses         []*clauseView
	Requirements    []*requirementView
	Obligations     []obligationView
	Tables          []*tableView
	Exclusions      []*exclusionView
	// NotSelected are the risks with measures that no rule selects or, in a guide
	// of controls alone (Standard), the clauses with such controls.
	NotSelected []coverageView
	Standard    bool
	Gaps        []idText // measures without controls
	// Next tells what became of the answers of the last round; nil in a first
	// round.
	Next *nextView
}

// prose is a text in Markdown, with the language that it is in and where it stands.
type prose struct {
	Lang catalog.Lang
	Text string
	Pos  catalog.Position
}

// fact is a line of the cover.
type fact struct {
	Key  string // stable, for tests and styles
	Name phrase
	Text phrase
}

// phrase is a text, with the language that it is in and where it stands.
type phrase struct {
	Text string
	Lang catalog.Lang
	Pos  catalog.Position
	// Second is the wording in the pack's second language, or what stands in
	// its place, in SecondLang; empty where the pack has one language.
	Second     string
	SecondLang catalog.Lang
}

// Other is the wording in the second language where that is another one.
func (p phrase) Other() string {
	if p.Second == p.Text {
		return ""
	}
	return p.Second
}

// line is the text in all languages on one line, lines the same on several.
func (p phrase) line() string  { return join(slash, p.Text, p.Other()) }
func (p phrase) lines() string { return join("\n", p.Text, p.Other()) }

// String is the text in the first language: what a template of a user's own shows.
func (p phrase) String() string { return p.Text }

// onSecond is the phrase as the second language's column shows it.
func (p phrase) onSecond() phrase { return phrase{Text: p.Second, Lang: p.SecondLang, Pos: p.Pos} }

// idText is something that has an id, with its wording.
type idText struct {
	ID   string
	Text phrase
}

type ruleView struct {
	Text   phrase
	Reason phrase
	Count  int
}

type obligationRuleView struct {
	Text phrase
	Word phrase // of the obligation
	ID   profile.Obligation
	Note phrase
}

type coverageView struct {
	ID       string
	Name     phrase
	Severity phrase
	// Rank is the place of the severity, 0 for the gravest, of Ranks.
	Rank, Ranks int
	Selected    []idText
	Excluded    []idText
	NotSelected []idText
	// Treated tells that something of the risk is in scope.
	Treated bool
}

type obligationView struct {
	ID            profile.Obligation
	Word, Meaning phrase
	Count         int
}

type clauseView struct {
	ID           string // empty for added requirements
	Title        phrase
	Requirements []*requirementView
}

// requirementView is a requirement.
type requirementView struct {
	ID         string
	Clause     *clauseView
	Obligation profile.Obligation
	Word       phrase // of the obligation
	Title      phrase // of an added requirement
	Statement  phrase
	// Wordings hold all that is asked and why: one for each language.
	Wordings  []*wordingView
	Own       bool
	AskedBy   []askView
	Residuals []idText
	// Next is what became of the answer of the last round; nil in a first
	// round.
	Next *nextRequirement
}

// wordingView is all that a requirement says, in one language.
type wordingView struct {
	Lang      catalog.Lang
	Title     phrase // of an added requirement
	Statement phrase
	// Additions are the profile's, Variants the wordings and notes of single
	// citations.
	Additions []labelled
	Variants  []labelled
	Values    []labelled
	// Why says why the obligation is what it is, and why it is asked for.
	Why []labelled
}

// labelled is a text behind a label.
type labelled struct {
	Label string // without colon
	Text  phrase
}

// askView is a risk with the measures that ask for a requirement.
type askView struct {
	ID       string
	Name     phrase
	Measures []askMeasure
	// Brief tells that so many measures ask for the requirement that their
	// ids must do: the risks' tables have their texts.
	Brief bool
}

// manyMeasures is the number of measures from which on [askView].Brief is set.
const manyMeasures = 4

type askMeasure struct {
	ID   string
	Text phrase
	// Word is the obligation's where it is weaker than the requirement's.
	Word phrase
}

type tableView struct {
	coverageView
	Description []phrase
	Notes       []phrase
	Grid        *table.Grid
	// LeftOut tells that the table shows statements that are left out.
	LeftOut bool
}

type exclusionView struct {
	Number    int
	What      phrase
	Reason    phrase
	Measures  []idText
	Citations []citationView
	Direct    []idText // statements that were selected themselves
	Own       []idText
	Lost      []idText // statements that nothing asks for any more
	Emptied   []idText
	Partly    []idText
	Open      []idText // vulnerabilities
	Answered  []idText
	Residuals []idText
}

type citationView struct {
	idText
	// Full is the statement with the measures.
	Full     phrase
	Measures []string
	// Kept tells that other measures of the pack still ask for the statement.
	Kept bool
}

// viewer makes the view of a pack.
type viewer struct {
	p *profile.Pack
	w words
	v *view
	// common are the notes that stand with the rules only.
	common map[string]bool
}

func newViewer(p *profile.Pack, w words) *viewer {
	v := &view{
		Lang: p.Lang(), PackID: p.ID, ProfileID: p.Profile.ID, Fingerprint: p.Fingerprint, Edition: p.Catalog.Guide.Edition,
	}
	if w.second != nil {
		v.Second = w.second.lang
	}
	return &viewer{p: p, w: w, v: v}
}

// view works everything out.
func (m *viewer) view() *view {
	m.head()
	m.requirements()
	m.scope()
	m.tables()
	m.exclusions()
	return m.v
}

// phrase is a text in all languages of the pack.
func (m *viewer) phrase(t catalog.Text) phrase {
	p := phrase{Pos: t.Pos}
	p.Text, p.Lang = m.p.Catalog.Text(t, m.v.Lang)
	if m.v.Second != "" {
		p.Second, p.SecondLang = m.p.Catalog.Text(t, m.v.Second)
	}
	return p
}

// in is a text in the language of the words.
func (m *viewer) in(w words, t catalog.Text) string {
	s, _ := m.p.Catalog.Text(t, w.lang)
	return s
}

func (m *viewer) phrases(ts []catalog.Text) []phrase {
	out := make([]phrase, len(ts))
	for i, t := range ts {
		out[i] = m.phrase(t)
	}
	return out
}

func (m *viewer) head() {
	p, v, w := m.p.Profile, m.v, m.w
	v.Title, v.Description = m.phrase(p.Title), m.phrase(p.Description)
	v.GuideTitle = m.phrase(m.p.Catalog.Guide.Title)
	add := func(key string, text phrase, pos catalog.Position) {
		if text.Text != "" {
			text.Pos = pos
			v.Facts = append(v.Facts, fact{key, w.both(key), text})
		}
	}
	say := func(key string, pos catalog.Position, f func(w words) string) { add(key, w.say(f), pos) }
	say("supplier", p.Supplier.Pos, func(w words) string { return m.party(w, p.Supplier) })
	add("attention", m.phrase(p.Supplier.Person), p.Supplier.Pos)
	add("service", m.phrase(p.Service.Name), p.Service.Pos)
	add("service_description", m.phrase(p.Service.Description), p.Service.Pos)
	say("organisation", p.Organisation.Pos, func(w words) string { return m.party(w, p.Organisation) })
	say("contact", p.Contact.Pos, m.contact)
	say("due", p.Pos, func(w words) string { return w.date(p.Due) })
	say("guide", catalog.Position{}, func(w words) string {
		return m.in(w, m.p.Catalog.Guide.Title) + w.parens(w.Get("edition")+" "+v.Edition)
	})
	add("pack_id", phrase{Text: v.PackID, Lang: v.Lang}, catalog.Position{})
	for _, key := range []string{"published_by", "rights"} {
		t := m.p.Catalog.Guide.Publisher
		if key == "rights" {
			t = m.p.Catalog.Guide.Rights
		}
		if !t.IsZero() {
			v.Rights = append(v.Rights, w.say(func(w words) string { return w.labelled(w.Get(key), m.in(w, t)) }))
		}
	}
}

// party names an organisation with its department and address.
func (m *viewer) party(w words, x profile.Party) string {
	return join(w.Get("party_separator"), m.in(w, x.Name), m.in(w, x.Department), m.in(w, x.Address))
}

func (m *viewer) contact(w words) string {
	c := m.p.Profile.Contact
	return join(" / ", m.in(w, c.Name), c.Email, c.Phone)
}

// join puts the strings that are not empty together.
func join(sep string, parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, sep)
}

func (m *viewer) requirements() {
	own := &clauseView{Title: m.w.both("own_requirements")}
	m.findCommonNotes()
	byClause := map[string]*clauseView{}
	count := map[profile.Obligation]int{}
	for _, r := range m.p.Requirements {
		rv := m.requirement(r)
		count[r.Obligation]++
		cv := own
		if c := r.Clause(); c != nil {
			cv = byClause[c.ID]
			if cv == nil {
				cv = &clauseView{ID: c.ID, Title: m.phrase(c.Title)}
				byClause[c.ID] = cv
				m.v.Clauses = append(m.v.Clauses, cv)
			}
		}
		rv.Clause = cv
		cv.Requirements = append(cv.Requirements, rv)
		m.v.Requirements = append(m.v.Requirements, rv)
	}
	if len(own.Requirements) > 0 {
		m.v.Clauses = append(m.v.Clauses, own)
	}
	for _, o := range profile.ObligationIDs() {
		m.v.Obligations = append(m.v.Obligations, obligationView{o, m.w.sayObligation(o), m.w.both(string(o) + "_meaning"), count[o]})
	}
}

// commonNote is the number of requirements from which on the note of an
// obligation is not repeated beside each: it stands with the rules.
const commonNote = 6

func (m *viewer) findCommonNotes() {
	count := map[string]int{}
	m.common = map[string]bool{}
	for _, r := range m.p.Requirements {
		for _, n := range r.ObligationNotes {
			text := m.in(m.w, n)
			count[text]++
			m.common[text] = count[text] >= commonNote
		}
	}
}

func (m *viewer) requirement(r *profile.Requirement) *requirementView {
	rv := &requirementView{ID: r.ID, Obligation: r.Obligation, Word: m.w.sayObligation(r.Obligation),
		Title: m.phrase(r.Title), Statement: m.phrase(r.Statement), Own: r.Added != nil}
	rv.Wordings = append(rv.Wordings, m.wording(m.w, r, func(p phrase) phrase { return phrase{Text: p.Text, Lang: p.Lang, Pos: p.Pos} }))
	if m.w.second != nil {
		rv.Wordings = append(rv.Wordings, m.wording(*m.w.second, r, phrase.onSecond))
	}
	for _, risk := range r.Risks {
		a := askView{ID: risk.ID, Name: m.phrase(risk.Name), Brief: len(r.AskedBy) >= manyMeasures}
		for _, by := range r.AskedBy {
			if by.Measure.Risk != risk && by.Measure.Risk.ID != risk.ID {
				continue
			}
			am := askMeasure{ID: by.Measure.ID, Text: m.measureText(by.Measure)}
			if by.Obligation != r.Obligation {
				am.Word = m.w.sayObligation(by.Obligation)
			}
			a.Measures = append(a.Measures, am)
		}
		rv.AskedBy = append(rv.AskedBy, a)
	}
	for _, x := range r.Residuals {
		rv.Residuals = append(rv.Residuals, idText{x.ID, m.phrase(x.Text)})
	}
	return rv
}

// wording is what a requirement says in the language of w; pick takes that
// language's part of a phrase.
func (m *viewer) wording(w words, r *profile.Requirement, pick func(phrase) phrase) *wordingView {
	in := func(t catalog.Text) phrase { return pick(m.phrase(t)) }
	x := &wordingView{Lang: w.lang, Title: in(r.Title), Statement: in(r.Statement)}
	for _, a := range r.Additions {
		x.Additions = append(x.Additions, labelled{w.Get("addition"), in(a.Text)})
	}
	for _, y := range r.Variants {
		x.Variants = append(x.Variants, labelled{w.With("variant", "measures", w.join(measureIDs(y.Measures))), in(y.Text)})
	}
	for _, y := range r.Notes {
		x.Variants = append(x.Variants, labelled{w.Get("note") + w.parens(w.join(measureIDs(y.Measures))), in(y.Text)})
	}
	for _, y := range r.Values {
		if y.Open || y.Parameter.Label.IsZero() && r.Added == nil {
			continue // its place in the statement says all
		}
		label := m.in(w, y.Parameter.Label)
		if label == "" {
			label = y.Parameter.ID
		}
		x.Values = append(x.Values, labelled{label, phrase{Text: y.Value, Lang: w.lang}})
	}
	for _, n := range r.ObligationNotes {
		if !m.common[m.in(m.w, n)] {
			x.Why = append(x.Why, labelled{w.Get("obligation_note"), in(n)})
		}
	}
	if !r.Reason.IsZero() {
		x.Why = append(x.Why, labelled{w.Get("reason"), in(r.Reason)})
	}
	return x
}

// measureText is the wording of a measure, or what is said where the guide lacks
// it.
func (m *viewer) measureText(x *catalog.Measure) phrase {
	if x.Text.IsZero() {
		p := m.w.both("no_measure_text")
		p.Pos = x.Pos
		return p
	}
	return m.phrase(x.Text)
}

func (m *viewer) measures(list []*catalog.Measure) []idText {
	var out []idText
	for _, x := range list {
		out = append(out, idText{x.ID, m.measureText(x)})
	}
	return out
}

func measureIDs(list []*catalog.Measure) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.ID
	}
	return out
}

func (m *viewer) scope() {
	v, w := m.v, m.w
	v.Scope = m.phrase(m.p.Profile.Scope)
	treated := 0
	for _, c := range m.p.Coverage {
		cv := m.coverage(c)
		if cv.Treated {
			treated++
		}
		v.Coverage = append(v.Coverage, cv)
		if len(cv.NotSelected) > 0 {
			v.NotSelected = append(v.NotSelected, cv)
		}
	}
	v.Standard = !m.p.Catalog.Guide.TreatsRisks()
	if v.Standard {
		v.NotSelected = m.notSelected()
	}
	own := 0
	for _, r := range v.Requirements {
		if r.Own {
			own++
		}
	}
	intro := "scope_intro"
	if treated == 0 { // single controls, of whatever risk
		intro = "scope_intro_standard"
	}
	v.Intro = append(v.Intro, w.say(func(w words) string { return m.fillCounts(w.Get(intro), treated) }))
	if own > 0 {
		v.Intro = append(v.Intro, w.say(func(w words) string { return w.With("scope_intro_own", "own", strconv.Itoa(own)) }))
	}
	if open := m.p.Open(); open > 0 {
		v.Intro = append(v.Intro, w.say(func(w words) string { return w.With("scope_intro_open", "open", strconv.Itoa(open)) }))
	}
	for _, s := range m.p.Selections {
		text := w.both("rule_all")
		if !s.Rule.All {
			text = m.selector(&s.Rule.Selector)
		}
		v.Rules = append(v.Rules, ruleView{text, m.phrase(s.Rule.Reason), len(s.Measures) + len(s.Controls)})
	}
	for i := range m.p.Profile.Obligations.Rules {
		r := &m.p.Profile.Obligations.Rules[i]
		v.ObligationRules = append(v.ObligationRules, obligationRuleView{m.selector(&r.Selector), w.sayObligation(r.Obligation), r.Obligation, m.phrase(r.Note)})
	}
	v.ObligationNote = w.say(func(w words) string {
		return w.With("obligation_rules_note", "word", w.obligation(m.p.Profile.Obligations.Default))
	})
	v.Gaps = m.measures(m.p.WithoutControls)
}

// notSelected lists, in a guide of controls alone, those that no rule selects, by
// clause.
func (m *viewer) notSelected() []coverageView {
	selected := map[*catalog.Control]bool{}
	for _, s := range m.p.Selections {
		for _, c := range s.Controls {
			selected[c] = true
		}
	}
	var out []coverageView
	for _, cl := range m.p.Catalog.Clauses {
		cv := coverageView{ID: cl.ID, Name: m.phrase(cl.Title)}
		for _, c := range cl.Controls {
			if selected[c] {
				continue
			}
			t := m.phrase(c.Title)
			if c.Title.IsZero() {
				t = m.control(c).Text
			}
			cv.NotSelected = append(cv.NotSelected, idText{c.ID, t})
		}
		if len(cv.NotSelected) > 0 {
			out = append(out, cv)
		}
	}
	return out
}

func (m *viewer) coverage(c *profile.Coverage) coverageView {
	g := m.p.Catalog.Guide
	cv := coverageView{ID: c.Risk.ID, Name: m.phrase(c.Risk.Name), Severity: m.phrase(c.Risk.Severity.Name), Ranks: len(g.Severities),
		Selected: m.measures(c.Selected), Excluded: m.measures(c.Excluded), NotSelected: m.measures(c.NotSelected),
		Treated: len(c.Selected) > 0}
	for i, s := range g.Severities {
		if s == c.Risk.Severity {
			cv.Rank = i
		}
	}
	return cv
}

// fillCounts fills the numbers of the pack into a text.
func (m *viewer) fillCounts(s string, treated int) string {
	pairs := []string{"risks", strconv.Itoa(len(m.p.Catalog.Risks)), "selected", strconv.Itoa(treated),
		"requirements", strconv.Itoa(len(m.p.Requirements))}
	for _, o := range m.v.Obligations {
		pairs = append(pairs, string(o.ID), strconv.Itoa(o.Count))
	}
	return templates.Fill(s, pairs...)
}

// selector says what a selector names.
func (m *viewer) selector(s *profile.Selector) phrase {
	return m.w.say(func(w words) string { return m.selectorIn(w, s) })
}

func (m *viewer) selectorIn(w words, s *profile.Selector) string {
	var parts []string
	add := func(key string, refs []catalog.Ref, name func(id string) string) {
		if len(refs) == 0 {
			return
		}
		ids := make([]string, len(refs))
		for i, r := range refs {
			ids[i] = r.ID
			if name != nil {
				ids[i] = name(r.ID)
			}
		}
		parts = append(parts, w.With(key, "ids", w.join(ids)))
	}
	cat := m.p.Catalog
	add("rule_severities", s.Severities, func(id string) string { return m.in(w, cat.Severity(id).Name) })
	add("rule_risks", s.Risks, nil)
	add("rule_layers", s.Layers, func(id string) string { return m.in(w, cat.Layer(id).Name) })
	add("rule_tags", s.Tags, nil)
	add("rule_measures", s.Measures, nil)
	add("rule_clauses", s.Clauses, nil)
	add("rule_controls", s.Controls, nil)
	return strings.Join(parts, w.Get("rule_and"))
}

func (m *viewer) tables() {
	byRisk := map[string]*coverageView{}
	for i := range m.v.Coverage {
		byRisk[m.v.Coverage[i].ID] = &m.v.Coverage[i]
	}
	for _, r := range m.p.View.Risks {
		tv := &tableView{coverageView: *byRisk[r.ID], Description: m.phrases(r.Description), Notes: m.phrases(r.Notes)}
		tv.Grid = table.Build(m.p.View, r, table.Options{Lang: m.v.Lang, Second: m.v.Second,
			Statement: func(mm *catalog.Measure, c catalog.ControlCitation, text string) (string, bool) {
				leftOut := m.p.LeftOut(mm.Controls, c.Control)
				return m.statement(m.w, c, text, leftOut), leftOut
			},
			SecondStatement: func(mm *catalog.Measure, c catalog.ControlCitation, text string) string {
				return m.statement(*m.w.second, c, text, m.p.LeftOut(mm.Controls, c.Control))
			}})
		for _, c := range tv.Grid.Cells {
			for _, it := range c.Items {
				tv.LeftOut = tv.LeftOut || it.LeftOut
			}
		}
		m.v.Tables = append(m.v.Tables, tv)
	}
}

// statement is the wording of a citation in a risk's table: with the values of
// the profile and what it adds.
func (m *viewer) statement(w words, c catalog.ControlCitation, text string, leftOut bool) string {
	text = m.p.Fill(c.Control, text, w.lang)
	if !leftOut {
		for _, a := range m.p.Additions(c.Control) {
			text += w.parens(w.labelled(w.Get("addition"), m.in(w, a.Text)))
		}
	}
	return text
}

func (m *viewer) exclusions() {
	for i, e := range m.p.Exclusions {
		x := &exclusionView{Number: i + 1, What: m.selector(&e.Rule.Selector), Reason: m.phrase(e.Rule.Reason),
			Measures: m.measures(e.Measures), Emptied: m.measures(e.Emptied), Partly: m.measures(e.Partly)}
		if len(e.Rule.Requirements) > 0 {
			ids := make([]string, len(e.Rule.Requirements))
			for i, r := range e.Rule.Requirements {
				ids[i] = r.ID
			}
			x.What = m.w.say(func(w words) string { return w.With("rule_requirements", "ids", w.join(ids)) })
		}
		at := map[*catalog.Control]int{}
		for _, c := range e.Citations {
			j, ok := at[c.Control]
			if !ok {
				j = len(x.Citations)
				at[c.Control] = j
				x.Citations = append(x.Citations, citationView{idText: m.control(c.Control), Kept: m.p.Requirement(c.Control.ID) != nil})
			}
			x.Citations[j].Measures = append(x.Citations[j].Measures, c.Measure.ID)
		}
		told := map[*catalog.Control]bool{}
		for _, c := range e.Direct {
			told[c] = true
			x.Direct = append(x.Direct, m.direct(c))
		}
		for j := range x.Citations {
			c := &x.Citations[j]
			c.Full = m.citation(c)
		}
		for _, c := range e.Controls {
			if _, cited := at[c]; cited || told[c] {
				continue // it stands among what is left out
			}
			x.Lost = append(x.Lost, m.control(c))
		}
		for _, a := range e.Added {
			x.Own = append(x.Own, idText{a.ID, m.phrase(a.Title)})
		}
		for _, o := range e.Vulnerabilities {
			t := m.vulnerability(o)
			if o.Answered {
				x.Answered = append(x.Answered, t)
			} else {
				x.Open = append(x.Open, t)
			}
		}
		for _, r := range e.Residuals {
			x.Residuals = append(x.Residuals, idText{r.ID, m.phrase(r.Text)})
		}
		m.v.Exclusions = append(m.v.Exclusions, x)
	}
}

func (m *viewer) control(c *catalog.Control) idText {
	t := m.phrase(c.Wording())
	t.Text, t.Second = m.p.Fill(c, t.Text, m.v.Lang), m.p.Fill(c, t.Second, m.v.Second)
	return idText{c.ID, t}
}

// direct is an excluded statement that was selected itself.
func (m *viewer) direct(c *catalog.Control) idText {
	x := m.control(c)
	if m.p.Requirement(c.ID) != nil {
		x.Text.Text += m.w.parens(m.w.Get("excluded_kept"))
		if m.w.second != nil && x.Text.Second != "" {
			x.Text.Second += m.w.second.parens(m.w.second.Get("excluded_kept"))
		}
	}
	return x
}

// citation is an excluded statement with the measures that it is left out of.
func (m *viewer) citation(c *citationView) phrase {
	say := func(w words, text string) string {
		return w.With("excluded_control", "control", c.ID+" "+text, "measures", w.join(c.Measures)) + w.kept(*c)
	}
	t := c.Text
	t.Text = say(m.w, t.Text)
	if m.w.second != nil {
		t.Second = say(*m.w.second, t.Second)
	}
	return t
}

// vulnerability names a vulnerability with its risk.
func (m *viewer) vulnerability(o profile.OpenVulnerability) idText {
	t := m.phrase(o.Citation.Label())
	complete := func(w words, text string) string {
		if text == "" {
			return ""
		}
		if o.Citation.Vulnerability.Numbered() {
			text = o.Citation.Vulnerability.ID + " " + text
		}
		if !o.Citation.Note.IsZero() {
			text += w.parens(m.in(w, o.Citation.Note))
		}
		return text
	}
	t.Text = complete(m.w, t.Text)
	if m.w.second != nil {
		t.Second = complete(*m.w.second, t.Second)
	}
	return idText{o.Risk.ID, t}
}

// list writes ids in running text.
func (w words) list(items []idText) string {
	ids := make([]string, len(items))
	for i, x := range items {
		ids[i] = x.ID
	}
	return w.join(ids)
}

// text is all that a requirement says in one language: one string with a line for
// each part, as a cell of a workbook holds it. w are the words of the language.
func (x *wordingView) text(w words) string { return join("\n", x.asked(w), x.why(w)) }

// asked is what is asked, without why: the part of the text that an answer answers.
func (x *wordingView) asked(w words) string {
	var lines []string
	if x.Title.Text != "" {
		lines = append(lines, w.shown(x.Title))
	}
	lines = append(lines, w.shown(x.Statement))
	for _, list := range [][]labelled{x.Additions, x.Variants} {
		for _, y := range list {
			lines = append(lines, w.labelled(y.Label, w.shown(y.Text)))
		}
	}
	return strings.Join(lines, "\n")
}

// why is the rest of the text.
func (x *wordingView) why(w words) string {
	var lines []string
	for _, y := range x.Why {
		lines = append(lines, w.labelled(y.Label, w.shown(y.Text)))
	}
	return strings.Join(lines, "\n")
}
