// Package comparison shows how suppliers answered a pack: as a page that needs no
// other file, as a workbook with charts, as a PDF of two pages, on a terminal and
// as JSON. All of them are made of the same [View] of an
// [assessment.Assessment]; the same assessment gives the same bytes.
//
// What is shown are facts: scores by the written rule, what is not met with the
// residual risks that the guide names, and what was not asked for. Nothing is
// recommended.
//
// The fixed texts are the words of templates/compare; those of the answers and the
// obligations are the questionnaire's (templates/pack).
package comparison

import (
	"cmp"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskguide/answers"
	"riskguide/answers/assessment"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/templates"
)

// WordsDir is where the templates hold the words, the page and its style.
const WordsDir = "compare"

// View is an assessment in words of a language.
type View struct {
	Lang catalog.Lang
	// Title says what this is, Heading also of what profile.
	Title, Heading string
	Guide, Edition string
	PackID         string
	Facts          []Fact
	// Notes say what a reader must know first, such as answers to another pack.
	Notes []string
	// Suppliers are in the order of their scores, the highest first.
	Suppliers []*Supplier
	// Severity is the name of the gravest class of risks; empty where the
	// guide has no classes.
	Severity string
	// Tables hold the scores by obligation, risk, layer and clause.
	Tables []*GroupTable
	Rows   []*Row
	// Gaps are the requirements that somebody does not meet, the gravest first.
	Gaps       []*SharedGap
	Rule       Rule
	Exclusions []Exclusion
	// LeftOut says in sentences what else was not asked for.
	LeftOut []string
	// Statuses are the answers in the order of charts, no answer last.
	Statuses []StatusWord

	a     *assessment.Assessment
	words templates.Words
	pack  templates.Words
}

// Fact is a line of the head: "Pack: acme-2011.1-3f9a".
type Fact struct{ Name, Text string }

// StatusWord is a status with its word; Class is its id for styles.
type StatusWord struct {
	Status      answers.Status
	Class, Word string
}

// Supplier is a supplier with its newest answers and the way to them.
type Supplier struct {
	ID, Name, Service string
	// Anchor begins the ids of the page's elements about the supplier.
	Anchor string
	Now    *Round
	// Rounds are all rounds, the newest last; Steps what changed between them.
	Rounds []*Round
	Steps  []Step
	Gaps   []*Gap
	// Only are the requirements that nobody else lacks.
	Only []*Row

	at int // place in the assessment
}

// Round is one round in numbers.
type Round struct {
	Number   int
	Label    string // "Round 2"
	Received string
	Pack     string
	// OtherPack tells that the answers were given to another pack.
	OtherPack bool
	Tally     Tally
	// ByObligation are the tallies of must, should and may; an obligation that
	// the pack does not use has a zero one.
	ByObligation [3]Tally
	// MustUnmet is the number of gaps in what must be met, Grave of these those
	// on a risk of the gravest class. Unmet is the number of gaps by
	// obligation.
	MustUnmet, Grave int
	Unmet            [3]int

	res *assessment.Result
}

// Tally is a part of the pack in numbers and words.
type Tally struct {
	// Score is from 0 to 100 and Text the same to one decimal, rounded down;
	// where nothing counts, Scored is false and Text a dash.
	Score  float64
	Scored bool
	Text   string
	// Met of Counted requirements are fulfilled; Answered of Requirements
	// have an answer; Outside of them do not concern the service.
	Met, Counted, Answered, Requirements, Outside int
	// Parts are the answers by status, in the order of [View.Statuses];
	// those without an answer are left out.
	Parts []Part
}

// Part is a part of a bar.
type Part struct {
	StatusWord
	N int
}

// Gap is a requirement that a supplier does not meet.
type Gap struct {
	*Requirement
	Status StatusWord
	// Risk is the gravest one.
	Risk RiskName
	// Unread is what stood in the cell of the status that could not be read.
	Unread                       string
	Explanation, Evidence, Owner string
	Planned                      string
	Residuals                    []Named
}

// SharedGap is a requirement with all who do not meet it.
type SharedGap struct {
	*Gap
	Lacking []Lacking
}

// Lacking is a supplier that does not meet a requirement.
type Lacking struct {
	*Supplier
	Status StatusWord
}

// Requirement is a requirement in words.
type Requirement struct {
	ID         string
	Obligation profile.Obligation
	Word       string // of the obligation
	Text       string
	// TextLang is the language of Text where it is not the view's.
	TextLang catalog.Lang
	Clause   string
	Risks    []RiskName
	Severity string // of the gravest risk
	SevID    string
}

