package data

import (
	"slices"

	"riskguide/catalog"
	"riskguide/profile"
)

// Tailoring says what a profile made of the guide: whose pack it is, what it
// asks for and what it leaves out.
type Tailoring struct {
	Profile      string         `json:"profile"` // id
	Pack         string         `json:"pack"`    // see [profile.Pack]
	Fingerprint  string         `json:"fingerprint"`
	Title        Text           `json:"title,omitempty"`
	Organisation Text           `json:"organisation,omitempty"`
	Supplier     Text           `json:"supplier,omitempty"`
	Service      Text           `json:"service,omitempty"`
	Due          string         `json:"due,omitempty"`
	Languages    []catalog.Lang `json:"languages"`
	Requirements []Requirement  `json:"requirements"`
	Exclusions   []Exclusion    `json:"exclusions"`
	// NotSelected are the measures of the guide that the profile neither
	// selects nor excludes.
	NotSelected []string `json:"not_selected"`
	// WithoutControls are selected measures for which nothing is asked.
	WithoutControls []string `json:"without_controls"`
}

// Requirement is a statement that the supplier is to answer.
type Requirement struct {
	ID              string             `json:"id"`
	Control         string             `json:"control,omitempty"` // none for one that the profile adds
	Title           Text               `json:"title,omitempty"`
	Statement       Text               `json:"statement"` // with its values
	Additions       []Text             `json:"additions"`
	Variants        []Wording          `json:"variants"`
	Notes           []Wording          `json:"notes"`
	Reason          Text               `json:"reason,omitempty"`
	Obligation      profile.Obligation `json:"obligation"`
	ObligationNotes []Text             `json:"obligation_notes"`
	AskedBy         []Asking           `json:"asked_by"`
	Risks           []string           `json:"risks"`
	Residuals       []string           `json:"residuals"`
	Values          []Value            `json:"values"`
}

// Wording belongs to the citations of some measures only.
type Wording struct {
	Text     Text     `json:"text"`
	Measures []string `json:"measures"`
}

// Asking is a measure that asks for a requirement, and how strongly.
type Asking struct {
	Measure    string             `json:"measure"`
	Obligation profile.Obligation `json:"obligation"`
}

// Value is what a profile sets a parameter to.
type Value struct {
	Parameter string `json:"parameter"`
	Value     string `json:"value"`
	// Open tells that nothing gives a value and the profile allows that; what is
	// to be filled in stands in brackets in the statement.
	Open bool `json:"open"`
}

// Exclusion is what one rule of the profile leaves out, and why.
type Exclusion struct {
	Reason       Text      `json:"reason"`
	Measures     []string  `json:"measures"`
	Citations    []LeftOut `json:"citations"`
	Direct       []string  `json:"direct"`   // controls that the profile selects directly
	Controls     []string  `json:"controls"` // that nothing asks for any more
	Requirements []string  `json:"requirements"`
}

// LeftOut is a control that is left out of a measure which stays.
type LeftOut struct {
	Measure string `json:"measure"`
	Control string `json:"control"`
}

// Tailored makes a document of what a profile selects of the guide, with
// [Document.Tailoring]. It holds the risks, measures, rows and controls of the
// pack, and of what these cite only that; without languages, those of the guide.
func Tailored(p *profile.Pack, langs ...catalog.Lang) *Document {
	m := maker{cat: p.View, langs: langs, risks: map[*catalog.Risk]bool{}, measures: map[*catalog.Measure]bool{}, leftOut: p.LeftOut,
		stated: map[string]bool{}}
	for _, r := range p.View.Risks {
		for _, o := range r.Objectives {
			m.stated[o.ID] = true
		}
		for _, o := range r.Threats {
			m.stated[o.ID] = true
		}
		for _, o := range r.Residuals {
			m.stated[o.ID] = true
		}
		for _, x := range r.Measures {
			m.measures[x] = true
			m.risks[x.Risk] = true
		}
	}
	d := m.document()
	prof := p.Profile
	t := &Tailoring{Profile: prof.ID, Pack: p.ID, Fingerprint: p.Fingerprint, Title: m.text(prof.Title),
		Organisation: m.text(prof.Organisation.Name), Supplier: m.text(prof.Supplier.Name), Service: m.text(prof.Service.Name),
		Due: date(prof.Due), Languages: list(prof.Languages, always), Requirements: each(p.Requirements, m.requirement),
		Exclusions: each(p.Exclusions, m.exclusion), NotSelected: []string{}, WithoutControls: each(p.WithoutControls, measureID)}
	for _, c := range p.Coverage {
		t.NotSelected = append(t.NotSelected, each(c.NotSelected, measureID)...)
	}
	d.Tailoring = t
	d.keepCited()
	return d
}

