package catalog

import (
	"fmt"
	"net/url"
	"sort"
	"strings"
	"time"
)

// Assemble resolves a source to a catalog and checks everything that does not
// depend on how the source was written down: the form of ids, references,
// layers, rows, gaps, texts. All problems are reported, sorted by file, line
// and column; a part of the source that has no position yields problems without
// one. The catalog is nil where a problem is an error.
//
// The source stays as it is and may be assembled again. The catalog shares with
// it what cites nothing (guide, pages, objectives, threats, residual risks,
// parameters), so that the source must not be changed afterwards.
func Assemble(src *Source) (*Catalog, Problems) {
	a := newAssembler(src)
	c := a.assemble()
	a.problems.Sort()
	if a.problems.HasErrors() {
		return nil, a.problems
	}
	return c, a.problems
}

// assembler holds what is known while a source is resolved.
type assembler struct {
	src      *Source
	cat      *Catalog
	problems Problems

	// broken and unread come from the loader; see there.
	broken map[Position]bool
	unread unreadable

	langs []Lang
	// defined holds every id in use, for hints and for retired ids.
	defined map[string]definition
	retired map[string]*Retirement

	table []*Layer // layers that have rows
	place map[*Layer]int

	sorted     map[*Clause][]*Control // controls of a clause in the order of ids
	indexOf    map[*Control]int       // index in sorted
	sourceOf   map[*Measure]*SourceMeasure
	texts      []textUse
	written    map[writtenKey]textUse
	suggested  int
	candidates map[kind][]string
	missed     map[kind]bool // kinds of which an id that is cited does not exist

	citedObjectives map[*Objective]bool
	citedThreats    map[*Threat]bool
	citedResiduals  map[*Residual]bool
}

// kind says what an id stands for.
type kind string

const (
	kindSeverity      kind = "severity"
	kindLayer         kind = "layer"
	kindReference     kind = "reference"
	kindPage          kind = "page"
	kindRisk          kind = "risk"
	kindObjective     kind = "objective"
	kindThreat        kind = "threat"
	kindResidual      kind = "residual risk"
	kindMeasure       kind = "measure"
	kindClause        kind = "clause"
	kindControl       kind = "control"
	kindVulnerability kind = "vulnerability"
)

// article returns the kind with its indefinite article.
func (k kind) article() string {
	if k == kindObjective {
		return "an " + string(k)
	}
	return "a " + string(k)
}

type definition struct {
	kind kind
	pos  Position
}

func newAssembler(src *Source) *assembler {
	return &assembler{
		src: src,
		cat: &Catalog{
			Guide: src.Guide, Pages: src.Pages, Retired: src.Retired,
			risks:           map[string]*Risk{},
			measures:        map[string]*Measure{},
			controls:        map[string]*Control{},
			vulnerabilities: map[string]*Vulnerability{},
			objectives:      map[string]*Objective{},
			threats:         map[string]*Threat{},
			residuals:       map[string]*Residual{},
			layers:          map[string]*Layer{},
			severities:      map[string]*Severity{},
			references:      map[string]*Reference{},
		},
		defined:    map[string]definition{},
		retired:    map[string]*Retirement{},
		place:      map[*Layer]int{},
		sorted:     map[*Clause][]*Control{},
		indexOf:    map[*Control]int{},
		sourceOf:   map[*Measure]*SourceMeasure{},
		written:    map[writtenKey]textUse{},
		candidates: map[kind][]string{},
		missed:     map[kind]bool{},

		citedObjectives: map[*Objective]bool{},
		citedThreats:    map[*Threat]bool{},
		citedResiduals:  map[*Residual]bool{},
	}
}

func (a *assembler) assemble() *Catalog {
	if a.src.Guide == nil {
		a.error(Position{}, ruleMissing, "", "the source has no guide")
		return nil
	}
	for _, r := range a.src.Retired {
		if a.retired[r.ID] == nil {
			a.retired[r.ID] = r
		}
	}
	a.guide(a.src.Guide)
	a.pages()
	a.clauses()
	a.relations()
	a.vulnerabilities()
	for _, sr := range a.src.Risks {
		a.defineRisk(sr)
	}
	for i, sr := range a.src.Risks {
		a.resolveRisk(sr, a.cat.Risks[i])
	}
	a.wordings()
	a.controlLists()
	for i, sr := range a.src.Risks {
		a.rows(sr, a.cat.Risks[i])
	}
	a.backReferences()
	a.checkUncited()
	a.checkRetired()
	a.checkEditorial()
	a.checkTexts()
	return a.cat
}

func (a *assembler) error(pos Position, rule, hint, format string, args ...any) {
	a.problems.add(LevelError, pos, rule, hint, format, args...)
}

func (a *assembler) warn(pos Position, rule, hint, format string, args ...any) {
	a.problems.add(LevelWarning, pos, rule, hint, format, args...)
}

// define enters an id and reports whether it is new. An id that is not of its
// form is reported but entered, so that what cites it is found.
func (a *assembler) define(k kind, id string, f idForm, pos Position) bool {
	switch {
	case id == "":
		if !a.broken[pos] {
			a.error(pos, ruleIDForm, "", "%s has no id", k.article())
		}
		return false
	case !f.ok(id):
		a.error(pos, ruleIDForm, "", "the id %q is not of the form of %s: %s", clip(id), k.article(), f.like)
	}
	return a.enter(k, id, pos)
}

// enter enters an id of any form and reports whether it is new.
func (a *assembler) enter(k kind, id string, pos Position) bool {
	if old, dup := a.defined[id]; dup && old.kind == k {
		a.error(pos, ruleTwiceID, "", "%s %q is defined twice%s", k, clip(id), at(", first at ", old.pos))
		return false
	} else if !dup {
		a.defined[id] = definition{k, pos}
	}
	return true
}

// below checks that the id of something a risk defines begins with the risk's.
func (a *assembler) below(k kind, id, risk string, pos Position) {
	if r := riskOf(id); id != "" && risk != "" && r != risk && forms.risk.ok(r) {
		a.error(pos, ruleIDForm, "", "%s %q is defined by risk %s, so that its id must begin with %q", k, clip(id), risk, risk+"-")
	}
}

// at names a place within a message about another place, behind the given words.
// It is empty where the place is not known.
func at(words string, p Position) string {
	switch {
	case p.File == "":
		return ""
	case p.Line == 0:
		return words + p.File
	}
	return fmt.Sprintf("%s%s:%d:%d", words, p.File, p.Line, p.Column)
}

// or returns the first position that is known.
func or(p, q Position) Position {
	if p == (Position{}) {
		return q
	}
	return p
}

// resolve looks up what an id stands for, and reports it where it is not there.
func resolve[T any](a *assembler, in map[string]*T, k kind, ref Ref, owner Position) *T {
	if x := in[ref.ID]; x != nil {
		return x
	}
	a.unknown(k, ref.ID, or(ref.Pos, owner), func() []string {
		ids := make([]string, 0, len(in))
		for id := range in {
			ids = append(ids, id)
		}
		sort.Strings(ids)
		return ids
	})
	return nil
}

