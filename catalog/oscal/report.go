package oscal

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
)

// Report tells what of a document has no place in the guide, and what could not
// stay as it was.
type Report struct {
	// Entries are in the order of the document, what was changed first.
	Entries []Entry

	names map[string]string // ids of controls and groups by their paths
}

// Entry is one thing of a document that is not in the guide as it stands there.
type Entry struct {
	Pos  catalog.Position // as far as known
	Path string           // such as "groups[0].controls[1].parts[2]"
	Of   string           // id of the control or group that it belongs to; may be empty
	What string           // the kind of thing, such as "part objective"
	Why  string
	// Value is the thing itself or its id, shortened; may be empty.
	Value string
	// Parts counts the parts inside a part, itself included; 0 for other things.
	Parts int
	// Changed tells that the thing is in the guide, in another form.
	Changed bool
}

// Line sums up the entries of one kind.
type Line struct {
	What, Why string
	Changed   bool
	Count     int
	Parts     int    // of all of them
	Example   string // where the first stands
}

func (r *Report) changed(pos catalog.Position, path, what, why, value string) {
	r.Entries = append(r.Entries, Entry{Pos: pos, Path: path, What: what, Why: why, Value: clip(value), Changed: true, Of: r.of(path)})
}

// dropped notes what has no place for a reason of its own.
func (r *Report) dropped(pos catalog.Position, path, what, why, value string) {
	r.Entries = append(r.Entries, Entry{Pos: pos, Path: path, What: what, Why: why, Value: clip(value), Of: r.of(path)})
}

// Dropped counts the entries that are nowhere in the guide.
func (r *Report) Dropped() int {
	n := 0
	for _, e := range r.Entries {
		if !e.Changed {
			n++
		}
	}
	return n
}

// Summary returns a line for each kind of thing: what was dropped first, most
// first.
func (r *Report) Summary() []Line {
	type key struct {
		what, why string
		changed   bool
	}
	at := map[key]int{}
	var lines []Line
	for _, e := range r.Entries {
		k := key{e.What, e.Why, e.Changed}
		i, ok := at[k]
		if !ok {
			i = len(lines)
			at[k] = i
			example := e.Path
			if e.Of != "" {
				example = e.Of
			}
			lines = append(lines, Line{What: e.What, Why: e.Why, Changed: e.Changed, Example: example})
		}
		lines[i].Count++
		lines[i].Parts += e.Parts
	}
	slices.SortStableFunc(lines, func(a, b Line) int {
		switch {
		case a.Changed != b.Changed && b.Changed:
			return -1
		case a.Changed != b.Changed:
			return 1
		}
		return cmp.Or(b.Count-a.Count, strings.Compare(a.What, b.What))
	})
	return lines
}

// WriteSummary writes the summary for people.
func (r *Report) WriteSummary(w io.Writer) error {
	lines := r.Summary()
	for _, part := range []struct {
		changed bool
		head    string
	}{{false, "not in the guide"}, {true, "in the guide in another form"}} {
		n := 0
		for _, l := range lines {
			if l.Changed == part.changed {
				n += l.Count
			}
		}
		if n == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s (%d):\n", part.head, n); err != nil {
			return err
		}
		for _, l := range lines {
			if l.Changed != part.changed {
				continue
			}
			what := l.What
			if l.Parts > l.Count {
				what += fmt.Sprintf(" (%d with those inside)", l.Parts)
			}
			if _, err := fmt.Fprintf(w, "%7d  %s: %s; first at %s\n", l.Count, what, l.Why, l.Example); err != nil {
				return err
			}
		}
	}
	return nil
}

