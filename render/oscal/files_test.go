package oscal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/document/documenttest"
	"riskguide/catalog/oscal/native"
	"riskguide/profile"
	"riskguide/render/oscal"
)

// packs tailors every profile of the shipped content.
func packs(t testing.TB, cat *catalog.Catalog) []*profile.Pack {
	t.Helper()
	fsys := os.DirFS("../../content")
	entries, err := os.ReadDir("../../content/profiles")
	if err != nil {
		t.Fatal(err)
	}
	var out []*profile.Pack
	for _, e := range entries {
		p, problems := profile.Load(context.Background(), fsys, "profiles/"+e.Name(), profile.LoadOptions{})
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		pack, problems := profile.Tailor(cat, p)
		if pack == nil {
			t.Fatal(problems)
		}
		out = append(out, pack)
	}
	return out
}

// answered makes answers to every requirement of a pack, of every status in turn.
func answered(pack *profile.Pack) *answers.Set {
	s := &answers.Set{Supplier: "acme", Name: "ACME 株式会社", Service: "予約 *portal*", Round: 2, Received: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC),
		Pack: answers.Pack{ID: pack.ID, Fingerprint: pack.Fingerprint, Profile: pack.Profile.ID, Guide: pack.Catalog.Guide.ID, Edition: pack.Catalog.Guide.Edition}}
	statuses := append(answers.Statuses(), answers.Unanswered)
	for i, r := range pack.Requirements {
		a := answers.Answer{Requirement: r.ID, Obligation: string(r.Obligation), Asked: pack.Text(r.Statement), Status: statuses[i%len(statuses)]}
		switch i % 5 {
		case 1:
			a.Explanation, a.Evidence = "Two lines,\n<b>odd</b> & 日本語 {{ insert: param, x }}.", "https://example.org/proof"
		case 2:
			a.Evidence, a.Owner, a.Planned = " with spaces ", "運用部", time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
		case 3:
			a.Unread, a.UnreadDate = "○", "next year"
		}
		s.Answers = append(s.Answers, a)
	}
	return s
}

func files(t testing.TB, in oscal.Input, opts oscal.Options) map[string][]byte {
	t.Helper()
	out, err := oscal.Files(context.Background(), in, opts)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// checkFiles checks every file against NIST's schema and for what the schema does
// not say; what a file refers to must be among the files.
func checkFiles(t testing.TB, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		if err := documenttest.Validate(data); err != nil {
			t.Errorf("%s: the schema of NIST: %v", name, err)
		}
		others := map[string][]byte{}
		for other, d := range files {
			if strings.Contains(name, "/") {
				others["../"+other] = d
			} else {
				others[other] = d
			}
		}
		if err := documenttest.Check(data, others); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, problems := document.Decode(data, document.Options{Name: name}); len(problems) > 0 {
			t.Errorf("%v", problems)
		}
	}
}

func TestFiles(t *testing.T) {
	cat := assemble(t, shipped(t))
	ps := packs(t, cat)
	in := oscal.Input{Catalog: cat, Packs: ps, Answers: []*answers.Set{answered(ps[len(ps)-1])}}
	got := files(t, in, oscal.Options{})
	for _, want := range []string{"catalog.json", "profiles/foreign-supplier.json", "profiles/high-severity.json", "profiles/minimal.json", "profiles/sample.json",
		"requirements/sample.json", "resolved/sample.json", "components/acme.json"} {
		if got[want] == nil {
			t.Errorf("there is no %s", want)
		}
	}
	checkFiles(t, got)
	again := files(t, oscal.Input{Catalog: assemble(t, shipped(t)), Packs: packs(t, cat), Answers: in.Answers}, oscal.Options{})
	for name, data := range got {
		if !bytes.Equal(data, again[name]) {
			t.Errorf("%s: written again it differs%s", name, firstDifference(data, again[name]))
		}
	}
	for name, data := range files(t, in, oscal.Options{Lang: catalog.English, Date: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}) {
		if !bytes.Contains(data, []byte(`"last-modified": "2030-01-02T03:04:05Z"`)) {
			t.Errorf("%s does not bear the date", name)
		}
		for _, id := range uuids(t, got[name]) {
			if !bytes.Contains(data, []byte(id)) {
				t.Errorf("%s: the UUID %s changes with language or date", name, id)
			}
		}
	}
}

