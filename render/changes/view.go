// Package changes shows what changed between two editions of a guide: on a
// terminal, as Markdown for a pull request, as a page and as a workbook. The
// site's page of changes is made of the same [View].
//
// What is shown is chosen for a reader: what belongs to something that was added
// or removed as a whole is told in one line with it, and a wording is compared
// word by word. The complete list of changes, for programs, is what
// [edition.WriteJSON] writes.
//
// The fixed texts are the words of templates/diff.
package changes

import (
	"cmp"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/worddiff"
	"riskguide/profile"
	"riskguide/templates"
)

// WordsDir is where the templates hold the words and the page.
const WordsDir = "diff"

// Report is what is shown: two editions and the changes between them.
type Report struct {
	Old, New *catalog.Source
	// OldName and NewName tell where they are from, such as "v2011.1:content".
	OldName, NewName string
	Changes          []edition.Change
	// Pack tells what changes in the pack of a profile; nil where none was
	// asked for.
	Pack *profile.Comparison
	// PackLang is the language of that pack's wordings.
	PackLang catalog.Lang
}

// View is a report in words of a language.
type View struct {
	Lang catalog.Lang
	// Heading names the guide, FromTo the two editions.
	Heading, FromTo string
	Old, New        string // the editions' numbers
	Total           string // "12 changes"
	Needs           string // which edition the changes ask for
	Level           edition.Level
	Counts          []Count
	Groups          []Group
	Pack            *PackView // nil where there is none

	words templates.Words
}

// Count tells how many changes of a kind there are.
type Count struct {
	Kind edition.Kind
	Word string
	N    int
}

// Group holds the changes of one risk or clause, or of a part of the guide.
type Group struct {
	ID      string // of the risk or clause; else empty
	Anchor  string // unlike those of other groups
	Title   string
	Entries []Entry
}

// Entry is a change as a reader sees it.
type Entry struct {
	Kind     edition.Kind
	KindWord string
	Level    edition.Level
	Entity   edition.Entity
	What     string // "対策"
	ID       string
	NewID    string // of something that goes on under another id, or what replaced it
	Field    string // the field, with its language where that is not the first; may be empty
	// Lang is the language of the segments; empty for values that are no text.
	Lang catalog.Lang
	// Segments are the old and the new wording, word by word. A text that
	// came is one insertion.
	Segments []worddiff.Segment
	// Details are lines about what came or went with it, and why.
	Details []string
}

// Mark is a character for the kind of change: + - ~ or >.
func (e Entry) Mark() string {
	switch e.Kind {
	case edition.Added, edition.TranslationAdded:
		return "+"
	case edition.Removed, edition.TranslationRemoved:
		return "-"
	case edition.Moved, edition.Replaced:
		return ">"
	}
	return "~"
}

// NewView puts a report into the words of a language; templates may be nil for
// the built-in ones.
func NewView(r *Report, lang catalog.Lang, fsys fs.FS) (*View, error) {
	if fsys == nil {
		fsys = templates.FS()
	}
	w, err := templates.LoadWords(fsys, WordsDir, lang)
	if err != nil {
		return nil, err
	}
	b := &viewMaker{r: r, lang: lang, w: w, first: catalog.Japanese, old: textsOf(r.Old), new: textsOf(r.New)}
	if ls := r.New.Guide.Languages; len(ls) > 0 {
		b.first = ls[0]
	}
	v := &View{Lang: lang, words: w, Old: r.Old.Guide.Edition, New: r.New.Guide.Edition, Level: edition.Needed(r.Changes)}
	v.Heading = w.With("heading", "guide", b.text(r.New.Guide.Title))
	named := func(e, name string) string {
		if name == "" {
			return e
		}
		return w.With("edition-named", "edition", e, "name", name)
	}
	v.FromTo = w.With("from-to", "old", named(v.Old, r.OldName), "new", named(v.New, r.NewName))
	v.Groups = b.groups()
	n := 0
	count := map[edition.Kind]int{}
	for _, g := range v.Groups {
		n += len(g.Entries)
		for _, e := range g.Entries {
			count[e.Kind]++
		}
	}
	for _, k := range edition.Kinds() {
		if count[k] > 0 {
			v.Counts = append(v.Counts, Count{k, w.Get("kind." + string(k)), count[k]})
		}
	}
	v.Total = w.With("total", "n", strconv.Itoa(n))
	v.Needs = w.Get("needs." + string(v.Level))
	if n == 0 {
		v.Total, v.Needs = w.Get("none"), ""
	}
	if r.Pack != nil {
		v.Pack = b.pack(r.Pack)
	}
	return v, nil
}

