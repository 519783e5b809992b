package profile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
)

// LoadOptions tells [Load] what the files are called in messages.
type LoadOptions struct {
	// Prefix is put before every file name in a position, with a slash
	// between; empty: names are as in the file system.
	Prefix string
}

// Load reads the profile in the file name of fsys, and those that it extends.
// The problems are everything that is wrong with the files as such, sorted; what
// can only be told in view of a catalog is reported by [Tailor]. The profile is
// nil if any of the problems is an error, and if ctx is cancelled, which is a
// problem too.
func Load(ctx context.Context, fsys fs.FS, name string, opts LoadOptions) (*Profile, catalog.Problems) {
	l := &loader{ctx: ctx, fsys: fsys, opts: opts}
	p := l.load(name, catalog.Position{})
	l.problems.Sort()
	if l.problems.HasErrors() {
		return nil, l.problems
	}
	l.finish(p)
	l.problems.Sort()
	if l.problems.HasErrors() {
		return nil, l.problems
	}
	return p, l.problems
}

type loader struct {
	ctx      context.Context
	fsys     fs.FS
	opts     LoadOptions
	chain    []string // the files that are being read
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
		return nil
	}
	l.chain = append(l.chain, name)
	data, err := readFile(l.fsys, name)
	if err != nil {
		l.fail(from, ruleRead, "", "%s: %s", display, reason(err))
		return nil
	}
	d := &decoder{file: display, wordings: map[wordingKey]catalog.Position{}}
	root := d.parse(data)
	if root == nil {
		l.problems = append(l.problems, d.problems...)
		return nil
	}
	p := &Profile{Pos: d.pos(root)}
	p.wordings = d.wordings
	p.lines = map[string][]string{display: strings.Split(string(data), "\n")}
	sum := sha256.Sum256(data)
	p.Files = []File{{Name: relative(path.Dir(l.chain[0]), name), SHA256: hex.EncodeToString(sum[:])}}
	var base *Profile
	if n := child(root, "extends"); n != nil && !isNull(n) {
		base = l.extended(d, name, n)
	}
	l.languages(d, root, p, base)
	d.profile(root, p, base == nil && child(root, "extends") == nil)
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

// readFile reads a file up to the limit and a little more.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	return bytes.TrimPrefix(data, []byte("\ufeff")), err
}

// reason says why a file could not be read, without its path.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "there is no such file"
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return err.Error()
}

