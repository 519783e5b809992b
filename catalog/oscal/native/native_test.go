package native_test

import (
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
	"riskguide/catalog/synthetic"
	"riskguide/profile"
	"riskguide/render/oscal"
)

func assembled(t testing.TB, src *catalog.Source) *catalog.Catalog {
	t.Helper()
	cat, problems := catalog.Assemble(src)
	if cat == nil {
		t.Fatal(problems.ErrorsOnly())
	}
	return cat
}

// exported makes the document of a random guide.
func exported(t testing.TB, seed uint64) *document.File {
	return oscal.Catalog(assembled(t, synthetic.Random(seed)), oscal.Options{})
}

// said is all that a source says; nil where it cannot be written.
func said(src *catalog.Source) map[string]string {
	out := map[string]string{}
	files, err := catalog.WriteFiles(src)
	if err != nil {
		return nil
	}
	for name, data := range files {
		out[name] = string(data)
	}
	return out
}

// derived are the places that follow from the guide and are not read, as
// docs/oscal.md says. A part stands with its name, a group with its class.
var derived = []string{
	"^/UUID",
	"/Resources/UUID", // nothing links to it, or the link is found to be wrong
	"/Metadata/(LastModified|OSCALVersion|Roles|Parties|ResponsibleParties|DocumentIDs)",
	"/Controls/Class", // of an enhancement or not
	"/Controls/Title", // one that is made of the statement
	"/Groups:[a-z-]+/ID",
	"/Groups:(front-matter|risks|vulnerabilities|structure|retired|clause)/Title", // of a clause: one that is made of its id
	"/Parts:[a-z-]+/ID", // nothing points to it, or the link is found to be wrong
	"/Parts:row/Title",  // the layer's
	"/Resources/Title",  // the id, which stands in a property
	"/Links:[a-z-]+/Text",
	"/Select/HowMany",                      // anything but one-or-more is one
	"/Controls/ID",                         // nothing points to it, and the guide's id stands in a property
	"/Props:(sort-id|measure|label)/Value", // the label of what has an id of the guide
}

// silentIn changes every text below v and puts something strange into every list,
// one after the other, and returns the places whose change nobody noticed. A part
// stands with its name, a group with its class, a property with its name.
func silentIn(v reflect.Value, noticed func() bool) (silent map[string]bool, tried int) {
	silent = map[string]bool{}
	try := func(path string) {
		tried++
		if !noticed() {
			silent[path] = true
		}
	}
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), path)
			}
		case reflect.Struct:
			switch x := v.Interface().(type) {
			case document.Part:
				path += ":" + x.Name
			case document.Prop:
				path += ":" + x.Name
				if x.Class != "" {
					path += "+"
				}
			case document.Link:
				path += ":" + x.Rel
			case document.Group:
				path += ":" + x.Class
			}
			for i := range v.NumField() {
				if name := v.Type().Field(i).Name; name != "Pos" {
					walk(v.Field(i), path+"/"+name)
				}
			}
		case reflect.Slice:
			old := reflect.ValueOf(v.Interface())
			for i := range v.Len() {
				walk(v.Index(i), path)
			}
			strange := reflect.New(v.Type().Elem()).Elem()
			fill(strange)
			v.Set(reflect.Append(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, 0), old), strange))
			try(path + "[]")
			v.Set(old)
		case reflect.String:
			old := v.String()
			v.SetString(old + "x")
			try(path)
			v.SetString(old)
		}
	}
	walk(v, "")
	return silent, tried
}

