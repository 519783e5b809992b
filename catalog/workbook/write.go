package workbook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/catalog/strictyaml"
	"riskguide/catalog/yamledit"
)

// The orders of keys, for one that is added.
var (
	riskKeys = []string{"id", "severity", "name", "enisa", "added_by_group", "description", "notes", "not_applicable",
		"objectives", "threats", "residuals", "measures", "rows"}
	measureKeys  = []string{"id", "text", "wording_of", "controls", "controls_of", "residuals", "tags", "gaps"}
	rowKeys      = []string{"layer", "objective", "threats", "vulnerabilities", "measure", "remark"}
	citationKeys = []string{"id", "variant", "note"}
	itemKeys     = []string{"id", "label", "title", "text", "statement"}
)

const (
	retiredFile       = "retired.yaml"
	vulnerabilityFile = "vulnerabilities.yaml"
	profileDir        = "profiles"
)

// writer makes the files that come out.
type writer struct {
	im    *importer
	fsys  fs.FS
	files map[string]*yamledit.File
	read  map[string][]byte
	gone  []string // files whose risks have other names now
}

// write makes the files, loads them, and compares what they say with what was
// asked for.
func (im *importer) write(ctx context.Context, fsys fs.FS, res *Result) error {
	w := &writer{im: im, fsys: fsys, files: map[string]*yamledit.File{}, read: map[string][]byte{}}
	if err := w.apply(); err != nil {
		res.Problems = append(res.Problems, catalog.Problem{Pos: catalog.Position{File: im.b.Name}, Level: catalog.LevelError, Rule: RuleForm,
			Message: "the content cannot be changed by a workbook here: " + err.Error(), Hint: "make this change in the file"})
		return nil
	}
	files := map[string][]byte{}
	read := map[string][]byte{}
	for name, f := range w.files {
		if data := f.Bytes(); !bytes.Equal(data, w.read[name]) {
			files[name], read[name] = data, w.read[name]
		}
	}
	for _, name := range w.gone {
		files[name], read[name] = nil, w.read[name]
	}
	if len(files) == 0 {
		return nil
	}
	over := overlay{fsys, files}
	before, err := im.opts.lint(ctx, fsys)
	if err != nil {
		return err
	}
	problems, err := im.opts.lint(ctx, over)
	if err != nil {
		return err
	}
	src, _ := catalog.LoadSource(ctx, over, catalog.LoadOptions{Prefix: im.opts.Prefix})
	res.Problems = append(res.Problems, w.mapped(before, problems)...)
	res.Problems.Sort()
	if res.Problems.HasErrors() {
		return nil
	}
	if err := im.check(src); err != nil {
		// A mistake of this program: nothing is written rather than something else.
		res.Problems = append(res.Problems, catalog.Problem{Pos: catalog.Position{File: im.b.Name}, Level: catalog.LevelError, Rule: RuleForm,
			Message: "the files would not say what the workbook says: " + err.Error(), Hint: "this is a mistake of riskguide; make the change in the file"})
		return nil
	}
	res.New, res.Files, res.Read = src, files, read
	return nil
}