// unknown reports an id that is not in the catalog, unless the file that would
// define it could not be read.
func (a *assembler) unknown(k kind, id string, pos Position, ids func() []string) {
	if a.unread.hides(k, id) ||
		k == kindSeverity && len(a.src.Guide.Severities) == 0 ||
		k == kindLayer && len(a.src.Guide.Layers) == 0 {
		return
	}
	a.missed[k] = true
	hint := ""
	if r := a.retired[id]; r != nil {
		hint = fmt.Sprintf("it was retired in edition %s", r.Edition)
		if len(r.ReplacedBy) > 0 {
			hint += " and replaced by " + strings.Join(r.ReplacedBy, ", ")
		}
	} else if d, ok := a.defined[id]; ok && d.kind != k {
		hint = fmt.Sprintf("%q is %s", id, d.kind.article())
	} else if hint = a.near(k, id, ids); hint == "" && len(id) > 0 && k == kindLayer {
		hint = "known are " + strings.Join(ids(), ", ")
	}
	a.error(pos, ruleReference, hint, "%s %q is not in the catalog", k, clip(id))
}

// mostSuggestions bounds the time that a file full of wrong ids can cost.
const mostSuggestions = 500

func (a *assembler) near(k kind, id string, ids func() []string) string {
	if a.suggested++; a.suggested > mostSuggestions {
		return ""
	}
	c, ok := a.candidates[k]
	if !ok {
		c = ids()
		a.candidates[k] = c
	}
	return didYouMean(id, c)
}

func (a *assembler) guide(g *Guide) {
	broken := a.broken[g.Pos] || a.unread.guide
	a.langs = g.Languages
	if len(g.Languages) == 0 && !broken {
		a.error(g.Pos, ruleValue, "", "the guide must have at least one language")
	}
	if (g.ID != "" || !broken) && !forms.slug.ok(g.ID) {
		a.error(g.Pos, ruleIDForm, "", "the guide's id %q must be %s", clip(g.ID), forms.slug.like)
	}
	if isBlank(g.Edition) && !broken {
		a.error(g.Pos, ruleEmptyText, "", "the guide has no edition")
	}
	if g.Date.IsZero() && !broken {
		a.error(g.Pos, ruleValue, "", "the guide has no date")
	}
	if !a.unread.guide {
		a.text(g.Title, g.Pos, required, "", "the title of the guide", "")
	}
	a.text(g.Subtitle, g.Pos, optional, "", "the subtitle of the guide", "")
	a.text(g.Publisher, g.Pos, optional, "", "the publisher", "")
	a.text(g.Rights, g.Pos, optional, "", "the rights", "")
	a.text(g.LayerModel, g.Pos, optional, "", "the description of the layer model", "")

	letters := map[string]*Severity{}
	for _, s := range g.Severities {
		a.text(s.Name, s.Pos, required, "", "the name of severity", s.ID)
		if !forms.letter.ok(s.Letter) && !a.broken[s.Pos] {
			a.error(s.Pos, ruleIDForm, "", "the letter %q of a severity must be %s", clip(s.Letter), forms.letter.like)
		} else if old := letters[s.Letter]; old != nil && s.Letter != "" {
			a.error(s.Pos, ruleTwiceID, "", "the letter %s is that of severity %q already", s.Letter, old.ID)
		}
		letters[s.Letter] = s
		if a.define(kindSeverity, s.ID, forms.slug, s.Pos) {
			a.cat.severities[s.ID] = s
		}
	}
	for _, l := range g.AllLayers() {
		a.text(l.Name, l.Pos, required, "", "the name of layer", l.ID)
		a.text(l.Description, l.Pos, optional, "", "the description of layer", l.ID)
		if a.define(kindLayer, l.ID, forms.slug, l.Pos) {
			a.cat.layers[l.ID] = l
		}
	}
	a.table = g.TableLayers()
	for i, l := range a.table {
		a.place[l] = i
	}
	if len(a.table) == 0 && !broken && g.TreatsRisks() {
		a.error(g.Pos, ruleLayer, "", "the guide has no layer in scope")
	}
	a.columns(g, broken)
	a.editions(g, broken)
	for _, r := range g.References {
		a.text(r.Text, r.Pos, required, "", "the text of reference", r.ID)
		a.text(r.Note, r.Pos, optional, "", "the note of reference", r.ID)
		if r.URL != "" && !isWebAddress(r.URL) {
			a.error(or(r.urlPos, r.Pos), ruleValue, "", "the address of reference %s must begin with https:// or http://", clip(r.ID))
		}
		if isBlank(r.ID) {
			if !a.broken[r.Pos] {
				a.error(r.Pos, ruleIDForm, "", "a reference has no id")
			}
			continue
		}
		if a.enter(kindReference, r.ID, r.Pos) {
			a.cat.references[r.ID] = r
		}
	}
	if !g.TreatsRisks() && len(a.src.Risks) > 0 && !broken {
		a.error(g.Pos, ruleMissingKey, "", "the guide has risks, but no severities, layers and columns")
	}
}

// editions checks the history of editions: newest first, each once, beginning with
// this one. The places of what could not be read are told already.
func (a *assembler) editions(g *Guide, broken bool) {
	seen := map[string]bool{}
	for i, e := range g.Editions {
		a.text(e.Summary, e.Pos, required, "", "the summary of edition", e.Edition)
		if a.broken[e.Pos] {
			continue
		}
		if isBlank(e.Edition) {
			a.error(e.Pos, ruleEmptyText, "", "an entry of editions does not say which edition it is")
			continue
		}
		if seen[e.Edition] {
			a.error(e.Pos, ruleTwiceID, "", "edition %q is listed twice", clip(e.Edition))
		}
		seen[e.Edition] = true
		switch {
		case e.Date.IsZero():
			a.error(e.Pos, ruleValue, "", "edition %q has no date", clip(e.Edition))
		case i == 0 && broken:
		case i == 0 && e.Edition != g.Edition:
			a.error(e.Pos, ruleEdition, "", "the first of editions is %q, the guide's edition is %q", clip(e.Edition), clip(g.Edition))
		case i == 0 && !e.Date.Equal(g.Date):
			a.error(e.Pos, ruleEdition, "", "edition %q is of %s, the guide of %s", clip(e.Edition), e.Date.Format(time.DateOnly), g.Date.Format(time.DateOnly))
		case i > 0 && e.Date.After(g.Editions[i-1].Date) && !g.Editions[i-1].Date.IsZero():
			a.error(e.Pos, ruleOrder, "the newest edition comes first", "edition %q is newer than %q before it", clip(e.Edition), clip(g.Editions[i-1].Edition))
		}
	}
}