// Word returns a fixed text, for templates.
func (v *View) Word(key string) string { return v.words.Get(key) }

// viewMaker makes a view.
type viewMaker struct {
	r        *Report
	lang     catalog.Lang
	first    catalog.Lang
	w        templates.Words
	old, new map[string]catalog.Text // what ids stand for
}

func (b *viewMaker) text(t catalog.Text) string {
	s, _ := t.In(b.lang, b.first)
	return s
}

// textsOf returns the texts of all things with an id.
func textsOf(s *catalog.Source) map[string]catalog.Text {
	m := map[string]catalog.Text{}
	for _, r := range s.Risks {
		m[r.ID] = r.Name
		for _, o := range r.Objectives {
			m[o.ID] = o.Text
		}
		for _, t := range r.Threats {
			m[t.ID] = t.Text
		}
		for _, x := range r.Residuals {
			m[x.ID] = x.Text
		}
		for _, x := range r.Measures {
			m[x.ID] = x.Text
		}
	}
	for _, cl := range s.Clauses {
		if !cl.Title.IsZero() {
			m[cl.ID] = cl.Title
		}
		for _, c := range cl.Controls {
			m[c.ID] = c.Statement
		}
	}
	for _, v := range s.Vulnerabilities {
		m[v.ID] = v.Label
	}
	for _, l := range s.Guide.AllLayers() {
		m[l.ID] = l.Name
	}
	for _, x := range s.Guide.Severities {
		m[x.ID] = x.Name
	}
	return m
}

// groups divides the changes by what they belong to, in the order of the guide.
func (b *viewMaker) groups() []Group {
	var out []Group
	index := map[string]int{}
	group := func(key, id, title string) {
		if _, ok := index[key]; ok {
			return
		}
		index[key] = len(out)
		out = append(out, Group{ID: id, Anchor: key, Title: title})
	}
	named := func(key string, id string) {
		t, ok := b.new[id]
		if !ok {
			t = b.old[id]
		}
		group(key, id, b.text(t))
	}
	group("guide", "", b.w.Get("group.guide"))
	group("pages", "", b.w.Get("group.pages"))
	for _, src := range []*catalog.Source{b.r.New, b.r.Old} {
		for _, r := range src.Risks {
			named("risk-"+r.ID, r.ID)
		}
	}
	for _, src := range []*catalog.Source{b.r.New, b.r.Old} {
		for _, cl := range src.Clauses {
			named("clause-"+cl.ID, cl.ID)
		}
	}
	group("vulnerabilities", "", b.w.Get("group.vulnerabilities"))
	group("retired", "", b.w.Get("group.retired"))
	newID := map[string]bool{}
	renamed := map[string]bool{} // by key
	for _, c := range b.r.Changes {
		if c.NewID != "" {
			newID[c.NewID], renamed[c.Key] = true, true
		}
	}
	var owner *Entry // what the parts that follow belong to
	for i := range b.r.Changes {
		c := &b.r.Changes[i]
		switch {
		case renamed[c.Key] && c.Kind == edition.Reworded && c.Lang == b.first && isMain(c.Path):
			continue // shown with the new id
		case isOrder(c) && (renamed[c.Key] || isLocal(c) && newID[lastPart(c.ID)]):
			continue // the order is that of the ids
		}
		g := &out[index[groupOf(c)]]
		if c.Part && isLocal(c) && owner != nil {
			b.detail(owner, c)
			continue
		}
		if c.Entity == edition.EntityRetirement && c.Part {
			continue
		}
		g.Entries = append(g.Entries, b.entry(c))
		owner = &g.Entries[len(g.Entries)-1]
		owner.Details = append(owner.Details, b.about(c)...)
	}
	out = slices.DeleteFunc(out, func(g Group) bool { return len(g.Entries) == 0 })
	for i := range out {
		for j := range out[i].Entries {
			out[i].Entries[j].Details = merged(out[i].Entries[j].Details, b.w.Get("list-separator"))
		}
	}
	return out
}

