// Package edition compares two editions of a guide by what they say: what was
// added, removed, replaced, moved, reworded or translated, by id. How the files
// are laid out does not count, nor does whether controls are cited one by one or
// as a run.
//
// # Contract
//
// [Compare] of two sources gives changes in an order that depends on the sources
// alone. It misses nothing: [Apply] makes the new source of the old one and the
// changes, apart from positions and runs. That is how the package is tested.
//
// A thing is recognised by its id, wherever it stands. An id that the new
// edition lists as retired is followed to what replaced it: where that is one new
// thing, it is the old one under another id, and compared with it; where it is
// several, or one that was there before, the old one is gone and the change names
// them. Rows of a risk and paragraphs have no ids and are recognised by what they
// say: see rows.go.
//
// # Editions and levels
//
// A number of an edition is MAJOR.MINOR or MAJOR.MINOR.PATCH, such as 2011.1 or
// 2011.1.2. Every change has a [Level], the kind of edition that it asks for;
// [Rules] lists them all, and [Needed] is the level of a whole comparison.
package edition

import (
	"fmt"
	"slices"

	"riskguide/catalog"
)

// Entity is a kind of thing in a guide.
type Entity string

// The entities.
const (
	EntityGuide         Entity = "guide"
	EntitySeverity      Entity = "severity"
	EntityLayer         Entity = "layer"
	EntityColumn        Entity = "column"
	EntityReference     Entity = "reference"
	EntityPage          Entity = "page"
	EntityRisk          Entity = "risk"
	EntityObjective     Entity = "objective"
	EntityThreat        Entity = "threat"
	EntityResidual      Entity = "residual"
	EntityMeasure       Entity = "measure"
	EntityCitation      Entity = "citation" // of a control by a measure
	EntityRow           Entity = "row"
	EntityWeakness      Entity = "weakness" // citation of a vulnerability by a row
	EntityClause        Entity = "clause"
	EntityControl       Entity = "control"
	EntityParameter     Entity = "parameter"
	EntityItem          Entity = "item" // of a statement
	EntityVulnerability Entity = "vulnerability"
	EntityRetirement    Entity = "retirement"
	EntityEdition       Entity = "edition"   // an entry of the history of editions
	EntityParagraph     Entity = "paragraph" // of a risk's description or notes
)

// Kind says what happened.
type Kind string

// The kinds of changes.
const (
	Added    Kind = "added"
	Removed  Kind = "removed"
	Replaced Kind = "replaced" // removed or renamed, with what stands in its place
	Moved    Kind = "moved"    // to another place in the order, or below another thing
	Reworded Kind = "reworded" // in the guide's first language, or a text that came or went
	Severity Kind = "severity"
	Changed  Kind = "changed" // a value that is no text

	TranslationAdded   Kind = "translation-added"
	TranslationChanged Kind = "translation-changed"
	TranslationRemoved Kind = "translation-removed"
)

// Kinds lists all kinds of changes.
func Kinds() []Kind {
	return []Kind{Added, Removed, Replaced, Moved, Reworded, Severity, Changed, TranslationAdded, TranslationChanged, TranslationRemoved}
}

// Field is a value of something that was added or removed.
type Field struct {
	Path  string       `json:"path"`
	Lang  catalog.Lang `json:"lang,omitempty"` // of a text
	Value string       `json:"value"`
}

// Change is one difference between two editions. It is plain data.
type Change struct {
	Kind   Kind   `json:"kind"`
	Entity Entity `json:"entity"`
	// ID is the thing's id in the new edition or, where it is not there, in
	// the old one. A citation's is "H01-02/2.1.1.10", a row's
	// "H01/physical/H01-02", that of a weakness the row's with "/V6".
	ID string `json:"id,omitempty"`
	// Path names the field that changed, as in the YAML form ("text",
	// "severity"), or the list that gained or lost the value New or Old
	// ("tags"). It is empty where the thing as a whole was added, removed,
	// replaced or moved.
	Path string       `json:"path,omitempty"`
	Lang catalog.Lang `json:"lang,omitempty"` // of a text
	// Old and New are the values. Of a thing that was added, removed or
	// replaced they are its main text in the guide's first language, of one
	// that was moved below another thing the ids of the two.
	Old string `json:"old,omitempty"`
	New string `json:"new,omitempty"`
	// ReplacedBy are the ids that the new edition has in the place of a
	// replaced one; Replaces the ids in the place of which something was added.
	ReplacedBy []string `json:"replaced_by,omitempty"`
	Replaces   []string `json:"replaces,omitempty"`
	// Part tells that the change is part of another one: a citation of a
	// measure that was added as a whole.
	Part bool `json:"part,omitempty"`
	// Risk and Clause are the ids of what the change belongs to; both are
	// empty for the guide's own fields, pages and vulnerabilities.
	Risk   string `json:"risk,omitempty"`
	Clause string `json:"clause,omitempty"`
	// Level is the kind of edition that the change asks for, None for one
	// that asks for none.
	Level Level `json:"level"`
	// Editorial tells that the new edition declares the change to be one of
	// wording, without another meaning.
	Editorial bool `json:"editorial,omitempty"`

	// Key is the address of the thing: that in the old edition or, if it was
	// added, one that the old edition does not use. What follows is for Apply.
	Key    string  `json:"key"`
	Fields []Field `json:"fields,omitempty"` // of what was added or removed
	// Parent is the key of the thing around what was added or moved, List the
	// list in it, and Index its place there in the new edition, from 0.
	Parent string `json:"parent,omitempty"`
	List   string `json:"list,omitempty"`
	Index  int    `json:"index,omitempty"`
	// NewID is the id that a replaced thing goes on under.
	NewID string `json:"new_id,omitempty"`
	// Item tells that what was added is a value of a list.
	Item bool `json:"item,omitempty"`
}

