package catalog

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"riskguide/catalog/strictyaml"
)

// WriteFiles writes a source as a folder in the YAML form and returns its files
// by their path in the folder. The layout is canonical: the same source yields
// the same bytes, and a small change a small difference. The first line of each
// YAML file names its JSON Schema in schemas/, which WriteFiles does not write.
//
// [LoadSource] of the files yields the source again, apart from positions and
// from these: three or more controls with neighbouring numbers are cited as a
// run; risks are ordered by severity and id, clauses as the guide lists them and
// behind those by id; wordings that are empty are left out, and so are blank lines at the ends of a page.
//
// An error tells what the form cannot say: text that is not UTF-8, an id that
// cannot be a file's name, two files of one name.
func WriteFiles(src *Source) (map[string][]byte, error) {
	if src.Guide == nil {
		return nil, errors.New("write the guide: the source has no guide")
	}
	w := &writer{src: src, files: map[string][]byte{}, control: map[string]neighbour{}}
	w.neighbours()
	w.guide()
	for _, r := range src.Risks {
		w.risk(r)
	}
	for _, cl := range src.Clauses {
		w.clause(cl)
	}
	w.vulnerabilities()
	w.retired()
	for _, p := range src.Pages {
		w.page(p)
	}
	if len(w.errs) > 0 {
		return nil, fmt.Errorf("write the guide: %w", errors.Join(w.errs...))
	}
	return w.files, nil
}

type writer struct {
	src     *Source
	files   map[string][]byte
	errs    []error
	control map[string]neighbour
}

// neighbour is the place of a control among those of its clause.
type neighbour struct {
	clause *Clause
	index  int
}

func (w *writer) neighbours() {
	for _, cl := range w.src.Clauses {
		sorted := append([]*Control(nil), cl.Controls...)
		sort.SliceStable(sorted, func(i, j int) bool { return CompareIDs(sorted[i].ID, sorted[j].ID) < 0 })
		for i, c := range sorted {
			w.control[c.ID] = neighbour{cl, i}
		}
	}
}

func (w *writer) fail(format string, args ...any) {
	w.errs = append(w.errs, fmt.Errorf(format, args...))
}

// put enters a file. An id may become a file's name only where it cannot lead
// out of its folder or clash on a file system that ignores case.
func (w *writer) put(dir, id, ext, content string) {
	if !isFileName(id) {
		w.fail("the id %q cannot be a file name", id)
		return
	}
	name := dir + id + ext
	if _, dup := w.files[name]; dup {
		w.fail("two things have the id %q and would be written to %s", id, name)
		return
	}
	if !utf8.ValidString(content) {
		w.fail("a text of %s is not UTF-8", name)
		return
	}
	w.files[name] = []byte(content)
}

func isFileName(id string) bool {
	if id == "" || strings.HasPrefix(id, ".") || strings.HasSuffix(id, ".") {
		return false
	}
	for _, r := range id {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_') {
			return false
		}
	}
	return true
}

func (w *writer) emitter(schema string) *emitter {
	e := &emitter{langs: w.src.Guide.Languages}
	e.b.WriteString("# yaml-language-server: $schema=" + schema + "\n")
	return e
}

