package questionnaire

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"riskguide/answers"
	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/render/pack"
)

// Form is a questionnaire without its answers: what it says of itself, and what
// it asks.
type Form struct {
	// Identity are the properties that identify the questionnaire by their
	// names without the prefix, such as "pack"; see package pack.
	Identity map[string]string
	// columns are the headings of the columns by key.
	columns     map[string]string
	statuses    map[answers.Status]string
	obligations map[string]string // obligation → word
	sheets      map[string]string // key → name
	// requirements are in the order of the pack.
	requirements []requirement
	byID         map[string]*requirement
	// texts are all texts of the workbook: of a questionnaire that was sent,
	// to tell what was written into it later.
	texts map[string]bool
	// sent are the hashes of the texts outside of the table that the form says
	// that it was sent with; those of a further round differ by supplier.
	sent map[string]bool
}

// requirement is what is asked.
type requirement struct {
	id, obligation string
	hash, second   string            // of the wordings
	cells          map[string]string // by key of the column; nil where not known
}

// NewForm reads a questionnaire as it is sent.
func NewForm(ctx context.Context, data []byte, v *Vocabulary) (*Form, error) {
	book, err := xlsx.Read(ctx, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	f := formOf(book)
	f.texts = map[string]bool{}
	for _, s := range book.Sheets {
		for _, c := range s.Cells {
			f.texts[squeeze(c.Text)] = true
		}
	}
	t := locate(book, f, v)
	if t == nil {
		return f, nil
	}
	for _, row := range t.rows {
		r := f.byID[row.id]
		if r == nil || r.cells != nil {
			continue
		}
		r.cells = map[string]string{}
		for key := range t.columns {
			if c := row.cells[key]; c != nil {
				r.cells[key] = c.Text
			}
		}
	}
	return f, nil
}

// Languages are those of the questionnaire as it says itself.
func (f *Form) Languages() []catalog.Lang {
	var out []catalog.Lang
	for _, key := range []string{"language", "second-language"} {
		if l := f.Identity[key]; l != "" {
			out = append(out, catalog.Lang(l))
		}
	}
	return out
}

// formOf reads what identifies a workbook: its hidden sheet, and its properties,
// which count more where the two differ.
func formOf(book *xlsx.Book) *Form {
	f := &Form{Identity: map[string]string{}, columns: map[string]string{}, statuses: map[answers.Status]string{},
		obligations: map[string]string{}, sheets: map[string]string{}, byID: map[string]*requirement{}, sent: map[string]bool{}}
	if s := dataSheet(book); s != nil {
		f.read(s)
	}
	for name, v := range book.Properties {
		if key, ok := strings.CutPrefix(name, pack.PropertyPrefix); ok && strings.TrimSpace(v) != "" {
			f.Identity[key] = strings.TrimSpace(v)
		}
	}
	return f
}

// dataSheet finds the hidden sheet, by its name or, if it was renamed, by what is
// in its first cell.
func dataSheet(book *xlsx.Book) *xlsx.Sheet {
	for _, s := range book.Sheets {
		if strings.EqualFold(s.Name, pack.DataSheet) {
			return s
		}
	}
	for _, s := range book.Sheets {
		if a, b := s.Cell(1, 1), s.Cell(1, 2); a != nil && b != nil && a.Text == "property" && b.Text == "format" {
			return s
		}
	}
	return nil
}

// mostRequirements bounds how many requirements a questionnaire can have.
const mostRequirements = 20_000

func (f *Form) read(s *xlsx.Sheet) {
	for i := 0; i < len(s.Cells); {
		row := s.Cells[i].Row
		var c [6]string
		for ; i < len(s.Cells) && s.Cells[i].Row == row; i++ {
			if col := s.Cells[i].Col; col < len(c) {
				c[col] = strings.TrimSpace(s.Cells[i].Text)
			}
		}
		if c[2] == "" {
			continue
		}
		switch c[1] {
		case "property":
			if c[3] != "" {
				f.Identity[c[2]] = c[3]
			}
		case "column":
			f.columns[c[2]] = c[3]
		case "status":
			if x := answers.Status(c[2]); x.Valid() {
				f.statuses[x] = c[3]
			}
		case "obligation":
			f.obligations[c[2]] = c[3]
		case "text":
			f.sent[c[3]] = true
		case "sheet":
			f.sheets[c[2]] = c[3]
		case "requirement":
			if id := cleanID(c[2]); f.byID[id] == nil && len(f.requirements) < mostRequirements {
				f.requirements = append(f.requirements, requirement{id: id, obligation: c[3], hash: c[4], second: c[5]})
				f.byID[id] = nil
			}
		}
	}
	for i := range f.requirements {
		f.byID[f.requirements[i].id] = &f.requirements[i]
	}
}

// cleanID is an id without the traces of typing: white space and full-width
// characters.
func cleanID(s string) string {
	if len(s) > 200 {
		return s
	}
	return strings.Join(strings.Fields(norm.NFKC.String(s)), "")
}

// squeeze is a text without white space, to compare texts by.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// table is the table of requirements on a sheet.
type table struct {
	sheet   *xlsx.Sheet
	head    int            // row of the headings
	columns map[string]int // column by key
	guessed map[string]bool
	langs   []catalog.Lang // of the headings, where the words told what they are
	rows    []*tableRow
}

// tableRow is a row below the headings with at least one cell.
type tableRow struct {
	row   int
	id    string
	cells map[string]*xlsx.Cell // by key of the column
	other []*xlsx.Cell          // in columns that are none of the questionnaire
}

// locate finds the table of requirements: the headings that name an id and an
// answer. Of several the one on the sheet that the form names counts, then one
// that is shown, then the one with most headings.
func locate(book *xlsx.Book, f *Form, v *Vocabulary) *table {
	byHeading := map[string]string{}
	for _, key := range sortedKeys(f.columns) {
		byHeading[fold(f.columns[key])] = key
	}
	var best *table
	bestRank := -1
	for _, s := range book.Sheets {
		if s == dataSheet(book) {
			continue
		}
		for i := 0; i < len(s.Cells); {
			row, from := s.Cells[i].Row, i
			for i < len(s.Cells) && s.Cells[i].Row == row {
				i++
			}
			if i-from > 1000 {
				continue
			}
			t := &table{sheet: s, head: row, columns: map[string]int{}, guessed: map[string]bool{}}
			t.headings(s.Cells[from:i], byHeading, v)
			_, id := t.columns[pack.ColumnID]
			_, st := t.columns[pack.ColumnStatus]
			_, text := t.columns[pack.ColumnStatement]
			if !(id && (st || len(t.columns) >= 4) || text && st && len(t.columns) >= 4) {
				continue
			}
			rank := len(t.columns)
			if s.Name == f.sheets["requirements"] {
				rank += 1000
			}
			if !s.Hidden {
				rank += 100
			}
			if rank > bestRank {
				best, bestRank = t, rank
			}
		}
	}
	if best != nil {
		best.fillIn(f)
		best.readRows()
	}
	return best
}

// headings finds out which column is which.
func (t *table) headings(cells []xlsx.Cell, byHeading map[string]string, v *Vocabulary) {
	for i := range cells {
		c := &cells[i]
		key, ok := byHeading[fold(c.Text)]
		var langs []catalog.Lang
		if !ok {
			key, langs = v.heading(c.Text)
			if key == pack.ColumnStatement {
				if _, ok := t.columns[key]; ok {
					key = pack.ColumnSecond
				}
			}
		}
		if _, taken := t.columns[key]; key == "" || taken {
			continue
		}
		t.columns[key] = c.Col
		if !ok && len(langs) > len(t.langs) {
			t.langs = langs
		}
	}
}

// fillIn finds columns of answers whose headings were overwritten: each stands in
// its place behind the one before it, unless another column is there.
func (t *table) fillIn(f *Form) {
	used := map[int]bool{}
	for _, c := range t.columns {
		used[c] = true
	}
	order := columnOrder()
	_, second := f.columns[pack.ColumnSecond]
	if len(f.columns) == 0 {
		_, second = t.columns[pack.ColumnSecond]
	}
	if !second {
		order = slices.DeleteFunc(order, func(k string) bool { return k == pack.ColumnSecond })
	}
	for i, key := range order {
		if _, ok := t.columns[key]; ok || i == 0 && key != pack.ColumnID {
			continue
		}
		if !slices.Contains(answerColumns(), key) && key != pack.ColumnID && key != pack.ColumnStatement {
			continue
		}
		at := 0
		if i > 0 {
			if c, ok := t.columns[order[i-1]]; ok {
				at = c + 1
			}
		}
		if c, ok := t.columns[order[min(i+1, len(order)-1)]]; at == 0 && ok {
			at = c - 1
		}
		if at > 0 && !used[at] {
			t.columns[key], used[at], t.guessed[key] = at, true, true
		}
	}
}

// readRows gathers the cells below the headings.
func (t *table) readRows() {
	keys := map[int]string{}
	for key, col := range t.columns {
		keys[col] = key
	}
	var row *tableRow
	for i := range t.sheet.Cells {
		c := &t.sheet.Cells[i]
		if c.Row <= t.head {
			continue
		}
		if row == nil || row.row != c.Row {
			row = &tableRow{row: c.Row, cells: map[string]*xlsx.Cell{}}
			t.rows = append(t.rows, row)
		}
		if key := keys[c.Col]; key != "" {
			row.cells[key] = c
			if key == pack.ColumnID {
				row.id = cleanID(c.Text)
			}
		} else {
			row.other = append(row.other, c)
		}
	}
}