// String is a short form of the change for messages and tests.
func (c Change) String() string {
	s := fmt.Sprintf("%s %s %s", c.Kind, c.Entity, c.ID)
	if c.Path != "" {
		s += " " + c.Path
	}
	if c.Lang != "" {
		s += "[" + string(c.Lang) + "]"
	}
	return s
}

// Compare returns the changes from one source to another. Sources that
// [catalog.Assemble] refuses are compared as well as may be.
func Compare(old, new *catalog.Source) []Change {
	a, b := treeOf(old), treeOf(new)
	c := &comparison{a: a, b: b, first: firstLang(new, old),
		pair: map[*node]*node{}, back: map[*node]*node{},
		replaced: map[*node][]string{}, replaces: map[*node][]string{}, newID: map[*node]string{}}
	c.follow(old, new)
	c.match()
	c.sharedOld, c.sharedNew = sharedOf(a), sharedOf(b)
	for n, id := range c.newID { // what cites it does so by the new id
		if n.entity == EntityMeasure {
			c.sharedOld[id] = n
		}
	}
	c.node(b)
	c.declared = declaredEditorial(old.Guide, new.Guide)
	for i := range c.changes {
		c.changes[i].Editorial = c.declared[rewording(&c.changes[i], c.first)]
		c.changes[i].Level = c.level(&c.changes[i])
	}
	return c.changes
}

func firstLang(sources ...*catalog.Source) catalog.Lang {
	for _, s := range sources {
		if s.Guide != nil && len(s.Guide.Languages) > 0 {
			return s.Guide.Languages[0]
		}
	}
	return catalog.Japanese
}

// comparison is a comparison under way. a and b are the trees of the old and the
// new source; pair leads from a node of b to that of a, back the other way.
type comparison struct {
	a, b       *node
	first      catalog.Lang
	pair, back map[*node]*node
	// replaced holds, for nodes of a that are gone or renamed, what replaced
	// them, replaces the opposite; newID the id of renamed ones.
	replaced map[*node][]string
	replaces map[*node][]string
	newID    map[*node]string
	changes  []Change
	named    map[string]*node // the nodes of b by address

	sharedOld, sharedNew shared
	declared             map[string]bool // the ids that the new edition calls editorial
	rules                []Rule
}

// match pairs the nodes of the two trees.
func (c *comparison) match() {
	byKey := map[string]*node{}
	c.named = map[string]*node{}
	c.b.walk(func(n *node) { c.named[n.key] = n })
	c.a.walk(func(n *node) {
		if id, ok := c.newID[n]; ok {
			byKey[string(n.entity)+":"+id] = n
		} else {
			byKey[n.key] = n
		}
	})
	// Things with ids of their own, wherever they stand.
	c.b.walk(func(n *node) {
		if old := byKey[n.key]; old != nil && n.global && old.global && old.entity == n.entity && c.back[old] == nil {
			c.join(old, n)
		}
	})
	c.join(c.a, c.b)
	// The others below those, parents first.
	c.b.walk(func(n *node) {
		old := c.pair[n]
		if old == nil {
			return
		}
		for _, l := range n.lists {
			c.locals(old.kids(l.name), l.nodes)
		}
	})
}

func (c *comparison) join(old, new *node) { c.pair[new], c.back[old] = old, new }

