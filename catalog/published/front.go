package published

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"riskguide/catalog"
)

// frontMatter is what stands before the first risk.
type frontMatter struct {
	title, edition, publisher, rights draftText
	editionNumber                     string
	date                              time.Time
	cover                             []draftText // the other lines of the cover
	columns                           map[string]draftText
	references                        []draftReference
	overview                          []overviewRow
	pages                             []draftPage
}

// draftReference is an entry of the references.
type draftReference struct {
	id   string
	text draftText
	note draftText
}

// overviewRow is a row of the list of risks.
type overviewRow struct {
	id, name string
	line     int
	// description and notes are those of the cell, split as in a section.
	description, notes []string
	enisa              []int
	added              bool
}

// draftPage is a page of the front matter in Markdown.
type draftPage struct {
	id, title string
	line      int
	body      []string // paragraphs
}

var (
	dateRE      = regexp.MustCompile(`^([0-9]{4})年([0-9]{1,2})月$`)
	editionRE   = regexp.MustCompile(`^([0-9]{4})年度版$`)
	sectionRE   = regexp.MustCompile(`^●\s*(\S.*)$`)
	referenceRE = regexp.MustCompile(`^\[([^\]]+)\]\s*(\S.*)$`)
	enisaRE     = regexp.MustCompile(`^ENISA\s+No\.\s*([0-9]{1,3})$`)
	noticeRE    = regexp.MustCompile(`^[(（]注意?[)）]`)
	addedRE     = regexp.MustCompile(`^[(（]WGI?による追加[)）]$`)
)

// columnHeadings gives the headings of the columns, as they stand in the front
// matter, in printed order.
func columnHeadings() []struct {
	name string
	id   catalog.ColumnID
} {
	return []struct {
		name string
		id   catalog.ColumnID
	}{
		{"レイヤ", catalog.ColumnLayer},
		{"目指すべき水準", catalog.ColumnObjective},
		{"想定されるリスク", catalog.ColumnRisk},
		{"脅威", catalog.ColumnThreats},
		{"脆弱性", catalog.ColumnVulnerabilities},
		{"クラウド事業者における対策の要点", catalog.ColumnMeasure},
		{"対応するクラウド管理基準", catalog.ColumnControls},
		{"残留リスク", catalog.ColumnResiduals},
		{"備考", catalog.ColumnRemark},
	}
}

// frontMatter reads the lines before the index end. It returns nil where the
// text is not of the form.
func (p *parser) frontMatter(end int) *frontMatter {
	fm := &frontMatter{columns: map[string]draftText{}}
	start := end
	for i := 0; i < end; i++ {
		if sectionRE.MatchString(p.lines[i]) {
			start = i
			break
		}
	}
	if start == end {
		p.fail(0, "this is not the published guide: no section of the front matter (a line that begins with \"● \")")
		return nil
	}
	p.cover(fm, start)
	for i := start; i < end; {
		next := i + 1
		for next < end && !sectionRE.MatchString(p.lines[next]) {
			next++
		}
		p.section(fm, i, next)
		i = next
	}
	for _, c := range columnHeadings() {
		if _, ok := fm.columns[c.name]; !ok {
			p.fail(0, "the front matter does not describe the column %s", c.name)
		}
	}
	if len(fm.overview) == 0 {
		p.fail(0, "the front matter has no list of risks")
	}
	if len(p.problems) > 0 {
		return nil
	}
	p.report.add(KindFront, "", 0, "the figure of the layer model is not in the text: its description stays empty")
	p.report.add(KindFront, "", 0, "the headings of the tables in the front matter (見出し項目, 内容, 番号, …) are left to whoever prints the tables")
	return fm
}