// uuids lists the UUIDs of a document.
func uuids(t testing.TB, data []byte) []string {
	var out []string
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for key, x := range v {
				if s, ok := x.(string); ok && key == "uuid" {
					out = append(out, s)
				}
				walk(x)
			}
		}
	}
	walk(doc)
	return out
}

// decode reads one of the files.
func decode(t testing.TB, files map[string][]byte, name string) *document.File {
	t.Helper()
	f, problems := document.Decode(files[name], document.Options{Name: name})
	if f == nil {
		t.Fatal(problems)
	}
	return f
}

// eachControl calls f for every control of a catalog, those inside others too.
func eachControl(c *document.Catalog, f func(c *document.Control)) {
	var controls func(cs []document.Control)
	controls = func(cs []document.Control) {
		for i := range cs {
			f(&cs[i])
			controls(cs[i].Controls)
		}
	}
	var groups func(gs []document.Group)
	groups = func(gs []document.Group) {
		for i := range gs {
			controls(gs[i].Controls)
			groups(gs[i].Groups)
		}
	}
	groups(c.Groups)
}

// prop returns the values of the properties with the name in a namespace.
func prop(ps []document.Prop, ns, name string) []string {
	var out []string
	for _, p := range ps {
		if p.NS == ns && p.Name == name {
			if p.Value == "-" && p.Remarks != "" {
				p.Value = document.Unescape(p.Remarks, nil)
			}
			out = append(out, p.Value)
		}
	}
	return out
}

// TestResolved compares the resolved catalogs with the packs: the same requirements
// with the same wordings and obligations.
func TestResolved(t *testing.T) {
	cat := assemble(t, shipped(t))
	ps := packs(t, cat)
	all := files(t, oscal.Input{Catalog: cat, Packs: ps}, oscal.Options{})
	added, items, values := 0, 0, 0
	for _, pack := range ps {
		resolved := decode(t, all, oscal.ResolvedFile(pack.Profile.Name())).Catalog
		found := map[string]bool{}
		eachControl(resolved, func(c *document.Control) {
			id := prop(c.Props, "", "label")[0]
			r := pack.Requirement(id)
			if r == nil {
				t.Fatalf("%s: %s is resolved but not asked for", pack.ID, c.ID)
			}
			found[id] = true
			if r.Added != nil {
				added++
			}
			if got := prop(c.Props, document.Namespace, "obligation"); !slices.Equal(got, []string{string(r.Obligation)}) {
				t.Errorf("%s: %s has the obligations %q, want %q", pack.ID, id, got, r.Obligation)
			}
			var asked []string
			for _, a := range r.AskedBy {
				asked = append(asked, a.Measure.ID)
			}
			if got := prop(c.Props, document.Namespace, "asked-by"); !slices.Equal(got, asked) {
				t.Errorf("%s: %s is asked for by %q, want %q", pack.ID, id, got, asked)
			}
			value := map[string]string{}
			for _, p := range c.Params {
				value[p.ID] = strings.Join(p.Values, "; ")
				values++
			}
			show := func(p document.Part) string {
				for _, id := range document.Inserts(p.Prose) {
					p.Prose = strings.ReplaceAll(p.Prose, document.Insert(id), document.Escape(value[id], nil))
				}
				return document.Unescape(p.Prose, nil)
			}
			n := 0
			for _, p := range c.Parts {
				if p.Name != "statement" {
					continue
				}
				n++
				if want := pack.Text(r.Statement); show(p) != want {
					t.Errorf("%s: %s says %q, want %q", pack.ID, id, show(p), want)
				}
				var adds []string
				for _, q := range p.Parts {
					if q.Name == "item" {
						adds = append(adds, show(q))
						items++
					}
				}
				if fmt.Sprint(adds) != fmt.Sprint(additions(pack, r)) {
					t.Errorf("%s: %s adds %q, want %q", pack.ID, id, adds, additions(pack, r))
				}
			}
			if n != 1 {
				t.Errorf("%s: %s has %d statements", pack.ID, id, n)
			}
		})
		if len(found) != len(pack.Requirements) {
			t.Errorf("%s: %d of %d requirements are resolved", pack.ID, len(found), len(pack.Requirements))
		}
	}
	if added == 0 || items == 0 || values == 0 {
		t.Errorf("%d added requirements, %d additions, %d values: not all was tried", added, items, values)
	}
}