// isWebAddress reports whether a string is an address that a page may link to.
func isWebAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func (a *assembler) columns(g *Guide, broken bool) {
	rank := map[ColumnID]int{}
	for i, id := range ColumnIDs() {
		rank[id] = i
	}
	seen := map[ColumnID]bool{}
	last := -1
	for _, c := range g.Columns {
		a.text(c.Name, c.Pos, required, "", "the name of column", string(c.ID))
		a.text(c.Description, c.Pos, optional, "", "the description of column", string(c.ID))
		i, ok := rank[c.ID]
		switch {
		case !ok && a.broken[c.Pos] || c.ID == "" && broken:
		case !ok:
			a.error(c.Pos, ruleColumn, "", "there is no column %q", clip(string(c.ID)))
		case seen[c.ID]:
			a.error(c.Pos, ruleTwiceID, "", "column %q is described twice", c.ID)
		case i < last:
			a.error(c.Pos, ruleOrder, "", "column %q stands before column %q in the table", c.ID, ColumnIDs()[last])
		default:
			last = i
		}
		seen[c.ID] = true
	}
	if broken || !g.TreatsRisks() {
		return
	}
	for _, id := range ColumnIDs() {
		if !seen[id] {
			a.error(g.Pos, ruleColumn, "", "the guide does not describe column %q", id)
		}
	}
}

func (a *assembler) pages() {
	g := a.src.Guide
	byID := map[string]*Page{}
	for _, p := range a.src.Pages {
		if !a.define(kindPage, p.ID, forms.slug, p.Pos) {
			continue
		}
		byID[p.ID] = p
	}
	listed := map[string]bool{}
	for i, id := range g.PageOrder {
		pos := g.Pos
		if i < len(g.pagePos) {
			pos = g.pagePos[i]
		}
		switch {
		case listed[id]:
			a.error(pos, rulePage, "", "page %q is listed twice", clip(id))
		case byID[id] == nil:
			ids := make([]string, 0, len(byID))
			for _, p := range a.src.Pages {
				ids = append(ids, p.ID)
			}
			a.error(pos, rulePage, didYouMean(id, ids), "there is no page %q", clip(id))
		}
		listed[id] = true
	}
	for _, p := range a.src.Pages {
		if !listed[p.ID] && p.ID != "" && !a.unread.guide {
			a.error(p.Pos, rulePage, "add it to pages in guide.yaml", "page %q is not listed in the guide", clip(p.ID))
		}
		if !a.broken[p.Pos] {
			a.wellFormed(p.Title, p.Pos, required, "the title of page", p.ID)
			a.text(p.Body, p.Pos, required, "", "page", p.ID)
		}
		for _, lang := range sortedLangs(p.Body.Values) {
			for _, dir := range directives(p.Body.Values[lang]) {
				pos, ok := p.bodyPos[lang]
				if ok {
					pos.Line += dir.line
					pos.Column = dir.col
				} else {
					pos = p.Pos
				}
				if !dir.alone {
					a.error(pos, ruleDirective, "put blank lines around it", "{{%s}} must stand alone in its paragraph", clip(dir.name))
				} else if !contains(Directives(), dir.name) {
					hint := didYouMean(dir.name, Directives())
					if hint == "" {
						hint = "known are " + strings.Join(Directives(), ", ")
					}
					a.error(pos, ruleDirective, hint, "unknown directive {{%s}}", clip(dir.name))
				}
			}
		}
	}
}

func (a *assembler) clauses() {
	a.clauseOrder()
	for _, scl := range a.src.Clauses {
		cl := *scl
		cl.Controls = make([]*Control, 0, len(scl.Controls))
		a.define(kindClause, cl.ID, forms.clause, cl.Pos)
		a.name(kindClause, cl.ID, cl.Pos)
		a.text(cl.Title, cl.Pos, optional, "", "the title of clause", cl.ID)
		previous := ""
		for _, sc := range scl.Controls {
			c := *sc
			c.Clause, c.CitedBy = &cl, nil
			c.Enhances, c.Enhancements, c.RelatedTo, c.Cites = nil, nil, nil, nil
			cl.Controls = append(cl.Controls, &c)
			a.statement(&c)
			a.parameters(&c)
			f := forms.numbered
			if isNamed(cl.ID) {
				f = forms.control
			}
			if !a.define(kindControl, c.ID, f, c.Pos) {
				continue
			}
			a.cat.controls[c.ID] = &c
			a.name(kindControl, c.ID, c.Pos)
			switch {
			case isNamed(c.ID) && isNamed(cl.ID):
				// The standard's order counts, and its names.
			case f.ok(c.ID) && cl.ID != "" && clauseOf(c.ID) != cl.ID:
				a.error(c.Pos, ruleIDForm, "", "control %q stands in clause %s, so that its id must begin with %q", c.ID, cl.ID, cl.ID+".")
			case previous != "" && CompareIDs(c.ID, previous) < 0:
				a.error(c.Pos, ruleOrder, "", "control %q stands behind control %q", c.ID, previous)
			default:
				previous = c.ID
			}
		}
		sorted := append([]*Control(nil), cl.Controls...)
		sort.SliceStable(sorted, func(i, j int) bool { return CompareIDs(sorted[i].ID, sorted[j].ID) < 0 })
		a.sorted[&cl] = sorted
		for i, c := range sorted {
			a.indexOf[c] = i
		}
		if len(cl.Controls) == 0 && !a.broken[cl.Pos] {
			a.error(cl.Pos, ruleControls, "", "clause %q has no controls", clip(cl.ID))
		}
		a.cat.Clauses = append(a.cat.Clauses, &cl)
	}
}

// parameters checks the parameters of a control against its statement.
func (a *assembler) parameters(c *Control) {
	ids := make([]string, 0, len(c.Parameters))
	for _, p := range c.Parameters {
		a.text(p.Label, p.Pos, need(len(p.Choices) == 0), "", "the label of parameter", c.ID+" "+p.ID)
		a.text(p.Guidance, p.Pos, optional, "", "the guidance of parameter", c.ID+" "+p.ID)
		for _, x := range p.Choices {
			a.text(x, p.Pos, required, "", "a choice of parameter", c.ID+" "+p.ID)
		}
		if p.Many && len(p.Choices) == 0 {
			a.error(p.Pos, ruleValue, "", "parameter %q of control %s is said to take many values, but lists no choices", p.ID, c.ID)
		}
		switch {
		case p.ID == "":
			if !a.broken[p.Pos] {
				a.error(p.Pos, ruleIDForm, "", "a parameter has no id")
			}
		case !forms.parameter.ok(p.ID):
			a.error(p.Pos, ruleIDForm, "", "the id %q of a parameter must be %s", clip(p.ID), forms.parameter.like)
		case contains(ids, p.ID):
			a.error(p.Pos, ruleTwiceID, "", "parameter %q of control %s is defined twice", p.ID, c.ID)
		}
		ids = append(ids, p.ID)
	}
	a.placeholders(c.Statement, c, ids)
	a.itemPlaceholders(c.Items, c, ids)
	for _, p := range c.Parameters {
		for _, x := range p.Choices {
			a.placeholders(x, c, ids)
		}
	}
	wording := c.Wording()
	for _, p := range c.Parameters {
		for _, lang := range sortedLangs(wording.Values) {
			if p.ID != "" && !strings.Contains(wording.Values[lang], "{"+p.ID+"}") && !inChoices(c, p, lang) {
				a.warn(p.Pos, rulePlaceholder, "", "the statement of control %s has no {%s} in %s", c.ID, p.ID, lang)
			}
		}
	}
	a.choiceCycles(c)
}