// RiskName is a risk with its severity; ID is empty for none.
type RiskName struct{ ID, Name, Severity, SevID string }

// Named is something with an id.
type Named struct{ ID, Text string }

// Row is a requirement with the answers of all suppliers, in the order of
// [View.Suppliers].
type Row struct {
	*Requirement
	Answers []Cell
	// Lacking is the number of suppliers that do not meet it, Only the one
	// that alone does not.
	Lacking int
	Only    *Supplier
}

// Cell is an answer. Answer is nil where there is none.
type Cell struct {
	StatusWord
	Answer *answers.Answer
	Only   bool // nobody else lacks it
}

// GroupTable holds the scores of the parts of the pack.
type GroupTable struct {
	Key    string // "obligation", "risk", "layer" or "clause"
	Title  string
	Groups []GroupRow
}

// GroupRow is a part of the pack with the tallies of all suppliers.
type GroupRow struct {
	ID, Name string
	SevID    string // of a risk
	Tallies  []Tally
}

// Step tells what changed from one round to the next.
type Step struct {
	Title                string
	From, To             *Round
	Better, Worse, Other []Change
}

// Change is a requirement with another answer.
type Change struct {
	*Requirement
	From, To StatusWord
}

// Rule is the rule of counting in words.
type Rule struct {
	Sentences []string
	Tables    []RuleTable
	Short     string
}

// RuleTable lists the numbers of a part of the rule.
type RuleTable struct {
	Title string
	Rows  []RuleRow
}

// RuleRow is a number of the rule and who set it.
type RuleRow struct{ Name, Value, From string }

// Exclusion is something that the profile does not ask for.
type Exclusion struct {
	IDs       string
	Reason    string
	Residuals []Named
}

// NewView puts an assessment into the words of a language; templates may be nil for
// the built-in ones. The assessment has at least one supplier.
func NewView(a *assessment.Assessment, lang catalog.Lang, fsys fs.FS) (*View, error) {
	if fsys == nil {
		fsys = templates.FS()
	}
	w, err := templates.LoadWords(fsys, WordsDir, lang)
	if err != nil {
		return nil, err
	}
	pw, err := templates.LoadWords(fsys, "pack", lang)
	if err != nil {
		return nil, err
	}
	v := &View{Lang: lang, a: a, words: w, pack: pw, PackID: a.Pack.ID, Edition: a.Pack.Catalog.Guide.Edition}
	b := &viewMaker{View: v, reqs: map[*profile.Requirement]*Requirement{}}
	b.head()
	b.suppliers()
	b.rows()
	b.tables()
	b.shared()
	b.notes()
	b.rule()
	b.exclusions()
	return v, nil
}

// Word returns a fixed text, for templates.
func (v *View) Word(key string) string { return v.words.Get(key) }

// With returns a fixed text with its placeholders filled in.
func (v *View) With(key string, pairs ...string) string { return v.words.With(key, pairs...) }

// Several reports whether there is something to compare.
func (v *View) Several() bool { return len(v.Suppliers) > 1 }

// Made names the program that made the report.
func (v *View) Made(version string) string {
	return strings.TrimSpace(v.With("made", "version", version))
}

func itoa(n int) string { return strconv.Itoa(n) }

// scoreText writes a score to one decimal, rounded down, so that it never looks
// better than it is. Sums of floating-point numbers may be short by a hair.
func scoreText(x float64) string {
	return strconv.FormatFloat(math.Floor(x*10+1e-6)/10, 'f', 1, 64)
}

// viewMaker makes a view.
type viewMaker struct {
	*View
	reqs map[*profile.Requirement]*Requirement
}

func (b *viewMaker) text(t catalog.Text) string {
	s, _ := b.a.Pack.Catalog.Text(t, b.Lang)
	return s
}

func (b *viewMaker) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return b.With("date", "year", itoa(t.Year()), "month", itoa(int(t.Month())), "month_name", t.Month().String(), "day", itoa(t.Day()))
}

func (b *viewMaker) status(s answers.Status) StatusWord {
	class := string(s)
	if s == answers.Unanswered {
		class = "unanswered"
	}
	return StatusWord{s, class, b.pack.Get("status_" + strings.ReplaceAll(class, "-", "_"))}
}

