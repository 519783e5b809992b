package edition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Level is a kind of edition.
type Level string

// The levels, lowest first.
const (
	None  Level = "none"  // asks for no edition: the edition's own number and date
	Patch Level = "patch" // wording that changes nothing asked for, order, translation
	Minor Level = "minor" // something was added
	Major Level = "major" // an id is gone, or what is asked for changed
)

func (l Level) rank() int { return slices.Index([]Level{None, Patch, Minor, Major}, l) }

// Above reports whether the level is higher than the other.
func (l Level) Above(other Level) bool { return l.rank() > other.rank() }

// Rule says which level changes of a sort have. A field that is empty fits
// everything. Of several rules that fit, the first counts.
type Rule struct {
	Kinds    []Kind
	Entities []Entity
	Paths    []string
	Level    Level
	// Summary says in words what the rule is about.
	Summary string

	when func(c *comparison, ch *Change) bool
}

// Rules lists the rules by which changes get their levels. The guide's first
// language is the one that counts: a supplier is asked what it says, and in the
// others a translation is mended.
func Rules() []Rule {
	asked := []Entity{EntityMeasure, EntityObjective, EntityControl, EntityCitation, EntityItem}
	return []Rule{
		{Entities: []Entity{EntityGuide}, Paths: []string{"edition", "date"}, Level: None,
			Summary: "the number and date of the edition itself"},
		{Entities: []Entity{EntityRetirement}, Level: None,
			Summary: "the list of retired ids: what was removed counts by itself"},
		{Entities: []Entity{EntityEdition}, Level: None,
			Summary: "the history of editions"},
		{Kinds: []Kind{TranslationAdded, TranslationChanged, TranslationRemoved}, Level: Patch,
			Summary: "a translation"},
		{Kinds: []Kind{Moved}, Level: Patch, when: func(_ *comparison, ch *Change) bool { return ch.Path == "" && ch.Old == "" || ch.Item },
			Summary: "another order"},
		{Kinds: []Kind{Moved}, Level: Major,
			Summary: "another place: a control in another clause, a row at another layer"},
		{Kinds: []Kind{Severity}, Level: Major,
			Summary: "another severity of a risk"},
		{Entities: []Entity{EntityMeasure, EntityCitation}, Level: Patch, when: saysTheSame,
			Summary: "a wording or control cell that is now written elsewhere, or shared, and says the same"},
		{Level: Patch, when: func(_ *comparison, ch *Change) bool { return ch.Editorial },
			Summary: "a wording that the new edition declares to mean the same (editorial)"},
		{Entities: []Entity{EntityParagraph}, Level: Major, when: func(_ *comparison, ch *Change) bool { return strings.Contains(ch.ID, "/choices/") },
			Summary: "the values that a parameter can have"},
		{Entities: []Entity{EntityParagraph}, Level: Patch,
			Summary: "a risk's description and notes, the guidance of a control"},
		{Entities: []Entity{EntityItem}, Paths: []string{"label"}, Level: Patch,
			Summary: "the number of an item"},
		{Kinds: []Kind{Added}, Entities: []Entity{EntityItem}, Level: Major, when: func(_ *comparison, ch *Change) bool { return !ch.Part },
			Summary: "a statement has another item"},
		{Entities: []Entity{EntityControl, EntityParameter}, Paths: []string{"label", "title", "related", "references", "guidance"}, Level: Patch,
			Summary: "the title, the printed number, the guidance and the references of a control, the label of a parameter"},
		{Paths: []string{"page_order", "clause_order", "gaps", "enisa", "added_by_group"}, Level: Patch,
			Summary: "the order of pages and clauses, what the source lacks, the relation to ENISA's list"},
		{Kinds: []Kind{Removed}, Paths: []string{"not_applicable"}, Level: Patch,
			Summary: "a layer that is no longer named as not applicable: its rows were added"},
		{Kinds: []Kind{Added}, Paths: []string{"not_applicable"}, Level: Major,
			Summary: "a layer at which the guide no longer treats the risk"},
		{Kinds: []Kind{Removed}, Entities: []Entity{EntityPage, EntityReference, EntityColumn}, Level: Minor,
			Summary: "a page, a reference or a column's heading was removed: no profile hangs on them"},
		{Kinds: []Kind{Removed, Replaced}, Level: Major,
			Summary: "an id, a citation, a row, a tag or a language was removed or replaced"},
		{Kinds: []Kind{Added}, Level: Minor,
			Summary: "something was added"},
		{Kinds: []Kind{Reworded}, Entities: []Entity{EntityMeasure}, Level: Minor, when: func(_ *comparison, ch *Change) bool { return ch.Old == "" },
			Summary: "a measure that lacked its wording has one"},
		{Kinds: []Kind{Reworded}, Entities: asked, Level: Major, when: func(c *comparison, ch *Change) bool { return ch.Lang == c.first },
			Summary: "a measure, objective or statement, or the variant or note of a citation, reads otherwise in the guide's first language"},
		{Kinds: []Kind{Changed}, Entities: []Entity{EntityRow}, Level: Minor, when: func(_ *comparison, ch *Change) bool { return ch.Old == "" },
			Summary: "a row got an objective or a measure"},
		{Kinds: []Kind{Changed}, Entities: []Entity{EntityRow, EntityMeasure, EntityCitation, EntityLayer}, Level: Major,
			Summary: "another objective or measure of a row, another shared cell, another scope of a layer"},
		{Kinds: []Kind{Changed}, Entities: []Entity{EntityParameter, EntitySeverity}, Level: Major,
			Summary: "another value of a parameter, another letter of a severity"},
		{Level: Patch, Summary: "every other wording or value"},
	}
}

