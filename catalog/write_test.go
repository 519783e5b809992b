package catalog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"sort"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"riskguide/catalog/strictyaml"
)

func mapFS(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

// bare brings a source to the form in which sources are compared: without
// positions, runs of controls unfolded, no wording empty, no list empty but not
// nil. It changes the source.
func bare(src *Source) *Source {
	g := src.Guide
	g.Pos, g.pagePos, g.clausePos, g.editionPos = Position{}, nil, nil, Position{}
	text := func(ts ...*Text) {
		for _, t := range ts {
			t.Pos = Position{}
			for l, s := range t.Values {
				if s == "" {
					delete(t.Values, l)
				}
			}
			if len(t.Values) == 0 {
				t.Values = nil
			}
		}
	}
	texts := func(ts *[]Text) {
		for i := range *ts {
			text(&(*ts)[i])
		}
		if len(*ts) == 0 {
			*ts = nil
		}
	}
	refs := func(rs *[]Ref) {
		for i := range *rs {
			(*rs)[i].Pos = Position{}
		}
		if len(*rs) == 0 {
			*rs = nil
		}
	}
	text(&g.Title, &g.Subtitle, &g.Publisher, &g.Rights, &g.LayerModel)
	for _, s := range g.Severities {
		s.Pos = Position{}
		text(&s.Name)
	}
	for _, l := range g.AllLayers() {
		l.Pos = Position{}
		text(&l.Name, &l.Description)
	}
	for _, c := range g.Columns {
		c.Pos = Position{}
		text(&c.Name, &c.Description)
	}
	for _, r := range g.References {
		r.Pos, r.urlPos = Position{}, Position{}
		text(&r.Text, &r.Note)
	}
	for _, n := range g.Editions {
		n.Pos = Position{}
		text(&n.Summary)
	}
	for _, p := range src.Pages {
		p.Pos, p.bodyPos = Position{}, nil
		for l, s := range p.Body.Values {
			p.Body.Values[l] = trimBlankLines(s)
		}
		text(&p.Title, &p.Body)
	}
	sorted := map[string][]string{}
	for _, cl := range src.Clauses {
		cl.Pos = Position{}
		text(&cl.Title)
		for _, c := range cl.Controls {
			c.Pos, c.Parent.Pos = Position{}, Position{}
			text(&c.Title, &c.Statement)
			texts(&c.Guidance)
			refs(&c.Related)
			refs(&c.References)
			var items func(is []*Item)
			items = func(is []*Item) {
				for _, i := range is {
					i.Pos = Position{}
					text(&i.Text)
					items(i.Items)
				}
			}
			items(c.Items)
			sorted[cl.ID] = append(sorted[cl.ID], c.ID)
			for _, p := range c.Parameters {
				p.Pos = Position{}
				text(&p.Label, &p.Guidance)
				texts(&p.Choices)
			}
		}
		ids := sorted[cl.ID]
		sort.Slice(ids, func(i, j int) bool { return CompareIDs(ids[i], ids[j]) < 0 })
	}
	for _, v := range src.Vulnerabilities {
		v.Pos = Position{}
		text(&v.Label)
	}
	for _, r := range src.Retired {
		r.Pos, r.replacedPos = Position{}, nil
		text(&r.Reason)
	}
	for _, r := range src.Risks {
		r.Pos, r.Severity.Pos = Position{}, Position{}
		text(&r.Name)
		texts(&r.Description)
		texts(&r.Notes)
		refs(&r.NotApplicable)
		for _, o := range r.Objectives {
			o.Pos = Position{}
			text(&o.Text)
		}
		for _, o := range r.Threats {
			o.Pos = Position{}
			text(&o.Text)
		}
		for _, o := range r.Residuals {
			o.Pos = Position{}
			text(&o.Text)
		}
		for _, m := range r.Measures {
			m.Pos, m.WordingOf.Pos, m.ControlsOf.Pos = Position{}, Position{}, Position{}
			text(&m.Text)
			refs(&m.Residuals)
			var cs []SourceControlCitation
			for _, c := range m.Controls {
				c.Pos = Position{}
				text(&c.Variant, &c.Note)
				if c.Through == "" {
					cs = append(cs, c)
					continue
				}
				on := false
				for _, id := range sorted[clauseOf(c.ID)] {
					on = on || id == c.ID
					if on {
						cs = append(cs, SourceControlCitation{ID: id})
					}
					on = on && id != c.Through
				}
			}
			m.Controls = cs
		}
		for _, row := range r.Rows {
			row.Pos, row.Layer.Pos, row.Objective.Pos, row.Measure.Pos = Position{}, Position{}, Position{}, Position{}
			refs(&row.Threats)
			text(&row.Remark)
			for i := range row.Vulnerabilities {
				c := &row.Vulnerabilities[i]
				c.Pos = Position{}
				text(&c.Variant, &c.Note)
			}
		}
	}
	return src
}

func loadSource(t *testing.T, files map[string][]byte) *Source {
	t.Helper()
	src, ps := LoadSource(context.Background(), mapFS(files), LoadOptions{})
	for _, p := range ps {
		t.Errorf("%v [%s]\n%s", p, p.Rule, files[p.Pos.File])
	}
	return src
}

func TestWriteFixture(t *testing.T) {
	src, ps := LoadSource(context.Background(), os.DirFS("testdata/small"), LoadOptions{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	files, err := WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	again := loadSource(t, files)
	rewritten, err := WriteFiles(again)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if string(rewritten[name]) != string(data) {
			t.Errorf("%s is written differently the second time:\n%s\nfirst:\n%s", name, rewritten[name], data)
		}
	}
	if !reflect.DeepEqual(bare(src), bare(again)) {
		t.Error("the source that was written and read is another")
	}
	if c, ps := Load(context.Background(), mapFS(files), LoadOptions{}); c == nil || len(ps) > 0 {
		t.Errorf("what was written does not load: %v", ps)
	}
}

// odd are strings that a careless writer of YAML gets wrong.
var odd = []string{
	"=1+1", ": x", "a: b", "a:", "a #b", "#a", "- a", "-", "--- a", "...", "? a", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a",
	"'", "\"", "it's", `say "so"`, `back\slash`, `"'\`, "yes", "No", "ON", "y", "null", "Null", "~", "true", "1.10", "1", "010", "0x1F", "1e3", "1_000", ".5", ".inf", "-.Inf", ".nan", "12:30:45", "2026-01-31", "2026-1-1 10:00:00", "<<", "1.2.3", "8.6.1.1..8.6.1.3",
	" leading", "trailing ", "tab\tinside", "\ttab", "two\nlines", "two\n\nparagraphs", "ends with a break\n", "two breaks\n\n", "\nbegins with a break", "\n", "line \nwith space", "  indented\nfirst", "a\n  indented second", "a\r\nb", "\r",
	"日本語、。「」", "全角：コロン", "😀 emoji 🇯🇵", "𠮷野家", "a\u00A0b", "\u3000", "\u0085", "\u2028x", "\uFEFF", "\u0000", "\u007F", "\uFFFE", "{a}", "[a]", "a, b", "{{x}}", "a]", "a}", ",", "[", "{hours}時間",
	strings.Repeat("長い文。", 60), strings.Repeat("word ", 60) + "end",
}

type sourceMaker struct{ r *rand.Rand }

func (m sourceMaker) some(n int) int { return m.r.IntN(n + 1) }

func (m sourceMaker) string() string {
	if m.some(2) == 0 {
		return odd[m.r.IntN(len(odd))]
	}
	var b strings.Builder
	alphabet := []rune("ab 12:#-'\"\\,.{}[]&*!|>%@=~\n\t日本、。😀\u2028")
	for range 1 + m.some(12) {
		b.WriteRune(alphabet[m.r.IntN(len(alphabet))])
	}
	if isBlank(b.String()) {
		return "x"
	}
	return b.String()
}

func (m sourceMaker) wording() string {
	for {
		if s := m.string(); !isBlank(s) {
			return s
		}
	}
}

func (m sourceMaker) text() Text {
	t := Text{Values: map[Lang]string{}}
	switch m.some(3) {
	case 0:
		t.Values["ja"] = m.wording()
	case 1:
		t.Values["en"] = m.wording()
	default:
		t.Values["ja"], t.Values["en"] = m.wording(), m.wording()
	}
	return t
}

func (m sourceMaker) maybe() Text {
	if m.some(1) == 0 {
		return Text{}
	}
	return m.text()
}

func (m sourceMaker) refs(most int) []Ref {
	var out []Ref
	for range m.some(most) {
		out = append(out, Ref{ID: m.string()})
	}
	return out
}

func (m sourceMaker) texts() []Text {
	var out []Text
	for range m.some(2) {
		out = append(out, m.text())
	}
	return out
}

func (m sourceMaker) items(depth int) []*Item {
	var out []*Item
	for range m.some(depth) {
		out = append(out, &Item{Label: m.string(), Text: m.text(), Items: m.items(depth - 1)})
	}
	return out
}

// source makes a source of odd texts. Its references lead nowhere: the form is
// tried, not the guide.
func (m sourceMaker) source() *Source {
	g := &Guide{
		ID: m.string(), Title: m.text(), Subtitle: m.maybe(), Edition: m.string(),
		Date: time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC), Languages: []Lang{"ja", "en"},
		Publisher: m.maybe(), Rights: m.maybe(), LayerModel: m.maybe(),
	}
	if m.some(1) == 0 {
		g.Languages = []Lang{"en", "ja"}
	}
	for _, id := range []string{"high", "low"} {
		g.Severities = append(g.Severities, &Severity{ID: id, Letter: m.string(), Name: m.text()})
	}
	var layers func(parent *Layer, depth int) []*Layer
	layers = func(parent *Layer, depth int) []*Layer {
		var out []*Layer
		for range 1 + m.some(2) {
			l := &Layer{ID: m.string(), Name: m.text(), Description: m.maybe(), Parent: parent,
				InScope: (parent == nil || parent.InScope) && m.some(2) > 0, CrossLayer: m.some(1) == 0}
			if depth > 0 && m.some(1) == 0 {
				l.Children = layers(l, depth-1)
			}
			out = append(out, l)
		}
		return out
	}
	g.Layers = layers(nil, 2)
	for _, id := range ColumnIDs() {
		g.Columns = append(g.Columns, &Column{ID: id, Name: m.text(), Description: m.maybe()})
	}
	for range m.some(2) {
		g.References = append(g.References, &Reference{ID: m.string(), Text: m.text(), Note: m.maybe(), URL: m.string()})
	}
	src := &Source{Guide: g}
	title := func() string {
		s := strings.TrimSpace(strings.NewReplacer("\n", " ", "\r", " ").Replace(m.wording()))
		if s == "" || strings.IndexFunc(s, strictyaml.Forbidden) >= 0 {
			return "#"
		}
		return s
	}
	for i := range m.some(2) {
		p := &Page{ID: fmt.Sprintf("%d0-page", i+1), Title: Text{Values: map[Lang]string{}}, Body: Text{Values: map[Lang]string{}}}
		for _, l := range g.Languages[:1+m.some(1)] {
			body := strings.Map(func(r rune) rune {
				if strictyaml.Forbidden(r) {
					return -1
				}
				return r
			}, m.wording()+"\n\n"+m.wording())
			p.Title.Values[l], p.Body.Values[l] = title(), body+"."
		}
		src.Pages = append(src.Pages, p)
		g.PageOrder = append(g.PageOrder, p.ID)
	}
	for i := range 1 + m.some(2) {
		cl := &Clause{ID: fmt.Sprintf("%d.1.1", i+1), Title: m.maybe()}
		for k := range m.some(12) {
			c := &Control{ID: fmt.Sprintf("%s.%d", cl.ID, k+1), Statement: m.text(), Title: m.maybe(), Items: m.items(2)}
			for range m.some(1) {
				c.Parameters = append(c.Parameters, &Parameter{ID: m.string(), Label: m.text(), Default: m.string(),
					Choices: m.texts(), Many: m.some(1) == 0, Guidance: m.maybe()})
			}
			if m.some(2) == 0 {
				c.Label, c.Parent.ID = m.string(), m.string()
				c.Guidance, c.Related, c.References = m.texts(), m.refs(3), m.refs(2)
			}
			if m.some(3) > 0 {
				cl.Controls = append(cl.Controls, c)
			}
		}
		src.Clauses = append(src.Clauses, cl)
	}
	for range m.some(3) {
		src.Vulnerabilities = append(src.Vulnerabilities, &Vulnerability{ID: m.string(), Label: m.text()})
	}
	for range m.some(2) {
		r := &Retirement{ID: m.string(), Edition: m.string(), Reason: m.maybe()}
		for range m.some(2) {
			r.ReplacedBy = append(r.ReplacedBy, m.string())
		}
		src.Retired = append(src.Retired, r)
	}
	for i := range 1 + m.some(2) {
		r := &SourceRisk{ID: fmt.Sprintf("H%02d", i+1), Severity: Ref{ID: "high"}, Name: m.text(),
			Description: []Text{m.text(), m.text()}, AddedByGroup: m.some(1) == 0, NotApplicable: m.refs(2)}
		for range m.some(2) {
			r.ENISA = append(r.ENISA, m.some(40))
			r.Notes = append(r.Notes, m.text())
			r.Objectives = append(r.Objectives, &Objective{ID: m.string(), Text: m.text()})
			r.Threats = append(r.Threats, &Threat{ID: m.string(), Text: m.text()})
			r.Residuals = append(r.Residuals, &Residual{ID: m.string(), Text: m.text()})
		}
		for range m.some(4) {
			sm := &SourceMeasure{ID: m.string(), Text: m.maybe(), Residuals: m.refs(3)}
			for range m.some(2) {
				sm.Tags = append(sm.Tags, m.string())
				sm.Gaps = append(sm.Gaps, GapControls)
			}
			if m.some(2) == 0 {
				sm.WordingOf, sm.ControlsOf = Ref{ID: m.string()}, Ref{ID: m.string()}
			}
			if len(src.Clauses) > 0 {
				cl := src.Clauses[m.r.IntN(len(src.Clauses))]
				for _, c := range cl.Controls {
					switch m.some(8) {
					case 0:
					case 1:
						sm.Controls = append(sm.Controls, SourceControlCitation{ID: c.ID, Variant: m.maybe(), Note: m.maybe()})
					default:
						sm.Controls = append(sm.Controls, SourceControlCitation{ID: c.ID})
					}
				}
			}
			r.Measures = append(r.Measures, sm)
		}
		for range m.some(4) {
			row := &SourceRow{Layer: Ref{ID: m.string()}, Objective: Ref{ID: m.string()}, Threats: m.refs(2), Measure: Ref{ID: m.string()}, Remark: m.maybe()}
			for range m.some(3) {
				row.Vulnerabilities = append(row.Vulnerabilities, SourceVulnerabilityCitation{ID: m.string(), Variant: m.maybe(), Note: m.maybe()})
			}
			r.Rows = append(r.Rows, row)
		}
		src.Risks = append(src.Risks, r)
	}
	return src
}

func TestWriteRoundTrip(t *testing.T) {
	for seed := range uint64(150) {
		m := sourceMaker{rand.New(rand.NewPCG(seed, 1))}
		src := m.source()
		files, err := WriteFiles(src)
		if err != nil {
			t.Fatal(err)
		}
		got := loadSource(t, files)
		again, err := WriteFiles(got)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range files {
			if string(again[name]) != string(data) {
				t.Errorf("seed %d: %s is written differently the second time:\n%s\nfirst:\n%s", seed, name, again[name], data)
			}
		}
		if !reflect.DeepEqual(bare(src), bare(got)) {
			t.Errorf("seed %d: the source that was written and read is another", seed)
		}
		if t.Failed() {
			return
		}
	}
}

func TestWriteErrors(t *testing.T) {
	tests := []struct {
		name string
		src  *Source
		want string
	}{
		{"no guide", &Source{}, "no guide"},
		{"path", &Source{Guide: &Guide{}, Risks: []*SourceRisk{{ID: "../H01"}}}, `"../H01" cannot be a file name`},
		{"no id", &Source{Guide: &Guide{}, Clauses: []*Clause{{}}}, `"" cannot be a file name`},
		{"twice", &Source{Guide: &Guide{}, Risks: []*SourceRisk{{ID: "H01"}, {ID: "H01"}}}, `two things have the id "H01"`},
		{"not UTF-8", &Source{Guide: &Guide{Title: NewText(Japanese, "a\xff")}}, "is not UTF-8"},
		{"title", &Source{Guide: &Guide{}, Pages: []*Page{{ID: "a", Title: NewText(Japanese, "a\nb")}}}, "cannot be a heading"},
		{"no title", &Source{Guide: &Guide{}, Pages: []*Page{{ID: "a", Body: NewText(Japanese, "b")}}}, "no title"},
	}
	for _, tt := range tests {
		if _, err := WriteFiles(tt.src); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want it to contain %q", tt.name, err, tt.want)
		}
	}
}
