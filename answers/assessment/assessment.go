// Package assessment judges what suppliers answered: how much of a pack's
// requirements they meet, in all and by obligation, risk, layer and clause, and
// what is missing, the gravest first.
//
// # Counting
//
// A requirement that a supplier answered with not-applicable does not concern the
// service and is left out of every share and score. All others count: one without
// an answer, or whose status could not be read, as unanswered. The score is the
// weighted mean of the points of the answers, by the profile's rule (see
// [profile.Scoring]). A requirement that several risks or layers ask for counts in
// the group of each of them, and once in the total.
//
// Answers to requirements that the pack does not have, such as those of another
// edition, are listed and not counted.
package assessment

import (
	"cmp"
	"slices"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
)

// Assessment is the judgement of all suppliers on one pack. It is immutable.
type Assessment struct {
	Pack *profile.Pack
	// Rule is the rule by which scores are counted.
	Rule profile.Scoring
	// Suppliers are in the order of their ids.
	Suppliers []*Supplier
	// Rows hold the answers of all suppliers to each requirement of the pack,
	// in the pack's order.
	Rows []*Row
}

// Supplier is one supplier with its rounds.
type Supplier struct {
	ID   string
	Name string
	// Rounds has at least one result; the last one is the newest.
	Rounds []*Result
}

// Latest returns the newest round.
func (s *Supplier) Latest() *Result { return s.Rounds[len(s.Rounds)-1] }

// Result is the judgement of one round of one supplier.
type Result struct {
	Set   *answers.Set
	Total Tally
	// The groups are in the order of the guide; those without a requirement
	// are left out.
	ByObligation, ByRisk, ByLayer, ByClause []Group
	// Gaps are the requirements that are not met, the gravest first: by
	// obligation, then by the severity of the gravest risk, then by how far the
	// answer is from conforming, then in the pack's order.
	Gaps []Gap
	// Unasked are the answers to requirements that the pack does not have.
	Unasked []*answers.Answer
	// OtherPack tells that the answers were given to another pack than the one
	// they are judged by.
	OtherPack bool
}

// Group is a part of the pack with its tally; one of the pointers, or the
// obligation, says which part. All are empty for the requirements that the profile
// added without naming a risk or clause.
type Group struct {
	Obligation profile.Obligation
	Risk       *catalog.Risk
	Layer      *catalog.Layer
	Clause     *catalog.Clause
	Tally      Tally
}

// Tally counts answers.
type Tally struct {
	Requirements int
	// Counts counts the answers by status; answers.Unanswered too.
	Counts map[answers.Status]int
	// Points is the sum of points × weight, Weight that of the weights, of the
	// requirements that are counted.
	Points, Weight float64
}

// Counted is the number of requirements that concern the service.
func (t Tally) Counted() int { return t.Requirements - t.Counts[answers.NotApplicable] }

// Answered is the number of requirements with an answer.
func (t Tally) Answered() int { return t.Requirements - t.Counts[answers.Unanswered] }

// Met is the number of requirements that are fulfilled.
func (t Tally) Met() int {
	n := 0
	for s, c := range t.Counts {
		if s.Met() {
			n += c
		}
	}
	return n
}

// Score is the weighted mean of the points, from 0 to 100; false where nothing
// counts.
func (t Tally) Score() (float64, bool) {
	if t.Weight <= 0 {
		return 0, false
	}
	return t.Points / t.Weight, true
}

// MetShare is the share of the counted requirements that are fulfilled, from 0 to
// 1; false where nothing counts.
func (t Tally) MetShare() (float64, bool) {
	if t.Counted() == 0 {
		return 0, false
	}
	return float64(t.Met()) / float64(t.Counted()), true
}

func (t *Tally) add(s answers.Status, points, weight float64) {
	if t.Counts == nil {
		t.Counts = map[answers.Status]int{}
	}
	t.Requirements++
	t.Counts[s]++
	if !s.Outside() {
		t.Points += points * weight
		t.Weight += weight
	}
}

// Gap is a requirement that is not met.
type Gap struct {
	Requirement *profile.Requirement
	// Answer is nil where the supplier did not answer.
	Answer *answers.Answer
	Status answers.Status
	// Risk is the gravest risk that asks for the requirement; nil where none.
	Risk *catalog.Risk
	// Residuals are the residual risks that the guide names for the measures
	// that ask for it: what stays in any case, and here without the measure.
	Residuals []*catalog.Residual
}

// MustUnmet reports whether the gap is in a requirement that binds.
func (g Gap) MustUnmet() bool { return g.Requirement.Obligation == profile.Must }

