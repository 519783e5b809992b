package profile_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/profile"
)

const scored = `id: scored
title: t
languages: [ja]
select: {all: true}
`

func loadScored(t *testing.T, files fstest.MapFS) (*profile.Profile, catalog.Problems) {
	t.Helper()
	return profile.Load(context.Background(), files, "scored.yaml", profile.LoadOptions{})
}

func TestScoring(t *testing.T) {
	severities := []*catalog.Severity{{ID: "high"}, {ID: "medium"}, {ID: "low"}}
	files := fstest.MapFS{
		"base.yaml":   {Data: []byte("id: base\nscoring:\n  points: {partial: 40, planned: 10}\n  obligations: {may: 0}\n")},
		"scored.yaml": {Data: []byte(scored + "extends: base.yaml\nscoring:\n  points: {partial: 60}\n  severities: {low: 0.5}\n")},
	}
	p, ps := loadScored(t, files)
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	r := p.ScoringRule(severities)
	for name, got := range map[string][2]float64{
		"own value":               {r.Points["partial"], 60},
		"value of the base":       {r.Points["planned"], 10},
		"default":                 {r.Points["implemented"], 100},
		"weight of the base":      {r.Obligations[profile.May], 0},
		"default weight":          {r.Obligations[profile.Must], 3},
		"own weight of severity":  {r.Severities["low"], 0.5},
		"default of the gravest":  {r.Severities["high"], 3},
		"default of the next one": {r.Severities["medium"], 2},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %g, want %g", name, got[0], got[1])
		}
	}
}

func TestScoringMistakes(t *testing.T) {
	p, ps := loadScored(t, fstest.MapFS{"scored.yaml": {Data: []byte(scored + `scoring:
  points: {implemented: 101, parial: 1}
  obligations: {must: -1}
  severities: high
`)}})
	if p == nil {
		t.Fatal(ps)
	}
	for _, want := range []string{
		"scored.yaml:6:25: the points of implemented must be from 0 to 100",
		`did you mean "partial"?`,
		"scored.yaml:7:23: the weight of must must be from 0 to 1000",
		"scored.yaml:8:15: severities of scoring must be a mapping",
	} {
		if !strings.Contains(ps.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, ps)
		}
	}
}
