package edition

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"

	"riskguide/catalog"
)

// node is something in a guide that can be added, moved and removed: a risk, a
// row, a citation, a tag. The tree of nodes says what a source says, without
// positions, runs and layout.
//
// It is made from the types of package catalog by reflection, so that what is
// added to them is compared too and nothing can be forgotten.
type node struct {
	entity Entity
	id     string // its own id, or the value of an item; empty where it has none
	key    string // its address; see [Change].Key
	list   string // the list of the parent that holds it
	item   bool   // a bare value, such as a tag
	global bool   // the id is its own in the whole guide
	parent *node
	fields []Field // in the order of the types
	lists  []*list
}

// list is an ordered list of nodes.
type list struct {
	name  string
	nodes []*node
}

func (n *node) kids(name string) []*node {
	for _, l := range n.lists {
		if l.name == name {
			return l.nodes
		}
	}
	return nil
}

func (n *node) setKids(name string, nodes []*node) {
	for _, l := range n.lists {
		if l.name == name {
			l.nodes = nodes
			return
		}
	}
	n.lists = append(n.lists, &list{name, nodes})
}

// get returns the value of a field, "" where there is none.
func (n *node) get(path string, lang catalog.Lang) string {
	for _, f := range n.fields {
		if f.Path == path && f.Lang == lang {
			return f.Value
		}
	}
	return ""
}

func (n *node) set(path string, lang catalog.Lang, value string) {
	for i := range n.fields {
		if f := &n.fields[i]; f.Path == path && f.Lang == lang {
			f.Value = value
			return
		}
	}
	n.fields = append(n.fields, Field{path, lang, value})
}

// text returns the field's wordings by language.
func (n *node) text(path string) map[catalog.Lang]string {
	var t map[catalog.Lang]string
	for _, f := range n.fields {
		if f.Path == path && f.Lang != "" && f.Value != "" {
			if t == nil {
				t = map[catalog.Lang]string{}
			}
			t[f.Lang] = f.Value
		}
	}
	return t
}

// walk visits the node and all below it, parents first.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, l := range n.lists {
		for _, k := range l.nodes {
			k.walk(visit)
		}
	}
}

// kindOfNode tells how nodes of a type are identified.
type kindOfNode struct {
	entity Entity
	// global tells that the id is the thing's own in the whole guide, so
	// that it is recognised under another parent.
	global bool
	// identity returns the id, nil where only the content tells two apart.
	identity func(v reflect.Value) string
}

func byID(v reflect.Value) string { return v.FieldByName("ID").String() }