func additions(pack *profile.Pack, r *profile.Requirement) []string {
	var out []string
	for _, a := range r.Additions {
		out = append(out, pack.Text(a.Text))
	}
	return out
}

// TestAnswers compares the component definition with the answers.
func TestAnswers(t *testing.T) {
	cat := assemble(t, shipped(t))
	ps := packs(t, cat)
	pack := ps[slices.IndexFunc(ps, func(p *profile.Pack) bool { return p.Profile.ID == "sample" })]
	set := answered(pack)
	set.Answers = append(set.Answers, answers.Answer{Requirement: "9.9.9.9", Status: answers.Implemented})
	var warned catalog.Problems
	all := files(t, oscal.Input{Catalog: cat, Packs: ps, Answers: []*answers.Set{set}}, oscal.Options{Warn: func(p catalog.Problem) { warned = append(warned, p) }})
	if len(warned) != 1 || !strings.Contains(warned.Error(), `does not ask for "9.9.9.9"`) {
		t.Errorf("warned: %v", warned)
	}
	d := decode(t, all, "components/acme.json").ComponentDefinition
	if len(d.Components) != 1 || len(d.Components[0].ControlImplementations) != 1 {
		t.Fatal("not one component with one implementation")
	}
	ci := d.Components[0].ControlImplementations[0]
	if name := path.Join("components", ci.Source); all[name] == nil || !strings.HasPrefix(name, "profiles/sample") {
		t.Errorf("the source is %s", ci.Source)
	}
	if len(ci.ImplementedRequirements) != len(pack.Requirements) {
		t.Errorf("%d requirements are answered, want %d", len(ci.ImplementedRequirements), len(pack.Requirements))
	}
	for i, r := range ci.ImplementedRequirements {
		a := set.Answers[i]
		want := map[string]string{"status": string(a.Status), "evidence": a.Evidence, "owner": a.Owner, "asked": a.Asked, "unread-status": a.Unread, "unread-planned": a.UnreadDate, "obligation": a.Obligation}
		if a.Status == "" {
			want["status"] = "unanswered"
		}
		for name, v := range want {
			var list []string
			if v != "" {
				list = []string{v}
			}
			if got := prop(r.Props, document.Namespace, name); !slices.Equal(got, list) {
				t.Errorf("%s: %s is %q, want %q", a.Requirement, name, got, v)
			}
		}
		if a.Explanation != "" && document.Unescape(r.Description, nil) != a.Explanation {
			t.Errorf("%s: the explanation is %q", a.Requirement, r.Description)
		}
		std := prop(r.Props, "", "implementation-status")
		if none := a.Status == answers.NotImplemented || a.Status == answers.Unanswered; none != (len(std) == 0) || !none && std[0] != string(a.Status) {
			t.Errorf("%s: the status %q is %q for others", a.Requirement, a.Status, std)
		}
	}
	set.Pack.Fingerprint, warned = "0123", nil
	files(t, oscal.Input{Catalog: cat, Packs: ps, Answers: []*answers.Set{set}}, oscal.Options{Warn: func(p catalog.Problem) { warned = append(warned, p) }})
	if !strings.Contains(warned.Error(), "the profile now makes "+pack.ID) {
		t.Errorf("warned: %v", warned)
	}
	set.Pack.Profile = "other"
	if _, err := oscal.Files(context.Background(), oscal.Input{Catalog: cat, Packs: ps, Answers: []*answers.Set{set}}, oscal.Options{}); err == nil || !strings.Contains(err.Error(), `profile "other", which is not exported`) {
		t.Errorf("got %v", err)
	}
}

