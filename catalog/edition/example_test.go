package edition_test

import (
	"context"
	"fmt"
	"os"

	"riskguide/catalog"
	"riskguide/catalog/edition"
)

// Compare two editions by what they say.
func ExampleCompare() {
	read := func() *catalog.Source {
		src, _ := catalog.LoadSource(context.Background(), os.DirFS("../testdata/small"), catalog.LoadOptions{})
		return src
	}
	old, new := read(), read()
	risk := new.Risks[1]
	risk.Measures[2].Text.Values[catalog.Japanese] += "こと"
	risk.Threats = append(risk.Threats, &catalog.Threat{ID: "M02-T2", Text: catalog.NewText(catalog.English, "Fire")})

	changes := edition.Compare(old, new)
	for _, c := range changes {
		fmt.Println(c, "asks for a", c.Level, "edition")
	}
	fmt.Println("together:", edition.Needed(changes))
	// Output:
	// added threat M02-T2 asks for a minor edition
	// reworded measure M02-03 text[ja] asks for a major edition
	// together: major
}