func (a *assembler) itemPlaceholders(items []*Item, c *Control, ids []string) {
	for _, i := range items {
		a.placeholders(i.Text, c, ids)
		a.itemPlaceholders(i.Items, c, ids)
	}
}

// inChoices reports whether a choice of another parameter holds the parameter.
func inChoices(c *Control, p *Parameter, lang Lang) bool {
	for _, o := range c.Parameters {
		for _, x := range o.Choices {
			if o != p && strings.Contains(x.Values[lang], "{"+p.ID+"}") {
				return true
			}
		}
	}
	return false
}

// choiceCycles reports parameters whose choices hold each other in a circle.
func (a *assembler) choiceCycles(c *Control) {
	const (
		open = 1
		done = 2
	)
	state := map[*Parameter]int{}
	var visit func(p *Parameter) bool
	visit = func(p *Parameter) bool {
		state[p] = open
		for _, x := range p.Choices {
			for _, lang := range sortedLangs(x.Values) {
				for _, name := range placeholdersIn(x.Values[lang]) {
					to := c.Parameter(name)
					if to != nil && (state[to] == open || state[to] == 0 && !visit(to)) {
						return false
					}
				}
			}
		}
		state[p] = done
		return true
	}
	for _, p := range c.Parameters {
		if state[p] == 0 && !visit(p) {
			a.error(p.Pos, ruleCycle, "", "the choices of parameter %q of control %s hold each other in a circle", p.ID, c.ID)
			return
		}
	}
}

// name checks the id of a clause or control that is a name.
func (a *assembler) name(k kind, id string, pos Position) {
	switch {
	case isNamed(id) && isReserved(id):
		a.error(pos, ruleIDForm, "", "the id %q of %s cannot be the name of a page or file", id, k.article())
	case len(id) > maxNameLength:
		a.error(pos, ruleIDForm, "", "the id %q of %s is longer than %d characters", clip(id), k.article(), maxNameLength)
	}
}

// clauseOrder checks the guide's list of clauses.
func (a *assembler) clauseOrder() {
	g := a.src.Guide
	known := map[string]bool{}
	ids := make([]string, 0, len(a.src.Clauses))
	for _, cl := range a.src.Clauses {
		known[cl.ID] = true
		ids = append(ids, cl.ID)
	}
	listed := map[string]bool{}
	for i, id := range g.ClauseOrder {
		pos := g.Pos
		if i < len(g.clausePos) {
			pos = g.clausePos[i]
		}
		switch {
		case listed[id]:
			a.error(pos, ruleTwiceID, "", "clause %q is listed twice", clip(id))
		case !known[id] && !a.unread.clauses[id]:
			a.error(pos, ruleReference, didYouMean(id, ids), "clause %q is not in the catalog", clip(id))
		}
		listed[id] = true
	}
}

// statement checks the title, the wording and the guidance of a control.
func (a *assembler) statement(c *Control) {
	a.text(c.Title, c.Pos, optional, "", "the title of control", c.ID)
	for _, t := range c.Guidance {
		a.text(t, c.Pos, required, "", "the guidance of control", c.ID)
	}
	if len(c.Items) == 0 {
		a.text(c.Statement, c.Pos, required, kindControl, "the statement of control", c.ID)
		return
	}
	a.text(c.Statement, c.Pos, optional, "", "the statement of control", c.ID)
	a.items(c.Items, c.ID)
	c.wording = a.wording(c)
}

func (a *assembler) items(items []*Item, control string) {
	for _, i := range items {
		a.text(i.Text, i.Pos, need(len(i.Items) == 0), "", "an item of control", control)
		a.items(i.Items, control)
	}
}

// itemIndent stands before an item once for each level that it is below the
// statement: no-break spaces, which stay where spaces are collapsed.
const itemIndent = "\u00A0\u00A0\u00A0\u00A0"

// wording writes a statement and its items as one text, for every language that
// any of them has. What lacks a language is there in another.
func (a *assembler) wording(c *Control) Text {
	t := Text{Values: map[Lang]string{}, Pos: or(c.Statement.Pos, c.Pos)}
	var langs func(items []*Item)
	langs = func(items []*Item) {
		for _, i := range items {
			for l := range i.Text.Values {
				t.Values[l] = ""
			}
			langs(i.Items)
		}
	}
	for l := range c.Statement.Values {
		t.Values[l] = ""
	}
	langs(c.Items)
	for l := range t.Values {
		var lines []string
		if s, _ := c.Statement.In(l, a.langs...); s != "" {
			lines = append(lines, s)
		}
		var walk func(items []*Item, depth int)
		walk = func(items []*Item, depth int) {
			for _, i := range items {
				s, _ := i.Text.In(l, a.langs...)
				line := strings.TrimSpace(i.Label + " " + s)
				lines = append(lines, strings.Repeat(itemIndent, depth)+line)
				walk(i.Items, depth+1)
			}
		}
		walk(c.Items, 0)
		t.Values[l] = strings.Join(lines, "\n")
	}
	return t
}

// relations resolves what controls say of other controls and of references.
func (a *assembler) relations() {
	for _, cl := range a.cat.Clauses {
		for _, c := range cl.Controls {
			if c.Parent.ID != "" {
				c.Enhances = resolve(a, a.cat.controls, kindControl, c.Parent, c.Pos)
				if p := c.Enhances; p != nil {
					p.Enhancements = append(p.Enhancements, c)
				}
			}
			seen := map[string]bool{}
			twice := func(k kind, ref Ref) bool {
				if seen[ref.ID] {
					a.warn(or(ref.Pos, c.Pos), ruleTwiceCited, "", "%s %q is cited twice", k, clip(ref.ID))
				}
				defer func() { seen[ref.ID] = true }()
				return seen[ref.ID]
			}
			for _, ref := range c.Related {
				if twice(kindControl, ref) {
					continue
				}
				if to := resolve(a, a.cat.controls, kindControl, ref, c.Pos); to != nil {
					c.RelatedTo = append(c.RelatedTo, to)
				}
			}
			seen = map[string]bool{}
			for _, ref := range c.References {
				if twice(kindReference, ref) {
					continue
				}
				if to := resolve(a, a.cat.references, kindReference, ref, c.Pos); to != nil {
					c.Cites = append(c.Cites, to)
				}
			}
		}
	}
	for _, cl := range a.cat.Clauses {
		for _, c := range cl.Controls {
			// One of them tells of the circle: the first that comes back to itself.
			n := 0
			for p := c.Enhances; p != nil && n <= len(a.cat.controls); p = p.Enhances {
				if n++; p == c {
					a.error(or(c.Parent.Pos, c.Pos), ruleCycle, "", "control %s enhances itself", c.ID)
					c.Enhances = nil
					return
				}
			}
		}
	}
}

// placeholders warns of what looks like a placeholder and is no parameter.
func (a *assembler) placeholders(t Text, c *Control, ids []string) {
	warned := map[string]bool{}
	for _, lang := range sortedLangs(t.Values) {
		for _, name := range placeholdersIn(t.Values[lang]) {
			if contains(ids, name) || warned[name] {
				continue
			}
			warned[name] = true
			a.warn(or(t.Pos, c.Pos), rulePlaceholder, didYouMean(name, ids), "{%s} is not a parameter of control %s", name, c.ID)
		}
	}
}