func (r Rule) fits(c *comparison, ch *Change) bool {
	return (r.Kinds == nil || slices.Contains(r.Kinds, ch.Kind)) &&
		(r.Entities == nil || slices.Contains(r.Entities, ch.Entity)) &&
		(r.Paths == nil || slices.Contains(r.Paths, ch.Path)) &&
		(r.when == nil || r.when(c, ch))
}

func (c *comparison) level(ch *Change) Level {
	if c.rules == nil {
		c.rules = Rules()
	}
	for _, r := range c.rules {
		if r.fits(c, ch) {
			return r.Level
		}
	}
	return Patch
}

// Needed returns the highest level of the changes, None for none.
func Needed(changes []Change) Level {
	l := None
	for _, c := range changes {
		if c.Level.Above(l) {
			l = c.Level
		}
	}
	return l
}

// shared tells, for a tree, which measures it has: their wordings and control
// cells may stand with others.
type shared map[string]*node

func sharedOf(root *node) shared {
	s := shared{}
	root.walk(func(n *node) {
		if n.entity == EntityMeasure && !n.item {
			s[n.id] = n
		}
	})
	return s
}

// owner follows a field from measure to measure.
func (s shared) owner(m *node, path string) *node {
	for range len(s) {
		next := s[m.get(path, "")]
		if next == nil {
			break
		}
		m = next
	}
	return m
}

// wording is what the measure says, in all languages; cell the controls that it
// asks for.
func (s shared) wording(m *node) string {
	return contents(s.owner(m, "wording_of"), "text")
}

func contents(n *node, paths ...string) string {
	var b strings.Builder
	for _, f := range n.fields {
		if slices.Contains(paths, f.Path) && f.Value != "" {
			fmt.Fprintf(&b, "%s[%s]=%s\x00", f.Path, f.Lang, f.Value)
		}
	}
	return b.String()
}

func (s shared) cites(m *node, id string) (string, bool) {
	for _, k := range s.owner(m, "controls_of").kids("controls") {
		if k.id == id {
			return contents(k, "variant", "note"), true
		}
	}
	return "", false
}

