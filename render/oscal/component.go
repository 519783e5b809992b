package oscal

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
)

// component makes the component definition of a supplier's answers to the pack.
// Answers to requirements that the pack does not have are told by warn.
func (w *packWriter) component(s *answers.Set, warn func(catalog.Problem)) *document.ComponentDefinition {
	round := strconv.Itoa(max(s.Round, 1))
	m := w.metadata("round " + round)
	if w.opts.Date.IsZero() && !s.Received.IsZero() {
		m.LastModified = timestamp(s.Received)
	}
	name := s.Name
	if name == "" {
		name = s.Supplier
	}
	service := s.Service
	if service == "" {
		service = name
	}
	m.Title = plain(service)
	if service != name {
		m.Title = plain(service + " – " + name)
	}
	add := func(name, value string) {
		if value != "" {
			m.Props = append(m.Props, own(name, value))
		}
	}
	add(native.PropSupplier, s.Supplier)
	add(native.PropName, s.Name)
	add(native.PropService, s.Service)
	if s.Round > 0 {
		add(native.PropRound, round)
	}
	if !s.Received.IsZero() {
		add(native.PropReceived, s.Received.Format(time.DateOnly))
	}
	add(native.PropPack, s.Pack.ID)
	add(native.PropFingerprint, s.Pack.Fingerprint)
	add(native.PropProfile, s.Pack.Profile)
	add(native.PropGuide, s.Pack.Guide)
	add(native.PropEdition, s.Pack.Edition)
	add(native.PropPackLanguage, string(s.Pack.Language))
	add(native.PropWorkbook, s.Workbook.Name)
	add(native.PropDigest, s.Workbook.SHA256)
	provider := document.Party{UUID: document.UUID("party", "provider", s.Supplier), Type: "organization", Name: oneLine(name)}
	w.party(&m, "provider", provider)

	c := document.Component{UUID: document.UUID("component", s.Supplier, s.Service), Type: "service", Title: plain(service), Description: plain(service),
		ResponsibleRoles: []document.ResponsibleRole{{RoleID: "provider", PartyUUIDs: []string{provider.UUID}}}}
	ci := document.ControlImplementation{UUID: document.UUID("answers", s.Supplier, s.Pack.ID, round), Source: "../" + ProfileFile(w.name), Description: w.described().Title}
	if fp := s.Pack.Fingerprint; fp != "" && fp != w.pack.Fingerprint {
		warn(catalog.Problem{Pos: s.Pos, Level: catalog.LevelWarning, Rule: "oscal-other-pack",
			Message: fmt.Sprintf("the answers are to the pack %s, the profile now makes %s; what was asked may be other", s.Pack.ID, w.pack.ID)})
	}
	for i := range s.Answers {
		a := &s.Answers[i]
		r := w.pack.Requirement(a.Requirement)
		if r == nil {
			warn(catalog.Problem{Pos: a.Pos, Level: catalog.LevelWarning, Rule: "oscal-no-home",
				Message: fmt.Sprintf("the profile %s does not ask for %q; the answer is not exported", w.pack.Profile.ID, a.Requirement)})
			continue
		}
		ci.ImplementedRequirements = append(ci.ImplementedRequirements, w.answer(s, a, w.requirement(r), round))
	}
	if len(ci.ImplementedRequirements) > 0 {
		c.ControlImplementations = []document.ControlImplementation{ci}
	}
	return &document.ComponentDefinition{UUID: document.UUID("component-definition", s.Supplier, s.Pack.ID, round), Metadata: m, Components: []document.Component{c}}
}

func (w *packWriter) answer(s *answers.Set, a *answers.Answer, control, round string) document.ImplementedRequirement {
	d := document.ImplementedRequirement{UUID: document.UUID("answer", s.Supplier, s.Pack.ID, round, a.Requirement), ControlID: control, Description: plain(a.Explanation)}
	if a.Explanation == "" {
		d.Description = native.Unexplained
	}
	if control != a.Requirement {
		d.Props = append(d.Props, own(native.PropRequirement, a.Requirement))
	}
	if v := native.ImplementationStatus(a.Status); v != "" {
		d.Props = append(d.Props, document.Prop{Name: "implementation-status", Value: v})
	}
	status := string(a.Status)
	if a.Status == answers.Unanswered {
		status = native.Unanswered
	}
	d.Props = append(d.Props, own(native.PropStatus, status))
	add := func(name, value string) {
		if value != "" {
			d.Props = append(d.Props, own(name, value))
		}
	}
	add(native.PropObligation, a.Obligation)
	add(native.PropUnread, a.Unread)
	if !a.Planned.IsZero() {
		add(native.PropPlanned, a.Planned.Format(time.DateOnly))
	}
	add(native.PropUnreadPlanned, a.UnreadDate)
	add(native.PropOwner, a.Owner)
	add(native.PropEvidence, a.Evidence)
	add(native.PropAsked, a.Asked)
	if u, err := url.Parse(a.Evidence); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && document.IsString(a.Evidence) {
		d.Links = append(d.Links, document.Link{Href: a.Evidence, Rel: native.RelEvidence})
	}
	return d
}
