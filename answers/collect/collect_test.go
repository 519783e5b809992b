package collect_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"riskguide/answers"
	"riskguide/answers/answerstest"
	"riskguide/answers/collect"
	"riskguide/answers/questionnaire"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/rendertest"
	"riskguide/templates"
)

func TestSupplierID(t *testing.T) {
	for _, tt := range []struct{ file, profile, name, want string }{
		{"acme.xlsx", "sample", "株式会社見本", "acme"},
		{"ACME Cloud, Inc. (v2).xlsx", "sample", "", "acme-cloud-inc-v2"},
		{"株式会社見本.xlsx", "sample", "", "株式会社見本"},
		{"ｶﾌﾞｼｷ　ﾐﾎﾝ.xlsm", "sample", "", "カブシキ-ミホン"},
		{"sample-questionnaire.xlsx", "sample", "株式会社 見本", "株式会社-見本"},
		{"sample-questionnaire (1).xlsx", "sample", "見本", "見本"},
		{"sample-questionnaire_回答済み.xlsx", "sample", "見本", "見本"},
		{"sample-en-questionnaire-acme.xlsx", "sample", "見本", "acme"},
		{"sample-questionnaire.xlsx", "sample", "", "sample"},
		{"2027.xlsx", "sample", "見本", "見本"},
		{"...xlsx", "", "", "supplier"},
		{"con.xlsx", "sample", "", "con-supplier"},
		{"Report.xlsx", "sample", "", "report-supplier"},
		{"../../etc/passwd.xlsx", "sample", "", "etc-passwd"},
		{strings.Repeat("長", 100) + ".xlsx", "sample", "", strings.Repeat("長", 64)},
	} {
		got := collect.SupplierID(tt.file, tt.profile, tt.name)
		if got != tt.want {
			t.Errorf("%q, %q: %q, want %q", tt.file, tt.name, got, tt.want)
		}
		if !collect.ValidSupplier(got) {
			t.Errorf("%q is not valid", got)
		}
	}
	for _, bad := range []string{"", "A", "a/b", "../a", "a.1", "con", "-a", "a--b"} {
		if collect.ValidSupplier(bad) {
			t.Errorf("%q is valid", bad)
		}
	}
}

// config returns how to collect answers to a pack.
func config(t testing.TB, p *profile.Pack, out string) (collect.Config, []byte) {
	t.Helper()
	blank, err := answerstest.Blank(p)
	if err != nil {
		t.Fatal(err)
	}
	voc, err := questionnaire.LoadVocabulary(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	form, err := questionnaire.NewForm(context.Background(), blank, voc)
	if err != nil {
		t.Fatal(err)
	}
	return collect.Config{Out: out, Profile: p.Profile.ID, Vocabulary: voc, Today: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		Pack:  answers.Pack{ID: p.ID, Fingerprint: p.Fingerprint, Profile: p.Profile.ID, Edition: p.Catalog.Guide.Edition},
		Asked: func([]catalog.Lang) (*questionnaire.Form, error) { return form, nil }}, blank
}

func small(t testing.TB) *profile.Pack {
	t.Helper()
	root := rendertest.Root(t)
	p, err := answerstest.Tailor(os.DirFS(filepath.Join(root, "catalog/testdata/small")), os.DirFS(filepath.Join(root, "profile/testdata/profiles")), "full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestHostileReport: what a supplier writes does nothing in the report.
func TestHostileReport(t *testing.T) {
	p := small(t)
	dir := t.TempDir()
	cfg, blank := config(t, p, dir)
	const evil = "</del><script>alert(1)</script> [x](javascript:alert) ![y](http://example.org/a.png) | `a` \u202e *b*\n# c"
	data, err := answerstest.Filled(blank, []answers.Answer{
		{Requirement: "2.1.1.1", Unread: evil}, {Requirement: "2.1.1.2", Status: answers.Planned, UnreadDate: evil},
	})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := collect.Run(context.Background(), cfg, []string{write(t, filepath.Join(dir, "a.xlsx"), data)})
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []catalog.Lang{"ja", "en"} {
		md, err := rep.Markdown(templates.FS(), lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", " [x](", " ![y](", "\u202e", "\n# c", "[rule_", "[match_", "[title]", "[status_"} {
			if bytes.Contains(md, []byte(bad)) {
				t.Errorf("%s: the report holds %q:\n%s", lang, bad, md)
			}
		}
		if !bytes.Contains(md, []byte("&lt;script&gt;")) {
			t.Errorf("%s: the value is missing in\n%s", lang, md)
		}
	}
	js, err := rep.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Suppliers []struct {
			Problems []struct{ Rule, Value, Sheet, Cell, Place string }
		}
	}
	if err := json.Unmarshal(js, &doc); err != nil {
		t.Fatal(err)
	}
	whole := 0
	for _, p := range doc.Suppliers[0].Problems {
		if p.Value == evil && p.Sheet != "" && p.Cell != "" && strings.HasSuffix(p.Place, p.Sheet+"!"+p.Cell) {
			whole++
		}
	}
	if whole != 2 {
		t.Errorf("%d problems with the whole value in\n%s", whole, js)
	}
}

// TestWords: both languages have the same words, and each rule has a name.
func TestWords(t *testing.T) {
	_, en := rendertest.Words(t, "collect")
	for _, rule := range append(questionnaire.Rules(), collect.Rules()...) {
		if en["rule_"+strings.ReplaceAll(rule, "-", "_")] == "" {
			t.Errorf("the rule %s has no name", rule)
		}
	}
}

// TestNothingHalfWritten: if one file cannot be put in its place, the others are
// as they were.
func TestNothingHalfWritten(t *testing.T) {
	p := small(t)
	dir := t.TempDir()
	cfg, blank := config(t, p, dir)
	rep, err := collect.Run(context.Background(), cfg, []string{write(t, filepath.Join(dir, "a.xlsx"), blank), write(t, filepath.Join(dir, "b.xlsx"), blank)})
	if err != nil {
		t.Fatal(err)
	}
	// A folder stands where the second file is to go.
	if err := os.MkdirAll(filepath.Join(dir, "answers", "b.yaml"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := rep.Commit(); err == nil {
		t.Fatal("no error")
	}
	entries, err := os.ReadDir(filepath.Join(dir, "answers"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "b.yaml" {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

// full is the pack of the whole shipped guide.
func full(t testing.TB) *profile.Pack {
	t.Helper()
	root := rendertest.Root(t)
	p, err := answerstest.Tailor(os.DirFS(filepath.Join(root, "content")), fstest.MapFS{"all.yaml": {Data: []byte(
		"id: all\ntitle: 全体\nlanguages: [ja]\norganisation: {name: 市}\nselect: [{all: true}]\n")}}, "all.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// answered are answers to all requirements of a pack, with texts as they come.
func answered(p *profile.Pack, n int) []answers.Answer {
	var list []answers.Answer
	for i, r := range p.Requirements {
		s := answers.Statuses()[(i+n)%6]
		a := answers.Answer{Requirement: r.ID, Status: s, Evidence: fmt.Sprintf("情報セキュリティ規程 第 %d 条", i), Owner: "情報システム部"}
		a.Explanation = strings.Repeat(fmt.Sprintf("%d 番の要求には、手順書に従って四半期ごとに点検し、結果を残している。", i), 2)
		if s == answers.Planned {
			a.Planned = time.Date(2027, 1, 1+i%28, 0, 0, 0, 0, time.UTC)
		}
		list = append(list, a)
	}
	return list
}
