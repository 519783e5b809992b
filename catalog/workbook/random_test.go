package workbook_test

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/workbook"
)

// change is an edit of a workbook and what it means for the guide.
type change struct {
	book  func(b *book)
	model func(s *catalog.Source)
	// lines is the number of lines that a file may lose and gain by it.
	lines int
}

// changer makes random changes. Each touches something that no other one does.
type changer struct {
	r    *rand.Rand
	src  *catalog.Source // as exported
	used map[string]bool
	n    int
}

func (c *changer) once(key string) bool {
	old := c.used[key]
	c.used[key] = true
	return !old
}

func (c *changer) word() string {
	c.n++
	w := odd[c.r.IntN(len(odd))]
	if strings.Contains(w, "_x") {
		w = "~" // excelize does not write it as Excel does, where somebody types it
	}
	return fmt.Sprintf("%s [%d]", w, c.n)
}

// set is a wording that changes, comes, or goes where another language has one.
func (c *changer) set(t *catalog.Text) (lang catalog.Lang, s string) {
	lang = []catalog.Lang{"ja", "en"}[c.r.IntN(2)]
	other := map[catalog.Lang]catalog.Lang{"ja": "en", "en": "ja"}[lang]
	if c.r.IntN(5) == 0 && t.Has(other) {
		return lang, ""
	}
	return lang, c.word()
}

func put(t *catalog.Text, lang catalog.Lang, s string) {
	v := maps.Clone(t.Values)
	if v == nil {
		v = map[catalog.Lang]string{}
	}
	if v[lang] = s; s == "" {
		delete(v, lang)
	}
	t.Values = v
}

func risk(s *catalog.Source, id string) *catalog.SourceRisk {
	return s.Risks[slices.IndexFunc(s.Risks, func(r *catalog.SourceRisk) bool { return r.ID == id })]
}

func measure(s *catalog.Source, id string) *catalog.SourceMeasure {
	r := risk(s, strings.Split(id, "-")[0])
	return r.Measures[slices.IndexFunc(r.Measures, func(m *catalog.SourceMeasure) bool { return m.ID == id })]
}

// change makes one, or nothing.
func (c *changer) change() *change {
	s := c.src
	r := s.Risks[c.r.IntN(len(s.Risks))]
	if len(r.Measures) == 0 {
		return nil
	}
	m := r.Measures[c.r.IntN(len(r.Measures))]
	switch c.r.IntN(9) {
	case 0: // the text of a measure
		lang, w := c.set(&m.Text)
		if m.WordingOf.ID != "" || len(m.Gaps) > 0 || !c.once(m.ID+" text") {
			return nil
		}
		return &change{func(b *book) { b.set(workbook.Measures, m.ID, "text."+string(lang), w) },
			func(s *catalog.Source) { put(&measure(s, m.ID).Text, lang, w) }, 12}
	case 1: // a statement
		cl := s.Clauses[c.r.IntN(len(s.Clauses))]
		i := c.r.IntN(len(cl.Controls))
		id := cl.Controls[i].ID
		lang, w := c.set(&cl.Controls[i].Statement)
		if !c.once(id) {
			return nil
		}
		return &change{func(b *book) { b.set(workbook.Controls, id, "statement."+string(lang), w) }, func(s *catalog.Source) {
			for _, cl := range s.Clauses {
				for _, x := range cl.Controls {
					if x.ID == id {
						put(&x.Statement, lang, w)
					}
				}
			}
		}, 12}
	case 2: // a threat, an objective
		if len(r.Threats) == 0 {
			return nil
		}
		i := c.r.IntN(len(r.Threats))
		lang, w := c.set(&r.Threats[i].Text)
		if !c.once(r.Threats[i].ID) {
			return nil
		}
		return &change{func(b *book) { b.set(workbook.Threats, r.Threats[i].ID, "text."+string(lang), w) },
			func(s *catalog.Source) { put(&risk(s, r.ID).Threats[i].Text, lang, w) }, 12}
	case 3: // the name of a risk
		lang, w := c.set(&r.Name)
		w = strings.ReplaceAll(w, "\n", " ")
		if !c.once(r.ID + " name") {
			return nil
		}
		return &change{func(b *book) { b.set(workbook.Risks, r.ID, "name."+string(lang), w) },
			func(s *catalog.Source) { put(&risk(s, r.ID).Name, lang, w) }, 12}
	case 4: // a citation more
		cl := s.Clauses[c.r.IntN(len(s.Clauses))]
		id := cl.Controls[c.r.IntN(len(cl.Controls))].ID
		if m.ControlsOf.ID != "" || len(m.Gaps) > 0 || !c.once(m.ID+" controls") {
			return nil
		}
		return &change{func(b *book) {
			b.set(workbook.Measures, m.ID, "controls", b.get(workbook.Measures, m.ID, "controls")+"、 "+id)
		}, func(s *catalog.Source) {
			x := measure(s, m.ID)
			x.Controls = append(x.Controls, catalog.SourceControlCitation{ID: id})
		}, 4}
	case 5: // a citation less, the first
		if m.ControlsOf.ID != "" || len(m.Controls) < 2 || m.Controls[0].Through != "" || !c.once(m.ID+" controls") {
			return nil
		}
		return &change{func(b *book) {
			_, rest, _ := strings.Cut(b.get(workbook.Measures, m.ID, "controls"), ",")
			b.set(workbook.Measures, m.ID, "controls", rest)
		}, func(s *catalog.Source) {
			x := measure(s, m.ID)
			x.Controls = x.Controls[1:]
		}, 12}
	case 6: // another residual risk
		if len(r.Residuals) == 0 || len(m.Gaps) > 0 || !c.once(m.ID+" residuals") {
			return nil
		}
		id := r.Residuals[c.r.IntN(len(r.Residuals))].ID
		return &change{func(b *book) { b.set(workbook.Measures, m.ID, "residuals", strings.ToLower(id)) },
			func(s *catalog.Source) { measure(s, m.ID).Residuals = []catalog.Ref{{ID: id}} }, 8}
	case 7: // another layer, of a measure with one row
		var rows []int
		for i, row := range r.Rows {
			if row.Measure.ID == m.ID {
				rows = append(rows, i)
			}
		}
		layers := s.Guide.TableLayers()
		to := layers[c.r.IntN(len(layers))]
		if len(rows) != 1 || r.Rows[rows[0]].Layer.ID == to.ID || !c.once(r.ID+" rows") {
			return nil
		}
		return &change{func(b *book) { b.set(workbook.Measures, m.ID, "layer", to.Name.Values["ja"]) },
			func(s *catalog.Source) {
				x := risk(s, r.ID)
				row := x.Rows[rows[0]]
				row.Layer = catalog.Ref{ID: to.ID}
				x.Rows = slices.Delete(x.Rows, rows[0], rows[0]+1)
				rank := map[string]int{}
				for i, l := range layers {
					rank[l.ID] = i
				}
				at := 0
				for i, o := range x.Rows {
					if rank[o.Layer.ID] <= rank[to.ID] {
						at = i + 1
					}
				}
				x.Rows = slices.Insert(x.Rows, at, row)
			}, 60}
	}
	// A new measure.
	if len(r.Residuals) == 0 {
		return nil
	}
	if !c.once(r.ID + " rows") {
		return nil
	}
	w, layer := c.word(), r.Rows[len(r.Rows)-1].Layer.ID
	control := s.Clauses[0].Controls[0].ID
	last := 0
	for _, id := range append(measureIDs(r), retiredIDs(s)...) {
		var n int
		if _, err := fmt.Sscanf(id, r.ID+"-%d", &n); err == nil {
			last = max(last, n)
		}
	}
	id := fmt.Sprintf("%s-%02d", r.ID, last+1)
	return &change{func(b *book) {
		b.add(workbook.Measures, "risk", r.ID, "layer", layer, "text.en", w, "controls", control, "residuals", r.Residuals[0].ID)
	}, func(s *catalog.Source) {
		x := risk(s, r.ID)
		x.Measures = append(x.Measures, &catalog.SourceMeasure{ID: id, Text: text("", w),
			Controls: []catalog.SourceControlCitation{{ID: control}}, Residuals: []catalog.Ref{{ID: r.Residuals[0].ID}}})
		x.Rows = append(x.Rows, &catalog.SourceRow{Layer: catalog.Ref{ID: layer}, Measure: catalog.Ref{ID: id}})
	}, 20}
}

