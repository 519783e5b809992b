package profile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/catalog/strictyaml"
)

// LoadOptions tells [Load] what the files are called in messages, and in which
// languages a pack is wanted.
type LoadOptions struct {
	// Prefix is put before every file name in a position, with a slash
	// between; empty: names are as in the file system.
	Prefix string
	// Languages, if not empty, replace the profile's own. Plain strings stay
	// in the first language that their file says, so that wordings which the
	// profile lacks in one of these are told as usual.
	Languages []catalog.Lang
}

// Load reads the profile in the file name of fsys, and those that it extends.
// The problems are everything that is wrong with the files as such, sorted; what
// can only be told in view of a catalog is reported by [Tailor].
//
// Where problems are errors, the profile holds what could be read. It is then
// good for [Tailor] alone, which checks it against the catalog, so that all
// mistakes are told at once, but makes no pack of it. The profile is nil if
// nothing could be read, and if ctx is cancelled, which is a problem too.
func Load(ctx context.Context, fsys fs.FS, name string, opts LoadOptions) (*Profile, catalog.Problems) {
	l := &loader{ctx: ctx, fsys: fsys, opts: opts}
	p := l.load(name, catalog.Position{})
	if l.stopped {
		p = nil
	}
	if p != nil {
		if len(opts.Languages) > 0 {
			p.Languages, p.otherLanguages = opts.Languages, true
			p.languagePos = slices.Repeat([]catalog.Position{p.Pos}, len(opts.Languages))
		}
		l.finish(p)
		p.incomplete = l.problems.HasErrors()
	}
	l.problems.Sort()
	return p, l.problems
}

type loader struct {
	ctx      context.Context
	fsys     fs.FS
	opts     LoadOptions
	chain    []string // the files that are being read
	stopped  bool     // the context was cancelled
	problems catalog.Problems
}