func (w *writer) guide() {
	g := w.src.Guide
	e := w.emitter("schemas/guide.schema.json")
	e.str(0, "id", g.ID)
	e.text(0, "title", g.Title)
	e.text(0, "subtitle", g.Subtitle)
	e.raw(0, "edition", strictyaml.Quoted(g.Edition))
	e.raw(0, "date", g.Date.Format(time.DateOnly))
	langs := make([]string, len(g.Languages))
	for i, l := range g.Languages {
		langs[i] = string(l)
	}
	e.ids(0, "languages", langs)
	e.text(0, "publisher", g.Publisher)
	e.text(0, "rights", g.Rights)
	if len(g.Severities) > 0 {
		e.key(0, "severities")
	}
	for _, s := range g.Severities {
		e.item()
		e.str(4, "id", s.ID)
		e.str(4, "letter", s.Letter)
		e.text(4, "name", s.Name)
	}
	e.text(0, "layer_model", g.LayerModel)
	w.layers(e, 0, g.Layers)
	if len(g.Columns) > 0 {
		e.key(0, "columns")
	}
	for _, c := range g.Columns {
		e.item()
		e.str(4, "id", string(c.ID))
		e.text(4, "name", c.Name)
		e.text(4, "description", c.Description)
	}
	if len(g.References) > 0 {
		e.key(0, "references")
	}
	for _, r := range g.References {
		e.item()
		e.str(4, "id", r.ID)
		e.text(4, "text", r.Text)
		e.text(4, "note", r.Note)
		e.strIf(4, "url", r.URL)
	}
	e.ids(0, "pages", g.PageOrder)
	e.ids(0, "clauses", g.ClauseOrder)
	if len(g.Editions) > 0 {
		e.key(0, "editions")
	}
	for _, n := range g.Editions {
		e.item()
		e.raw(4, "edition", strictyaml.Quoted(n.Edition))
		e.raw(4, "date", n.Date.Format(time.DateOnly))
		e.text(4, "summary", n.Summary)
		ids := make([]string, len(n.Editorial))
		for i, r := range n.Editorial {
			ids[i] = r.ID
		}
		e.ids(4, "editorial", ids)
	}
	w.put("", "guide", ".yaml", e.b.String())
}

func (w *writer) layers(e *emitter, indent int, layers []*Layer) {
	if len(layers) == 0 {
		return
	}
	e.key(indent, "layers")
	for _, l := range layers {
		e.item()
		in := indent + 4
		e.str(in, "id", l.ID)
		e.text(in, "name", l.Name)
		e.text(in, "description", l.Description)
		around := l.Parent == nil || l.Parent.InScope
		switch {
		case l.InScope && !around:
			w.fail("layer %q cannot be in scope: the layer around it is not", l.ID)
		case !l.InScope && around:
			e.raw(in, "scope", "out")
		}
		if l.CrossLayer {
			e.raw(in, "cross_layer", "true")
		}
		w.layers(e, in, l.Children)
	}
}

func (w *writer) risk(r *SourceRisk) {
	e := w.emitter("../schemas/risk.schema.json")
	e.str(0, "id", r.ID)
	e.strIf(0, "severity", r.Severity.ID)
	e.text(0, "name", r.Name)
	if len(r.ENISA) > 0 {
		numbers := make([]string, len(r.ENISA))
		for i, n := range r.ENISA {
			numbers[i] = strconv.Itoa(n)
		}
		e.raw(0, "enisa", "["+strings.Join(numbers, ", ")+"]")
	}
	if r.AddedByGroup {
		e.raw(0, "added_by_group", "true")
	}
	e.texts(0, "description", r.Description)
	e.texts(0, "notes", r.Notes)
	e.ids(0, "not_applicable", refIDs(r.NotApplicable))
	section := func(key string, n int) {
		if n > 0 {
			e.blank()
			e.key(0, key)
		}
	}
	item := func(id string, t Text) {
		e.item()
		e.str(4, "id", id)
		e.text(4, "text", t)
	}
	section("objectives", len(r.Objectives))
	for _, o := range r.Objectives {
		item(o.ID, o.Text)
	}
	section("threats", len(r.Threats))
	for _, t := range r.Threats {
		item(t.ID, t.Text)
	}
	section("residuals", len(r.Residuals))
	for _, x := range r.Residuals {
		item(x.ID, x.Text)
	}
	section("measures", len(r.Measures))
	for _, m := range r.Measures {
		item(m.ID, m.Text)
		e.strIf(4, "wording_of", m.WordingOf.ID)
		w.controls(e, m.Controls)
		e.strIf(4, "controls_of", m.ControlsOf.ID)
		e.ids(4, "residuals", refIDs(m.Residuals))
		e.ids(4, "tags", m.Tags)
		gaps := make([]string, len(m.Gaps))
		for i, g := range m.Gaps {
			gaps[i] = string(g)
		}
		e.ids(4, "gaps", gaps)
	}
	section("rows", len(r.Rows))
	for _, row := range r.Rows {
		e.item()
		e.str(4, "layer", row.Layer.ID)
		e.strIf(4, "objective", row.Objective.ID)
		e.ids(4, "threats", refIDs(row.Threats))
		w.weaknesses(e, row.Vulnerabilities)
		e.strIf(4, "measure", row.Measure.ID)
		e.text(4, "remark", row.Remark)
	}
	w.put("risks/", r.ID, ".yaml", e.b.String())
}