// kindOfType returns how nodes of the type are identified. A type that has no
// name here is compared all the same.
func kindOfType(t reflect.Type) kindOfNode {
	switch t {
	case typeOf[catalog.Guide]():
		return kindOfNode{EntityGuide, true, func(reflect.Value) string { return "" }}
	case typeOf[catalog.Severity]():
		return kindOfNode{EntitySeverity, true, byID}
	case typeOf[catalog.Layer]():
		return kindOfNode{EntityLayer, true, byID}
	case typeOf[catalog.Column]():
		return kindOfNode{EntityColumn, true, byID}
	case typeOf[catalog.Reference]():
		return kindOfNode{EntityReference, true, byID}
	case typeOf[catalog.Page]():
		return kindOfNode{EntityPage, true, byID}
	case typeOf[catalog.SourceRisk]():
		return kindOfNode{EntityRisk, true, byID}
	case typeOf[catalog.Objective]():
		return kindOfNode{EntityObjective, true, byID}
	case typeOf[catalog.Threat]():
		return kindOfNode{EntityThreat, true, byID}
	case typeOf[catalog.Residual]():
		return kindOfNode{EntityResidual, true, byID}
	case typeOf[catalog.SourceMeasure]():
		return kindOfNode{EntityMeasure, true, byID}
	case typeOf[catalog.Clause]():
		return kindOfNode{EntityClause, true, byID}
	case typeOf[catalog.Control]():
		return kindOfNode{EntityControl, true, byID}
	case typeOf[catalog.Vulnerability]():
		return kindOfNode{EntityVulnerability, true, byID}
	case typeOf[catalog.Retirement]():
		return kindOfNode{EntityRetirement, true, byID}
	case typeOf[catalog.EditionNote]():
		return kindOfNode{EntityEdition, true, func(v reflect.Value) string { return v.FieldByName("Edition").String() }}
	case typeOf[catalog.Parameter]():
		return kindOfNode{EntityParameter, false, byID}
	case typeOf[catalog.SourceControlCitation]():
		return kindOfNode{EntityCitation, false, byID}
	case typeOf[catalog.SourceVulnerabilityCitation]():
		return kindOfNode{EntityWeakness, false, byID}
	case typeOf[catalog.SourceRow]():
		return kindOfNode{entity: EntityRow}
	case typeOf[catalog.Item]():
		return kindOfNode{entity: EntityItem}
	case typeOf[catalog.Text]():
		return kindOfNode{entity: EntityParagraph}
	}
	k := kindOfNode{entity: Entity(snake(t.Name()))}
	if _, ok := t.FieldByName("ID"); ok {
		k.identity = byID
	}
	return k
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// linked names what a catalog adds to a source when it links it: it says nothing
// of its own.
var linked = map[string]bool{
	"Layer.Parent": true, "Control.Clause": true, "Control.CitedBy": true, "Vulnerability.Rows": true,
	"Control.Enhances": true, "Control.Enhancements": true, "Control.RelatedTo": true, "Control.Cites": true,
}

// snake writes a Go name as the keys of the YAML form are written.
func snake(name string) string {
	if strings.ToUpper(name) == name {
		return strings.ToLower(name)
	}
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// treeOf returns the tree of a source.
func treeOf(src *catalog.Source) *node {
	root := &node{}
	t := &treeMaker{controls: map[string][]string{}, at: map[string]int{}, clause: map[string]string{}, seen: map[string]int{}}
	for _, cl := range src.Clauses {
		ids := make([]string, 0, len(cl.Controls))
		for _, c := range cl.Controls {
			ids = append(ids, c.ID)
		}
		sort.SliceStable(ids, func(i, j int) bool { return catalog.CompareIDs(ids[i], ids[j]) < 0 })
		t.controls[cl.ID] = ids
		for i, id := range ids {
			if _, twice := t.at[id]; !twice {
				t.clause[id], t.at[id] = cl.ID, i
			}
		}
	}
	t.fill(root, reflect.ValueOf(src).Elem())
	return root
}

// treeMaker makes the tree of a source.
type treeMaker struct {
	// The controls of each clause in order, and where each stands: for runs.
	controls map[string][]string
	clause   map[string]string
	at       map[string]int
	seen     map[string]int // how often each address was given
}

// fill takes the fields and lists of a struct over.
func (t *treeMaker) fill(n *node, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Type == typeOf[catalog.Position]() || linked[v.Type().Name()+"."+f.Name] ||
			f.Name == "ID" && n.entity != EntityGuide {
			continue
		}
		name, x := snake(f.Name), v.Field(i)
		switch {
		case f.Type.Kind() == reflect.Slice:
			l := &list{name: name}
			n.lists = append(n.lists, l)
			for j := range x.Len() {
				for _, e := range t.element(x.Index(j)) {
					l.nodes = append(l.nodes, t.child(n, name, e, j))
				}
			}
		case f.Type.Kind() == reflect.Pointer:
			l := &list{name: name}
			n.lists = append(n.lists, l)
			if !x.IsNil() {
				l.nodes = append(l.nodes, t.child(n, name, x.Elem(), 0))
			}
		case f.Type == typeOf[catalog.Text]():
			t.textFields(n, name, x.Interface().(catalog.Text))
		default:
			if s := scalar(x); s != "" {
				n.fields = append(n.fields, Field{Path: name, Value: s})
			}
		}
	}
}

func (t *treeMaker) textFields(n *node, path string, x catalog.Text) {
	langs := make([]string, 0, len(x.Values))
	for l, s := range x.Values {
		if s != "" {
			langs = append(langs, string(l))
		}
	}
	sort.Strings(langs)
	for _, l := range langs {
		n.fields = append(n.fields, Field{path, catalog.Lang(l), x.Values[catalog.Lang(l)]})
	}
}

// element returns an element of a list; a run of controls as its citations.
func (t *treeMaker) element(v reflect.Value) []reflect.Value {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	c, ok := v.Interface().(catalog.SourceControlCitation)
	if !ok || c.Through == "" || t.clause[c.ID] == "" || t.clause[c.ID] != t.clause[c.Through] || t.at[c.ID] > t.at[c.Through] {
		return []reflect.Value{v}
	}
	var out []reflect.Value
	for _, id := range t.controls[t.clause[c.ID]][t.at[c.ID] : t.at[c.Through]+1] {
		one := c
		one.ID, one.Through = id, ""
		out = append(out, reflect.ValueOf(one))
	}
	return out
}

// child makes the node of an element of a list.
func (t *treeMaker) child(parent *node, name string, v reflect.Value, index int) *node {
	n := &node{parent: parent, list: name}
	isStruct := v.Kind() == reflect.Struct && v.Type() != typeOf[catalog.Ref]()
	switch {
	case !isStruct:
		n.item, n.entity, n.id = true, parent.entity, scalar(v)
		n.key = t.address(parent.key + "/" + name + ":" + n.id)
		return n
	case v.Type() == typeOf[catalog.Text]():
		n.entity = EntityParagraph
		n.key = t.address(parent.key + "/" + name + ":" + strconv.Itoa(index+1))
		t.textFields(n, "text", v.Interface().(catalog.Text))
		return n
	}
	k := kindOfType(v.Type())
	n.entity = k.entity
	switch {
	case k.identity == nil:
		n.key = t.address(parent.key + "/" + name + ":" + strconv.Itoa(index+1))
	case k.global:
		n.id, n.global = k.identity(v), true
		n.key = t.address(string(k.entity) + ":" + n.id)
	default:
		n.id = k.identity(v)
		n.key = t.address(parent.key + "/" + name + ":" + n.id)
	}
	t.fill(n, v)
	return n
}

// address makes an address unlike all others.
func (t *treeMaker) address(key string) string {
	t.seen[key]++
	if n := t.seen[key]; n > 1 {
		return t.address(key + "#" + strconv.Itoa(n))
	}
	return key
}

// scalar writes a single value; "" stands for the zero value.
func scalar(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case catalog.Ref:
		return x.ID
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.Format(time.DateOnly)
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		if v.Bool() {
			return "true"
		}
		return ""
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	}
	panic(fmt.Sprintf("edition: values of type %s are not compared", v.Type()))
}

