package profile

import (
	"slices"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/edition"
)

// Difference says what became of a requirement from one pack to another.
type Difference string

// The differences. A requirement may have several.
const (
	RequirementNew      Difference = "new"
	RequirementGone     Difference = "gone"
	RequirementReplaced Difference = "replaced" // it goes on under another id
	RequirementReworded Difference = "reworded"
	RequirementObliged  Difference = "obligation" // it binds more or less than before
)

// RequirementChange is one difference between two packs.
type RequirementChange struct {
	Difference Difference `json:"difference"`
	// ID is the requirement's id in the new pack; that of the old one where it
	// is gone.
	ID string `json:"id"`
	// OldID is the id in the old pack, where it is another one.
	OldID string `json:"old_id,omitempty"`
	// ReplacedBy are the ids that the new edition has in the place of a
	// requirement that is gone.
	ReplacedBy []string `json:"replaced_by,omitempty"`
	// Old and New are the wordings in the pack's language: the statement with
	// its values, what the profile adds, and the variants and notes of
	// citations, a line each.
	Old           string     `json:"old,omitempty"`
	New           string     `json:"new,omitempty"`
	OldObligation Obligation `json:"old_obligation,omitempty"`
	NewObligation Obligation `json:"new_obligation,omitempty"`
	// Risks are the ids of the risks for which it is or was asked.
	Risks []string `json:"risks,omitempty"`
}

// Missing is an id in a profile that only one of two editions has.
type Missing struct {
	Pos  catalog.Position `json:"-"`
	Kind string           `json:"kind"` // "risk", "measure", …
	ID   string           `json:"id"`
	// InOld tells that the old edition lacks it, else the new one does.
	InOld bool `json:"in_old,omitempty"`
	// Instead are the ids that were taken in its place.
	Instead []string `json:"instead,omitempty"`
	// Place is Pos as people write it.
	Place string `json:"place"`
}

// Comparison is what changes in the pack of a profile from one edition to the
// next.
type Comparison struct {
	Profile string `json:"profile"`
	Title   string `json:"title,omitempty"`
	// Edition is the one for which the profile says that it was written, and
	// EditionPlace where it says so; both may be empty.
	Edition      string `json:"edition,omitempty"`
	EditionPlace string `json:"edition_place,omitempty"`
	// Old and New count the requirements of the two packs.
	Old     int                 `json:"old"`
	New     int                 `json:"new"`
	Changes []RequirementChange `json:"changes"`
	// Missing lists the ids that the profile names and one of the editions
	// lacks. In their place the comparison takes what replaced them, or what
	// they replaced; where there is nothing such, it leaves them out.
	Missing []Missing `json:"missing,omitempty"`
	// Problems are what else would keep the profile from being applied to one
	// of the editions, such as a parameter without a value.
	Problems []string `json:"problems,omitempty"`
}

// Compare applies a profile to two editions of a guide and tells what changes in
// its pack. That the profile names an edition, or ids that one of the editions
// lacks, does not stop it. The profile must be free of errors of its own.
func Compare(old, new *catalog.Catalog, p *Profile) Comparison {
	c := Comparison{Profile: p.ID, Changes: []RequirementChange{}, Edition: p.Edition.ID}
	c.Title, _ = p.Title.In(p.Lang())
	if c.Edition != "" {
		c.EditionPlace = place(p.Edition.Pos)
	}
	packs := map[bool]*Pack{}
	for _, inOld := range []bool{true, false} {
		cat := new
		if inOld {
			cat = old
		}
		fitted, missing := adapt(cat, p, inOld, func(id string) []string { return instead(id, inOld, new.Retired) })
		c.Missing = append(c.Missing, missing...)
		pack, problems := Tailor(cat, fitted)
		for _, pr := range problems {
			if pr.Rule != ruleEdition && pr.Rule != ruleNoControls && pr.Rule != ruleTranslation &&
				!slices.Contains(c.Problems, pr.Message) {
				c.Problems = append(c.Problems, pr.Message)
			}
		}
		if pack == nil { // the profile itself is not whole
			return c
		}
		packs[inOld] = pack
	}
	c.packs(packs[true], packs[false], new.Retired)
	return c
}

