package catalog

import "strings"

// cutRun cuts a run of controls, "8.6.1.1..8.6.1.19", into its ends.
func cutRun(s string) (from, to string, ok bool) {
	from, to, ok = strings.Cut(s, "..")
	return strings.TrimSpace(from), strings.TrimSpace(to), ok
}
