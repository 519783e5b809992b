package workbook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"riskguide/answers/xlsx"
	"riskguide/catalog"
)

// Options says how a workbook is imported.
type Options struct {
	// Prefix is put before the path inside the content in positions; see
	// [catalog.LoadOptions].
	Prefix string
	// SkipConflicts imports the rows without conflicts.
	SkipConflicts bool
	// Lint, if not nil, finds the problems of a content and of what hangs on it,
	// such as its profiles; without it they are those of [catalog.Load]. What
	// it finds in the content as it is does not count.
	Lint func(ctx context.Context, content fs.FS) (catalog.Problems, error)
}

// lint finds the problems of a content.
func (o Options) lint(ctx context.Context, content fs.FS) (catalog.Problems, error) {
	if o.Lint != nil {
		return o.Lint(ctx, content)
	}
	_, problems := catalog.Load(ctx, content, catalog.LoadOptions{Prefix: o.Prefix})
	return problems, ctx.Err()
}

// Conflict is a cell that the workbook and the content changed differently since
// the export, or a row that one of them changed and the other removed.
type Conflict struct {
	Pos  catalog.Position // in the workbook
	What string           // "the text (ja) of H05-03"
	// The three texts. Of a row that was removed, Workbook or Content is
	// empty and Gone says so.
	Exported, Workbook, Content string
	Gone                        string
	// ContentPos is where the content has it, as far as known.
	ContentPos catalog.Position
}

// Result is what an import makes.
type Result struct {
	// Old is the content as it is, New as it would be.
	Old, New *catalog.Source
	// Files are the files that change, by their path in the content; nil for
	// one that is to be deleted.
	Files map[string][]byte
	// Read are the same files as they were read; nil for one that is new.
	Read map[string][]byte
	// Problems are those of the workbook and of the content that would come
	// out. Where one of them is an error, nothing may be written, and New and
	// Files are nil.
	Problems  catalog.Problems
	Conflicts []Conflict
}

// edit is a cell that gets another value.
type edit struct {
	t     *Table
	rec   *Record
	col   int
	value string
}

// addition is a row that is new.
type addition struct {
	t      *Table
	id     string
	parent string // the risk, clause or measure
	row    *sheetRow
	cells  []string // as the columns
	rows   int
	// twin is the record that an earlier import made of the row, if one did.
	twin *Record
}

// removal is a row that is gone.
type removal struct {
	t          *Table
	rec        *Record
	replacedBy []string
}

// importer is one import.
type importer struct {
	b    *Book
	src  *catalog.Source
	g    *Grid
	opts Options

	problems  catalog.Problems
	conflicts []Conflict
	edits     []edit
	additions []*addition
	removals  []removal
	// used holds the ids in use, retired and given in this import; last the
	// highest number of each series.
	used map[string]bool
	last map[string]int
	// renamed holds the new ids of risks that get another severity, by the old.
	renamed map[string]string
	// rowOf is the row of a record, by table and key.
	rowOf map[TableID]map[string]*sheetRow
}

// Import compares the workbook with the content and makes the files that would
// come out. Nothing is written. The error is that of ctx.
func (b *Book) Import(ctx context.Context, fsys fs.FS, opts Options) (*Result, error) {
	src, _ := catalog.LoadSource(ctx, fsys, catalog.LoadOptions{Prefix: opts.Prefix})
	_, problems := catalog.Load(ctx, fsys, catalog.LoadOptions{Prefix: opts.Prefix})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	res := &Result{Old: src}
	if problems.HasErrors() {
		res.Problems = problems.ErrorsOnly()
		return res, nil
	}
	im := &importer{b: b, src: src, g: New(src), opts: opts, used: map[string]bool{}, last: map[string]int{},
		rowOf: map[TableID]map[string]*sheetRow{}, renamed: map[string]string{}}
	if b.Guide != src.Guide.ID {
		res.Problems = catalog.Problems{b.problem(RuleForm, nil, 0, 0, "the workbook was exported from the guide %q, and this is %q", b.Guide, src.Guide.ID)}
		return res, nil
	}
	im.ids()
	im.add()
	for _, id := range tableIDs() {
		if t := b.tables[id]; t != nil {
			im.table(t)
		}
	}
	im.addedCells()
	im.lent()
	res.Problems, res.Conflicts = im.problems, im.conflicts
	res.Problems.Sort()
	if res.Problems.HasErrors() || len(res.Conflicts) > 0 && !opts.SkipConflicts {
		return res, nil
	}
	return res, errors.Join(im.write(ctx, fsys, res), ctx.Err())
}

