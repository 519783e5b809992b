package data

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/templates"
)

// markdownDir is the folder of the Markdown's words in the templates.
const markdownDir = "markdown"

// MarkdownOptions say how a document is written as Markdown.
type MarkdownOptions struct {
	Templates fs.FS // for the words; nil: the built-in ones
	Tool      string
}

// Markdown puts the document as Markdown files into sink, for reading in a git
// forge:
//
//	README.md             title, risks by severity, contents
//	risks/H05.md          a risk: its table, and every measure under a heading of its own
//	controls/README.md    clauses
//	controls/8.6.1.md     a clause, and every control under a heading of its own
//	vulnerabilities.md, layers.md, references.md, retired.md
//	pages/10-purpose.md   a page of the front matter
//	requirements.md       what is asked and what is left out, of a tailored document
//
// Of several languages, each has a folder of its own, and a README.md at the top
// leads to them. The files are GitHub Flavored Markdown, with relative links.
// A heading that is linked to consists of an id alone, from which GitHub, GitLab
// and Gitea make the same anchor. A text that lacks a translation stands in
// another language and says so.
func (d *Document) Markdown(langs []catalog.Lang, opts MarkdownOptions, sink render.Sink) error {
	if opts.Templates == nil {
		opts.Templates = templates.FS()
	}
	var top strings.Builder
	for _, l := range langs {
		w, err := templates.LoadWords(opts.Templates, markdownDir, l)
		if err != nil {
			return err
		}
		m := newMarkdown(d, l, w, opts.Tool)
		to := sink
		if len(langs) > 1 {
			to = render.Under(sink, string(l))
			if top.Len() == 0 {
				top.WriteString("# " + m.text(d.Guide.Title) + "\n\n")
			}
			fmt.Fprintf(&top, "- [%s](%s/README.md): %s\n", mdText(w.Get("language-name")), l, m.text(d.Guide.Title))
		}
		if err := m.files(to); err != nil {
			return err
		}
	}
	if top.Len() > 0 {
		return sink.Put("README.md", []byte(top.String()))
	}
	return nil
}

// mdWriter writes the files of one language.
type mdWriter struct {
	d     *Document
	lang  catalog.Lang
	words templates.Words
	tool  string
	ix    *index
	// names holds the names of severities and risks by id, numbers how controls
	// are printed where that is not the id, at the file and heading of
	// everything that is linked to.
	names   map[string]Text
	numbers map[string]string
	at      map[string]string

	b    bytes.Buffer
	here string // the file that is written
}

func newMarkdown(d *Document, lang catalog.Lang, w templates.Words, tool string) *mdWriter {
	m := &mdWriter{d: d, lang: lang, words: w, tool: tool, ix: d.index(), names: map[string]Text{}, numbers: map[string]string{}, at: map[string]string{}}
	for _, s := range d.Severities {
		m.names[s.ID] = s.Name
	}
	for _, r := range d.Risks {
		file := "risks/" + r.ID + ".md"
		m.names[r.ID], m.at[r.ID] = r.Name, file
		s := slugs{}
		s.add(r.ID + " " + m.title(r.Name))
		for _, x := range r.Measures {
			m.at[x.ID] = file + "#" + s.add(x.ID)
		}
	}
	for _, cl := range d.Clauses {
		file := "controls/" + cl.ID + ".md"
		m.at["clause "+cl.ID] = file
		s := slugs{}
		s.add(strings.TrimSpace(cl.ID + " " + m.title(cl.Title)))
		for _, c := range cl.Controls {
			if c.Label != "" {
				m.numbers[c.ID] = c.Label
			}
			m.at[c.ID] = file + "#" + s.add(m.number(c.ID))
		}
	}
	return m
}

