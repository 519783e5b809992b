package pack_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/rendertest"
)

// TestStandardPack: a pack of a guide of controls alone says nothing of risks and
// measures, shows what is left out with its values, lists what no rule selects, and
// tells the supplier what brackets mean.
func TestStandardPack(t *testing.T) {
	ctx := context.Background()
	cat, ps := catalog.Load(ctx, os.DirFS("../../catalog/testdata/standard"), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	const text = `id: p
title: P
languages: [en]
select: {clauses: [ga, ky]}
exclude: [{controls: [ga-2, ga-1.1], reason: The street lights it}]
obligations: {default: must, rules: [{clauses: [ky], obligation: should}]}
open_parameters: true
`
	p, ps := profile.Load(ctx, fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml", profile.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	pk, ps := profile.Tailor(cat, p)
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	m := rendered(t, pk)
	tags := regexp.MustCompile(`(?s)<style.*?</style>|<[^>]*>`)
	got := map[string]string{"HTML": tags.ReplaceAllString(string(m.Data("p/p-requirements.html")), " ")}
	var sheets strings.Builder
	f := open(t, m.Data("p/p-questionnaire.xlsx"))
	for _, s := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(s); err != nil || !visible {
			continue
		}
		rows, err := f.GetRows(s)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			for j := range row {
				// What stands in hidden columns is there for programs.
				if col := string(rune('A' + j)); j < 26 {
					if on, err := f.GetColVisible(s, col); err == nil && !on {
						continue
					}
				}
				sheets.WriteString(rows[i][j] + "\n")
			}
		}
	}
	got["workbook"] = sheets.String()
	pdf := filepath.Join(t.TempDir(), "p.pdf")
	if err := os.WriteFile(pdf, m.Data("p/p-requirements.pdf"), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command(rendertest.Tool(t, "pdftotext"), pdf, "-")
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	got["PDF"] = out.String()
	about := regexp.MustCompile(`(?i).{0,40}(\brisks?\b|\bmeasures?\b|vulnerabilit|\{[a-z]).{0,40}`)
	for name, s := range got {
		s = strings.Join(strings.Fields(s), " ")
		if bad := about.FindString(s); bad != "" {
			t.Errorf("the %s says %q", name, bad)
		}
		for _, want := range []string{"The harbour lights the gate 8 hours a night.", "The harbour closes the gate and [rings the bell / calls [harbour-defined persons]].",
			"No rule selects the following controls", "cr-1", "Controls left out"} {
			if !strings.Contains(s, want) {
				t.Errorf("the %s lacks %q", name, want)
			}
		}
		want := "2 values in the requirements are not set."
		if name == "workbook" {
			want = "Where a requirement has brackets [ ], a value is not set: say in “Explanation” which value holds for your service."
		}
		if !strings.Contains(s, want) {
			t.Errorf("the %s lacks %q", name, want)
		}
	}
}