// cover reads the lines before the first section: blocks with blank lines
// between them.
func (p *parser) cover(fm *frontMatter, end int) {
	for i := 0; i < end; {
		if strings.TrimSpace(p.lines[i]) == "" {
			i++
			continue
		}
		var block []draftText
		for ; i < end && strings.TrimSpace(p.lines[i]) != ""; i++ {
			if strings.Contains(p.lines[i], "\t") {
				p.fail(i+1, "a row of a table on the cover")
			}
			block = append(block, draftText{oneLine(p.lines[i]), i + 1, 1})
		}
		last := block[len(block)-1]
		switch {
		case fm.title.text == "" && len(block) > 1 && editionRE.MatchString(last.text):
			var title []string
			for _, l := range block[:len(block)-1] {
				title = append(title, l.text)
			}
			fm.title = draftText{clean(strings.Join(title, " ")), block[0].line, 1}
			fm.edition = last
			fm.editionNumber = editionRE.FindStringSubmatch(last.text)[1] + ".1"
		case fm.date.IsZero() && len(block) == 1 && dateRE.MatchString(last.text):
			m := dateRE.FindStringSubmatch(last.text)
			y, _ := strconv.Atoi(m[1])
			mo, _ := strconv.Atoi(m[2])
			if mo < 1 || mo > 12 {
				p.fail(last.line, "%s is not a month", quote(last.text))
				mo = 1
			}
			fm.date = time.Date(y, time.Month(mo), 1, 0, 0, 0, 0, time.UTC)
			fm.cover = append(fm.cover, last)
		case fm.rights.text == "" && noticeRE.MatchString(last.text) && len(block) == 1:
			fm.rights = last
		case !fm.date.IsZero() && fm.publisher.text == "" && len(block) == 1:
			fm.publisher = last
		default:
			fm.cover = append(fm.cover, block...)
		}
	}
	if fm.title.text == "" {
		p.fail(0, "this is not the published guide: the cover has no title with an edition below it (such as 2011年度版)")
	}
	if fm.date.IsZero() {
		p.fail(0, "this is not the published guide: the cover has no month (such as 2012年8月)")
	}
	if fm.publisher.text == "" {
		p.fail(0, "this is not the published guide: the cover names no publisher below the month")
	}
}

// section reads one section of the front matter and makes a page of it: the
// lines with the indexes from start (its heading) up to end.
func (p *parser) section(fm *frontMatter, start, end int) {
	title := oneLine(sectionRE.FindStringSubmatch(p.lines[start])[1])
	pg := draftPage{title: title, line: start + 1}
	inReferences, tables := false, map[string]bool{}
	directive := func(name string) {
		if !tables[name] {
			tables[name] = true
			pg.body = append(pg.body, "{{"+name+"}}")
		}
	}
	for i := start + 1; i < end; i++ {
		raw := p.lines[i]
		line := strings.TrimSpace(raw)
		switch {
		case line == "":
		case strings.Contains(strings.TrimRight(raw, "\t "), "\t"):
			cells := strings.Split(strings.TrimRight(raw, "\t "), "\t")
			switch {
			case isFrontHeader(raw):
			case len(cells) == 2:
				directive("columns")
				p.column(fm, i+1, cells)
			case len(cells) == 4:
				directive("risk-list")
				p.overviewRow(fm, i+1, cells)
			default:
				p.fail(i+1, "a row with %d cells: neither of the description of the columns (2) nor of the list of risks (4)", len(cells))
			}
		case line == "参考文献":
			inReferences = true
			pg.body = append(pg.body, "## "+line)
		case inReferences && referenceRE.MatchString(line):
			directive("references")
			m := referenceRE.FindStringSubmatch(line)
			for _, r := range fm.references {
				if r.id == m[1] {
					p.fail(i+1, "the reference [%s] stands twice", r.id)
				}
			}
			fm.references = append(fm.references, draftReference{id: m[1], text: draftText{oneLine(m[2]), i + 1, 1}})
		case inReferences && len(fm.references) > 0:
			ref := &fm.references[len(fm.references)-1]
			if ref.note.text != "" {
				p.fail(i+1, "cannot tell what this line belongs to: %s", quote(line))
			}
			ref.note = draftText{oneLine(line), i + 1, 1}
		case bulletRE.MatchString(line):
			item := "- " + markdown(oneLine(bulletRE.ReplaceAllString(line, "")))
			if n := len(pg.body); n > 0 && strings.HasPrefix(pg.body[n-1], "- ") {
				pg.body[n-1] += "\n" + item
			} else {
				pg.body = append(pg.body, item)
			}
		default:
			pg.body = append(pg.body, markdown(oneLine(line)))
		}
	}
	switch {
	case tables["columns"]:
		pg.id = "10-purpose"
	case tables["risk-list"]:
		pg.id = "20-risk-list"
	default:
		pg.id = "30-layers"
	}
	for i := range fm.pages {
		if fm.pages[i].id == pg.id {
			// A further section of the same matter: the figure that both
			// speak of stands below the last.
			fm.pages[i].body = append(append(fm.pages[i].body, "## "+markdown(pg.title)), pg.body...)
			return
		}
	}
	fm.pages = append(fm.pages, pg)
}

// isFrontHeader recognises the header lines of the tables of the front matter.
func isFrontHeader(line string) bool {
	switch squeeze(line) {
	case "見出し項目内容", "番号リスクの識別名リスクの具体的内容[ENISA09]との関係":
		return true
	}
	return false
}