func (m *mdWriter) files(sink render.Sink) error {
	write := func(name string, body func()) error {
		m.b.Reset()
		m.here = name
		body()
		return sink.Put(name, bytes.Clone(m.b.Bytes()))
	}
	for _, r := range m.d.Risks {
		if err := write("risks/"+r.ID+".md", func() { m.risk(r) }); err != nil {
			return err
		}
	}
	for _, cl := range m.d.Clauses {
		if err := write("controls/"+cl.ID+".md", func() { m.clause(cl) }); err != nil {
			return err
		}
	}
	for _, p := range m.d.Pages {
		if err := write("pages/"+p.ID+".md", func() { m.page(p) }); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name string
		has  bool
		body func()
	}{
		{"README.md", true, m.index},
		{"controls/README.md", len(m.d.Clauses) > 0, m.clauses},
		{"vulnerabilities.md", len(m.d.Vulnerabilities) > 0, m.vulnerabilities},
		{"layers.md", len(m.d.Layers) > 0, m.layersFile},
		{"references.md", len(m.d.References) > 0, m.references},
		{"retired.md", len(m.d.Retired) > 0, m.retired},
		{"requirements.md", m.d.Tailoring != nil, m.requirements},
	} {
		if !f.has {
			continue
		}
		if err := write(f.name, f.body); err != nil {
			return err
		}
	}
	return nil
}

func (m *mdWriter) word(key string) string { return mdText(m.words.Get(key)) }

// fill is a word in which {name} is replaced by Markdown.
func (m *mdWriter) fill(key, name, md string) string {
	return strings.ReplaceAll(m.word(key), mdText("{"+name+"}"), md)
}

// line writes a block: a line and an empty one behind it.
func (m *mdWriter) block(s string) {
	if s != "" {
		m.b.WriteString(s + "\n\n")
	}
}

func (m *mdWriter) heading(level int, s string) { m.block(strings.Repeat("#", level) + " " + s) }

// list writes a list of those items that say something.
func (m *mdWriter) list(items ...string) {
	n := 0
	for _, s := range items {
		if s != "" {
			m.b.WriteString("- " + s + "\n")
			n++
		}
	}
	if n > 0 {
		m.b.WriteString("\n")
	}
}

// table writes a table; cells are Markdown.
func (m *mdWriter) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	m.b.WriteString("| " + strings.Join(head, " | ") + " |\n|" + strings.Repeat(" --- |", len(head)) + "\n")
	for _, r := range rows {
		m.b.WriteString("| " + strings.Join(r, " | ") + " |\n")
	}
	m.b.WriteString("\n")
}

// plain is a wording in the language, or in another one; the sign says which.
func (m *mdWriter) plain(t Text) (s, sign string) {
	if len(t) == 0 {
		return "", ""
	}
	s, l := catalog.Text{Values: t}.In(m.lang, m.d.Guide.Languages...)
	if l != m.lang {
		sign = " *(" + m.word("untranslated") + ")*"
	}
	return s, sign
}

// title is a wording as it is read in a heading.
func (m *mdWriter) title(t Text) string {
	s, _ := m.plain(t)
	return s
}

// text is a wording as Markdown.
func (m *mdWriter) text(t Text) string {
	s, sign := m.plain(t)
	return mdText(s) + sign
}

// statement is a control's wording, with what stands for its parameters.
func (m *mdWriter) statement(t Text, params []Parameter) string {
	s, sign := m.plain(t)
	s = mdText(s)
	for range params { // choices hold other parameters
		before := s
		for _, p := range params {
			if place := mdText("{" + p.ID + "}"); strings.Contains(s, place) {
				s = strings.ReplaceAll(s, place, m.value(p))
			}
		}
		if s == before {
			break
		}
	}
	return s + sign
}

// value is what stands for a parameter: its default, or what it asks for.
func (m *mdWriter) value(p Parameter) string {
	switch {
	case p.Default != "":
		return mdText(p.Default)
	case p.Label != nil:
		return mdText("[" + m.title(p.Label) + "]")
	}
	return mdText("[") + strings.Join(each(p.Choices, func(t Text) string { return mdText(m.title(t)) }), " / ") + mdText("]")
}