func (b *viewMaker) head() {
	p := b.a.Pack
	b.Title = b.Word("title")
	if len(b.a.Suppliers) == 1 {
		b.Title = b.Word("title.one")
	}
	b.Guide = b.text(p.Catalog.Guide.Title)
	title := b.text(p.Profile.Title)
	b.Heading = b.With("heading", "profile", title, "title", b.Title)
	n := map[profile.Obligation]int{}
	for _, r := range p.Requirements {
		n[r.Obligation]++
	}
	b.Facts = []Fact{
		{b.Word("fact.guide"), b.With("fact.guide.value", "title", b.Guide, "edition", b.Edition)},
		{b.Word("fact.profile"), title},
		{b.Word("fact.pack"), p.ID},
		{b.Word("fact.requirements"), b.With("fact.requirements.value", "n", itoa(len(p.Requirements)),
			"must", itoa(n[profile.Must]), "should", itoa(n[profile.Should]), "may", itoa(n[profile.May]))},
		{b.Word("fact.suppliers"), b.With("fact.suppliers.value", "n", itoa(len(b.a.Suppliers)))},
	}
	if ss := p.Catalog.Guide.Severities; len(ss) > 0 {
		b.Severity = b.text(ss[0].Name)
	}
	for _, s := range append(statusOrder(), answers.Unanswered) {
		b.Statuses = append(b.Statuses, b.status(s))
	}
}

// statusOrder is the order of the parts of a bar: what conforms, then what is on
// its way, then what does not.
func statusOrder() []answers.Status {
	return []answers.Status{answers.Implemented, answers.Alternative, answers.Partial, answers.Planned, answers.NotImplemented,
		answers.NotApplicable}
}

func (b *viewMaker) tally(t *assessment.Tally) Tally {
	out := Tally{Text: b.Word("none"), Met: t.Met(), Counted: t.Counted(), Answered: t.Answered(), Requirements: t.Requirements,
		Outside: t.Counts[answers.NotApplicable]}
	if out.Score, out.Scored = t.Score(); out.Scored {
		out.Text = scoreText(out.Score)
	}
	for _, s := range b.Statuses {
		if n := t.Counts[s.Status]; n > 0 {
			out.Parts = append(out.Parts, Part{s, n})
		}
	}
	return out
}

func (b *viewMaker) requirement(r *profile.Requirement) *Requirement {
	if x := b.reqs[r]; x != nil {
		return x
	}
	text, lang := b.a.Pack.Catalog.Text(r.Statement, b.Lang)
	x := &Requirement{ID: r.ID, Obligation: r.Obligation, Word: b.pack.Get(string(r.Obligation)), Text: text}
	if lang != b.Lang {
		x.TextLang = lang
	}
	if c := r.Clause(); c != nil {
		x.Clause = strings.TrimSpace(c.ID + " " + b.text(c.Title))
	}
	best := math.MaxInt
	for _, k := range r.Risks {
		n := b.risk(k)
		x.Risks = append(x.Risks, n)
		if i := slices.Index(b.a.Pack.Catalog.Guide.Severities, k.Severity); i >= 0 && i < best {
			best, x.Severity, x.SevID = i, n.Severity, n.SevID
		}
	}
	b.reqs[r] = x
	return x
}

func (b *viewMaker) risk(r *catalog.Risk) RiskName {
	if r == nil {
		return RiskName{}
	}
	n := RiskName{ID: r.ID, Name: b.text(r.Name)}
	if r.Severity != nil {
		n.Severity, n.SevID = b.text(r.Severity.Name), r.Severity.ID
	}
	return n
}

func (b *viewMaker) suppliers() {
	for i, s := range b.a.Suppliers {
		x := &Supplier{ID: s.ID, Name: s.Name, Service: s.Latest().Set.Service, Anchor: "s" + itoa(i+1), at: i}
		for _, res := range s.Rounds {
			x.Rounds = append(x.Rounds, b.round(res))
		}
		x.Now = x.Rounds[len(x.Rounds)-1]
		for _, g := range s.Latest().Gaps {
			x.Gaps = append(x.Gaps, b.gap(g))
		}
		for k := 1; k < len(x.Rounds); k++ {
			x.Steps = append(x.Steps, b.step(x.Rounds[k-1], x.Rounds[k]))
		}
		b.Suppliers = append(b.Suppliers, x)
	}
	slices.SortStableFunc(b.Suppliers, func(x, y *Supplier) int {
		s, t := x.Now.Tally, y.Now.Tally
		if s.Scored != t.Scored {
			if s.Scored {
				return -1
			}
			return 1
		}
		return cmp.Compare(t.Score, s.Score)
	})
}