// extended loads the profile that n names.
func (l *loader) extended(d *decoder, name string, n *yaml.Node) *Profile {
	s, ok := d.str(n, "extends")
	if !ok {
		return nil
	}
	target := path.Join(path.Dir(name), strings.ReplaceAll(s, `\`, "/"))
	switch {
	case path.IsAbs(s) || !fs.ValidPath(target):
		d.fail(n, ruleRead, "", "%q lies outside the folder from which profiles are read", clip(s))
	case slices.Contains(l.chain, target):
		d.fail(n, ruleCycle, "", "the profiles extend each other: %s", strings.Join(append(l.chain, target), " → "))
	case len(l.chain) >= maxChain:
		d.fail(n, ruleCycle, "", "more than %d profiles extend one another", maxChain)
	default:
		return l.load(target, d.pos(n))
	}
	return nil
}

// languages finds out the languages of a file's texts before they are decoded.
func (l *loader) languages(d *decoder, root *yaml.Node, p, base *Profile) {
	if n := child(root, "languages"); n != nil && !isNull(n) {
		for _, ref := range d.refs(n, "languages") {
			if !langForm.MatchString(ref.ID) {
				d.problems = append(d.problems, catalog.Problem{Pos: ref.Pos, Level: catalog.LevelError, Rule: ruleIDForm,
					Message: fmt.Sprintf("%q is not a language tag in small letters, such as \"ja\"", clip(ref.ID))})
				continue
			}
			p.Languages = append(p.Languages, catalog.Lang(ref.ID))
			p.languagePos = append(p.languagePos, ref.Pos)
		}
	} else if base != nil {
		p.Languages, p.languagePos = base.Languages, base.languagePos
	}
	d.lang = p.Lang()
	d.langs = slices.Clone(p.Languages)
	for _, known := range []catalog.Lang{catalog.Japanese, catalog.English} {
		if !slices.Contains(d.langs, known) {
			d.langs = append(d.langs, known)
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

// profile decodes a whole file into p. With whole, what every pack needs must be
// there; a file that extends another may leave it to that one.
func (d *decoder) profile(n *yaml.Node, p *Profile, whole bool) {
	order := []string{"id!", "title", "description", "edition", "languages", "extends", "organisation",
		"supplier", "service", "contact", "due", "scope", "select", "exclude", "obligations", "modify",
		"parameters", "requirements", "cover_letter"}
	if whole {
		order[1], order[4] = "title!", "languages!"
	}
	d.mapping(n, "the profile", order, fields{
		"id": func(v *yaml.Node) {
			p.ID, _ = d.str(v, "id")
			p.idPos = d.pos(v)
			if p.ID != "" && (!slugForm.MatchString(p.ID) || len(p.ID) > maxID) {
				d.fail(v, ruleIDForm, `use small letters, digits and hyphens, such as "high-severity"`, "%q is not the form of an id", clip(p.ID))
			}
		},
		"title":        func(v *yaml.Node) { p.Title = d.text(v, "title") },
		"description":  func(v *yaml.Node) { p.Description = d.text(v, "description") },
		"edition":      func(v *yaml.Node) { p.Edition = d.ref(v, "edition") },
		"languages":    func(*yaml.Node) {}, // decoded before
		"extends":      func(*yaml.Node) {}, // decoded before
		"organisation": func(v *yaml.Node) { p.Organisation = d.party(v, "organisation") },
		"supplier":     func(v *yaml.Node) { p.Supplier = d.party(v, "supplier") },
		"service":      func(v *yaml.Node) { p.Service = d.service(v) },
		"contact":      func(v *yaml.Node) { p.Contact = d.contact(v) },
		"due":          func(v *yaml.Node) { p.Due = d.date(v, "due") },
		"scope":        func(v *yaml.Node) { p.Scope = d.text(v, "scope") },
		"select":       func(v *yaml.Node) { p.Select = d.selections(v) },
		"exclude": func(v *yaml.Node) {
			d.list(v, "exclude", func(v *yaml.Node) { p.Exclude = append(p.Exclude, d.exclude(v)) })
		},
		"obligations":  func(v *yaml.Node) { d.obligations(v, &p.Obligations) },
		"modify":       func(v *yaml.Node) { p.Modify = d.modifications(v) },
		"parameters":   func(v *yaml.Node) { p.Values = d.values(v) },
		"requirements": func(v *yaml.Node) { p.Added = d.requirements(v) },
		"cover_letter": func(v *yaml.Node) { p.CoverLetter = d.text(v, "cover_letter") },
	})
	d.checkLetter(p)
}

func (d *decoder) party(n *yaml.Node, what string) Party {
	p := Party{Pos: d.pos(n)}
	if n.Kind == yaml.ScalarNode {
		p.Name = d.text(n, what)
		return p
	}
	d.mapping(n, what, []string{"name!", "department", "address", "person"}, fields{
		"name":       func(v *yaml.Node) { p.Name = d.text(v, "name of "+what) },
		"department": func(v *yaml.Node) { p.Department = d.text(v, "department of "+what) },
		"address":    func(v *yaml.Node) { p.Address = d.text(v, "address of "+what) },
		"person":     func(v *yaml.Node) { p.Person = d.text(v, "person of "+what) },
	})
	return p
}

func (d *decoder) service(n *yaml.Node) Service {
	s := Service{Pos: d.pos(n)}
	if n.Kind == yaml.ScalarNode {
		s.Name = d.text(n, "service")
		return s
	}
	d.mapping(n, "service", []string{"name!", "description"}, fields{
		"name":        func(v *yaml.Node) { s.Name = d.text(v, "name of service") },
		"description": func(v *yaml.Node) { s.Description = d.text(v, "description of service") },
	})
	return s
}

func (d *decoder) contact(n *yaml.Node) Contact {
	c := Contact{Pos: d.pos(n)}
	d.mapping(n, "contact", []string{"name", "email", "phone"}, fields{
		"name": func(v *yaml.Node) { c.Name = d.text(v, "name of contact") },
		"email": func(v *yaml.Node) {
			c.Email, _ = d.str(v, "email of contact")
			if c.Email != "" && !emailForm.MatchString(c.Email) {
				d.fail(v, ruleValue, "", "%q is no e-mail address", clip(c.Email))
			}
		},
		"phone": func(v *yaml.Node) { c.Phone, _ = d.str(v, "phone of contact") },
	})
	return c
}

// selectorKeys are the keys by which a rule names a part of the catalog.
var selectorKeys = []string{"risks", "severities", "layers", "measures", "tags"}

// selector adds the decoding of a selector's keys to fs.
func (d *decoder) selector(s *Selector, fs fields) fields {
	for key, list := range map[string]*[]catalog.Ref{
		"risks": &s.Risks, "severities": &s.Severities, "layers": &s.Layers, "measures": &s.Measures,
		"tags": &s.Tags, "clauses": &s.Clauses, "controls": &s.Controls,
	} {
		fs[key] = func(v *yaml.Node) { *list = d.refs(v, key) }
	}
	return fs
}

func (d *decoder) selections(n *yaml.Node) []Selection {
	var out []Selection
	one := func(v *yaml.Node) {
		s := Selection{Selector: Selector{Pos: d.pos(v)}}
		fs := d.selector(&s.Selector, fields{
			"all": func(v *yaml.Node) {
				if s.All = d.boolean(v, "all"); !s.All {
					d.fail(v, ruleValue, "leave the key out", "all can only be true")
				}
			},
			"reason": func(v *yaml.Node) { s.Reason = d.text(v, "reason") },
		})
		delete(fs, "clauses")
		delete(fs, "controls")
		if !d.mapping(v, "a rule of select", append([]string{"all", "reason"}, selectorKeys...), fs) {
			return
		}
		named := 0
		for _, k := range selectorKeys {
			if child(v, k) != nil {
				named++
			}
		}
		if child(v, "all") != nil && named > 0 {
			d.fail(v, ruleValue, "", "a rule that selects all cannot name anything else")
		} else if child(v, "all") == nil && named == 0 {
			d.fail(v, ruleMissingKey, "name risks, severities, layers, measures or tags, or write all: true", "the rule names nothing")
		}
		out = append(out, s)
	}
	if n.Kind == yaml.MappingNode {
		one(n)
		return out
	}
	d.list(n, "select", one)
	return out
}

func (d *decoder) exclude(n *yaml.Node) Exclude {
	e := Exclude{Selector: Selector{Pos: d.pos(n)}}
	keys := append(slices.Clone(selectorKeys), "clauses", "controls", "requirements", "reason!")
	fs := d.selector(&e.Selector, fields{
		"requirements": func(v *yaml.Node) { e.Requirements = d.refs(v, "requirements") },
		"reason":       func(v *yaml.Node) { e.Reason = d.text(v, "reason") },
	})
	if !d.mapping(n, "an entry of exclude", keys, fs) {
		return e
	}
	named := 0
	for _, k := range keys[:len(keys)-2] {
		if child(n, k) != nil {
			named++
		}
	}
	switch own := child(n, "requirements") != nil; {
	case own && named > 0:
		d.fail(n, ruleValue, "make two entries of it", "an entry that excludes added requirements cannot name anything else")
	case !own && named == 0:
		d.fail(n, ruleMissingKey, "name risks, severities, layers, measures, tags, clauses, controls or requirements", "the entry excludes nothing")
	}
	return e
}

func (d *decoder) obligations(n *yaml.Node, o *Obligations) {
	if n.Kind == yaml.ScalarNode {
		o.Default = d.obligation(n, "obligations")
		return
	}
	d.mapping(n, "obligations", []string{"default", "rules"}, fields{
		"default": func(v *yaml.Node) { o.Default = d.obligation(v, "default") },
		"rules": func(v *yaml.Node) {
			d.list(v, "rules", func(v *yaml.Node) {
				r := ObligationRule{Selector: Selector{Pos: d.pos(v)}}
				keys := append(slices.Clone(selectorKeys), "clauses", "controls")
				fs := d.selector(&r.Selector, fields{
					"obligation": func(v *yaml.Node) { r.Obligation = d.obligation(v, "obligation") },
					"note":       func(v *yaml.Node) { r.Note = d.text(v, "note") },
				})
				if !d.mapping(v, "a rule of obligations", append(keys, "obligation!", "note"), fs) {
					return
				}
				if !slices.ContainsFunc(keys, func(k string) bool { return child(v, k) != nil }) {
					d.fail(v, ruleMissingKey, `for everything, write "default"`, "the rule names nothing")
				}
				o.Rules = append(o.Rules, r)
			})
		},
	})
}

func (d *decoder) modifications(n *yaml.Node) []Modification {
	var out []Modification
	d.list(n, "modify", func(v *yaml.Node) {
		m := Modification{Pos: d.pos(v)}
		d.mapping(v, "an entry of modify", []string{"control!", "add", "parameters"}, fields{
			"control":    func(v *yaml.Node) { m.Control = d.ref(v, "control") },
			"add":        func(v *yaml.Node) { m.Add = d.text(v, "add") },
			"parameters": func(v *yaml.Node) { m.Parameters = d.parameters(v) },
		})
		if v.Kind == yaml.MappingNode && child(v, "add") == nil && child(v, "parameters") == nil {
			d.fail(v, ruleMissingKey, "write add or parameters", "the entry changes nothing")
		}
		if m.Control.ID != "" {
			out = append(out, m)
		}
	})
	return out
}

func (d *decoder) parameters(n *yaml.Node) []*Parameter {
	var out []*Parameter
	d.list(n, "parameters", func(v *yaml.Node) {
		p := &Parameter{Pos: d.pos(v)}
		d.mapping(v, "a parameter", []string{"id!", "label", "default", "min", "max", "choices"}, fields{
			"id": func(v *yaml.Node) {
				s, ok := d.str(v, "id of a parameter")
				if ok && nameLength(s) != len(s) {
					d.fail(v, ruleIDForm, `use small letters and digits, such as "days"`, "%q is not the form of a parameter's id", clip(s))
				} else if slices.ContainsFunc(out, func(o *Parameter) bool { return o.ID == s }) {
					d.fail(v, ruleTwiceID, "", "parameter %q is given twice", s)
				} else {
					p.ID = s
				}
			},
			"label":   func(v *yaml.Node) { p.Label = d.text(v, "label of a parameter") },
			"default": func(v *yaml.Node) { p.Default, _ = d.scalar(v, "default of a parameter") },
			"min":     func(v *yaml.Node) { p.Min = d.number(v, "min") },
			"max":     func(v *yaml.Node) { p.Max = d.number(v, "max") },
			"choices": func(v *yaml.Node) {
				d.list(v, "choices", func(v *yaml.Node) {
					if s, ok := d.scalar(v, "a choice"); ok {
						p.Choices = append(p.Choices, s)
					}
				})
				if v.Kind == yaml.SequenceNode && len(v.Content) == 0 {
					d.fail(v, ruleValue, "", "choices is an empty list")
				}
			},
		})
		if p.Min != nil && p.Max != nil && *p.Min > *p.Max {
			d.fail(v, ruleValue, "", "min %s is above max %s", formatNumber(*p.Min), formatNumber(*p.Max))
		}
		if p.ID != "" {
			out = append(out, p)
		}
	})
	return out
}

// values decodes {"8.6.1.2": {days: 14}}.
func (d *decoder) values(n *yaml.Node) []Value {
	var out []Value
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, "parameters", `a mapping such as {"8.6.1.2": {days: 14}}`)
		return nil
	}
	d.eachKey(n, "parameters", func(k, v *yaml.Node) {
		id := catalog.Ref{ID: k.Value, Pos: d.pos(k)}
		if v.Kind != yaml.MappingNode {
			d.wrongType(v, "the parameters of "+clip(id.ID), "a mapping such as {days: 14}")
			return
		}
		d.eachKey(v, "the parameters of "+clip(id.ID), func(k, v *yaml.Node) {
			if s, ok := d.scalar(v, "the value of "+clip(k.Value)); ok {
				if strings.ContainsAny(s, "\n{}") {
					d.fail(v, ruleValue, "", "the value of %s holds a line break or a brace", clip(k.Value))
					return
				}
				out = append(out, Value{d.pos(v), id, catalog.Ref{ID: k.Value, Pos: d.pos(k)}, s})
			}
		})
	})
	return out
}

func (d *decoder) requirements(n *yaml.Node) []*Added {
	var out []*Added
	d.list(n, "requirements", func(v *yaml.Node) {
		a := &Added{Pos: d.pos(v)}
		d.mapping(v, "a requirement",
			[]string{"id!", "title!", "statement!", "reason", "obligation", "risks", "measures", "parameters"}, fields{
				"id": func(v *yaml.Node) {
					s, ok := d.str(v, "id of a requirement")
					switch {
					case !ok:
					case !addedForm.MatchString(s):
						d.fail(v, ruleIDForm, `use capital letters, a hyphen and a number, such as "A-01"`, "%q is not the form of an added requirement's id", clip(s))
					case slices.ContainsFunc(out, func(o *Added) bool { return o.ID == s }):
						d.fail(v, ruleTwiceID, "", "requirement %q is given twice", s)
					default:
						a.ID = s
					}
				},
				"title":      func(v *yaml.Node) { a.Title = d.text(v, "title of a requirement") },
				"statement":  func(v *yaml.Node) { a.Statement = d.text(v, "statement of a requirement") },
				"reason":     func(v *yaml.Node) { a.Reason = d.text(v, "reason") },
				"obligation": func(v *yaml.Node) { a.Obligation = d.obligation(v, "obligation") },
				"risks":      func(v *yaml.Node) { a.Risks = d.refs(v, "risks") },
				"measures":   func(v *yaml.Node) { a.Measures = d.refs(v, "measures") },
				"parameters": func(v *yaml.Node) { a.Parameters = d.parameters(v) },
			})
		if a.ID != "" {
			out = append(out, a)
		}
	})
	return out
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
	if p.Title.IsZero() {
		l.fail(p.Pos, ruleMissingKey, "", "the profile lacks title")
	}
	if len(p.Languages) == 0 {
		l.fail(p.Pos, ruleMissingKey, "", "the profile lacks languages")
	}
	if len(p.Select) == 0 && len(p.Added) == 0 {
		l.fail(p.Pos, ruleEmptyPack, `write for example "select: {severities: [high]}"`, "the profile selects nothing")
	}
	for _, t := range p.texts() {
		for _, lang := range p.Languages {
			if !t.IsZero() && !t.Has(lang) {
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
