package catalog

import (
	"fmt"
	"sort"
	"strings"
)

// Level tells how grave a problem is.
type Level string

// An error stops a build; a warning does not.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
)

// Problem is one mistake in an input, for a person to mend.
type Problem struct {
	Pos     Position
	Level   Level
	Rule    string // short stable name of the rule, such as "unknown-reference"
	Message string
	Hint    string // a suggestion such as `did you mean "6.6.1.9"?`; may be empty
}

// String gives the problem in the form file:line:column: message (hint), with
// the place as [Position.Place] writes it.
func (p Problem) String() string {
	var b strings.Builder
	if p.Pos.File != "" {
		b.WriteString(p.Pos.Place() + ": ")
	}
	if p.Level == LevelWarning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		fmt.Fprintf(&b, " (%s)", p.Hint)
	}
	return b.String()
}

// Plural writes a number with its English noun, which takes an s: "1 change",
// "2 changes".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Problems is a list of problems. As an error it is all of them, a line each.
type Problems []Problem

// Error implements error.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Sort orders the problems by file, sheet, line and column, keeping the order of
// what stands at the same place.
func (ps Problems) Sort() {
	sort.SliceStable(ps, func(i, j int) bool {
		a, b := ps[i].Pos, ps[j].Pos
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Sheet != b.Sheet {
			return a.Sheet < b.Sheet
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}

// HasErrors reports whether any of the problems is an error.
func (ps Problems) HasErrors() bool {
	for _, p := range ps {
		if p.Level == LevelError {
			return true
		}
	}
	return false
}

// ErrorsOnly returns the problems that are errors.
func (ps Problems) ErrorsOnly() Problems {
	var out Problems
	for _, p := range ps {
		if p.Level == LevelError {
			out = append(out, p)
		}
	}
	return out
}
