package comparison

import (
	"encoding/json"
	"math"
	"time"

	"riskguide/answers"
	"riskguide/answers/assessment"
	"riskguide/catalog"
	"riskguide/profile"
)

// Document is what [JSON] writes; docs/scoring.md describes it. Ids are those of
// the guide and the profile, statuses those of files of answers, "unanswered" for
// none. A score is from 0 to 100, with up to four decimals, and null where nothing
// counts. Nothing in it depends on a language but names of suppliers and what they
// wrote.
type Document struct {
	Pack         DocumentPack          `json:"pack"`
	Rule         DocumentRule          `json:"rule"`
	Suppliers    []DocumentSupplier    `json:"suppliers"`
	Requirements []DocumentRequirement `json:"requirements"`
	Exclusions   []DocumentExclusion   `json:"exclusions"`
}

// DocumentPack names what was asked.
type DocumentPack struct {
	ID          string `json:"id"`
	Fingerprint string `json:"fingerprint"`
	Profile     string `json:"profile"`
	Guide       string `json:"guide"`
	Edition     string `json:"edition"`
}

// DocumentRule is the rule of counting, completed by the defaults.
type DocumentRule struct {
	Points      map[string]float64             `json:"points"`
	Obligations map[profile.Obligation]float64 `json:"obligations"`
	Severities  map[string]float64             `json:"severities"`
	// FromProfile tells whether the profile sets any of them.
	FromProfile bool `json:"from_profile"`
}

// DocumentSupplier is a supplier; the last round is the newest, and the gaps are
// those of it, the gravest first.
type DocumentSupplier struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Service     string          `json:"service,omitempty"`
	Rounds      []DocumentRound `json:"rounds"`
	Gaps        []DocumentGap   `json:"gaps"`
	OnlyLacking []string        `json:"only_lacking"`
}

// DocumentRound is a round in numbers. Changes are those since the round before.
type DocumentRound struct {
	Round        int              `json:"round"`
	Received     string           `json:"received,omitempty"`
	Pack         string           `json:"pack"`
	OtherPack    bool             `json:"other_pack"`
	Total        DocumentTally    `json:"total"`
	MustUnmet    int              `json:"must_unmet"`
	MustGrave    int              `json:"must_unmet_gravest"`
	ByObligation []DocumentGroup  `json:"by_obligation"`
	ByRisk       []DocumentGroup  `json:"by_risk"`
	ByLayer      []DocumentGroup  `json:"by_layer"`
	ByClause     []DocumentGroup  `json:"by_clause"`
	Unasked      []string         `json:"unasked"`
	Changes      []DocumentChange `json:"changes"`
}

// DocumentTally is a part of the pack in numbers.
type DocumentTally struct {
	Score        *float64       `json:"score"`
	Requirements int            `json:"requirements"`
	Counted      int            `json:"counted"`
	Answered     int            `json:"answered"`
	Met          int            `json:"met"`
	Statuses     map[string]int `json:"statuses"`
}

// DocumentGroup is a part of the pack; the id is empty for what belongs to none.
type DocumentGroup struct {
	ID string `json:"id"`
	DocumentTally
}

// DocumentGap is a requirement that is not met.
type DocumentGap struct {
	Requirement string   `json:"requirement"`
	Obligation  string   `json:"obligation"`
	Risk        string   `json:"risk,omitempty"`
	Severity    string   `json:"severity,omitempty"`
	Status      string   `json:"status"`
	Unread      string   `json:"unread_status,omitempty"`
	Explanation string   `json:"explanation,omitempty"`
	Planned     string   `json:"planned,omitempty"`
	Residuals   []string `json:"residual_risks"`
}

// DocumentChange is another answer than in the round before; Effect is better,
// worse or other.
type DocumentChange struct {
	Requirement string `json:"requirement"`
	From        string `json:"from"`
	To          string `json:"to"`
	Effect      string `json:"effect"`
}

// DocumentRequirement is a requirement with the newest status of each supplier.
type DocumentRequirement struct {
	ID         string            `json:"id"`
	Obligation string            `json:"obligation"`
	Severity   string            `json:"severity,omitempty"`
	Risks      []string          `json:"risks"`
	Clause     string            `json:"clause,omitempty"`
	Statuses   map[string]string `json:"statuses"`
}

// DocumentExclusion is something that the profile does not ask for.
type DocumentExclusion struct {
	Measures     []string `json:"measures"`
	Controls     []string `json:"controls"`
	Requirements []string `json:"requirements"`
	Reason       string   `json:"reason"`
	Residuals    []string `json:"residual_risks"`
}

func statusID(s answers.Status) string {
	if s == answers.Unanswered {
		return "unanswered"
	}
	return string(s)
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func idsOf[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = id(x)
	}
	return out
}

func residualID(r *catalog.Residual) string { return r.ID }

