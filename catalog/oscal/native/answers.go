package native

import (
	"fmt"
	"strconv"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
)

// Properties and links of the component definition of a supplier's answers.
const (
	PropSupplier      = "supplier" // the supplier's id
	PropName          = "name"     // the supplier's name
	PropService       = "service"
	PropRound         = "round"
	PropReceived      = "received"
	PropPack          = "pack"
	PropFingerprint   = "fingerprint"
	PropProfile       = "profile"
	PropPackLanguage  = "pack-language"
	PropWorkbook      = "workbook"
	PropDigest        = "workbook-sha256"
	PropRequirement   = "requirement" // where the id of the control is another one
	PropStatus        = "status"
	PropUnread        = "unread-status"
	PropObligation    = "obligation"
	PropPlanned       = "planned"
	PropUnreadPlanned = "unread-planned"
	PropOwner         = "owner"
	PropEvidence      = "evidence"
	PropAsked         = "asked"
	RelEvidence       = "evidence"
)

// Unanswered is the value of [PropStatus] where no status was chosen.
const Unanswered = "unanswered"

// Unexplained is the description of an answer without an explanation; one that
// says just this is escaped.
const Unexplained = "-"

// IsAnswers reports whether riskguide wrote the document as a supplier's answers.
func IsAnswers(f *document.File) bool {
	if f.ComponentDefinition == nil {
		return false
	}
	for _, p := range f.ComponentDefinition.Metadata.Props {
		if p.NS == document.Namespace && p.Name == PropSupplier {
			return true
		}
	}
	return false
}

// ReadAnswers reads a document for which [IsAnswers] holds. The set is nil where a
// problem is an error.
func ReadAnswers(f *document.File) (*answers.Set, catalog.Problems) {
	r := &reader{}
	s := r.answers(f.ComponentDefinition)
	r.problems.Sort()
	if r.problems.HasErrors() {
		return nil, r.problems
	}
	return s, r.problems
}

// dayOf reads a property that is a day.
func (r *reader) dayOf(ps *props, name string) time.Time {
	s := ps.one(name)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		r.fail(ps.pos, "%s: %s, %q, is no day", ps.what, name, s)
	}
	return t
}

func (r *reader) answers(d *document.ComponentDefinition) *answers.Set {
	m := &d.Metadata
	ps := r.props(m.Props, m.Pos, "the document")
	s := &answers.Set{Pos: m.Pos, Supplier: ps.one(PropSupplier), Name: ps.one(PropName), Service: ps.one(PropService)}
	s.Pack = answers.Pack{ID: ps.one(PropPack), Fingerprint: ps.one(PropFingerprint), Profile: ps.one(PropProfile),
		Guide: ps.one(PropGuide), Edition: ps.one(PropEdition), Language: catalog.Lang(ps.one(PropPackLanguage))}
	s.Workbook = answers.File{Name: ps.one(PropWorkbook), SHA256: ps.one(PropDigest)}
	s.Received = r.dayOf(ps, PropReceived)
	if n := ps.one(PropRound); n != "" {
		var err error
		if s.Round, err = strconv.Atoi(n); err != nil || s.Round < 1 {
			r.fail(m.Pos, "the round %q is no number from 1", n)
		}
	}
	if s.Pack.ID == "" {
		r.fail(m.Pos, "the document does not say what was answered: it has no property %q", PropPack)
	}
	ps.done()
	if len(m.Parties) > 1 || len(m.Roles) > 1 || len(m.ResponsibleParties) > 1 {
		r.noHome(m.Pos, "a party or role of the document")
	}
	if len(m.Links)+len(m.Locations)+len(m.Actions)+len(m.Revisions)+len(m.DocumentIDs) > 0 || m.Remarks != "" || m.Published != "" {
		r.noHome(m.Pos, "a link, location, action, revision, id, date or remark of the document")
	}
	if len(d.ImportComponentDefinitions)+len(d.Capabilities) > 0 || d.BackMatter != nil {
		r.noHome(m.Pos, "a capability, an import or the back matter")
	}
	for i := range d.Components {
		c := &d.Components[i]
		if i > 0 {
			r.noHome(m.Pos, "the component %q", c.Title)
			continue
		}
		if len(c.Props)+len(c.Links)+len(c.Protocols) > 0 || len(c.ResponsibleRoles) > 1 || c.Purpose != "" || c.Remarks != "" {
			r.noHome(m.Pos, "a property, link, role, protocol, purpose or remark of the component %q", c.Title)
		}
		for j := range c.ControlImplementations {
			ci := &c.ControlImplementations[j]
			if j > 0 {
				r.noHome(m.Pos, "the implementation of %q", ci.Source)
				continue
			}
			if len(ci.Props)+len(ci.Links)+len(ci.SetParameters) > 0 {
				r.noHome(m.Pos, "a property, link or parameter of the implementation of %q", ci.Source)
			}
			seen := map[string]bool{}
			for k := range ci.ImplementedRequirements {
				a := r.answer(&ci.ImplementedRequirements[k], m.Pos)
				if seen[a.Requirement] {
					r.fail(m.Pos, "requirement %q is answered twice", a.Requirement)
				}
				seen[a.Requirement] = true
				s.Answers = append(s.Answers, a)
			}
		}
	}
	return s
}

func (r *reader) answer(d *document.ImplementedRequirement, pos catalog.Position) answers.Answer {
	what := fmt.Sprintf("the answer to %q", d.ControlID)
	ps := r.props(d.Props, pos, what)
	a := answers.Answer{Pos: pos, Requirement: ps.one(PropRequirement), Obligation: ps.one(PropObligation), Asked: ps.one(PropAsked),
		Unread: ps.one(PropUnread), Evidence: ps.one(PropEvidence), Owner: ps.one(PropOwner), UnreadDate: ps.one(PropUnreadPlanned)}
	if a.Requirement == "" {
		a.Requirement = d.ControlID
	}
	if d.Description != Unexplained {
		a.Explanation = plain(d.Description)
	}
	if s := answers.Status(ps.one(PropStatus)); s != Unanswered {
		if !s.Valid() {
			r.fail(pos, "%s: there is no status %q", what, s)
		}
		a.Status = s
	}
	if s := ps.standard("implementation-status"); s != ImplementationStatus(a.Status) {
		r.noHome(pos, "the implementation-status %q of %s, other than its status %q,", s, what, a.Status)
	}
	a.Planned = r.dayOf(ps, PropPlanned)
	ps.done()
	for _, l := range d.Links {
		if l.Rel != RelEvidence || l.Href != a.Evidence || l.MediaType != "" || l.ResourceFragment != "" || l.Text != "" {
			r.noHome(pos, "the link %q of %s", l.Href, what)
		}
	}
	if len(d.SetParameters)+len(d.ResponsibleRoles)+len(d.Statements) > 0 || d.Remarks != "" {
		r.noHome(pos, "a parameter, role, statement or remark of %s", what)
	}
	return a
}

// ImplementationStatus is the value of NIST's property implementation-status for a
// status; "" where that has none.
func ImplementationStatus(s answers.Status) string {
	switch s {
	case answers.Implemented, answers.Partial, answers.Planned, answers.Alternative, answers.NotApplicable:
		return string(s)
	}
	return ""
}
