package oscal

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
	"riskguide/profile"
)

// Names of properties and parts in documents of profiles, beside those of package
// native. Nothing reads them back: they are for people and for scripts.
const (
	propDescription  = "description"
	propScopeText    = "scope"
	propDue          = "due"
	propSelection    = "selection"
	propExclusion    = "exclusion"
	propReason       = "reason"
	propSelected     = "selected-measure"
	propExcluded     = "excluded-measure"
	propAskedBy      = "asked-by"
	propRisk         = "risk"
	partObligation   = "obligation-note"
	partReason       = "reason"
	classAddition    = "addition"
	classRequirement = "requirement"
)

// mediaProfile is the media type of a profile of OSCAL in JSON.
const mediaProfile = "application/oscal.profile+json"

// packWriter makes the documents of a pack.
type packWriter struct {
	*writer
	pack *profile.Pack
	name string // of the pack's files, without extension
	// params holds the ids of the parameters that the profile adds, by statement and
	// name.
	params map[[2]string]string
	// added holds the ids of the profile's own requirements.
	added map[*profile.Added]string
}

func newPackWriter(pack *profile.Pack, opts Options) *packWriter {
	if opts.Lang == "" {
		opts.Lang = pack.Lang()
	}
	w := &packWriter{writer: newWriter(pack.Catalog, opts), pack: pack, name: pack.Profile.Name(),
		params: map[[2]string]string{}, added: map[*profile.Added]string{}}
	for _, r := range pack.Requirements {
		id := ""
		if r.Control != nil {
			id = w.ids.of[r.Control]
		} else {
			id = w.ids.free(document.Token("a-", r.ID))
			w.added[r.Added] = id
		}
		for _, v := range r.Values {
			if r.Control == nil || r.Control.Parameter(v.Parameter.ID) == nil {
				w.params[[2]string{r.ID, v.Parameter.ID}] = w.ids.free(paramID(id, v.Parameter.ID))
			}
		}
	}
	return w
}

// requirement is the id of a requirement in OSCAL.
func (w *packWriter) requirement(r *profile.Requirement) string {
	if r.Control != nil {
		return w.ids.of[r.Control]
	}
	return w.added[r.Added]
}

// filling is the escaper of the texts of a requirement.
func (w *packWriter) filling(r *profile.Requirement) escaper {
	return func(s string) string {
		return document.Escape(s, func(name string) (string, bool) {
			if r.Control != nil {
				if p := r.Control.Parameter(name); p != nil {
					return w.ids.of[paramOf{r.Control, p}], true
				}
			}
			id, ok := w.params[[2]string{r.ID, name}]
			return id, ok
		})
	}
}

// described is the metadata that the documents of the pack share.
func (w *packWriter) described() document.Metadata {
	p := w.pack.Profile
	// The version is the edition and the beginning of the fingerprint: what is asked.
	m := w.metadata(strings.TrimPrefix(w.pack.ID, p.ID+"-"))
	m.Props = []document.Prop{own(native.PropProfile, p.ID), own(native.PropPack, w.pack.ID), own(native.PropFingerprint, w.pack.Fingerprint),
		own(native.PropGuide, w.cat.Guide.ID), own(native.PropEdition, w.cat.Guide.Edition)}
	m.Title = w.text(&m.Props, native.PropTitle, p.Title, plain)
	if m.Title == "" {
		m.Title = plain(p.ID)
	}
	return m
}

// parties enters who asks and who is asked.
func (w *packWriter) parties(m *document.Metadata) {
	p := w.pack.Profile
	party := func(role string, x profile.Party) {
		name := w.one(x.Name)
		if name == "" {
			return
		}
		d := document.Party{UUID: document.UUID("party", role, w.pack.ID), Type: "organization", Name: oneLine(name)}
		if s := w.one(x.Department); s != "" {
			d.Remarks = plain(s)
		}
		if s := w.one(x.Address); s != "" {
			for _, line := range strings.Split(s, "\n") {
				if line = strings.TrimSpace(line); document.IsString(line) {
					if len(d.Addresses) == 0 {
						d.Addresses = []document.Address{{}}
					}
					d.Addresses[0].AddrLines = append(d.Addresses[0].AddrLines, line)
				}
			}
		}
		w.party(m, role, d)
	}
	party("customer", p.Organisation)
	party("provider", p.Supplier)
	if c := p.Contact; !c.IsZero() {
		d := document.Party{UUID: document.UUID("party", "contact", w.pack.ID), Type: "organization"}
		if s := w.one(c.Name); s != "" {
			d.Name = oneLine(s)
		}
		if at := strings.IndexByte(c.Email, '@'); document.IsString(c.Email) && at > 0 && at < len(c.Email)-1 {
			d.EmailAddresses = []string{c.Email}
		}
		if document.IsString(c.Phone) {
			d.TelephoneNumbers = []document.TelephoneNumber{{Number: c.Phone}}
		}
		w.party(m, "contact", d)
	}
}