// locals pairs nodes of a list that are known within it only.
func (c *comparison) locals(old, new []*node) {
	var a, b []*node
	for _, n := range old {
		if !n.global {
			a = append(a, n)
		}
	}
	for _, n := range new {
		if !n.global {
			b = append(b, n)
		}
	}
	if len(a) == 0 || len(b) == 0 {
		return
	}
	switch {
	case b[0].entity == EntityRow && !b[0].item:
		c.rows(a, b)
	case b[0].entity == EntityItem && !b[0].item:
		c.same(a, b, func(n *node) string { return c.mainText(n) })
		c.same(a, b, func(n *node) string { return n.get("label", "") })
		c.paragraphs(a, b)
	case b[0].entity == EntityParagraph && !b[0].item:
		c.paragraphs(a, b)
	default:
		c.same(a, b, func(n *node) string { return n.id })
	}
}

// same pairs nodes that are not paired yet and of which signature says the same,
// in their order. An empty signature is like no other.
func (c *comparison) same(a, b []*node, signature func(*node) string) {
	free := map[string][]*node{}
	for _, n := range a {
		if s := signature(n); c.back[n] == nil && s != "" {
			free[s] = append(free[s], n)
		}
	}
	for _, n := range b {
		if c.pair[n] != nil {
			continue
		}
		if s := signature(n); len(free[s]) > 0 {
			c.join(free[s][0], n)
			free[s] = free[s][1:]
		}
	}
}

// key returns the address of a node of b: that of its pair or a new one.
func (c *comparison) key(n *node) string {
	switch old := c.pair[n]; {
	case old != nil:
		return old.key
	case n.global:
		return n.key
	}
	// A plus sign keeps it apart from those that the old edition uses.
	return c.key(n.parent) + "/" + n.list + ":+" + n.key[len(n.parent.key)+len(n.list)+2:]
}

// node reports the changes of a node of b and of all below it.
func (c *comparison) node(n *node) {
	old := c.pair[n]
	if old != nil {
		c.renamed(old, n)
		c.fields(old, n)
	}
	for _, l := range n.lists {
		var stays map[*node]bool
		if old != nil {
			was := old.kids(l.name)
			for _, k := range was {
				if c.back[k] == nil {
					c.gone(k, false)
				}
			}
			stays = c.inOrder(was, l.nodes)
		}
		for i, k := range l.nodes {
			switch {
			case c.pair[k] == nil:
				c.added(k, i, old == nil && n.parent != nil)
			case !stays[k]:
				c.moved(c.pair[k], k, i)
			}
			c.node(k)
		}
	}
}

// inOrder returns the nodes of a list that stand in it as before, in an order
// that others moved around: as many as there can be.
func (c *comparison) inOrder(was, is []*node) map[*node]bool {
	at := make(map[*node]int, len(was))
	for i, k := range was {
		at[k] = i
	}
	var kept []*node
	var places []int
	for _, k := range is {
		if i, ok := at[c.pair[k]]; ok && c.pair[k] != nil {
			kept = append(kept, k)
			places = append(places, i)
		}
	}
	stays := map[*node]bool{}
	for _, i := range longestAscending(places) {
		stays[kept[i]] = true
	}
	return stays
}

