// Package questionnaire reads the questionnaires that come back: answers by
// requirement id, from whatever a supplier's program made of the workbook, and
// everything about them that a person must know.
//
// # How a workbook is recognised
//
// By what identifies it in its custom document properties, then by its hidden
// sheet (see package render/pack). Google Sheets drops the properties and a
// supplier may delete the sheet; then columns are found by their headings in any
// language of the templates, and the pack by the ids and wordings of its
// requirements. Positions count for nothing: columns and rows may be moved,
// hidden or filtered, sheets and the file renamed.
//
// # What is compared
//
// What comes back is compared with the questionnaire as the profile yields it now
// (Options.Asked). If it is of another edition or profile, its own hidden sheet
// says what was asked: ids, obligations and checksums of the wordings.
//
// # What is taken and what is only proposed
//
// A status that is the word of the list in other letters, of another language or
// spelled out in another way ("実施済", "Ｎ／Ａ", "未対応") is taken, with a
// warning. A sign or a bare yes ("○", "済", "yes", "△") is not: what it means is
// for a person to say, and the nearest word is proposed. Options.AcceptNear takes
// these too. Dates are taken in every form that leaves no doubt. Formulas are
// kept as text and never evaluated.
//
// # Nothing is dropped
//
// What cannot be an answer (cells beside the table, rows and columns that were
// added, sheets, comments, pictures, links) is a problem with its place and value.
package questionnaire

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"riskguide/answers"
	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/catalog/worddiff"
	"riskguide/render/pack"
)

// Match tells how a workbook belongs to what is asked now.
type Match string

// The matches. Of a Same or Recognised one, the wordings are compared with what
// the profile yields; the others are read by their own data.
const (
	Same         Match = "same"          // the same requirements, by its fingerprint
	Recognised   Match = "recognised"    // by its ids and wordings: nothing else identifies it
	OtherWording Match = "other-wording" // of the profile and edition, but the requirements differ
	OtherEdition Match = "other-edition"
	OtherProfile Match = "other-profile"
	Unidentified Match = "unidentified"
)

// Problem is something about a workbook that a person must know.
type Problem struct {
	catalog.Problem
	// Requirement is the id of the requirement that it is about; may be empty.
	Requirement string
	// Value is what the cell holds, whole; empty where it is about no value.
	Value string
	// Reading is what the value is taken as, or, where the problem is an
	// error, what is proposed: a word of the list, a day, or two with a slash
	// between. It may be empty.
	Reading string
	// Shown is the result of a formula that the workbook stores.
	Shown string
	// Diff are the words that were changed.
	Diff []worddiff.Segment
}

// The names of the rules; see docs/collect.md.
const (
	RuleUnreadable  = "unreadable"
	RulePack        = "other-pack"
	RuleIdentity    = "identity"
	RuleHeading     = "heading"
	RuleUnanswered  = "unanswered"
	RuleStatus      = "status"
	RuleNearStatus  = "near-status"
	RuleExplanation = "no-explanation"
	RuleNoDate      = "no-date"
	RuleDate        = "date"
	RulePastDate    = "past-date"
	RuleFormula     = "formula"
	RuleErrorValue  = "error-value"
	RuleMerged      = "merged"
	RuleAltered     = "altered"
	RuleObligation  = "altered-obligation"
	RuleDeleted     = "row-deleted"
	RuleAdded       = "row-added"
	RuleTwice       = "duplicate-id"
	RuleID          = "id-changed"
	RuleNotRead     = "not-read"
	RuleComment     = "comment"
	RuleLink        = "link"
	RuleMacros      = "macros"
	RuleExternal    = "external"
	RuleDamaged     = "damaged"
	RuleTwiceGiven  = "supplier-twice"
)

// Options say how a workbook is read.
type Options struct {
	// Name is the file's name in places.
	Name       string
	Vocabulary *Vocabulary
	// Asked returns the questionnaire as the profile yields it now, in the
	// languages of the workbook; none where these are not known. It may
	// return nil.
	Asked func(langs []catalog.Lang) (*Form, error)
	// Today is the day by which a date is past; zero for no such check.
	Today time.Time
	// AcceptNear takes proposals for a status that are signs or a bare yes or
	// no.
	AcceptNear bool
}

// Result is what was read from a workbook.
type Result struct {
	// Set holds an answer for every requirement that was asked. Supplier,
	// Round and Received are for the caller to fill.
	Set answers.Set
	// Match tells how the workbook belongs to the profile's pack.
	Match Match
	// Previous is the id of the supplier whose answers the questionnaire of a
	// further round carried on, as it says; empty in a first round.
	Previous string
	Problems []Problem // by sheet, row and column
}