// TestChoices: of several choices each is a value, in the language that leads; one
// that stays open has none; a control that is selected directly is asked for too.
func TestChoices(t *testing.T) {
	content := fstest.MapFS{
		"guide.yaml": {Data: []byte("id: std\ntitle: {ja: 標準, en: Standard}\nedition: \"1\"\ndate: 2026-01-01\nlanguages: [ja, en]\n")},
		"controls/ac.yaml": {Data: []byte(`clause: ac
controls:
  - id: ac-1
    title: {ja: 表題, en: Title}
    statement: {ja: "{how} を行う。{when}", en: "Do {how}. {when}"}
    parameters:
      - {id: how, many: true, choices: [{ja: 甲, en: first}, {ja: "乙 {n} 回", en: "second {n} times"}]}
      - {id: n, label: {ja: 回, en: times}}
      - {id: when, label: {ja: いつ, en: when}}
`)},
		"p.yaml": {Data: []byte(`id: p
title: {ja: 題, en: T}
languages: [ja, en]
open_parameters: true
organisation: {name: A}
supplier: {name: B}
service: {name: C}
select: [{controls: [ac-1]}]
parameters: {ac-1: {how: [甲, "乙 {n} 回"], n: 3}}
`)},
	}
	cat, problems := catalog.Load(context.Background(), content, catalog.LoadOptions{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	p, problems := profile.Load(context.Background(), content, "p.yaml", profile.LoadOptions{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	pack, problems := profile.Tailor(cat, p)
	if pack == nil {
		t.Fatal(problems)
	}
	for lang, want := range map[catalog.Lang]string{"": `["甲" "乙 3 回"] ["3"] []`, catalog.English: `["first" "second 3 times"] ["3"] []`} {
		all := files(t, oscal.Input{Catalog: cat, Packs: []*profile.Pack{pack}}, oscal.Options{Lang: lang})
		checkFiles(t, all)
		eachControl(decode(t, all, "resolved/p.json").Catalog, func(c *document.Control) {
			got := fmt.Sprintf("%q %q %q", c.Params[0].Values, c.Params[1].Values, c.Params[2].Values)
			if got != want {
				t.Errorf("%q leads: the values are %s, want %s", lang, got, want)
			}
			if c.ID != "ac-1" || !slices.Equal(prop(c.Props, document.Namespace, "obligation"), []string{"must"}) {
				t.Errorf("%s has the obligations %q", c.ID, prop(c.Props, document.Namespace, "obligation"))
			}
		})
	}
}

// TestAnswersRoundTrip: answers of every kind come back from their component
// definition.
func TestAnswersRoundTrip(t *testing.T) {
	cat := assemble(t, shipped(t))
	ps := packs(t, cat)
	pack := ps[slices.IndexFunc(ps, func(p *profile.Pack) bool { return p.Profile.ID == "sample" })]
	odd := []string{"", "実施済み", "-", "- a", "a\nb\n\nc\n", "\n", " a ", "line\r\nline", "\u2028", "😀 𠮷", "{{ insert: param, x }}", "\\*<b>&amp;", "{days}", "https://example.org/?a=b&c"}
	r := rand.New(rand.NewPCG(1, 2))
	text := func() string { return odd[r.IntN(len(odd))] }
	day := func() (d time.Time) {
		if r.IntN(2) == 0 {
			d = time.Date(2020+r.IntN(20), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		}
		return d
	}
	for i := range 15 {
		s := &answers.Set{Supplier: "acme", Name: text(), Service: text(), Round: r.IntN(4), Received: day(),
			Pack: answers.Pack{ID: pack.ID, Fingerprint: text(), Profile: "sample", Guide: text(), Edition: text(), Language: "ja"}}
		if r.IntN(2) == 0 {
			s.Workbook = answers.File{Name: "a b.xlsx", SHA256: text()}
		}
		for _, req := range pack.Requirements[:r.IntN(8)] {
			a := answers.Answer{Requirement: req.ID, Obligation: text(), Asked: text(), Explanation: text(), Evidence: text(), Owner: text(), Planned: day(), UnreadDate: text()}
			if r.IntN(3) > 0 {
				a.Status = answers.Statuses()[r.IntN(len(answers.Statuses()))]
			} else {
				a.Unread = text()
			}
			s.Answers = append(s.Answers, a)
		}
		all := files(t, oscal.Input{Catalog: cat, Packs: []*profile.Pack{pack}, Answers: []*answers.Set{s}}, oscal.Options{})
		if i < 1 {
			checkFiles(t, map[string][]byte{"components/acme.json": all["components/acme.json"], "profiles/sample.json": all["profiles/sample.json"],
				"catalog.json": all["catalog.json"], "requirements/sample.json": all["requirements/sample.json"]})
		}
		f := decode(t, all, "components/acme.json")
		if !native.IsAnswers(f) {
			t.Fatal("the document is not known as answers")
		}
		got, problems := native.ReadAnswers(f)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		want, err := answers.Write(s)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := answers.Write(got); err != nil || string(data) != string(want) {
			t.Fatalf("the answers come back otherwise: %v%s", err, firstDifference(want, data))
		}
	}
}

// TestSources: the files of a profile come back as they are, also those above its
// folder, and never get outside the folder into which they are written.
func TestSources(t *testing.T) {
	cat := assemble(t, shipped(t))
	base, err := os.ReadFile("../../content/profiles/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"a/b/own.yaml": {Data: []byte("\ufeff# a comment\nid: own\nextends: ../../minimal.yaml\n")}, "minimal.yaml": {Data: base}}
	p, problems := profile.Load(context.Background(), fsys, "a/b/own.yaml", profile.LoadOptions{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	pack, problems := profile.Tailor(cat, p)
	if pack == nil {
		t.Fatal(problems)
	}
	in := oscal.Input{Catalog: cat, Packs: []*profile.Pack{pack}}
	if native.IsProfile(decode(t, files(t, in, oscal.Options{}), "profiles/own.json")) {
		t.Error("the files go along unasked")
	}
	all := files(t, in, oscal.Options{Sources: true})
	checkFiles(t, all)
	f := decode(t, all, "profiles/own.json")
	got, problems := native.ReadProfile(f)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(got) != 2 || got[0].Name != "profiles/profiles/own.yaml" || got[1].Name != "minimal.yaml" ||
		string(got[0].Data) != string(fsys["a/b/own.yaml"].Data) || string(got[1].Data) != string(base) {
		t.Errorf("the files come back as %q", got)
	}
	for _, name := range []string{"/etc/x.yaml", "../../../../x.txt", `..\x.yaml`, "a/../../../../x.yaml", "own.yaml", "C:x.yaml", ".."} {
		f := decode(t, all, "profiles/own.json")
		x := &f.Profile.BackMatter.Resources[1]
		for i := range x.Props {
			if x.Props[i].Name == native.PropFile {
				x.Props[i].Value = name
			}
		}
		if name == "own.yaml" {
			f.Profile.BackMatter.Resources[0].Props = x.Props
		}
		got, _ := native.ReadProfile(f)
		for _, g := range got {
			if !filepath.IsLocal(g.Name) || strings.HasSuffix(g.Name, ".txt") {
				t.Errorf("%q would be written to %q", name, g.Name)
			}
		}
		if name != "a/../../../../x.yaml" && got != nil {
			t.Errorf("the name %q is taken: %q", name, got)
		}
	}
}
