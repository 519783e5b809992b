package published

import "strings"

// The columns of a risk table that hold text, after the layer.
const (
	colObjective = iota
	colThreats
	colVulnerabilities
	colMeasure
	colControls
	colResiduals
	colRemark
	columns
)

// columnName names a column in messages.
func columnName(c int) string {
	return [columns]string{"objective", "threat", "vulnerability", "measure", "control", "residual risk", "remark"}[c]
}

// notApplicable is what stands in the cells of a layer at which a risk does not
// arise.
const notApplicable = "-"

// tableRow is a line of a table with its cells under the right columns.
type tableRow struct {
	line int
	// group and layer are the labels of the upper layer and of the layer;
	// empty where the cell is.
	group, layer string
	cells        [columns]string
	// cols holds the column in the line, in characters, at which each cell
	// begins.
	cols [columns]int
	// shift tells how many layer cells the row has fewer than the header.
	shift int
	// lost is the column whose cell the conversion lost altogether, or -1.
	lost int
	// page counts the pages of the table; top marks the rows of a later page
	// that repeat values: those up to the first one with a layer.
	page int
	top  bool
	// firstOnPage marks the first row of a later page.
	firstOnPage bool
}

// empty reports whether nothing stands behind the layer.
func (r *tableRow) empty() bool {
	for _, c := range r.cells {
		if c != "" {
			return false
		}
	}
	return true
}

// dashed reports whether the row says that its layer is not applicable.
func (r *tableRow) dashed() bool {
	n := 0
	for _, c := range r.cells {
		switch c {
		case "":
		case notApplicable:
			n++
		default:
			return false
		}
	}
	return n > 0
}

// alignRow puts the cells of a line under their columns. The conversion leaves
// out cells that are merged with the one above or that span two layer columns,
// so that the cells behind them stand too far left. What is certain are the
// anchors: a numbered vulnerability stands in the vulnerability column, a list
// of controls in the control column, and nothing else does. The arrangement with
// the fewest broken anchors is taken; where several have, the one that is nearest
// to the header's, and then the one in which the lost cell is furthest right.
//
// layerColumns is the number of layer columns of the header. ok is false where
// no arrangement keeps all anchors.
func alignRow(cells []string, layerColumns int) (r tableRow, ok bool) {
	r.lost = -1
	first := plain(cells[0])
	second := ""
	if len(cells) > 1 {
		second = plain(cells[1])
	}
	var starts []int
	switch {
	case second != "" && isLeafLayer(second):
		r.group, r.layer = first, second
		starts = []int{2}
	case second == "" && layerColumns == 2:
		r.layer = first
		starts = []int{2, 1}
	case second == "":
		r.layer = first
		starts = []int{1, 2}
	default:
		r.layer = first
		starts = []int{1}
	}
	if r.group == "" && isLayerGroup(r.layer) {
		r.group, r.layer = r.layer, ""
	}
	type attempt struct{ start, lost int }
	var attempts []attempt
	for _, s := range starts {
		attempts = append(attempts, attempt{s, -1})
	}
	for _, s := range starts {
		for lost := columns - 1; lost >= 0; lost-- {
			attempts = append(attempts, attempt{s, lost})
		}
	}
	kinds := make([]cellKind, len(cells))
	for i, c := range cells {
		kinds[i] = kindOf(c)
	}
	best, bestScore := arrangement{}, 1<<30
	var bestAt attempt
	for _, at := range attempts {
		a, fits := arrange(kinds, at.start, at.lost)
		if !fits {
			continue
		}
		if score := a.score(kinds); score < bestScore {
			best, bestScore, bestAt = a, score, at
		}
	}
	if bestScore == 1<<30 {
		return r, false
	}
	for c, i := range best {
		r.cols[c] = i
		if i >= 0 {
			r.cells[c] = strings.TrimSpace(cells[i])
		}
	}
	r.lost, r.shift = bestAt.lost, layerColumns-bestAt.start
	return r, bestScore < brokenAnchor
}

// cellKind is what can be told of a cell before it is known where it belongs.
type cellKind int

const (
	kindEmpty cellKind = iota
	kindDash
	kindText
	kindLabel    // begins with the number of a vulnerability
	kindControls // begins with the number of a control
)

func kindOf(cell string) cellKind {
	ps, _ := parts(cell)
	switch {
	case len(ps) == 0:
		return kindEmpty
	case len(ps) == 1 && ps[0] == notApplicable:
		return kindDash
	}
	if m := controlRE.FindStringIndex(ps[0]); m != nil && m[0] == 0 {
		return kindControls
	}
	if m := labelRE.FindStringIndex(ps[0]); m != nil && m[0] == 0 {
		return kindLabel
	}
	return kindText
}

// arrangement is one way to put cells under columns: for each column the index
// of its cell, or -1.
type arrangement [columns]int

// arrange assigns cells to columns, from the cell at start on, leaving out the
// column lost (-1: none). It reports false where text would remain.
func arrange(kinds []cellKind, start, lost int) (a arrangement, fits bool) {
	for c := range a {
		a[c] = -1
	}
	c := 0
	for i := start; i < len(kinds); i++ {
		if c == lost {
			c++
		}
		if c >= columns {
			if kinds[i] > kindDash {
				return a, false
			}
			continue
		}
		a[c] = i
		c++
	}
	return a, true
}

// brokenAnchor is the score of one anchor that is not kept; smaller scores are
// preferences.
const brokenAnchor = 100

// score tells how badly an arrangement fits; 0 is a perfect fit.
func (a arrangement) score(kinds []cellKind) int {
	kind := func(c int) cellKind {
		if a[c] < 0 {
			return kindEmpty
		}
		return kinds[a[c]]
	}
	n := 0
	for c := range a {
		switch k := kind(c); {
		case k == kindLabel && c != colVulnerabilities,
			k == kindText && c == colControls,
			// Controls in the remark column are not an arrangement but a
			// slip, which the reader of the rows mends.
			k == kindControls && c != colControls && c != colRemark:
			n += brokenAnchor
		}
	}
	// A text without a number in the vulnerability column beside controls
	// that no measure calls for is more likely the measure.
	if kind(colMeasure) == kindEmpty && kind(colControls) == kindControls && kind(colVulnerabilities) == kindText {
		n++
	}
	return n
}

// The labels of the layers in the first columns of a table.
const (
	labelAbstraction = "抽象化層"
	labelResource    = "リソース層"
	labelFunction    = "機能層"
	labelPhysical    = "物理層"
	labelService     = "サービス管理系"
)

// leafLayers gives the layers that every table answers for, in printed order.
func leafLayers() []string {
	return []string{labelResource, labelFunction, labelPhysical, labelService}
}

func isLayerGroup(label string) bool { return label == labelAbstraction }

// isLeafLayer reports whether the label is one of a layer below an upper one.
func isLeafLayer(label string) bool { return label == labelResource || label == labelFunction }

// layerOrder gives the place of a layer in the table, or -1.
func layerOrder(label string) int {
	for i, l := range leafLayers() {
		if l == label {
			return i
		}
	}
	return -1
}