func (a *assembler) vulnerabilities() {
	for _, sv := range a.src.Vulnerabilities {
		v := *sv
		v.Rows = nil
		a.text(v.Label, v.Pos, required, kindVulnerability, "the label of vulnerability", v.ID)
		if a.define(kindVulnerability, v.ID, forms.vulnerability, v.Pos) {
			a.cat.vulnerabilities[v.ID] = &v
		}
		a.cat.Vulnerabilities = append(a.cat.Vulnerabilities, &v)
	}
}

// defineRisk enters what a risk defines, so that every risk can cite it.
func (a *assembler) defineRisk(sr *SourceRisk) {
	r := &Risk{
		Pos: sr.Pos, ID: sr.ID, Name: sr.Name, Description: sr.Description, Notes: sr.Notes,
		ENISA: sr.ENISA, AddedByGroup: sr.AddedByGroup,
		Objectives: sr.Objectives, Threats: sr.Threats, Residuals: sr.Residuals,
	}
	a.cat.Risks = append(a.cat.Risks, r)
	if a.define(kindRisk, r.ID, forms.risk, r.Pos) {
		a.cat.risks[r.ID] = r
	}
	a.text(r.Name, r.Pos, required, "", "the name of risk", r.ID)
	if len(r.Description) == 0 && !a.broken[r.Pos] {
		a.error(r.Pos, ruleEmptyText, "", "risk %q has no description", clip(r.ID))
	}
	for _, t := range r.Description {
		a.text(t, r.Pos, required, "", "the description of risk", r.ID)
	}
	for _, t := range r.Notes {
		a.text(t, r.Pos, required, "", "a note of risk", r.ID)
	}
	a.enisa(r)
	for _, o := range r.Objectives {
		a.text(o.Text, o.Pos, required, kindObjective, "objective", o.ID)
		a.below(kindObjective, o.ID, r.ID, o.Pos)
		if a.define(kindObjective, o.ID, forms.objective, o.Pos) {
			a.cat.objectives[o.ID] = o
		}
	}
	for _, t := range r.Threats {
		a.text(t.Text, t.Pos, required, kindThreat, "threat", t.ID)
		a.below(kindThreat, t.ID, r.ID, t.Pos)
		if a.define(kindThreat, t.ID, forms.threat, t.Pos) {
			a.cat.threats[t.ID] = t
		}
	}
	for _, x := range r.Residuals {
		a.text(x.Text, x.Pos, required, kindResidual, "residual risk", x.ID)
		a.below(kindResidual, x.ID, r.ID, x.Pos)
		if a.define(kindResidual, x.ID, forms.residual, x.Pos) {
			a.cat.residuals[x.ID] = x
		}
	}
	for _, sm := range sr.Measures {
		m := &Measure{Pos: sm.Pos, ID: sm.ID, Risk: r, Text: sm.Text, Tags: sm.Tags, Gaps: sm.Gaps}
		r.Measures = append(r.Measures, m)
		a.sourceOf[m] = sm
		a.text(sm.Text, sm.Pos, optional, kindMeasure, "measure", sm.ID)
		a.below(kindMeasure, m.ID, r.ID, m.Pos)
		if a.define(kindMeasure, m.ID, forms.measure, m.Pos) {
			a.cat.measures[m.ID] = m
		}
	}
}

func (a *assembler) enisa(r *Risk) {
	switch {
	case a.broken[r.Pos]:
	case r.AddedByGroup && len(r.ENISA) > 0:
		a.error(r.Pos, ruleENISA, "", "risk %q names risks of ENISA 2009 and says that the group added it", clip(r.ID))
	case !r.AddedByGroup && len(r.ENISA) == 0:
		a.error(r.Pos, ruleENISA, "write enisa: [number, …] or added_by_group: true", "risk %q does not say which risks of ENISA 2009 it corresponds to", clip(r.ID))
	}
	seen := map[int]bool{}
	for _, n := range r.ENISA {
		// The list of ENISA 2009 has the risks R.1 to R.35.
		if n < 1 || n > 35 {
			a.error(r.Pos, ruleENISA, "", "ENISA 2009 has no risk %d: its list goes from 1 to 35", n)
		} else if seen[n] {
			a.error(r.Pos, ruleENISA, "", "risk %d of ENISA 2009 is named twice", n)
		}
		seen[n] = true
	}
}

// resolveRisk resolves what the risk and its measures cite, other measures and
// rows excepted.
func (a *assembler) resolveRisk(sr *SourceRisk, r *Risk) {
	if sr.Severity.ID != "" {
		r.Severity = resolve(a, a.cat.severities, kindSeverity, sr.Severity, sr.Pos)
	} else if !a.broken[sr.Pos] {
		a.error(sr.Pos, ruleMissingKey, "", "risk %q has no severity", clip(sr.ID))
	}
	if s := r.Severity; s != nil && forms.risk.ok(r.ID) && forms.letter.ok(s.Letter) && r.ID[:1] != s.Letter {
		a.error(sr.Pos, ruleIDForm, "", "the id of risk %s must begin with %q: its severity is %q", r.ID, s.Letter, s.ID)
	}
	for i, sm := range sr.Measures {
		m := r.Measures[i]
		seen := map[*Residual]bool{}
		for _, ref := range sm.Residuals {
			x := resolve(a, a.cat.residuals, kindResidual, ref, sm.Pos)
			if x == nil {
				continue
			}
			if seen[x] {
				a.warn(or(ref.Pos, sm.Pos), ruleTwiceCited, "", "residual risk %q is cited twice", ref.ID)
				continue
			}
			seen[x] = true
			a.citedResiduals[x] = true
			m.Residuals = append(m.Residuals, x)
		}
		a.gaps(sm)
	}
}

// gaps checks that a measure lacks exactly what it says that it lacks.
func (a *assembler) gaps(sm *SourceMeasure) {
	gap := map[Gap]bool{}
	for _, g := range sm.Gaps {
		switch g {
		case GapMeasure, GapControls, GapResidual:
			gap[g] = true
		default:
			a.error(sm.Pos, ruleGap, "", "there is no gap %q", clip(string(g)))
		}
	}
	check := func(g Gap, there bool, at Position, what string) {
		switch {
		case there && gap[g]:
			a.error(or(at, sm.Pos), ruleGap, "", "measure %s says in gaps that it lacks %s, but has it", sm.ID, what)
		case !there && !gap[g] && !a.broken[sm.Pos] && !a.broken[at]:
			a.error(sm.Pos, ruleGap, fmt.Sprintf("where the source lacks it, say so: gaps: [%s]", g),
				"measure %s lacks %s", sm.ID, what)
		}
	}
	hasText, shares := !sm.Text.IsZero(), sm.WordingOf.ID != ""
	check(GapMeasure, hasText || shares, or(sm.WordingOf.Pos, sm.Text.Pos), "its text")
	if hasText && shares {
		a.error(or(sm.WordingOf.Pos, sm.Pos), ruleWording, "leave one out", "measure %s has both text and wording_of", sm.ID)
	}
	at := sm.ControlsOf.Pos
	if len(sm.Controls) > 0 {
		at = sm.Controls[0].Pos
	}
	check(GapControls, len(sm.Controls) > 0 || sm.ControlsOf.ID != "", at, "its controls")
	if len(sm.Controls) > 0 && sm.ControlsOf.ID != "" {
		a.error(or(sm.ControlsOf.Pos, sm.Pos), ruleControls, "leave one out", "measure %s has both controls and controls_of", sm.ID)
	}
	at = Position{}
	if len(sm.Residuals) > 0 {
		at = sm.Residuals[0].Pos
	}
	check(GapResidual, len(sm.Residuals) > 0, at, "its residual risks")
}

