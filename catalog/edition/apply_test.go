package edition_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/synthetic"
)

func load(t testing.TB) *catalog.Source {
	t.Helper()
	src, ps := catalog.LoadSource(context.Background(), os.DirFS("../testdata/small"), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	// Statements with items and enhancements, which the small guide has none of.
	standard, ps := catalog.LoadSource(context.Background(), os.DirFS("../testdata/standard"), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	src.Clauses = append(src.Clauses, standard.Clauses...)
	return src
}

// plain brings a source into the form in which two of them can be compared with
// reflect.DeepEqual: without positions, runs, links, empty lists and texts.
func plain(src *catalog.Source) *catalog.Source {
	out := copied(reflect.ValueOf(src)).Interface().(*catalog.Source)
	for _, r := range out.Risks {
		for _, m := range r.Measures {
			m.Controls = unfolded(m.Controls, src)
		}
	}
	return out
}

func unfolded(cs []catalog.SourceControlCitation, src *catalog.Source) []catalog.SourceControlCitation {
	var out []catalog.SourceControlCitation
	for _, c := range cs {
		run := []catalog.SourceControlCitation{c}
		for _, cl := range src.Clauses {
			var ids []string
			for _, x := range cl.Controls {
				ids = append(ids, x.ID)
			}
			slices.SortStableFunc(ids, catalog.CompareIDs)
			i, j := slices.Index(ids, c.ID), slices.Index(ids, c.Through)
			if i < 0 || j < i || c.Through == "" {
				continue
			}
			run = nil
			for _, id := range ids[i : j+1] {
				x := c
				x.ID, x.Through = id, ""
				run = append(run, x)
			}
			break
		}
		out = append(out, run...)
	}
	return out
}

// copied copies a value deeply, without positions and what links a catalog.
func copied(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(copied(v.Elem()))
		}
	case reflect.Slice:
		for i := range v.Len() {
			out.Set(reflect.Append(out, copied(v.Index(i))))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if x := v.MapIndex(k); !x.IsZero() {
				if out.IsNil() {
					out.Set(reflect.MakeMap(v.Type()))
				}
				out.SetMapIndex(k, x)
			}
		}
	case reflect.Struct:
		if v.Type().PkgPath() == "time" {
			return v
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Type != reflect.TypeFor[catalog.Position]() && (f.Name != "Parent" || f.Type == reflect.TypeFor[catalog.Ref]()) {
				out.Field(i).Set(copied(v.Field(i)))
			}
		}
	default:
		return v
	}
	return out
}

// checkApply fails if the changes from a to b, applied to a, do not give b.
func checkApply(t *testing.T, what string, a, b *catalog.Source) []edition.Change {
	t.Helper()
	before := plain(a)
	changes := edition.Compare(a, b)
	got, err := edition.Apply(a, changes)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if x, y := plain(got), plain(b); !reflect.DeepEqual(x, y) {
		t.Fatalf("%s: the changes applied to the old source do not give the new one:\n%s", what, firstDifference("", reflect.ValueOf(x), reflect.ValueOf(y)))
	}
	if !reflect.DeepEqual(before, plain(a)) {
		t.Fatalf("%s: the old source was changed", what)
	}
	if again := edition.Compare(a, b); !reflect.DeepEqual(changes, again) {
		t.Fatalf("%s: two comparisons differ", what)
	}
	return changes
}

func firstDifference(at string, x, y reflect.Value) string {
	switch {
	case reflect.DeepEqual(x.Interface(), y.Interface()):
		return ""
	case x.Kind() == reflect.Pointer && !x.IsNil() && !y.IsNil():
		return firstDifference(at, x.Elem(), y.Elem())
	case x.Kind() == reflect.Struct:
		for i := range x.NumField() {
			if x.Type().Field(i).IsExported() {
				if d := firstDifference(at+"."+x.Type().Field(i).Name, x.Field(i), y.Field(i)); d != "" {
					return d
				}
			}
		}
	case x.Kind() == reflect.Slice && x.Len() == y.Len():
		for i := range x.Len() {
			if d := firstDifference(fmt.Sprintf("%s[%d]", at, i), x.Index(i), y.Index(i)); d != "" {
				return d
			}
		}
	}
	return fmt.Sprintf("%s: %+v, want %+v", at, x.Interface(), y.Interface())
}

