package published

import (
	"strings"
)

// draftRisk is the section of a risk as printed: its cells, each once, and the
// rows that point to them.
type draftRisk struct {
	id, name    string
	line        int
	description []draftText
	notes       []draftText
	rows        []*draftRow
	measures    []*draftMeasure
	absent      []draftText // labels of layers that are not applicable
}

// draftText is a text with its place.
type draftText struct {
	text      string
	line, col int
}

// draftList is a printed cell that holds a list.
type draftList struct {
	items     []string
	line, col int
}

// draftLabel is one citation of a vulnerability.
type draftLabel struct {
	number    string // "48"; empty for a vulnerability without a number
	label     string
	note      string
	line, col int
}

// draftLabels is a printed cell of vulnerabilities.
type draftLabels struct {
	labels []draftLabel
}

// draftControls is a printed cell of controls.
type draftControls struct {
	owner *draftMeasure
	cites []draftCitation
}

// draftCitation is a control number with the words behind it.
type draftCitation struct {
	id string
	// text is the statement; form keeps the white space at brackets, which
	// text does not, so that wordings are counted as they are printed.
	text, form string
	line, col  int
}

// draftMeasure is a printed measure.
type draftMeasure struct {
	text      draftText // empty where the text lacks it
	controls  *draftControls
	residuals *draftList // nil where there is none
	// index is the place among the risk's measures.
	index int
	// noControls marks a measure whose control cell the text lacks.
	noControls bool
}

// draftRow is a row of the table.
type draftRow struct {
	line      int
	layer     string
	objective *draftText
	threats   *draftList
	labels    *draftLabels
	measure   *draftMeasure
	remark    draftText
}

// risks reads the sections of the risks, from the line with the index first on.
func (p *parser) risks(first int) []*draftRisk {
	var out []*draftRisk
	seen := map[string]int{}
	for i := first; i < len(p.lines); {
		id, name, ok := riskHeading(p.lines[i])
		if !ok { // only after a section, which reads on to the next heading
			i++
			continue
		}
		end := i + 1
		for end < len(p.lines) {
			if _, _, ok := riskHeading(p.lines[end]); ok {
				break
			}
			end++
		}
		if at, twice := seen[id]; twice {
			p.fail(i+1, "risk %s has a second section; the first begins at line %d", id, at)
		} else {
			seen[id] = i + 1
			out = append(out, p.risk(id, name, i, end))
		}
		i = end
	}
	return out
}

// risk reads the section of one risk: the lines with the indexes from start
// (its heading) up to end.
func (p *parser) risk(id, name string, start, end int) *draftRisk {
	r := &draftRisk{id: id, name: clean(name), line: start + 1}
	i := start + 1
	for ; i < end && !isTableHeader(p.lines[i]); i++ {
		line := strings.TrimSpace(p.lines[i])
		switch {
		case line == "":
		case strings.Contains(p.lines[i], "\t"):
			p.fail(i+1, "risk %s: a row of a table before the header of the table", id)
			return r
		case noteRE.MatchString(line) && noteRE.FindString(line) == line:
			p.fail(i+1, "risk %s: an empty note", id)
		case noteRE.MatchString(line):
			r.notes = append(r.notes, draftText{clean(noteRE.ReplaceAllString(line, "")), i + 1, 1})
		case strings.Trim(line, "-・ ") == "":
			p.fail(i+1, "risk %s: an empty paragraph", id)
		case bulletRE.MatchString(line) || len(r.description) == 0:
			r.description = append(r.description, draftText{clean(bulletRE.ReplaceAllString(line, "")), i + 1, 1})
		default:
			p.fail(i+1, "risk %s: cannot tell what this line belongs to: %s", id, quote(line))
		}
	}
	if len(r.description) == 0 {
		p.fail(start+1, "risk %s has no description", id)
	}
	if i == end {
		p.fail(start+1, "risk %s has no table: the text ends, or the next risk begins, before it", id)
		return r
	}
	rows, ok := p.tableRows(id, i, end)
	if ok {
		t := &tableReader{p: p, risk: r}
		t.read(rows)
	}
	return r
}

// isTableHeader recognises the first header line of a risk table.
func isTableHeader(line string) bool {
	return strings.HasPrefix(line, "レイヤ\t") && strings.Contains(line, "\t目指すべき水準\t")
}

// readHeader reads the first header line of a risk table: how many cells it has
// and how many of them are for the layer. ok is false where its columns are not
// those of the form.
func readHeader(line string) (width, layerColumns int, ok bool) {
	cells := strings.Split(line, "\t")
	layerColumns = 1
	if cells[1] == "" {
		layerColumns = 2
	}
	want := []string{"目指すべき水準", "想定されるリスク", "", "クラウド事業者における対策の要点", "対応するクラウド管理基準", "残留リスク", "備考"}
	if len(cells) < layerColumns+len(want) || clean(cells[0]) != "レイヤ" {
		return 0, 0, false
	}
	for i, c := range cells[layerColumns:] {
		w := ""
		if i < len(want) {
			w = want[i]
		}
		if clean(c) != w {
			return 0, 0, false
		}
	}
	return len(cells), layerColumns, true
}