// chain follows a reference from measure to measure and returns the last one,
// or nil where a reference is unknown or the chain has no end. The result of
// every measure on the way is kept in done.
func (a *assembler) chain(m *Measure, done map[*Measure]*Measure, key string, next func(*Measure) Ref) *Measure {
	var path []*Measure
	on := map[*Measure]bool{}
	var end *Measure
	for at := m; ; {
		if e, ok := done[at]; ok {
			end = e
			break
		}
		path = append(path, at)
		on[at] = true
		ref := next(at)
		if ref.ID == "" {
			end = at
			break
		}
		to := resolve(a, a.cat.measures, kindMeasure, ref, at.Pos)
		if to == nil {
			break
		}
		if on[to] {
			names := make([]string, 0, len(path)+1)
			for _, x := range append(path, to) {
				names = append(names, x.ID)
			}
			for names[0] != to.ID {
				names = names[1:]
			}
			a.error(or(ref.Pos, at.Pos), ruleCycle, "", "%s goes in a circle: %s", key, clipList(names))
			break
		}
		at = to
	}
	for _, x := range path {
		done[x] = end
	}
	return end
}

func clipList(names []string) string {
	const most = 6
	if len(names) > most {
		names = append(append(names[:most/2:most/2], "…"), names[len(names)-most/2:]...)
	}
	return strings.Join(names, " → ")
}

// wordings resolves the measures that share the wording of another.
func (a *assembler) wordings() {
	done := map[*Measure]*Measure{}
	for _, r := range a.cat.Risks {
		for _, m := range r.Measures {
			sm := a.sourceOf[m]
			if sm.WordingOf.ID == "" {
				continue
			}
			root := a.chain(m, done, "wording_of", func(m *Measure) Ref { return a.sourceOf[m].WordingOf })
			if root == nil {
				continue
			}
			m.WordingOf = a.cat.measures[sm.WordingOf.ID]
			if m.Text.IsZero() {
				m.Text = a.sourceOf[root].Text
			}
			if m.Text.IsZero() && root.HasGap(GapMeasure) {
				a.error(or(sm.WordingOf.Pos, m.Pos), ruleWording, "", "measure %s has no wording that %s could share", root.ID, m.ID)
			}
		}
	}
}

// controlLists makes the control cells, those of their own first.
func (a *assembler) controlLists() {
	for _, r := range a.cat.Risks {
		for _, m := range r.Measures {
			if a.sourceOf[m].ControlsOf.ID == "" || len(a.sourceOf[m].Controls) > 0 {
				m.Controls = &ControlList{Owner: m}
				m.Controls.Citations = a.citations(a.sourceOf[m], m)
			}
		}
	}
	done := map[*Measure]*Measure{}
	for _, r := range a.cat.Risks {
		for _, m := range r.Measures {
			if m.Controls != nil {
				continue
			}
			ref := a.sourceOf[m].ControlsOf
			root := a.chain(m, done, "controls_of", func(m *Measure) Ref {
				if m.Controls != nil {
					return Ref{}
				}
				return a.sourceOf[m].ControlsOf
			})
			switch {
			case root == nil:
				m.Controls = &ControlList{Owner: m}
				continue
			case root.Risk != m.Risk:
				a.error(or(ref.Pos, m.Pos), ruleControls, "a cell cannot span two tables: list the controls again",
					"measure %s shares the controls of measure %s of another risk", m.ID, ref.ID)
			case root.HasGap(GapControls):
				a.error(or(ref.Pos, m.Pos), ruleControls, "", "measure %s has no controls that %s could share", root.ID, m.ID)
			}
			m.Controls = root.Controls
		}
	}
}

// citations resolves the controls of a measure and unfolds runs.
func (a *assembler) citations(sm *SourceMeasure, m *Measure) []ControlCitation {
	var out []ControlCitation
	first := map[*Control][]ControlCitation{}
	cite := func(c ControlCitation) {
		for _, old := range first[c.Control] {
			if old.Variant.Equal(c.Variant) && old.Note.Equal(c.Note) {
				a.warn(or(c.Pos, m.Pos), ruleTwiceCited, "", "control %q is cited twice by measure %s", c.Control.ID, m.ID)
				break
			}
		}
		first[c.Control] = append(first[c.Control], c)
		out = append(out, c)
	}
	for _, sc := range sm.Controls {
		from := resolve(a, a.cat.controls, kindControl, Ref{sc.ID, sc.Pos}, sm.Pos)
		if sc.Through == "" {
			if from == nil {
				continue
			}
			c := ControlCitation{Pos: sc.Pos, Control: from, Variant: sc.Variant, Note: sc.Note}
			what := "of control " + from.ID + " in measure"
			a.text(c.Variant, or(sc.Pos, sm.Pos), optional, "", "the variant "+what, m.ID)
			a.text(c.Note, or(sc.Pos, sm.Pos), optional, "", "the note "+what, m.ID)
			if !c.Variant.IsZero() {
				if c.Variant.Equal(from.Statement) {
					a.warn(or(c.Variant.Pos, sm.Pos), ruleTwiceText, "leave it out", "the variant says what the statement of control %s says", from.ID)
				}
				ids := make([]string, 0, len(from.Parameters))
				for _, p := range from.Parameters {
					ids = append(ids, p.ID)
				}
				a.placeholders(c.Variant, from, ids)
			}
			cite(c)
			continue
		}
		to := resolve(a, a.cat.controls, kindControl, Ref{sc.Through, sc.Pos}, sm.Pos)
		if from == nil || to == nil {
			continue
		}
		i, j := a.indexOf[from], a.indexOf[to]
		switch {
		case from.Clause != to.Clause:
			a.error(or(sc.Pos, sm.Pos), ruleControls, "", "the run %s..%s goes from one clause to another", sc.ID, sc.Through)
			continue
		case i >= j:
			a.error(or(sc.Pos, sm.Pos), ruleControls, "", "the run %s..%s goes backwards", sc.ID, sc.Through)
			continue
		}
		for _, c := range a.sorted[from.Clause][i : j+1] {
			cite(ControlCitation{Pos: sc.Pos, Control: c})
		}
	}
	return out
}