// instead returns the ids that stand for one that an edition lacks: in the new
// edition what replaced it, in the old one what it replaced.
func instead(id string, inOld bool, retired []*catalog.Retirement) []string {
	if !inOld {
		return edition.Successors(id, retired)
	}
	var out []string
	for _, r := range retired {
		if slices.Contains(edition.Successors(r.ID, retired), id) {
			out = append(out, r.ID)
		}
	}
	return out
}

func place(p catalog.Position) string {
	return p.Place()
}

func (c *Comparison) packs(old, new *Pack, retired []*catalog.Retirement) {
	c.Old, c.New = len(old.Requirements), len(new.Requirements)
	// A requirement whose id was replaced by one new one goes on under that.
	was := map[string]*Requirement{}
	for _, r := range old.Requirements {
		id := r.ID
		if by := edition.Successors(id, retired); new.Requirement(id) == nil && len(by) == 1 &&
			new.Requirement(by[0]) != nil && old.Requirement(by[0]) == nil && was[by[0]] == nil {
			id = by[0]
		}
		was[id] = r
	}
	goesOn := map[*Requirement]bool{}
	for _, r := range new.Requirements {
		before := was[r.ID]
		ch := RequirementChange{ID: r.ID, New: wording(new, r), NewObligation: r.Obligation, Risks: riskIDsOf(r)}
		if before == nil {
			ch.Difference = RequirementNew
			c.Changes = append(c.Changes, ch)
			continue
		}
		goesOn[before] = true
		ch.Old, ch.OldObligation = wording(old, before), before.Obligation
		if before.ID != r.ID {
			ch.OldID = before.ID
			c.add(ch, RequirementReplaced)
		}
		if ch.Old != ch.New {
			c.add(ch, RequirementReworded)
		}
		if ch.OldObligation != ch.NewObligation {
			c.add(ch, RequirementObliged)
		}
	}
	for _, r := range old.Requirements {
		if !goesOn[r] {
			ch := RequirementChange{ID: r.ID, Old: wording(old, r), OldObligation: r.Obligation, Risks: riskIDsOf(r)}
			if by := edition.Successors(r.ID, retired); len(by) > 0 {
				ch.ReplacedBy = by
			}
			c.add(ch, RequirementGone)
		}
	}
}

func (c *Comparison) add(ch RequirementChange, d Difference) {
	ch.Difference = d
	c.Changes = append(c.Changes, ch)
}

func riskIDsOf(r *Requirement) []string {
	var out []string
	for _, x := range r.Risks {
		out = append(out, x.ID)
	}
	return out
}

// wording is all that is asked by a requirement in the pack's language.
func wording(p *Pack, r *Requirement) string {
	lines := []string{p.Text(r.Statement)}
	if t := p.Text(r.Title); t != "" {
		lines = []string{t, lines[0]}
	}
	for _, a := range r.Additions {
		lines = append(lines, p.Text(a.Text))
	}
	for _, vs := range [][]Variant{r.Variants, r.Notes} {
		for _, v := range vs {
			lines = append(lines, p.Text(v.Text))
		}
	}
	return strings.Join(lines, "\n")
}

// adapter makes a profile fit for an edition.
type adapter struct {
	cat     *catalog.Catalog
	inOld   bool
	instead func(id string) []string
	missing []Missing
	clauses map[string]bool
	tags    map[string]bool
}

