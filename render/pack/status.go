package pack

import (
	"strings"

	"riskguide/answers"
)

// statusKey is a status's part of the keys of its words in the templates.
func statusKey(s answers.Status) string {
	return "status_" + strings.ReplaceAll(string(s), "-", "_")
}

// statusColors returns the ink and the fill of the cells of a status, "RRGGBB".
func statusColors(s answers.Status) (ink, fill string) {
	switch s {
	case answers.Implemented:
		return "1E5B3A", "D8EEE1"
	case answers.Partial:
		return "6B5300", "FFF1C2"
	case answers.Planned:
		return "1D4F91", "DCE8F8"
	case answers.Alternative:
		return "5B3A86", "EADFF5"
	case answers.NotImplemented:
		return "8C2A20", "F9DAD6"
	}
	return "4A5560", "E3E7EB"
}

// StatusColors returns the ink and the fill of a status in the questionnaire,
// "RRGGBB", for what shows answers beside it.
func StatusColors(s answers.Status) (ink, fill string) { return statusColors(s) }