// Row is a requirement with the newest answers of all suppliers.
type Row struct {
	Requirement *profile.Requirement
	// Answers are in the order of [Assessment.Suppliers]; nil where a supplier
	// did not answer.
	Answers []*answers.Answer
	// OnlyLacking is the only supplier that does not meet the requirement,
	// while at least one other does; nil where there is none or several.
	OnlyLacking *Supplier
}

// Status is the status of the answer of supplier i.
func (r *Row) Status(i int) answers.Status { return statusOf(r.Answers[i]) }

// statusOf returns the status that counts; nil is no answer.
func statusOf(a *answers.Answer) answers.Status {
	if a == nil {
		return answers.Unanswered
	}
	return a.Status
}

// Assess judges sets of answers on a pack. Sets of the same supplier are its
// rounds, ordered by number, then by the day on which they came.
func Assess(p *profile.Pack, sets []*answers.Set) *Assessment {
	a := &Assessment{Pack: p, Rule: p.Profile.ScoringRule(p.Catalog.Guide.Severities)}
	b := newBench(a)
	bySupplier := map[string]*Supplier{}
	for _, s := range sets {
		x := bySupplier[s.Supplier]
		if x == nil {
			x = &Supplier{ID: s.Supplier}
			bySupplier[s.Supplier] = x
			a.Suppliers = append(a.Suppliers, x)
		}
		x.Rounds = append(x.Rounds, b.result(s))
	}
	slices.SortFunc(a.Suppliers, func(x, y *Supplier) int { return cmp.Compare(x.ID, y.ID) })
	for _, x := range a.Suppliers {
		slices.SortStableFunc(x.Rounds, func(r, s *Result) int {
			return cmp.Or(cmp.Compare(r.Set.Round, s.Set.Round), r.Set.Received.Compare(s.Set.Received))
		})
		if x.Name = x.Latest().Set.Name; x.Name == "" {
			x.Name = x.ID
		}
	}
	b.rows()
	return a
}

// bench holds what judging one set needs and all sets share.
type bench struct {
	a        *Assessment
	weights  []float64 // by requirement
	gravest  []*catalog.Risk
	layers   [][]*catalog.Layer
	index    map[string]int // requirement id → place in the pack
	severity map[*catalog.Severity]int
	byResult map[*Result][]*answers.Answer
}

func newBench(a *Assessment) *bench {
	b := &bench{a: a, index: map[string]int{}, severity: map[*catalog.Severity]int{}, byResult: map[*Result][]*answers.Answer{}}
	for i, s := range a.Pack.Catalog.Guide.Severities {
		b.severity[s] = i
	}
	for i, r := range a.Pack.Requirements {
		b.index[r.ID] = i
		var gravest *catalog.Risk
		for _, x := range r.Risks {
			if gravest == nil || b.rank(x) < b.rank(gravest) {
				gravest = x
			}
		}
		weight := a.Rule.Obligations[r.Obligation]
		if gravest != nil && gravest.Severity != nil {
			weight *= a.Rule.Severities[gravest.Severity.ID]
		}
		b.gravest = append(b.gravest, gravest)
		b.weights = append(b.weights, weight)
		var layers []*catalog.Layer
		for _, m := range r.AskedBy {
			for _, l := range m.Measure.Layers() {
				if !slices.Contains(layers, l) {
					layers = append(layers, l)
				}
			}
		}
		b.layers = append(b.layers, layers)
	}
	return b
}

// rank orders risks by severity, the gravest first; those without one, and no
// risk at all, come last.
func (b *bench) rank(r *catalog.Risk) int {
	if r != nil && r.Severity != nil {
		return b.severity[r.Severity]
	}
	return len(b.severity)
}

// points are those of a status by the rule.
func (b *bench) points(s answers.Status) float64 {
	if s == answers.Unanswered {
		return b.a.Rule.Points["unanswered"]
	}
	return b.a.Rule.Points[string(s)]
}

