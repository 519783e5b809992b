package pack

// Status is an answer that a supplier can choose for a requirement. The ids are
// stable; the words stand in the templates (status_ID with _ for -).
type Status struct {
	ID string
	// Explain and Date tell what an answer with this status must have beside.
	Explain, Date bool
	// Met counts as conforming; Outside leaves the requirement out of what
	// the rate is counted of.
	Met, Outside bool
	// Ink and Fill are the colours of the cell, "RRGGBB".
	Ink, Fill string
}

// key is the status's part of the keys of its words.
func (s Status) key() string {
	b := []byte("status_" + s.ID)
	for i := range b {
		if b[i] == '-' {
			b[i] = '_'
		}
	}
	return string(b)
}

// Statuses lists the answers in the order in which they are offered. An empty
// cell is unanswered.
func Statuses() []Status {
	return []Status{
		{ID: "implemented", Met: true, Ink: "1E5B3A", Fill: "D8EEE1"},
		{ID: "partial", Explain: true, Ink: "6B5300", Fill: "FFF1C2"},
		{ID: "planned", Date: true, Ink: "1D4F91", Fill: "DCE8F8"},
		{ID: "alternative", Explain: true, Met: true, Ink: "5B3A86", Fill: "EADFF5"},
		{ID: "not-implemented", Explain: true, Ink: "8C2A20", Fill: "F9DAD6"},
		{ID: "not-applicable", Explain: true, Outside: true, Ink: "4A5560", Fill: "E3E7EB"},
	}
}