func (l *loader) fail(pos catalog.Position, rule, hint, format string, args ...any) {
	l.problems = append(l.problems, catalog.Problem{Pos: pos, Level: catalog.LevelError, Rule: rule,
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (l *loader) warn(pos catalog.Position, rule, hint, format string, args ...any) {
	l.problems = append(l.problems, catalog.Problem{Pos: pos, Level: catalog.LevelWarning, Rule: rule,
		Message: fmt.Sprintf(format, args...), Hint: hint})
}

// load reads one file of a chain. from is where it is named, zero for the first.
// The result is nil if the file could not be read at all.
func (l *loader) load(name string, from catalog.Position) *Profile {
	display := path.Join(l.opts.Prefix, name)
	if from.File == "" {
		from = catalog.Position{File: display}
	}
	if err := l.ctx.Err(); err != nil {
		l.fail(from, ruleRead, "", "%v", err)
		l.stopped = true
		return nil
	}
	l.chain = append(l.chain, name)
	data, err := strictyaml.ReadFile(l.fsys, name, maxFileSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.fail(from, ruleRead, "", "%s: there is no such file", display)
		return nil
	case err != nil:
		l.fail(from, ruleRead, "", "%s: %v", display, err)
		return nil
	}
	sum := sha256.Sum256(data)
	d := newDecoder(display)
	root := d.root(data)
	if root == nil {
		l.problems = append(l.problems, d.problems...)
		return nil
	}
	p := &Profile{Pos: d.pos(root)}
	p.wordings, p.faulty = d.wordings, d.faulty
	p.lines = map[string][]string{display: strings.Split(strings.TrimPrefix(string(data), "\uFEFF"), "\n")}
	p.Files = []File{{Name: relative(path.Dir(l.chain[0]), name), SHA256: hex.EncodeToString(sum[:]), Text: string(data)}}
	var base *Profile
	extends := strictyaml.Child(root, "extends")
	if extends != nil {
		base = l.extended(d, name, extends)
	}
	d.languages(root, p, base)
	for _, lang := range l.opts.Languages {
		if !slices.Contains(d.Langs, string(lang)) {
			d.Langs = append(d.Langs, string(lang))
		}
	}
	if !d.profile(root, p) {
		l.problems = append(l.problems, d.problems...)
		return nil
	}
	if extends != nil && base == nil {
		p.setUnread("extends")
	}
	l.problems = append(l.problems, d.problems...)
	if stem := strings.TrimSuffix(path.Base(name), path.Ext(name)); p.ID != "" && p.ID != stem {
		l.warn(p.idPos, ruleFileName, "name the file "+p.ID+".yaml, or change the id",
			"the id %q is not the name of the file", p.ID)
	}
	if base != nil {
		p.extend(base)
	}
	return p
}

// relative returns the name as seen from a folder of the same file system.
func relative(dir, name string) string {
	up := ""
	for dir != "." && !strings.HasPrefix(name, dir+"/") {
		dir, up = path.Dir(dir), up+"../"
	}
	if dir == "." {
		return up + name
	}
	return up + strings.TrimPrefix(name, dir+"/")
}

// root returns the root of a file, nil where it cannot be decoded.
func (d *decoder) root(data []byte) *yaml.Node {
	data, ok := d.Check(data, maxFileSize)
	if !ok {
		return nil
	}
	root, _ := d.Parse(data)
	return root
}

// extended loads the profile that n names.
func (l *loader) extended(d *decoder, name string, n *yaml.Node) *Profile {
	if n.Tag == "!!null" {
		return nil // reported as any key without a value
	}
	s, ok := d.str(n, "extends")
	if !ok {
		return nil
	}
	target := path.Join(path.Dir(name), strings.ReplaceAll(s, `\`, "/"))
	switch {
	case path.IsAbs(s) || !fs.ValidPath(target):
		d.Fail(n, ruleRead, "", "%q lies outside the folder from which profiles are read", strictyaml.Clip(s))
	case slices.Contains(l.chain, target):
		d.Fail(n, ruleCycle, "", "the profiles extend each other: %s", strings.Join(append(l.chain, target), " → "))
	case len(l.chain) >= maxChain:
		d.Fail(n, ruleCycle, "", "more than %d profiles extend one another", maxChain)
	default:
		return l.load(target, d.pos(n))
	}
	return nil
}

// languages finds out the languages of a file's texts before they are decoded.
func (d *decoder) languages(root *yaml.Node, p, base *Profile) {
	if n := strictyaml.Child(root, "languages"); n != nil && n.Tag != "!!null" {
		for _, ref := range d.refs(n, "languages") {
			if !langForm.MatchString(ref.ID) {
				d.problems = append(d.problems, catalog.Problem{Pos: ref.Pos, Level: catalog.LevelError, Rule: ruleIDForm,
					Message: fmt.Sprintf("%q is not a language tag in small letters, such as \"ja\"", strictyaml.Clip(ref.ID))})
				continue
			}
			p.Languages = append(p.Languages, catalog.Lang(ref.ID))
			p.languagePos = append(p.languagePos, ref.Pos)
		}
		if len(p.Languages) == 0 {
			p.setUnread("languages")
		}
	} else if base != nil {
		p.Languages, p.languagePos = base.Languages, base.languagePos
	}
	d.Lang = string(p.Lang())
	for _, l := range append(slices.Clone(p.Languages), catalog.Japanese, catalog.English) {
		if !slices.Contains(d.Langs, string(l)) {
			d.Langs = append(d.Langs, string(l))
		}
	}
}

// The forms of what the profile names itself.
var (
	slugForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	langForm  = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})*$`)
	addedForm = regexp.MustCompile(`^[A-Z]{1,8}-[0-9]{1,4}$`)
	emailForm = regexp.MustCompile(`^[^\s@<>"]+@[^\s@<>"]+$`)
)

// maxID is the length of the longest id; file and sheet names are made of ids.
const maxID = 64

// profile decodes a whole file into p and reports whether it is a mapping. What
// every pack needs may be left to a profile that this one extends, so that it is
// looked for later.
func (d *decoder) profile(n *yaml.Node, p *Profile) bool {
	if !d.Mapping(n, "the profile",
		strictyaml.Required("id", func(v *yaml.Node) {
			p.ID, _ = d.str(v, "id")
			p.idPos = d.pos(v)
			if p.ID != "" && (!slugForm.MatchString(p.ID) || len(p.ID) > maxID) {
				d.Complain(v, ruleIDForm, `use small letters, digits and hyphens, such as "high-severity"`, "%q is not the form of an id", strictyaml.Clip(p.ID))
			}
		}),
		strictyaml.Optional("title", func(v *yaml.Node) {
			if p.Title = d.text(v, "title"); p.Title.IsZero() {
				p.setUnread("title")
			}
		}),
		strictyaml.Optional("description", func(v *yaml.Node) { p.Description = d.text(v, "description") }),
		strictyaml.Optional("edition", func(v *yaml.Node) { p.Edition = d.ref(v, "edition") }),
		strictyaml.Optional("languages", func(*yaml.Node) {}), // decoded before
		strictyaml.Optional("extends", func(*yaml.Node) {}),   // decoded before
		strictyaml.Optional("organisation", func(v *yaml.Node) { p.Organisation = d.party(v, "organisation") }),
		strictyaml.Optional("supplier", func(v *yaml.Node) { p.Supplier = d.party(v, "supplier") }),
		strictyaml.Optional("service", func(v *yaml.Node) { p.Service = d.service(v) }),
		strictyaml.Optional("contact", func(v *yaml.Node) { p.Contact = d.contact(v) }),
		strictyaml.Optional("due", func(v *yaml.Node) { p.Due = d.Date(v, "due") }),
		strictyaml.Optional("scope", func(v *yaml.Node) { p.Scope = d.text(v, "scope") }),
		entriesOf(p, "select", &p.Select, d.selections),
		entriesOf(p, "exclude", &p.Exclude, d.exclusions),
		strictyaml.Optional("obligations", func(v *yaml.Node) { d.obligations(v, &p.Obligations) }),
		entriesOf(p, "modify", &p.Modify, d.modifications),
		entriesOf(p, "parameters", &p.Values, d.values),
		strictyaml.Optional("open_parameters", func(v *yaml.Node) { p.OpenParameters = d.Boolean(v, "open_parameters") }),
		entriesOf(p, "requirements", &p.Added, d.requirements),
		strictyaml.Optional("scoring", func(v *yaml.Node) { p.Scoring = d.scoring(v) }),
		strictyaml.Optional("cover_letter", func(v *yaml.Node) { p.CoverLetter = d.text(v, "cover_letter") }),
	) {
		return false
	}
	for _, key := range []string{"title", "languages", "extends", "select", "exclude", "modify", "parameters", "requirements"} {
		if d.Missed(n, key) {
			p.setUnread(key)
		}
	}
	d.checkLetter(p)
	return true
}

// entriesOf returns the field of a list. decode reports whether it returns all
// entries; where it does not, that is noted in the profile.
func entriesOf[T any](p *Profile, key string, into *[]T, decode func(v *yaml.Node) ([]T, bool)) strictyaml.Field {
	return strictyaml.Optional(key, func(v *yaml.Node) {
		list, whole := decode(v)
		if *into = list; !whole {
			p.setUnread(key)
		}
	})
}

func (d *decoder) party(n *yaml.Node, what string) Party {
	p := Party{Pos: d.pos(n)}
	if n.Kind == yaml.ScalarNode {
		p.Name = d.text(n, what)
		return p
	}
	d.Mapping(n, what,
		strictyaml.Required("name", func(v *yaml.Node) { p.Name = d.text(v, "name of "+what) }),
		strictyaml.Optional("department", func(v *yaml.Node) { p.Department = d.text(v, "department of "+what) }),
		strictyaml.Optional("address", func(v *yaml.Node) { p.Address = d.text(v, "address of "+what) }),
		strictyaml.Optional("person", func(v *yaml.Node) { p.Person = d.text(v, "person of "+what) }),
	)
	return p
}

func (d *decoder) service(n *yaml.Node) Service {
	s := Service{Pos: d.pos(n)}
	if n.Kind == yaml.ScalarNode {
		s.Name = d.text(n, "service")
		return s
	}
	d.Mapping(n, "service",
		strictyaml.Required("name", func(v *yaml.Node) { s.Name = d.text(v, "name of service") }),
		strictyaml.Optional("description", func(v *yaml.Node) { s.Description = d.text(v, "description of service") }),
	)
	return s
}

func (d *decoder) contact(n *yaml.Node) Contact {
	c := Contact{Pos: d.pos(n)}
	d.Mapping(n, "contact",
		strictyaml.Optional("name", func(v *yaml.Node) { c.Name = d.text(v, "name of contact") }),
		strictyaml.Optional("email", func(v *yaml.Node) {
			c.Email, _ = d.str(v, "email of contact")
			if c.Email != "" && !emailForm.MatchString(c.Email) {
				d.Complain(v, strictyaml.RuleValue, "", "%q is no e-mail address", strictyaml.Clip(c.Email))
			}
		}),
		strictyaml.Optional("phone", func(v *yaml.Node) { c.Phone, _ = d.str(v, "phone of contact") }),
	)
	return c
}

// The keys by which a rule names a part of the catalog.
func measureKeys() []string { return []string{"risks", "severities", "layers", "measures", "tags"} }
func controlKeys() []string { return []string{"clauses", "controls"} }

// selector returns the fields that name a part of the catalog by measures, and
// with controls by statements too, followed by others.
func (d *decoder) selector(s *Selector, controls bool, more ...strictyaml.Field) []strictyaml.Field {
	lists := []*[]catalog.Ref{&s.Risks, &s.Severities, &s.Layers, &s.Measures, &s.Tags, &s.Clauses, &s.Controls}
	keys := measureKeys()
	if controls {
		keys = append(keys, controlKeys()...)
	}
	var fields []strictyaml.Field
	for i, key := range keys {
		fields = append(fields, strictyaml.Optional(key, func(v *yaml.Node) { *lists[i] = d.refs(v, key) }))
	}
	return append(fields, more...)
}

// names reports whether a rule names anything by the keys. With keys that are
// unknown or could not be read, what the rule names is not known.
func (d *decoder) names(n *yaml.Node, s *Selector, keys ...string) bool {
	s.unread = s.unread || d.HasUnknown(n) || d.unread(n, keys...) != nil
	return slices.ContainsFunc(keys, func(k string) bool { return strictyaml.Child(n, k) != nil })
}

func (d *decoder) selections(n *yaml.Node) ([]Selection, bool) {
	if n.Kind == yaml.MappingNode {
		s, ok := d.selection(n)
		return []Selection{s}, ok
	}
	return entries(d, n, "select", d.selection)
}

// entries decodes a list. It reports whether all of its entries are in the
// result.
func entries[T any](d *decoder, n *yaml.Node, what string, decode func(v *yaml.Node) (T, bool)) ([]T, bool) {
	var out []T
	d.List(n, what, func(v *yaml.Node) {
		if x, ok := decode(v); ok {
			out = append(out, x)
		}
	})
	return out, n.Kind == yaml.SequenceNode && len(out) == len(n.Content)
}

func (d *decoder) selection(v *yaml.Node) (Selection, bool) {
	s := Selection{Selector: Selector{Pos: d.pos(v)}}
	ok := d.Mapping(v, "a rule of select", append([]strictyaml.Field{
		strictyaml.Optional("all", func(v *yaml.Node) {
			if s.All = d.Boolean(v, "all"); !s.All {
				d.Fail(v, strictyaml.RuleValue, "leave the key out", "all can only be true")
			}
		}),
		strictyaml.Optional("reason", func(v *yaml.Node) { s.Reason = d.text(v, "reason") }),
	}, d.selector(&s.Selector, true)...)...)
	if !ok {
		return s, false
	}
	named, all := d.names(v, &s.Selector, append(measureKeys(), controlKeys()...)...), d.names(v, &s.Selector, "all")
	switch {
	case d.names(v, &s.Selector, measureKeys()...) && d.names(v, &s.Selector, controlKeys()...):
		d.Complain(v, strictyaml.RuleValue, "make two rules of it", "a rule that selects clauses or controls cannot name risks, severities, layers, measures or tags")
	case all && named:
		d.Complain(v, strictyaml.RuleValue, "", "a rule that selects all cannot name anything else")
	case !all && !named:
		d.Fail(v, strictyaml.RuleMissingKey, "name risks, severities, layers, measures, tags, clauses or controls, or write all: true", "the rule names nothing")
		s.unread = true
	}
	return s, true
}

func (d *decoder) exclusions(n *yaml.Node) ([]Exclude, bool) {
	return entries(d, n, "exclude", d.exclude)
}

func (d *decoder) exclude(n *yaml.Node) (Exclude, bool) {
	e := Exclude{Selector: Selector{Pos: d.pos(n)}}
	if !d.Mapping(n, "an entry of exclude", d.selector(&e.Selector, true,
		strictyaml.Optional("requirements", func(v *yaml.Node) { e.Requirements = d.refs(v, "requirements") }),
		strictyaml.Required("reason", func(v *yaml.Node) { e.Reason = d.text(v, "reason") }),
	)...) {
		return e, false
	}
	named := d.names(n, &e.Selector, append(measureKeys(), controlKeys()...)...)
	switch own := d.names(n, &e.Selector, "requirements"); {
	case own && named:
		d.Complain(n, strictyaml.RuleValue, "make two entries of it", "an entry that excludes added requirements cannot name anything else")
	case !own && !named:
		d.Fail(n, strictyaml.RuleMissingKey, "name risks, severities, layers, measures, tags, clauses, controls or requirements", "the entry excludes nothing")
		e.unread = true
	}
	return e, true
}

func (d *decoder) obligations(n *yaml.Node, o *Obligations) {
	if n.Kind == yaml.ScalarNode {
		o.Default = d.obligation(n, "obligations")
		return
	}
	d.Mapping(n, "obligations",
		strictyaml.Optional("default", func(v *yaml.Node) { o.Default = d.obligation(v, "default") }),
		strictyaml.Optional("rules", func(v *yaml.Node) {
			d.List(v, "rules", func(v *yaml.Node) {
				r := ObligationRule{Selector: Selector{Pos: d.pos(v)}}
				if !d.Mapping(v, "a rule of obligations", d.selector(&r.Selector, true,
					strictyaml.Required("obligation", func(v *yaml.Node) { r.Obligation = d.obligation(v, "obligation") }),
					strictyaml.Optional("note", func(v *yaml.Node) { r.Note = d.text(v, "note") }),
				)...) {
					return
				}
				if !d.names(v, &r.Selector, append(measureKeys(), controlKeys()...)...) {
					d.Fail(v, strictyaml.RuleMissingKey, `for everything, write "default"`, "the rule names nothing")
					r.unread = true
				}
				o.Rules = append(o.Rules, r)
			})
		}),
	)
}

func (d *decoder) modifications(n *yaml.Node) ([]Modification, bool) {
	return entries(d, n, "modify", func(v *yaml.Node) (Modification, bool) {
		m := Modification{Pos: d.pos(v)}
		if !d.Mapping(v, "an entry of modify",
			strictyaml.Required("control", func(v *yaml.Node) { m.Control = d.ref(v, "control") }),
			strictyaml.Optional("add", func(v *yaml.Node) { m.Add = d.text(v, "add") }),
			strictyaml.Optional("parameters", func(v *yaml.Node) { m.Parameters = d.parameters(v) }),
		) {
			return m, false
		}
		m.unread = d.unread(v, "add", "parameters")
		if strictyaml.Child(v, "add") == nil && strictyaml.Child(v, "parameters") == nil {
			d.Fail(v, strictyaml.RuleMissingKey, "write add or parameters", "the entry changes nothing")
		}
		return m, m.Control.ID != ""
	})
}

func (d *decoder) parameters(n *yaml.Node) []*Parameter {
	var out []*Parameter
	d.List(n, "parameters", func(v *yaml.Node) {
		p := &Parameter{Pos: d.pos(v)}
		d.Mapping(v, "a parameter",
			strictyaml.Required("id", func(v *yaml.Node) {
				s, ok := d.str(v, "id of a parameter")
				if ok && nameLength(s) != len(s) {
					d.Fail(v, ruleIDForm, `use small letters and digits, such as "days"`, "%q is not the form of a parameter's id", strictyaml.Clip(s))
				} else if slices.ContainsFunc(out, func(o *Parameter) bool { return o.ID == s }) {
					d.Fail(v, ruleTwiceID, "", "parameter %q is given twice", s)
				} else {
					p.ID = s
				}
			}),
			strictyaml.Optional("label", func(v *yaml.Node) { p.Label = d.text(v, "label of a parameter") }),
			strictyaml.Optional("default", func(v *yaml.Node) { p.Default, _ = d.scalar(v, "default of a parameter") }),
			strictyaml.Optional("min", func(v *yaml.Node) { p.Min = d.number(v, "min") }),
			strictyaml.Optional("max", func(v *yaml.Node) { p.Max = d.number(v, "max") }),
			strictyaml.Optional("choices", func(v *yaml.Node) {
				d.List(v, "choices", func(v *yaml.Node) {
					if s, ok := d.scalar(v, "a choice"); ok {
						p.Choices = append(p.Choices, s)
					}
				})
				d.notEmpty(v, "choices")
			}),
		)
		p.unread = d.unread(v, "default", "min", "max", "choices")
		if p.Min != nil && p.Max != nil && *p.Min > *p.Max {
			d.Complain(v, strictyaml.RuleValue, "", "min %s is above max %s", formatNumber(*p.Min), formatNumber(*p.Max))
			p.Min, p.Max = nil, nil // no value keeps both
		}
		if p.ID != "" {
			out = append(out, p)
		}
	})
	return out
}

// choiceSeparator stands between several choices of one parameter.
const choiceSeparator = "; "

// values decodes {"8.6.1.2": {days: 14}}; a list gives several choices.
func (d *decoder) values(n *yaml.Node) ([]Value, bool) {
	var out []Value
	if n.Kind != yaml.MappingNode {
		d.WrongType(n, "parameters", `a mapping such as {"8.6.1.2": {days: 14}}`)
		return nil, false
	}
	d.Keys(n, "parameters", func(k, v *yaml.Node) {
		id := catalog.Ref{ID: k.Value, Pos: d.pos(k)}
		what := "the parameters of " + strictyaml.Clip(id.ID)
		if v.Kind != yaml.MappingNode {
			d.WrongType(v, what, "a mapping such as {days: 14}")
			out = append(out, Value{Pos: d.pos(v), Statement: id, unread: true})
			return
		}
		d.Keys(v, what, func(k, v *yaml.Node) {
			what := "the value of " + strictyaml.Clip(k.Value)
			var choices []string
			whole := true
			one := func(v *yaml.Node, what string) {
				s, ok := d.scalar(v, what)
				// A choice may hold parameters: see tailor.checkValue.
				if ok && (strings.Contains(s, "\n") || strings.ContainsAny(s, "{}") && len(placeholders(s)) == 0) {
					d.Fail(v, strictyaml.RuleValue, "", "the value of %s holds a line break or a brace", strictyaml.Clip(k.Value))
					ok = false
				}
				choices, whole = append(choices, s), whole && ok
			}
			if v.Kind == yaml.SequenceNode {
				d.List(v, what, func(v *yaml.Node) { one(v, what) })
				d.notEmpty(v, what)
			} else {
				one(v, what)
			}
			out = append(out, Value{d.pos(v), id, catalog.Ref{ID: k.Value, Pos: d.pos(k)}, strings.Join(choices, choiceSeparator), choices, !whole})
		})
	})
	return out, true
}

func (d *decoder) requirements(n *yaml.Node) ([]*Added, bool) {
	seen := map[string]bool{}
	return entries(d, n, "requirements", func(v *yaml.Node) (*Added, bool) {
		a := &Added{Pos: d.pos(v)}
		d.Mapping(v, "a requirement",
			strictyaml.Required("id", func(v *yaml.Node) {
				s, ok := d.str(v, "id of a requirement")
				switch {
				case !ok:
				case !addedForm.MatchString(s):
					d.Fail(v, ruleIDForm, `use capital letters, a hyphen and a number, such as "A-01"`, "%q is not the form of an added requirement's id", strictyaml.Clip(s))
				case seen[s]:
					d.Fail(v, ruleTwiceID, "", "requirement %q is given twice", s)
				default:
					a.ID, seen[s] = s, true
				}
			}),
			strictyaml.Required("title", func(v *yaml.Node) { a.Title = d.text(v, "title of a requirement") }),
			strictyaml.Required("statement", func(v *yaml.Node) { a.Statement = d.text(v, "statement of a requirement") }),
			strictyaml.Optional("reason", func(v *yaml.Node) { a.Reason = d.text(v, "reason") }),
			strictyaml.Optional("obligation", func(v *yaml.Node) { a.Obligation = d.obligation(v, "obligation") }),
			strictyaml.Optional("risks", func(v *yaml.Node) { a.Risks = d.refs(v, "risks") }),
			strictyaml.Optional("measures", func(v *yaml.Node) { a.Measures = d.refs(v, "measures") }),
			strictyaml.Optional("parameters", func(v *yaml.Node) { a.Parameters = d.parameters(v) }),
		)
		a.unread = d.unread(v, "statement", "parameters")
		return a, a.ID != ""
	})
}

// LetterPlaceholders lists the names that a cover letter may have in braces.
func LetterPlaceholders() []string {
	return []string{"supplier", "supplier-person", "service", "due", "organisation", "department",
		"contact", "title", "guide", "edition", "pack", "requirements", "must", "should", "may", "risks", "exclusions"}
}

// checkLetter reports unknown placeholders of the cover letter.
func (d *decoder) checkLetter(p *Profile) {
	known := LetterPlaceholders()
	for _, l := range sortedLangs(p.CoverLetter) {
		seen := map[string]bool{}
		for _, ph := range placeholders(p.CoverLetter.Values[l]) {
			if seen[ph.id] || slices.Contains(known, ph.id) {
				continue
			}
			seen[ph.id] = true
			d.problems = append(d.problems, catalog.Problem{
				Pos: p.placeholderPos(p.CoverLetter, l, ph), Level: catalog.LevelError, Rule: rulePlaceholder,
				Message: fmt.Sprintf("the cover letter knows no {%s}", ph.id),
				Hint:    suggest(ph.id, known, "it knows "+strings.Join(known, ", "))})
		}
	}
}

// placeholderPos finds where a placeholder stands in the file: the first place
// at or behind the beginning of its wording. Where the file writes it in another
// way (an escape, a folded line), it is the beginning of the wording.
func (p *Profile) placeholderPos(t catalog.Text, l catalog.Lang, ph placeholder) catalog.Position {
	pos, ok := p.wordings[wordingKey{t.Pos, l}]
	if !ok {
		return t.Pos
	}
	want := "{" + ph.id + "}"
	lines := p.lines[pos.File]
	for i := pos.Line - 1; i >= 0 && i < len(lines); i++ {
		line, skip := lines[i], 0
		if i == pos.Line-1 {
			r := []rune(line)
			skip = min(pos.Column-1, len(r))
			line = string(r[skip:])
		}
		if at := strings.Index(line, want); at >= 0 {
			return catalog.Position{File: pos.File, Line: i + 1, Column: skip + len([]rune(line[:at])) + 1}
		}
	}
	return pos
}

// extend merges what the profile base says into p; see the package comment.
func (p *Profile) extend(base *Profile) {
	p.Files = append(p.Files, base.Files...)
	for k, v := range base.wordings {
		p.wordings[k] = v
	}
	for k, v := range base.lines {
		p.lines[k] = v
	}
	for k := range base.faulty {
		p.faulty[k] = true
	}
	for k := range base.missed {
		p.setUnread(k)
	}
	inherit(&p.Title, base.Title)
	inherit(&p.Description, base.Description)
	inherit(&p.Scope, base.Scope)
	inherit(&p.CoverLetter, base.CoverLetter)
	if p.Edition.ID == "" {
		p.Edition = base.Edition
	}
	if p.Organisation.Name.IsZero() {
		p.Organisation = base.Organisation
	}
	if p.Supplier.Name.IsZero() {
		p.Supplier = base.Supplier
	}
	if p.Service.Name.IsZero() {
		p.Service = base.Service
	}
	if p.Contact.IsZero() {
		p.Contact = base.Contact
	}
	if p.Due.IsZero() {
		p.Due = base.Due
	}
	if p.Obligations.Default == "" {
		p.Obligations.Default = base.Obligations.Default
	}
	p.OpenParameters = p.OpenParameters || base.OpenParameters
	scoring := base.Scoring
	scoring.over(p.Scoring)
	if p.Scoring.Pos.File != "" {
		scoring.Pos = p.Scoring.Pos
	}
	p.Scoring = scoring
	p.Select = append(slices.Clone(base.Select), p.Select...)
	p.Exclude = append(slices.Clone(base.Exclude), p.Exclude...)
	p.Obligations.Rules = append(slices.Clone(base.Obligations.Rules), p.Obligations.Rules...)
	p.Modify = append(slices.Clone(base.Modify), p.Modify...)

	values := slices.Clone(base.Values)
	for _, v := range p.Values {
		i := slices.IndexFunc(values, func(o Value) bool {
			return o.Statement.ID == v.Statement.ID && o.Parameter.ID == v.Parameter.ID
		})
		if i >= 0 {
			values[i] = v
		} else {
			values = append(values, v)
		}
	}
	p.Values = values

	added := slices.Clone(base.Added)
	for _, a := range p.Added {
		if i := slices.IndexFunc(added, func(o *Added) bool { return o.ID == a.ID }); i >= 0 {
			added[i] = a
		} else {
			added = append(added, a)
		}
	}
	p.Added = added
}

func inherit(t *catalog.Text, base catalog.Text) {
	if t.IsZero() {
		*t = base
	}
}

// finish checks what only the merged profile shows.
func (l *loader) finish(p *Profile) {
	if p.Obligations.Default == "" {
		p.Obligations.Default = Must
	}
	if p.Title.IsZero() && !p.unread("title") {
		l.fail(p.Pos, strictyaml.RuleMissingKey, "", "the profile lacks title")
	}
	if len(p.Languages) == 0 && !p.unread("languages") {
		l.fail(p.Pos, strictyaml.RuleMissingKey, "", "the profile lacks languages")
	}
	if len(p.Select) == 0 && len(p.Added) == 0 && !p.unread("select") && !p.unread("requirements") {
		l.fail(p.Pos, ruleEmptyPack, `write for example "select: {severities: [high]}"`, "the profile selects nothing")
	}
	if len(p.Languages) > MaxLanguages {
		l.warn(p.languagePos[MaxLanguages], ruleTranslation, "", "a pack shows %d languages side by side; %q is left out",
			MaxLanguages, p.Languages[MaxLanguages])
	}
	for _, t := range p.texts() {
		for _, lang := range p.Languages {
			if !t.IsZero() && !t.Has(lang) && !p.faulty[t.Pos] {
				l.warn(t.Pos, ruleTranslation, "", "the text has no wording in %q; another language is shown", lang)
			}
		}
	}
}

// texts returns all texts of the profile.
func (p *Profile) texts() []catalog.Text {
	out := []catalog.Text{p.Title, p.Description, p.Scope, p.CoverLetter, p.Service.Name, p.Service.Description, p.Contact.Name}
	for _, x := range []Party{p.Organisation, p.Supplier} {
		out = append(out, x.Name, x.Department, x.Address, x.Person)
	}
	for _, s := range p.Select {
		out = append(out, s.Reason)
	}
	for _, e := range p.Exclude {
		out = append(out, e.Reason)
	}
	for _, r := range p.Obligations.Rules {
		out = append(out, r.Note)
	}
	for _, m := range p.Modify {
		out = append(out, m.Add)
		for _, x := range m.Parameters {
			out = append(out, x.Label)
		}
	}
	for _, a := range p.Added {
		out = append(out, a.Title, a.Statement, a.Reason)
		for _, x := range a.Parameters {
			out = append(out, x.Label)
		}
	}
	return out
}