// isSubHeader recognises the second header line.
func isSubHeader(line string) bool {
	return strings.Join(strings.Fields(line), " ") == "脅威 脆弱性"
}

// tableRows reads the lines of a table and puts their cells under the columns.
func (p *parser) tableRows(id string, start, end int) (rows []*tableRow, ok bool) {
	ok = true
	wrong := func(line int, format string, args ...any) {
		ok = false
		p.fail(line, "risk "+id+": "+format, args...)
	}
	page, width, layerColumns := -1, 0, 0
	labelled := false // a row of this page had a layer
	fresh := false    // no row of this page was read
	for i := start; i < end; i++ {
		line := p.lines[i]
		if strings.TrimSpace(line) == "" {
			// A row may consist of empty cells only; a blank line has none.
			if !strings.Contains(line, "\t") {
				continue
			}
		}
		if isTableHeader(line) {
			page++
			var whole bool
			if width, layerColumns, whole = readHeader(line); !whole {
				wrong(i+1, "the header of the table does not have the nine columns of the form")
				return nil, false
			}
			if i+1 >= end || !isSubHeader(p.lines[i+1]) {
				wrong(i+1, "the header of the table lacks its second line (脅威, 脆弱性)")
				return nil, false
			}
			i++
			labelled, fresh = false, true
			continue
		}
		if isSubHeader(line) {
			wrong(i+1, "the second line of a header without the first")
			continue
		}
		if !strings.Contains(line, "\t") {
			wrong(i+1, "a line that is no row of the table: %s", quote(strings.TrimSpace(line)))
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != width {
			wrong(i+1, "the row has %d cells, its header %d; the text may be cut off here", len(cells), width)
			continue
		}
		r, fits := alignRow(cells, layerColumns)
		if !fits {
			wrong(i+1, "cannot tell which cell belongs to which column")
			continue
		}
		r.line, r.page = i+1, page
		for c, s := range r.cells {
			switch words := plain(s); {
			case strings.Trim(words, string(bullet)+" ") == "":
				r.cells[c] = ""
			case isLayerGroup(words) || layerOrder(words) >= 0:
				wrong(i+1, "%s stands in the %s column", quote(words), columnName(c))
			}
		}
		r.top = page > 0 && !labelled
		r.firstOnPage = page > 0 && fresh
		fresh = false
		if r.layer != "" || r.group != "" {
			labelled = true
		}
		if r.layer != "" && layerOrder(r.layer) < 0 || r.group != "" && !isLayerGroup(r.group) {
			wrong(i+1, "%s is not a layer of the form", quote(strings.TrimSpace(r.group+" "+r.layer)))
			continue
		}
		for c, at := range r.cols {
			r.cols[c] = 1
			if at >= 0 {
				r.cols[c] = runeCol(line, cellOffset(cells, at))
			}
		}
		p.reportRow(id, &r, line)
		rows = append(rows, &r)
	}
	if ok && len(rows) == 0 {
		wrong(start+1, "the table has no rows; the text may be cut off here")
	}
	return rows, ok
}

// cellOffset gives the byte offset at which a cell begins in its line.
func cellOffset(cells []string, i int) int {
	n := 0
	for _, c := range cells[:i] {
		n += len(c) + 1
	}
	return n
}

// reportRow notes what was done to the cells of a row before they are read.
func (p *parser) reportRow(id string, r *tableRow, line string) {
	var moved []string
	switch {
	case r.shift > 0:
		moved = append(moved, "one layer cell where the header has two")
	case r.shift < 0:
		moved = append(moved, "two layer cells where the header has one")
	}
	if r.lost >= 0 {
		first := 0
		for first < columns && r.cells[first] == "" {
			first++
		}
		switch {
		case first == columns || first < r.lost:
			moved = append(moved, "the "+columnName(r.lost)+" cell is missing")
		default:
			moved = append(moved, "one of the empty cells before the "+columnName(first)+" cell is missing")
		}
	}
	if len(moved) > 0 {
		p.report.add(KindShift, id, r.line, "%s", strings.Join(moved, "; "))
	}
	if tagRE.MatchString(line) {
		p.report.add(KindTags, id, r.line, "tags removed")
	}
	for _, c := range r.cells {
		if hasBrokenWords(c) {
			p.report.add(KindSpaces, id, r.line, "line ends inside words joined")
			break
		}
	}
}

// hasBrokenWords reports whether a cell has white space between two Japanese
// characters of one item.
func hasBrokenWords(cell string) bool {
	ps, inList := parts(cell)
	if inList {
		return false
	}
	for _, part := range ps {
		var before rune
		space := false
		for _, r := range part {
			if r == ' ' || r == '　' {
				space = true
				continue
			}
			if space && r != bullet && isJapanese(before) && isJapanese(r) {
				return true
			}
			before, space = r, false
		}
	}
	return false
}