// number is how a control is printed.
func (m *mdWriter) number(id string) string {
	if n := m.numbers[id]; n != "" {
		return n
	}
	return id
}

// link leads to a file of the language.
func (m *mdWriter) link(label, to string) string {
	if to == "" {
		return label
	}
	file, anchor, _ := strings.Cut(to, "#")
	href := strings.Repeat("../", strings.Count(m.here, "/")) + file
	switch {
	case file == m.here && anchor != "":
		href = ""
	case path.Dir(file) == path.Dir(m.here):
		href = path.Base(file)
	}
	if anchor != "" {
		href += "#" + anchor
	}
	return "[" + label + "](" + href + ")"
}

// ref is an id that leads to where it is explained.
func (m *mdWriter) ref(id string) string { return m.link(mdText(m.number(id)), m.at[id]) }

func (m *mdWriter) refs(ids []string) string {
	return strings.Join(each(ids, m.ref), m.word("list-separator"))
}

// named is an id with the name of what it stands for, which is linked where it
// has a file.
func (m *mdWriter) named(id string) string {
	return m.link(strings.TrimSpace(mdText(id)+" "+m.text(m.names[id])), m.at[id])
}

func (m *mdWriter) layer(id string) string {
	if t := m.ix.layers[id]; t != nil {
		return m.text(t)
	}
	return mdText(id)
}

func (m *mdWriter) layers(ids []string) string {
	return strings.Join(each(ids, m.layer), m.word("list-separator"))
}

// pair is a label with a value, or nothing without the value.
func (m *mdWriter) pair(key, md string) string {
	if md == "" {
		return ""
	}
	return "**" + m.word(key) + "**" + m.word("colon") + md
}

// up leads back to the contents.
func (m *mdWriter) up(more ...string) {
	links := []string{m.link(m.text(m.d.Guide.Title), "README.md")}
	m.block(strings.Join(append(links, more...), " › "))
}

func (m *mdWriter) index() {
	g := m.d.Guide
	m.heading(1, m.text(g.Title))
	m.block(m.text(g.Subtitle))
	m.list(m.pair("edition", strings.TrimSpace(mdText(g.Edition)+" "+dated(g.Date))), m.pair("publisher", m.text(g.Publisher)), m.pair("rights", m.text(g.Rights)))
	if t := m.d.Tailoring; t != nil {
		m.list(m.pair("profile", mdText(t.Pack)), m.link(m.word("requirements"), "requirements.md"))
	}
	if len(m.d.Risks) > 0 {
		m.heading(2, m.word("risks"))
		m.riskTable()
	}
	m.heading(2, m.word("contents"))
	for _, p := range m.d.Pages {
		m.b.WriteString("- " + m.link(m.text(p.Title), "pages/"+p.ID+".md") + "\n")
	}
	for _, f := range []struct {
		key, file string
		has       bool
	}{
		{"controls", "controls/README.md", len(m.d.Clauses) > 0}, {"vulnerabilities", "vulnerabilities.md", len(m.d.Vulnerabilities) > 0},
		{"layers", "layers.md", len(m.d.Layers) > 0}, {"references", "references.md", len(m.d.References) > 0},
		{"retired", "retired.md", len(m.d.Retired) > 0},
	} {
		if f.has {
			m.b.WriteString("- " + m.link(m.word(f.key), f.file) + "\n")
		}
	}
	m.b.WriteString("\n")
	if len(m.d.Columns) > 0 {
		m.heading(2, m.word("columns"))
		m.columns()
	}
	if len(m.d.Editions) > 0 {
		m.heading(2, m.word("editions"))
		m.table([]string{m.word("edition"), m.word("date"), m.word("summary")}, each(m.d.Editions, func(e Edition) []string {
			said := m.text(e.Summary)
			if len(e.Editorial) > 0 {
				said += "<br>" + m.pair("editorial", mdText(strings.Join(e.Editorial, ", ")))
			}
			return []string{mdText(e.Edition), e.Date, said}
		}))
	}
	m.block("<sub>" + m.fill("source", "tool", mdText(m.tool)) + "</sub>")
}