// profile makes the profile's document. What it imports are the catalog and, if the
// profile has requirements of its own, the catalog of those.
func (w *packWriter) profile() *document.Profile {
	p := w.pack.Profile
	d := &document.Profile{UUID: document.UUID("profile", w.pack.ID, w.name), Metadata: w.described(), Merge: &document.Merge{AsIs: true}}
	m := &d.Metadata
	w.all(&m.Props, propDescription, p.Description)
	w.all(&m.Props, native.PropService, p.Service.Name)
	w.all(&m.Props, propScopeText, p.Scope)
	if !p.Due.IsZero() {
		m.Props = append(m.Props, own(propDue, p.Due.Format(time.DateOnly)))
	}
	for i, s := range w.pack.Selections {
		what := "all"
		if !s.Rule.All {
			what = named(&s.Rule.Selector, nil)
		}
		w.rule(m, propSelection, i, what, s.Rule.Reason)
	}
	for i, x := range w.pack.Exclusions {
		w.rule(m, propExclusion, i, named(&x.Rule.Selector, x.Rule.Requirements), x.Rule.Reason)
	}
	for _, c := range w.pack.Coverage {
		for _, x := range c.Selected {
			m.Props = append(m.Props, own(propSelected, x.ID))
		}
		for _, x := range c.Excluded {
			m.Props = append(m.Props, own(propExcluded, x.ID))
		}
	}
	w.parties(m)

	var ids []string
	for _, r := range w.pack.Requirements {
		if r.Control != nil {
			ids = append(ids, w.requirement(r))
		}
	}
	if len(ids) > 0 {
		d.Imports = append(d.Imports, document.Import{Href: "../" + CatalogFile, IncludeControls: []document.SelectControls{{WithIDs: ids}}})
	}
	if len(w.added) > 0 {
		d.Imports = append(d.Imports, document.Import{Href: "../" + requirementsFile(w.name), IncludeAll: &document.Empty{}})
	}
	d.Modify = w.modify()
	if w.opts.Sources {
		w.sources(d)
	}
	return d
}

// sources puts the files of the profile into its back matter, so that reading them
// loses nothing.
func (w *packWriter) sources(d *document.Profile) {
	d.BackMatter = &document.BackMatter{}
	for _, f := range w.pack.Profile.Files {
		x := document.Resource{UUID: document.UUID("profile-file", w.pack.ID, w.name, f.Name), Title: plain(f.Name),
			Props:  []document.Prop{own(native.PropFile, f.Name)},
			Base64: &document.Base64{MediaType: "application/yaml", Value: base64.StdEncoding.EncodeToString([]byte(f.Text))}}
		if document.IsToken(f.Name) {
			x.Base64.Filename = f.Name
		}
		d.BackMatter.Resources = append(d.BackMatter.Resources, x)
	}
	d.Metadata.Props = append(d.Metadata.Props, own(native.PropDocumentHash, native.DocumentHash(&document.File{Profile: d})))
}

// rule notes a rule of the profile with its reasons; the group of the properties
// holds them together.
func (w *packWriter) rule(m *document.Metadata, name string, i int, what string, reason catalog.Text) {
	group := name + "-" + strconv.Itoa(i+1)
	p := own(name, what)
	p.Group = group
	m.Props = append(m.Props, p)
	for _, x := range w.wordings(reason) {
		p := textProp(propReason, x, plain)
		p.Group = group
		m.Props = append(m.Props, p)
	}
}

