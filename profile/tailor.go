package profile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"riskguide/catalog"
)

// The names of the rules that a profile can break beside those of package
// catalog, as they stand in [catalog.Problem].Rule.
const (
	ruleReference   = "unknown-reference"
	ruleRetired     = "retired"
	ruleLanguage    = "unknown-language"
	ruleTranslation = "missing-translation"
	ruleTwiceID     = "duplicate-id"
	ruleEdition     = "profile-edition"
	ruleNoEffect    = "profile-no-effect"
	ruleEmptyPack   = "profile-empty"
	ruleParameter   = "profile-parameter"
	rulePlaceholder = "placeholder"
	ruleScoring     = "profile-scoring"
	ruleNoControls  = "profile-no-controls"
)

// Tailor applies a profile to a catalog. The problems are everything that is
// wrong with the profile in view of this catalog, sorted; the pack is nil if any
// of them is an error.
//
// A profile that [Load] found errors in is checked as far as it was read, and
// yields no pack. What may only follow from those errors is not reported: what a
// rule that could not be read selects might well be what another one excludes.
func Tailor(cat *catalog.Catalog, p *Profile) (*Pack, catalog.Problems) {
	t := &tailor{
		cat: cat, prof: p,
		selected: map[*catalog.Measure]bool{},
		removed:  map[*catalog.Measure]int{},
		gone:     map[citationKey]int{},
		dropped:  map[*Added]int{},
		direct:   map[*catalog.Control]bool{},
		out:      map[*catalog.Control]int{},
		layers:   map[*catalog.Measure][]*catalog.Layer{},
		measures: cat.Measures(),
		pack: &Pack{
			Profile: p, Catalog: cat,
			live: map[liveKey]bool{},
			fill: map[string]filling{},
			adds: map[*catalog.Control][]Addition{},
		},
	}
	for _, m := range t.measures {
		t.layers[m] = m.Layers()
	}
	t.checkHead()
	t.sel()
	t.exclude()
	t.obligations()
	t.parameters()
	t.requirements()
	t.scoring()
	t.report()
	t.problems.Sort()
	if p.incomplete || t.problems.HasErrors() {
		return nil, t.problems
	}
	t.identify()
	return t.pack, t.problems
}

// citationKey is a citation of a control by a measure.
type citationKey struct {
	measure *catalog.Measure
	control *catalog.Control
}

type tailor struct {
	cat      *catalog.Catalog
	prof     *Profile
	pack     *Pack
	problems catalog.Problems

	measures []*catalog.Measure
	layers   map[*catalog.Measure][]*catalog.Layer
	selected map[*catalog.Measure]bool
	removed  map[*catalog.Measure]int // the index of the exclusion
	gone     map[citationKey]int      // likewise
	dropped  map[*Added]int           // likewise
	// direct are the controls that rules select themselves, out those of them
	// that an exclusion takes away.
	direct map[*catalog.Control]bool
	out    map[*catalog.Control]int
	// rules are the obligation rules in the profile's order.
	rules    []*matcher
	declared map[string][]*declaration // by statement id
	// mayGrow tells that a mistake is known because of which the profile may
	// select more than was found, mayShrink that it may exclude more. Then
	// problems that the mended profile might not have are not reported.
	mayGrow, mayShrink bool
	// open holds the ids of statements that may have more parameters than are
	// declared.
	open map[string]bool
}