func (b *viewMaker) round(res *assessment.Result) *Round {
	n := max(res.Set.Round, 1)
	r := &Round{Number: n, Label: b.With("round", "n", itoa(n)), Received: b.date(res.Set.Received), Pack: res.Set.Pack.ID,
		OtherPack: res.OtherPack, Tally: b.tally(&res.Total), res: res}
	for i, o := range profile.ObligationIDs() {
		r.ByObligation[i].Text = b.Word("none")
		for k := range res.ByObligation {
			if res.ByObligation[k].Obligation == o {
				r.ByObligation[i] = b.tally(&res.ByObligation[k].Tally)
			}
		}
	}
	for _, g := range res.Gaps {
		r.Unmet[slices.Index(profile.ObligationIDs(), g.Requirement.Obligation)]++
		if g.MustUnmet() && b.grave(g) {
			r.Grave++
		}
	}
	r.MustUnmet = r.Unmet[0]
	return r
}

// grave reports whether a gap is on a risk of the gravest class.
func (b *viewMaker) grave(g assessment.Gap) bool {
	ss := b.a.Pack.Catalog.Guide.Severities
	return len(ss) > 0 && g.Risk != nil && g.Risk.Severity == ss[0]
}

func (b *viewMaker) gap(g assessment.Gap) *Gap {
	x := &Gap{Requirement: b.requirement(g.Requirement), Status: b.status(g.Status), Risk: b.risk(g.Risk)}
	if a := g.Answer; a != nil {
		x.Unread, x.Explanation, x.Evidence, x.Owner = a.Unread, a.Explanation, a.Evidence, a.Owner
		x.Planned = b.date(a.Planned)
		if x.Planned == "" {
			x.Planned = a.UnreadDate
		}
	}
	for _, r := range g.Residuals {
		x.Residuals = append(x.Residuals, Named{r.ID, b.text(r.Text)})
	}
	return x
}

func (b *viewMaker) step(from, to *Round) Step {
	s := Step{Title: b.With("history.step", "from", itoa(from.Number), "to", itoa(to.Number)), From: from, To: to}
	for _, c := range b.a.Changes(from.res, to.res) {
		x := Change{b.requirement(c.Requirement), b.status(c.From), b.status(c.To)}
		back := assessment.Change{Requirement: c.Requirement, From: c.To, To: c.From}
		switch {
		case c.From.Outside() || c.To.Outside():
			s.Other = append(s.Other, x)
		case b.a.Better(c):
			s.Better = append(s.Better, x)
		case b.a.Better(back):
			s.Worse = append(s.Worse, x)
		default:
			s.Other = append(s.Other, x)
		}
	}
	return s
}

func (b *viewMaker) rows() {
	byPlace := make([]*Supplier, len(b.Suppliers))
	for _, s := range b.Suppliers {
		byPlace[s.at] = s
	}
	for _, r := range b.a.Rows {
		row := &Row{Requirement: b.requirement(r.Requirement), Answers: make([]Cell, len(b.Suppliers))}
		for i, s := range b.Suppliers {
			st := r.Status(s.at)
			row.Answers[i] = Cell{StatusWord: b.status(st), Answer: r.Answers[s.at]}
			if !st.Met() && !st.Outside() {
				row.Lacking++
			}
			if r.OnlyLacking == b.a.Suppliers[s.at] {
				row.Only, row.Answers[i].Only = s, true
				s.Only = append(s.Only, row)
			}
		}
		b.Rows = append(b.Rows, row)
	}
}

func (b *viewMaker) tables() {
	for _, key := range []string{"obligation", "risk", "layer", "clause"} {
		t := &GroupTable{Key: key, Title: b.Word("groups." + key)}
		for i, s := range b.Suppliers {
			// All suppliers have the same groups, those of the pack.
			for k, g := range groups(s.Now.res, key) {
				if i == 0 {
					t.Groups = append(t.Groups, b.group(key, g))
				}
				t.Groups[k].Tallies = append(t.Groups[k].Tallies, b.tally(&g.Tally))
			}
		}
		b.Tables = append(b.Tables, t)
	}
}

func groups(r *assessment.Result, key string) []assessment.Group {
	switch key {
	case "obligation":
		return r.ByObligation
	case "risk":
		return r.ByRisk
	case "layer":
		return r.ByLayer
	}
	return r.ByClause
}