// mutator changes a source at random places.
type mutator struct {
	*rand.Rand
	n int
}

func (m *mutator) fresh(prefix string) string { m.n++; return fmt.Sprintf("%s%d", prefix, 1000+m.n) }

func pick[T any](m *mutator, list []T) (x T) {
	if len(list) > 0 {
		x = list[m.IntN(len(list))]
	}
	return x
}

// text changes one wording, or takes away or adds one.
func (m *mutator) text(t *catalog.Text) {
	values := map[catalog.Lang]string{}
	for l, s := range t.Values {
		values[l] = s
	}
	l := pick(m, []catalog.Lang{"ja", "en"})
	switch {
	case values[l] == "":
		values[l] = "added"
	case m.IntN(3) == 0:
		delete(values, l)
	case m.IntN(5) == 0:
		values[l] = ""
	default:
		values[l] += pick(m, []string{"を含む", "。ただし書き", " more", "👨‍👩‍👧", "\n次の行"})
	}
	t.Values = values
}

// reorder changes a list: drops, repeats, swaps or shuffles elements.
func reorder[T any](m *mutator, list []T) []T {
	out := append([]T(nil), list...)
	if len(out) == 0 {
		return out
	}
	i, j := m.IntN(len(out)), m.IntN(len(out))
	switch m.IntN(5) {
	case 0:
		return append(out[:i], out[i+1:]...)
	case 1:
		return append(out, out[i])
	case 2:
		m.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	default:
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// anyStruct changes a random field of a struct: whatever the types of package
// catalog hold is reached this way, also what is added to them.
func (m *mutator) anyStruct(v reflect.Value) {
	f := v.Field(m.IntN(v.NumField()))
	if !f.CanSet() || f.Type() == reflect.TypeFor[catalog.Position]() {
		return
	}
	switch x := f.Addr().Interface().(type) {
	case *catalog.Text:
		m.text(x)
		return
	case *catalog.Ref:
		x.ID = pick(m, []string{"", "physical", "function", "H01-01", "H01-O1", "high", m.fresh("ref-")})
		return
	}
	switch f.Kind() {
	case reflect.Bool:
		f.SetBool(!f.Bool())
	case reflect.Int:
		f.SetInt(int64(m.IntN(50)))
	case reflect.String:
		if name := v.Type().Name(); !strings.Contains(name, "Citation") || m.IntN(2) == 0 {
			f.SetString(m.fresh("x"))
		}
	case reflect.Slice:
		if f.Len() == 0 {
			return
		}
		e := f.Index(m.IntN(f.Len()))
		switch m.IntN(5) {
		case 0: // drop
			out := reflect.MakeSlice(f.Type(), 0, f.Len())
			for i := range f.Len() {
				if f.Index(i) != e {
					out = reflect.Append(out, f.Index(i))
				}
			}
			f.Set(out)
		case 1: // a copy under another id
			c := copied(e)
			if s := reflect.Indirect(c); s.Kind() == reflect.Struct && s.FieldByName("ID").IsValid() && m.IntN(4) > 0 {
				s.FieldByName("ID").SetString(m.fresh("N"))
			}
			f.Set(reflect.Append(f, c))
		case 2:
			i, j := m.IntN(f.Len()), m.IntN(f.Len())
			x, y := f.Index(i).Interface(), f.Index(j).Interface()
			f.Index(i).Set(reflect.ValueOf(y))
			f.Index(j).Set(reflect.ValueOf(x))
		default:
			if s := reflect.Indirect(e); s.Kind() == reflect.Struct {
				m.anyStruct(s)
			}
		}
	case reflect.Pointer:
		if !f.IsNil() && v.Type().Field(0).Name != "Parent" && f.Type() != reflect.TypeFor[*catalog.Layer]() {
			m.anyStruct(f.Elem())
		}
	}
}

// mutate changes the source once.
func (m *mutator) mutate(s *catalog.Source) {
	r := pick(m, s.Risks)
	if r == nil {
		return
	}
	switch m.IntN(16) {
	case 12, 13, 14: // texts
		m.text(&r.Name)
		if x := pick(m, r.Measures); x != nil {
			m.text(&x.Text)
		}
		if cl := pick(m, s.Clauses); cl != nil && len(cl.Controls) > 0 {
			m.text(&pick(m, cl.Controls).Statement)
		}
	case 0: // a measure goes to another risk
		to := pick(m, s.Risks)
		if len(r.Measures) > 0 {
			x := r.Measures[0]
			r.Measures = r.Measures[1:]
			to.Measures = append(to.Measures, x)
		}
	case 1: // a control goes to another clause
		from, to := pick(m, s.Clauses), pick(m, s.Clauses)
		if from != nil && len(from.Controls) > 0 {
			x := from.Controls[len(from.Controls)-1]
			from.Controls = from.Controls[:len(from.Controls)-1]
			to.Controls = append(to.Controls, x)
		}
	case 2: // a measure is replaced by a new one that all cite
		if x := pick(m, r.Measures); x != nil {
			m.replace(s, x.ID, m.fresh(r.ID+"-"))
		}
	case 3: // a control likewise
		if cl := pick(m, s.Clauses); cl != nil && len(cl.Controls) > 0 {
			m.replace(s, pick(m, cl.Controls).ID, m.fresh(cl.ID+"."))
		}
	case 4: // a measure is merged into another one
		if x, to := pick(m, r.Measures), pick(m, r.Measures); x != nil && x != to {
			s.Retired = append(s.Retired, &catalog.Retirement{ID: x.ID, ReplacedBy: []string{to.ID}, Edition: "9"})
			r.Measures = append([]*catalog.SourceMeasure(nil), r.Measures...)
			for i := range r.Measures {
				if r.Measures[i] == x {
					r.Measures = append(r.Measures[:i], r.Measures[i+1:]...)
					break
				}
			}
		}
	case 5: // a layer goes below another one
		if ls := s.Guide.Layers; len(ls) > 1 {
			s.Guide.Layers = append([]*catalog.Layer(nil), ls[1:]...)
			s.Guide.Layers[0].Children = append(s.Guide.Layers[0].Children, ls[0])
		}
	case 15: // items of a statement
		if cl := s.Clauses[len(s.Clauses)-1-m.IntN(min(3, len(s.Clauses)))]; len(cl.Controls) > 0 {
			if c := cl.Controls[0]; len(c.Items) > 0 {
				m.anyStruct(reflect.ValueOf(pick(m, c.Items)).Elem())
				c.Items = reorder(m, c.Items)
			}
		}
	case 6:
		r.Rows = reorder(m, r.Rows)
	case 7:
		r.Description = reorder(m, r.Description)
	case 8:
		s.Risks = reorder(m, s.Risks)
	default:
		m.anyStruct(reflect.ValueOf(s).Elem())
		m.anyStruct(reflect.ValueOf(r).Elem())
	}
}

// replace gives a thing another id, in all that cites it, and retires the old one.
func (m *mutator) replace(s *catalog.Source, old, new string) {
	s.Retired = append(s.Retired, &catalog.Retirement{ID: old, ReplacedBy: []string{new}, Edition: "9"})
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() && v.Type() != reflect.TypeFor[*catalog.Retirement]() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() && (f.Name != "Parent" || f.Type == reflect.TypeFor[catalog.Ref]()) {
					walk(v.Field(i))
				}
			}
		case reflect.String:
			if v.String() == old && v.CanSet() {
				v.SetString(new)
			}
		}
	}
	walk(reflect.ValueOf(s))
}

