// Package catalog holds the model of a security guide: risks × layers →
// objective, threats, vulnerabilities, measures, control statements and
// residual risks, together with the guide's front matter.
//
// # Contract
//
// A [Catalog] is built once, by [Load] from a folder in the YAML form or by
// [Assemble] from parts that a reader of another form made, and is immutable
// from then on: renderers may read it from many goroutines. Every reference is
// resolved to a pointer, so that no reader of the model looks an id up, and
// every text stands once: what two cells share is the same pointer in both.
//
// The model knows no output format and renderers know no YAML. What is merged
// in a printed table is not stored: it follows from which pointers adjacent
// rows share (see package riskguide/render/table).
//
// # The YAML form
//
// A guide is a folder: guide.yaml (title, edition, languages, severities, layers,
// columns, references, order of pages, editions), risks/ID.yaml, controls/CLAUSE.yaml,
// vulnerabilities.yaml, retired.yaml and pages/ID.LANGUAGE.md. The JSON Schemas
// of package riskguide/catalog/schema describe every key. A text is a mapping
// from languages to wordings, or a plain string in the guide's first language.
// Nothing is written twice: rows cite objectives, threats, vulnerabilities and
// measures, measures cite controls (one by one, or "8.6.1.1..8.6.1.19" for all of
// a clause between the two) and residual risks. A citation may carry a variant
// or a note of its own. A measure shares another's wording with wording_of and
// another's printed cell of controls with controls_of.
//
// A guide may be a standard of controls alone, such as NIST SP 800-53: then it
// names no severities, layers and columns, and has no risks ([Guide.TreatsRisks]).
//
// [Load] reports all mistakes of a folder at once; [Rules] lists what it checks.
// [WriteFiles] writes the form, always in the same layout.
//
// Limits: a file has at most 1 MiB unless [LoadOptions] says otherwise; YAML
// anchors, aliases, merge keys and tags are refused.
//
// # Positions
//
// Positions are kept on every entity and text, so that a later step (a missing
// glyph, a profile that selects nothing) can name the line that is to change.
package catalog

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Lang is a BCP 47 language tag in lower case, such as "ja" or "en".
type Lang string

// The languages that the shipped guide and the built-in texts know.
const (
	Japanese Lang = "ja"
	English  Lang = "en"
)

// Position is a place in a source file. Line and Column count from 1, Column
// in characters (not bytes); the zero Position means that the place is unknown.
// In a workbook they are the row and the column of a cell of Sheet.
type Position struct {
	File   string
	Sheet  string // empty but for workbooks
	Line   int
	Column int
}