func (im *importer) fail(rule string, t *sheetTable, row int, col string, format string, args ...any) {
	im.problems = append(im.problems, im.b.problem(rule, t, row, t.columns[col], format, args...))
}

func (im *importer) hint(s string) { im.problems[len(im.problems)-1].Hint = s }

// series splits an id into what comes before its number, and the number.
func series(id string) (string, int) {
	i := len(id)
	for i > 0 && id[i-1] >= '0' && id[i-1] <= '9' {
		i--
	}
	n, err := strconv.Atoi(id[i:])
	if err != nil {
		return id, 0
	}
	return id[:i], n
}

// ids notes the ids that were ever used.
func (im *importer) ids() {
	for _, t := range im.g.Tables {
		if t.ID == Citations {
			continue
		}
		for _, r := range t.Records {
			im.use(r.Key)
		}
	}
	for _, r := range im.src.Retired {
		im.use(r.ID)
	}
}

func (im *importer) use(id string) {
	im.used[id] = true
	s, n := series(id)
	im.last[s] = max(im.last[s], n)
}

// next gives the next id of a series.
func (im *importer) next(series string, width int) string {
	id := fmt.Sprintf("%s%0*d", series, width, im.last[series]+1)
	im.use(id)
	return id
}

// seriesOf tells the series in which a table's ids are counted, by the risk or clause
// to which an entry belongs.
func seriesOf(t TableID, parent string) (string, int) {
	switch t {
	case Measures:
		return parent + "-", 2
	case Objectives:
		return parent + "-O", 1
	case Threats:
		return parent + "-T", 1
	case Residuals:
		return parent + "-R", 1
	case Controls:
		return parent + ".", 1
	}
	return "U", 1
}

// isNamed reports whether the id of a clause or control is a name.
func isNamed(id string) bool { return id != "" && id[0] >= 'a' && id[0] <= 'z' }

var idForms = map[TableID]*regexp.Regexp{
	Measures:        regexp.MustCompile(`^[A-Z][0-9]{2,4}-[0-9]{2,4}$`),
	Objectives:      regexp.MustCompile(`^[A-Z][0-9]{2,4}-O[1-9][0-9]{0,3}$`),
	Threats:         regexp.MustCompile(`^[A-Z][0-9]{2,4}-T[1-9][0-9]{0,3}$`),
	Residuals:       regexp.MustCompile(`^[A-Z][0-9]{2,4}-R[1-9][0-9]{0,3}$`),
	Controls:        regexp.MustCompile(`^([1-9][0-9]{0,3}|[A-Z])(\.[1-9][0-9]{0,3}){2,4}$|^[a-z][a-z0-9]*([-_.][a-z0-9]+)*$`),
	Vulnerabilities: regexp.MustCompile(`^[VU][1-9][0-9]{0,3}$`),
}

// add finds the rows that are new and gives them ids, so that other rows can cite
// them by the names under which they stand in the workbook.
func (im *importer) add() {
	for _, id := range tableIDs() {
		st, t := im.b.tables[id], im.g.Table(id)
		if st == nil {
			continue
		}
		im.rowOf[id] = map[string]*sheetRow{}
		for _, r := range st.rows {
			switch {
			case r.key != "":
				im.rowOf[id][r.key] = r
				continue
			case im.isRemoved(st, r):
				continue // a row that was begun and given up
			case !t.Add:
				im.fail(RuleRow, st, r.row, "id", "a new row stands here; this sheet takes none")
				continue
			}
			if a := im.addition(st, t, r); a != nil {
				im.additions = append(im.additions, a)
				if id != Citations {
					im.rowOf[id][a.id] = r
				}
			}
		}
	}
}

// twin finds the record that an earlier import made of a new row: of the same risk
// or clause, with the same texts, and younger than the workbook. A workbook that is
// imported a second time must not add everything again.
func (im *importer) twin(st *sheetTable, t *Table, r *sheetRow, parent string) *Record {
	for _, rec := range t.Records {
		if st.base[rec.Key] != nil || im.rowOf[t.ID][rec.Key] != nil {
			continue
		}
		same, texts := true, 0
		for i, c := range t.Columns {
			switch {
			case c.Once:
				same = same && rec.Cells[i].Value == parent
			case c.IsText() && st.columns[c.Key] > 0:
				v, err := im.g.Parse(c, r.text(c.Key), 1)
				same = same && err == nil && im.g.Same(c, v, rec.Cells[i].Value)
				if v != "" {
					texts++
				}
			}
		}
		if same && texts > 0 {
			return rec
		}
	}
	return nil
}