func clone(s *catalog.Source) *catalog.Source {
	out := copied(reflect.ValueOf(s)).Interface().(*catalog.Source)
	for _, l := range out.Guide.AllLayers() {
		for _, c := range l.Children {
			c.Parent = l
		}
	}
	return out
}

// TestApply makes random editions and checks that the changes between two of
// them hold everything that differs.
func TestApply(t *testing.T) {
	base := load(t)
	seen := map[edition.Kind]int{}
	rounds := 300
	if testing.Short() {
		rounds = 100
	}
	for seed := range rounds {
		m := &mutator{Rand: rand.New(rand.NewPCG(uint64(seed), 4))}
		src := base
		if seed%50 == 0 {
			src = synthetic.Scale(base, 3)
		}
		a := clone(src)
		for range m.IntN(6) {
			m.mutate(a)
		}
		b := clone(a)
		for range 1 + m.IntN(12) {
			m.mutate(b)
		}
		for _, c := range checkApply(t, fmt.Sprintf("seed %d", seed), a, b) {
			seen[c.Kind]++
			if c.Level == "" {
				t.Fatalf("seed %d: %s has no level", seed, c)
			}
		}
		checkApply(t, fmt.Sprintf("seed %d, back", seed), b, a)
		if n := len(edition.Compare(a, a)); n > 0 {
			t.Fatalf("seed %d: a source differs from itself by %d changes", seed, n)
		}
	}
	for _, k := range edition.Kinds() {
		if seen[k] == 0 {
			t.Errorf("no random edition had a change of kind %s", k)
		}
	}
	t.Log(seen)
}