func dated(date string) string {
	if date == "" {
		return ""
	}
	return "(" + date + ")"
}

func (m *mdWriter) riskTable() {
	m.table([]string{m.word("risk"), m.word("name"), m.word("severity"), m.word("measures")}, each(m.d.Risks, func(r Risk) []string {
		return []string{m.ref(r.ID), m.text(r.Name), m.text(m.names[r.Severity]), fmt.Sprint(len(r.Measures))}
	}))
}

func (m *mdWriter) columns() {
	m.table([]string{m.word("column"), m.word("description")}, each(m.d.Columns, func(c Column) []string {
		return []string{m.text(c.Name), m.text(c.Description)}
	}))
}

func (m *mdWriter) risk(r Risk) {
	m.heading(1, mdText(r.ID)+" "+m.text(r.Name))
	m.up(m.word("risks"))
	group := ""
	if r.AddedByGroup {
		group = m.word("added-by-group")
	}
	m.list(m.pair("severity", m.text(m.names[r.Severity])),
		m.pair("enisa", strings.Join(each(r.ENISA, func(n int) string { return fmt.Sprint(n) }), m.word("list-separator"))), group)
	for _, t := range r.Description {
		m.block(m.text(t))
	}
	if len(r.Notes) > 0 {
		m.block("**" + m.word("notes") + "**")
		m.list(each(r.Notes, m.text)...)
	}
	m.heading(2, m.word("table"))
	m.rows(r)
	m.heading(2, m.word("measures"))
	for _, x := range r.Measures {
		m.measure(x)
	}
	for _, kind := range []struct {
		key string
		of  []Statement
	}{{"objectives", r.Objectives}, {"threats", r.Threats}, {"residuals", r.Residuals}} {
		if len(kind.of) > 0 {
			m.heading(2, m.word(kind.key))
			m.list(each(kind.of, func(s Statement) string { return "**" + mdText(s.ID) + "** " + m.text(s.Text) })...)
		}
	}
}

// column is the name of a column of the risk tables.
func (m *mdWriter) column(id catalog.ColumnID, key string) string {
	for _, c := range m.d.Columns {
		if c.ID == id {
			return m.text(c.Name)
		}
	}
	return m.word(key)
}

func (m *mdWriter) rows(r Risk) {
	head := []string{m.column(catalog.ColumnLayer, "layer"), m.column(catalog.ColumnObjective, "objectives"), m.column(catalog.ColumnThreats, "threats"),
		m.column(catalog.ColumnVulnerabilities, "vulnerabilities"), m.column(catalog.ColumnMeasure, "measure"), m.column(catalog.ColumnRemark, "notes")}
	remarks := slices.ContainsFunc(r.Rows, func(x Row) bool { return x.Remark != nil })
	var rows [][]string
	var last []string
	for _, l := range m.d.Layers {
		if slices.Contains(r.NotApplicable, l.ID) {
			rows = append(rows, []string{m.text(l.Name), m.word("not-applicable"), "", "", "", ""})
			last = nil
			continue
		}
		for _, x := range r.Rows {
			if x.Layer != l.ID {
				continue
			}
			cells := []string{m.text(l.Name), m.statementOf(x.Objective), m.items(each(x.Threats, m.statementOf)),
				m.items(each(x.Vulnerabilities, m.weakness)), m.ref(x.Measure), m.text(x.Remark)}
			shown := slices.Clone(cells)
			for i := range 4 { // as printed, what is the same as above is not said again
				if last != nil && cells[i] != "" && cells[i] == last[i] && len([]rune(cells[i])) > 8 {
					shown[i] = "*" + m.word("same") + "*"
				}
			}
			rows, last = append(rows, shown), cells
		}
	}
	if !remarks {
		head = head[:5]
		for i := range rows {
			rows[i] = rows[i][:5]
		}
	}
	m.table(head, rows)
}