// addition reads what a new row belongs to and gives it an id.
func (im *importer) addition(st *sheetTable, t *Table, r *sheetRow) *addition {
	a := &addition{t: t, row: r}
	if t.ID == Citations {
		return a
	}
	owner := ""
	for _, c := range t.Columns {
		if c.Once {
			owner = c.Key
			v, err := im.parse(st, r, c, 1)
			if err != nil {
				return nil
			}
			a.parent = v
			switch {
			case v == "":
				im.fail(RuleRow, st, r.row, owner, "the new row does not say which %s it belongs to", owner)
				return nil
			case im.g.Table(TableID(c.Of)).Record(v) == nil:
				im.fail(RuleRow, st, r.row, owner, "there is no %s %q", owner, clip(v))
				return nil
			}
		}
	}
	series, width := seriesOf(t.ID, a.parent)
	name := strings.Join(im.g.splitIDs(string(t.ID), r.text("id")), "")
	if t.ID == Controls && isNamed(a.parent) {
		// The ids of such a clause are names, which cannot be told from those
		// that stand for an id but by how they begin.
		series = a.parent + "-"
		if low := strings.ToLower(name); strings.HasPrefix(low, series) {
			name = low
		}
	}
	if a.twin = im.twin(st, t, r, a.parent); a.twin != nil && (name == "" || name == a.twin.Key || !im.used[name]) {
		a.id = a.twin.Key
		if name != "" && name != a.id && !im.g.alias(string(t.ID), name, a.id) {
			im.fail(RuleRow, st, r.row, "id", "two new rows are named %q", clip(name))
			return nil
		}
		return a
	}
	a.twin = nil
	fits := idForms[t.ID].MatchString(name)
	if t.ID == Vulnerabilities && strings.HasPrefix(name, "V") {
		series = "V"
	}
	switch rest, isOurs := strings.CutPrefix(name, series); {
	case fits && im.used[name]:
		im.fail(RuleRetired, st, r.row, "id", "the id %s was used before, and no id is used twice", name)
		im.hint("leave it empty, and the next number is given")
		return nil
	case fits && !(isOurs && (isNamed(series) || strings.Trim(rest, "0123456789") == "")):
		im.fail(RuleRow, st, r.row, "id", "the id %s does not fit: ids of %s begin with %q", name, a.parent, series)
		im.hint("leave it empty, and the next number is given")
		return nil
	case fits:
		a.id = name
		im.use(name)
	default:
		a.id = im.next(series, width)
		if name != "" && !im.g.alias(string(t.ID), name, a.id) {
			im.fail(RuleRow, st, r.row, "id", "two new rows are named %q", clip(name))
			return nil
		}
	}
	return a
}

// isRemoved reports whether a row is marked to be removed.
func (im *importer) isRemoved(st *sheetTable, r *sheetRow) bool {
	s := fold(r.text(ColumnRemove))
	if s == "" {
		return false
	}
	if s != WordRemove && !im.b.words[s] {
		im.fail(RuleCell, st, r.row, ColumnRemove, "%q does not say whether the row is to be removed", clip(s))
		return false
	}
	return true
}

// parse reads a cell of a row as a column of the content has it.
func (im *importer) parse(st *sheetTable, r *sheetRow, c Column, rows int) (string, error) {
	x := r.cells[c.Key]
	if x == nil {
		return im.g.Parse(c, "", rows)
	}
	var err error
	switch {
	case x.Formula != "":
		err = fmt.Errorf("a formula stands here, not a text")
	case x.Kind == xlsx.Error:
		err = fmt.Errorf("the error %s stands here", clip(x.Text))
	case x.Date:
		err = fmt.Errorf("the program made a date of what was typed; set the cell's format to text and type it again")
	}
	v := ""
	if err == nil {
		v, err = im.g.Parse(c, x.Text, rows)
	}
	if err != nil {
		im.fail(RuleCell, st, r.row, c.Key, "%v", err)
	}
	return v, err
}

