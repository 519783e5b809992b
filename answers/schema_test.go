package answers_test

import (
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"riskguide/answers"
	"riskguide/catalog/schema"
	"riskguide/catalog/schema/schematest"
)

// TestSchema: the schema that a file of answers names allows what is written, and
// not what is misspelt.
func TestSchema(t *testing.T) {
	f, ok := schema.Lookup("answers")
	if !ok || path.Base(answers.SchemaFile) != f.Name {
		t.Fatalf("there is no schema %s", answers.SchemaFile)
	}
	s := schematest.Compile(t, f.Name, f.Data)
	validate := func(data string) error {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(data), &n); err != nil {
			t.Fatal(err)
		}
		return s.Validate(plain(&n))
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		data, err := answers.Write(randomSet(r))
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(string(data)); err != nil {
			t.Fatalf("%v\n%.1000s", err, data)
		}
	}
	const good = "supplier: acme\nround: 1\npack: {id: p}\nanswers:\n  - requirement: 8.6.1.1\n    status: planned\n    planned: 2027-01-31\n"
	if err := validate(good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range [][2]string{{"supplier", "suplier"}, {"round: 1", "round: 0"}, {"{id: p}", "{}"}, {"status: planned", "status: plan"},
		{"2027-01-31", "2027-02-31"}, {"requirement:", "id:"}} {
		if err := validate(strings.Replace(good, tt[0], tt[1], 1)); err == nil {
			t.Errorf("the schema allows %q", tt[1])
		}
	}
}

// plain turns YAML into what JSON would say; dates are strings.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []any{}
		for _, c := range n.Content {
			l = append(l, plain(c))
		}
		return l
	}
	if n.Tag == "!!int" {
		var i int
		_ = n.Decode(&i)
		return i
	}
	return n.Value
}