// adapt returns a copy of the profile that names only what the catalog has: an id
// that it lacks is replaced by what instead gives and the catalog has, or left
// out. What it can't do then is no error; see [Tailor].
func adapt(cat *catalog.Catalog, p *Profile, inOld bool, instead func(id string) []string) (*Profile, []Missing) {
	a := &adapter{cat: cat, inOld: inOld, instead: instead, clauses: map[string]bool{}, tags: map[string]bool{}}
	for _, cl := range cat.Clauses {
		for id := cl.ID; ; { // "8" and "8.6" name everything below them too
			a.clauses[id] = true
			i := strings.LastIndexByte(id, '.')
			if i < 0 {
				break
			}
			id = id[:i]
		}
	}
	for _, m := range cat.Measures() {
		for _, t := range m.Tags {
			a.tags[t] = true
		}
	}
	out := *p
	out.lenient = true
	out.Select, out.Exclude, out.Values, out.Modify, out.Added = nil, nil, nil, nil, nil
	out.Obligations.Rules = nil
	for _, s := range p.Select {
		if a.selector(&s.Selector) {
			out.Select = append(out.Select, s)
		}
	}
	for _, x := range p.Exclude {
		if a.selector(&x.Selector) {
			out.Exclude = append(out.Exclude, x)
		}
	}
	for _, r := range p.Obligations.Rules {
		if a.selector(&r.Selector) {
			out.Obligations.Rules = append(out.Obligations.Rules, r)
		}
	}
	for _, m := range p.Modify {
		for _, ref := range a.refs("control", []catalog.Ref{m.Control}) {
			m.Control = ref
			out.Modify = append(out.Modify, m)
		}
	}
	for _, v := range p.Values {
		if p.addedBy(v.Statement.ID) != nil {
			out.Values = append(out.Values, v)
			continue
		}
		for _, ref := range a.refs("control", []catalog.Ref{v.Statement}) {
			v.Statement = ref
			out.Values = append(out.Values, v)
		}
	}
	for _, x := range p.Added {
		c := *x
		c.Risks, c.Measures = a.refs("risk", x.Risks), a.refs("measure", x.Measures)
		out.Added = append(out.Added, &c)
	}
	// An exclusion of an added requirement names the copy's by its id.
	return &out, a.missing
}

// selector replaces the ids of a selector. It returns false where all ids of a
// kind are unknown: then the selector fits nothing.
func (a *adapter) selector(s *Selector) bool {
	ok := true
	for _, k := range []struct {
		kind string
		refs *[]catalog.Ref
	}{{"risk", &s.Risks}, {"severity", &s.Severities}, {"layer", &s.Layers}, {"measure", &s.Measures},
		{"tag", &s.Tags}, {"clause", &s.Clauses}, {"control", &s.Controls}} {
		if len(*k.refs) > 0 {
			*k.refs = a.refs(k.kind, *k.refs)
			ok = ok && len(*k.refs) > 0
		}
	}
	return ok
}

func (a *adapter) has(kind, id string) bool {
	switch kind {
	case "risk":
		return a.cat.Risk(id) != nil
	case "severity":
		return a.cat.Severity(id) != nil
	case "layer":
		return a.cat.Layer(id) != nil
	case "measure":
		return a.cat.Measure(id) != nil
	case "tag":
		return a.tags[id]
	case "clause":
		return a.clauses[id]
	}
	return a.cat.Control(id) != nil
}

func (a *adapter) refs(kind string, refs []catalog.Ref) []catalog.Ref {
	var out []catalog.Ref
	for _, r := range refs {
		if a.has(kind, r.ID) {
			out = append(out, r)
			continue
		}
		m := Missing{Pos: r.Pos, Kind: kind, ID: r.ID, InOld: a.inOld, Place: place(r.Pos)}
		for _, id := range a.instead(r.ID) {
			if a.has(kind, id) {
				m.Instead = append(m.Instead, id)
				if !slices.ContainsFunc(refs, func(x catalog.Ref) bool { return x.ID == id }) {
					out = append(out, catalog.Ref{ID: id, Pos: r.Pos})
				}
			}
		}
		if !slices.ContainsFunc(a.missing, func(x Missing) bool { return x.Kind == m.Kind && x.ID == m.ID && x.Pos == m.Pos }) {
			a.missing = append(a.missing, m)
		}
	}
	return out
}