// detailSeparator divides, in a detail under way, what a thing is called from
// its name.
const detailSeparator = "\x00"

// merged joins details about things of a sort into one line.
func merged(details []string, comma string) []string {
	var out []string
	at := map[string]int{}
	for _, d := range details {
		head, rest, ok := strings.Cut(d, detailSeparator)
		if !ok {
			out = append(out, d)
			continue
		}
		if i, known := at[head]; known {
			out[i] += comma + rest
			continue
		}
		at[head] = len(out)
		out = append(out, head+rest)
	}
	return out
}

func groupOf(c *edition.Change) string {
	switch {
	case c.Risk != "":
		return "risk-" + c.Risk
	case c.Clause != "":
		return "clause-" + c.Clause
	case c.Entity == edition.EntityPage || c.Path == "page_order":
		return "pages"
	case c.Entity == edition.EntityVulnerability:
		return "vulnerabilities"
	case c.Entity == edition.EntityRetirement:
		return "retired"
	}
	return "guide"
}

// isMain reports whether a field is the text by which people know a thing.
func isMain(path string) bool {
	switch path {
	case "text", "statement", "label", "name", "title":
		return true
	}
	return false
}

// isOrder reports whether only the place in the order changed.
func isOrder(c *edition.Change) bool {
	return c.Kind == edition.Moved && (c.Path == "" && c.Old == "" || c.Item)
}

// isLocal reports whether the change is about something that people know only by
// what it belongs to.
func isLocal(c *edition.Change) bool {
	switch c.Entity {
	case edition.EntityCitation, edition.EntityWeakness, edition.EntityParagraph, edition.EntityParameter, edition.EntityItem:
		return true
	case edition.EntityRow:
		return c.Part
	}
	return c.Item
}

// detail tells of a part of something that came or went.
func (b *viewMaker) detail(owner *Entry, c *edition.Change) {
	name := c.ID
	what := b.w.Get("entity." + string(c.Entity))
	switch {
	case c.Item && c.Entity == edition.EntityRow, c.Entity == edition.EntityWeakness, c.Entity == edition.EntityParagraph, c.Entity == edition.EntityItem:
		if c.Entity != edition.EntityWeakness || owner.Entity != edition.EntityRow {
			return
		}
		name = lastPart(c.ID)
	case c.Item:
		what, name = b.path(c.Path), c.Old+c.New
	case c.Entity == edition.EntityCitation, c.Entity == edition.EntityParameter:
		name = lastPart(c.ID)
	case c.Entity == edition.EntityRow:
		_, name, _ = strings.Cut(c.ID, "/")
	}
	owner.Details = append(owner.Details, what+b.w.Get("colon")+detailSeparator+name)
}

