// Package answers holds what suppliers answer to the requirements of a pack: the
// status of each requirement with explanation, evidence, owner and date.
//
// A [Set] is what one supplier answered in one round. It is read from a
// questionnaire that came back (see the packages below this one) and kept as a
// file of its own in the YAML form, which [Write] writes and [Load] reads: one
// entry a requirement, in the order of the guide's clauses, so that a changed
// answer is a small difference. Nothing here knows a workbook or a page.
package answers

import (
	"slices"
	"time"

	"riskguide/catalog"
)

// Status is what a supplier says of a requirement. The ids are stable: they stand
// in questionnaires, in files of answers and in scripts.
type Status string

// The statuses in the order in which they are offered; an empty one is unanswered.
const (
	Unanswered     Status = ""
	Implemented    Status = "implemented"
	Partial        Status = "partial"
	Planned        Status = "planned"
	Alternative    Status = "alternative"
	NotImplemented Status = "not-implemented"
	NotApplicable  Status = "not-applicable"
)

// Statuses lists the statuses that can be chosen, in the order in which they are
// offered.
func Statuses() []Status {
	return []Status{Implemented, Partial, Planned, Alternative, NotImplemented, NotApplicable}
}

// Valid reports whether the status can be chosen.
func (s Status) Valid() bool { return slices.Contains(Statuses(), s) }

// NeedsExplanation reports whether an answer with the status must be explained.
func (s Status) NeedsExplanation() bool {
	return s == Partial || s == Alternative || s == NotImplemented || s == NotApplicable
}

// NeedsDate reports whether an answer with the status must name a date.
func (s Status) NeedsDate() bool { return s == Planned }

// Met reports whether the requirement counts as fulfilled.
func (s Status) Met() bool { return s == Implemented || s == Alternative }

// Outside reports whether the requirement does not concern the service and is
// left out of what is counted.
func (s Status) Outside() bool { return s == NotApplicable }

// Set is what one supplier answered in one round.
type Set struct {
	// Supplier names the supplier in file names and tables, such as "acme"; it
	// is the stem of the file.
	Supplier string
	// Name is the supplier's name as it is written.
	Name string
	// Service is the service that the answers are about; may be empty.
	Service string
	// Round counts the times that the supplier answered, from 1.
	Round int
	// Received is the day on which the answers came, midnight UTC; zero where
	// nobody said.
	Received time.Time
	// Pack tells what was asked.
	Pack Pack
	// Workbook is the file that the answers were read from; zero where there
	// was none.
	Workbook File
	// Answers are in the order of the requirements of the pack; each
	// requirement has at most one.
	Answers []Answer

	// Pos is the place of the set in its file; zero where it was not read
	// from one.
	Pos catalog.Position
}

// Pack names the requirements that were answered; see [profile.Pack].
type Pack struct {
	ID          string
	Fingerprint string
	Profile     string
	Guide       string
	Edition     string
	Language    catalog.Lang
}

// File is a file with its SHA-256 in hexadecimal.
type File struct {
	Name   string
	SHA256 string
}

// Answer is what a supplier says of one requirement.
type Answer struct {
	// Requirement is the id of the control or of the added requirement.
	Requirement string
	// Obligation is how binding the requirement was when it was answered.
	Obligation string
	// Asked is the wording that was answered, in the pack's language. The
	// next round shows it beside a new wording.
	Asked  string
	Status Status
	// Unread is the value of the cell of the status where it is none of the
	// list; then Status is empty. It is kept so that nothing is lost.
	Unread      string
	Explanation string
	Evidence    string
	Owner       string
	// Planned is the day by which the requirement will be met, midnight UTC;
	// zero where none is given.
	Planned time.Time
	// UnreadDate is the value of the cell of the date where it is no date.
	UnreadDate string

	Pos catalog.Position
}

// IsBlank reports whether nothing was answered at all.
func (a *Answer) IsBlank() bool {
	return a.Status == Unanswered && a.Unread == "" && a.Explanation == "" && a.Evidence == "" && a.Owner == "" &&
		a.Planned.IsZero() && a.UnreadDate == ""
}

// Answer returns the answer to the requirement with the id, or nil.
func (s *Set) Answer(requirement string) *Answer {
	for i := range s.Answers {
		if s.Answers[i].Requirement == requirement {
			return &s.Answers[i]
		}
	}
	return nil
}
