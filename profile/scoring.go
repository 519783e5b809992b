package profile

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/catalog/strictyaml"
)

// Scoring says how answers to a pack are counted. A score is
//
//	sum of points × weight ÷ sum of weights
//
// over the requirements that concern the service, where the points, from 0 to
// 100, are those of the answer's status and the weight is that of the obligation
// times that of the gravest risk that asks for the requirement. What a profile
// does not say is as [DefaultScoring] says.
type Scoring struct {
	Pos catalog.Position
	// Points gives the points of a status by its id (see package answers);
	// "unanswered" is that of a requirement without an answer. The status
	// not-applicable has none: such a requirement is not counted.
	Points map[string]float64
	// Obligations gives the weight of an obligation.
	Obligations map[Obligation]float64
	// Severities gives the weight of the severity of a risk by its id. A
	// requirement that no risk asks for has the weight 1.
	Severities map[string]float64

	places map[string]catalog.Position // of the severities named in the profile
}

// scoredStatuses are the statuses that have points, in the order in which they are
// listed.
func scoredStatuses() []string {
	return []string{"implemented", "alternative", "partial", "planned", "not-implemented", "unanswered"}
}

// DefaultScoring is the rule of a profile that says nothing: what is in place
// counts in full, half of what is there in part, a quarter of what is planned; a
// requirement that must be met counts three times as much as one that may, and one
// of the gravest class of risks as many times as there are classes below it.
func DefaultScoring(severities []*catalog.Severity) Scoring {
	s := Scoring{
		Points: map[string]float64{"implemented": 100, "alternative": 100, "partial": 50, "planned": 25,
			"not-implemented": 0, "unanswered": 0},
		Obligations: map[Obligation]float64{Must: 3, Should: 2, May: 1},
		Severities:  map[string]float64{},
	}
	for i, x := range severities {
		s.Severities[x.ID] = float64(len(severities) - i)
	}
	return s
}

// ScoringRule is the profile's rule, completed by the default for a guide with
// these severities.
func (p *Profile) ScoringRule(severities []*catalog.Severity) Scoring {
	s := DefaultScoring(severities)
	s.Pos = p.Scoring.Pos
	s.over(p.Scoring)
	return s
}

// over takes the values of other over those of s.
func (s *Scoring) over(other Scoring) {
	s.Points = merged(s.Points, other.Points)
	s.Obligations = merged(s.Obligations, other.Obligations)
	s.Severities = merged(s.Severities, other.Severities)
	s.places = merged(s.places, other.places)
}

// merged returns a map with what stands in either; over wins.
func merged[K comparable, V any](base, over map[K]V) map[K]V {
	if len(base)+len(over) == 0 {
		return nil
	}
	out := make(map[K]V, len(base)+len(over))
	for _, m := range []map[K]V{base, over} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// The bounds of what scoring may say. Weights have an upper bound so that sums
// stay exact enough to be shown.
const (
	maxPoints = 100
	maxWeight = 1000
)

func (d *decoder) scoring(n *yaml.Node) Scoring {
	s := Scoring{Pos: d.pos(n)}
	number := func(v *yaml.Node, what string, most float64) (float64, bool) {
		f, ok := d.Number(v, what)
		if ok && (f < 0 || f > most) {
			d.Fail(v, strictyaml.RuleValue, "", "%s must be from 0 to %g", what, most)
			return 0, false
		}
		return f, ok
	}
	var points, weights []strictyaml.Field
	for _, id := range scoredStatuses() {
		points = append(points, strictyaml.Optional(id, func(v *yaml.Node) {
			if f, ok := number(v, "the points of "+id, maxPoints); ok {
				s.Points = merged(s.Points, map[string]float64{id: f})
			}
		}))
	}
	for _, o := range ObligationIDs() {
		weights = append(weights, strictyaml.Optional(string(o), func(v *yaml.Node) {
			if f, ok := number(v, fmt.Sprintf("the weight of %s", o), maxWeight); ok {
				s.Obligations = merged(s.Obligations, map[Obligation]float64{o: f})
			}
		}))
	}
	d.Mapping(n, "scoring",
		strictyaml.Optional("points", func(v *yaml.Node) { d.Mapping(v, "points", points...) }),
		strictyaml.Optional("obligations", func(v *yaml.Node) { d.Mapping(v, "obligations of scoring", weights...) }),
		strictyaml.Optional("severities", func(v *yaml.Node) {
			if v.Kind != yaml.MappingNode {
				d.WrongType(v, "severities of scoring", "a mapping from severities to weights")
				return
			}
			d.Keys(v, "severities of scoring", func(k, v *yaml.Node) {
				if f, ok := number(v, "the weight of "+strictyaml.Clip(k.Value), maxWeight); ok {
					s.Severities = merged(s.Severities, map[string]float64{k.Value: f})
					s.places = merged(s.places, map[string]catalog.Position{k.Value: d.pos(k)})
				}
			})
		}))
	return s
}

// scoring checks the profile's rule in view of the catalog.
func (t *tailor) scoring() {
	known := candidates(t.cat.Guide.Severities, func(s *catalog.Severity) string { return s.ID })
	for id, pos := range t.prof.Scoring.places {
		if t.cat.Severity(id) == nil {
			t.unknown("severity", catalog.Ref{ID: id, Pos: pos}, known)
		}
	}
	rule := t.prof.ScoringRule(t.cat.Guide.Severities)
	for _, o := range ObligationIDs() {
		if rule.Obligations[o] > 0 {
			return
		}
	}
	t.fail(rule.Pos, ruleScoring, "give one of them a weight over 0", "every obligation has the weight 0: nothing is counted")
}
