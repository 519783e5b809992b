package profile_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/profile"
)

const acme = `id: acme
title: Compute of ACME
languages: [en]
select:
  - {risks: [M02], reason: We share hardware.}
exclude:
  - {controls: [8.6.1.3], measures: [M02-01], reason: Another department does it.}
obligations:
  default: should
  rules:
    - {measures: [M02-01], obligation: must}
`

// Apply a profile to a guide: the requirements for one supplier.
func ExampleTailor() {
	ctx := context.Background()
	guide, _ := catalog.Load(ctx, os.DirFS("../catalog/testdata/small"), catalog.LoadOptions{})
	files := fstest.MapFS{"acme.yaml": {Data: []byte(acme)}}
	prof, problems := profile.Load(ctx, files, "acme.yaml", profile.LoadOptions{})
	if problems.HasErrors() {
		fmt.Println(problems)
		return
	}
	pack, problems := profile.Tailor(guide, prof)
	if problems.HasErrors() {
		fmt.Println(problems)
		return
	}
	for _, r := range pack.Requirements {
		fmt.Print(r.ID, " ", r.Obligation, ", asked by")
		for _, a := range r.AskedBy {
			fmt.Print(" ", a.Measure.ID)
		}
		fmt.Println()
	}
	for _, x := range pack.Exclusions {
		fmt.Println("left out:", x.Citations[0].Control.ID, "of", x.Citations[0].Measure.ID, "–", pack.Text(x.Rule.Reason))
	}
	// Output:
	// 8.6.1.1 must, asked by M02-01
	// 8.6.1.2 must, asked by M02-01 M02-02 M02-03
	// left out: 8.6.1.3 of M02-01 – Another department does it.
}

// A profile that does not do what it says is refused, with the line and what was
// probably meant.
func ExampleTailor_problems() {
	ctx := context.Background()
	guide, _ := catalog.Load(ctx, os.DirFS("../catalog/testdata/small"), catalog.LoadOptions{})
	files := fstest.MapFS{"acme.yaml": {Data: []byte("id: acme\ntitle: ACME\nlanguages: [en]\nselect: {risks: [M03]}\n")}}
	prof, _ := profile.Load(ctx, files, "acme.yaml", profile.LoadOptions{})
	_, problems := profile.Tailor(guide, prof)
	fmt.Println(problems)
	// Output:
	// acme.yaml:4:18: the catalog has no risk "M03" (did you mean "M02"?)
}