// statementOf is the wording of an objective or threat, or its id where the
// document does not hold it.
func (m *mdWriter) statementOf(id string) string {
	if t := m.ix.statements[id]; t != nil {
		return m.text(t)
	}
	return mdText(id)
}

// items are lines of one cell.
func (m *mdWriter) items(md []string) string {
	if len(md) < 2 {
		return strings.Join(md, "")
	}
	return "• " + strings.Join(md, "<br>• ")
}

func (m *mdWriter) weakness(c Citation) string {
	label := m.ix.vulnerabilities[c.ID]
	if c.Variant != nil {
		label = c.Variant
	}
	return m.link(mdText(c.ID), "vulnerabilities.md") + " " + m.text(label) + m.note(c)
}

// note is what a citation adds in parentheses.
func (m *mdWriter) note(c Citation) string {
	if c.Note == nil {
		return ""
	}
	return m.fill("in-parentheses", "text", m.text(c.Note))
}

func (m *mdWriter) measure(x Measure) {
	m.heading(3, mdText(x.ID))
	if !slices.Contains(x.Gaps, catalog.GapMeasure) {
		m.block(m.text(x.Text))
	}
	for _, g := range x.Gaps {
		m.block("> " + m.word("gap-"+string(g)))
	}
	notes := []string{m.pair("layers-of", m.layers(x.Layers))}
	if x.WordingOf != "" {
		notes = append(notes, m.fill("wording-of", "id", m.ref(x.WordingOf)))
	}
	if x.ControlsOf != "" {
		notes = append(notes, m.fill("controls-of", "id", m.ref(x.ControlsOf)))
	}
	notes = append(notes, m.pair("residuals", strings.Join(each(x.Residuals, m.statementOf), " / ")),
		m.pair("tags", mdText(strings.Join(x.Tags, ", "))))
	m.list(notes...)
	m.table([]string{m.word("control"), m.word("statement")}, each(x.Controls, func(c Citation) []string {
		s := m.ix.controls[c.ID]
		if c.Variant != nil {
			s = c.Variant
		}
		return []string{m.ref(c.ID), m.statement(s, m.ix.parameters[c.ID]) + m.note(c)}
	}))
}

func (m *mdWriter) clauses() {
	m.heading(1, m.word("controls"))
	m.up()
	m.list(each(m.d.Clauses, func(c Clause) string {
		return m.link(strings.TrimSpace(mdText(c.ID)+" "+m.text(c.Title)), m.at["clause "+c.ID]) + fmt.Sprintf(" (%d)", len(c.Controls))
	})...)
}

func (m *mdWriter) clause(cl Clause) {
	m.heading(1, strings.TrimSpace(mdText(cl.ID)+" "+m.text(cl.Title)))
	m.up(m.link(m.word("controls"), "controls/README.md"))
	for _, c := range cl.Controls {
		m.control(c)
	}
}

func (m *mdWriter) control(c Control) {
	m.heading(3, mdText(m.number(c.ID)))
	if c.Title != nil {
		m.block("**" + m.text(c.Title) + "**")
	}
	if c.Statement != nil {
		m.block(m.statement(c.Statement, c.Parameters))
	}
	if len(c.Items) > 0 {
		m.itemList("", c.Items, c.Parameters)
		m.b.WriteString("\n")
	}
	if len(c.Parameters) > 0 {
		m.block("**" + m.word("parameters") + "**")
		m.list(each(c.Parameters, m.parameter)...)
	}
	if len(c.Guidance) > 0 {
		m.block("**" + m.word("guidance") + "**")
		for _, t := range c.Guidance {
			m.block(m.text(t))
		}
	}
	parent := ""
	if c.Parent != "" {
		parent = m.ref(c.Parent)
	}
	for _, said := range []string{m.pair("parent", parent), m.pair("enhancements", m.refs(m.ix.enhancements[c.ID])), m.pair("related", m.refs(c.Related)),
		m.pair("references", strings.Join(each(c.References, func(id string) string { return m.link(mdText(id), "references.md") }), m.word("list-separator"))),
		m.pair("cited-by", m.refs(c.CitedBy))} {
		m.block(said)
	}
}