func refIDs(refs []Ref) []string {
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	return ids
}

// citation is an entry of a list of citations: an id, or an id with what this
// citation says differently.
type citation struct {
	id            string
	variant, note Text
}

func (c citation) bare() bool { return c.variant.IsZero() && c.note.IsZero() }

// citations writes a list of citations: as ids alone where no entry says more.
func (e *emitter) citations(indent int, key string, cs []citation) {
	ids := make([]string, len(cs))
	bare := true
	for i, c := range cs {
		ids[i] = c.id
		bare = bare && c.bare()
	}
	if bare {
		e.ids(indent, key, ids)
		return
	}
	e.key(indent, key)
	for _, c := range cs {
		e.item()
		if c.bare() {
			e.begin(indent + 4)
			e.b.WriteString(strictyaml.Scalar(c.id, indent, true))
			e.b.WriteByte('\n')
			continue
		}
		e.str(indent+4, "id", c.id)
		e.text(indent+4, "variant", c.variant)
		e.text(indent+4, "note", c.note)
	}
}

// controls writes a measure's controls. Three and more of a clause with
// consecutive numbers become a run, if no other control of the clause could
// come to stand between them.
func (w *writer) controls(e *emitter, controls []SourceControlCitation) {
	var cs []citation
	for i := 0; i < len(controls); {
		c := controls[i]
		n := w.run(controls[i:])
		switch {
		case c.Through != "":
			if !c.Variant.IsZero() || !c.Note.IsZero() {
				w.fail("the run %s..%s cannot have a variant or a note", c.ID, c.Through)
			}
			cs = append(cs, citation{id: c.ID + ".." + c.Through})
			i++
		case n >= 3:
			cs = append(cs, citation{id: c.ID + ".." + controls[i+n-1].ID})
			i += n
		default:
			cs = append(cs, citation{c.ID, c.Variant, c.Note})
			i++
		}
	}
	e.citations(4, "controls", cs)
}

// run returns how many citations from the first on cite controls with
// consecutive numbers of one clause and say nothing of their own.
func (w *writer) run(cs []SourceControlCitation) int {
	n := 0
	for n < len(cs) && cs[n].Through == "" && cs[n].Variant.IsZero() && cs[n].Note.IsZero() {
		if n > 0 {
			a, ok := w.control[cs[n-1].ID]
			b, found := w.control[cs[n].ID]
			if !ok || !found || a.clause != b.clause || b.index != a.index+1 ||
				lastNumber(cs[n].ID) != lastNumber(cs[n-1].ID)+1 {
				break
			}
		}
		n++
	}
	return n
}

// lastNumber returns the last part of a dotted id as a number, or -1.
func lastNumber(id string) int {
	n, err := strconv.Atoi(id[strings.LastIndexByte(id, '.')+1:])
	if err != nil {
		return -1
	}
	return n
}

func (w *writer) weaknesses(e *emitter, vs []SourceVulnerabilityCitation) {
	cs := make([]citation, len(vs))
	for i, v := range vs {
		cs[i] = citation{v.ID, v.Variant, v.Note}
	}
	e.citations(4, "vulnerabilities", cs)
}