// rows resolves and checks the rows of a risk.
func (a *assembler) rows(sr *SourceRisk, r *Risk) {
	na := map[*Layer]Position{}
	sure := !a.broken[sr.Pos] && !a.broken[a.src.Guide.Pos]
	for _, ref := range sr.NotApplicable {
		l := resolve(a, a.cat.layers, kindLayer, ref, sr.Pos)
		if l == nil {
			sure = false
			continue
		}
		pos := or(ref.Pos, sr.Pos)
		if !a.inTable(l, pos) {
			continue
		}
		if _, twice := na[l]; twice {
			a.error(pos, ruleLayer, "", "layer %q is listed twice in not_applicable", l.ID)
			continue
		}
		na[l] = pos
		r.NotApplicable = append(r.NotApplicable, l)
	}
	seen := map[*Layer]bool{}
	var last *Layer
	var previous *Row
	for _, srow := range sr.Rows {
		row := &Row{Pos: srow.Pos, Risk: r, Remark: srow.Remark}
		if srow.Layer.ID != "" {
			row.Layer = resolve(a, a.cat.layers, kindLayer, srow.Layer, srow.Pos)
		} else if !a.broken[srow.Pos] {
			a.error(srow.Pos, ruleRow, "", "a row has no layer")
		}
		if l := row.Layer; l == nil {
			sure = false
		} else if a.inTable(l, or(srow.Layer.Pos, srow.Pos)) {
			pos := or(srow.Layer.Pos, srow.Pos)
			switch {
			case l == last:
			case seen[l]:
				a.error(pos, ruleOrder, "", "rows of layer %q must stand together", l.ID)
			case last != nil && a.place[l] < a.place[last]:
				a.error(pos, ruleOrder, "", "rows of layer %q must stand before those of layer %q", l.ID, last.ID)
			}
			seen[l] = true
			last = l
		}
		a.cells(srow, row, r)
		if previous != nil && sameRow(previous, row) {
			a.warn(row.Pos, ruleTwiceCited, "", "the row says what the row before it says")
		}
		previous = row
		r.Rows = append(r.Rows, row)
	}
	for _, l := range a.table {
		pos, no := na[l]
		switch {
		case no && seen[l]:
			a.error(pos, ruleLayer, "", "layer %q is not applicable but has rows", l.ID)
		case !no && !seen[l] && sure:
			a.error(r.Pos, ruleLayer, "write rows for it, or list it in not_applicable", "risk %s says nothing of layer %q", r.ID, l.ID)
		}
	}
}

// inTable reports whether rows can stand at a layer, and says why where not.
func (a *assembler) inTable(l *Layer, pos Position) bool {
	switch {
	case !l.IsLeaf():
		ids := make([]string, len(l.Children))
		for i, c := range l.Children {
			ids[i] = c.ID
		}
		a.error(pos, ruleLayer, "name one of "+strings.Join(ids, ", "), "layer %q is divided into others", l.ID)
		return false
	case !l.InScope:
		a.error(pos, ruleLayer, "", "layer %q is out of scope", l.ID)
		return false
	}
	return true
}

// cells resolves the cells of a row.
func (a *assembler) cells(srow *SourceRow, row *Row, r *Risk) {
	if srow.Objective.ID != "" {
		if row.Objective = resolve(a, a.cat.objectives, kindObjective, srow.Objective, srow.Pos); row.Objective != nil {
			a.citedObjectives[row.Objective] = true
		}
	}
	for _, ref := range srow.Threats {
		t := resolve(a, a.cat.threats, kindThreat, ref, srow.Pos)
		if t == nil {
			continue
		}
		for _, old := range row.Threats {
			if old == t {
				a.warn(or(ref.Pos, srow.Pos), ruleTwiceCited, "", "threat %q is cited twice", t.ID)
			}
		}
		a.citedThreats[t] = true
		row.Threats = append(row.Threats, t)
	}
	for _, sv := range srow.Vulnerabilities {
		v := resolve(a, a.cat.vulnerabilities, kindVulnerability, Ref{sv.ID, sv.Pos}, srow.Pos)
		if v == nil {
			continue
		}
		pos := or(sv.Pos, srow.Pos)
		c := VulnerabilityCitation{Pos: sv.Pos, Vulnerability: v, Variant: sv.Variant, Note: sv.Note}
		a.text(c.Variant, pos, optional, "", "the variant of vulnerability", v.ID)
		a.text(c.Note, pos, optional, "", "the note of vulnerability", v.ID)
		if !c.Variant.IsZero() && c.Variant.Equal(v.Label) {
			a.warn(or(c.Variant.Pos, pos), ruleTwiceText, "leave it out", "the variant says what the label of vulnerability %s says", v.ID)
		}
		for _, old := range row.Vulnerabilities {
			if sameCitation(old, c) {
				a.warn(pos, ruleTwiceCited, "", "vulnerability %q is cited twice", v.ID)
			}
		}
		row.Vulnerabilities = append(row.Vulnerabilities, c)
	}
	if srow.Measure.ID != "" {
		m := resolve(a, a.cat.measures, kindMeasure, srow.Measure, srow.Pos)
		if m != nil && m.Risk != r {
			a.error(or(srow.Measure.Pos, srow.Pos), ruleRow, "give this risk a measure with wording_of: "+m.ID,
				"measure %s belongs to risk %s", m.ID, m.Risk.ID)
		} else {
			row.Measure = m
		}
	}
	a.text(srow.Remark, srow.Pos, optional, "", "the remark of a row of risk", r.ID)
	if srow.Objective.ID == "" && len(srow.Threats) == 0 && len(srow.Vulnerabilities) == 0 &&
		srow.Measure.ID == "" && srow.Remark.IsZero() && !a.broken[srow.Pos] {
		a.error(srow.Pos, ruleRow, "list the layer in not_applicable where the risk does not arise there", "a row has nothing but its layer")
	}
}

func sameCitation(x, y VulnerabilityCitation) bool {
	return x.Vulnerability == y.Vulnerability && x.Variant.Equal(y.Variant) && x.Note.Equal(y.Note)
}

// sameRow reports whether two rows have the same in every cell.
func sameRow(x, y *Row) bool {
	if x.Layer != y.Layer || x.Objective != y.Objective || x.Measure != y.Measure ||
		len(x.Threats) != len(y.Threats) || len(x.Vulnerabilities) != len(y.Vulnerabilities) ||
		!x.Remark.Equal(y.Remark) {
		return false
	}
	for i := range x.Threats {
		if x.Threats[i] != y.Threats[i] {
			return false
		}
	}
	for i := range x.Vulnerabilities {
		if !sameCitation(x.Vulnerabilities[i], y.Vulnerabilities[i]) {
			return false
		}
	}
	return true
}

// backReferences tells everything by what it is cited.
func (a *assembler) backReferences() {
	for _, r := range a.cat.Risks {
		for _, m := range r.Measures {
			for _, c := range m.Controls.Citations {
				by := c.Control.CitedBy
				if len(by) == 0 || by[len(by)-1] != m {
					c.Control.CitedBy = append(by, m)
				}
			}
		}
		for _, row := range r.Rows {
			if row.Measure != nil {
				row.Measure.Rows = append(row.Measure.Rows, row)
			}
			for _, c := range row.Vulnerabilities {
				rows := c.Vulnerability.Rows
				if len(rows) == 0 || rows[len(rows)-1] != row {
					c.Vulnerability.Rows = append(rows, row)
				}
			}
		}
	}
}