// JSON writes the view for programs. Its suppliers are in the order of their ids.
func JSON(v *View) ([]byte, error) {
	a := v.a
	p := a.Pack
	own := p.Profile.Scoring
	d := Document{
		Pack: DocumentPack{ID: p.ID, Fingerprint: p.Fingerprint, Profile: p.Profile.ID, Guide: p.Catalog.Guide.ID, Edition: p.Catalog.Guide.Edition},
		Rule: DocumentRule{Points: a.Rule.Points, Obligations: a.Rule.Obligations, Severities: a.Rule.Severities,
			FromProfile: len(own.Points)+len(own.Obligations)+len(own.Severities) > 0},
		Suppliers: make([]DocumentSupplier, len(a.Suppliers)), Exclusions: []DocumentExclusion{},
	}
	for _, s := range v.Suppliers {
		d.Suppliers[s.at] = documentSupplier(s, a.Suppliers[s.at])
	}
	for _, r := range v.Rows {
		x := DocumentRequirement{ID: r.ID, Obligation: string(r.Obligation), Severity: r.SevID, Statuses: map[string]string{},
			Risks: idsOf(r.Risks, func(n RiskName) string { return n.ID })}
		if c := p.Requirement(r.ID).Clause(); c != nil {
			x.Clause = c.ID
		}
		for i, c := range r.Answers {
			x.Statuses[v.Suppliers[i].ID] = statusID(c.Status)
		}
		d.Requirements = append(d.Requirements, x)
	}
	for _, e := range p.Exclusions {
		x := DocumentExclusion{Reason: p.Text(e.Rule.Reason), Residuals: idsOf(e.Residuals, residualID), Controls: []string{},
			Measures:     idsOf(e.Measures, func(m *catalog.Measure) string { return m.ID }),
			Requirements: idsOf(e.Added, func(r *profile.Added) string { return r.ID })}
		seen := map[string]bool{}
		for _, c := range e.Citations {
			if !seen[c.Control.ID] {
				seen[c.Control.ID] = true
				x.Controls = append(x.Controls, c.Control.ID)
			}
		}
		d.Exclusions = append(d.Exclusions, x)
	}
	out, err := json.MarshalIndent(d, "", "  ")
	return append(out, '\n'), err
}

func documentSupplier(s *Supplier, judged *assessment.Supplier) DocumentSupplier {
	x := DocumentSupplier{ID: s.ID, Name: s.Name, Service: s.Service, Gaps: []DocumentGap{},
		OnlyLacking: idsOf(s.Only, func(r *Row) string { return r.ID })}
	for i, r := range s.Rounds {
		y := DocumentRound{Round: r.Number, Received: day(r.res.Set.Received), Pack: r.Pack, OtherPack: r.OtherPack,
			Total: documentTally(&r.res.Total), MustUnmet: r.MustUnmet, MustGrave: r.Grave, Changes: []DocumentChange{},
			Unasked: idsOf(r.res.Unasked, func(a *answers.Answer) string { return a.Requirement })}
		for _, g := range []struct {
			to  *[]DocumentGroup
			key string
		}{{&y.ByObligation, "obligation"}, {&y.ByRisk, "risk"}, {&y.ByLayer, "layer"}, {&y.ByClause, "clause"}} {
			*g.to = []DocumentGroup{}
			for _, x := range groups(r.res, g.key) {
				*g.to = append(*g.to, DocumentGroup{groupID(x), documentTally(&x.Tally)})
			}
		}
		if i > 0 {
			st := s.Steps[i-1]
			for _, e := range []struct {
				effect string
				list   []Change
			}{{"better", st.Better}, {"worse", st.Worse}, {"other", st.Other}} {
				for _, c := range e.list {
					y.Changes = append(y.Changes, DocumentChange{c.ID, c.From.Class, c.To.Class, e.effect})
				}
			}
		}
		x.Rounds = append(x.Rounds, y)
	}
	for _, g := range judged.Latest().Gaps {
		y := DocumentGap{Requirement: g.Requirement.ID, Obligation: string(g.Requirement.Obligation), Status: statusID(g.Status),
			Residuals: idsOf(g.Residuals, residualID)}
		if g.Risk != nil {
			y.Risk = g.Risk.ID
			if g.Risk.Severity != nil {
				y.Severity = g.Risk.Severity.ID
			}
		}
		if a := g.Answer; a != nil {
			y.Unread, y.Explanation, y.Planned = a.Unread, a.Explanation, day(a.Planned)
		}
		x.Gaps = append(x.Gaps, y)
	}
	return x
}

func groupID(g assessment.Group) string {
	switch {
	case g.Obligation != "":
		return string(g.Obligation)
	case g.Risk != nil:
		return g.Risk.ID
	case g.Layer != nil:
		return g.Layer.ID
	case g.Clause != nil:
		return g.Clause.ID
	}
	return ""
}

func documentTally(t *assessment.Tally) DocumentTally {
	d := DocumentTally{Requirements: t.Requirements, Counted: t.Counted(), Answered: t.Answered(), Met: t.Met(), Statuses: map[string]int{}}
	if s, ok := t.Score(); ok {
		s = math.Round(s*1e4) / 1e4
		d.Score = &s
	}
	for s, n := range t.Counts {
		if n > 0 {
			d.Statuses[statusID(s)] = n
		}
	}
	return d
}
