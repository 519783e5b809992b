package profile

import (
	"strings"

	"riskguide/catalog"
)

// Pack is what a profile yields for a supplier: requirements, each once, with
// everything that asks for it, and what was left out with the reasons. It is
// immutable but for the fields that say so.
type Pack struct {
	// ID names this very set of requirements, such as
	// "sample-2011.1-3f9a1c2b7d10": the profile's id, the edition, and the
	// beginning of Fingerprint. Answered questionnaires are recognised by it.
	ID      string
	Profile *Profile
	// Catalog is the whole guide, View what was selected of it.
	Catalog *catalog.Catalog
	View    *catalog.Catalog
	// Requirements are in the order of the guide's clauses, added ones last.
	Requirements []*Requirement
	// Selections are the profile's rules with what each of them selects.
	Selections []*Selected
	Exclusions []*Exclusion
	// Coverage tells for every risk of the guide what became of its measures.
	Coverage []*Coverage
	// WithoutControls are the selected measures for which the guide names no
	// control and the profile adds no requirement: nothing asks for them.
	WithoutControls []*catalog.Measure
	// Fingerprint is the SHA-256, in hexadecimal, of what is asked: the ids,
	// obligations and wordings of all requirements in all languages. It does
	// not change with the layout of a file or with the supplier's name.
	Fingerprint string

	// CatalogSHA256 and Commit are provenance that the caller may set before
	// rendering: the digest of the catalog's files (see [CatalogDigest]) and
	// the git commit that they are from; empty where unknown.
	CatalogSHA256 string
	Commit        string

	byID map[string]*Requirement
	live map[liveKey]bool
	fill map[string]filling // by statement id
	adds map[*catalog.Control][]Addition
}

// liveKey is a control in a control cell.
type liveKey struct {
	list    *catalog.ControlList
	control *catalog.Control
}

// Requirement is one statement that the supplier is to answer.
type Requirement struct {
	// ID is the control's id or that of the added requirement. It is stable:
	// answers hang on it.
	ID string
	// Control is nil for an added requirement, Added for one of the catalog.
	Control *catalog.Control
	Added   *Added
	// Title is that of the control, or of the added requirement; a control
	// may have none.
	Title catalog.Text
	// Statement has its parameters filled in.
	Statement catalog.Text
	// Additions are what the profile adds to the statement.
	Additions []Addition
	// Variants are the wordings of citations that differ from the statement.
	Variants []Variant
	// Notes are what citations add in parentheses.
	Notes []Variant
	// Reason is why an added requirement is asked for; it may be zero.
	Reason catalog.Text
	// Obligation is the strongest of all that ask for it.
	Obligation Obligation
	// ObligationNotes say why it is what it is; often empty.
	ObligationNotes []catalog.Text
	// AskedBy are the measures that ask for it, in the guide's order. It may
	// be empty for an added requirement and for a control that the profile
	// selects directly.
	AskedBy []Asking
	// Risks are those of the measures, or those that an added requirement
	// names, each once in the guide's order.
	Risks []*catalog.Risk
	// Residuals are the residual risks that the guide names for the measures,
	// each once.
	Residuals []*catalog.Residual
	// Values are the parameters that stand in the wordings.
	Values []Filled
}

// Clause returns the clause of the requirement's control, nil for an added one.
func (r *Requirement) Clause() *catalog.Clause {
	if r.Control == nil {
		return nil
	}
	return r.Control.Clause
}

// Addition is what a profile adds to a control's statement.
type Addition struct {
	Pos  catalog.Position
	Text catalog.Text // with the parameters filled in
}

// Variant is a wording that belongs to the citations of some measures only.
type Variant struct {
	Text     catalog.Text // with the parameters filled in
	Measures []*catalog.Measure
}

// Asking is a measure that asks for a requirement, and how strongly.
type Asking struct {
	Measure    *catalog.Measure
	Obligation Obligation
}

// Filled is a parameter with its value.
type Filled struct {
	Parameter *Parameter
	Value     string
	// Open tells that nothing gives a value, which the profile allows: the
	// statement shows in brackets what is to be filled in.
	Open bool
}

// Selected is a rule of the profile with what it selects.
type Selected struct {
	Rule     *Selection
	Measures []*catalog.Measure
	// Controls are those that the rule asks for directly.
	Controls []*catalog.Control
}

// Exclusion is an entry of the profile's exclusions with what it removes.
type Exclusion struct {
	Rule *Exclude
	// Measures are those that are left out as a whole.
	Measures []*catalog.Measure
	// Citations are the statements that are left out of measures which stay.
	Citations []Citation
	// Direct are the statements left out that the profile selects directly.
	Direct []*catalog.Control
	// Controls are the statements that nothing asks for any more, here because
	// this exclusion took the last or one of the last measures away.
	Controls []*catalog.Control
	// Partly are measures at an excluded layer which stay because they apply
	// at another layer too.
	Partly []*catalog.Measure
	// Emptied are measures that stay without any statement.
	Emptied []*catalog.Measure
	// Vulnerabilities are those that the measures without statements answer:
	// they stay open as far as no other measure of the pack answers them.
	Vulnerabilities []OpenVulnerability
	// Residuals are the residual risks that the guide names for the measures
	// left out; they stay in any case, and now without the measure.
	Residuals []*catalog.Residual
	// Added are requirements of an extended profile that are left out.
	Added []*Added
}

// Citation is a control in the control cell of a measure.
type Citation struct {
	Measure *catalog.Measure
	Control *catalog.Control
}

// OpenVulnerability is a vulnerability that a left-out measure would answer.
type OpenVulnerability struct {
	Risk     *catalog.Risk
	Citation catalog.VulnerabilityCitation
	// Answered tells that a measure of the pack answers the same
	// vulnerability in another row of the same risk.
	Answered bool
}

// Coverage tells what became of the measures of one risk.
type Coverage struct {
	Risk *catalog.Risk
	// Selected, Excluded and NotSelected hold every measure of the risk once.
	Selected    []*catalog.Measure
	Excluded    []*catalog.Measure
	NotSelected []*catalog.Measure
}

// Lang is the language of the pack.
func (p *Pack) Lang() catalog.Lang { return p.Profile.Lang() }

// Text returns the wording in the pack's language; see [catalog.Catalog.Text].
func (p *Pack) Text(t catalog.Text) string {
	s, _ := p.Catalog.Text(t, p.Lang())
	return s
}

// Requirement returns the requirement with the id, or nil.
func (p *Pack) Requirement(id string) *Requirement { return p.byID[id] }

// LeftOut reports whether no measure of the pack that shares the control cell
// asks for the control.
func (p *Pack) LeftOut(list *catalog.ControlList, control *catalog.Control) bool {
	return !p.live[liveKey{list, control}]
}

// Fill puts the pack's values into a wording of the control in a language.
func (p *Pack) Fill(control *catalog.Control, text string, lang catalog.Lang) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return fill(text, p.fill[control.ID].in(lang))
}

// Shown is what stands in a requirement in the place of one of its parameters: the
// value or, where it is open, in brackets what is to be filled in.
func (p *Pack) Shown(r *Requirement, parameter string) catalog.Text {
	return p.fill[r.ID].values[parameter]
}

// Open counts the parameters of the pack's requirements that have no value.
func (p *Pack) Open() int {
	n := 0
	for _, r := range p.Requirements {
		for _, v := range r.Values {
			if v.Open {
				n++
			}
		}
	}
	return n
}

// Additions returns what the profile adds to the control's statement.
func (p *Pack) Additions(control *catalog.Control) []Addition { return p.adds[control] }
