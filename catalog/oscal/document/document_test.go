package document_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/document/documenttest"
)

// samples is the folder of NIST's published documents beside the repository.
const samples = "../../../../shared/oscal"

// published reads NIST's documents; the test is skipped where they are missing.
func published(t testing.TB) map[string][]byte {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(samples, "*", "*.json"))
	files = append(files, filepath.Join(samples, "basic-catalog.json"))
	out := map[string][]byte{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Skipf("SKIPPED, NIST's published documents are not there: %v", err)
		}
		out[filepath.Base(f)] = data
	}
	return out
}

// TestPublished reads NIST's documents strictly and writes them: nothing is lost.
func TestPublished(t *testing.T) {
	for name, data := range published(t) {
		f, problems := document.Decode(data, document.Options{Name: name})
		if len(problems) > 0 {
			t.Errorf("%v", problems)
			continue
		}
		f.Schema = ""
		out, err := document.Encode(f)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var want, got map[string]any
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		delete(want, "$schema")
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s: written, the document is not the one that was read", name)
		}
		if err := documenttest.Validate(out); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTypes compares the types with NIST's schema: the same keys, required where
// the schema requires them, with the form that it wants.
func TestTypes(t *testing.T) {
	data, err := documenttest.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Definitions map[string]map[string]any }
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	resolve := func(s map[string]any) map[string]any {
		for {
			ref, ok := s["$ref"].(string)
			if !ok {
				return s
			}
			id := ref[strings.LastIndexByte(ref, '/')+1:]
			found := schema.Definitions[id]
			for _, d := range schema.Definitions {
				if d["$id"] == ref {
					found = d
				}
			}
			if found == nil {
				t.Fatalf("the schema has no %s", ref)
			}
			s = found
		}
	}
	kinds := map[string]string{"TokenDatatype": "token", "UUIDDatatype": "uuid", "StringDatatype": "string", "URIDatatype": "uri",
		"URIReferenceDatatype": "reference", "DateTimeWithTimezoneDatatype": "datetime", "EmailAddressDatatype": "email", "Base64Datatype": "base64"}
	// kindOf finds the datatype in a definition of a text.
	var kindOf func(s map[string]any) string
	kindOf = func(s map[string]any) string {
		if ref, ok := s["$ref"].(string); ok {
			for name, kind := range kinds {
				if strings.HasSuffix(ref, "/"+name) {
					return kind
				}
			}
			return kindOf(resolve(s))
		}
		for _, key := range []string{"anyOf", "allOf"} {
			list, _ := s[key].([]any)
			for _, x := range list {
				if k := kindOf(x.(map[string]any)); k != "" {
					if p, ok := list[len(list)-1].(map[string]any); ok && p["pattern"] == "^.+@.+$" {
						return "email"
					}
					return k
				}
			}
		}
		if p, _ := s["pattern"].(string); p != "" {
			for name, kind := range kinds {
				if d := schema.Definitions[name]; d != nil && d["pattern"] == p {
					return kind
				}
			}
		}
		return ""
	}
	seen := map[reflect.Type]bool{}
	var compare func(path string, typ reflect.Type, s map[string]any, tag string)
	compare = func(path string, typ reflect.Type, s map[string]any, tag string) {
		switch typ.Kind() {
		case reflect.Pointer:
			compare(path, typ.Elem(), s, tag)
			return
		case reflect.Slice:
			compare(path+"[]", typ.Elem(), resolve(s)["items"].(map[string]any), tag)
			return
		case reflect.String:
			want := kindOf(s)
			if got := strings.TrimPrefix(strings.TrimPrefix(tag, "required"), ","); got != want {
				t.Errorf("%s: the form is %q, in the schema %q", path, got, want)
			}
			return
		case reflect.Struct:
		default:
			return
		}
		s = resolve(s)
		if seen[typ] {
			return
		}
		seen[typ] = true
		required := map[string]bool{}
		list, _ := s["required"].([]any)
		for _, r := range list {
			required[r.(string)] = true
		}
		props, _ := s["properties"].(map[string]any)
		have := map[string]bool{}
		for i := range typ.NumField() {
			f := typ.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			have[name] = true
			p, ok := props[name].(map[string]any)
			if !ok {
				t.Errorf("%s.%s is not in the schema", path, name)
				continue
			}
			if got := strings.Contains(f.Tag.Get("oscal"), "required"); got != required[name] {
				t.Errorf("%s.%s: required is %v, in the schema %v", path, name, got, required[name])
			}
			compare(path+"."+name, f.Type, p, f.Tag.Get("oscal"))
		}
		for name := range props {
			if !have[name] {
				t.Errorf("%s.%s of the schema has no field", path, name)
			}
		}
	}
	for name, typ := range map[string]reflect.Type{
		"oscal-complete-oscal-catalog:catalog":                           reflect.TypeFor[document.Catalog](),
		"oscal-complete-oscal-profile:profile":                           reflect.TypeFor[document.Profile](),
		"oscal-complete-oscal-component-definition:component-definition": reflect.TypeFor[document.ComponentDefinition](),
	} {
		s := schema.Definitions[name]
		if s == nil {
			t.Fatalf("the schema has no %s", name)
		}
		compare(name[strings.LastIndexByte(name, ':')+1:], typ, s, "")
	}
	if len(seen) < 40 {
		t.Errorf("only %d types were compared", len(seen))
	}
}

