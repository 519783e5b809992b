package pack

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/table"
)

// view is what all documents of a pack tell, in the words of one language. It is
// made once; each format lays it out in its own way.
type view struct {
	Lang catalog.Lang
	// Second is the pack's second language, empty where it has one only; its
	// wordings stand beside those of the first.
	Second catalog.Lang

	Title       string
	Description string
	Facts       []fact
	GuideTitle  string
	Edition     string
	PackID      string
	ProfileID   string
	Fingerprint string
	Rights      []string
	// Letter is Markdown, filled in; Instructions is Markdown.
	Letter, Instructions string

	Scope string // in the profile's words; may be empty
	Intro []string
	Rules []ruleView
	// ObligationRules say how obligations were set, beside the default.
	ObligationRules []obligationRuleView
	ObligationNote  string
	Coverage        []coverageView
	Clauses         []*clauseView
	Requirements    []*requirementView
	Obligations     []obligationView
	Tables          []*tableView
	Exclusions      []*exclusionView
	NotSelected     []coverageView // risks with measures that no rule selects
	Gaps            []idText       // measures without controls
}

// fact is a line of the cover.
type fact struct {
	Key  string // stable, for tests and styles
	Name string
	Text string
	Pos  catalog.Position
}

// phrase is a text of the catalog or profile, with the language that it is in
// and where it stands.
type phrase struct {
	Text string
	Lang catalog.Lang
	Pos  catalog.Position
}

// idText is something that has an id, with its wording.
type idText struct {
	ID   string
	Text phrase
}

type ruleView struct {
	Text   string
	Reason phrase
	Count  int
}

type obligationRuleView struct {
	Text string
	Word string // of the obligation
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
	Word, Meaning string
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
	Word       string // of the obligation
	Title      phrase // of an added requirement
	Statement  phrase
	Additions  []phrase
	Variants   []variantView
	Notes      []variantView
	// Second holds the wordings in the second language, in the same order:
	// title, statement, additions.
	Second          []phrase
	ObligationNotes []phrase
	Reason          phrase
	Own             bool
	Values          []valueView
	AskedBy         []askView
	Residuals       []idText
}

type variantView struct {
	Label string // "as asked by …", or "note"
	Text  phrase
}

type valueView struct{ Label, Value string }

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
	Word string
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
	What      string
	Reason    phrase
	Measures  []idText
	Citations []citationView
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
	Measures []string
	// Kept tells that other measures of the pack still ask for the statement.
	Kept bool
}

// viewer makes the view of a pack.
type viewer struct {
	p *profile.Pack
	w words
	v *view
}

func newViewer(p *profile.Pack, w words) *viewer {
	return &viewer{p: p, w: w, v: &view{
		Lang: p.Lang(), PackID: p.ID, ProfileID: p.Profile.ID, Fingerprint: p.Fingerprint, Edition: p.Catalog.Guide.Edition,
	}}
}

// view works everything out.
func (m *viewer) view() *view {
	if langs := m.p.Profile.Languages; len(langs) > 1 {
		m.v.Second = langs[1]
	}
	m.head()
	m.requirements()
	m.scope()
	m.tables()
	m.exclusions()
	return m.v
}

func (m *viewer) phrase(t catalog.Text) phrase {
	s, l := m.p.Catalog.Text(t, m.v.Lang)
	return phrase{s, l, t.Pos}
}

func (m *viewer) text(t catalog.Text) string { return m.phrase(t).Text }

func (m *viewer) phrases(ts []catalog.Text) []phrase {
	out := make([]phrase, len(ts))
	for i, t := range ts {
		out[i] = m.phrase(t)
	}
	return out
}

func (m *viewer) head() {
	p, v, w := m.p.Profile, m.v, m.w
	v.Title, v.Description = m.text(p.Title), m.text(p.Description)
	v.GuideTitle = m.text(m.p.Catalog.Guide.Title)
	add := func(key, text string, pos catalog.Position) {
		if text != "" {
			v.Facts = append(v.Facts, fact{key, w.Get(key), text, pos})
		}
	}
	add("supplier", m.party(p.Supplier), p.Supplier.Pos)
	add("attention", m.text(p.Supplier.Person), p.Supplier.Pos)
	add("service", m.text(p.Service.Name), p.Service.Pos)
	add("service_description", m.text(p.Service.Description), p.Service.Pos)
	add("organisation", m.party(p.Organisation), p.Organisation.Pos)
	add("contact", m.contact(), p.Contact.Pos)
	add("due", w.date(p.Due), p.Pos)
	add("guide", v.GuideTitle+w.parens(w.Get("edition")+" "+v.Edition), catalog.Position{})
	add("pack_id", v.PackID, catalog.Position{})
	for _, key := range []string{"published_by", "rights"} {
		t := m.p.Catalog.Guide.Publisher
		if key == "rights" {
			t = m.p.Catalog.Guide.Rights
		}
		if s := m.text(t); s != "" {
			v.Rights = append(v.Rights, w.labelled(w.Get(key), s))
		}
	}
}

