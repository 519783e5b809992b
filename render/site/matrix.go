package site

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"riskguide/catalog"
)

// MatrixView is the page of the two matrices: risks by layers and risks by
// clauses.
type MatrixView struct {
	Layers *Matrix
	// Clauses is nil where the matrix would have more than matrixCells cells;
	// Sparse then lists what it would hold.
	Clauses *Matrix
	Sparse  []SparseRow
}

// matrixCells is the largest matrix that is drawn. A matrix grows with the square
// of a guide and is of no use beyond what a page shows.
const matrixCells = 12000

// Matrix is a table of numbers by risk.
type Matrix struct {
	ID     string // begins ids of the page
	Title  string
	Note   string
	Groups []MatrixGroup // chapters over the heads; empty where there are none
	Heads  []MatrixHead
	Rows   []MatrixRow
	Totals []MatrixCell
	Total  MatrixCell
	Legend []MatrixStep
	// NotApplicable and Blank tell which cells without a number there are.
	NotApplicable, Blank bool
}

// MatrixGroup is a heading over several columns.
type MatrixGroup struct {
	Label string
	Span  int
}

// MatrixHead heads a column.
type MatrixHead struct {
	Href  string
	ID    string
	Label template.HTML
	Title string // what the id stands for
}

// MatrixRow holds the numbers of a risk.
type MatrixRow struct {
	Risk     Link
	Severity Severity
	Cells    []MatrixCell
	Total    MatrixCell
}

// MatrixCell is a number, with a link to the measures that it counts.
type MatrixCell struct {
	N             int
	Href          string // empty where N is 0
	Step          int    // of the legend, from 1; 0 where N is 0
	NotApplicable bool
	Title         string
}

// MatrixStep is a colour of the heat map: From to To have it.
type MatrixStep struct{ Step, From, To int }

// Range writes the step as people do.
func (s MatrixStep) Range() string {
	if s.From == s.To {
		return strconv.Itoa(s.From)
	}
	return strconv.Itoa(s.From) + "–" + strconv.Itoa(s.To)
}

// SparseRow lists the numbers of a risk that are not 0.
type SparseRow struct {
	Risk     Link
	Severity Severity
	Cells    []SparseCell
}

// SparseCell is a number with its heading.
type SparseCell struct {
	ID string
	MatrixCell
}

// heatSteps is how many colours the heat map has.
const heatSteps = 5

// steps cuts 1 to most into at most heatSteps parts of nearly one size.
func steps(most int) []MatrixStep {
	var out []MatrixStep
	n := min(most, heatSteps)
	from := 1
	for i := 1; i <= n; i++ {
		to := (most*i + n - 1) / n
		// Few steps take the strongest colours' places evenly.
		out = append(out, MatrixStep{Step: (heatSteps*i + n - 1) / n, From: from, To: to})
		from = to + 1
	}
	return out
}

// stepOf returns the step of a number, 0 for 0.
func stepOf(legend []MatrixStep, n int) int {
	for _, s := range legend {
		if n >= s.From && n <= s.To {
			return s.Step
		}
	}
	return 0
}

// listState is the address of the list of measures filtered by pairs of facet and
// value; see lists.js.
func (p *Page) listState(pairs ...string) string {
	s := p.Base + measuresFile
	for i := 0; i+1 < len(pairs); i += 2 {
		if i == 0 {
			s += "#"
		} else {
			s += "&"
		}
		s += pairs[i] + "=" + url.QueryEscape(pairs[i+1])
	}
	return s
}

func (e *edition) matrixView(p *Page) {
	p.Title = p.T("matrix-title")
	p.Class = "matrix"
	p.Styles = append(p.Styles, "lists.css")
	p.Description = p.T("matrix-lead")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("nav-overview"))
	v := &MatrixView{Layers: p.layerMatrix()}
	if len(e.cat.Risks)*len(e.cat.Clauses) <= matrixCells {
		v.Clauses = p.clauseMatrix()
	} else {
		v.Sparse = p.clauseLists()
	}
	p.Data = v
}

func (p *Page) matrixRow(r *catalog.Risk) MatrixRow {
	return MatrixRow{Risk: p.riskLink(r), Severity: p.severity(r.Severity)}
}