func measureIDs(r *catalog.SourceRisk) (out []string) {
	for _, m := range r.Measures {
		out = append(out, m.ID)
	}
	return out
}

func retiredIDs(s *catalog.Source) (out []string) {
	for _, r := range s.Retired {
		out = append(out, r.ID)
	}
	return out
}

// TestRandomEdits: of any changes of a workbook comes what they mean, and no more;
// the files lose and gain a few lines for each.
func TestRandomEdits(t *testing.T) {
	applied := 0
	for name, fsys := range contents(t) {
		if name == "standard" {
			continue // without risks
		}
		t.Run(name, func(t *testing.T) {
			src := source(t, fsys)
			data := export(t, fsys).bytes()
			rounds := 2
			if name == "small" || name == "shipped" {
				rounds = 4
			}
			for round := range rounds {
				c := &changer{r: rand.New(rand.NewPCG(uint64(round), uint64(len(data)))), src: src, used: map[string]bool{}}
				b := open(t, data)
				want, err := edition.Apply(src, nil)
				if err != nil {
					t.Fatal(err)
				}
				budget, changed := 0, 0
				for range 12 {
					x := c.change()
					if x == nil {
						continue
					}
					x.book(b)
					x.model(want)
					budget += x.lines
					changed++
				}
				res := importInto(t, b.bytes(), fsys, workbook.Options{})
				if len(res.Conflicts) > 0 {
					t.Fatal(res.Conflicts)
				}
				if _, ps := catalog.Assemble(want); ps.HasErrors() {
					// Such as a layer that has no rows any more: it is refused.
					if !res.Problems.HasErrors() {
						t.Fatalf("what is wrong was taken over: %v", ps.ErrorsOnly())
					}
					continue
				}
				if res.Problems.HasErrors() {
					t.Fatal(res.Problems.ErrorsOnly())
				}
				applied += changed
				for _, d := range edition.Compare(res.New, want) {
					t.Errorf("round %d: %s: %q is not %q", round, d, d.Old, d.New)
				}
				moved := 0
				for file, now := range res.Files {
					was, err := fs.ReadFile(fsys, file)
					if err != nil {
						t.Fatal(err)
					}
					gone, come := lines(was, now)
					moved += len(gone) + len(come)
				}
				if moved > budget {
					t.Errorf("round %d: %d lines changed, more than %d", round, moved, budget)
				}
			}
		})
	}
	if applied < 100 {
		t.Errorf("only %d changes were applied", applied)
	}
}
