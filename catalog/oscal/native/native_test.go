package native_test

import (
	"maps"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
	"riskguide/catalog/synthetic"
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

// TestNothingSilent changes every text of a document and puts something strange into
// every list: either the guide that is read is another one, or a problem tells it.
func TestNothingSilent(t *testing.T) {
	tried := 0
	for _, seed := range []uint64{1, 2, 3} {
		f := exported(t, seed)
		src, problems := native.Read(f)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		before := said(src)
		noticed := func() bool {
			tried++
			src, problems := native.Read(f)
			return src == nil || len(problems) > 0 || !maps.Equal(said(src), before)
		}
		silent := map[string]bool{}
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
				if !noticed() {
					silent[path+"[]"] = true
				}
				v.Set(old)
			case reflect.String:
				old := v.String()
				v.SetString(old + "x")
				if !noticed() {
					silent[path] = true
				}
				v.SetString(old)
			}
		}
		walk(reflect.ValueOf(f.Catalog).Elem(), "")
		for path := range silent {
			known := false
			for _, d := range derived {
				known = known || regexp.MustCompile(d+`(\[\]|/.*)?$`).MatchString(path)
			}
			if !known {
				t.Errorf("seed %d: a change of %s goes unnoticed", seed, path)
			}
		}
	}
	if tried < 3000 {
		t.Errorf("only %d changes were tried", tried)
	}
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