// rowsOf is how many rows of the risk's table a measure covers in the workbook.
func rowsOf(t TableID, layer string) int {
	if t != Measures {
		return 1
	}
	return max(1, len(nonBlank(clean(layer))))
}

// table compares the rows of a table that were exported.
func (im *importer) table(st *sheetTable) {
	t := im.g.Table(st.id)
	var missing []string
	for _, key := range st.order {
		r := im.rowOf[st.id][key]
		rec := t.Record(key)
		if r == nil {
			if rec != nil {
				missing = append(missing, key)
			}
			continue
		}
		im.row(st, t, r, rec)
	}
	switch {
	case len(missing) == 0:
	case !t.Remove:
		im.fail(RuleRow, st, 0, "", "the rows of %s are missing; they cannot be removed in a workbook", idList(missing))
	case len(missing) > 10 && len(missing)*2 > len(st.order):
		im.fail(RuleRow, st, 0, "", "%d of %d rows are missing, such as %s", len(missing), len(st.order), idList(missing))
		im.hint("mark rows that are to be removed in the column for that; do not delete so many")
	default:
		for _, key := range missing {
			im.remove(st, t, nil, t.Record(key))
		}
	}
}

func idList(ids []string) string {
	const most = 5
	if len(ids) > most {
		return strings.Join(ids[:most], ", ") + ", …"
	}
	return strings.Join(ids, ", ")
}

// row compares a row with what was exported and with the content.
func (im *importer) row(st *sheetTable, t *Table, r *sheetRow, rec *Record) {
	base := st.base[r.key]
	if im.isRemoved(st, r) {
		switch {
		case rec == nil:
		case !t.Remove:
			im.fail(RuleRow, st, r.row, ColumnRemove, "%s cannot be removed in a workbook", r.key)
		default:
			im.remove(st, t, r, rec)
		}
		return
	}
	if r.text(ColumnReplacedBy) != "" {
		im.fail(RuleRow, st, r.row, ColumnReplacedBy, "%s has a successor but is not marked to be removed", r.key)
		return
	}
	was, is := rowsOf(t.ID, base["layer"].Value), rowsOf(t.ID, r.text("layer"))
	var edits []edit
	conflicts := len(im.conflicts)
	placed := false // what places the measure in the table changed
	for _, k := range st.old {
		old := base[k]
		i := t.Column(k)
		c := Column{Key: k, Kind: Wording}
		if i >= 0 {
			c = t.Columns[i]
		}
		if c.Kind == Key || old.Fixed && !(c.PerRow && is != was) {
			continue
		}
		if old.Fixed {
			im.fail(RuleLocked, st, r.row, "layer", "the number of layers of %s cannot be changed here: its remarks have lines of their own", r.key)
			return
		}
		v, err := im.parse(st, r, c, is)
		if err != nil || (!c.PerRow || is == was) && im.g.Same(c, v, old.Value) {
			continue
		}
		switch {
		case i < 0:
			im.fail(RuleLocked, st, r.row, k, "the guide has no %s any more", k)
		case c.Once:
			im.fail(RuleLocked, st, r.row, k, "the %s of %s cannot be changed", k, r.key)
			im.hint("remove the row and add a new one")
		case rec == nil:
			im.conflict(st, r, c, r.key, old.Value, v, "", "the content no longer has it")
		case c.PerRow && (is != was || rec.Rows != was):
			placed = true
			edits = append(edits, edit{t, rec, i, v})
		case im.g.Same(c, rec.Cells[i].Value, v):
			// Both say the same now.
		case rec.Cells[i].Fixed:
			im.conflict(st, r, c, r.key, old.Value, v, rec.Cells[i].Value, "the content shares it with another measure, or has it in a form that no cell holds")
		case !im.g.Same(c, rec.Cells[i].Value, old.Value):
			im.conflict(st, r, c, r.key, old.Value, v, rec.Cells[i].Value, "")
		default:
			edits = append(edits, edit{t, rec, i, v})
		}
	}
	if placed && rec != nil {
		for i, c := range t.Columns {
			if c.PerRow && !im.g.Same(c, rec.Cells[i].Value, base[c.Key].Value) && !base[c.Key].Fixed {
				v, _ := im.g.Parse(c, r.text(c.Key), is)
				im.conflict(st, r, c, r.key, base[c.Key].Value, v, rec.Cells[i].Value, "the number of rows changed; the other columns of the rows are not compared")
				break
			}
		}
	}
	if len(im.conflicts) > conflicts {
		return
	}
	im.edits = append(im.edits, edits...)
	for _, e := range edits {
		if t.Columns[e.col].Of == "severities" {
			im.rename(r.key, e.value)
		}
	}
}