func (b *bench) result(set *answers.Set) *Result {
	p := b.a.Pack
	res := &Result{Set: set, OtherPack: set.Pack.Fingerprint != "" && set.Pack.Fingerprint != p.Fingerprint}
	given := make([]*answers.Answer, len(p.Requirements))
	for i := range set.Answers {
		x := &set.Answers[i]
		if at, ok := b.index[x.Requirement]; ok {
			given[at] = x
		} else if !x.IsBlank() {
			res.Unasked = append(res.Unasked, x)
		}
	}
	b.byResult[res] = given

	obligations := map[profile.Obligation]*Tally{}
	risks, layers, clauses := map[*catalog.Risk]*Tally{}, map[*catalog.Layer]*Tally{}, map[*catalog.Clause]*Tally{}
	for i, r := range p.Requirements {
		s := statusOf(given[i])
		points, weight := b.points(s), b.weights[i]
		res.Total.add(s, points, weight)
		tally(obligations, r.Obligation).add(s, points, weight)
		tally(clauses, r.Clause()).add(s, points, weight)
		for _, x := range orNone(r.Risks) {
			tally(risks, x).add(s, points, weight)
		}
		for _, x := range orNone(b.layers[i]) {
			tally(layers, x).add(s, points, weight)
		}
		if !s.Met() && !s.Outside() {
			res.Gaps = append(res.Gaps, Gap{Requirement: r, Answer: given[i], Status: s, Risk: b.gravest[i], Residuals: r.Residuals})
		}
	}
	for _, o := range profile.ObligationIDs() {
		res.ByObligation = group(res.ByObligation, obligations, o, Group{Obligation: o})
	}
	for _, x := range append(slices.Clone(p.Catalog.Risks), nil) {
		res.ByRisk = group(res.ByRisk, risks, x, Group{Risk: x})
	}
	for _, x := range append(p.Catalog.Guide.AllLayers(), nil) {
		res.ByLayer = group(res.ByLayer, layers, x, Group{Layer: x})
	}
	for _, x := range append(slices.Clone(p.Catalog.Clauses), nil) {
		res.ByClause = group(res.ByClause, clauses, x, Group{Clause: x})
	}
	obligation := profile.ObligationIDs()
	slices.SortStableFunc(res.Gaps, func(x, y Gap) int {
		return cmp.Or(
			cmp.Compare(slices.Index(obligation, x.Requirement.Obligation), slices.Index(obligation, y.Requirement.Obligation)),
			cmp.Compare(b.rank(x.Risk), b.rank(y.Risk)),
			cmp.Compare(Distance(x.Status), Distance(y.Status)))
	})
	return res
}

// Distance orders the statuses that do not conform: the lower, the further from it.
// It is -1 for those that conform.
func Distance(s answers.Status) int {
	return slices.Index([]answers.Status{answers.NotImplemented, answers.Unanswered, answers.Partial, answers.Planned}, s)
}

// tally returns the tally of a key, which it makes if it is new.
func tally[K comparable](m map[K]*Tally, k K) *Tally {
	t := m[k]
	if t == nil {
		t = &Tally{}
		m[k] = t
	}
	return t
}

// group appends a group with the tally of a key, if there is one.
func group[K comparable](groups []Group, m map[K]*Tally, k K, g Group) []Group {
	if t := m[k]; t != nil {
		g.Tally = *t
		groups = append(groups, g)
	}
	return groups
}

// orNone returns the list, or one with nothing where it is empty.
func orNone[T any](list []*T) []*T {
	if len(list) == 0 {
		return []*T{nil}
	}
	return list
}

// rows sets the suppliers side by side.
func (b *bench) rows() {
	for i, r := range b.a.Pack.Requirements {
		row := &Row{Requirement: r}
		var lacking *Supplier
		lacks, meets := 0, 0
		for _, x := range b.a.Suppliers {
			given := b.byResult[x.Latest()][i]
			row.Answers = append(row.Answers, given)
			switch s := statusOf(given); {
			case s.Met():
				meets++
			case !s.Outside():
				lacks++
				lacking = x
			}
		}
		if lacks == 1 && meets > 0 {
			row.OnlyLacking = lacking
		}
		b.a.Rows = append(b.a.Rows, row)
	}
}

// Change is a requirement whose status changed from one round to the next.
type Change struct {
	Requirement *profile.Requirement
	From, To    answers.Status
}

// Better reports whether the change leads nearer to conforming, by the points of
// the rule.
func (a *Assessment) Better(c Change) bool {
	b := &bench{a: a}
	return b.points(c.To) > b.points(c.From)
}

// Changes lists what changed between two rounds, in the pack's order.
func (a *Assessment) Changes(from, to *Result) []Change {
	var out []Change
	old, now := byRequirement(from.Set), byRequirement(to.Set)
	for _, r := range a.Pack.Requirements {
		if f, t := statusOf(old[r.ID]), statusOf(now[r.ID]); f != t {
			out = append(out, Change{r, f, t})
		}
	}
	return out
}

func byRequirement(s *answers.Set) map[string]*answers.Answer {
	m := make(map[string]*answers.Answer, len(s.Answers))
	for i := range s.Answers {
		m[s.Answers[i].Requirement] = &s.Answers[i]
	}
	return m
}