// WriteTo writes every entry: a line each, with tabs between place, path, id, what,
// value and reason, below a line of headings.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	b.WriteString("place\tpath\tof\twhat\tvalue\tin the guide\twhy\n")
	for _, e := range r.Entries {
		in := "no"
		if e.Changed {
			in = "in another form"
		}
		place := ""
		if e.Pos.Line > 0 {
			place = e.Pos.Place()
		}
		what := e.What
		if e.Parts > 1 {
			what += fmt.Sprintf(" (%d with those inside)", e.Parts)
		}
		fields := []string{place, e.Path, e.Of, what, e.Value, in, e.Why}
		for i, f := range fields {
			fields[i] = strings.Join(strings.Fields(f), " ")
		}
		b.WriteString(strings.Join(fields, "\t") + "\n")
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// name notes the id of the control or group at a path.
func (r *Report) name(path, id string) {
	if r.names == nil {
		r.names = map[string]string{}
	}
	r.names[path] = id
}

// of returns the id of the innermost control or group around a path.
func (r *Report) of(path string) string {
	for path != "" {
		if id, ok := r.names[path]; ok {
			return id
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return ""
		}
		path = path[:i]
	}
	return ""
}

// reasons says why kinds of things have no place.
var reasons = map[string]string{
	"part objective":             "assessment objectives: a guide says what is asked for, not how it is assessed",
	"part assessment":            "assessment methods: a guide says what is asked for, not how it is assessed",
	"part assessment-objective":  "assessment objectives: a guide says what is asked for, not how it is assessed",
	"part assessment-method":     "assessment methods: a guide says what is asked for, not how it is assessed",
	"part example":               "examples have no place of their own",
	"prop sort-id":               "controls stand in the order of the document",
	"prop label":                 "it has another class or stands beside another label",
	"prop priority":              "a guide and its profiles have no priorities; obligations say how binding a control is",
	"class of a control":         "what a control enhances says it",
	"class of a group":           "every group is a clause",
	"id of a part":               "items have no ids; their labels name them",
	"uuid of the document":       "a guide has an id of its own",
	"oscal-version of metadata":  "it is the version of the form, not of the guide",
	"last-modified of metadata":  "the guide has the date of publication",
	"depends-on of a parameter":  "no choice holds the parameter",
	"merge":                      "the guide has its own order, and a control stands once in a pack",
	"as-is of the document":      "the guide has its own order, and a control stands once in a pack",
	"flat":                       "the guide has its own order, and a control stands once in a pack",
	"version of metadata":        "a profile has the edition of its guide",
	"label of a parameter":       "a profile sets values; labels are the catalog's",
	"id of a group":              "a group without controls of its own is no clause",
	"part overview":              "a clause has a title only",
	"constraint of a parameter":  "a guide has limits for parameters in profiles only, as numbers and choices",
	"link of the metadata":       "it concerns the document, not the guide",
	"remarks of a parameter":     "a parameter has guidance only",
	"responsible-party":          "the guide names its publisher only",
	"party":                      "the guide names its publisher only",
	"role":                       "the guide names its publisher only",
	"link reference":             "it points nowhere inside the document",
	"link related":               "it points to another document, or to the control itself",
	"link incorporated-into":     "it points to no control of the document",
	"link moved-to":              "it points to no control of the document",
	"resource":                   "it has neither title nor citation",
	"removal from a control":     "a profile adds to statements and never takes away",
	"addition to a control":      "a profile adds statements only",
	"relation of a link":         "it is a relation like others here",
	"constraints of a parameter": "a guide has limits for parameters in profiles only, as numbers and choices",
}

const noPlace = "riskguide has no place for it"

// rest reports what is left of a document: everything that was not read. That is
// why nothing can be dropped in silence: what is read is taken out.
func (r *Report) rest(doc any) {
	r.walk(reflect.ValueOf(doc), "", "the document", "", catalog.Position{})
}

func (r *Report) add(pos catalog.Position, path, what, value string, parts int) {
	why, ok := reasons[what]
	if !ok {
		why = noPlace
	}
	r.Entries = append(r.Entries, Entry{Pos: pos, Path: path, Of: r.of(path), What: what, Why: why, Value: clip(value), Parts: parts})
}

// ownerName names types of the document in what is reported.
func ownerName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[document.Control]():
		return "a control"
	case reflect.TypeFor[document.Group]():
		return "a group"
	case reflect.TypeFor[document.Part]():
		return "a part"
	case reflect.TypeFor[document.Param](), reflect.TypeFor[document.SetParameter]():
		return "a parameter"
	case reflect.TypeFor[document.Resource]():
		return "a resource"
	case reflect.TypeFor[document.Metadata]():
		return "metadata"
	case reflect.TypeFor[document.Link]():
		return "a link"
	case reflect.TypeFor[document.Prop]():
		return "a prop"
	case reflect.TypeFor[document.Import]():
		return "an import"
	}
	return ""
}

