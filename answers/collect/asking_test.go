package collect_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/answers"
	"riskguide/answers/answerstest"
	"riskguide/answers/collect"
	"riskguide/render/rendertest"
	"riskguide/templates"
)

// TestReportToAskWith: whoever asks a supplier finds every requirement that is
// unanswered, what is written beside one, and what an unclear date may mean.
func TestReportToAskWith(t *testing.T) {
	content := os.DirFS(filepath.Join(rendertest.Root(t), "content"))
	p, err := answerstest.Tailor(content, content, "profiles/high-severity.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cfg, blank := config(t, p, dir)
	ids := []string{}
	for _, r := range p.Requirements {
		ids = append(ids, r.ID)
	}
	data, err := answerstest.Filled(blank, []answers.Answer{
		{Requirement: ids[0], Status: answers.Planned, UnreadDate: "4/5/2027"}, {Requirement: ids[1], Explanation: "We do."},
		{Requirement: ids[2], Status: answers.Planned, UnreadDate: "in spring"},
	})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := collect.Run(context.Background(), cfg, []string{write(t, filepath.Join(dir, "a.xlsx"), data)})
	if err != nil {
		t.Fatal(err)
	}
	md, err := rep.Markdown(templates.FS(), "en")
	if err != nil {
		t.Fatal(err)
	}
	text := string(md)
	for _, want := range []string{
		fmt.Sprintf(" %s: “4/5/2027” – “2027-05-04 / 2027-04-05”?\n", ids[0]),
		fmt.Sprintf(" %s: “in spring”\n", ids[2]),
		fmt.Sprintf(" %s – something is written beside it\n", ids[1]),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if len(ids) < 50 {
		t.Fatalf("only %d requirements", len(ids))
	}
	for _, id := range ids[3:] {
		if !strings.Contains(text, "` "+id+"\n") {
			t.Errorf("%s is not listed", id)
		}
	}
}