func (b *viewMaker) group(key string, g assessment.Group) GroupRow {
	switch {
	case g.Obligation != "":
		return GroupRow{ID: string(g.Obligation), Name: b.pack.Get(string(g.Obligation))}
	case g.Risk != nil:
		n := b.risk(g.Risk)
		return GroupRow{ID: n.ID, Name: n.ID + " " + n.Name, SevID: n.SevID}
	case g.Layer != nil:
		return GroupRow{ID: g.Layer.ID, Name: b.text(g.Layer.Name)}
	case g.Clause != nil:
		return GroupRow{ID: g.Clause.ID, Name: strings.TrimSpace(g.Clause.ID + " " + b.text(g.Clause.Title))}
	}
	return GroupRow{Name: b.Word("group." + key + ".none")}
}

// worst is the distance of the answer that is furthest from conforming.
func (g *SharedGap) worst() int {
	worst := math.MaxInt
	for _, l := range g.Lacking {
		worst = min(worst, assessment.Distance(l.Status.Status))
	}
	return worst
}

// shared sets the gaps of all suppliers together, by requirement, in the order of
// a supplier's gaps, but that within the same gravity of risk what most of them lack
// comes first, and then what the worst answer was given to.
func (b *viewMaker) shared() {
	index := map[*Requirement]*SharedGap{}
	for _, s := range b.Suppliers {
		for _, g := range s.Gaps {
			x := index[g.Requirement]
			if x == nil {
				x = &SharedGap{Gap: g}
				index[g.Requirement] = x
				b.Gaps = append(b.Gaps, x)
			}
			x.Lacking = append(x.Lacking, Lacking{s, g.Status})
		}
	}
	place := map[*Requirement]int{}
	for i, r := range b.Rows {
		place[r.Requirement] = i
	}
	severity := func(g *SharedGap) int {
		for i, s := range b.a.Pack.Catalog.Guide.Severities {
			if s.ID == g.Risk.SevID {
				return i
			}
		}
		return math.MaxInt
	}
	obligation := func(g *SharedGap) int { return slices.Index(profile.ObligationIDs(), g.Obligation) }
	slices.SortStableFunc(b.Gaps, func(x, y *SharedGap) int {
		return cmp.Or(cmp.Compare(obligation(x), obligation(y)), cmp.Compare(severity(x), severity(y)),
			cmp.Compare(len(y.Lacking), len(x.Lacking)), cmp.Compare(x.worst(), y.worst()), cmp.Compare(place[x.Requirement], place[y.Requirement]))
	})
}

// mostNamed is how many ids a sentence names.
const mostNamed = 12

func (b *viewMaker) ids(list []string) string {
	if n := len(list) - mostNamed; n > 0 {
		list = append(slices.Clone(list[:mostNamed]), b.With("more", "n", itoa(n)))
	}
	return strings.Join(list, b.Word("list_comma"))
}