// itemList writes the items of a statement as a list.
func (m *mdWriter) itemList(indent string, items []Item, params []Parameter) {
	for _, x := range items {
		label := ""
		if x.Label != "" {
			label = "**" + mdText(x.Label) + "** "
		}
		text := m.statement(x.Text, params)
		if label+text == "" {
			text = "–"
		}
		m.b.WriteString(indent + "- " + label + text + "\n")
		m.itemList(indent+"  ", x.Items, params)
	}
}

// parameter says what a value means and which ones there are.
func (m *mdWriter) parameter(p Parameter) string {
	s := strings.TrimSpace("`" + p.ID + "` " + m.text(p.Label))
	if len(p.Choices) > 0 {
		key := "one-of"
		if p.Many {
			key = "some-of"
		}
		s += " " + m.word(key) + m.word("colon") + strings.Join(each(p.Choices, m.text), " / ")
	}
	if p.Default != "" {
		s += " (" + m.word("default") + m.word("colon") + mdText(p.Default) + ")"
	}
	if p.Guidance != nil {
		s += " – " + m.text(p.Guidance)
	}
	return s
}

func (m *mdWriter) vulnerabilities() {
	m.heading(1, m.word("vulnerabilities"))
	m.up()
	m.table([]string{m.word("vulnerability"), m.word("name"), m.word("risks")}, each(m.d.Vulnerabilities, func(v Vulnerability) []string {
		return []string{mdText(v.ID), m.text(v.Label), m.refs(v.CitedBy)}
	}))
}

func (m *mdWriter) layersFile() {
	m.heading(1, m.word("layers"))
	m.up()
	m.layerModel()
	m.layerTable()
}

func (m *mdWriter) layerModel() { m.block(m.text(m.d.Guide.LayerModel)) }

func (m *mdWriter) layerTable() {
	depth := map[string]int{}
	m.table([]string{m.word("layer"), m.word("description")}, each(m.d.Layers, func(l Layer) []string {
		depth[l.ID] = depth[l.Parent] + 1
		said := m.text(l.Description)
		for _, x := range []struct {
			is  bool
			key string
		}{{!l.InScope, "out-of-scope"}, {l.CrossLayer, "cross-layer"}} {
			if x.is {
				said = strings.TrimSpace(said + " *(" + m.word(x.key) + ")*")
			}
		}
		return []string{strings.Repeat("&emsp;", depth[l.ID]-1) + m.text(l.Name), said}
	}))
}

func (m *mdWriter) references() {
	m.heading(1, m.word("references"))
	m.up()
	m.referenceList()
}

func (m *mdWriter) referenceList() {
	m.list(each(m.d.References, func(r Reference) string {
		s := "**" + mdText("["+r.ID+"]") + "** " + m.text(r.Text)
		if r.URL != "" {
			s += " <" + r.URL + ">"
		}
		if r.Note != nil {
			s += "<br>" + m.text(r.Note)
		}
		return s
	})...)
}

func (m *mdWriter) retired() {
	m.heading(1, m.word("retired"))
	m.up()
	m.table([]string{m.word("retired-id"), m.word("edition"), m.word("replaced-by"), m.word("reason")}, each(m.d.Retired, func(r Retirement) []string {
		return []string{mdText(r.ID), mdText(r.Edition), m.refs(r.ReplacedBy), m.text(r.Reason)}
	}))
}

// page writes a page of the front matter, whose body is Markdown already.
func (m *mdWriter) page(p Page) {
	m.heading(1, m.text(p.Title))
	m.up()
	body, _ := m.plain(p.Body)
	for line := range strings.Lines(body) {
		switch strings.TrimSpace(line) {
		case "{{columns}}":
			m.columns()
		case "{{references}}":
			m.referenceList()
		case "{{risk-list}}":
			m.riskTable()
		case "{{layer-model}}":
			m.layerModel()
		case "{{layers}}":
			m.layerTable()
		default:
			m.b.WriteString(line)
		}
	}
	m.b.WriteString("\n")
}