func lastPart(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// about tells more about a change: what replaced it, from where it moved.
func (b *viewMaker) about(c *edition.Change) []string {
	var out []string
	if len(c.Replaces) > 0 {
		out = append(out, b.w.With("replaces", "ids", strings.Join(c.Replaces, b.w.Get("list-separator"))))
	}
	if c.Editorial {
		out = append(out, b.w.Get("editorial"))
	}
	switch {
	case isOrder(c):
		out = append(out, b.w.Get("order"))
	case c.Kind == edition.Moved && c.Path == "":
		out = append(out, b.w.With("from-place", "old", c.Old, "new", c.New))
	}
	if c.Entity == edition.EntityRow && (c.Kind == edition.Added || c.Kind == edition.Removed) {
		for _, f := range c.Fields {
			if f.Lang == "" {
				out = append(out, b.path(f.Path)+b.w.Get("colon")+b.value(f.Path, f.Value, c.Kind == edition.Removed))
			}
		}
	}
	if c.Entity == edition.EntityEdition && c.Path == "" {
		said := map[catalog.Lang]string{}
		for _, f := range c.Fields {
			if f.Path == "summary" {
				said[f.Lang] = f.Value
			}
		}
		if s := cmp.Or(said[b.lang], said[b.first]); s != "" {
			out = append(out, b.path("summary")+b.w.Get("colon")+s)
		}
	}
	if c.Kind == edition.Replaced {
		for _, r := range b.r.New.Retired {
			if r.ID == c.ID && !r.Reason.IsZero() {
				out = append(out, b.w.Get("path.reason")+b.w.Get("colon")+b.text(r.Reason))
			}
		}
	}
	return out
}

func (b *viewMaker) path(p string) string {
	if w, ok := b.w["path."+p]; ok {
		return w
	}
	return p
}

// value shows a value that is no text: ids with what they stand for.
func (b *viewMaker) value(path, s string, old bool) string {
	if s == "" {
		return b.w.Get("nothing")
	}
	if s == "true" {
		return b.w.Get("true")
	}
	texts := b.new
	if old {
		texts = b.old
	}
	switch path {
	case "severity", "layer", "not_applicable":
		if t, ok := texts[s]; ok {
			return b.text(t)
		}
	case "objective", "measure", "threats", "residuals", "wording_of", "controls_of":
		if t, ok := texts[s]; ok && !t.IsZero() {
			return s + " " + b.text(t)
		}
	}
	return s
}

func (b *viewMaker) entry(c *edition.Change) Entry {
	e := Entry{Kind: c.Kind, KindWord: b.w.Get("kind." + string(c.Kind)), Level: c.Level, Entity: c.Entity,
		What: b.entity(c.Entity), ID: c.ID, Lang: c.Lang}
	if c.Path != "" {
		e.Field = b.path(c.Path)
		if c.Lang != "" && c.Lang != b.first {
			name, ok := b.w["lang."+string(c.Lang)]
			if !ok {
				name = string(c.Lang)
			}
			e.Field = b.w.With("of-lang", "what", e.Field, "lang", name)
		}
	}
	insert := func(s string) []worddiff.Segment { return worddiff.Diff("", s) }
	remove := func(s string) []worddiff.Segment { return worddiff.Diff(s, "") }
	switch {
	case c.Kind == edition.Moved && c.Path == "" || c.Kind == edition.Moved && c.Item:
		if t := b.new[lastPart(c.ID)]; !t.IsZero() && !c.Item {
			e.Segments = []worddiff.Segment{{Op: worddiff.Equal, Text: b.text(t)}}
			e.Lang = b.textLang(t)
		}
	case c.Lang != "":
		e.Segments = worddiff.Diff(c.Old, c.New)
	case c.Kind == edition.Replaced:
		e.NewID = strings.Join(c.ReplacedBy, b.w.Get("list-separator"))
		e.Lang = b.first
		e.Segments = worddiff.Diff(c.Old, c.New)
		if c.New == "" {
			e.Segments = remove(c.Old)
		}
	case c.Item && c.Kind == edition.Added:
		e.Segments = insert(b.value(c.Path, c.New, false))
	case c.Item:
		e.Segments = remove(b.value(c.Path, c.Old, true))
	case c.Kind == edition.Added, c.Kind == edition.Removed:
		texts, s, show := b.new, c.New, insert
		if c.Kind == edition.Removed {
			texts, s, show = b.old, c.Old, remove
		}
		e.Lang = b.first
		if s == "" && (c.Entity == edition.EntityCitation || c.Entity == edition.EntityWeakness) {
			id := lastPart(c.ID)
			t, ok := texts[id]
			if !ok { // of the old edition, under its new id
				t = b.new[id]
			}
			s, e.Lang = b.text(t), b.textLang(t)
		}
		e.Segments = show(s)
	default: // a value
		old, new := b.value(c.Path, c.Old, true), b.value(c.Path, c.New, false)
		e.Segments = append(remove(old), insert(new)...)
	}
	if c.Entity == edition.EntityParagraph {
		if parts := strings.Split(c.ID, "/"); len(parts) == 3 {
			e.What, e.ID, e.Field = b.path(parts[1])+" "+parts[2], "", strings.TrimSpace(strings.Replace(e.Field, b.path("text"), "", 1))
		}
	}
	return e
}

func (b *viewMaker) textLang(t catalog.Text) catalog.Lang {
	_, l := t.In(b.lang, b.first)
	return l
}

func (b *viewMaker) entity(e edition.Entity) string {
	if w, ok := b.w["entity."+string(e)]; ok {
		return w
	}
	return string(e)
}

func itoa(n int) string { return strconv.Itoa(n) }

// Made says with what the report was made.
func (v *View) Made(version string) string {
	return strings.TrimSpace(v.words.With("made-by", "version", version))
}