// rename gives a risk an id that begins with the letter of its severity. The number
// is the next of those of all risks, as guides number them through.
func (im *importer) rename(risk, severity string) {
	letter := ""
	for _, s := range im.src.Guide.Severities {
		if s.ID == severity {
			letter = s.Letter
		}
	}
	if letter == "" || strings.HasPrefix(risk, letter) {
		return
	}
	n := 0
	for _, s := range im.src.Guide.Severities {
		n = max(n, im.last[s.Letter])
	}
	im.last[letter] = n
	im.renamed[risk] = im.next(letter, len(risk)-1)
}

// now is the id that an id has after risks were renamed; was is its inverse.
func (im *importer) now(id string) string {
	risk := riskOf(id)
	if to := im.renamed[risk]; to != "" {
		return to + id[len(risk):]
	}
	return id
}

func (im *importer) was(id string) string {
	risk := riskOf(id)
	for from, to := range im.renamed {
		if to == risk {
			return from + id[len(risk):]
		}
	}
	return id
}

// conflict notes a conflict of a cell.
func (im *importer) conflict(st *sheetTable, r *sheetRow, c Column, key, exported, workbook, content, gone string) {
	what := c.Field
	if c.Lang != "" {
		what += " (" + string(c.Lang) + ")"
	}
	im.conflicts = append(im.conflicts, Conflict{
		Pos:  catalog.Position{File: im.b.Name, Sheet: st.sheet, Line: r.row, Column: st.columns[c.Key]},
		What: what + " of " + key, Exported: exported, Workbook: workbook, Content: content, Gone: gone,
		ContentPos: im.place(st.id, key),
	})
}

// remove takes a record out, unless the content changed it since.
func (im *importer) remove(st *sheetTable, t *Table, r *sheetRow, rec *Record) {
	base := st.base[rec.Key]
	pos := catalog.Position{File: im.b.Name, Sheet: st.sheet}
	var by []string
	if r != nil {
		pos.Line, pos.Column = r.row, st.columns[ColumnRemove]
		by = im.g.splitIDs(string(t.ID), r.text(ColumnReplacedBy))
		for i := range by {
			by[i] = im.g.resolve(string(t.ID), by[i])
		}
	}
	for i, c := range t.Columns {
		old, was := base[c.Key]
		now := rec.Cells[i]
		if old.Fixed || now.Fixed || !was && now.Value == "" || im.g.Same(c, now.Value, old.Value) {
			continue
		}
		what := c.Field
		if c.Lang != "" {
			what += " (" + string(c.Lang) + ")"
		}
		im.conflicts = append(im.conflicts, Conflict{Pos: pos, What: what + " of " + rec.Key, Exported: old.Value, Content: now.Value,
			Gone: "the workbook removes it", ContentPos: im.place(t.ID, rec.Key)})
		return
	}
	im.removals = append(im.removals, removal{t, rec, by})
}

// lent refuses to remove a measure whose wording or controls one that stays shares:
// the cells of that one are locked, so that nobody could mend it in the workbook.
func (im *importer) lent() {
	gone := map[string]bool{}
	for _, r := range im.removals {
		gone[r.rec.Key] = r.t.ID == Measures
	}
	for _, r := range im.removals {
		if r.t.ID != Measures {
			continue
		}
		var uses []string
		for _, risk := range im.src.Risks {
			for _, m := range risk.Measures {
				switch id := r.rec.Key; {
				case gone[m.ID]:
				case m.WordingOf.ID == id && m.ControlsOf.ID == id:
					uses = append(uses, m.ID+" shares its wording and controls")
				case m.WordingOf.ID == id:
					uses = append(uses, m.ID+" shares its wording")
				case m.ControlsOf.ID == id:
					uses = append(uses, m.ID+" shares its controls")
				}
			}
		}
		if len(uses) == 0 {
			continue
		}
		st := im.b.tables[Measures]
		row := 0
		if x := im.rowOf[Measures][r.rec.Key]; x != nil {
			row = x.row
		}
		im.fail(RuleRow, st, row, ColumnRemove, "%s cannot be removed in a workbook: %s", r.rec.Key, strings.Join(uses, ", "))
		im.hint("remove these too, or let somebody give them texts and controls of their own in the files first")
	}
}