// check compares the tables that came out with those that were asked for.
func (im *importer) check(src *catalog.Source) error {
	got := New(src)
	want := map[TableID]map[string][]string{}
	for _, t := range im.g.Tables {
		want[t.ID] = map[string][]string{}
		for _, r := range t.Records {
			values := make([]string, len(r.Cells))
			for i, c := range r.Cells {
				values[i] = c.Value
			}
			want[t.ID][r.Key] = values
		}
	}
	renamed := func(t *Table, values []string) []string {
		out := slices.Clone(values)
		for i := range out {
			if c := t.Columns[i]; !c.IsText() && len(im.renamed) > 0 && c.Of != "tags" {
				lines := strings.Split(out[i], "\n")
				for j, l := range lines {
					ids := splitList(l)
					for k := range ids {
						ids[k] = im.now(ids[k])
					}
					lines[j] = strings.Join(ids, ", ")
				}
				out[i] = strings.Join(lines, "\n")
			}
		}
		return out
	}
	for _, e := range im.edits {
		want[e.t.ID][e.rec.Key][e.col] = e.value
	}
	for _, a := range im.additions {
		want[a.t.ID][a.id] = a.cells
	}
	for _, r := range im.removals {
		delete(want[r.t.ID], r.rec.Key)
	}
	for _, t := range got.Tables {
		if t.ID == Citations {
			continue // they follow the lists of which they are part
		}
		if len(im.renamed) > 0 {
			now := map[string][]string{}
			for key, values := range want[t.ID] {
				now[im.now(key)] = renamed(t, values)
			}
			want[t.ID] = now
		}
		for _, r := range t.Records {
			values, ok := want[t.ID][r.Key]
			if !ok {
				return fmt.Errorf("%s came up", r.Key)
			}
			delete(want[t.ID], r.Key)
			for i, c := range t.Columns {
				// What is shared follows from elsewhere.
				if r.Cells[i].Fixed || i >= len(values) || strings.Contains(r.Key, "/") && t.ID == Measures {
					continue
				}
				if !got.Same(c, r.Cells[i].Value, values[i]) {
					return fmt.Errorf("the %s of %s is %q, not %q", c.Key, r.Key, clip(r.Cells[i].Value), clip(values[i]))
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(want[t.ID])) {
			if !strings.Contains(key, "/") {
				return fmt.Errorf("%s is gone", key)
			}
		}
	}
	return nil
}

// renameInProfiles gives the risk's ids that the content's profiles name their new
// form. A value that is an id and nothing else is one.
func (w *writer) renameInProfiles(risk string) error {
	entries, err := fs.ReadDir(w.fsys, profileDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var find func(n *yaml.Node) *yaml.Node
	find = func(n *yaml.Node) *yaml.Node {
		if n.Kind == yaml.ScalarNode && riskOf(n.Value) == risk && w.im.used[n.Value] {
			return n
		}
		for _, c := range n.Content {
			if hit := find(c); hit != nil {
				return hit
			}
		}
		return nil
	}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".yaml" {
			continue
		}
		name := path.Join(profileDir, e.Name())
		if data, err := fs.ReadFile(w.fsys, name); err != nil || !bytes.Contains(data, []byte(risk)) {
			continue // what cannot be read is told where it is read
		}
		top, err := w.top(name)
		if err != nil {
			return err
		}
		for {
			n := find(top.node())
			if n == nil {
				break
			}
			if err := top.wrap(top.f.SetString(n, w.im.now(n.Value))); err != nil {
				return err
			}
		}
	}
	return nil
}

// file opens a file of the content.
func (w *writer) file(name string) (*yamledit.File, error) {
	if f := w.files[name]; f != nil {
		return f, nil
	}
	data, err := fs.ReadFile(w.fsys, name)
	if errors.Is(err, fs.ErrNotExist) && name == retiredFile {
		data, err = []byte("# yaml-language-server: $schema=schemas/retired.schema.json\nretired: []\n"), nil
	} else if err == nil {
		w.read[name] = data
	}
	if err != nil {
		return nil, err
	}
	f, err := yamledit.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	w.files[name] = f
	return f, nil
}

// entry names a mapping of a file: found anew after every change.
type entry struct {
	f    *yamledit.File
	name string
	find func(root *yaml.Node) *yaml.Node
}

func (e entry) node() *yaml.Node { return e.find(e.f.Root()) }

func (e entry) wrap(err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	return nil
}

// at names the entry of a list of a file that has an id.
func (w *writer) at(file, list, id string) (entry, error) {
	f, err := w.file(file)
	e := entry{f, file, func(root *yaml.Node) *yaml.Node {
		seq := yamledit.Child(root, list)
		if i := indexOf(seq, id); i >= 0 {
			return seq.Content[i]
		}
		return nil
	}}
	if err == nil && e.node() == nil {
		err = fmt.Errorf("%s: there is no %s", file, id)
	}
	return e, err
}

// top names the outermost mapping of a file.
func (w *writer) top(file string) (entry, error) {
	f, err := w.file(file)
	return entry{f, file, func(root *yaml.Node) *yaml.Node { return root }}, err
}

// indexOf finds the entry with an id in a list of mappings.
func indexOf(seq *yaml.Node, id string) int {
	if seq == nil {
		return -1
	}
	return slices.IndexFunc(seq.Content, func(n *yaml.Node) bool {
		k := yamledit.Child(n, "id")
		return k != nil && k.Value == id
	})
}

func riskOf(id string) string {
	r, _, _ := strings.Cut(id, "-")
	r, _, _ = strings.Cut(r, "/")
	return r
}

// home tells where an entry of a table is defined: the file, the list, and the key
// of its wording.
func (w *writer) home(t TableID, id, parent string) (file, list, text string) {
	switch t {
	case Measures, Objectives, Threats, Residuals:
		return "risks/" + riskOf(id) + ".yaml", string(t), "text"
	case Controls:
		if parent == "" {
			parent = w.im.g.in[id]
		}
		return "controls/" + parent + ".yaml", "controls", "statement"
	}
	return vulnerabilityFile, "vulnerabilities", "label"
}

// apply makes all changes.
func (w *writer) apply() error {
	im := w.im
	// Edits of one record together, in the order of the tables.
	for _, t := range im.g.Tables {
		for _, rec := range t.Records {
			set := map[string]map[catalog.Lang]string{} // of wordings, by field
			values := map[string]string{}
			for _, e := range im.edits {
				if e.t != t || e.rec != rec {
					continue
				}
				c := t.Columns[e.col]
				values[c.Key] = e.value
				if c.IsText() {
					if set[c.Field] == nil {
						set[c.Field] = map[catalog.Lang]string{}
					}
					set[c.Field][c.Lang] = e.value
				}
			}
			if len(values) == 0 {
				continue
			}
			if err := w.record(t, rec, set, values); err != nil {
				return err
			}
		}
	}
	for _, a := range im.additions {
		if a.t.ID != Citations {
			if err := w.added(a); err != nil {
				return err
			}
		}
	}
	for _, a := range im.additions {
		if a.t.ID == Citations {
			set := map[string]map[catalog.Lang]string{"variant": {}, "note": {}}
			for i, c := range a.t.Columns {
				if c.IsText() {
					set[c.Field][c.Lang] = a.cells[i]
				}
			}
			if err := w.citation(a.id, set); err != nil {
				return err
			}
		}
	}
	for _, r := range im.removals {
		if r.t.ID == Citations {
			if err := w.plainCitation(r.rec.Key); err != nil {
				return err
			}
		}
	}
	for _, r := range im.removals {
		if r.t.ID != Citations {
			if err := w.removed(r); err != nil {
				return err
			}
		}
	}
	for _, risk := range slices.SortedFunc(maps.Keys(im.renamed), catalog.CompareIDs) {
		if err := w.rename(risk); err != nil {
			return err
		}
	}
	return nil
}

// rename gives a risk, and all that it defines, the ids that go with its severity.
// The old ones are retired.
func (w *writer) rename(risk string) error {
	im := w.im
	cites := func(key string) bool {
		return slices.Contains([]string{"id", "objective", "threats", "measure", "wording_of", "controls_of", "residuals"}, key)
	}
	var find func(n *yaml.Node, key string) *yaml.Node
	find = func(n *yaml.Node, key string) *yaml.Node {
		if n.Kind == yaml.ScalarNode && cites(key) && riskOf(n.Value) == risk {
			return n
		}
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode {
				if i%2 == 0 {
					continue
				}
				key = n.Content[i-1].Value
			}
			if hit := find(c, key); hit != nil {
				return hit
			}
		}
		return nil
	}
	for _, r := range im.src.Risks {
		name := "risks/" + r.ID + ".yaml"
		if slices.Contains(w.gone, name) {
			name = "risks/" + im.now(r.ID) + ".yaml"
		}
		top, err := w.top(name)
		if err != nil {
			return err
		}
		for {
			n := find(top.node(), "")
			if n == nil {
				break
			}
			if err := top.wrap(top.f.SetString(n, im.now(n.Value))); err != nil {
				return err
			}
		}
	}
	if err := w.renameInProfiles(risk); err != nil {
		return err
	}
	old, now := "risks/"+risk+".yaml", "risks/"+im.renamed[risk]+".yaml"
	w.files[now] = w.files[old]
	delete(w.files, old)
	w.gone = append(w.gone, old)
	still := map[string]bool{}
	for _, r := range im.removals {
		still[r.rec.Key] = true // retired already
	}
	for _, t := range im.g.Tables {
		for _, rec := range t.Records {
			if t.ID == Citations || riskOf(rec.Key) != risk || strings.Contains(rec.Key, "/") || still[rec.Key] ||
				!slices.Contains([]TableID{Risks, Measures, Objectives, Threats, Residuals}, t.ID) {
				continue
			}
			if err := w.retire(rec.Key, []string{im.now(rec.Key)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// record makes the edits of one record.
func (w *writer) record(t *Table, rec *Record, set map[string]map[catalog.Lang]string, values map[string]string) error {
	switch t.ID {
	case Risks:
		e, err := w.top("risks/" + rec.Key + ".yaml")
		if err != nil {
			return err
		}
		if s, ok := values["severity"]; ok {
			if err := e.wrap(e.f.Set(e.node(), "severity", yamledit.String(s), riskKeys...)); err != nil {
				return err
			}
		}
		if err := w.text(e, "name", set["name"], riskKeys); err != nil {
			return err
		}
		for _, k := range []string{"description", "notes"} {
			if set[k] != nil {
				if err := w.paragraphs(e, t, rec, k, set[k]); err != nil {
					return err
				}
			}
		}
		if s, ok := values["not_applicable"]; ok {
			return w.list(e, "not_applicable", splitList(s), riskKeys)
		}
		return nil
	case Clauses:
		e, err := w.top("controls/" + rec.Key + ".yaml")
		if err != nil {
			return err
		}
		return w.text(e, "title", set["title"], []string{"clause", "title", "controls"})
	case Citations:
		return w.citation(rec.Key, set)
	case Measures:
		return w.measure(t, rec, set, values)
	}
	file, list, field := w.home(t.ID, rec.Key, "")
	e, err := w.at(file, list, rec.Key)
	if err != nil {
		return err
	}
	for _, k := range []string{"title", field} {
		if err := w.text(e, k, set[k], itemKeys); err != nil {
			return err
		}
	}
	return nil
}

// text sets wordings of a text; one that is empty is taken out.
func (w *writer) text(e entry, key string, set map[catalog.Lang]string, order []string) error {
	if len(set) == 0 {
		return nil
	}
	m := e.node()
	v := yamledit.Child(m, key)
	now := w.wordings(v)
	changed := false
	for l, s := range set {
		changed = changed || now[l] != s
		if now[l] = s; s == "" {
			delete(now, l)
		}
	}
	first := w.im.g.Langs[0]
	_, plain := now[first]
	plain = plain && len(now) == 1
	switch {
	case !changed:
		return nil
	case len(now) == 0:
		return e.wrap(e.f.Delete(m, key))
	case v == nil:
		return e.wrap(e.f.Set(m, key, w.textNode(now), order...))
	case v.Kind != yaml.MappingNode && plain:
		return e.wrap(e.f.SetString(v, now[first]))
	case v.Kind != yaml.MappingNode:
		return e.wrap(e.f.Replace(v, w.textNode(now)))
	}
	langs := w.langs()
	// What comes before what goes, so that the mapping is never empty.
	for _, gone := range []bool{false, true} {
		for _, l := range langs {
			s, ok := set[catalog.Lang(l)]
			v := yamledit.Child(e.node(), key)
			has := yamledit.Child(v, l)
			var err error
			switch {
			case !ok || gone != (s == ""):
				continue
			case gone:
				err = e.f.Delete(v, l)
			case has != nil && has.Value == s:
			case has != nil:
				err = e.f.SetString(has, s)
			default:
				err = e.f.Set(v, l, yamledit.String(s), langs...)
			}
			if err != nil {
				return e.wrap(err)
			}
		}
	}
	return nil
}

func (w *writer) langs() []string {
	out := make([]string, len(w.im.g.Langs))
	for i, l := range w.im.g.Langs {
		out[i] = string(l)
	}
	return out
}

// wordings reads a text.
func (w *writer) wordings(v *yaml.Node) map[catalog.Lang]string {
	out := map[catalog.Lang]string{}
	switch {
	case v == nil:
	case v.Kind == yaml.ScalarNode:
		out[w.im.g.Langs[0]] = v.Value
	default:
		for i := 0; i+1 < len(v.Content); i += 2 {
			out[catalog.Lang(v.Content[i].Value)] = v.Content[i+1].Value
		}
	}
	return out
}

// textNode makes a text to be written; nil where there is none.
func (w *writer) textNode(values map[catalog.Lang]string) *yaml.Node {
	var pairs []yamledit.Pair
	for _, l := range w.im.g.Langs {
		if s := values[l]; s != "" {
			pairs = append(pairs, yamledit.Pair{Key: string(l), Value: yamledit.String(s)})
		}
	}
	switch {
	case len(pairs) == 0:
		return nil
	case len(pairs) == 1 && pairs[0].Key == string(w.im.g.Langs[0]):
		return pairs[0].Value
	}
	return yamledit.Mapping(pairs...)
}

// paragraphs sets the paragraphs of a risk's description or notes in some languages.
func (w *writer) paragraphs(e entry, t *Table, rec *Record, key string, set map[catalog.Lang]string) error {
	byLang := map[catalog.Lang][]string{}
	n := 0
	for i, c := range t.Columns {
		if c.Field == key {
			s, ok := set[c.Lang]
			if !ok {
				s = rec.Cells[i].Value
			}
			byLang[c.Lang] = splitParagraphs(clean(s))
			n = max(n, len(byLang[c.Lang]))
		}
	}
	paragraph := func(i int) map[catalog.Lang]string {
		out := map[catalog.Lang]string{}
		for l, ps := range byLang {
			out[l] = ""
			if i < len(ps) {
				out[l] = ps[i]
			}
		}
		return out
	}
	for {
		m := e.node()
		seq := yamledit.Child(m, key)
		switch {
		case n == 0 && seq == nil:
			return nil
		case n == 0:
			return e.wrap(e.f.Delete(m, key))
		case seq == nil:
			var items []*yaml.Node
			for i := range n {
				items = append(items, w.textNode(paragraph(i)))
			}
			return e.wrap(e.f.Set(m, key, yamledit.List(items...), riskKeys...))
		case len(seq.Content) > n:
			if err := e.f.Remove(seq, len(seq.Content)-1); err != nil {
				return e.wrap(err)
			}
			continue
		case len(seq.Content) < n:
			v := w.textNode(paragraph(len(seq.Content)))
			if v == nil {
				return fmt.Errorf("%s: paragraph %d of the %s is empty in all languages", e.name, len(seq.Content)+1, key)
			}
			if err := e.f.Insert(seq, len(seq.Content), v); err != nil {
				return e.wrap(err)
			}
			continue
		}
		break
	}
	for i := range n {
		item := entry{e.f, e.name, func(root *yaml.Node) *yaml.Node { return yamledit.Child(root, key).Content[i] }}
		want := paragraph(i)
		now := w.wordings(item.node())
		maps.DeleteFunc(want, func(_ catalog.Lang, s string) bool { return s == "" })
		if maps.Equal(maps.Collect(maps.All(want)), now) || sameTexts(want, now) {
			continue
		}
		v := w.textNode(want)
		if v == nil {
			return fmt.Errorf("%s: paragraph %d of the %s is empty in all languages", e.name, i+1, key)
		}
		x := item.node()
		if x.Kind != yaml.MappingNode {
			if err := e.f.Replace(x, v); err != nil {
				return e.wrap(err)
			}
			continue
		}
		langs := w.langs()
		for _, gone := range []bool{false, true} {
			for _, l := range langs {
				s, has := want[catalog.Lang(l)], yamledit.Child(item.node(), l)
				var err error
				switch {
				case gone && s == "" && has != nil:
					err = e.f.Delete(item.node(), l)
				case gone || s == "" || has != nil && clean(has.Value) == s:
				case has != nil:
					err = e.f.SetString(has, s)
				default:
					err = e.f.Set(item.node(), l, yamledit.String(s), langs...)
				}
				if err != nil {
					return e.wrap(err)
				}
			}
		}
	}
	return nil
}

// sameTexts reports whether two texts differ in space at their ends alone.
func sameTexts(a, b map[catalog.Lang]string) bool {
	return maps.EqualFunc(a, b, func(a, b string) bool { return clean(a) == clean(b) })
}

// token is how a list names an entry: an id, or that of a mapping.
func token(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	if id := yamledit.Child(n, "id"); id != nil {
		return id.Value
	}
	return ""
}

// list makes a list of ids what it should be. Entries that stay are not touched,
// nor what they say of their own.
func (w *writer) list(e entry, key string, want []string, order []string) error {
	m := e.node()
	seq := yamledit.Child(m, key)
	switch {
	case seq == nil && len(want) == 0:
		return nil
	case len(want) == 0:
		return e.wrap(e.f.Delete(m, key))
	case seq == nil:
		return e.wrap(e.f.Set(m, key, idNode(key, want, m.Column), order...))
	}
	count := map[string]int{}
	for _, s := range want {
		count[s]++
	}
	left := map[string]int{}
	for i := len(seq.Content) - 1; i >= 0; i-- {
		left[token(seq.Content[i])]++
	}
	for i := len(seq.Content) - 1; i >= 0; i-- {
		seq = yamledit.Child(e.node(), key)
		if s := token(seq.Content[i]); left[s] > count[s] && len(seq.Content) > 1 {
			left[s]--
			if err := e.f.Remove(seq, i); err != nil {
				return e.wrap(err)
			}
		}
	}
	for i, s := range want {
		seq = yamledit.Child(e.node(), key)
		at := -1
		for j := i; j < len(seq.Content) && at < 0; j++ {
			if token(seq.Content[j]) == s {
				at = j
			}
		}
		var err error
		switch {
		case at == i:
			continue
		case at > i:
			err = e.f.Move(seq, at, i)
		default:
			err = e.f.Insert(seq, i, yamledit.String(s))
		}
		if err != nil {
			return e.wrap(err)
		}
	}
	for seq = yamledit.Child(e.node(), key); len(seq.Content) > len(want); seq = yamledit.Child(e.node(), key) {
		if err := e.f.Remove(seq, len(seq.Content)-1); err != nil {
			return e.wrap(err)
		}
	}
	return nil
}

// listWidth is the width up to which a list of ids stands in one line; see
// catalog.WriteFiles.
const listWidth = 100

// idNode makes a list of ids to be written; nil for none.
func idNode(key string, ids []string, column int) *yaml.Node {
	if len(ids) == 0 {
		return nil
	}
	width := column + len(key) + len(": []")
	for _, id := range ids {
		width += uniseg.StringWidth(strictyaml.Scalar(id, 0, true)) + len(", ")
	}
	n := yamledit.Inline(ids...)
	if width > listWidth {
		n.Style = 0
	}
	return n
}

// measure makes the edits of a measure, and of the rows that it covers.
func (w *writer) measure(t *Table, rec *Record, set map[string]map[catalog.Lang]string, values map[string]string) error {
	risk := riskOf(rec.Key)
	if !strings.Contains(rec.Key, "/") {
		e, err := w.at("risks/"+risk+".yaml", "measures", rec.Key)
		if err != nil {
			return err
		}
		if err := w.text(e, "text", set["text"], measureKeys); err != nil {
			return err
		}
		for _, k := range []string{"controls", "residuals", "tags"} {
			if s, ok := values[k]; ok {
				if err := w.list(e, k, splitList(s), measureKeys); err != nil {
					return err
				}
			}
		}
		// What was missing in the source is there now.
		for gap, filled := range map[string]bool{
			string(catalog.GapMeasure):  slices.ContainsFunc(slices.Collect(maps.Values(set["text"])), func(s string) bool { return s != "" }),
			string(catalog.GapControls): values["controls"] != "",
			string(catalog.GapResidual): values["residuals"] != "",
		} {
			if !filled {
				continue
			}
			var keep []string
			if gaps := yamledit.Child(e.node(), "gaps"); gaps != nil {
				for _, x := range gaps.Content {
					if x.Value != gap {
						keep = append(keep, x.Value)
					}
				}
				if err := w.list(e, "gaps", keep, measureKeys); err != nil {
					return err
				}
			}
		}
	}
	placed := false
	cells := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		s, ok := values[c.Key]
		if placed = placed || ok && c.PerRow; !ok {
			s = rec.Cells[i].Value
		}
		cells[i] = s
	}
	if !placed {
		return nil
	}
	return w.place(risk, rec.Key, placementOf(t, cells, rowsOf(t.ID, cells[t.Column("layer")])))
}

// placed is what a row of a risk's table says.
type placed struct {
	layer, objective         string
	threats, vulnerabilities []string
	remark                   map[catalog.Lang]string
}

// placementOf reads the rows out of the cells of a measure.
func placementOf(t *Table, cells []string, rows int) []placed {
	out := make([]placed, rows)
	for i, c := range t.Columns {
		if !c.PerRow {
			continue
		}
		lines := []string{cells[i]}
		if rows > 1 {
			lines = strings.Split(cells[i], "\n")
		}
		for j := range out {
			s, p := "", &out[j]
			if j < len(lines) {
				s = lines[j]
			}
			switch c.Field {
			case "layer":
				p.layer = s
			case "objective":
				p.objective = s
			case "threats":
				p.threats = splitList(s)
			case "vulnerabilities":
				p.vulnerabilities = splitList(s)
			case "remark":
				if p.remark == nil {
					p.remark = map[catalog.Lang]string{}
				}
				p.remark[c.Lang] = clean(s)
			}
		}
	}
	return out
}

// rowsNode lists the rows of a risk that have a measure, as indexes; for a key such
// as "H05/1" the one row without a measure that it names.
func rowsOfMeasure(rows *yaml.Node, key string) []int {
	var out, none []int
	if rows == nil {
		return nil
	}
	for i, r := range rows.Content {
		m := yamledit.Child(r, "measure")
		switch {
		case m == nil:
			none = append(none, i)
		case m.Value == key:
			out = append(out, i)
		}
	}
	if risk, n, ok := strings.Cut(key, "/"); ok && risk != "" {
		var i int
		if _, err := fmt.Sscan(n, &i); err == nil && i >= 1 && i <= len(none) {
			return none[i-1 : i]
		}
	}
	return out
}

// place makes the rows of a measure what they should be.
func (w *writer) place(risk, key string, want []placed) error {
	top, err := w.top("risks/" + risk + ".yaml")
	if err != nil {
		return err
	}
	f := top.f
	rows := func() *yaml.Node { return yamledit.Child(f.Root(), "rows") }
	is := rowsOfMeasure(rows(), key)
	// Which row becomes which: equal ones first, then in order. Where the
	// number stays, every row stays what it was.
	from := make([]int, len(want)) // index in is, or -1
	taken := make([]bool, len(is))
	for i := range want {
		from[i] = -1
		if len(is) == len(want) {
			from[i], taken[i] = i, true
			continue
		}
		for j := range is {
			if !taken[j] && w.says(rows().Content[is[j]], want[i]) {
				from[i], taken[j] = j, true
				break
			}
		}
	}
	for i := range want {
		for j := 0; j < len(is) && from[i] < 0; j++ {
			if !taken[j] {
				from[i], taken[j] = j, true
			}
		}
	}
	ids := make([]int, 0) // which of is stands where, -1 for other rows
	for range rows().Content {
		ids = append(ids, -1)
	}
	for j, i := range is {
		ids[i] = j
	}
	for i, p := range want {
		j := from[i]
		if j < 0 {
			continue
		}
		e := entry{f, top.name, func(*yaml.Node) *yaml.Node { return rows().Content[slices.Index(ids, j)] }}
		if err := w.rowFields(e, p); err != nil {
			return err
		}
		if layer := yamledit.Child(e.node(), "layer"); layer.Value != p.layer {
			if err := e.wrap(f.SetString(layer, p.layer)); err != nil {
				return err
			}
			old := slices.Index(ids, j)
			to := w.behind(rows(), p.layer, old)
			if err := e.wrap(f.Move(rows(), old, to)); err != nil {
				return err
			}
			ids = slices.Delete(ids, old, old+1)
			if to > old {
				to--
			}
			ids = slices.Insert(ids, to, j)
		}
	}
	for j := range is {
		if !taken[j] {
			i := slices.Index(ids, j)
			if err := top.wrap(f.Remove(rows(), i)); err != nil {
				return err
			}
			ids = slices.Delete(ids, i, i+1)
		}
	}
	for i, p := range want {
		if from[i] >= 0 {
			continue
		}
		if err := w.insertRow(top, key, p); err != nil {
			return err
		}
	}
	return nil
}

// behind returns where a row of a layer belongs: behind the others of the layer, or
// else before those of layers that come later. The row with the index self does
// not count.
func (w *writer) behind(rows *yaml.Node, layer string, self int) int {
	rank := map[string]int{}
	for i, l := range w.im.src.Guide.TableLayers() {
		rank[l.ID] = i
	}
	at := 0
	for i, r := range rows.Content {
		if l := yamledit.Child(r, "layer"); i != self && l != nil && rank[l.Value] <= rank[layer] {
			at = i + 1
		}
	}
	return at
}

// insertRow adds a row to a risk's table.
func (w *writer) insertRow(top entry, measure string, p placed) error {
	row := yamledit.Mapping(
		yamledit.Pair{Key: "layer", Value: yamledit.String(p.layer)},
		yamledit.Pair{Key: "objective", Value: stringNode(p.objective)},
		yamledit.Pair{Key: "threats", Value: idNode("threats", p.threats, 4)},
		yamledit.Pair{Key: "vulnerabilities", Value: idNode("vulnerabilities", p.vulnerabilities, 4)},
		yamledit.Pair{Key: "measure", Value: stringNode(measure)},
		yamledit.Pair{Key: "remark", Value: w.textNode(p.remark)})
	rows := yamledit.Child(top.node(), "rows")
	if rows == nil {
		return top.wrap(top.f.Set(top.node(), "rows", yamledit.List(row), riskKeys...))
	}
	return top.wrap(top.f.Insert(rows, w.behind(rows, p.layer, -1), row))
}

func stringNode(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	return yamledit.String(s)
}

// says reports whether a row says all that it should.
func (w *writer) says(row *yaml.Node, p placed) bool {
	value := func(k string) string {
		if v := yamledit.Child(row, k); v != nil {
			return v.Value
		}
		return ""
	}
	tokens := func(k string) (out []string) {
		if v := yamledit.Child(row, k); v != nil {
			for _, n := range v.Content {
				out = append(out, token(n))
			}
		}
		return out
	}
	remark := maps.Clone(p.remark)
	maps.DeleteFunc(remark, func(_ catalog.Lang, s string) bool { return s == "" })
	return value("layer") == p.layer && value("objective") == p.objective && slices.Equal(tokens("threats"), p.threats) &&
		slices.Equal(tokens("vulnerabilities"), p.vulnerabilities) && sameTexts(remark, w.wordings(yamledit.Child(row, "remark")))
}

// rowFields makes a row say what it should, but for its layer.
func (w *writer) rowFields(e entry, p placed) error {
	now := yamledit.Child(e.node(), "objective")
	switch {
	case p.objective == "" && now != nil:
		if err := e.wrap(e.f.Delete(e.node(), "objective")); err != nil {
			return err
		}
	case p.objective != "" && (now == nil || now.Value != p.objective):
		if err := e.wrap(e.f.Set(e.node(), "objective", yamledit.String(p.objective), rowKeys...)); err != nil {
			return err
		}
	}
	if err := w.list(e, "threats", p.threats, rowKeys); err != nil {
		return err
	}
	if err := w.list(e, "vulnerabilities", p.vulnerabilities, rowKeys); err != nil {
		return err
	}
	remark := maps.Clone(p.remark)
	for l, s := range w.wordings(yamledit.Child(e.node(), "remark")) {
		if clean(s) == remark[l] {
			delete(remark, l)
		}
	}
	maps.DeleteFunc(remark, func(l catalog.Lang, s string) bool {
		return s == "" && w.wordings(yamledit.Child(e.node(), "remark"))[l] == ""
	})
	return w.text(e, "remark", remark, rowKeys)
}

// added writes an entry that is new.
func (w *writer) added(a *addition) error {
	file, list, field := w.home(a.t.ID, a.id, a.parent)
	top, err := w.top(file)
	if err != nil {
		return err
	}
	get := func(k string) string {
		if i := a.t.Column(k); i >= 0 {
			return a.cells[i]
		}
		return ""
	}
	texts := map[string]map[catalog.Lang]string{"title": {}, field: {}}
	for i, c := range a.t.Columns {
		if texts[c.Field] != nil {
			texts[c.Field][c.Lang] = a.cells[i]
		}
	}
	pairs := []yamledit.Pair{{Key: "id", Value: yamledit.String(a.id)}, {Key: "title", Value: w.textNode(texts["title"])},
		{Key: field, Value: w.textNode(texts[field])}}
	for _, k := range []string{"controls", "residuals", "tags"} {
		if a.t.ID == Measures {
			pairs = append(pairs, yamledit.Pair{Key: k, Value: idNode(k, splitList(get(k)), 4)})
		}
	}
	item := yamledit.Mapping(pairs...)
	if seq := yamledit.Child(top.node(), list); seq == nil {
		err = top.f.Set(top.node(), list, yamledit.List(item), riskKeys...)
	} else {
		at := len(seq.Content)
		if a.t.ID == Controls || a.t.ID == Vulnerabilities {
			at = 0
			for i, n := range seq.Content {
				if id := token(n); a.t.ID == Controls && (isNamed(a.id) || catalog.CompareIDs(id, a.id) < 0) ||
					a.t.ID == Vulnerabilities && (id[:1] == "V" && a.id[:1] == "U" || id[:1] == a.id[:1] && catalog.CompareIDs(id, a.id) < 0) {
					at = i + 1
				}
			}
		}
		err = top.f.Insert(seq, at, item)
	}
	if err != nil || a.t.ID != Measures {
		return top.wrap(err)
	}
	for _, p := range placementOf(a.t, a.cells, a.rows) {
		if err := w.insertRow(top, a.id, p); err != nil {
			return err
		}
	}
	return nil
}

// removed takes an entry out and lists its id as retired.
func (w *writer) removed(r removal) error {
	id := r.rec.Key
	if r.t.ID == Measures {
		if err := w.place(riskOf(id), id, nil); err != nil {
			return err
		}
		if strings.Contains(id, "/") {
			return nil
		}
	}
	file, list, _ := w.home(r.t.ID, id, "")
	top, err := w.top(file)
	if err != nil {
		return err
	}
	seq := yamledit.Child(top.node(), list)
	i := indexOf(seq, id)
	switch {
	case i < 0:
		err = fmt.Errorf("there is no %s", id)
	case len(seq.Content) == 1 && r.t.ID != Controls && r.t.ID != Vulnerabilities:
		err = top.f.Delete(top.node(), list)
	default:
		err = top.f.Remove(seq, i)
	}
	if err != nil {
		return top.wrap(err)
	}
	return w.retire(id, r.replacedBy)
}

// retire lists an id as retired.
func (w *writer) retire(id string, replacedBy []string) error {
	gone, err := w.top(retiredFile)
	if err != nil {
		return err
	}
	item := yamledit.Mapping(
		yamledit.Pair{Key: "id", Value: yamledit.String(id)},
		yamledit.Pair{Key: "replaced_by", Value: idNode("replaced_by", replacedBy, 4)},
		yamledit.Pair{Key: "edition", Value: yamledit.String(w.im.src.Guide.Edition)})
	seq := yamledit.Child(gone.node(), "retired")
	if seq == nil {
		return errors.New(retiredFile + ": there is no list of retired ids")
	}
	return gone.wrap(gone.f.Insert(seq, len(seq.Content), item))
}

// cited names the entry of a list that a citation's key means.
func (w *writer) cited(key string) (list entry, field string, i int, err error) {
	who, what, _ := strings.Cut(key, ">")
	measure, row, isRow := strings.Cut(who, "@")
	id, n := what, 1
	if s, nth, ok := strings.Cut(what, "#"); ok {
		id = s
		_, _ = fmt.Sscan(nth, &n)
	}
	if isRow {
		field = "vulnerabilities"
		top, err := w.top("risks/" + riskOf(measure) + ".yaml")
		if err != nil {
			return list, "", 0, err
		}
		at := 0
		_, _ = fmt.Sscan(row, &at)
		rows := rowsOfMeasure(yamledit.Child(top.node(), "rows"), measure)
		if at < 1 || at > len(rows) {
			return list, "", 0, fmt.Errorf("%s has no row %s", measure, row)
		}
		list = entry{top.f, top.name, func(root *yaml.Node) *yaml.Node {
			return yamledit.Child(root, "rows").Content[rows[at-1]]
		}}
	} else {
		field = "controls"
		if list, err = w.at("risks/"+riskOf(measure)+".yaml", "measures", measure); err != nil {
			return list, "", 0, err
		}
	}
	if seq := yamledit.Child(list.node(), field); seq != nil {
		for i, x := range seq.Content {
			if token(x) == id {
				if n--; n == 0 {
					return list, field, i, nil
				}
			}
		}
	}
	return list, "", 0, fmt.Errorf("%s cites no %s by itself (write one that stands in a run on its own)", measure, id)
}

// citation sets what a citation says of its own.
func (w *writer) citation(key string, set map[string]map[catalog.Lang]string) error {
	list, field, i, err := w.cited(key)
	if err != nil {
		return err
	}
	e := entry{list.f, list.name, func(*yaml.Node) *yaml.Node { return yamledit.Child(list.node(), field).Content[i] }}
	if x := e.node(); x.Kind == yaml.ScalarNode {
		pairs := []yamledit.Pair{{Key: "id", Value: yamledit.String(x.Value)}}
		for _, k := range citationKeys[1:] {
			pairs = append(pairs, yamledit.Pair{Key: k, Value: w.textNode(set[k])})
		}
		return e.wrap(e.f.Replace(x, yamledit.Mapping(pairs...)))
	}
	for _, k := range citationKeys[1:] {
		if err := w.text(e, k, set[k], citationKeys); err != nil {
			return err
		}
	}
	if x := e.node(); len(x.Content) == 2 {
		return e.wrap(e.f.Replace(x, yamledit.String(token(x))))
	}
	return nil
}

// plainCitation takes away what a citation says of its own, where it is still there.
func (w *writer) plainCitation(key string) error {
	list, field, i, err := w.cited(key)
	if err != nil {
		return nil //nolint:nilerr // the measure no longer cites it
	}
	x := yamledit.Child(list.node(), field).Content[i]
	if x.Kind == yaml.ScalarNode {
		return nil
	}
	return list.wrap(list.f.Replace(x, yamledit.String(token(x))))
}