// unexpected returns the places that none of the patterns allows.
func unexpected(silent map[string]bool, allowed []string) []string {
	var out []string
	for path := range silent {
		if !slices.ContainsFunc(allowed, func(d string) bool { return regexp.MustCompile(d + `(\[\]|/.*)?$`).MatchString(path) }) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// TestNothingSilent: of every change either the guide that is read is another one,
// or a problem tells it.
func TestNothingSilent(t *testing.T) {
	total := 0
	for _, seed := range []uint64{1, 2} {
		f := exported(t, seed)
		src, problems := native.Read(f)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		before := said(src)
		silent, tried := silentIn(reflect.ValueOf(f.Catalog).Elem(), func() bool {
			src, problems := native.Read(f)
			return src == nil || len(problems) > 0 || !maps.Equal(said(src), before)
		})
		for _, path := range unexpected(silent, derived) {
			t.Errorf("seed %d: a change of %s goes unnoticed", seed, path)
		}
		total += tried
	}
	if total < 2000 {
		t.Errorf("only %d changes were tried", total)
	}
}

// TestNothingSilentInAnswers is the same for answers.
func TestNothingSilentInAnswers(t *testing.T) {
	f := &document.File{ComponentDefinition: answersDocument(t)}
	set, problems := native.ReadAnswers(f)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	before, err := answers.Write(set)
	if err != nil {
		t.Fatal(err)
	}
	silent, tried := silentIn(reflect.ValueOf(f.ComponentDefinition).Elem(), func() bool {
		set, problems := native.ReadAnswers(f)
		if set == nil || len(problems) > 0 {
			return true
		}
		after, err := answers.Write(set)
		return err != nil || string(after) != string(before)
	})
	for _, path := range unexpected(silent, []string{
		"/UUID", "/Metadata/(Title|Version|LastModified|OSCALVersion|Roles|Parties|ResponsibleParties)",
		"/Components/(Title|Description|Type|ResponsibleRoles)", "/ControlImplementations/(Source|Description)",
		"/ImplementedRequirements/ControlID", // the id of the requirement stands in a property
	}) {
		t.Errorf("a change of %s goes unnoticed", path)
	}
	if tried < 100 {
		t.Errorf("only %d changes were tried", tried)
	}
}

// answersDocument exports answers to a small profile.
func answersDocument(t testing.TB) *document.ComponentDefinition {
	t.Helper()
	cat, problems := catalog.Load(t.Context(), os.DirFS("../../testdata/small"), catalog.LoadOptions{})
	if cat == nil {
		t.Fatal(problems)
	}
	p, problems := profile.Load(t.Context(), fstest.MapFS{"p.yaml": {Data: []byte(`id: p
title: T
languages: [ja]
organisation: {name: A}
supplier: {name: B}
service: {name: C}
select: [{all: true}]
open_parameters: true
`)}}, "p.yaml", profile.LoadOptions{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	pack, problems := profile.Tailor(cat, p)
	if pack == nil {
		t.Fatal(problems)
	}
	day := time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	s := &answers.Set{Supplier: "acme", Name: "N", Service: "S", Round: 2, Received: day, Workbook: answers.File{Name: "a.xlsx", SHA256: "0a"},
		Pack: answers.Pack{ID: pack.ID, Fingerprint: pack.Fingerprint, Profile: "p", Guide: "g", Edition: "1", Language: "ja"}}
	for i, r := range pack.Requirements {
		a := answers.Answer{Requirement: r.ID, Obligation: "must", Asked: "a", Status: answers.Planned, Explanation: "e", Evidence: "https://example.org/", Owner: "o", Planned: day}
		if i%2 == 1 {
			a = answers.Answer{Requirement: r.ID, Status: answers.NotImplemented, Unread: "u", UnreadDate: "d"}
		}
		s.Answers = append(s.Answers, a)
	}
	files, err := oscal.Files(t.Context(), oscal.Input{Catalog: cat, Packs: []*profile.Pack{pack}, Answers: []*answers.Set{s}}, oscal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, problems := document.Decode(files[oscal.ComponentFile("acme")], document.Options{})
	if f == nil {
		t.Fatal(problems)
	}
	return f.ComponentDefinition
}

// fill gives the texts of a strange element a value.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Pos" {
				fill(v.Field(i))
			}
		}
	case reflect.String:
		v.SetString("strange")
	}
}

// TestTitles: a title that is the guide's own is read.
func TestTitles(t *testing.T) {
	changed := 0
	for seed := range uint64(10) {
		f := exported(t, seed)
		src, _ := native.Read(f)
		before := said(src)
		for i := range f.Catalog.Groups {
			for j := range f.Catalog.Groups[i].Controls {
				c := &f.Catalog.Groups[i].Controls[j]
				made := false
				for _, p := range c.Props {
					made = made || p.Name == native.PropNoTitle
				}
				if made {
					continue
				}
				c.Title += "x"
				changed++
				if src, _ := native.Read(f); maps.Equal(said(src), before) {
					t.Errorf("the title of %s is not read", c.ID)
				}
			}
		}
	}
	if changed == 0 {
		t.Error("no control has a title")
	}
}

func TestNewerFormat(t *testing.T) {
	f := exported(t, 1)
	for i := range f.Catalog.Metadata.Props {
		if p := &f.Catalog.Metadata.Props[i]; p.Name == native.PropFormat {
			p.Value = "guide-2"
		}
	}
	if _, problems := native.Read(f); !native.Is(f) || !strings.Contains(problems.Error(), `the form "guide-2", which this version of riskguide does not know`) {
		t.Errorf("got %v", problems)
	}
}

// FuzzRead reads documents in which texts were replaced: no panic, and what is read
// without a complaint and assembles is the same guide when it is exported and read
// again.
func FuzzRead(f *testing.F) {
	for i, s := range []string{"", "-", "x", "ja", "fr", "#H01", "\\*", "{{ insert: param, x }}", "2020-01-01T00:00:00Z", "1", "9", native.Format, "H01-01"} {
		f.Add(uint8(i), uint16(17*i), uint16(900+31*i), s)
	}
	f.Fuzz(func(t *testing.T, seed uint8, one, other uint16, s string) {
		doc := exported(t, uint64(seed%8))
		var texts []reflect.Value
		var walk func(v reflect.Value)
		walk = func(v reflect.Value) {
			switch v.Kind() {
			case reflect.Pointer:
				if !v.IsNil() {
					walk(v.Elem())
				}
			case reflect.Struct:
				for i := range v.NumField() {
					if v.Type().Field(i).Name != "Pos" {
						walk(v.Field(i))
					}
				}
			case reflect.Slice:
				for i := range v.Len() {
					walk(v.Index(i))
				}
			case reflect.String:
				texts = append(texts, v)
			}
		}
		walk(reflect.ValueOf(doc.Catalog).Elem())
		texts[int(one)%len(texts)].SetString(s)
		texts[int(other)%len(texts)].SetString(s)
		data, err := document.Encode(doc)
		if err != nil {
			return // no OSCAL any more
		}
		doc, problems := document.Decode(data, document.Options{})
		if doc == nil || len(problems) > 0 {
			t.Fatalf("what was written cannot be read: %v", problems)
		}
		if !native.Is(doc) {
			return
		}
		src, problems := native.Read(doc)
		if src == nil || len(problems) > 0 {
			return
		}
		cat, problems := catalog.Assemble(src)
		if cat == nil || problems.HasErrors() {
			return
		}
		before := said(src)
		if data, err = document.Encode(oscal.Catalog(cat, oscal.Options{})); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		doc, problems = document.Decode(data, document.Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if src, problems = native.Read(doc); len(problems) > 0 {
			t.Fatal(problems)
		}
		if !maps.Equal(said(src), before) {
			t.Error("read again it is another guide")
		}
	})
}
