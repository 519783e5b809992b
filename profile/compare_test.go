package profile_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/schema"
	"riskguide/catalog/schema/schematest"
	"riskguide/profile"
)

// TestCompare applies profiles to two editions, of which the second has other
// wordings, citations and ids.
func TestCompare(t *testing.T) {
	read := func(change func(s *catalog.Source)) *catalog.Catalog {
		t.Helper()
		src, ps := catalog.LoadSource(context.Background(), os.DirFS("../catalog/testdata/small"), catalog.LoadOptions{})
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		change(src)
		cat, ps := catalog.Assemble(src)
		if cat == nil {
			t.Fatal(ps.ErrorsOnly())
		}
		return cat
	}
	old := read(func(*catalog.Source) {})
	new := read(func(s *catalog.Source) {
		h01 := s.Risks[0]
		// 2.1.1.1 is reworded, 2.1.1.2 goes on as 2.1.1.3, C.1.1.1 is asked for
		// no more, H01-04 is H01-05 now and H01-01 asks for 8.6.1.1 too.
		s.Clauses[0].Controls[0].Statement.Values["ja"] = "装置を三重に置く"
		s.Clauses[0].Controls[1].ID = "2.1.1.3"
		h01.Measures[0].Controls = []catalog.SourceControlCitation{{ID: "2.1.1.1"}, {ID: "2.1.1.3"}, {ID: "8.6.1.1"}}
		h01.Measures[1].Controls = h01.Measures[1].Controls[1:]
		h01.Measures[3].ID, h01.Rows[4].Measure.ID = "H01-05", "H01-05"
		s.Retired = append(s.Retired, &catalog.Retirement{ID: "2.1.1.2", ReplacedBy: []string{"2.1.1.3"}, Edition: "2"},
			&catalog.Retirement{ID: "H01-04", ReplacedBy: []string{"H01-05"}, Edition: "2"})
	})
	for _, c := range []struct {
		name, profile string
		want, missing []string
	}{
		{"whole risk, edition pinned", "edition: \"2026.1\"\nselect: {risks: [H01]}\n",
			[]string{"reworded 2.1.1.1", "replaced 2.1.1.3", "new 8.6.1.1", "gone C.1.1.1"}, nil},
		{"ids of one edition", "select: {measures: [H01-01, H01-04]}\nobligations:\n  default: should\n  rules:\n    - {controls: [2.1.1.2], obligation: must}\n",
			[]string{"reworded 2.1.1.1", "replaced 2.1.1.3", "new 8.6.1.1"},
			[]string{"new measure H01-04 [H01-05]", "new control 2.1.1.2 [2.1.1.3]"}},
		{"ids of the new edition", "select: {measures: [H01-05]}\nexclude:\n  - {controls: [2.1.1.3], reason: x}\n",
			[]string{"reworded 2.1.1.1"}, []string{"old measure H01-05 [H01-04]", "old control 2.1.1.3 [2.1.1.2]"}},
		{"an exclusion of nothing known", "select: {risks: [H01]}\nexclude:\n  - {measures: [H01-99], reason: x}\n",
			[]string{"reworded 2.1.1.1", "replaced 2.1.1.3", "new 8.6.1.1", "gone C.1.1.1"},
			[]string{"old measure H01-99 []", "new measure H01-99 []"}},
		{"obligation by clause", "select: {risks: [H01]}\nexclude:\n  - {controls: [8.6.1.1, C.1.1.1], reason: x}\nobligations:\n  default: should\n  rules:\n    - {measures: [H01-05], obligation: must}\n",
			[]string{"reworded 2.1.1.1", "replaced 2.1.1.3"}, []string{"old measure H01-05 [H01-04]"}},
	} {
		fsys := fstest.MapFS{"p.yaml": {Data: []byte("id: p\ntitle: 題\nlanguages: [ja]\n" + c.profile)}}
		p, ps := profile.Load(context.Background(), fsys, "p.yaml", profile.LoadOptions{})
		if ps.HasErrors() {
			t.Errorf("%s: %v", c.name, ps)
			continue
		}
		got := profile.Compare(old, new, p)
		var changes, missing []string
		for _, ch := range got.Changes {
			changes = append(changes, fmt.Sprintf("%s %s", ch.Difference, ch.ID))
			switch ch.Difference {
			case profile.RequirementReworded:
				if ch.Old == ch.New || ch.Old == "" || ch.New == "" {
					t.Errorf("%s: %+v", c.name, ch)
				}
			case profile.RequirementReplaced:
				if ch.OldID != "2.1.1.2" {
					t.Errorf("%s: %+v", c.name, ch)
				}
			}
		}
		for _, m := range got.Missing {
			side := "new"
			if m.InOld {
				side = "old"
			}
			missing = append(missing, fmt.Sprintf("%s %s %s %v", side, m.Kind, m.ID, m.Instead))
			if m.Place == "" {
				t.Errorf("%s: no place: %+v", c.name, m)
			}
		}
		validate(t, edition.Document{Pack: got})
		if !reflect.DeepEqual(changes, c.want) || !reflect.DeepEqual(missing, c.missing) {
			t.Errorf("%s:\n got %q %q\nwant %q %q\n%v", c.name, changes, missing, c.want, c.missing, got.Problems)
		}
	}
}

// validate checks what is written of a pack against the schema.
func validate(t *testing.T, d edition.Document) {
	t.Helper()
	f, _ := schema.Lookup("diff")
	s := schematest.Compile(t, f.Name, f.Data)
	var out bytes.Buffer
	if err := edition.WriteJSON(&out, d); err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Error(err)
	}
}

// TestCompareObligation tells that a statement binds more than before because
// another measure asks for it.
func TestCompareObligation(t *testing.T) {
	src, _ := catalog.LoadSource(context.Background(), os.DirFS("../catalog/testdata/small"), catalog.LoadOptions{})
	old, _ := catalog.Assemble(src)
	src, _ = catalog.LoadSource(context.Background(), os.DirFS("../catalog/testdata/small"), catalog.LoadOptions{})
	m := src.Risks[0].Measures[3]
	m.Controls = append(m.Controls, catalog.SourceControlCitation{ID: "2.1.1.2"})
	new, _ := catalog.Assemble(src)
	fsys := fstest.MapFS{"p.yaml": {Data: []byte("id: p\ntitle: 題\nlanguages: [ja]\nselect: {risks: [H01]}\nobligations:\n  default: should\n  rules:\n    - {measures: [H01-04], obligation: must}\n")}}
	p, ps := profile.Load(context.Background(), fsys, "p.yaml", profile.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	got := profile.Compare(old, new, p).Changes
	if len(got) != 1 || got[0].Difference != profile.RequirementObliged || got[0].ID != "2.1.1.2" ||
		got[0].OldObligation != profile.Should || got[0].NewObligation != profile.Must {
		t.Errorf("%+v", got)
	}
}