// TestEveryFieldIsCompared changes each field of a source by itself: a field that
// is added to the types of package catalog must not be passed over.
func TestEveryFieldIsCompared(t *testing.T) {
	base := load(t)
	n := 0
	var walk func(path string, at func(s *catalog.Source) reflect.Value)
	walk = func(path string, at func(s *catalog.Source) reflect.Value) {
		v := at(base)
		check := func(change func(v reflect.Value)) {
			t.Helper()
			n++
			b := clone(base)
			change(at(b))
			if len(checkApply(t, path, clone(base), b)) == 0 {
				t.Errorf("%s: a change is not noticed", path)
			}
		}
		if v.Type() == reflect.TypeFor[catalog.Position]() || v.Type() == reflect.TypeFor[*catalog.Layer]() && strings.HasSuffix(path, ".Parent") {
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(path, func(s *catalog.Source) reflect.Value { return at(s).Elem() })
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), func(s *catalog.Source) reflect.Value { return at(s).Index(i) })
			}
			if v.Len() > 0 {
				check(func(v reflect.Value) { v.Set(v.Slice(0, v.Len()-1)) })
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				check(func(v reflect.Value) { v.SetMapIndex(k, reflect.ValueOf("other")) })
			}
		case reflect.Struct:
			if v.Type().PkgPath() == "time" {
				check(func(v reflect.Value) { v.Set(reflect.ValueOf(base.Guide.Date.AddDate(0, 0, 1))) })
				return
			}
			for i := range v.NumField() {
				if f := v.Type().Field(i); f.IsExported() {
					walk(path+"."+f.Name, func(s *catalog.Source) reflect.Value { return at(s).Field(i) })
				}
			}
		case reflect.String:
			check(func(v reflect.Value) { v.SetString(v.String() + "9") })
		case reflect.Int:
			check(func(v reflect.Value) { v.SetInt(v.Int() + 1) })
		case reflect.Bool:
			check(func(v reflect.Value) { v.SetBool(!v.Bool()) })
		}
	}
	walk("Source", func(s *catalog.Source) reflect.Value { return reflect.ValueOf(s).Elem() })
	if n < 300 {
		t.Errorf("only %d fields were changed", n)
	}
}

func TestApplyRefusesWhatDoesNotFit(t *testing.T) {
	a, b := load(t), load(t)
	b.Risks[0].Measures[0].Text = catalog.NewText("ja", "別の対策")
	b.Risks[0].Measures = b.Risks[0].Measures[:3]
	changes := edition.Compare(a, b)
	if _, err := edition.Apply(b, changes); err == nil {
		t.Error("changes were applied to a source that they do not start from")
	}
}

func BenchmarkCompare(b *testing.B) {
	base := load(b)
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%dx", n), func(b *testing.B) {
			old := synthetic.Scale(base, n)
			m := &mutator{Rand: rand.New(rand.NewPCG(1, 1))}
			new := clone(old)
			for range 5 * n {
				m.anyStruct(reflect.ValueOf(pick(m, new.Risks)).Elem())
			}
			b.ReportAllocs()
			for b.Loop() {
				edition.Compare(old, new)
			}
		})
	}
}