// checkUncited reports what is defined and stands in no table.
func (a *assembler) checkUncited() {
	// Where a risk could not be read, what it cites is not known.
	if a.unread.any() {
		return
	}
	for _, r := range a.cat.Risks {
		if a.broken[r.Pos] {
			return
		}
	}
	for _, r := range a.cat.Risks {
		for _, m := range r.Measures {
			if len(m.Rows) == 0 && a.cat.measures[m.ID] == m && !a.missed[kindMeasure] {
				a.error(m.Pos, ruleMeasureRow, "", "measure %s stands in no row", m.ID)
			}
		}
		for _, o := range r.Objectives {
			if !a.citedObjectives[o] && a.cat.objectives[o.ID] == o {
				a.uncited(kindObjective, o.ID, o.Pos, "row")
			}
		}
		for _, t := range r.Threats {
			if !a.citedThreats[t] && a.cat.threats[t.ID] == t {
				a.uncited(kindThreat, t.ID, t.Pos, "row")
			}
		}
		for _, x := range r.Residuals {
			if !a.citedResiduals[x] && a.cat.residuals[x.ID] == x {
				a.uncited(kindResidual, x.ID, x.Pos, "measure")
			}
		}
	}
	for _, c := range a.cat.Controls() {
		if a.src.Guide.TreatsRisks() && len(c.CitedBy) == 0 && a.cat.controls[c.ID] == c {
			a.uncited(kindControl, c.ID, c.Pos, "measure")
		}
	}
	for _, v := range a.cat.Vulnerabilities {
		if len(v.Rows) == 0 && a.cat.vulnerabilities[v.ID] == v {
			a.uncited(kindVulnerability, v.ID, v.Pos, "row")
		}
	}
}

// uncited warns, unless an id of the kind is cited that does not exist: then
// what was meant may well be this one.
func (a *assembler) uncited(k kind, id string, pos Position, by string) {
	if !a.missed[k] {
		a.warn(pos, ruleUncited, "", "%s %s is cited by no %s", k, clip(id), by)
	}
}

// checkEditorial checks that what an edition reworded without another meaning is
// in the catalog, or was once.
func (a *assembler) checkEditorial() {
	worded := func(id string) bool {
		switch a.defined[id].kind {
		case kindMeasure, kindObjective, kindControl:
			return true
		}
		return a.retired[id] != nil || a.unread.hides(kindOf(id), id)
	}
	for _, e := range a.src.Guide.Editions {
		seen := map[string]bool{}
		for _, ref := range e.Editorial {
			if seen[ref.ID] {
				a.error(ref.Pos, ruleTwiceID, "", "edition %q lists %q as editorial twice", clip(e.Edition), clip(ref.ID))
				continue
			}
			seen[ref.ID] = true
			measure, control, citation := strings.Cut(ref.ID, "/")
			if worded(measure) && (!citation || kindOf(measure) == kindMeasure && worded(control)) {
				continue
			}
			hint := a.near("", ref.ID, func() []string {
				var ids []string
				for id := range a.defined {
					if worded(id) {
						ids = append(ids, id)
					}
				}
				sort.Strings(ids)
				return ids
			})
			a.error(ref.Pos, ruleReference, hint, "%q is no measure, objective or control of the catalog, nor a citation such as H01-02/2.1.1.10", clip(ref.ID))
		}
	}
}

// checkRetired checks the retired ids: none is in use, and what replaced them
// exists.
func (a *assembler) checkRetired() {
	seen := map[string]*Retirement{}
	for _, r := range a.src.Retired {
		a.text(r.Reason, r.Pos, optional, "", "the reason of retired id", r.ID)
		if r.ID == "" {
			if !a.broken[r.Pos] {
				a.error(r.Pos, ruleIDForm, "", "an entry of the retired ids has no id")
			}
			continue
		}
		if kindOf(r.ID) == "" {
			a.error(r.Pos, ruleIDForm, "", "the id %q is of no form that this guide uses", clip(r.ID))
		}
		if isBlank(r.Edition) && !a.broken[r.Pos] {
			a.error(r.Pos, ruleEmptyText, "", "retired id %s does not say in which edition it was retired", r.ID)
		}
		if old := seen[r.ID]; old != nil {
			a.error(r.Pos, ruleTwiceID, "", "id %q is retired twice%s", r.ID, at(", first at ", old.Pos))
			continue
		}
		seen[r.ID] = r
		if d, used := a.defined[r.ID]; used {
			a.error(d.pos, ruleRetired, "take a new id", "%s %s uses an id that was retired in edition %s", d.kind, r.ID, r.Edition)
		}
		for i, id := range r.ReplacedBy {
			if _, ok := a.defined[id]; ok || a.retired[id] != nil {
				continue
			}
			if k := kindOf(id); a.unread.hides(k, id) {
				continue
			}
			hint := a.near("", id, func() []string {
				ids := make([]string, 0, len(a.defined))
				for id := range a.defined {
					ids = append(ids, id)
				}
				sort.Strings(ids)
				return ids
			})
			a.error(replacedPos(r, i), ruleRetired, hint, "%q, which replaced %s, is not in the catalog", clip(id), r.ID)
		}
	}
	a.retiredCycles()
}

func replacedPos(r *Retirement, i int) Position {
	if i < len(r.replacedPos) {
		return r.replacedPos[i]
	}
	return r.Pos
}

// kindOf tells from its form what an id of a table stands for; it is empty where
// the id has no such form. Ids of clauses and controls may look alike.
func kindOf(id string) kind {
	switch {
	case forms.measure.ok(id):
		return kindMeasure
	case forms.objective.ok(id):
		return kindObjective
	case forms.threat.ok(id):
		return kindThreat
	case forms.residual.ok(id):
		return kindResidual
	case forms.vulnerability.ok(id):
		return kindVulnerability
	case forms.risk.ok(id):
		return kindRisk
	case forms.control.ok(id):
		return kindControl
	case forms.clause.ok(id):
		return kindClause
	}
	return ""
}

// retiredCycles reports ids that replaced each other in a circle.
func (a *assembler) retiredCycles() {
	const (
		open = 1
		done = 2
	)
	state := map[*Retirement]int{}
	type step struct {
		r    *Retirement
		next int
	}
	for _, start := range a.src.Retired {
		if state[start] != 0 {
			continue
		}
		// Depth-first with a stack of its own: chains may be long.
		stack := []step{{r: start}}
		state[start] = open
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(top.r.ReplacedBy) {
				state[top.r] = done
				stack = stack[:len(stack)-1]
				continue
			}
			i := top.next
			top.next++
			to := a.retired[top.r.ReplacedBy[i]]
			switch {
			case to == nil:
			case state[to] == open:
				var names []string
				for _, s := range stack {
					if len(names) > 0 || s.r == to {
						names = append(names, s.r.ID)
					}
				}
				a.error(replacedPos(top.r, i), ruleCycle, "", "replaced_by goes in a circle: %s", clipList(append(names, to.ID)))
			case state[to] == 0:
				state[to] = open
				stack = append(stack, step{r: to})
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