const head = `"uuid": "b4b1518e-cc0d-58c2-90ee-f4c105d43091",
"metadata": {"title": "T", "last-modified": "2026-01-31T00:00:00Z", "version": "1", "oscal-version": "1.1.3"}`

func TestProblems(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"not JSON", "{\n \"catalog\": {oops", `x.json:2:14: this is not JSON: invalid character 'o'`},
		{"cut", `{"catalog": {` + head, `the file ends within a JSON value`},
		{"empty", "", `x.json:1:1: the file ends within a JSON value`},
		{"other model", `{"system-security-plan": {}}`, `x.json:1:2: this is an OSCAL system-security-plan; what can be read is a catalog`},
		{"no model", `{"catalogue": {}}`, `"catalogue" is no OSCAL document that can be read: a catalog, a profile or a component-definition (did you mean "catalog"?)`},
		{"nothing", `{}`, `the file holds no OSCAL catalog`},
		{"two", `{"catalog": {` + head + `}, "profile": {` + head + `, "imports": [{"href": "#a"}]}}`, `more than one OSCAL document`},
		{"list", `[]`, `x.json:1:1: this must be an object, not a list`},
		{"null", `{"catalog": null}`, `x.json:1:13: this must be an object, not null`},
		{"unknown key", "{\"catalog\": {" + head + ",\n \"groops\": [{}]}}", `x.json:3:2: the key "groops" is not known here (did you mean "groups"?)`},
		{"twice", "{\"catalog\": {" + head + ",\n  \"metadata\": {}}}", `x.json:3:3: the key "metadata" stands twice`},
		{"missing", "{\"catalog\": {" + head + ",\n\"groups\": [{\"title\": \"G\", \"controls\": [{\"title\": \"日本\"}, {}]}]}}", `x.json:3:40: groups[0].controls[0]: the key "id" is missing`},
		{"missing, after Japanese", "{\"catalog\": {" + head + ",\n\"groups\": [{\"title\": \"G\", \"controls\": [{\"title\": \"日本\"}, {}]}]}}", `x.json:3:57: groups[0].controls[1]: the key "title" is missing`},
		{"token", `{"catalog": {` + head + `, "controls": [{"id": "8.6", "title": ""}]}}`, `controls[0].id: "8.6" must be a token`},
		{"uuid", `{"catalog": {` + strings.Replace(head, "b4b", "x4b", 1) + `}}`, `x.json:1:22: uuid: "x4b1518e-cc0d-58c2-90ee-f4c105d43091" must be a UUID`},
		{"date", `{"catalog": {` + strings.Replace(head, "T00:00:00Z", "", 1) + `}}`, `metadata.last-modified: "2026-01-31" must be a date with time`},
		{"one line", `{"catalog": {` + strings.Replace(head, `"version": "1"`, `"version": "1\n2"`, 1) + `}}`, `metadata.version: "1\n2" must be one line`},
		{"kind", `{"catalog": {` + head + `, "controls": [{"id": 8, "title": ["a"]}]}}`, `controls[0].title: this must be a text, not a list`},
		{"empty list", `{"catalog": {` + head + `, "controls": []}}`, `controls: the list is empty`},
		{"not UTF-8", "{\"catalog\":\n \"\xff\"}", `x.json:2:3: the file is not UTF-8 from here on`},
		{"something follows", `{"catalog": {` + head + "}}\n{}", `x.json:3:1: something follows the document`},
		{"deep", `{"catalog": {` + head + `, "groups": [` + strings.Repeat(`{"title": "", "groups": [`, 200), `more than 64 objects and lists`},
	}
	for _, tt := range tests {
		f, problems := document.Decode([]byte(tt.in), document.Options{Name: "x.json"})
		if f != nil || !strings.Contains(problems.Error(), tt.want) {
			t.Errorf("%s: got\n%v\nwant\n%s", tt.name, problems, tt.want)
		}
	}
}