func (w *writer) clause(cl *Clause) {
	e := w.emitter("../schemas/control.schema.json")
	e.str(0, "clause", cl.ID)
	e.text(0, "title", cl.Title)
	if len(cl.Controls) == 0 {
		e.raw(0, "controls", "[]")
	} else {
		e.key(0, "controls")
	}
	for _, c := range cl.Controls {
		e.item()
		e.str(4, "id", c.ID)
		e.strIf(4, "label", c.Label)
		e.text(4, "title", c.Title)
		e.strIf(4, "parent", c.Parent.ID)
		e.text(4, "statement", c.Statement)
		w.items(e, 4, c.Items)
		if len(c.Parameters) > 0 {
			e.key(4, "parameters")
		}
		for _, p := range c.Parameters {
			e.item()
			e.str(8, "id", p.ID)
			e.text(8, "label", p.Label)
			e.strIf(8, "default", p.Default)
			e.texts(8, "choices", p.Choices)
			if p.Many {
				e.raw(8, "many", "true")
			}
			e.text(8, "guidance", p.Guidance)
		}
		e.texts(4, "guidance", c.Guidance)
		e.ids(4, "related", refIDs(c.Related))
		e.ids(4, "references", refIDs(c.References))
	}
	w.put("controls/", cl.ID, ".yaml", e.b.String())
}

// items writes the parts of a statement.
func (w *writer) items(e *emitter, indent int, items []*Item) {
	if len(items) == 0 {
		return
	}
	e.key(indent, "items")
	for _, i := range items {
		e.item()
		e.strIf(indent+4, "label", i.Label)
		e.text(indent+4, "text", i.Text)
		w.items(e, indent+4, i.Items)
	}
}

func (w *writer) vulnerabilities() {
	if len(w.src.Vulnerabilities) == 0 {
		return
	}
	e := w.emitter("schemas/vulnerability.schema.json")
	e.key(0, "vulnerabilities")
	for _, v := range w.src.Vulnerabilities {
		e.item()
		e.str(4, "id", v.ID)
		e.text(4, "label", v.Label)
	}
	w.put("", "vulnerabilities", ".yaml", e.b.String())
}

func (w *writer) retired() {
	if len(w.src.Retired) == 0 {
		return
	}
	e := w.emitter("schemas/retired.schema.json")
	e.key(0, "retired")
	for _, r := range w.src.Retired {
		e.item()
		e.str(4, "id", r.ID)
		e.ids(4, "replaced_by", r.ReplacedBy)
		e.raw(4, "edition", strictyaml.Quoted(r.Edition))
		e.text(4, "reason", r.Reason)
	}
	w.put("", "retired", ".yaml", e.b.String())
}

func (w *writer) page(p *Page) {
	for _, lang := range sortedLangs(p.Body.Values) {
		if p.Title.Values[lang] == "" {
			w.fail("page %s has no title in %s", p.ID, lang)
		}
	}
	for _, lang := range sortedLangs(p.Title.Values) {
		title := p.Title.Values[lang]
		if strings.TrimSpace(title) != title || strings.ContainsAny(title, "\n\r") {
			w.fail("the title of page %s cannot be a heading in %s: %q", p.ID, lang, title)
			continue
		}
		s := headingLine(title) + "\n"
		if body := trimBlankLines(p.Body.Values[lang]); body != "" {
			s += "\n" + body + "\n"
		}
		w.put("pages/", p.ID+"."+string(lang), ".md", s)
	}
}

// trimBlankLines takes blank lines off the ends of a page's body.
func trimBlankLines(s string) string {
	lines := strings.Split(s, "\n")
	n := skipBlank(lines, 0)
	for len(lines) > n && isBlank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines[min(n, len(lines)):], "\n")
}