// party names an organisation with its department and address.
func (m *viewer) party(x profile.Party) string {
	return join(" ", m.text(x.Name), m.text(x.Department), m.text(x.Address))
}

func (m *viewer) contact() string {
	c := m.p.Profile.Contact
	return join(" / ", m.text(c.Name), c.Email, c.Phone)
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
	own := &clauseView{Title: phrase{m.w.Get("own_requirements"), m.v.Lang, catalog.Position{}}}
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
	m.dropCommonNotes()
	for _, o := range profile.ObligationIDs() {
		m.v.Obligations = append(m.v.Obligations, obligationView{o, m.w.obligation(o), m.w.Get(string(o) + "_meaning"), count[o]})
	}
}

// commonNote is the number of requirements from which on the note of an
// obligation is not repeated beside each: it stands with the rules.
const commonNote = 6

func (m *viewer) dropCommonNotes() {
	count := map[string]int{}
	for _, r := range m.v.Requirements {
		for _, n := range r.ObligationNotes {
			count[n.Text]++
		}
	}
	for _, r := range m.v.Requirements {
		r.ObligationNotes = slices.DeleteFunc(r.ObligationNotes, func(n phrase) bool { return count[n.Text] >= commonNote })
	}
}

func (m *viewer) requirement(r *profile.Requirement) *requirementView {
	rv := &requirementView{ID: r.ID, Obligation: r.Obligation, Word: m.w.obligation(r.Obligation),
		Title: m.phrase(r.Title), Statement: m.phrase(r.Statement), Reason: m.phrase(r.Reason),
		ObligationNotes: m.phrases(r.ObligationNotes), Own: r.Added != nil}
	for _, a := range r.Additions {
		rv.Additions = append(rv.Additions, m.phrase(a.Text))
	}
	for _, x := range r.Variants {
		rv.Variants = append(rv.Variants, variantView{m.w.with("variant", "measures", m.w.join(measureIDs(x.Measures))), m.phrase(x.Text)})
	}
	for _, x := range r.Notes {
		rv.Notes = append(rv.Notes, variantView{m.w.Get("note") + m.w.parens(m.w.join(measureIDs(x.Measures))), m.phrase(x.Text)})
	}
	if m.v.Second != "" {
		texts := []catalog.Text{r.Title, r.Statement}
		for _, a := range r.Additions {
			texts = append(texts, a.Text)
		}
		for _, t := range texts {
			if s := t.Values[m.v.Second]; s != "" {
				rv.Second = append(rv.Second, phrase{s, m.v.Second, t.Pos})
			}
		}
	}
	for _, x := range r.Values {
		label := m.text(x.Parameter.Label)
		if label == "" {
			label = x.Parameter.ID
		}
		rv.Values = append(rv.Values, valueView{label, x.Value})
	}
	for _, risk := range r.Risks {
		a := askView{ID: risk.ID, Name: m.phrase(risk.Name), Brief: len(r.AskedBy) >= manyMeasures}
		for _, by := range r.AskedBy {
			if by.Measure.Risk != risk && by.Measure.Risk.ID != risk.ID {
				continue
			}
			am := askMeasure{ID: by.Measure.ID, Text: m.measureText(by.Measure)}
			if by.Obligation != r.Obligation {
				am.Word = m.w.obligation(by.Obligation)
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

// measureText is the wording of a measure, or what is said where the guide lacks
// it.
func (m *viewer) measureText(x *catalog.Measure) phrase {
	if x.Text.IsZero() {
		return phrase{m.w.Get("no_measure_text"), m.v.Lang, x.Pos}
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
	v.Scope = m.text(m.p.Profile.Scope)
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
	own := 0
	for _, r := range v.Requirements {
		if r.Own {
			own++
		}
	}
	v.Intro = append(v.Intro, m.fillCounts(w.Get("scope_intro"), treated))
	if own > 0 {
		v.Intro = append(v.Intro, w.with("scope_intro_own", "own", strconv.Itoa(own)))
	}
	for _, s := range m.p.Selections {
		text := w.Get("rule_all")
		if !s.Rule.All {
			text = m.selector(&s.Rule.Selector)
		}
		v.Rules = append(v.Rules, ruleView{text, m.phrase(s.Rule.Reason), len(s.Measures)})
	}
	for i := range m.p.Profile.Obligations.Rules {
		r := &m.p.Profile.Obligations.Rules[i]
		v.ObligationRules = append(v.ObligationRules, obligationRuleView{m.selector(&r.Selector), w.obligation(r.Obligation), r.Obligation, m.phrase(r.Note)})
	}
	v.ObligationNote = w.with("obligation_rules_note", "word", w.obligation(m.p.Profile.Obligations.Default))
	v.Gaps = m.measures(m.p.WithoutControls)
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
	pairs := []string{"{risks}", strconv.Itoa(len(m.p.Catalog.Risks)), "{selected}", strconv.Itoa(treated),
		"{requirements}", strconv.Itoa(len(m.p.Requirements))}
	for _, o := range m.v.Obligations {
		pairs = append(pairs, "{"+string(o.ID)+"}", strconv.Itoa(o.Count))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// selector says what a selector names.
func (m *viewer) selector(s *profile.Selector) string {
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
		parts = append(parts, m.w.with(key, "ids", m.w.join(ids)))
	}
	cat := m.p.Catalog
	add("rule_severities", s.Severities, func(id string) string { return m.text(cat.Severity(id).Name) })
	add("rule_risks", s.Risks, nil)
	add("rule_layers", s.Layers, func(id string) string { return m.text(cat.Layer(id).Name) })
	add("rule_tags", s.Tags, nil)
	add("rule_measures", s.Measures, nil)
	add("rule_clauses", s.Clauses, nil)
	add("rule_controls", s.Controls, nil)
	return strings.Join(parts, m.w.Get("rule_and"))
}

func (m *viewer) tables() {
	byRisk := map[string]*coverageView{}
	for i := range m.v.Coverage {
		byRisk[m.v.Coverage[i].ID] = &m.v.Coverage[i]
	}
	for _, r := range m.p.View.Risks {
		tv := &tableView{coverageView: *byRisk[r.ID], Description: m.phrases(r.Description), Notes: m.phrases(r.Notes)}
		tv.Grid = table.Build(m.p.View, r, table.Options{Lang: m.v.Lang,
			Statement: func(mm *catalog.Measure, c catalog.ControlCitation, text string) (string, bool) {
				return m.statement(mm, c, text)
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
func (m *viewer) statement(owner *catalog.Measure, c catalog.ControlCitation, text string) (string, bool) {
	leftOut := m.p.LeftOut(owner.Controls, c.Control)
	text = m.p.Fill(c.Control, text)
	if !leftOut {
		for _, a := range m.p.Additions(c.Control) {
			text += m.w.parens(m.w.labelled(m.w.Get("addition"), m.text(a.Text)))
		}
	}
	return text, leftOut
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
			x.What = m.w.with("rule_requirements", "ids", m.w.join(ids))
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
		for _, c := range e.Controls {
			if _, told := at[c]; told {
				continue // it stands among the citations
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
	t := m.phrase(c.Statement)
	t.Text = m.p.Fill(c, t.Text)
	return idText{c.ID, t}
}

// vulnerability names a vulnerability with its risk.
func (m *viewer) vulnerability(o profile.OpenVulnerability) idText {
	t := m.phrase(o.Citation.Label())
	if o.Citation.Vulnerability.Numbered() {
		t.Text = o.Citation.Vulnerability.ID + " " + t.Text
	}
	if !o.Citation.Note.IsZero() {
		t.Text += m.w.parens(m.text(o.Citation.Note))
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

// statementText is all that a requirement says, in the first language: one
// string with a line for each part, as a cell of a workbook holds it.
func (r *requirementView) statementText(w words) string {
	var b strings.Builder
	if r.Title.Text != "" {
		fmt.Fprintf(&b, "%s\n", r.Title.Text)
	}
	b.WriteString(r.Statement.Text)
	for _, a := range r.Additions {
		fmt.Fprintf(&b, "\n%s", w.labelled(w.Get("addition"), a.Text))
	}
	for _, x := range r.Variants {
		fmt.Fprintf(&b, "\n%s", w.labelled(x.Label, x.Text.Text))
	}
	for _, x := range r.Notes {
		fmt.Fprintf(&b, "\n%s", w.labelled(x.Label, x.Text.Text))
	}
	return b.String()
}
