package answers_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
)

// odd are texts that suppliers type and that a careless writer gets wrong.
var odd = []string{
	"実施済み", "yes", "2026-01-31", "1.10", "a: b", "- a", "# a", "=1+1", "\"a\" 'b' \\", " a ", "a\nb\n\nc\n", "\n", "\ta",
	"😀 𠮷 が", "line\r\nline", "\u2028", "~", "null", "{x}", strings.Repeat("長", 32767), "a\n  b\n c", "| a", "trailing \nspace",
}

func randomSet(r *rand.Rand) *answers.Set {
	text := func() string {
		if r.IntN(2) == 0 {
			return ""
		}
		return odd[r.IntN(len(odd))]
	}
	date := func() (t time.Time) {
		if r.IntN(2) == 0 {
			t = time.Date(2020+r.IntN(20), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		}
		return t
	}
	s := &answers.Set{Supplier: "acme", Name: text(), Service: text(), Round: r.IntN(4), Received: date(),
		Pack: answers.Pack{ID: "p-1-" + fmt.Sprint(r.IntN(9)), Fingerprint: text(), Profile: text(), Edition: "2011.1", Language: "ja"}}
	if r.IntN(2) == 0 {
		s.Workbook = answers.File{Name: "a.xlsx", SHA256: text()}
	}
	for i := range r.IntN(6) {
		a := answers.Answer{Requirement: fmt.Sprintf("8.6.1.%d", i+1), Obligation: "must", Asked: text(), Explanation: text(),
			Evidence: text(), Owner: text(), Planned: date()}
		if r.IntN(3) > 0 {
			a.Status = answers.Statuses()[r.IntN(len(answers.Statuses()))]
		} else {
			a.Unread, a.UnreadDate = text(), text()
		}
		s.Answers = append(s.Answers, a)
	}
	return s
}

// TestRoundTrip writes sets with texts of every kind and reads them again.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		want := randomSet(r)
		data, err := answers.Write(want)
		if err != nil {
			t.Fatal(err)
		}
		got, ps := answers.Load(fstest.MapFS{"acme.yaml": {Data: data}}, "acme.yaml", "answers")
		if len(ps) > 0 {
			t.Fatalf("%v\n%.2000s", ps, data)
		}
		got.Pos = catalog.Position{}
		for i := range got.Answers {
			got.Answers[i].Pos = catalog.Position{}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("read %+v\nwrote %+v\n%.2000s", got, want, data)
		}
		again, err := answers.Write(got)
		if err != nil || string(again) != string(data) {
			t.Fatal("the same set gives other bytes", err)
		}
	}
}

func TestLayout(t *testing.T) {
	s := &answers.Set{Supplier: "acme", Name: "株式会社見本", Round: 2, Received: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		Pack: answers.Pack{ID: "sample-2011.1-0a", Profile: "sample", Edition: "2011.1", Language: "ja"},
		Answers: []answers.Answer{
			{Requirement: "8.6.1.1", Obligation: "must", Asked: "役割を定める。", Status: answers.Implemented, Explanation: "一行目\n二行目"},
			{Requirement: "A-01", Asked: "知らせる。", Status: answers.Planned, Planned: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)},
			{Requirement: "A-02", Unread: "たぶん"},
		}}
	data, err := answers.Write(s)
	if err != nil {
		t.Fatal(err)
	}
	const want = `# yaml-language-server: $schema=../content/schemas/answers.schema.json
supplier: acme
name: 株式会社見本
round: 2
received: 2026-12-01
pack:
  id: sample-2011.1-0a
  profile: sample
  edition: "2011.1"
  language: ja
answers:

  - requirement: 8.6.1.1
    obligation: must
    asked: 役割を定める。
    status: implemented
    explanation: |-
      一行目
      二行目

  - requirement: A-01
    asked: 知らせる。
    status: planned
    planned: 2027-01-31

  - requirement: A-02
    unread_status: たぶん
`
	if string(data) != want {
		t.Errorf("wrote\n%s", data)
	}
}

func TestMistakes(t *testing.T) {
	const file = `supplier: acme
pack: {id: p}
answers:
  - requirement: 8.6.1.1
    status: implemnted
  - requirement: 8.6.1.1
    planed: 2026-01-01
  - status: partial
    planned: soon
`
	s, ps := answers.Load(fstest.MapFS{"acme.yaml": {Data: []byte(file)}}, "acme.yaml", "")
	if s != nil {
		t.Error("a set with mistakes is handed out")
	}
	for _, want := range []string{
		`acme.yaml:5:13: status must be implemented, partial, planned, alternative, not-implemented or not-applicable, not "implemnted" (did you mean "implemented"?)`,
		`acme.yaml:6:18: "8.6.1.1" is answered twice, first in line 4`,
		`acme.yaml:7:5: `, `(did you mean "planned"?)`,
		`acme.yaml:8:5: `,
		`acme.yaml:9:14: planned must be a date`,
	} {
		if !strings.Contains(ps.Error(), want) {
			t.Errorf("%q is missing in\n%v", want, ps)
		}
	}
	if _, ps := answers.Load(fstest.MapFS{}, "acme.yaml", ""); !ps.HasErrors() {
		t.Error("a file that is not there is no error")
	}
}

// FuzzLoad checks that no file makes the reader fail otherwise than by problems,
// and that what it reads can be written and read again.
func FuzzLoad(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5 {
		data, _ := answers.Write(randomSet(r))
		if len(data) < 5000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, ps := answers.Load(fstest.MapFS{"a.yaml": {Data: data}}, "a.yaml", "")
		if (s == nil) != ps.HasErrors() {
			t.Fatalf("set %v, problems %v", s, ps)
		}
		if s == nil {
			return
		}
		again, err := answers.Write(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, ps := answers.Load(fstest.MapFS{"a.yaml": {Data: again}}, "a.yaml", ""); ps.HasErrors() {
			t.Fatalf("%v\n%s", ps, again)
		}
	})
}
