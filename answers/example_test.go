package answers_test

import (
	"fmt"
	"testing/fstest"

	"riskguide/answers"
)

// Read the answers of one supplier, as riskguide collect keeps them.
func ExampleLoad() {
	files := fstest.MapFS{"answers/acme.yaml": {Data: []byte(`supplier: acme
name: ACME
round: 1
pack: {id: acme-2026.1-0a}
answers:
  - {requirement: 8.6.1.1, status: implemented, evidence: ISO certificate}
  - {requirement: 8.6.1.2, status: planned, planned: 2027-01-31}
`)}}
	set, problems := answers.Load(files, "answers/acme.yaml", "")
	if problems.HasErrors() {
		fmt.Println(problems)
		return
	}
	for _, a := range set.Answers {
		fmt.Println(a.Requirement, a.Status, a.Status.Met())
	}
	fmt.Println(set.Answer("8.6.1.2").Planned.Format("2 January 2006"))
	// Output:
	// 8.6.1.1 implemented true
	// 8.6.1.2 planned false
	// 31 January 2027
}