// named says what a rule names, such as "risks: H01, H02; layers: physical".
func named(s *profile.Selector, requirements []catalog.Ref) string {
	var parts []string
	add := func(kind string, refs []catalog.Ref) {
		if len(refs) == 0 {
			return
		}
		ids := make([]string, len(refs))
		for i, r := range refs {
			ids[i] = r.ID
		}
		parts = append(parts, kind+": "+strings.Join(ids, ", "))
	}
	add("risks", s.Risks)
	add("severities", s.Severities)
	add("layers", s.Layers)
	add("measures", s.Measures)
	add("tags", s.Tags)
	add("clauses", s.Clauses)
	add("controls", s.Controls)
	add("requirements", requirements)
	return strings.Join(parts, "; ")
}

func (w *packWriter) modify() *document.Modify {
	m := &document.Modify{}
	for _, r := range w.pack.Requirements {
		if r.Control == nil {
			continue
		}
		a := document.Add{Position: "ending"}
		for _, v := range r.Values {
			if r.Control.Parameter(v.Parameter.ID) == nil {
				a.Params = append(a.Params, w.ownParam(r, v))
				continue
			}
			s := document.SetParameter{ParamID: w.ids.of[paramOf{r.Control, r.Control.Parameter(v.Parameter.ID)}], Constraints: limits(v.Parameter)}
			s.Values = w.values(&s.Props, r, v)
			m.SetParameters = append(m.SetParameters, s)
		}
		w.asked(&a.Props, &a.Parts, r)
		alter := document.Alter{ControlID: w.requirement(r)}
		statement := w.ids.of[statementOf{r.Control}]
		if !r.Statement.Equal(w.filled(r)) {
			// Everything that asks for it words it in another way.
			alter.Removes = []document.Remove{{ByID: statement}}
			p := document.Part{ID: statement, Name: native.PartStatement}
			w.prose(&p, r.Statement, plain)
			p.Parts = append(p.Parts, w.additions(r)...)
			a.Parts = append(a.Parts, p)
			alter.Adds = append(alter.Adds, a)
		} else {
			alter.Adds = append(alter.Adds, a)
			if parts := w.additions(r); len(parts) > 0 {
				alter.Adds = append(alter.Adds, document.Add{ByID: statement, Position: "ending", Parts: parts})
			}
		}
		m.Alters = append(m.Alters, alter)
	}
	if len(m.SetParameters)+len(m.Alters) == 0 {
		return nil
	}
	return m
}

// filled is the catalog's wording of a requirement's statement with its values.
func (w *packWriter) filled(r *profile.Requirement) catalog.Text {
	t := catalog.Text{Values: map[catalog.Lang]string{}}
	for l, s := range r.Control.Wording().Values {
		t.Values[l] = w.pack.Fill(r.Control, s, l)
	}
	return t
}

// asked says how binding a requirement is and what asks for it.
func (w *packWriter) asked(props *[]document.Prop, parts *[]document.Part, r *profile.Requirement) {
	*props = append(*props, own(native.PropObligation, string(r.Obligation)))
	for _, a := range r.AskedBy {
		p := own(propAskedBy, a.Measure.ID)
		p.Class = string(a.Obligation)
		*props = append(*props, p)
	}
	for _, x := range r.Risks {
		*props = append(*props, own(propRisk, x.ID))
	}
	for _, t := range r.ObligationNotes {
		*parts = append(*parts, w.said(partObligation, t, plain))
	}
	wordings := func(name string, vs []profile.Variant) {
		for _, v := range vs {
			p := w.said(name, v.Text, plain)
			for _, x := range v.Measures {
				p.Props = append(p.Props, own(propAskedBy, x.ID))
			}
			*parts = append(*parts, p)
		}
	}
	wordings(native.PartVariant, r.Variants)
	wordings(native.PartNote, r.Notes)
}

// additions are what the profile adds to a statement, as items of it.
func (w *packWriter) additions(r *profile.Requirement) []document.Part {
	var out []document.Part
	for _, m := range w.pack.Profile.Modify {
		if m.Control.ID != r.ID || m.Add.IsZero() {
			continue
		}
		p := document.Part{Name: native.PartItem, Class: classAddition}
		w.prose(&p, m.Add, w.filling(r))
		out = append(out, p)
	}
	return out
}