// setScalar is the inverse of scalar.
func setScalar(v reflect.Value, s string) error {
	switch v.Interface().(type) {
	case catalog.Ref:
		v.Set(reflect.ValueOf(catalog.Ref{ID: s}))
		return nil
	case time.Time:
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return fmt.Errorf("%q is no date", s)
		}
		v.Set(reflect.ValueOf(d))
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Bool:
		v.SetBool(s == "true")
	case reflect.Int:
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("%q is no number", s)
		}
		v.SetInt(int64(n))
	}
	return nil
}

// source returns what the tree says as a source.
func (n *node) source() (*catalog.Source, error) {
	src := &catalog.Source{}
	if err := n.build(reflect.ValueOf(src).Elem()); err != nil {
		return nil, err
	}
	if src.Guide != nil {
		for _, l := range src.Guide.AllLayers() {
			for _, c := range l.Children {
				c.Parent = l
			}
		}
	}
	return src, nil
}

// build sets the fields of a struct to what the node says.
func (n *node) build(v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Type == typeOf[catalog.Position]() || linked[v.Type().Name()+"."+f.Name] {
			continue
		}
		name, x := snake(f.Name), v.Field(i)
		switch {
		case f.Name == "ID" && n.entity != EntityGuide:
			x.SetString(n.id)
		case f.Type.Kind() == reflect.Slice:
			for _, k := range n.kids(name) {
				e := reflect.New(f.Type.Elem()).Elem()
				if err := k.value(e); err != nil {
					return err
				}
				x.Set(reflect.Append(x, e))
			}
		case f.Type.Kind() == reflect.Pointer:
			for _, k := range n.kids(name) {
				if err := k.value(x); err != nil {
					return err
				}
			}
		case f.Type == typeOf[catalog.Text]():
			x.Set(reflect.ValueOf(catalog.Text{Values: n.text(name)}))
		default:
			if s := n.get(name, ""); s != "" {
				if err := setScalar(x, s); err != nil {
					return fmt.Errorf("%s %s: %s: %w", n.entity, n.id, name, err)
				}
			}
		}
	}
	return nil
}

// value sets an element of a list to what the node says.
func (n *node) value(v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch {
	case n.item:
		return setScalar(v, n.id)
	case v.Type() == typeOf[catalog.Text]():
		v.Set(reflect.ValueOf(catalog.Text{Values: n.text("text")}))
		return nil
	}
	return n.build(v)
}

// references calls visit with every id in the tree that cites something by its
// id, for it to be replaced.
func (n *node) references(visit func(id string) string) {
	n.walk(func(x *node) {
		switch {
		case x.entity == EntityCitation || x.entity == EntityWeakness:
			x.id = visit(x.id)
		case x.item && (x.list == "threats" || x.list == "residuals" || x.list == "related"):
			x.id = visit(x.id)
		}
		for i := range x.fields {
			f := &x.fields[i]
			switch {
			case x.entity == EntityControl && f.Path == "parent",
				x.entity == EntityRow && (f.Path == "objective" || f.Path == "measure"),
				x.entity == EntityMeasure && (f.Path == "wording_of" || f.Path == "controls_of"),
				x.entity == EntityCitation && f.Path == "through":
				f.Value = visit(f.Value)
			}
		}
	})
}