// Read reads a workbook. The error is a [*xlsx.Refused] where it is no
// questionnaire that can be read.
func Read(ctx context.Context, r io.ReaderAt, size int64, opts Options) (*Result, error) {
	book, err := xlsx.Read(ctx, r, size)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size)); err != nil {
		return nil, &xlsx.Refused{Reason: fmt.Sprintf("cannot be read: %v", err)}
	}
	own := formOf(book)
	t := locate(book, own, opts.Vocabulary)
	if t == nil {
		reason := "holds no table of requirements with the headings of a questionnaire"
		if p := own.Identity["pack"]; p != "" {
			reason = fmt.Sprintf("is the questionnaire %s, but its table of requirements has lost its headings", clipped(p))
		}
		return nil, &xlsx.Refused{Reason: reason, Hint: "is it the workbook that was sent?"}
	}
	langs := own.Languages()
	if len(langs) == 0 {
		langs = t.langs
	}
	asked, err := opts.Asked(langs)
	if err != nil {
		return nil, err
	}
	rd := &reader{opts: opts, book: book, own: own, asked: asked, table: t}
	rd.judge()
	rd.answers()
	rd.leftovers()
	rd.finish(hex.EncodeToString(sum.Sum(nil)))
	res := rd.result // not a pointer into the reader, which would keep the workbook
	return &res, nil
}

// reader reads one workbook.
type reader struct {
	opts   Options
	book   *xlsx.Book
	own    *Form
	asked  *Form // nil where not known
	table  *table
	result Result
	// ref is what the answers are held against: asked, or the workbook's own
	// data.
	ref  *Form
	left int // problems about what is left over
}

// add notes a problem at a place of a sheet; row and col may be 0.
func (r *reader) add(level catalog.Level, rule string, s *xlsx.Sheet, row, col int, hint, format string, args ...any) *Problem {
	pos := catalog.Position{File: r.opts.Name, Line: row, Column: col}
	if s != nil {
		pos.Sheet = s.Name
	}
	r.result.Problems = append(r.result.Problems, Problem{Problem: catalog.Problem{Pos: pos, Level: level, Rule: rule,
		Message: fmt.Sprintf(format, args...), Hint: hint}})
	return &r.result.Problems[len(r.result.Problems)-1]
}

// fail notes a problem that must be mended.
func (r *reader) fail(rule string, row, col int, hint, format string, args ...any) *Problem {
	return r.add(catalog.LevelError, rule, r.table.sheet, row, col, hint, format, args...)
}

func (r *reader) warn(rule string, row, col int, hint, format string, args ...any) *Problem {
	return r.add(catalog.LevelWarning, rule, r.table.sheet, row, col, hint, format, args...)
}

func (r *reader) file(level catalog.Level, rule, hint, format string, args ...any) *Problem {
	return r.add(level, rule, nil, 0, 0, hint, format, args...)
}

// judge finds out how the workbook belongs to what is asked, and tells.
func (r *reader) judge() {
	own := r.own.Identity
	var ids map[string]string
	if r.asked != nil {
		ids = r.asked.Identity
	}
	name := func(m map[string]string) string {
		return fmt.Sprintf("%s of the profile %s, edition %s", clipped(m["pack"]), clipped(m["profile"]), clipped(m["edition"]))
	}
	const byOwn = "its answers are read by what it says itself of its requirements"
	switch {
	case own["fingerprint"] != "" && own["fingerprint"] == ids["fingerprint"]:
		r.result.Match = Same
	case own["fingerprint"] == "" && own["pack"] != "" && own["pack"] == ids["pack"]:
		r.result.Match = Same
	case own["pack"] != "" && ids == nil:
		r.result.Match = OtherProfile
	case own["pack"] != "" && own["profile"] != "" && own["profile"] != ids["profile"]:
		r.result.Match = OtherProfile
		r.file(catalog.LevelError, RulePack, byOwn, "is %s, not %s", name(own), name(ids))
	case own["pack"] != "" && own["edition"] != ids["edition"]:
		r.result.Match = OtherEdition
		r.file(catalog.LevelWarning, RulePack, byOwn, "is %s; the content is of edition %s", name(own), ids["edition"])
	case own["pack"] != "":
		r.result.Match = OtherWording
		r.file(catalog.LevelWarning, RulePack, byOwn, "is %s; the profile yields %s now: it or the content was changed since", clipped(own["pack"]), ids["pack"])
	default:
		r.result.Match = r.recognise()
	}
	switch {
	case r.result.Match == Same || r.result.Match == Recognised:
		r.ref = r.asked
	case len(r.own.requirements) > 0:
		r.ref = r.own
	default:
		// Nothing says what was asked: what the rows have in common with the
		// profile's requirements is held against these.
		r.ref = r.fromRows()
		if r.result.Match != Unidentified {
			r.file(catalog.LevelWarning, RuleIdentity, "", "has lost its hidden sheet: what was asked is known from its rows alone")
		}
	}
}

