package assessment_test

import (
	"context"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/answers"
	"riskguide/answers/assessment"
	"riskguide/catalog"
	"riskguide/profile"
)

// pack tailors a profile to the small guide of package catalog's tests.
func pack(t testing.TB, text string) *profile.Pack {
	t.Helper()
	cat, ps := catalog.Load(context.Background(), os.DirFS("../../catalog/testdata/small"), catalog.LoadOptions{})
	if cat == nil {
		t.Fatal(ps)
	}
	p, ps := profile.Load(context.Background(), fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml", profile.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	pk, ps := profile.Tailor(cat, p)
	if pk == nil {
		t.Fatal(ps)
	}
	return pk
}

const all = "id: p\ntitle: t\nlanguages: [ja]\nselect: {all: true}\n"

func set(supplier string, round int, status map[string]answers.Status) *answers.Set {
	s := &answers.Set{Supplier: supplier, Name: strings.ToUpper(supplier), Round: round}
	for id, x := range status {
		s.Answers = append(s.Answers, answers.Answer{Requirement: id, Status: x})
	}
	return s
}

func TestScores(t *testing.T) {
	p := pack(t, all+"requirements:\n  - {id: A-01, title: x, statement: y, obligation: may}\n")
	everything := map[string]answers.Status{}
	for _, r := range p.Requirements {
		everything[r.ID] = answers.Implemented
	}
	first := p.Requirements[0]
	nothing := assessment.Assess(p, []*answers.Set{set("none", 1, nil)}).Suppliers[0].Latest()
	if s, ok := nothing.Total.Score(); s != 0 || !ok || len(nothing.Gaps) != len(p.Requirements) || nothing.Total.Answered() != 0 {
		t.Errorf("no answer: score %g, %d gaps of %d", s, len(nothing.Gaps), len(p.Requirements))
	}
	full := assessment.Assess(p, []*answers.Set{set("full", 1, everything)}).Suppliers[0].Latest()
	if s, _ := full.Total.Score(); s != 100 || len(full.Gaps) != 0 || full.Total.Met() != len(p.Requirements) {
		t.Errorf("all answered: score %g, gaps %v", s, full.Gaps)
	}
	everything[first.ID] = answers.NotApplicable
	outside := assessment.Assess(p, []*answers.Set{set("out", 1, everything)}).Suppliers[0].Latest()
	if s, _ := outside.Total.Score(); s != 100 || outside.Total.Counted() != len(p.Requirements)-1 {
		t.Errorf("one outside: score %g, counted %d", s, outside.Total.Counted())
	}
	everything[first.ID] = answers.Partial
	part := assessment.Assess(p, []*answers.Set{set("part", 1, everything)}).Suppliers[0].Latest()
	s, _ := part.Total.Score()
	if want := 100 - 50*weight(p, first)/sum(p); math.Abs(s-want) > 1e-9 {
		t.Errorf("one in part: score %g, want %g", s, want)
	}
	if len(part.Gaps) != 1 || part.Gaps[0].Requirement != first {
		t.Errorf("gaps %v", part.Gaps)
	}
	groups := 0
	for _, g := range part.ByObligation {
		groups += g.Tally.Requirements
	}
	if groups != len(p.Requirements) {
		t.Errorf("the obligations hold %d requirements of %d", groups, len(p.Requirements))
	}
	if last := part.ByClause[len(part.ByClause)-1]; last.Clause != nil || last.Tally.Requirements != 1 {
		t.Errorf("the added requirement is not in a group of its own: %+v", last)
	}
}

// weight is what the default rule says of a requirement, worked out anew.
func weight(p *profile.Pack, r *profile.Requirement) float64 {
	w := map[profile.Obligation]float64{profile.Must: 3, profile.Should: 2, profile.May: 1}[r.Obligation]
	best := 0.0
	n := len(p.Catalog.Guide.Severities)
	for _, x := range r.Risks {
		for i, s := range p.Catalog.Guide.Severities {
			if s == x.Severity {
				best = max(best, float64(n-i))
			}
		}
	}
	if best == 0 {
		best = 1
	}
	return w * best
}

func sum(p *profile.Pack) float64 {
	total := 0.0
	for _, r := range p.Requirements {
		total += weight(p, r)
	}
	return total
}

func TestGapsComeGravestFirst(t *testing.T) {
	p := pack(t, all+"obligations:\n  rules:\n    - {severities: [medium], obligation: should}\n")
	res := assessment.Assess(p, []*answers.Set{set("x", 1, map[string]answers.Status{p.Requirements[0].ID: answers.Planned})}).Suppliers[0].Latest()
	seen := map[profile.Obligation]bool{}
	last := profile.Must
	for _, g := range res.Gaps {
		if g.Requirement.Obligation != last && seen[g.Requirement.Obligation] {
			t.Fatalf("%s comes again after %s", g.Requirement.Obligation, last)
		}
		last = g.Requirement.Obligation
		seen[last] = true
	}
	if !seen[profile.Must] || !seen[profile.Should] {
		t.Fatalf("the fixture has gaps of %v only", seen)
	}
	for _, g := range res.Gaps {
		if g.Risk != nil && len(g.Requirement.Residuals) != len(g.Residuals) {
			t.Errorf("%s: %d residual risks", g.Requirement.ID, len(g.Residuals))
		}
	}
}

func TestSideBySide(t *testing.T) {
	p := pack(t, all)
	a, b := p.Requirements[0].ID, p.Requirements[1].ID
	as := assessment.Assess(p, []*answers.Set{
		set("zeta", 1, map[string]answers.Status{a: answers.Implemented, b: answers.Implemented}),
		set("acme", 2, map[string]answers.Status{a: answers.Partial, b: answers.Alternative, "9.9.9.9": answers.Implemented}),
		set("acme", 1, map[string]answers.Status{a: answers.NotImplemented, b: answers.Alternative}),
	})
	if as.Suppliers[0].ID != "acme" || as.Suppliers[0].Name != "ACME" || len(as.Suppliers[0].Rounds) != 2 {
		t.Fatalf("suppliers %+v", as.Suppliers)
	}
	if as.Rows[0].OnlyLacking != as.Suppliers[0] || as.Rows[1].OnlyLacking != nil {
		t.Error("what only acme lacks is not found")
	}
	if as.Rows[0].Status(0) != answers.Partial {
		t.Errorf("the row shows %s, not the newest answer", as.Rows[0].Status(0))
	}
	latest := as.Suppliers[0].Latest()
	if len(latest.Unasked) != 1 || latest.Unasked[0].Requirement != "9.9.9.9" {
		t.Errorf("unasked: %v", latest.Unasked)
	}
	changes := as.Changes(as.Suppliers[0].Rounds[0], latest)
	if len(changes) != 1 || changes[0].From != answers.NotImplemented || !as.Better(changes[0]) {
		t.Errorf("changes %+v", changes)
	}
}

// TestStatusesHavePoints holds the profile's list against the statuses.
func TestStatusesHavePoints(t *testing.T) {
	rule := profile.DefaultScoring(nil)
	for _, s := range answers.Statuses() {
		if _, ok := rule.Points[string(s)]; ok == s.Outside() {
			t.Errorf("%s: has points %v, is outside %v", s, ok, s.Outside())
		}
	}
	if len(rule.Points) != len(answers.Statuses()) { // one outside less, unanswered more
		t.Errorf("points of %d statuses", len(rule.Points))
	}
}

func TestUnknownSeverity(t *testing.T) {
	cat, _ := catalog.Load(context.Background(), os.DirFS("../../catalog/testdata/small"), catalog.LoadOptions{})
	for text, want := range map[string]string{
		"scoring:\n  severities: {hihg: 2}\n":                     `p.yaml:6:16: the catalog has no severity "hihg" (did you mean "high"?)`,
		"scoring:\n  obligations: {must: 0, should: 0, may: 0}\n": "nothing is counted",
	} {
		p, ps := profile.Load(context.Background(), fstest.MapFS{"p.yaml": {Data: []byte(all + text)}}, "p.yaml", profile.LoadOptions{})
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		if _, ps := profile.Tailor(cat, p); !strings.Contains(ps.Error(), want) {
			t.Errorf("%q is missing in %v", want, ps)
		}
	}
}

// BenchmarkAssess judges 100 suppliers on the whole small guide.
func BenchmarkAssess(b *testing.B) {
	p := pack(b, all)
	var sets []*answers.Set
	for i := range 100 {
		status := map[string]answers.Status{}
		for j, r := range p.Requirements {
			status[r.ID] = answers.Statuses()[(i+j)%len(answers.Statuses())]
		}
		sets = append(sets, set("s"+string(rune('a'+i%26))+string(rune('a'+i/26)), 1, status))
	}
	for b.Loop() {
		assessment.Assess(p, sets)
	}
}