// Place writes a position as file:line:column or, in a workbook, as
// file!sheet!cell (acme.xlsx!Requirements!F41), as far as it is known.
func (p Position) Place() string {
	switch {
	case p.Sheet != "" && p.Line > 0:
		return p.File + "!" + p.Sheet + "!" + p.Cell()
	case p.Sheet != "":
		return p.File + "!" + p.Sheet
	case p.Line > 0:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
	return p.File
}

// Cell is the name of the cell of a workbook, such as "F41"; "F" where the row is
// not known, and "" for other files.
func (p Position) Cell() string {
	if p.Sheet == "" {
		return ""
	}
	name := ""
	for col := p.Column; col > 0; col = (col - 1) / 26 {
		name = string(rune('A'+(col-1)%26)) + name
	}
	if p.Line > 0 {
		name += strconv.Itoa(p.Line)
	}
	return name
}

// Text is one wording in one or more languages.
type Text struct {
	// Values holds the wording by language; a language without a
	// translation has no entry.
	Values map[Lang]string
	Pos    Position
}

// NewText returns a text with one wording in one language and no position.
func NewText(lang Lang, s string) Text {
	return Text{Values: map[Lang]string{lang: s}}
}

// IsZero reports whether the text has no wording in any language.
func (t Text) IsZero() bool {
	for _, s := range t.Values {
		if s != "" {
			return false
		}
	}
	return true
}

// Has reports whether the text has a wording in lang.
func (t Text) Has(lang Lang) bool { return t.Values[lang] != "" }

// Equal reports whether two texts have the same wordings in the same languages.
// Where they stand does not count.
func (t Text) Equal(other Text) bool {
	n := 0
	for lang, s := range t.Values {
		if s == "" {
			continue
		}
		if other.Values[lang] != s {
			return false
		}
		n++
	}
	for _, s := range other.Values {
		if s != "" {
			n--
		}
	}
	return n == 0
}

// In returns the wording in lang, or, where lang has none, the wording in the
// first of the given fallback languages that has one, or else in the
// alphabetically first language that has one. The second result is the language
// of what is returned, so that a renderer can mark a missing translation.
func (t Text) In(lang Lang, fallback ...Lang) (string, Lang) {
	if s := t.Values[lang]; s != "" {
		return s, lang
	}
	for _, l := range fallback {
		if s := t.Values[l]; s != "" {
			return s, l
		}
	}
	langs := make([]string, 0, len(t.Values))
	for l, s := range t.Values {
		if s != "" {
			langs = append(langs, string(l))
		}
	}
	if len(langs) == 0 {
		return "", lang
	}
	sort.Strings(langs)
	l := Lang(langs[0])
	return t.Values[l], l
}

// Catalog is one edition of a guide, whole or tailored. All slices are in the
// guide's own order.
type Catalog struct {
	Guide           *Guide
	Pages           []*Page
	Risks           []*Risk
	Clauses         []*Clause
	Vulnerabilities []*Vulnerability
	Retired         []*Retirement

	risks           map[string]*Risk
	measures        map[string]*Measure
	controls        map[string]*Control
	vulnerabilities map[string]*Vulnerability
	objectives      map[string]*Objective
	threats         map[string]*Threat
	residuals       map[string]*Residual
	layers          map[string]*Layer
	severities      map[string]*Severity
	references      map[string]*Reference
}

// Risk returns the risk with the id, such as "H05", or nil.
func (c *Catalog) Risk(id string) *Risk { return c.risks[id] }

// Measure returns the measure with the id, such as "H05-03", or nil.
func (c *Catalog) Measure(id string) *Measure { return c.measures[id] }

// Control returns the control with the id, such as "8.6.1.1", or nil.
func (c *Catalog) Control(id string) *Control { return c.controls[id] }

// Vulnerability returns the vulnerability with the id, such as "V48", or nil.
func (c *Catalog) Vulnerability(id string) *Vulnerability { return c.vulnerabilities[id] }

// Objective returns the objective with the id, such as "H05-O1", or nil.
func (c *Catalog) Objective(id string) *Objective { return c.objectives[id] }

// Threat returns the threat with the id, such as "H05-T1", or nil.
func (c *Catalog) Threat(id string) *Threat { return c.threats[id] }

// Residual returns the residual risk with the id, such as "H05-R1", or nil.
func (c *Catalog) Residual(id string) *Residual { return c.residuals[id] }

// Layer returns the layer with the id, such as "physical", or nil.
func (c *Catalog) Layer(id string) *Layer { return c.layers[id] }

// Severity returns the severity with the id, such as "high", or nil.
func (c *Catalog) Severity(id string) *Severity { return c.severities[id] }

// Reference returns the entry of the list of references with the id, or nil.
func (c *Catalog) Reference(id string) *Reference { return c.references[id] }

// DefaultLang is the guide's first language.
func (c *Catalog) DefaultLang() Lang {
	if len(c.Guide.Languages) == 0 {
		return Japanese
	}
	return c.Guide.Languages[0]
}

// Text returns the wording of t in lang, falling back to the guide's languages
// in their order; see [Text.In].
func (c *Catalog) Text(t Text, lang Lang) (string, Lang) {
	return t.In(lang, c.Guide.Languages...)
}

// Measures returns all measures, risk by risk.
func (c *Catalog) Measures() []*Measure {
	var ms []*Measure
	for _, r := range c.Risks {
		ms = append(ms, r.Measures...)
	}
	return ms
}

// Controls returns all controls, clause by clause.
func (c *Catalog) Controls() []*Control {
	var cs []*Control
	for _, cl := range c.Clauses {
		cs = append(cs, cl.Controls...)
	}
	return cs
}

// Guide is what concerns the guide as a whole.
type Guide struct {
	Pos      Position
	ID       string // a short name for file names and manifests, such as "cloud-risk-guide"
	Title    Text
	Subtitle Text
	// Edition is the edition's version, such as "2011.1".
	Edition string
	// Date is the edition's date, at midnight UTC. It is the only clock of a
	// build without SOURCE_DATE_EPOCH.
	Date       time.Time
	Languages  []Lang
	Publisher  Text
	Rights     Text
	Severities []*Severity
	// Layers holds the top level of the layer model, from the uppermost
	// layer down, cross-layer ones last.
	Layers []*Layer
	// LayerModel describes the figure of the layer model (its text alternative).
	LayerModel Text
	// Columns describes the columns of a risk table, in printed order.
	Columns    []*Column
	References []*Reference
	// PageOrder lists the ids of the front-matter pages.
	PageOrder []string
	// ClauseOrder lists ids of clauses in the order in which they come; those
	// that it does not name come behind, by id. It may be empty.
	ClauseOrder []string
	// Editions is the history of editions, newest first: this one and those
	// before it. It may be empty.
	Editions []*EditionNote

	// pagePos and clausePos hold the places of the entries of PageOrder and
	// ClauseOrder, editionPos that of Edition, as far as known.
	pagePos    []Position
	clausePos  []Position
	editionPos Position
}

// TreatsRisks reports whether the guide is one of risks: whether it names
// severities, layers or columns of risk tables. One that does not is a standard
// of controls, and has no risks.
func (g *Guide) TreatsRisks() bool {
	return len(g.Severities)+len(g.Layers)+len(g.Columns) > 0
}

// EditionPos is the place of the edition in guide.yaml, as far as known.
func (g *Guide) EditionPos() Position { return or(g.editionPos, g.Pos) }

// EditionNote tells what is new in an edition.
type EditionNote struct {
	Pos     Position
	Edition string // as [Guide.Edition]
	Date    time.Time
	Summary Text
	// Editorial names what reads otherwise since the edition before and means
	// the same: measures, objectives, controls, and citations as
	// "H01-02/2.1.1.10". docs/editions.md has the rule.
	Editorial []Ref
}

// Severity is a class of risks.
type Severity struct {
	Pos    Position
	ID     string // "high", "medium", "low"
	Letter string // first letter of the ids of its risks: "H", "M", "L"
	Name   Text
}

// Layer is a layer of the cloud service's structure (guide p. 4).
type Layer struct {
	Pos         Position
	ID          string // "resource", "physical", …
	Name        Text
	Description Text
	// InScope tells whether the guide treats risks at this layer.
	InScope bool
	// CrossLayer marks a layer that stands beside the others and cuts across
	// them, such as service management.
	CrossLayer bool
	Parent     *Layer // nil at the top level
	Children   []*Layer
}

// IsLeaf reports whether rows of a table can stand at this layer.
func (l *Layer) IsLeaf() bool { return len(l.Children) == 0 }

// TableLayers returns the leaf layers that are in scope, in printed order: the
// layers that every risk table answers for.
func (g *Guide) TableLayers() []*Layer {
	var out []*Layer
	var walk func(ls []*Layer)
	walk = func(ls []*Layer) {
		for _, l := range ls {
			if l.IsLeaf() {
				if l.InScope {
					out = append(out, l)
				}
				continue
			}
			walk(l.Children)
		}
	}
	walk(g.Layers)
	return out
}

// AllLayers returns every layer, parents before children.
func (g *Guide) AllLayers() []*Layer {
	var out []*Layer
	var walk func(ls []*Layer)
	walk = func(ls []*Layer) {
		for _, l := range ls {
			out = append(out, l)
			walk(l.Children)
		}
	}
	walk(g.Layers)
	return out
}

// ColumnID names a column of a risk table.
type ColumnID string

// The columns of a risk table in printed order (guide p. 2). ColumnRisk is the
// heading over threats and vulnerabilities and has no cells of its own.
const (
	ColumnLayer           ColumnID = "layer"
	ColumnObjective       ColumnID = "objective"
	ColumnRisk            ColumnID = "risk"
	ColumnThreats         ColumnID = "threat"
	ColumnVulnerabilities ColumnID = "vulnerability"
	ColumnMeasure         ColumnID = "measure"
	ColumnControls        ColumnID = "control"
	ColumnResiduals       ColumnID = "residual"
	ColumnRemark          ColumnID = "remark"
)

// ColumnIDs lists the columns in printed order.
func ColumnIDs() []ColumnID {
	return []ColumnID{ColumnLayer, ColumnObjective, ColumnRisk, ColumnThreats,
		ColumnVulnerabilities, ColumnMeasure, ColumnControls, ColumnResiduals, ColumnRemark}
}

// Column is the heading of a column and what it means.
type Column struct {
	Pos         Position
	ID          ColumnID
	Name        Text
	Description Text
}

// Column returns the column with the id, or nil.
func (g *Guide) Column(id ColumnID) *Column {
	for _, c := range g.Columns {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Reference is an entry of the list of references.
type Reference struct {
	Pos  Position
	ID   string // as cited, such as "ENISA 09"
	Text Text   // the bibliographic entry
	Note Text   // for example a translation of the work
	URL  string // optional; http or https

	urlPos Position // place of URL, as far as known
}

// Page is a page of the front matter. Its body is Markdown (CommonMark with
// tables); the title is its first heading of level 1 and not in the body.
// A paragraph that consists of a directive such as {{risk-list}} stands for
// something that is made from the data; see [Directives].
type Page struct {
	Pos   Position
	ID    string // file stem, such as "10-purpose"
	Title Text
	Body  Text

	// bodyPos holds, by language, where the body begins in its file, as far
	// as known.
	bodyPos map[Lang]Position
}

// Directives lists what a page may include: the table of columns, the
// references, the list of risks, the figure of the layer model, the list of
// layers.
func Directives() []string {
	return []string{"columns", "references", "risk-list", "layer-model", "layers"}
}

// Risk is one risk with its table.
type Risk struct {
	Pos      Position
	ID       string // "H05"
	Severity *Severity
	Name     Text
	// Description holds the paragraphs of the description; Notes the notes
	// that follow them.
	Description []Text
	Notes       []Text
	// ENISA holds the numbers of the corresponding risks of the ENISA 2009
	// list; empty where AddedByGroup.
	ENISA []int
	// AddedByGroup marks a risk that the working group added itself.
	AddedByGroup bool

	// Objectives, Threats and Residuals are those defined in this risk's
	// file. Its rows may cite others'.
	Objectives []*Objective
	Threats    []*Threat
	Residuals  []*Residual
	Measures   []*Measure

	// NotApplicable lists the layers at which the risk does not arise.
	NotApplicable []*Layer
	// Rows are the rows of the table, layer by layer in the order of
	// [Guide.TableLayers].
	Rows []*Row
}

// Objective is the level of security to be reached (目指すべき水準).
type Objective struct {
	Pos  Position
	ID   string // "H05-O1"
	Text Text
}

// Threat is a possible cause of damage (脅威).
type Threat struct {
	Pos  Position
	ID   string // "H05-T1"
	Text Text
}

// Residual is a risk that stays after the controls (残留リスク).
type Residual struct {
	Pos  Position
	ID   string // "H05-R1"
	Text Text
}

// Vulnerability is a weakness (脆弱性): one of ENISA 2009's numbered ones, or
// one that the guide names itself.
type Vulnerability struct {
	Pos Position
	// ID is "V1"…"V53" for ENISA's, "U1"… for the guide's own, which are
	// printed without a number.
	ID    string
	Label Text
	// Rows are the rows that cite it, in the guide's order.
	Rows []*Row
}

// Numbered reports whether the vulnerability has a number of ENISA 2009, which
// is printed before its label.
func (v *Vulnerability) Numbered() bool { return strings.HasPrefix(v.ID, "V") }

// VulnerabilityCitation cites a vulnerability in a row.
type VulnerabilityCitation struct {
	Pos           Position
	Vulnerability *Vulnerability
	// Variant replaces the label in this citation; zero where the label stands.
	Variant Text
	// Note is printed in parentheses behind the label; zero where none.
	Note Text
}

// Label returns the wording of the citation without number and note.
func (c VulnerabilityCitation) Label() Text {
	if !c.Variant.IsZero() {
		return c.Variant
	}
	return c.Vulnerability.Label
}

// Clause is a group of controls, such as 8.6.1.
type Clause struct {
	Pos      Position
	ID       string // "8.6.1", "C.1.1", "ac"
	Title    Text   // zero where the source gives none
	Controls []*Control
}

// Chapter returns the first part of the clause's id, such as "8", "C" or "ac".
func (c *Clause) Chapter() string {
	s, _, _ := strings.Cut(c.ID, ".")
	return s
}

// Control is a statement of the control standard (対応するクラウド管理基準).
type Control struct {
	Pos Position
	ID  string // "8.6.1.1", "C.2.1.4", "ac-2.1"
	// Label is how the standard prints the number where that is not the id,
	// such as "AC-2(1)"; empty where it is.
	Label  string
	Title  Text // zero where the standard gives none
	Clause *Clause
	// Statement is what is required. Where Items divide it, it is what stands
	// before them, and may be zero. [Control.Wording] is both.
	Statement Text
	Items     []*Item
	// Guidance holds the paragraphs that explain the control and ask for nothing.
	Guidance   []Text
	Parameters []*Parameter

	// Parent names the control that this one enhances, Related those that the
	// standard points to, References entries of the guide's list of references.
	Parent     Ref
	Related    []Ref
	References []Ref

	// What follows is set when the source is assembled.

	Enhances     *Control     // the control that Parent names, or nil
	Enhancements []*Control   // the controls that enhance this one
	RelatedTo    []*Control   // those that Related names
	Cites        []*Reference // those that References names
	// CitedBy lists the measures whose control cell holds the control, in
	// the guide's order, each once.
	CitedBy []*Measure

	wording Text
}

// Wording is the whole statement as plain text: what stands before the items,
// and each item in a line of its own behind its label, indented by no-break
// spaces. Without items it is Statement.
func (c *Control) Wording() Text {
	if len(c.Items) == 0 {
		return c.Statement
	}
	return c.wording
}

// Number is how the control is printed: its label or, where it has none, its id.
func (c *Control) Number() string {
	if c.Label != "" {
		return c.Label
	}
	return c.ID
}

// Parameter returns the control's parameter with the id, or nil.
func (c *Control) Parameter(id string) *Parameter {
	for _, p := range c.Parameters {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// Fill puts values into a wording of the control: what value returns for a parameter
// stands in the place of {id}. A value may hold parameters itself, as choices do.
func (c *Control) Fill(wording string, value func(p *Parameter) string) string {
	if len(c.Parameters) == 0 {
		return wording
	}
	// Choices do not hold each other in a circle: the assembler sees to it.
	for range c.Parameters {
		if !strings.Contains(wording, "{") {
			break
		}
		pairs := make([]string, 0, 2*len(c.Parameters))
		for _, p := range c.Parameters {
			if place := "{" + p.ID + "}"; strings.Contains(wording, place) {
				pairs = append(pairs, place, value(p))
			}
		}
		if len(pairs) == 0 {
			break
		}
		wording = strings.NewReplacer(pairs...).Replace(wording)
	}
	return wording
}

// Item is a part of a statement, such as "a." of a list.
type Item struct {
	Pos   Position
	Label string // as printed, such as "a." or "1."; may be empty
	Text  Text   // zero only where Items say all
	Items []*Item
}

// Parameter is a value that a tailoring sets in a statement, where it stands
// as {id}.
type Parameter struct {
	Pos Position
	ID  string
	// Label says what the value means. It may be zero where there are Choices.
	Label Text
	// Default is the value where a profile sets none; empty where it must, or
	// leave the place open.
	Default string
	// Choices, if not empty, lists the values that are allowed. A choice may
	// hold parameters of the same control as {id}.
	Choices []Text
	// Many tells that more than one of Choices may be taken.
	Many bool
	// Guidance helps to find a value; it may be zero.
	Guidance Text
}

// Blank says what is to be filled in where the parameter has no value: its label
// or, where it has none, its choices with strokes between. text gives the wording of
// a text.
func (p *Parameter) Blank(text func(Text) string) string {
	if !p.Label.IsZero() || len(p.Choices) == 0 {
		return text(p.Label)
	}
	choices := make([]string, len(p.Choices))
	for i, c := range p.Choices {
		choices[i] = text(c)
	}
	return strings.Join(choices, " / ")
}

// ControlList is one printed cell of controls. Two measures that share the
// cell share the pointer.
type ControlList struct {
	// Owner is the measure in whose entry the list is written.
	Owner     *Measure
	Citations []ControlCitation
}

// ControlCitation cites a control in a measure's control cell.
type ControlCitation struct {
	Pos     Position
	Control *Control
	// Variant replaces the statement in this citation; zero where the
	// statement stands.
	Variant Text
	// Note is printed in parentheses behind the statement; zero where none.
	Note Text
}

// Statement returns the wording that stands in this citation.
func (c ControlCitation) Statement() Text {
	if !c.Variant.IsZero() {
		return c.Variant
	}
	return c.Control.Wording()
}

// Gap names a cell that the source lacks for a measure.
type Gap string

// The gaps that a measure can have.
const (
	GapMeasure  Gap = "measure"  // the wording of the measure itself
	GapControls Gap = "controls" // its control cell
	GapResidual Gap = "residual" // its residual risk
)

// Measure is the point of what the provider does (クラウド事業者における対策の要点):
// the unit that a customer selects. Its id stays for life.
type Measure struct {
	Pos  Position
	ID   string // "H05-03"
	Risk *Risk
	// Text is zero where Gaps has GapMeasure.
	Text Text
	// WordingOf is the measure whose wording this one shares, or nil. Text is
	// then that measure's.
	WordingOf *Measure
	// Controls is never nil; its Citations are empty where Gaps has
	// GapControls. A shared cell is the same pointer.
	Controls  *ControlList
	Residuals []*Residual
	Tags      []string
	// Gaps lists what is missing in the source and was not filled.
	Gaps []Gap
	// Rows are the rows that the measure covers, in order.
	Rows []*Row
}

// HasGap reports whether the source lacks that part of the measure.
func (m *Measure) HasGap(g Gap) bool {
	for _, x := range m.Gaps {
		if x == g {
			return true
		}
	}
	return false
}

// Layers returns the layers at which the measure applies, each once, in order.
func (m *Measure) Layers() []*Layer {
	var out []*Layer
	for _, r := range m.Rows {
		if len(out) == 0 || out[len(out)-1] != r.Layer {
			out = append(out, r.Layer)
		}
	}
	return out
}

// Row is one row of a risk table: where (layer), what is to be reached, what
// threatens it through which weakness, and the measure that answers. A cell
// that adjacent rows share is the same pointer, or the same list of pointers.
type Row struct {
	Pos             Position
	Risk            *Risk
	Layer           *Layer
	Objective       *Objective // nil where the cell is empty
	Threats         []*Threat
	Vulnerabilities []VulnerabilityCitation
	Measure         *Measure // nil where the row has none
	Remark          Text
}

// Retirement lists an id that is no longer in use and what replaced it.
type Retirement struct {
	Pos        Position
	ID         string
	ReplacedBy []string // ids in use, or themselves retired; empty where nothing replaced it
	Edition    string   // the edition in which it was retired
	Reason     Text

	// replacedPos holds the places of the entries of ReplacedBy, as far as known.
	replacedPos []Position
}

// CompareIDs orders dotted ids as the guide does: numeric parts by number,
// numbers before letters, so that "8.6.1.9" < "8.6.1.10" < "C.1.1.1" and
// "V6" < "V48". It returns a negative, zero or positive number.
func CompareIDs(a, b string) int {
	for a != "" && b != "" {
		da, db := leadingDigits(a), leadingDigits(b)
		switch {
		case da > 0 && db > 0:
			x, _ := strconv.Atoi(a[:da])
			y, _ := strconv.Atoi(b[:db])
			if x != y {
				return x - y
			}
			a, b = a[da:], b[db:]
		case da > 0:
			return -1
		case db > 0:
			return 1
		default:
			if a[0] != b[0] {
				return int(a[0]) - int(b[0])
			}
			a, b = a[1:], b[1:]
		}
	}
	return len(a) - len(b)
}

// leadingDigits returns how many digits s begins with, at most 9 so that the
// number fits an int.
func leadingDigits(s string) int {
	n := 0
	for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