// ownParam is a parameter that the profile adds.
func (w *packWriter) ownParam(r *profile.Requirement, v profile.Filled) document.Param {
	d := document.Param{ID: w.params[[2]string{r.ID, v.Parameter.ID}], Props: []document.Prop{own(native.PropID, v.Parameter.ID)}}
	d.Label = w.text(&d.Props, native.PropParamText, v.Parameter.Label, plain)
	d.Constraints = limits(v.Parameter)
	d.Values = w.values(&d.Props, r, v)
	return d
}

// values are those of a parameter, none where it stays open. OSCAL holds one line;
// the whole of a longer value goes into a property.
func (w *packWriter) values(props *[]document.Prop, r *profile.Requirement, v profile.Filled) []string {
	if v.Open || v.Value == "" {
		return nil
	}
	list := []string{v.Value}
	if taken := w.choices(r, v.Parameter.ID); len(taken) > 0 {
		list = taken
	}
	var out []string
	for _, s := range list {
		out = append(out, oneLine(s))
		if oneLine(s) != s {
			*props = append(*props, own(native.PropDefault, s))
		}
	}
	return out
}

// choices are the wordings of the choices that the profile takes of those that the
// catalog offers for a parameter, in the leading language.
func (w *packWriter) choices(r *profile.Requirement, param string) []string {
	if r.Control == nil {
		return nil
	}
	p := r.Control.Parameter(param)
	if p == nil || len(p.Choices) == 0 {
		return nil
	}
	var taken []string
	for _, v := range w.pack.Profile.Values {
		if v.Statement.ID == r.ID && v.Parameter.ID == param {
			taken = v.Choices // the last one counts
		}
	}
	var out []string
	for _, s := range taken {
		if i := slices.IndexFunc(p.Choices, func(c catalog.Text) bool {
			return slices.Contains(slices.Collect(maps.Values(c.Values)), s)
		}); i >= 0 {
			s = w.one(p.Choices[i])
		}
		out = append(out, w.pack.Fill(r.Control, s, w.langs[0]))
	}
	return out
}

// limits says in words what values a parameter can have; OSCAL's expressions have
// no language of their own.
func limits(p *profile.Parameter) []document.Constraint {
	var out []document.Constraint
	say := func(format string, args ...any) {
		out = append(out, document.Constraint{Description: plain(fmt.Sprintf(format, args...))})
	}
	if p.Min != nil {
		say("at least %s", strconv.FormatFloat(*p.Min, 'f', -1, 64))
	}
	if p.Max != nil {
		say("at most %s", strconv.FormatFloat(*p.Max, 'f', -1, 64))
	}
	if len(p.Choices) > 0 {
		say("one of: %s", strings.Join(p.Choices, ", "))
	}
	return out
}

// requirements makes the catalog of the profile's own requirements, nil where it
// has none.
func (w *packWriter) requirements() *document.Catalog {
	if len(w.added) == 0 {
		return nil
	}
	d := &document.Catalog{UUID: document.UUID("requirements", w.pack.ID, w.name), Metadata: w.described()}
	w.parties(&d.Metadata)
	g := document.Group{ID: classAdded, Class: classAdded, Title: w.word(classAdded)}
	for _, r := range w.pack.Requirements {
		if r.Added != nil {
			g.Controls = append(g.Controls, w.own(r))
		}
	}
	d.Groups = []document.Group{g}
	return d
}

// own is one of the profile's own requirements as a control.
func (w *packWriter) own(r *profile.Requirement) document.Control {
	id := w.requirement(r)
	d := document.Control{ID: id, Class: classRequirement, Props: []document.Prop{label(r.ID)}}
	if id != r.ID {
		d.Props = append(d.Props, own(native.PropID, r.ID))
	}
	d.Title = w.title(&d.Props, &d.Parts, r.Title)
	if d.Title == "" {
		d.Title = plain(r.ID)
	}
	for _, v := range r.Values {
		d.Params = append(d.Params, w.ownParam(r, v))
	}
	p := document.Part{ID: id + "_smt", Name: native.PartStatement}
	w.prose(&p, r.Added.Statement, w.filling(r))
	d.Parts = append(d.Parts, p)
	if !r.Reason.IsZero() {
		d.Parts = append(d.Parts, w.said(partReason, r.Reason, plain))
	}
	w.asked(&d.Props, &d.Parts, r)
	return d
}
