package oscal_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"riskguide/catalog/oscal"
	"riskguide/catalog/oscal/document"
)

// mutate changes a JSON value at random places: drops, doubles and swaps parts of
// it and puts odd strings in.
func mutate(r *rand.Rand, v any) any {
	odd := []string{"", " ", "{{ insert: param, ga-1_prm_1 }}", "{{ insert: param, nope }}", "{ga-1_prm_1}", "}}{{", "con", "GA-1", "ga-1", "ga-2", "#ga-1", "#ga-3",
		"a\n\nb", "\u0000", "\uFFFC", "a\u2028b", "*x*", `\`, "- a\n- b", "1.1", "管理", strings.Repeat("long ", 40), "_", "<b>", "[x](#y)", "true", "a: b", "#", "{{ insert: param, ga-1.1_prm_1 }}"}
	switch x := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(x) {
			switch r.IntN(200) {
			case 0:
				delete(x, k)
			default:
				x[k] = mutate(r, x[k])
			}
		}
	case []any:
		if len(x) > 0 && r.IntN(12) == 0 {
			x = append(x, clone(x[r.IntN(len(x))]))
		}
		if len(x) > 1 && r.IntN(12) == 0 {
			i, j := r.IntN(len(x)), r.IntN(len(x))
			x[i], x[j] = x[j], x[i]
		}
		for i := range x {
			x[i] = mutate(r, x[i])
		}
		return x
	case string:
		if r.IntN(30) == 0 {
			return odd[r.IntN(len(odd))]
		}
	}
	return v
}

func sortedKeys(m map[string]any) []string {
	data, _ := json.Marshal(m) // sorts keys
	d := json.NewDecoder(strings.NewReader(string(data)))
	var keys []string
	depth := 0
	key := false
	for {
		t, err := d.Token()
		if err != nil {
			return keys
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
			key = depth == 1
			continue
		case json.Delim('}'), json.Delim(']'):
			depth--
			key = depth == 1
			continue
		}
		if depth == 1 {
			if key {
				keys = append(keys, t.(string))
			}
			key = !key
		}
	}
}

func clone(v any) any {
	data, _ := json.Marshal(v)
	var out any
	_ = json.Unmarshal(data, &out)
	return out
}

// TestMutatedDocuments reads documents that are the invented ones with random
// changes: what can be read becomes a guide and profile without errors.
func TestMutatedDocuments(t *testing.T) {
	rounds := uint64(300)
	if testing.Short() {
		rounds = 100
	}
	guides, profiles := 0, 0
	for _, name := range []string{"harbour-catalog.json", "quay-profile.json"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range rounds {
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			changed, _ := json.Marshal(mutate(rand.New(rand.NewPCG(seed, 7)), v))
			doc, _ := document.Decode(changed, document.Options{Name: name, Lenient: true})
			switch {
			case doc == nil:
			case doc.Catalog != nil:
				if x, _ := oscal.ReadForeign(doc.Catalog, oscal.ForeignOptions{}); x != nil {
					guides++
					sound(t, x.Source)
				}
			case doc.Profile != nil:
				x, _ := oscal.ReadForeign(harbour(t).Catalog, oscal.ForeignOptions{})
				if p, _ := x.Profile(doc.Profile, "p"); p != nil {
					profiles++
					tailored(t, sound(t, x.Source), p)
				}
			}
			if t.Failed() {
				t.Fatalf("seed %d of %s:\n%s", seed, name, changed)
			}
		}
	}
	if guides < 20 || profiles < 20 {
		t.Errorf("only %d guides and %d profiles could be read", guides, profiles)
	}
	t.Log(guides, profiles)
}