func TestLenient(t *testing.T) {
	in := []byte(`{"catalog": {` + head + `, "controls": [{"id": "8.6", "title": "", "owner": {"a": [1, {"b": null}]}}], "groups": []}}`)
	f, problems := document.Decode(in, document.Options{Name: "x.json", Lenient: true})
	if f == nil || len(problems) != 3 || problems.HasErrors() || f.Catalog.Controls[0].ID != "8.6" {
		t.Errorf("got %v, %v", f, problems)
	}
}

func TestLimits(t *testing.T) {
	many := `{"catalog": {` + head + `, "controls": [` + strings.Repeat(`{"x": 1}, `, 5000) + `{}]}}`
	_, problems := document.Decode([]byte(many), document.Options{})
	if len(problems) < 100 || len(problems) > 103 {
		t.Errorf("%d problems", len(problems))
	}
	_, problems = document.Decode([]byte(many), document.Options{Name: "x.json", MaxSize: 1000})
	if got := problems.Error(); got != "x.json: the file has more than 1000 bytes" {
		t.Error(got)
	}
}

// TestEncodeRefuses checks that nothing is written that is no OSCAL.
func TestEncodeRefuses(t *testing.T) {
	tests := []struct {
		want   string
		change func(c *document.Catalog)
	}{
		{"catalog.controls[0].id: \"8\" must be a token", func(c *document.Catalog) { c.Controls = []document.Control{{ID: "8"}} }},
		{"catalog.uuid: \"\" must be a UUID", func(c *document.Catalog) { c.UUID = "" }},
		{"catalog.metadata.title: \"\\xff\" is not UTF-8", func(c *document.Catalog) { c.Metadata.Title = "\xff" }},
	}
	for _, tt := range tests {
		f := small()
		tt.change(f.Catalog)
		if _, err := document.Encode(f); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
	f := &document.File{Profile: &document.Profile{UUID: document.UUID("x"), Metadata: small().Catalog.Metadata}}
	if _, err := document.Encode(f); err == nil || !strings.Contains(err.Error(), "profile.imports: the list is empty") {
		t.Errorf("got %v", err)
	}
}

func small() *document.File {
	return &document.File{Catalog: &document.Catalog{UUID: document.UUID("catalog", "x"), Metadata: document.Metadata{
		Title: "<T> & 日本", LastModified: "2026-01-31T00:00:00Z", Version: "1", OSCALVersion: document.Version}}}
}

func TestEncode(t *testing.T) {
	out, err := document.Encode(small())
	want := `{
  "catalog": {
    "uuid": "` + document.UUID("catalog", "x") + `",
    "metadata": {
      "title": "<T> & 日本",
      "last-modified": "2026-01-31T00:00:00Z",
      "version": "1",
      "oscal-version": "1.1.3"
    }
  }
}
`
	if err != nil || string(out) != want {
		t.Errorf("got %s, %v", out, err)
	}
	if err := documenttest.Validate(out); err != nil {
		t.Error(err)
	}
}

// TestValidate checks that the schema is really applied.
func TestValidate(t *testing.T) {
	good, err := document.Encode(small())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range [][2]string{
		{`"version": "1"`, `"version": " 1"`},
		{`"version": "1"`, `"version": "1\u00a0"`},
		{`"version": "1"`, `"version": "1\u20282"`},
		{`"version": "1"`, `"versions": "1"`},
		{`2026-01-31T`, `2026-02-31T`},
		{`"uuid": "`, `"uuid": "a`},
	} {
		bad := bytes.Replace(good, []byte(tt[0]), []byte(tt[1]), 1)
		if documenttest.Validate(bad) == nil {
			t.Errorf("%s passes", tt[1])
		}
	}
}

// TestUUID compares with UUIDs that another program made (Python's uuid.uuid5).
func TestUUID(t *testing.T) {
	if got, want := document.UUID("catalog", "cloud-risk-guide"), "bd60d3bf-748f-577c-a013-3e92760da76e"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if document.UUID("a", "bc") == document.UUID("ab", "c") {
		t.Error("two names have one UUID")
	}
}

func TestToken(t *testing.T) {
	for in, want := range map[string]string{"8.6.1.1": "c-8.6.1.1", "C.1.1.1": "C.1.1.1", "H05-03": "H05-03", "ENISA 09": "c-ENISA_09", "": "c-", "日本": "日本", "_x": "_x", "-x": "c--x"} {
		got := document.Token("c-", in)
		if got != want || !document.IsToken(got) {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	param := func(name string) (string, bool) { return "c-1_" + name, name == "days" }
	name := func(id string) (string, bool) { return strings.CutPrefix(id, "c-1_") }
	tests := []struct{ in, want string }{
		{"装置を二重に置く。", "装置を二重に置く。"},
		{"[ENISA 09]による", "[ENISA 09]による"},
		{"[a](b) [c]: d", `[a\](b) [c\]: d`},
		{"{days} 日以内、{hours} 時間", "{{ insert: param, c-1_days }} 日以内、{hours} 時間"},
		{"{{days}}", `\{{{ insert: param, c-1_days }}}`},
		{"{{ insert: param, c-1_days }}", `\{{ insert: param, c-1\_days }}`},
		{"2*3 a_b ~x^ <b> `c` \\", "2\\*3 a\\_b \\~x\\^ \\<b> \\`c\\` \\\\"},
		{"1. a\n- b\n# c\n  + d\n2) e\n> f\n1.5 g", "1\\. a\n\\- b\n\\# c\n  \\+ d\n2\\) e\n\\> f\n1\\.5 g"},
		{"a - b # c + d 1. e", "a - b # c + d 1. e"},
		{"A&B &amp; &#x41; &", `A&B \&amp; \&#x41; &`},
		{"===\na | b", "\\===\na \\| b"},
	}
	for _, tt := range tests {
		got := document.Escape(tt.in, param)
		if got != tt.want {
			t.Errorf("%q becomes\n%q, want\n%q", tt.in, got, tt.want)
		}
		if back := document.Unescape(got, name); back != tt.in {
			t.Errorf("%q comes back as %q", tt.in, back)
		}
	}
	if got := document.Inserts("a {{insert:param,x}} \\{{ insert: param, y }} {{ insert: param, c-1_days }} {{ insert: other, z }}"); !reflect.DeepEqual(got, []string{"x", "c-1_days"}) {
		t.Errorf("got %q", got)
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{"{days}", "{{days}}", "{{ insert: param, c-1_days }}", "\\{days}", "a\n1. b", "&#1;", "]([", "\\\\*"} {
		f.Add(s)
	}
	param := func(name string) (string, bool) { return "c-1_" + name, name == "days" || name == "x" }
	name := func(id string) (string, bool) { return strings.CutPrefix(id, "c-1_") }
	f.Fuzz(func(t *testing.T, s string) {
		e := document.Escape(s, param)
		if back := document.Unescape(e, name); back != s {
			t.Errorf("%q is written as %q and comes back as %q", s, e, back)
		}
		for _, id := range document.Inserts(e) {
			if !strings.HasPrefix(id, "c-1_") {
				t.Errorf("%q inserts %q", e, id)
			}
		}
	})
}

// FuzzDecode checks that no input makes the decoder fail or write something else
// than it read.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"catalog": {` + head + `, "groups": [{"title": "G", "parts": [{"name": "x", "prose": "\ud800"}]}]}}`))
	f.Add([]byte(`{"profile": {` + head + `, "imports": [{"href": "#a", "include-all": {}}], "merge": {"as-is": true}}}`))
	f.Add([]byte(`{"component-definition": {` + head + `, "components": [{}]}}`))
	f.Add([]byte("\ufeff[{]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, lenient := range []bool{true, false} {
			file, problems := document.Decode(data, document.Options{Name: "x", MaxSize: 1 << 20, Lenient: lenient})
			if (file == nil) != problems.HasErrors() {
				t.Fatalf("a file: %v, problems: %v", file != nil, problems)
			}
			if file == nil || lenient {
				continue
			}
			out, err := document.Encode(file)
			if err != nil {
				t.Fatalf("what was read cannot be written: %v", err)
			}
			again, problems := document.Decode(out, document.Options{})
			if again == nil {
				t.Fatalf("what was written cannot be read: %v\n%s", problems, out)
			}
			second, err := document.Encode(again)
			if err != nil || !bytes.Equal(out, second) {
				t.Fatalf("written again it differs: %v", err)
			}
		}
	})
}

// TestAnyText checks that every text of Unicode comes through writing and reading.
func TestAnyText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		f := small()
		var b strings.Builder
		for range r.IntN(20) {
			c := rune(r.IntN(0x11000))
			if c >= 0xd800 && c < 0xe000 {
				continue
			}
			b.WriteRune(c)
		}
		f.Catalog.Metadata.Remarks = b.String()
		out, err := document.Encode(f)
		if err != nil {
			t.Fatal(err)
		}
		back, problems := document.Decode(out, document.Options{})
		if back == nil || back.Catalog.Metadata.Remarks != b.String() {
			t.Fatalf("%q does not come back: %v", b.String(), problems)
		}
	}
}