// addedCells reads the cells of the rows that are new.
func (im *importer) addedCells() {
	kept := im.additions[:0]
	for _, a := range im.additions {
		st := im.b.tables[a.t.ID]
		a.rows = rowsOf(a.t.ID, a.row.text("layer"))
		a.cells = make([]string, len(a.t.Columns))
		ok := true
		for i, c := range a.t.Columns {
			if c.Kind == Key {
				a.cells[i] = a.id
				continue
			}
			v, err := im.parse(st, a.row, c, a.rows)
			a.cells[i], ok = v, ok && err == nil
		}
		switch {
		case !ok:
		case a.twin != nil:
			for i, c := range a.t.Columns {
				if now := a.twin.Cells[i]; c.Kind != Key && st.columns[c.Key] > 0 && !now.Fixed && !im.g.Same(c, a.cells[i], now.Value) {
					im.conflict(st, a.row, c, a.id, "", a.cells[i], now.Value, "")
				}
			}
			ok = false // nothing is to be added
		case a.t.ID == Citations:
			if !im.addedCitation(st, a) {
				ok = false
			}
		case a.t.ID == Measures && nonBlank(a.row.text("layer")) == nil:
			im.fail(RuleRow, st, a.row.row, "layer", "the new measure has no layer")
			ok = false
		}
		if ok {
			kept = append(kept, a)
		}
	}
	im.additions = kept
}

// addedCitation checks that a new row says what is cited, and differently.
func (im *importer) addedCitation(st *sheetTable, a *addition) bool {
	t := a.t
	measure, row, cited := a.cells[t.Column("measure")], a.cells[t.Column("row")], a.cells[t.Column("cited")]
	said := false
	for i, c := range t.Columns {
		said = said || c.IsText() && a.cells[i] != ""
	}
	if measure == "" || cited == "" || !said {
		im.fail(RuleRow, st, a.row.row, "measure", "the new row must name a measure, what it cites, and say a wording or note")
		return false
	}
	if row == "" && strings.HasPrefix(cited, "V") || row == "" && strings.HasPrefix(cited, "U") {
		row = "1"
	}
	a.parent, a.id = measure, citationKey(measure, row, cited, 1)
	if rec := t.Record(a.id); rec != nil && st.base[a.id] == nil && im.rowOf[Citations][a.id] == nil {
		same := true
		for i, c := range t.Columns {
			same = same && (!c.IsText() || st.columns[c.Key] == 0 || im.g.Same(c, a.cells[i], rec.Cells[i].Value))
		}
		if same {
			im.rowOf[Citations][a.id] = a.row
			return false // an earlier import added it
		}
	}
	if im.g.Table(Citations).Record(a.id) != nil || im.rowOf[Citations][a.id] != nil {
		im.fail(RuleRow, st, a.row.row, "cited", "%s cites %s in another row already", measure, cited)
		return false
	}
	im.rowOf[Citations][a.id] = a.row
	a.cells[t.Column("row")] = row
	return true
}

// place is where the content defines a record.
func (im *importer) place(t TableID, key string) catalog.Position {
	for _, r := range im.src.Risks {
		if t == Risks && r.ID == key {
			return r.Pos
		}
		for _, m := range r.Measures {
			if t == Measures && m.ID == key || t == Citations && strings.HasPrefix(key, m.ID) {
				return m.Pos
			}
		}
		for _, o := range r.Objectives {
			if t == Objectives && o.ID == key {
				return o.Pos
			}
		}
		for _, o := range r.Threats {
			if t == Threats && o.ID == key {
				return o.Pos
			}
		}
		for _, o := range r.Residuals {
			if t == Residuals && o.ID == key {
				return o.Pos
			}
		}
	}
	for _, cl := range im.src.Clauses {
		if t == Clauses && cl.ID == key {
			return cl.Pos
		}
		for _, c := range cl.Controls {
			if t == Controls && c.ID == key {
				return c.Pos
			}
		}
	}
	i := slices.IndexFunc(im.src.Vulnerabilities, func(v *catalog.Vulnerability) bool { return t == Vulnerabilities && v.ID == key })
	if i >= 0 {
		return im.src.Vulnerabilities[i].Pos
	}
	return catalog.Position{}
}