// walk reports what a value says. key is the field that holds it, of what holds that.
func (r *Report) walk(v reflect.Value, path, of, key string, pos catalog.Position) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Elem().Kind() == reflect.Struct && v.Elem().NumField() == 0 {
			r.add(pos, path, key, "", 0) // such as include-all
			return
		}
		r.walk(v.Elem(), path, of, key, pos)
	case reflect.Slice:
		for i := range v.Len() {
			r.walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i), of, key, pos)
		}
	case reflect.Struct:
		if p := v.FieldByName("Pos"); p.IsValid() {
			if at := p.Interface().(catalog.Position); at.Line > 0 {
				pos = at
			}
		}
		if what, value, parts, ok := whole(v.Interface()); ok {
			r.add(pos, path, what, value, parts)
			return
		}
		if name := ownerName(v.Type()); name != "" {
			of = name
		}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if name == "-" || name == "" {
				continue
			}
			at := name
			if path != "" {
				at = path + "." + name
			}
			r.walk(v.Field(i), at, of, name, pos)
		}
	case reflect.String:
		if s := v.String(); s != "" {
			r.add(pos, path, key+" of "+of, s, 0)
		}
	case reflect.Bool:
		if v.Bool() {
			r.add(pos, path, key+" of "+of, "true", 0)
		}
	case reflect.Int:
		if v.Int() != 0 {
			r.add(pos, path, key+" of "+of, fmt.Sprint(v.Int()), 0)
		}
	}
}

// whole names a thing of which nothing was read, so that it is reported as one.
func whole(x any) (what, value string, parts int, ok bool) {
	switch x := x.(type) {
	case document.Part:
		return "part " + x.Name, x.ID, countParts(x), x.Name != ""
	case document.Prop:
		return "prop " + x.Name, x.Value, 0, x.Name != ""
	case document.Link:
		what := "link"
		if x.Rel != "" {
			what += " " + x.Rel
		}
		if x.Href == "" && x.Rel != "" && x.Text == "" && x.MediaType == "" && x.ResourceFragment == "" {
			return "relation of a link", x.Rel, 0, true
		}
		return what, x.Href, 0, x.Href != ""
	case document.Param:
		return "parameter that no text holds", x.ID, 0, x.ID != ""
	case document.Resource:
		return "resource", x.UUID, 0, x.UUID != ""
	case document.Party:
		return "party", x.Name, 0, x.UUID != ""
	case document.Role:
		return "role", x.ID, 0, x.ID != ""
	case document.ResponsibleParty:
		return "responsible-party", x.RoleID, 0, x.RoleID != ""
	case document.Location:
		return "location", x.Title, 0, x.UUID != ""
	case document.Revision:
		return "revision", x.Version, 0, x.Version != ""
	case document.Action:
		return "action", x.Type, 0, x.UUID != ""
	case document.DocumentID:
		return "document-id", x.Identifier, 0, x.Identifier != ""
	case document.Constraint:
		return "constraint of a parameter", x.Description, 0, true
	case document.Remove:
		return "removal from a control", x.ByName + x.ByClass + x.ByID + x.ByItemName + x.ByNS, 0, true
	}
	return "", "", 0, false
}

func countParts(p document.Part) int {
	n := 1
	for _, q := range p.Parts {
		n += countParts(q)
	}
	return n
}