func measureID(m *catalog.Measure) string { return m.ID }
func controlID(c *catalog.Control) string { return c.ID }

func (m *maker) requirement(r *profile.Requirement) Requirement {
	out := Requirement{ID: r.ID, Title: m.text(r.Title), Statement: m.text(r.Statement),
		Additions: each(r.Additions, func(a profile.Addition) Text { return m.text(a.Text) }),
		Variants:  each(r.Variants, m.wording), Notes: each(r.Notes, m.wording), Reason: m.text(r.Reason),
		Obligation: r.Obligation, ObligationNotes: m.texts(r.ObligationNotes),
		AskedBy:   each(r.AskedBy, func(a profile.Asking) Asking { return Asking{a.Measure.ID, a.Obligation} }),
		Risks:     each(r.Risks, func(x *catalog.Risk) string { return x.ID }),
		Residuals: each(r.Residuals, func(x *catalog.Residual) string { return x.ID }),
		Values:    each(r.Values, func(v profile.Filled) Value { return Value{v.Parameter.ID, v.Value, v.Open} })}
	if r.Control != nil {
		out.Control = r.Control.ID
	}
	return out
}

func (m *maker) wording(v profile.Variant) Wording {
	return Wording{m.text(v.Text), each(v.Measures, measureID)}
}

func (m *maker) exclusion(x *profile.Exclusion) Exclusion {
	return Exclusion{Reason: m.text(x.Rule.Reason), Measures: each(x.Measures, measureID),
		Citations: each(x.Citations, func(c profile.Citation) LeftOut { return LeftOut{c.Measure.ID, c.Control.ID} }),
		Direct:    each(x.Direct, controlID), Controls: each(x.Controls, controlID), Requirements: each(x.Added, func(a *profile.Added) string { return a.ID })}
}

// keepCited drops what no shown row, measure, citation or requirement names.
func (d *Document) keepCited() {
	cited := map[string]bool{}
	for _, r := range d.Tailoring.Requirements {
		cited["c"+r.Control] = true
	}
	for _, r := range d.Risks {
		for _, x := range r.Measures {
			for _, c := range x.Controls {
				cited["c"+c.ID] = true
			}
			for _, id := range x.Residuals {
				cited[id] = true
			}
		}
		for _, row := range r.Rows {
			cited[row.Objective] = true
			for _, id := range row.Threats {
				cited[id] = true
			}
			for _, v := range row.Vulnerabilities {
				cited[v.ID] = true
			}
		}
	}
	uncited := func(s Statement) bool { return !cited[s.ID] }
	for i := range d.Risks {
		r := &d.Risks[i]
		r.Objectives = slices.DeleteFunc(r.Objectives, uncited)
		r.Threats = slices.DeleteFunc(r.Threats, uncited)
		r.Residuals = slices.DeleteFunc(r.Residuals, uncited)
	}
	for i := range d.Clauses {
		c := &d.Clauses[i]
		c.Controls = slices.DeleteFunc(c.Controls, func(x Control) bool { return !cited["c"+x.ID] })
	}
	d.Clauses = slices.DeleteFunc(d.Clauses, func(c Clause) bool { return len(c.Controls) == 0 })
	d.Vulnerabilities = slices.DeleteFunc(d.Vulnerabilities, func(v Vulnerability) bool { return !cited[v.ID] })
}