// recognise finds out whether the requirements are those of the profile, where
// neither properties nor the hidden sheet say so.
func (r *reader) recognise() Match {
	const lost = "properties and hidden sheet are lost"
	if r.asked != nil && len(r.asked.requirements) > 0 {
		same := 0
		for _, row := range r.table.rows {
			if q := r.asked.byID[row.id]; q != nil && q.hash == pack.WordingHash(text(row.cells[pack.ColumnStatement])) {
				same++
			}
		}
		if n := len(r.asked.requirements); same*10 >= n*8 {
			r.file(catalog.LevelWarning, RuleIdentity, "", "does not say which pack it is (%s); %d of %s read word for word as in %s",
				lost, same, catalog.Plural(n, "requirement"), r.asked.Identity["pack"])
			return Recognised
		}
	}
	r.file(catalog.LevelError, RuleIdentity, "is it the questionnaire that was sent?", "does not say which pack it is (%s), and its requirements are not those of the profile", lost)
	return Unidentified
}

// fromRows makes a form of the rows that have an id.
func (r *reader) fromRows() *Form {
	f := &Form{Identity: r.own.Identity, columns: r.own.columns, statuses: r.own.statuses, obligations: r.own.obligations,
		sheets: r.own.sheets, byID: map[string]*requirement{}}
	for _, row := range r.table.rows {
		if _, ok := f.byID[row.id]; ok || row.id == "" || len(f.requirements) >= mostRequirements ||
			row.cells[pack.ColumnStatement] == nil {
			continue
		}
		q := requirement{id: row.id, obligation: r.obligationOf(row)}
		f.requirements = append(f.requirements, q)
		f.byID[row.id] = nil
	}
	for i := range f.requirements {
		f.byID[f.requirements[i].id] = &f.requirements[i]
	}
	return f
}

// obligationOf reads the cell of the obligation.
func (r *reader) obligationOf(row *tableRow) string {
	s := text(row.cells[pack.ColumnObligation])
	for _, f := range []*Form{r.ref, r.own} {
		if f == nil {
			continue
		}
		for _, o := range sortedKeys(f.obligations) {
			if fold(f.obligations[o]) == fold(s) {
				return o
			}
		}
	}
	return r.opts.Vocabulary.obligation(s)
}

// finish puts the set together and sorts the problems.
func (r *reader) finish(sum string) {
	s := &r.result.Set
	id := r.own.Identity
	r.result.Previous = id["previous-supplier"]
	s.Workbook = answers.File{Name: r.opts.Name, SHA256: sum}
	if r.result.Match == Recognised {
		id = r.asked.Identity
	}
	s.Name, s.Service = id["supplier"], id["service"]
	s.Pack = answers.Pack{ID: id["pack"], Fingerprint: id["fingerprint"], Profile: id["profile"], Guide: id["guide"],
		Edition: id["edition"], Language: catalog.Lang(id["language"])}
	if s.Pack.ID == "" {
		s.Pack.ID = "unknown"
	}
	order := map[string]int{}
	for i, sh := range r.book.Sheets {
		order[sh.Name] = i + 1
	}
	slices.SortStableFunc(r.result.Problems, func(a, b Problem) int {
		x, y := a.Pos, b.Pos
		switch {
		case x.Sheet != y.Sheet:
			return order[x.Sheet] - order[y.Sheet]
		case x.Line != y.Line:
			return x.Line - y.Line
		}
		return x.Column - y.Column
	})
}

func text(c *xlsx.Cell) string {
	if c == nil {
		return ""
	}
	return c.Text
}

// clipped is what a message quotes of an input: short, on one line, without what
// would steer a terminal or turn the direction of the text.
func clipped(s string) string {
	const most = 60
	var b strings.Builder
	n := 0
	for _, c := range s {
		switch {
		case n == most:
			b.WriteString("…")
			return b.String()
		case c == '\n' || c == '\r' || c == '\t':
			c = ' '
		case c < ' ' || c >= 0x7f && c < 0xa0 || c == '\u2028' || c == '\u2029' || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069':
			continue
		}
		b.WriteRune(c)
		n++
	}
	return b.String()
}

func quoted(s string) string { return `"` + clipped(strings.TrimSpace(s)) + `"` }

// Rules lists the names of the rules of problems.
func Rules() []string {
	return []string{RuleUnreadable, RulePack, RuleIdentity, RuleHeading, RuleUnanswered, RuleStatus, RuleNearStatus, RuleExplanation,
		RuleNoDate, RuleDate, RulePastDate, RuleFormula, RuleErrorValue, RuleMerged, RuleAltered, RuleObligation, RuleDeleted, RuleAdded,
		RuleTwice, RuleID, RuleNotRead, RuleComment, RuleLink, RuleMacros, RuleExternal, RuleDamaged, RuleTwiceGiven}
}
