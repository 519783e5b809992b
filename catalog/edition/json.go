package edition

import (
	"encoding/json"
	"io"
	"time"

	"riskguide/catalog"
)

// FormatVersion is the version of the form that [WriteJSON] writes. It changes
// only when what was written before is no longer there, or means another thing.
const FormatVersion = 1

// Document is a comparison as [WriteJSON] writes it; the JSON Schema
// diff.schema.json of package riskguide/catalog/schema describes it.
type Document struct {
	Format int  `json:"format"`
	Old    Side `json:"old"`
	New    Side `json:"new"`
	// Level is the kind of edition that the changes ask for together.
	Level   Level    `json:"level"`
	Changes []Change `json:"changes"`
	// Pack holds what changes in the pack of a profile.
	Pack any `json:"pack,omitempty"`
}

// Side is one of the two editions.
type Side struct {
	Name    string `json:"name"` // what was opened
	Guide   string `json:"guide"`
	Edition string `json:"edition"`
	Date    string `json:"date,omitempty"`
	// Language is the guide's first one.
	Language catalog.Lang `json:"language"`
}

// NewSide tells of an edition.
func NewSide(name string, src *catalog.Source) Side {
	s := Side{Name: name, Language: firstLang(src)}
	if g := src.Guide; g != nil {
		s.Guide, s.Edition = g.ID, g.Edition
		if !g.Date.IsZero() {
			s.Date = g.Date.Format(time.DateOnly)
		}
	}
	return s
}

// WriteJSON writes a comparison for programs: all changes, also those that are
// part of others. It sets the document's format and level.
func WriteJSON(w io.Writer, d Document) error {
	d.Format, d.Level = FormatVersion, Needed(d.Changes)
	if d.Changes == nil {
		d.Changes = []Change{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}