// colour sets the steps of the cells and the legend; totals have none.
func (m *Matrix) colour() {
	most := 0
	for _, row := range m.Rows {
		for _, c := range row.Cells {
			most = max(most, c.N)
			m.NotApplicable = m.NotApplicable || c.NotApplicable
		}
	}
	m.Legend = steps(most)
	for _, row := range m.Rows {
		for i := range row.Cells {
			row.Cells[i].Step = stepOf(m.Legend, row.Cells[i].N)
		}
	}
}

// layerMatrix counts the measures of each risk at each layer.
func (p *Page) layerMatrix() *Matrix {
	e := p.e
	layers := e.cat.Guide.TableLayers()
	m := &Matrix{ID: "layers", Title: p.T("matrix-layers"), Note: p.T("matrix-layers-note"), Totals: make([]MatrixCell, len(layers))}
	for i, l := range layers {
		m.Heads = append(m.Heads, MatrixHead{Href: p.Base + layerFile(l.ID), Label: p.fragment(e.layerNames[l])})
		m.Totals[i].Href = p.listState("layer", l.ID)
	}
	for _, r := range e.cat.Risks {
		row := p.matrixRow(r)
		row.Total = MatrixCell{N: len(r.Measures), Href: p.listState("risk", r.ID)}
		for i, l := range layers {
			c := MatrixCell{N: len(measuresAt(r, l)), NotApplicable: slices.Contains(r.NotApplicable, l)}
			if c.N > 0 {
				c.Href = p.listState("risk", r.ID, "layer", l.ID)
			}
			m.Totals[i].N += c.N
			row.Cells = append(row.Cells, c)
		}
		m.Total.N += row.Total.N
		m.Rows = append(m.Rows, row)
	}
	m.Total.Href = p.Base + measuresFile
	m.colour()
	return m
}

// clauseMatrix counts the different controls of each clause that each risk cites.
func (p *Page) clauseMatrix() *Matrix {
	e := p.e
	m := &Matrix{ID: "clauses", Title: p.T("matrix-clauses"), Note: p.T("matrix-clauses-note"), Blank: true}
	place := map[string]int{}
	title := map[string]string{}
	for i, cl := range e.cat.Clauses {
		place[cl.ID] = i
		title[cl.ID], _ = e.cat.Text(cl.Title, e.lang)
		m.Heads = append(m.Heads, MatrixHead{Href: p.Base + clauseFile(cl.ID), ID: cl.ID, Title: title[cl.ID]})
		m.Totals = append(m.Totals, MatrixCell{Href: p.listState("clause", cl.ID)})
		if n := len(m.Groups); n == 0 || m.Groups[n-1].Label != cl.Chapter() {
			m.Groups = append(m.Groups, MatrixGroup{Label: cl.Chapter()})
		}
		m.Groups[len(m.Groups)-1].Span++
	}
	for _, r := range e.cat.Risks {
		row := p.matrixRow(r)
		row.Cells = make([]MatrixCell, len(e.cat.Clauses))
		controls := controlsOf(r.Measures...)
		for _, c := range controls {
			row.Cells[place[c.Clause.ID]].N++
		}
		for i, cl := range e.cat.Clauses {
			if c := &row.Cells[i]; c.N > 0 {
				c.Href = p.listState("risk", r.ID, "clause", cl.ID)
				c.Title = r.ID + " × " + cl.ID + " " + title[cl.ID]
			}
		}
		row.Total = MatrixCell{N: len(controls), Href: p.listState("risk", r.ID)}
		m.Rows = append(m.Rows, row)
	}
	all := controlsOf(e.cat.Measures()...)
	for _, c := range all {
		m.Totals[place[c.Clause.ID]].N++
	}
	m.Total = MatrixCell{N: len(all), Href: p.Base + measuresFile}
	m.colour()
	return m
}

// clauseLists holds the numbers of clauseMatrix that are not 0.
func (p *Page) clauseLists() []SparseRow {
	var out []SparseRow
	for _, r := range p.e.cat.Risks {
		row := SparseRow{Risk: p.riskLink(r), Severity: p.severity(r.Severity)}
		count := map[string]int{}
		var order []string
		for _, c := range controlsOf(r.Measures...) {
			if count[c.Clause.ID]++; count[c.Clause.ID] == 1 {
				order = append(order, c.Clause.ID)
			}
		}
		slices.SortFunc(order, catalog.CompareIDs)
		for _, id := range order {
			row.Cells = append(row.Cells, SparseCell{id, MatrixCell{N: count[id], Href: p.listState("risk", r.ID, "clause", id)}})
		}
		out = append(out, row)
	}
	return out
}