func (t *tailor) add(level catalog.Level, pos catalog.Position, rule, hint, format string, args ...any) {
	t.problems = append(t.problems, catalog.Problem{Pos: pos, Level: level, Rule: rule,
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (t *tailor) fail(pos catalog.Position, rule, hint, format string, args ...any) {
	level := catalog.LevelError
	if t.prof.lenient {
		level = catalog.LevelWarning
	}
	t.add(level, pos, rule, hint, format, args...)
}

// noEffect reports something in the profile that changes nothing of what is
// selected. What was taken over from an extended profile may well do so.
func (t *tailor) noEffect(pos catalog.Position, hint, format string, args ...any) {
	if t.prof.own(pos) && !t.mayGrow {
		t.fail(pos, ruleNoEffect, hint, format, args...)
	}
}

func (t *tailor) checkHead() {
	p := t.prof
	if e := p.Edition; e.ID != "" && e.ID != t.cat.Guide.Edition {
		t.add(catalog.LevelWarning, e.Pos, ruleEdition,
			"check what has changed, then set the edition to that of the guide",
			"the profile was written for edition %q; the guide is edition %q", e.ID, t.cat.Guide.Edition)
	}
	for i, l := range p.Languages {
		if !slices.Contains(t.cat.Guide.Languages, l) {
			t.fail(p.languagePos[i], ruleLanguage, fmt.Sprintf("it has %s", listLangs(t.cat.Guide.Languages)),
				"the guide has no language %q", l)
		}
	}
}

func listLangs(ls []catalog.Lang) string {
	s := make([]string, len(ls))
	for i, l := range ls {
		s[i] = string(l)
	}
	return strings.Join(s, ", ")
}

// candidates returns the ids of one kind, for suggestions.
func candidates[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = id(x)
	}
	return out
}

// kind is one kind of thing that a selector names: how it is called, which refs
// name it, and which measures or controls fit a ref.
type kind struct {
	name    string // "risk"
	refs    []catalog.Ref
	control bool // fits controls rather than measures
}

func (s *Selector) kinds() []kind {
	return []kind{
		{"risk", s.Risks, false},
		{"severity", s.Severities, false},
		{"layer", s.Layers, false},
		{"measure", s.Measures, false},
		{"tag", s.Tags, false},
		{"clause", s.Clauses, true},
		{"control", s.Controls, true},
	}
}

// namesControls reports whether the selector is about statements, not measures.
func (s *Selector) namesControls() bool { return len(s.Clauses)+len(s.Controls) > 0 }

// namesMeasures reports whether the selector says anything of measures.
func (s *Selector) namesMeasures() bool {
	return len(s.Risks)+len(s.Severities)+len(s.Layers)+len(s.Measures)+len(s.Tags) > 0
}

// matcher decides what fits a selector. A nil map fits everything.
type matcher struct {
	risks      map[*catalog.Risk]bool
	severities map[*catalog.Severity]bool
	layers     map[*catalog.Layer]bool
	measures   map[*catalog.Measure]bool
	tags       map[string]bool
	clauses    map[*catalog.Clause]bool
	controls   map[*catalog.Control]bool
	// everyLayer tells that a measure fits only if all its layers are named.
	everyLayer bool
	bad        bool // an id was unknown
}

// without returns a copy of the selector in which ref i of kind k is left out,
// or, with alone, all other refs of that kind are.
func (s *Selector) without(k, i int, alone bool) Selector {
	c := *s
	lists := []*[]catalog.Ref{&c.Risks, &c.Severities, &c.Layers, &c.Measures, &c.Tags, &c.Clauses, &c.Controls}
	l := *lists[k]
	if alone {
		*lists[k] = l[i : i+1]
	} else {
		*lists[k] = slices.Delete(slices.Clone(l), i, i+1)
	}
	return c
}

// unknown reports an id that the catalog lacks, with what may have been meant.
func (t *tailor) unknown(kind string, ref catalog.Ref, known []string) {
	for _, r := range t.cat.Retired {
		if r.ID == ref.ID {
			hint := ""
			if len(r.ReplacedBy) > 0 {
				hint = "replaced by " + strings.Join(r.ReplacedBy, ", ")
			}
			t.fail(ref.Pos, ruleRetired, hint, "%s %q was retired in edition %s", kind, ref.ID, r.Edition)
			return
		}
	}
	hint := ""
	if s := catalog.Suggest(ref.ID, known); s != "" {
		hint = fmt.Sprintf("did you mean %q?", s)
	}
	t.fail(ref.Pos, ruleReference, hint, "the catalog has no %s %q", kind, ref.ID)
}

func riskIDs(c *catalog.Catalog) []string {
	return candidates(c.Risks, func(r *catalog.Risk) string { return r.ID })
}

func (t *tailor) measureIDs() []string {
	return candidates(t.measures, func(m *catalog.Measure) string { return m.ID })
}

func (t *tailor) controlIDs() []string {
	return candidates(t.cat.Controls(), func(c *catalog.Control) string { return c.ID })
}

// compile resolves the ids of a selector; with complain, unknown ones are
// reported.
func (t *tailor) compile(s *Selector, everyLayer, complain bool) *matcher {
	m := &matcher{everyLayer: everyLayer}
	miss := func(kind string, ref catalog.Ref, known func() []string) {
		m.bad = true
		if complain {
			t.unknown(kind, ref, known())
		}
	}
	for _, ref := range s.Risks {
		if m.risks == nil {
			m.risks = map[*catalog.Risk]bool{}
		}
		if r := t.cat.Risk(ref.ID); r != nil {
			m.risks[r] = true
		} else {
			miss("risk", ref, func() []string { return riskIDs(t.cat) })
		}
	}
	for _, ref := range s.Severities {
		if m.severities == nil {
			m.severities = map[*catalog.Severity]bool{}
		}
		if r := t.cat.Severity(ref.ID); r != nil {
			m.severities[r] = true
		} else {
			miss("severity", ref, func() []string {
				return candidates(t.cat.Guide.Severities, func(s *catalog.Severity) string { return s.ID })
			})
		}
	}
	for _, ref := range s.Layers {
		if m.layers == nil {
			m.layers = map[*catalog.Layer]bool{}
		}
		if l := t.cat.Layer(ref.ID); l != nil {
			withChildren(l, m.layers)
		} else {
			miss("layer", ref, func() []string {
				return candidates(t.cat.Guide.AllLayers(), func(l *catalog.Layer) string { return l.ID })
			})
		}
	}
	for _, ref := range s.Measures {
		if m.measures == nil {
			m.measures = map[*catalog.Measure]bool{}
		}
		if x := t.cat.Measure(ref.ID); x != nil {
			m.measures[x] = true
		} else {
			miss("measure", ref, t.measureIDs)
		}
	}
	for _, ref := range s.Tags {
		if m.tags == nil {
			m.tags = map[string]bool{}
		}
		m.tags[ref.ID] = true
		if tags := t.tags(); !slices.Contains(tags, ref.ID) {
			miss("tag", ref, func() []string { return tags })
		}
	}
	for _, ref := range s.Clauses {
		if m.clauses == nil {
			m.clauses = map[*catalog.Clause]bool{}
		}
		found := false
		for _, cl := range t.cat.Clauses {
			// "8" and "8.6" name everything below them too.
			if cl.ID == ref.ID || strings.HasPrefix(cl.ID, ref.ID+".") {
				m.clauses[cl], found = true, true
			}
		}
		if !found {
			miss("clause", ref, func() []string {
				return candidates(t.cat.Clauses, func(c *catalog.Clause) string { return c.ID })
			})
		}
	}
	for _, ref := range s.Controls {
		if m.controls == nil {
			m.controls = map[*catalog.Control]bool{}
		}
		if c := t.cat.Control(ref.ID); c != nil {
			m.controls[c] = true
		} else {
			miss("control", ref, t.controlIDs)
		}
	}
	return m
}

func withChildren(l *catalog.Layer, into map[*catalog.Layer]bool) {
	into[l] = true
	for _, c := range l.Children {
		withChildren(c, into)
	}
}

func (t *tailor) tags() []string {
	seen := map[string]bool{}
	for _, m := range t.measures {
		for _, tag := range m.Tags {
			seen[tag] = true
		}
	}
	out := make([]string, 0, len(seen))
	for tag := range seen {
		out = append(out, tag)
	}
	sort.Strings(out)
	return out
}

// fits reports whether the measure fits all that the selector says of measures.
func (t *tailor) fits(mt *matcher, m *catalog.Measure) bool {
	if mt.risks != nil && !mt.risks[m.Risk] ||
		mt.severities != nil && !mt.severities[m.Risk.Severity] ||
		mt.measures != nil && !mt.measures[m] {
		return false
	}
	if mt.layers != nil {
		n := t.layersWithin(mt, m)
		if n == 0 || mt.everyLayer && n < len(t.layers[m]) {
			return false
		}
	}
	return mt.tags == nil || slices.ContainsFunc(m.Tags, func(tag string) bool { return mt.tags[tag] })
}

// layersWithin counts the measure's layers that the selector names.
func (t *tailor) layersWithin(mt *matcher, m *catalog.Measure) int {
	n := 0
	for _, l := range t.layers[m] {
		if mt.layers[l] {
			n++
		}
	}
	return n
}

// fitsControl reports whether the control fits what the selector says of
// controls.
func (mt *matcher) fitsControl(c *catalog.Control) bool {
	return (mt.clauses == nil || mt.clauses[c.Clause]) && (mt.controls == nil || mt.controls[c])
}

// fitsStatement reports whether the selector fits the control whatever measure
// cites it: whether it says nothing of measures, and fits it.
func (mt *matcher) fitsStatement(c *catalog.Control) bool {
	return mt.risks == nil && mt.severities == nil && mt.layers == nil && mt.measures == nil && mt.tags == nil && mt.fitsControl(c)
}

// count returns how many measures of the given ones fit, or, where the selector
// names controls, how many of their citations.
func (t *tailor) count(mt *matcher, controls bool, among func(*catalog.Measure) bool) int {
	n := 0
	for _, m := range t.measures {
		if !among(m) || !t.fits(mt, m) {
			continue
		}
		if !controls {
			n++
			continue
		}
		for _, ci := range m.Controls.Citations {
			if mt.fitsControl(ci.Control) {
				n++
			}
		}
	}
	return n
}

// countDirect returns how many of the given controls fit a selector that names no
// measures.
func (t *tailor) countDirect(s *Selector, mt *matcher, among func(*catalog.Control) bool) int {
	if s.namesMeasures() || !s.namesControls() {
		return 0
	}
	n := 0
	for _, c := range t.cat.Controls() {
		if among(c) && mt.fitsControl(c) {
			n++
		}
	}
	return n
}

// checkRefs reports ids of a selector that contribute nothing to what it picks
// among measures and controls selected directly. what says what the selector is
// for ("selects", "excludes"). It returns false if the selector as a whole fits
// nothing, which it reports too.
func (t *tailor) checkRefs(s *Selector, mt *matcher, what string, among func(*catalog.Measure) bool, direct func(*catalog.Control) bool) bool {
	if mt.bad {
		return false
	}
	controls := s.namesControls()
	count := func(mt *matcher) int { return t.count(mt, controls, among) + t.countDirect(s, mt, direct) }
	full := count(mt)
	if full == 0 {
		hint := ""
		if len(s.Layers) > 0 && mt.everyLayer {
			loose := *mt
			loose.everyLayer = false
			if count(&loose) > 0 {
				hint = "the measures at this layer apply at other layers too; name all of them, or the measures"
			}
		}
		t.noEffect(s.Pos, hint, "%s nothing: no %s fits %s", what, s.unit(), s.describe())
		return false
	}
	for k, kd := range s.kinds() {
		if len(kd.refs) < 2 {
			continue
		}
		for i, ref := range kd.refs {
			one := s.without(k, i, true)
			if count(t.compile(&one, mt.everyLayer, false)) > 0 {
				continue
			}
			rest := s.without(k, i, false)
			if count(t.compile(&rest, mt.everyLayer, false)) < full {
				continue
			}
			t.noEffect(ref.Pos, "", "%s %q %s nothing here", kd.name, ref.ID, what)
		}
	}
	return true
}

// unit names what the selector picks.
func (s *Selector) unit() string {
	if s.namesControls() {
		return "selected statement"
	}
	return "measure"
}

// describe gives the selector in words, for messages.
func (s *Selector) describe() string {
	var parts []string
	for _, k := range s.kinds() {
		if len(k.refs) == 0 {
			continue
		}
		ids := make([]string, len(k.refs))
		for i, r := range k.refs {
			ids[i] = r.ID
		}
		parts = append(parts, k.name+" "+strings.Join(ids, ", "))
	}
	if len(parts) == 0 {
		return "the rule"
	}
	return strings.Join(parts, " and ")
}

func (t *tailor) sel() {
	everything := func(*catalog.Measure) bool { return true }
	nothing := func(*catalog.Measure) bool { return false }
	every := func(*catalog.Control) bool { return true }
	open := t.prof.unread("select")
	for i := range t.prof.Select {
		rule := &t.prof.Select[i]
		before := len(t.problems)
		mt := t.compile(&rule.Selector, false, true)
		if rule.unread {
			open = true
			continue
		}
		direct := rule.namesControls() || rule.All && !t.cat.Guide.TreatsRisks()
		among := everything
		if direct {
			among = nothing
		}
		if !rule.All && !t.checkRefs(&rule.Selector, mt, "selects", among, every) && len(t.problems) > before {
			open = true
		}
		s := &Selected{Rule: rule}
		for _, m := range t.measures {
			if !direct && t.fits(mt, m) {
				t.selected[m] = true
				s.Measures = append(s.Measures, m)
			}
		}
		for _, c := range t.cat.Controls() {
			if direct && !mt.bad && mt.fitsControl(c) {
				t.direct[c] = true
				s.Controls = append(s.Controls, c)
			}
		}
		t.pack.Selections = append(t.pack.Selections, s)
	}
	t.mayGrow = open
	if len(t.selected)+len(t.direct) == 0 && len(t.prof.Select) > 0 && len(t.prof.Added) == 0 && !t.mayAsk() {
		t.fail(t.prof.Pos, ruleEmptyPack, `write for example "select: {severities: [high]}"`,
			"the profile selects nothing")
	}
}

// mayAsk reports whether the mended profile might ask for more than was found.
func (t *tailor) mayAsk() bool { return t.mayGrow || t.prof.unread("requirements") }

// kept reports whether the measure is selected and not excluded as a whole.
func (t *tailor) kept(m *catalog.Measure) bool {
	_, out := t.removed[m]
	return t.selected[m] && !out
}

// keptDirectly reports whether the control is selected directly and not excluded.
func (t *tailor) keptDirectly(c *catalog.Control) bool {
	_, out := t.out[c]
	return t.direct[c] && !out
}

// asks reports whether the kept measure still asks for the control.
func (t *tailor) asks(m *catalog.Measure, c *catalog.Control) bool {
	_, out := t.gone[citationKey{m, c}]
	return !out
}

// exclude applies the exclusions, those of whole measures before those of
// statements, so that their order in the file does not matter.
func (t *tailor) exclude() {
	inSelection := func(m *catalog.Measure) bool { return t.selected[m] }
	matchers := make([]*matcher, len(t.prof.Exclude))
	valid := make([]bool, len(t.prof.Exclude))
	t.mayShrink = t.prof.unread("exclude")
	for i := range t.prof.Exclude {
		ex := &t.prof.Exclude[i]
		before := len(t.problems)
		t.pack.Exclusions = append(t.pack.Exclusions, &Exclusion{Rule: ex})
		matchers[i] = t.compile(&ex.Selector, true, true)
		switch {
		case len(ex.Requirements) > 0:
			t.excludeAdded(i)
		case !ex.unread:
			valid[i] = t.checkRefs(&ex.Selector, matchers[i], "excludes", inSelection, func(c *catalog.Control) bool { return t.direct[c] })
		}
		if ex.unread || len(t.problems) > before {
			t.mayShrink = true
		}
	}
	for i, mt := range matchers {
		ex := &t.prof.Exclude[i]
		if !valid[i] || ex.namesControls() {
			continue
		}
		out := t.pack.Exclusions[i]
		earlier := -1
		for _, m := range t.measures {
			if !t.selected[m] {
				continue
			}
			if !t.fits(mt, m) {
				if mt.layers != nil && t.layersWithin(mt, m) > 0 {
					loose := *mt
					loose.everyLayer = false
					if t.fits(&loose, m) {
						out.Partly = append(out.Partly, m)
					}
				}
				continue
			}
			if j, done := t.removed[m]; done {
				earlier = j
				continue
			}
			t.removed[m] = i
			out.Measures = append(out.Measures, m)
		}
		t.checkNew(i, len(out.Measures), earlier)
	}
	for i, mt := range matchers {
		ex := &t.prof.Exclude[i]
		if !valid[i] || !ex.namesControls() {
			continue
		}
		out := t.pack.Exclusions[i]
		earlier := -1
		for _, m := range t.measures {
			if !t.selected[m] || !t.fits(mt, m) {
				continue
			}
			for _, ci := range m.Controls.Citations {
				if !mt.fitsControl(ci.Control) {
					continue
				}
				key := citationKey{m, ci.Control}
				if j, done := t.removed[m]; done {
					earlier = j
				} else if j, done := t.gone[key]; done && j != i {
					earlier = j
				} else if !done {
					t.gone[key] = i
					out.Citations = append(out.Citations, Citation{m, ci.Control})
				}
			}
		}
		if !ex.namesMeasures() {
			for _, c := range t.cat.Controls() {
				if !t.direct[c] || !mt.fitsControl(c) {
					continue
				}
				if j, done := t.out[c]; done {
					earlier = j
				} else {
					t.out[c] = i
					out.Direct = append(out.Direct, c)
				}
			}
		}
		t.checkNew(i, len(out.Citations)+len(out.Direct), earlier)
	}
	for i := range t.pack.Exclusions {
		t.consequences(i)
	}
}

// checkNew reports an exclusion that removes nothing which others do not remove.
func (t *tailor) checkNew(i, n, earlier int) {
	if n > 0 || earlier < 0 {
		return
	}
	other := t.prof.Exclude[earlier].Pos
	t.noEffect(t.prof.Exclude[i].Pos, fmt.Sprintf("see %s:%d", other.File, other.Line),
		"excludes nothing that another entry does not exclude already")
}

func (t *tailor) excludeAdded(i int) {
	ex := &t.prof.Exclude[i]
	for _, ref := range ex.Requirements {
		j := slices.IndexFunc(t.prof.Added, func(a *Added) bool { return a.ID == ref.ID })
		switch {
		case j < 0 && t.prof.unread("requirements"): // it may be there
		case j < 0:
			hint := ""
			if s := catalog.Suggest(ref.ID, candidates(t.prof.Added, func(a *Added) string { return a.ID })); s != "" {
				hint = fmt.Sprintf("did you mean %q?", s)
			} else if t.cat.Control(ref.ID) != nil {
				hint = `a statement of the catalog is excluded by "controls"`
			}
			t.fail(ref.Pos, ruleReference, hint, "the profile adds no requirement %q", ref.ID)
		case t.prof.own(t.prof.Added[j].Pos):
			t.fail(ref.Pos, ruleNoEffect, "delete the requirement instead",
				"requirement %q is added and excluded in the same file", ref.ID)
		default:
			a := t.prof.Added[j]
			if _, done := t.dropped[a]; !done {
				t.dropped[a] = i
				t.pack.Exclusions[i].Added = append(t.pack.Exclusions[i].Added, a)
			}
		}
	}
}

// consequences works out what exclusion i leaves open.
func (t *tailor) consequences(i int) {
	out := t.pack.Exclusions[i]
	stillAsked := t.isAsked
	seen := map[*catalog.Control]bool{}
	lost := func(c *catalog.Control) {
		if !seen[c] && !stillAsked(c) {
			out.Controls = append(out.Controls, c)
		}
		seen[c] = true
	}
	for _, m := range out.Measures {
		for _, ci := range m.Controls.Citations {
			lost(ci.Control)
		}
	}
	emptied := map[*catalog.Measure]bool{}
	for _, ct := range out.Citations {
		lost(ct.Control)
		if !emptied[ct.Measure] && !slices.ContainsFunc(ct.Measure.Controls.Citations,
			func(ci catalog.ControlCitation) bool { return t.asks(ct.Measure, ci.Control) }) {
			emptied[ct.Measure] = true
			out.Emptied = append(out.Emptied, ct.Measure)
		}
	}
	for _, c := range out.Direct {
		lost(c)
	}
	sort.SliceStable(out.Controls, func(a, b int) bool {
		return catalog.CompareIDs(out.Controls[a].ID, out.Controls[b].ID) < 0
	})
	type key struct {
		risk *catalog.Risk
		v    *catalog.Vulnerability
	}
	seenV := map[key]bool{}
	seenR := map[*catalog.Residual]bool{}
	for _, m := range append(slices.Clone(out.Measures), out.Emptied...) {
		for _, row := range m.Rows {
			for _, v := range row.Vulnerabilities {
				k := key{row.Risk, v.Vulnerability}
				if seenV[k] {
					continue
				}
				seenV[k] = true
				out.Vulnerabilities = append(out.Vulnerabilities, OpenVulnerability{
					Risk: row.Risk, Citation: v, Answered: t.answered(m.Risk, v.Vulnerability)})
			}
		}
		for _, r := range m.Residuals {
			if !seenR[r] {
				seenR[r] = true
				out.Residuals = append(out.Residuals, r)
			}
		}
	}
}

// answered reports whether a measure of the pack that asks for something stands
// beside the vulnerability in a row of the risk.
func (t *tailor) answered(risk *catalog.Risk, v *catalog.Vulnerability) bool {
	for _, row := range v.Rows {
		if m := row.Measure; row.Risk.ID == risk.ID && m != nil && t.kept(m) &&
			slices.ContainsFunc(m.Controls.Citations, func(ci catalog.ControlCitation) bool { return t.asks(m, ci.Control) }) {
			return true
		}
	}
	return false
}

func (t *tailor) obligations() {
	for i := range t.prof.Obligations.Rules {
		r := &t.prof.Obligations.Rules[i]
		mt := t.compile(&r.Selector, false, true)
		mt.bad = mt.bad || r.unread
		t.rules = append(t.rules, mt)
		if mt.bad {
			continue
		}
		if t.checkRefs(&r.Selector, mt, "changes the obligation of", t.kept, t.keptDirectly) && t.count2(mt) == 0 {
			t.noEffect(r.Pos, "", "changes the obligation of nothing: what it names is excluded")
		}
	}
}

// count2 counts the citations that fit and are asked for.
func (t *tailor) count2(mt *matcher) int {
	n := 0
	for _, m := range t.measures {
		if !t.kept(m) || !t.fits(mt, m) {
			continue
		}
		for _, ci := range m.Controls.Citations {
			if mt.fitsControl(ci.Control) && t.asks(m, ci.Control) {
				n++
			}
		}
	}
	for _, c := range t.cat.Controls() {
		if t.keptDirectly(c) && mt.fitsStatement(c) {
			n++
		}
	}
	return n
}

// obligation returns the obligation of a citation and the note of the rule that
// sets it.
func (t *tailor) obligation(m *catalog.Measure, c *catalog.Control) (Obligation, catalog.Text) {
	for i := len(t.rules) - 1; i >= 0; i-- {
		if mt := t.rules[i]; !mt.bad && (m == nil && mt.fitsStatement(c) || m != nil && mt.fitsControl(c) && t.fits(mt, m)) {
			r := t.prof.Obligations.Rules[i]
			return r.Obligation, r.Note
		}
	}
	return t.prof.Obligations.Default, catalog.Text{}
}

// declaration is a parameter with the limits of all profiles of the chain.
type declaration struct {
	Parameter
	catalog *catalog.Parameter // nil for one that the profile declares
	limits  []*Parameter       // those that limit it
	choices []string           // the value, or several
	set     bool
	pos     catalog.Position // of the value, if set
	unread  bool             // the value, or something of the declaration, was not read
}

// parameters collects the declarations and values of all statements and checks
// them.
func (t *tailor) parameters() {
	t.declared = map[string][]*declaration{}
	t.open = map[string]bool{}
	for _, c := range t.cat.Controls() {
		for _, cp := range c.Parameters {
			t.declared[c.ID] = append(t.declared[c.ID], &declaration{
				Parameter: Parameter{Pos: cp.Pos, ID: cp.ID, Label: cp.Label, Default: cp.Default}, catalog: cp})
		}
	}
	for i := range t.prof.Modify {
		t.modify(&t.prof.Modify[i])
	}
	for _, a := range t.prof.Added {
		if t.cat.Control(a.ID) != nil || t.cat.Measure(a.ID) != nil || t.cat.Risk(a.ID) != nil {
			t.fail(a.Pos, ruleTwiceID, `use ids of your own, such as "A-01"`, "the catalog has %q already", a.ID)
			t.open[a.ID] = true
			continue
		}
		t.declare(a.ID, a.Parameters, a.unread)
		if !a.unread["statement"] && !a.Statement.IsZero() {
			t.checkPlaceholders(a.ID, a.Parameters, a.Statement)
		}
	}
	for _, v := range t.prof.Values {
		t.set(v)
	}
}

func (t *tailor) modify(m *Modification) {
	c := t.cat.Control(m.Control.ID)
	if c == nil {
		t.unknown("control", m.Control, t.controlIDs())
		return
	}
	t.declare(c.ID, m.Parameters, m.unread)
	texts := []catalog.Text{m.Add, c.Wording()}
	for _, by := range c.CitedBy {
		for _, ci := range by.Controls.Citations {
			if ci.Control == c {
				texts = append(texts, ci.Variant)
			}
		}
	}
	if !m.unread["add"] {
		t.checkPlaceholders(c.ID, m.Parameters, m.Add, texts...)
	}
	if !t.isAsked(c) {
		t.noEffect(m.Pos, "", "modifies control %s, which the pack does not ask for", c.ID)
	}
}

// checkPlaceholders reports placeholders of own that are no parameters of the
// statement, and parameters in params that stand nowhere. The texts in elsewhere
// may use them too.
func (t *tailor) checkPlaceholders(id string, params []*Parameter, own catalog.Text, elsewhere ...catalog.Text) {
	known := candidates(t.declared[id], func(d *declaration) string { return d.ID })
	for _, l := range sortedLangs(own) {
		for _, ph := range placeholders(own.Values[l]) {
			if slices.Contains(known, ph.id) || t.mayDeclare(id) {
				continue
			}
			hint := "declare it under parameters"
			if s := catalog.Suggest(ph.id, known); s != "" {
				hint = fmt.Sprintf("did you mean {%s}?", s)
			}
			t.fail(t.prof.placeholderPos(own, l, ph), rulePlaceholder, hint, "{%s} is no parameter of %s", ph.id, id)
		}
	}
	used := usedIn(append(elsewhere, own)...)
	for _, p := range params {
		if !used[p.ID] {
			t.fail(p.Pos, rulePlaceholder, fmt.Sprintf("write {%s} where the value is to stand", p.ID),
				"parameter %q stands nowhere in the statement", p.ID)
		}
	}
}

func sortedLangs(t catalog.Text) []catalog.Lang {
	out := make([]catalog.Lang, 0, len(t.Values))
	for l := range t.Values {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// mayDeclare reports whether the mended profile might declare parameters of the
// statement that are not known.
func (t *tailor) mayDeclare(id string) bool { return t.open[id] || t.prof.unread("modify") }

// declare adds parameters to a statement or narrows those that it has. unread
// are the keys of the entry that could not be read whole.
func (t *tailor) declare(id string, params []*Parameter, unread keySet) {
	if unread["parameters"] {
		t.open[id] = true
	}
	for _, p := range params {
		i := slices.IndexFunc(t.declared[id], func(d *declaration) bool { return d.ID == p.ID })
		if i < 0 {
			t.declared[id] = append(t.declared[id], &declaration{Parameter: *p, limits: []*Parameter{p}, unread: p.unread != nil})
			continue
		}
		d := t.declared[id][i]
		d.limits = append(d.limits, p)
		d.unread = d.unread || p.unread != nil
		if !p.Label.IsZero() {
			d.Label = p.Label
		}
		if p.Default != "" {
			d.Default, d.Pos = p.Default, p.Pos
		}
	}
}

func (t *tailor) set(v Value) {
	id := v.Statement.ID
	control := t.cat.Control(id)
	added := t.prof.addedBy(id)
	if control == nil && added == nil {
		if t.prof.unread("requirements") && addedForm.MatchString(id) {
			return // it may be there
		}
		known := append(t.controlIDs(), candidates(t.prof.Added, func(a *Added) string { return a.ID })...)
		t.unknown("control or added requirement", v.Statement, known)
		return
	}
	ds := t.declared[id]
	i := slices.IndexFunc(ds, func(d *declaration) bool { return d.ID == v.Parameter.ID })
	if v.Parameter.ID == "" { // none of the statement's values could be read
		for _, d := range ds {
			d.unread = true
		}
		return
	}
	if i < 0 && t.mayDeclare(id) {
		return
	}
	if i < 0 {
		known := candidates(ds, func(d *declaration) string { return d.ID })
		hint := "it has none"
		if s := catalog.Suggest(v.Parameter.ID, known); s != "" {
			hint = fmt.Sprintf("did you mean %q?", s)
		} else if len(known) > 0 {
			hint = "it has " + strings.Join(known, ", ")
		}
		t.fail(v.Parameter.Pos, ruleReference, hint, "%s has no parameter %q", id, v.Parameter.ID)
		return
	}
	ds[i].choices, ds[i].set, ds[i].pos = v.Choices, true, v.Pos
	ds[i].unread = ds[i].unread || v.unread
	if control != nil && !t.isAsked(control) {
		if t.mayGrow {
			t.checkLimits(id, ds[i], v.Choices, v.Pos)
		}
		t.noEffect(v.Pos, "", "sets a parameter of control %s, which the pack does not ask for", id)
	}
}

// isAsked reports whether the profile selects the control directly, or any measure
// of the pack asks for it.
func (t *tailor) isAsked(c *catalog.Control) bool {
	return t.keptDirectly(c) || slices.ContainsFunc(c.CitedBy, func(m *catalog.Measure) bool { return t.kept(m) && t.asks(m, c) })
}

// values returns the values of a statement's parameters, and reports those that
// are missing or outside their limits.
func (t *tailor) values(id string) ([]Filled, filling) {
	ds := t.declared[id]
	if len(ds) == 0 {
		return nil, filling{}
	}
	f := filling{make(map[string]catalog.Text, len(ds)), t.cat.Guide.Languages}
	state := map[*declaration]Filled{}
	for _, d := range ds {
		choices, pos := d.choices, d.pos
		if !d.set && d.Default != "" {
			choices, pos = []string{d.Default}, d.Pos
		}
		if d.unread || !d.set && (t.mayShrink || t.mayDeclare(id) || t.prof.unread("parameters")) {
			continue
		}
		x := Filled{Parameter: &d.Parameter}
		if len(choices) == 0 || choices[0] == "" {
			x.Open = true
			f.values[d.ID] = d.blank(f.langs)
		} else {
			t.checkLimits(id, d, choices, pos)
			f.values[d.ID] = d.wording(choices)
		}
		state[d] = x
	}
	// What stands in a choice is wanted only where the choice is taken.
	unused := t.inChoicesOnly(id, f)
	var list []Filled
	for _, d := range ds {
		x, ok := state[d]
		if !ok || unused[d.ID] {
			continue
		}
		if x.Open && !t.prof.OpenParameters {
			at := d.Pos
			if at.File == "" || t.cat.Control(id) != nil && len(d.limits) == 0 {
				at = t.prof.Pos
			}
			hint := fmt.Sprintf("write parameters: {%q: {%s: …}}", id, d.ID)
			if !t.cat.Guide.TreatsRisks() {
				hint += ", or open_parameters: true to leave such places open"
			}
			t.fail(at, ruleParameter, hint,
				"parameter %q of %s has no value", d.ID, id)
			continue
		}
		list = append(list, x)
	}
	f.settle()
	for i := range list {
		if v := f.values[list[i].Parameter.ID]; !list[i].Open {
			list[i].Value, _ = v.In(t.prof.Lang(), f.langs...)
		}
	}
	return list, f
}

// settle puts values into values: choices hold other parameters of the statement, and
// those others again.
func (f *filling) settle() {
	for range f.values {
		again := false
		for id, v := range f.values {
			for _, s := range v.Values {
				for _, p := range placeholders(s) {
					_, known := f.values[p.id]
					again = again || known && p.id != id
				}
			}
		}
		if !again {
			return
		}
		next := make(map[string]catalog.Text, len(f.values))
		for id, v := range f.values {
			next[id] = f.text(v)
		}
		f.values = next
	}
}

// shown is what stands in the places of the parameters of a statement that the pack
// does not ask for, and of which no value is wanted.
func (t *tailor) shown(id string) filling {
	f := filling{map[string]catalog.Text{}, t.cat.Guide.Languages}
	for _, d := range t.declared[id] {
		switch {
		case d.set && len(d.choices) > 0:
			f.values[d.ID] = d.wording(d.choices)
		case d.Default != "":
			f.values[d.ID] = d.wording([]string{d.Default})
		default:
			f.values[d.ID] = d.blank(f.langs)
		}
	}
	f.settle()
	return f
}

// inChoicesOnly returns the parameters of a control that stand in choices which
// are not taken, and nowhere else.
func (t *tailor) inChoicesOnly(id string, f filling) map[string]bool {
	c := t.cat.Control(id)
	if c == nil {
		return nil
	}
	var offered []catalog.Text
	taken := []catalog.Text{c.Wording()}
	for _, p := range c.Parameters {
		offered = append(offered, p.Choices...)
		taken = append(taken, f.values[p.ID])
	}
	if len(offered) == 0 {
		return nil
	}
	for _, m := range t.prof.Modify {
		if m.Control.ID == id {
			taken = append(taken, m.Add)
		}
	}
	out := usedIn(offered...)
	for name := range usedIn(taken...) {
		delete(out, name)
	}
	return out
}

// blank is what stands in the place of a parameter without a value: in brackets,
// its label or, where it has none, its choices.
func (d *declaration) blank(langs []catalog.Lang) catalog.Text {
	out := catalog.Text{Values: map[catalog.Lang]string{}}
	if !d.Label.IsZero() {
		for l, s := range d.Label.Values {
			out.Values[l] = "[" + s + "]"
		}
		return out
	}
	if d.catalog == nil || len(d.catalog.Choices) == 0 {
		return constant("[" + d.ID + "]")
	}
	for _, l := range langs {
		var choices []string
		for _, c := range d.catalog.Choices {
			s, _ := c.In(l, langs...)
			choices = append(choices, s)
		}
		out.Values[l] = "[" + strings.Join(choices, " / ") + "]"
	}
	return out
}

// choice returns the catalog's choice that a value takes, in any language.
func (d *declaration) choice(value string) (catalog.Text, bool) {
	if d.catalog != nil {
		for _, c := range d.catalog.Choices {
			for _, s := range c.Values {
				if s == value {
					return c, true
				}
			}
		}
	}
	return catalog.Text{}, false
}

// wording is what stands in the place of a parameter: the values, or, in every
// language, the choices that they take.
func (d *declaration) wording(values []string) catalog.Text {
	out := catalog.Text{Values: map[catalog.Lang]string{}}
	for _, v := range values {
		c, ok := d.choice(v)
		if !ok {
			return constant(strings.Join(values, choiceSeparator))
		}
		for l := range c.Values {
			out.Values[l] = ""
		}
	}
	for l := range out.Values {
		words := make([]string, len(values))
		for i, v := range values {
			c, _ := d.choice(v)
			words[i], _ = c.In(l)
		}
		out.Values[l] = strings.Join(words, choiceSeparator)
	}
	return out
}

// checkLimits reports a value, which stands at pos, that breaks a limit.
func (t *tailor) checkLimits(id string, d *declaration, values []string, pos catalog.Position) {
	if d.unread {
		return
	}
	if d.catalog != nil && len(d.catalog.Choices) > 0 {
		if len(values) > 1 && !d.catalog.Many {
			t.fail(pos, ruleParameter, "", "parameter %q of %s takes one of its choices, not %d", d.ID, id, len(values))
			return
		}
		for _, v := range values {
			if _, ok := d.choice(v); !ok {
				t.fail(pos, ruleParameter, "", "value %q of parameter %q of %s is none of %s", v, d.ID, id, t.choices(d.catalog))
				return
			}
		}
	} else {
		for _, v := range values {
			if strings.ContainsAny(v, "{}") {
				t.fail(pos, ruleParameter, "", "the value of parameter %q of %s holds a brace", d.ID, id)
				return
			}
		}
		if len(values) > 1 {
			t.fail(pos, ruleParameter, "", "parameter %q of %s has no choices, so that it takes one value, not %d", d.ID, id, len(values))
			return
		}
	}
	for _, l := range d.limits {
		for _, v := range values {
			if msg := l.violated(v); msg != "" {
				hint := ""
				if pos != l.Pos {
					hint = fmt.Sprintf("limit set at %s:%d", l.Pos.File, l.Pos.Line)
				}
				t.fail(pos, ruleParameter, hint, "value %q of parameter %q of %s %s", v, d.ID, id, msg)
				return
			}
		}
	}
}

// choices names the choices of a parameter, for messages.
func (t *tailor) choices(p *catalog.Parameter) string {
	words := make([]string, len(p.Choices))
	for i, c := range p.Choices {
		s, _ := c.In(t.prof.Lang(), t.cat.Guide.Languages...)
		words[i] = strconv.Quote(s)
	}
	return strings.Join(words, ", ")
}

// violated says how the value breaks the limits, or returns "".
func (p *Parameter) violated(value string) string {
	if len(p.Choices) > 0 && !slices.Contains(p.Choices, value) {
		return "is none of " + strings.Join(p.Choices, ", ")
	}
	if p.Min == nil && p.Max == nil {
		return ""
	}
	n, err := strconv.ParseFloat(width.Narrow.String(value), 64)
	switch {
	case err != nil || n != n:
		return "is no number"
	case p.Min != nil && n < *p.Min:
		return "is below the minimum " + formatNumber(*p.Min)
	case p.Max != nil && n > *p.Max:
		return "is above the maximum " + formatNumber(*p.Max)
	}
	return ""
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func (t *tailor) requirements() {
	type asking struct {
		measure  *catalog.Measure
		citation catalog.ControlCitation
	}
	by := map[*catalog.Control][]asking{}
	for _, m := range t.measures {
		if !t.kept(m) {
			continue
		}
		for _, ci := range m.Controls.Citations {
			if t.asks(m, ci.Control) {
				by[ci.Control] = append(by[ci.Control], asking{m, ci})
				t.pack.live[liveKey{m.Controls, ci.Control}] = true
			}
		}
	}
	adds := map[*catalog.Control][]*Modification{}
	for i := range t.prof.Modify {
		m := &t.prof.Modify[i]
		if c := t.cat.Control(m.Control.ID); c != nil && !m.Add.IsZero() {
			adds[c] = append(adds[c], m)
		}
	}
	for _, c := range t.cat.Controls() {
		askings := by[c]
		if len(askings) == 0 && !t.keptDirectly(c) {
			continue
		}
		filled, values := t.values(c.ID)
		t.pack.fill[c.ID] = values
		r := &Requirement{ID: c.ID, Control: c, Title: c.Title, Statement: values.text(c.Wording()), Values: filled, Obligation: May}
		for _, m := range adds[c] {
			r.Additions = append(r.Additions, Addition{m.Add.Pos, values.text(m.Add)})
		}
		t.pack.adds[c] = r.Additions
		plain := false
		if t.keptDirectly(c) {
			plain = true
			o, note := t.obligation(nil, c)
			r.bind(o, note)
		}
		seenR := map[*catalog.Residual]bool{}
		for _, a := range askings {
			o, note := t.obligation(a.measure, c)
			r.ask(a.measure, o, note)
			if a.citation.Variant.IsZero() {
				plain = true
			} else {
				r.Variants = addVariant(r.Variants, values.text(a.citation.Variant), a.measure)
			}
			if !a.citation.Note.IsZero() {
				r.Notes = addVariant(r.Notes, values.text(a.citation.Note), a.measure)
			}
			if len(r.Risks) == 0 || r.Risks[len(r.Risks)-1] != a.measure.Risk {
				r.Risks = append(r.Risks, a.measure.Risk)
			}
			for _, res := range a.measure.Residuals {
				if !seenR[res] {
					seenR[res] = true
					r.Residuals = append(r.Residuals, res)
				}
			}
		}
		if !plain && len(r.Variants) == 1 {
			// Everything that asks for it words it in the same other way.
			r.Statement, r.Variants = r.Variants[0].Text, nil
		}
		t.pack.Requirements = append(t.pack.Requirements, r)
	}
	for _, a := range t.prof.Added {
		t.require(a)
	}
	// What is left out is shown too.
	leaveOut := func(c *catalog.Control) {
		if _, done := t.pack.fill[c.ID]; !done && len(c.Parameters) > 0 {
			t.pack.fill[c.ID] = t.shown(c.ID)
		}
	}
	for _, e := range t.pack.Exclusions {
		for _, c := range e.Controls {
			leaveOut(c)
		}
		for _, c := range e.Direct {
			leaveOut(c)
		}
		for _, c := range e.Citations {
			leaveOut(c.Control)
		}
	}
}

// ask notes that a measure asks for the requirement.
func (r *Requirement) ask(m *catalog.Measure, o Obligation, note catalog.Text) {
	r.bind(o, note)
	if n := len(r.AskedBy); n > 0 && r.AskedBy[n-1].Measure == m {
		return // the control stands twice in one cell
	}
	r.AskedBy = append(r.AskedBy, Asking{m, o})
}

// bind notes how strongly something asks for the requirement, and why.
func (r *Requirement) bind(o Obligation, note catalog.Text) {
	if o.stronger(r.Obligation) {
		r.Obligation, r.ObligationNotes = o, nil
	}
	if o == r.Obligation && !note.IsZero() && !slices.ContainsFunc(r.ObligationNotes, note.Equal) {
		r.ObligationNotes = append(r.ObligationNotes, note)
	}
}

func addVariant(vs []Variant, t catalog.Text, m *catalog.Measure) []Variant {
	for i := range vs {
		if vs[i].Text.Equal(t) {
			if !slices.Contains(vs[i].Measures, m) {
				vs[i].Measures = append(vs[i].Measures, m)
			}
			return vs
		}
	}
	return append(vs, Variant{t, []*catalog.Measure{m}})
}

// require turns an added requirement into one of the pack.
func (t *tailor) require(a *Added) {
	var risks []*catalog.Risk
	inList := map[*catalog.Risk]bool{}
	for _, ref := range a.Risks {
		if r := t.cat.Risk(ref.ID); r != nil {
			inList[r] = true
		} else {
			t.unknown("risk", ref, riskIDs(t.cat))
		}
	}
	r := &Requirement{ID: a.ID, Added: a, Title: a.Title, Reason: a.Reason, Obligation: a.Obligation}
	if r.Obligation == "" {
		r.Obligation = t.prof.Obligations.Default
	}
	for _, ref := range a.Measures {
		m := t.cat.Measure(ref.ID)
		if m == nil {
			t.unknown("measure", ref, t.measureIDs())
			continue
		}
		inList[m.Risk] = true
		r.AskedBy = append(r.AskedBy, Asking{m, r.Obligation})
	}
	for _, x := range t.cat.Risks {
		if inList[x] {
			risks = append(risks, x)
		}
	}
	r.Risks = risks
	if _, out := t.dropped[a]; out {
		return
	}
	filled, values := t.values(a.ID)
	r.Values, r.Statement = filled, values.text(a.Statement)
	t.pack.Requirements = append(t.pack.Requirements, r)
}

// report fills in what a reader is told of the selection as a whole.
func (t *tailor) report() {
	if len(t.pack.Requirements) == 0 && len(t.selected)+len(t.direct)+len(t.prof.Added) > 0 && !t.mayAsk() {
		t.fail(t.prof.Pos, ruleEmptyPack, "", "nothing is left to ask for: everything selected is excluded or has no statements")
	}
	t.pack.View = t.cat.View(t.kept, t.keptDirectly)
	for _, r := range t.cat.Risks {
		c := &Coverage{Risk: r}
		for _, m := range r.Measures {
			switch {
			case t.kept(m):
				c.Selected = append(c.Selected, m)
			case t.selected[m]:
				c.Excluded = append(c.Excluded, m)
			default:
				c.NotSelected = append(c.NotSelected, m)
			}
		}
		t.pack.Coverage = append(t.pack.Coverage, c)
	}
	covered := map[*catalog.Measure]bool{}
	for _, r := range t.pack.Requirements {
		if r.Added != nil {
			for _, a := range r.AskedBy {
				covered[a.Measure] = true
			}
		}
	}
	for _, m := range t.measures {
		if t.kept(m) && len(m.Controls.Citations) == 0 && !covered[m] && !t.mayShrink && !t.prof.unread("requirements") {
			t.pack.WithoutControls = append(t.pack.WithoutControls, m)
			t.add(catalog.LevelWarning, t.prof.Pos, ruleNoControls,
				fmt.Sprintf("add a requirement with measures: [%s], or exclude the measure with a reason", m.ID),
				"the guide names no control for measure %s: nothing in the pack asks for it", m.ID)
		}
	}
	t.pack.Exclusions = slices.DeleteFunc(t.pack.Exclusions, func(e *Exclusion) bool {
		return len(e.Measures)+len(e.Citations)+len(e.Direct)+len(e.Added) == 0
	})
}

// identify computes the fingerprint and the id of the pack.
func (t *tailor) identify() {
	h := sha256.New()
	t.pack.byID = make(map[string]*Requirement, len(t.pack.Requirements))
	for _, r := range t.pack.Requirements {
		t.pack.byID[r.ID] = r
		hashParts(h, "requirement", r.ID, string(r.Obligation))
		hashText(h, r.Title)
		hashText(h, r.Statement)
		for _, a := range r.Additions {
			hashText(h, a.Text)
		}
		for _, vs := range [][]Variant{r.Variants, r.Notes} {
			hashParts(h, strconv.Itoa(len(vs)))
			for _, v := range vs {
				hashText(h, v.Text)
				for _, m := range v.Measures {
					hashParts(h, m.ID)
				}
			}
		}
	}
	t.pack.Fingerprint = hex.EncodeToString(h.Sum(nil))
	t.pack.ID = fmt.Sprintf("%s-%s-%s", t.prof.ID, t.cat.Guide.Edition, t.pack.Fingerprint[:12])
}

// hashParts writes strings so that no two lists of strings give the same bytes.
func hashParts(h hash.Hash, parts ...string) {
	for _, s := range parts {
		fmt.Fprintf(h, "%d:", len(s))
		io.WriteString(h, s)
	}
}

func hashText(h hash.Hash, t catalog.Text) {
	hashParts(h, strconv.Itoa(len(t.Values)))
	for _, l := range sortedLangs(t) {
		hashParts(h, string(l), t.Values[l])
	}
}

// addedBy returns the added requirement with the id, or nil.
func (p *Profile) addedBy(id string) *Added {
	for _, a := range p.Added {
		if a.ID == id {
			return a
		}
	}
	return nil
}