// saysTheSame reports whether a change of a measure's wording or controls leaves
// what the measure says as it was: the wording or the cell is only written down
// in another place.
func saysTheSame(c *comparison, ch *Change) bool {
	id := ch.ID
	if ch.Entity == EntityCitation {
		id = id[:max(0, strings.LastIndexByte(id, '/'))]
	}
	is := c.sharedNew[id]
	was := c.pair[is]
	if is == nil { // a change named by the old id of a renamed measure
		was = c.sharedOld[id]
		is = c.back[was]
	}
	if was == nil || is == nil {
		return false
	}
	switch {
	case ch.Entity == EntityCitation && (ch.Kind == Added || ch.Kind == Removed):
		control := ch.ID[len(id)+1:]
		x, before := c.sharedOld.cites(was, control)
		y, after := c.sharedNew.cites(is, control)
		return before && after && x == y
	case ch.Entity != EntityMeasure || ch.Kind != Reworded && ch.Kind != Changed:
		return false
	case ch.Path == "text" || ch.Path == "wording_of":
		return c.sharedOld.wording(was) == c.sharedNew.wording(is)
	case ch.Path == "controls_of":
		return c.sameCell(was, is)
	}
	return false
}

func (c *comparison) sameCell(was, is *node) bool {
	x := c.sharedOld.owner(was, "controls_of").kids("controls")
	y := c.sharedNew.owner(is, "controls_of").kids("controls")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i].id != y[i].id || contents(x[i], "variant", "note") != contents(y[i], "variant", "note") {
			return false
		}
	}
	return true
}

// Number is the number of an edition: MAJOR.MINOR or MAJOR.MINOR.PATCH.
type Number struct{ Major, Minor, Patch int }

// ParseNumber reads the number of an edition, such as "2011.1". Each part has at
// most nine digits.
func ParseNumber(s string) (Number, error) {
	parts := strings.Split(s, ".")
	var n [3]int
	ok := len(parts) == 2 || len(parts) == 3
	for i, p := range parts {
		if !ok {
			break
		}
		if p == "" || len(p) > 9 || strings.Trim(p, "0123456789") != "" {
			ok = false
			break
		}
		n[i], _ = strconv.Atoi(p)
	}
	if !ok {
		return Number{}, fmt.Errorf("%q is not the number of an edition, MAJOR.MINOR or MAJOR.MINOR.PATCH, such as 2011.1", s)
	}
	return Number{n[0], n[1], n[2]}, nil
}

// String writes the number; a patch of 0 is left out.
func (n Number) String() string {
	s := fmt.Sprintf("%d.%d", n.Major, n.Minor)
	if n.Patch > 0 {
		s += "." + strconv.Itoa(n.Patch)
	}
	return s
}

// Compare returns a negative number where n is lower than m, zero where it is
// the same, else a positive one.
func (n Number) Compare(m Number) int {
	return slices.Compare([]int{n.Major, n.Minor, n.Patch}, []int{m.Major, m.Minor, m.Patch})
}

// StepTo is the level of the step from n to a higher number m; None where m is
// not higher.
func (n Number) StepTo(m Number) Level {
	switch {
	case m.Compare(n) <= 0:
		return None
	case m.Major != n.Major:
		return Major
	case m.Minor != n.Minor:
		return Minor
	}
	return Patch
}

// Next returns a number that is the level above n: 2012.1, 2011.2 or 2011.1.1
// for 2011.1. Minor numbers begin at 1 again, or at 0 where n's is 0.
func (n Number) Next(l Level) Number {
	switch l {
	case Major:
		return Number{Major: n.Major + 1, Minor: min(n.Minor, 1)}
	case Minor:
		return Number{Major: n.Major, Minor: n.Minor + 1}
	case Patch:
		return Number{n.Major, n.Minor, n.Patch + 1}
	}
	return n
}
