package collect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"riskguide/answers"
	"riskguide/answers/answerstest"
	"riskguide/answers/collect"
	"riskguide/answers/questionnaire"
	"riskguide/catalog/schema"
	"riskguide/catalog/schema/schematest"
)

// TestJSONSchema: the report with answers, unreadable ones and a file that is no
// workbook is what the schema says; a key or rule that it does not know is refused.
func TestJSONSchema(t *testing.T) {
	f, ok := schema.Lookup("collect")
	if !ok {
		t.Fatal("there is no schema")
	}
	s := schematest.Compile(t, f.Name, f.Data)

	dir := t.TempDir()
	cfg, blank := config(t, small(t), dir)
	cfg.Received = cfg.Today
	filled, err := answerstest.Filled(blank, []answers.Answer{
		{Requirement: "2.1.1.1", Status: answers.Implemented}, {Requirement: "2.1.1.2", Unread: "○"},
		{Requirement: "2.1.1.10", Status: answers.Planned, UnreadDate: "soon"},
	})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := collect.Run(context.Background(), cfg, []string{
		write(t, filepath.Join(dir, "a.xlsx"), filled), write(t, filepath.Join(dir, "b.xlsx"), []byte("no workbook")),
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := rep.JSON()
	if err != nil {
		t.Fatal(err)
	}
	read := func() map[string]any {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		return v.(map[string]any)
	}
	v := read()
	if err := s.Validate(v); err != nil {
		t.Errorf("%v\n%s", err, data)
	}
	first := v["suppliers"].([]any)[0].(map[string]any)
	if len(v["suppliers"].([]any)) != 2 || first["received"] == nil || first["written"] == nil || len(first["problems"].([]any)) == 0 {
		t.Errorf("the report holds less than is to be checked:\n%s", data)
	}
	v["other"] = 1
	if s.Validate(v) == nil {
		t.Error("an unknown key is accepted")
	}
	v = read()
	v["suppliers"].([]any)[0].(map[string]any)["problems"].([]any)[0].(map[string]any)["rule"] = "nonsense"
	if s.Validate(v) == nil {
		t.Error("an unknown rule is accepted")
	}

	// The lists of the schema are those of the program.
	var lists struct {
		Definitions struct {
			Problem struct {
				Properties struct{ Rule struct{ Enum []string } }
			}
			Entry struct {
				Properties struct{ Match struct{ Enum []string } }
			}
			Count struct {
				Properties struct {
					Statuses struct{ Properties map[string]any }
				}
			}
		}
	}
	if err := json.Unmarshal(f.Data, &lists); err != nil {
		t.Fatal(err)
	}
	rules := append(questionnaire.Rules(), collect.Rules()...)
	slices.Sort(rules)
	got := slices.Sorted(slices.Values(lists.Definitions.Problem.Properties.Rule.Enum))
	if !slices.Equal(got, rules) {
		t.Errorf("rules of the schema %v, want %v", got, rules)
	}
	for _, m := range []questionnaire.Match{questionnaire.Same, questionnaire.Recognised, questionnaire.OtherWording,
		questionnaire.OtherEdition, questionnaire.OtherProfile, questionnaire.Unidentified} {
		if !slices.Contains(lists.Definitions.Entry.Properties.Match.Enum, string(m)) {
			t.Errorf("the schema lacks the match %s", m)
		}
	}
	statuses := lists.Definitions.Count.Properties.Statuses.Properties
	for _, st := range answers.Statuses() {
		if statuses[string(st)] == nil {
			t.Errorf("the schema lacks the status %s", st)
		}
	}
}