// longestAscending returns the indices of the longest ascending part of a list.
func longestAscending(list []int) []int {
	var ends []int
	prev := make([]int, len(list))
	for i, x := range list {
		lo, hi := 0, len(ends)
		for lo < hi {
			if mid := (lo + hi) / 2; list[ends[mid]] < x {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		prev[i] = -1
		if lo > 0 {
			prev[i] = ends[lo-1]
		}
		if lo == len(ends) {
			ends = append(ends, i)
		} else {
			ends[lo] = i
		}
	}
	out := make([]int, len(ends))
	for k := len(ends) - 1; k >= 0; k-- {
		if k == len(ends)-1 {
			out[k] = ends[k]
		} else {
			out[k] = prev[out[k+1]]
		}
	}
	return out
}

// report adds a change of a node; at is the one that tells where it belongs.
func (c *comparison) report(ch Change, at *node) {
	ch.Entity = at.entity
	if at.item {
		ch.Path = at.list
		ch.ID = nameOf(at.parent)
	} else if ch.ID == "" {
		ch.ID = nameOf(at)
	}
	for n := at; n != nil; n = n.parent {
		switch n.entity {
		case EntityRisk:
			ch.Risk = n.id
		case EntityClause:
			ch.Clause = n.id
		}
	}
	c.changes = append(c.changes, ch)
}

// nameOf is what people call a node; see [Change].ID.
func nameOf(n *node) string {
	switch n.entity {
	case EntityRow:
		s := n.parent.id + "/" + n.get("layer", "")
		if m := n.get("measure", ""); m != "" {
			s += "/" + m
		}
		return s
	case EntityCitation, EntityParameter, EntityWeakness:
		return nameOf(n.parent) + "/" + n.id
	case EntityParagraph, EntityItem:
		for i, k := range n.parent.kids(n.list) {
			if k == n {
				return fmt.Sprintf("%s/%s/%d", nameOf(n.parent), n.list, i+1)
			}
		}
	}
	return n.id
}

// mainText is the text of a thing by which people know it.
func (c *comparison) mainText(n *node) string {
	for _, path := range []string{"text", "statement", "label", "name", "title", "variant"} {
		t := catalog.Text{Values: n.text(path)}
		if s, _ := t.In(c.first); s != "" {
			return s
		}
	}
	return ""
}

func (c *comparison) added(n *node, index int, part bool) {
	ch := Change{Kind: Added, Key: c.key(n), New: c.mainText(n), Fields: n.fields, Part: part,
		Parent: c.key(n.parent), List: n.list, Index: index, Replaces: c.replaces[n], Item: n.item}
	if n.item {
		ch.New = n.id
	}
	c.report(ch, n)
}

// gone reports a node of a and all below it that are nowhere in b.
func (c *comparison) gone(n *node, part bool) {
	ch := Change{Kind: Removed, Key: n.key, Old: c.mainText(n), Fields: n.fields, Part: part, Item: n.item}
	if n.item {
		ch.Old = n.id
	}
	if by := c.replaced[n]; len(by) > 0 {
		ch.Kind, ch.ReplacedBy = Replaced, by
		if len(by) == 1 {
			if to := c.named[string(n.entity)+":"+by[0]]; to != nil {
				ch.New = c.mainText(to)
			}
		}
	}
	c.report(ch, n)
	for _, l := range n.lists {
		for _, k := range l.nodes {
			if c.back[k] == nil {
				c.gone(k, true)
			}
		}
	}
}

// renamed reports that a thing goes on under another id.
func (c *comparison) renamed(old, new *node) {
	id, ok := c.newID[old]
	if !ok {
		return
	}
	c.report(Change{Kind: Replaced, ID: old.id, NewID: id, ReplacedBy: []string{id}, Key: old.key,
		Old: c.mainText(old), New: c.mainText(new)}, new)
}

func (c *comparison) moved(old, new *node, index int) {
	ch := Change{Kind: Moved, Key: old.key, Parent: c.key(new.parent), List: new.list, Index: index, Item: new.item}
	if c.pair[new.parent] != old.parent {
		ch.Old, ch.New = placeName(old.parent), placeName(new.parent)
	}
	if new.item {
		ch.Old, ch.New = old.id, new.id
	}
	c.report(ch, new)
}

// placeName is the name of what something stands in: of the guide, which has
// none, the kind.
func placeName(n *node) string {
	if s := nameOf(n); s != "" {
		return s
	}
	return string(n.entity)
}

// fields reports the fields in which two nodes differ.
func (c *comparison) fields(old, new *node) {
	from := len(c.changes)
	defer func() { // of the wordings of a text, that in the first language first
		slices.SortStableFunc(c.changes[from:], func(x, y Change) int {
			switch {
			case x.Path != y.Path || x.Lang == y.Lang:
				return 0
			case x.Lang == c.first:
				return -1
			case y.Lang == c.first:
				return 1
			}
			return 0
		})
	}()
	for _, f := range new.fields {
		if was := old.get(f.Path, f.Lang); was != f.Value {
			c.field(old, new, f.Path, f.Lang, was, f.Value)
		}
	}
	for _, f := range old.fields {
		if f.Value != "" && new.get(f.Path, f.Lang) == "" {
			c.field(old, new, f.Path, f.Lang, f.Value, "")
		}
	}
}

func (c *comparison) field(old, new *node, path string, lang catalog.Lang, was, is string) {
	ch := Change{Kind: Changed, Key: old.key, Path: path, Lang: lang, Old: was, New: is}
	switch {
	case lang != "" && (lang == c.first || old.text(path) == nil || new.text(path) == nil):
		ch.Kind = Reworded
	case lang != "" && was == "":
		ch.Kind = TranslationAdded
	case lang != "" && is == "":
		ch.Kind = TranslationRemoved
	case lang != "":
		ch.Kind = TranslationChanged
	case new.entity == EntityRisk && path == "severity":
		ch.Kind = Severity
	case new.entity == EntityRow && path == "layer":
		ch.Kind = Moved
	}
	c.report(ch, new)
}