func (m *mdWriter) requirements() {
	t := m.d.Tailoring
	m.heading(1, m.word("requirements"))
	m.up()
	m.block(m.text(t.Title))
	m.list(m.pair("profile", mdText(t.Pack)), m.pair("organisation", m.text(t.Organisation)), m.pair("supplier", m.text(t.Supplier)),
		m.pair("service", m.text(t.Service)), m.pair("due", t.Due))
	for _, r := range t.Requirements {
		m.heading(3, mdText(m.number(r.ID)))
		m.block(m.pair("obligation", m.word("obligation-"+string(r.Obligation))))
		if r.Title != nil {
			m.block("**" + m.text(r.Title) + "**")
		}
		m.block(m.text(r.Statement))
		items := each(r.Additions, func(x Text) string { return m.pair("added", m.text(x)) })
		for _, w := range r.Variants {
			items = append(items, m.fill("variant", "measures", m.refs(w.Measures))+m.word("colon")+m.text(w.Text))
		}
		for _, w := range r.Notes {
			items = append(items, m.fill("note", "measures", m.refs(w.Measures))+m.word("colon")+m.text(w.Text))
		}
		items = append(items, each(r.ObligationNotes, m.text)...)
		items = append(items, m.pair("reason", m.text(r.Reason)),
			m.pair("values", strings.Join(each(r.Values, func(v Value) string {
				if v.Open {
					return "`" + v.Parameter + "` " + m.word("open")
				}
				return "`" + v.Parameter + "` = " + mdText(v.Value)
			}), m.word("list-separator"))),
			m.pair("cited-by", strings.Join(each(r.AskedBy, func(a Asking) string { return m.ref(a.Measure) }), m.word("list-separator"))),
			m.pair("risks", strings.Join(each(r.Risks, m.named), m.word("list-separator"))))
		m.list(items...)
	}
	m.heading(2, m.word("left-out"))
	m.table([]string{m.word("left-out"), m.word("reason")}, each(t.Exclusions, func(x Exclusion) []string {
		out := slices.Concat(each(x.Measures, m.ref), each(x.Direct, m.ref), each(x.Requirements, mdText), each(x.Citations, func(c LeftOut) string {
			return strings.ReplaceAll(m.fill("left-out-of", "control", m.ref(c.Control)), mdText("{measure}"), m.ref(c.Measure))
		}))
		return []string{strings.Join(out, m.word("list-separator")), m.text(x.Reason)}
	}))
	m.list(m.pair("not-selected", m.refs(t.NotSelected)), m.pair("without-controls", m.refs(t.WithoutControls)))
}

// mdText writes text so that Markdown shows it as it is.
func mdText(s string) string {
	var b strings.Builder
	start := true // of a line: only digits and spaces so far
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteString("<br>")
			start = true
			continue
		case r == '&':
			b.WriteString("&amp;")
		case r == ' ' && start && b.Len() == 0:
			b.WriteString("&#32;") // or four of them would be code
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case strings.ContainsRune("\\`*_{}[]<>|~$", r),
			start && strings.ContainsRune("#+-=", r),
			start && (r == '.' || r == ')') && strings.HasPrefix(s[i+1:]+" ", " "):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		start = start && (unicode.IsDigit(r) || r == ' ')
	}
	return b.String()
}

// slugs makes the anchors of the headings of one file as the forges do: the
// letters and digits in lower case, and a number behind an anchor that is taken.
type slugs map[string]int

func (s slugs) add(heading string) string {
	slug := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, heading)
	out := slug
	for _, taken := s[out]; taken; _, taken = s[out] {
		s[slug]++
		out = fmt.Sprintf("%s-%d", slug, s[slug])
	}
	s[out] = 0
	return out
}
