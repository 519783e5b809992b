package assessment_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"riskguide/answers"
	"riskguide/answers/assessment"
	"riskguide/catalog"
	"riskguide/profile"
)

// Compare what two suppliers answered to the same requirements.
func ExampleAssess() {
	ctx := context.Background()
	guide, _ := catalog.Load(ctx, os.DirFS("../../catalog/testdata/small"), catalog.LoadOptions{})
	prof, _ := profile.Load(ctx, fstest.MapFS{"p.yaml": {Data: []byte("id: p\ntitle: Trial\nlanguages: [en]\nselect: {risks: [M02]}\n")}}, "p.yaml", profile.LoadOptions{})
	pack, problems := profile.Tailor(guide, prof)
	if problems.HasErrors() {
		fmt.Println(problems)
		return
	}
	says := func(supplier string, status ...answers.Status) *answers.Set {
		set := &answers.Set{Supplier: supplier, Round: 1}
		for i, s := range status {
			set.Answers = append(set.Answers, answers.Answer{Requirement: pack.Requirements[i].ID, Status: s})
		}
		return set
	}
	judged := assessment.Assess(pack, []*answers.Set{
		says("acme", answers.Implemented, answers.Implemented, answers.Partial),
		says("beta", answers.Implemented, answers.NotImplemented),
	})
	for _, s := range judged.Suppliers {
		result := s.Latest()
		score, _ := result.Total.Score()
		fmt.Printf("%s: score %.0f, meets %d of %d\n", s.ID, score, result.Total.Met(), result.Total.Requirements)
		for _, g := range result.Gaps {
			fmt.Println("  ", g.Requirement.ID, g.Status)
		}
	}
	// Output:
	// acme: score 83, meets 2 of 3
	//    8.6.1.3 partial
	// beta: score 33, meets 1 of 3
	//    8.6.1.2 not-implemented
	//    8.6.1.3
}