func (b *viewMaker) notes() {
	b.Notes = []string{b.Word("note.claims"), b.With("note.outside", "status", b.status(answers.NotApplicable).Word)}
	for _, s := range b.Suppliers {
		res := s.Now.res
		if res.OtherPack {
			b.Notes = append(b.Notes, b.With("note.other_pack", "name", s.Name, "other", res.Set.Pack.ID, "pack", b.PackID))
		}
		var unasked, unread []string
		for _, a := range res.Unasked {
			unasked = append(unasked, a.Requirement)
		}
		for i := range res.Set.Answers {
			if a := &res.Set.Answers[i]; a.Unread != "" && b.a.Pack.Requirement(a.Requirement) != nil {
				unread = append(unread, a.Requirement)
			}
		}
		for _, x := range []struct {
			key  string
			list []string
		}{{"note.unasked", unasked}, {"note.unread", unread}} {
			if len(x.list) > 0 {
				b.Notes = append(b.Notes, b.With(x.key, "name", s.Name, "n", itoa(len(x.list)), "ids", b.ids(x.list)))
			}
		}
	}
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (b *viewMaker) rule() {
	rule, own := b.a.Rule, b.a.Pack.Profile.Scoring
	from := func(set bool) string {
		if set {
			return b.Word("rule.from_profile")
		}
		return b.Word("rule.from_default")
	}
	var points, weights, set, met []string
	value := func(list []string, name string, f float64, own bool) []string {
		s := b.With("rule.value", "what", name, "n", number(f))
		if own {
			set = append(set, s)
		}
		return append(list, s)
	}
	pt := RuleTable{Title: b.Word("rule.points")}
	for _, s := range b.Statuses {
		if s.Status.Outside() {
			pt.Rows = append(pt.Rows, RuleRow{s.Word, b.Word("rule.outside"), ""})
			continue
		}
		_, mine := own.Points[s.Class]
		pt.Rows = append(pt.Rows, RuleRow{s.Word, number(rule.Points[s.Class]), from(mine)})
		points = value(points, s.Word, rule.Points[s.Class], mine)
		if s.Status.Met() {
			met = append(met, b.With("quoted", "text", s.Word))
		}
	}
	ot := RuleTable{Title: b.Word("rule.obligations")}
	for _, o := range profile.ObligationIDs() {
		_, mine := own.Obligations[o]
		ot.Rows = append(ot.Rows, RuleRow{b.pack.Get(string(o)), number(rule.Obligations[o]), from(mine)})
		weights = value(weights, b.pack.Get(string(o)), rule.Obligations[o], mine)
	}
	st := RuleTable{Title: b.Word("rule.severities")}
	for _, s := range b.a.Pack.Catalog.Guide.Severities {
		_, mine := own.Severities[s.ID]
		st.Rows = append(st.Rows, RuleRow{b.text(s.Name), number(rule.Severities[s.ID]), from(mine)})
		weights = value(weights, b.text(s.Name), rule.Severities[s.ID], mine)
	}
	comma := b.Word("list_comma")
	origin := b.Word("rule.default")
	if len(set) > 0 {
		origin = b.With("rule.profile", "list", strings.Join(set, comma))
	}
	b.Rule = Rule{
		Sentences: []string{b.Word("rule.formula"), b.Word("rule.severity"),
			b.With("rule.met", "list", strings.Join(met, comma), "outside", b.status(answers.NotApplicable).Word), origin},
		Tables: []RuleTable{pt, ot, st},
		Short:  b.With("rule.short", "points", strings.Join(points, comma), "weights", strings.Join(weights, comma)),
	}
	if len(st.Rows) == 0 {
		b.Rule.Tables = b.Rule.Tables[:2]
	}
}

func (b *viewMaker) exclusions() {
	p := b.a.Pack
	for _, e := range p.Exclusions {
		x := Exclusion{Reason: b.text(e.Rule.Reason)}
		var ids []string
		for _, m := range e.Measures {
			ids = append(ids, m.ID)
		}
		for _, c := range e.Citations {
			if !slices.Contains(ids, c.Control.ID) {
				ids = append(ids, c.Control.ID)
			}
		}
		for _, r := range e.Added {
			ids = append(ids, r.ID)
		}
		x.IDs = strings.Join(ids, b.Word("list_comma"))
		for _, r := range e.Residuals {
			x.Residuals = append(x.Residuals, Named{r.ID, b.text(r.Text)})
		}
		b.Exclusions = append(b.Exclusions, x)
	}
	if len(b.Exclusions) == 0 {
		b.LeftOut = append(b.LeftOut, b.Word("exclusions.none"))
	}
	risks, measures := 0, 0
	for _, c := range p.Coverage {
		if len(c.NotSelected) > 0 {
			risks++
			measures += len(c.NotSelected)
		}
	}
	if measures > 0 {
		b.LeftOut = append(b.LeftOut, b.With("exclusions.not_selected", "risks", itoa(risks), "measures", itoa(measures)))
	}
	if len(p.WithoutControls) > 0 {
		var ids []string
		for _, m := range p.WithoutControls {
			ids = append(ids, m.ID)
		}
		b.LeftOut = append(b.LeftOut, b.With("exclusions.without", "n", itoa(len(ids)), "ids", strings.Join(ids, b.Word("list_comma"))))
	}
}

// GapCount says how many gaps a supplier has.
func (v *View) GapCount(s *Supplier) string {
	if s.Now.Unmet == [3]int{} {
		return v.Word("gaps.none")
	}
	key := "gaps.count"
	if v.Severity == "" {
		key = "gaps.count.plain"
	}
	return v.With(key, "must", itoa(s.Now.Unmet[0]), "should", itoa(s.Now.Unmet[1]), "may", itoa(s.Now.Unmet[2]),
		"grave", itoa(s.Now.Grave), "severity", v.Severity)
}

// AllMust says how many suppliers meet all that must be met; empty for one
// supplier, whose own numbers say it.
func (v *View) AllMust() string {
	if !v.Several() {
		return ""
	}
	n := 0
	for _, s := range v.Suppliers {
		if s.Now.MustUnmet == 0 {
			n++
		}
	}
	return v.With("result.all_must", "n", itoa(n), "of", itoa(len(v.Suppliers)))
}