// markdown protects the characters of a text that Markdown would read as marks.
func markdown(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '\\', '*', '_', '`', '<', '&':
			b.WriteByte('\\')
		case '#', '+', '-', '>', '=', '~', '|':
			if i == 0 {
				b.WriteByte('\\')
			}
		case '{':
			if strings.HasPrefix(s[i:], "{{") {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// column reads a row of the description of the columns.
func (p *parser) column(fm *frontMatter, line int, cells []string) {
	name := clean(cells[0])
	for _, c := range columnHeadings() {
		if c.name == name {
			if _, twice := fm.columns[name]; twice {
				p.fail(line, "the column %s is described twice", name)
			}
			fm.columns[name] = draftText{oneLine(cells[1]), line, runeCol(p.lines[line-1], len(cells[0])+1)}
			return
		}
	}
	p.fail(line, "%s is not a column of the form", quote(name))
}

// overviewRow reads a row of the list of risks.
func (p *parser) overviewRow(fm *frontMatter, line int, cells []string) {
	id := strings.TrimSpace(cells[0])
	if _, _, ok := riskHeading(id + ": x"); !ok {
		p.fail(line, "%s is not the number of a risk", quote(id))
		return
	}
	for _, r := range fm.overview {
		if r.id == id {
			p.fail(line, "risk %s stands twice in the list of risks", id)
		}
	}
	row := overviewRow{id: id, name: clean(cells[1]), line: line}
	row.description, row.notes = splitDescription(cells[2])
	for _, rel := range strings.Split(cells[3], ",") {
		rel = strings.TrimSpace(rel)
		if m := enisaRE.FindStringSubmatch(rel); m != nil {
			n, _ := strconv.Atoi(m[1])
			row.enisa = append(row.enisa, n)
			continue
		}
		if addedRE.MatchString(rel) {
			row.added = true
			p.report.add(KindFront, id, line, "%s is read as: added by the working group", quote(rel))
			continue
		}
		p.fail(line, "risk %s: cannot read its relation to ENISA 2009: %s", id, quote(rel))
	}
	fm.overview = append(fm.overview, row)
}

// splitDescription splits the description in the list of risks into paragraphs
// and notes.
func splitDescription(cell string) (description, notes []string) {
	cell = strings.TrimSpace(cell)
	rest := ""
	for _, mark := range []string{" (注)", " （注）"} {
		if i := strings.Index(cell, mark); i >= 0 {
			cell, rest = cell[:i], cell[i+len(mark):]
			break
		}
	}
	lead, its := splitBullets(cell)
	if lead != "" || len(its) == 0 {
		description = append(description, clean(cell))
	} else {
		for _, s := range its {
			description = append(description, clean(s))
		}
	}
	if rest = clean(rest); rest != "" {
		notes = append(notes, rest)
	}
	return description, notes
}

// compareOverview checks that the list of risks and the sections agree, and
// notes where they word something differently.
func (p *parser) compareOverview(rows []overviewRow, risks []*draftRisk) {
	sections := map[string]*draftRisk{}
	for _, r := range risks {
		sections[r.id] = r
	}
	listed := map[string]bool{}
	for i, row := range rows {
		listed[row.id] = true
		r := sections[row.id]
		if r == nil {
			p.fail(row.line, "risk %s of the list has no section; the text may be cut off", row.id)
			continue
		}
		if i < len(risks) && risks[i].id != row.id {
			p.fail(r.line, "risk %s stands at another place than in the list of risks", row.id)
		}
		if row.name != r.name {
			a, b := contrast(row.name, r.name)
			p.report.add(KindOverview, row.id, row.line, "name: the list has %s, the section (line %d) %s", a, r.line, b)
		}
		p.compareTexts(row, "description", row.description, r.description, r.line)
		p.compareTexts(row, "note", row.notes, r.notes, r.line)
	}
	for _, r := range risks {
		if !listed[r.id] {
			p.fail(r.line, "risk %s is not in the list of risks", r.id)
		}
	}
}

// compareTexts notes where the paragraphs of the list differ from the section's.
func (p *parser) compareTexts(row overviewRow, what string, list []string, section []draftText, line int) {
	for i := 0; i < len(list) || i < len(section); i++ {
		switch {
		case i >= len(list):
			p.report.add(KindOverview, row.id, row.line, "%s: the list lacks %s (line %d)", what, quote(section[i].text), section[i].line)
		case i >= len(section):
			p.report.add(KindOverview, row.id, row.line, "%s: the section (line %d) lacks %s", what, line, quote(list[i]))
		case list[i] != section[i].text:
			a, b := contrast(list[i], section[i].text)
			p.report.add(KindOverview, row.id, row.line, "%s: the list has %s, the section (line %d) %s", what, a, section[i].line, b)
		}
	}
}

// guide makes the guide's own data.
func (p *parser) guide(fm *frontMatter) (*catalog.Guide, []*catalog.Page) {
	g := &catalog.Guide{
		Pos:       p.pos(1, 1),
		ID:        "cloud-risk-guide",
		Title:     p.text(fm.title.text, fm.title.line, 1),
		Subtitle:  p.text(fm.edition.text, fm.edition.line, 1),
		Edition:   fm.editionNumber,
		Date:      fm.date,
		Languages: []catalog.Lang{catalog.Japanese},
		Publisher: p.text(fm.publisher.text, fm.publisher.line, 1),
	}
	if fm.rights.text != "" {
		g.Rights = p.text(fm.rights.text, fm.rights.line, 1)
	}
	for _, s := range []struct{ id, letter, name string }{{"high", "H", "高"}, {"medium", "M", "中"}, {"low", "L", "低"}} {
		g.Severities = append(g.Severities, &catalog.Severity{Pos: p.pos(1, 1), ID: s.id, Letter: s.letter, Name: p.text(s.name, 1, 1)})
	}
	g.Layers = p.layers()
	for _, c := range columnHeadings() {
		d := fm.columns[c.name]
		g.Columns = append(g.Columns, &catalog.Column{Pos: p.pos(d.line, 1), ID: c.id, Name: p.text(c.name, d.line, 1), Description: p.text(d.text, d.line, d.col)})
	}
	for _, r := range fm.references {
		ref := &catalog.Reference{Pos: p.pos(r.text.line, 1), ID: r.id, Text: p.text(r.text.text, r.text.line, 1)}
		if r.note.text != "" {
			ref.Note = p.text(r.note.text, r.note.line, 1)
		}
		g.References = append(g.References, ref)
	}
	var pages []*catalog.Page
	if len(fm.cover) > 0 {
		fm.pages = append([]draftPage{coverPage(fm.cover)}, fm.pages...)
	}
	for _, pg := range fm.pages {
		body := pg.body
		if pg.id == "30-layers" {
			body = append(body, "{{layer-model}}", "{{layers}}")
		}
		pages = append(pages, &catalog.Page{
			Pos: p.pos(pg.line, 1), ID: pg.id,
			Title: p.text(pg.title, pg.line, 1),
			Body:  p.text(strings.Join(body, "\n\n"), pg.line+1, 1),
		})
		g.PageOrder = append(g.PageOrder, pg.id)
	}
	return g, pages
}

// coverPage makes a page of the lines of the cover that have no other place;
// the first of them is its title.
func coverPage(lines []draftText) draftPage {
	pg := draftPage{id: "00-cover", title: lines[0].text, line: lines[0].line}
	for _, l := range lines[1:] {
		pg.body = append(pg.body, markdown(l.text))
	}
	return pg
}

// layerID gives the id of a layer by its label.
func layerID(label string) string {
	switch label {
	case labelResource:
		return "resource"
	case labelFunction:
		return "function"
	case labelPhysical:
		return "physical"
	case labelService:
		return "service-management"
	}
	return ""
}

// layers makes the layer model of the form: what the figure shows, from the
// uppermost layer down (guide p. 4).
func (p *parser) layers() []*catalog.Layer {
	layer := func(id, name string, inScope bool) *catalog.Layer {
		return &catalog.Layer{Pos: p.pos(1, 1), ID: id, Name: p.text(name, 1, 1), InScope: inScope}
	}
	user := layer("user", "利用者層", false)
	provision := layer("service-provision", "サービス提供層", false)
	abstraction := layer("abstraction", labelAbstraction, true)
	for _, l := range []string{labelResource, labelFunction} {
		child := layer(layerID(l), l, true)
		child.Parent = abstraction
		abstraction.Children = append(abstraction.Children, child)
	}
	physical := layer(layerID(labelPhysical), labelPhysical, true)
	service := layer(layerID(labelService), labelService, true)
	service.CrossLayer = true
	return []*catalog.Layer{user, provision, abstraction, physical, service}
}

// severityOf gives the id of the severity that a risk's letter stands for.
func severityOf(id string) string {
	return map[byte]string{'H': "high", 'M': "medium", 'L': "low"}[id[0]]
}
