package edition

import (
	"fmt"

	"riskguide/catalog"
)

// The names of the rules of [Check], as they stand in [catalog.Problem].Rule.
const (
	RuleNumber     = "edition-number"
	RuleTooLow     = "edition-too-low"
	RuleNotRetired = "not-retired"
	RuleEditorial  = "editorial"
)

// Verdict says which edition the changes since an older one ask for.
type Verdict struct {
	Old, New string // the editions
	Changes  int
	// Editorial is how many of the changes are declared to mean the same.
	Editorial int
	Level     Level
	// Because is a change that asks for the level; zero where there is none.
	Because Change
	// Least is the lowest number that will do; empty where the old edition's
	// is none.
	Least string
}

// String says the verdict in a line.
func (v Verdict) String() string {
	if v.Level == None {
		return fmt.Sprintf("since edition %s: nothing that asks for a new edition", v.Old)
	}
	declared := ""
	if v.Editorial > 0 {
		declared = fmt.Sprintf(" (%d declared editorial)", v.Editorial)
	}
	// Not how many changes there are: riskguide diff tells that, and takes together what
	// belongs together.
	return fmt.Sprintf("since edition %s: changes%s that ask for a %s edition (such as: %s), at least %s; the guide says %s",
		v.Old, declared, v.Level, v.Because, v.Least, v.New)
}

// Check compares a source with the edition before it and tells whether its
// number is high enough for what changed. A number that is none, or too low, is
// an error at the place of edition in guide.yaml; an id that is gone and not
// listed as retired a warning. What the edition declares editorial, though its
// wording did not change, is an error at its place in the history of editions.
// oldName names the older edition in messages.
//
// A step of a higher level covers those below it: a major edition may hold any
// change. An older edition whose number is none is not compared, with a warning.
func Check(old, new *catalog.Source, oldName string) (Verdict, catalog.Problems) {
	changes := Compare(old, new)
	v := Verdict{Old: old.Guide.Edition, New: new.Guide.Edition, Level: Needed(changes), Changes: len(changes)}
	for i := len(changes) - 1; i >= 0; i-- {
		if changes[i].Level == v.Level {
			v.Because = changes[i]
		}
		if changes[i].Editorial {
			v.Editorial++
		}
	}
	var problems catalog.Problems
	add := func(level catalog.Level, pos catalog.Position, rule, hint, format string, args ...any) {
		problems = append(problems, catalog.Problem{Pos: pos, Level: level, Rule: rule, Hint: hint, Message: fmt.Sprintf(format, args...)})
	}
	pos := new.Guide.EditionPos()
	is, err := ParseNumber(v.New)
	if err != nil {
		add(catalog.LevelError, pos, RuleNumber, "", "%v", err)
	}
	was, oldErr := ParseNumber(v.Old)
	if oldErr != nil {
		add(catalog.LevelWarning, pos, RuleNumber, "", "the edition of %s cannot be compared: %v", oldName, oldErr)
	} else {
		v.Least = was.Next(v.Level).String()
	}
	switch {
	case err != nil || oldErr != nil:
	case is.Compare(was) < 0:
		add(catalog.LevelError, pos, RuleTooLow, "at least "+v.Least, "edition %s is lower than edition %s of %s", v.New, v.Old, oldName)
	case v.Level.Above(was.StepTo(is)):
		add(catalog.LevelError, pos, RuleTooLow, "at least "+v.Least,
			"edition %s is too low: since edition %s of %s there are changes that ask for a %s edition, such as: %s",
			v.New, v.Old, oldName, v.Level, v.Because)
	}
	for _, ref := range unchanged(old.Guide, new.Guide, changes) {
		add(catalog.LevelError, ref.Pos, RuleEditorial, "a translation or another text needs no declaration",
			"edition %s lists %q as editorial, but its wording in %s did not change since edition %s of %s",
			v.New, ref.ID, firstLang(new, old), v.Old, oldName)
	}
	retired := map[string]bool{}
	for _, r := range new.Retired {
		retired[r.ID] = true
	}
	for _, c := range changes {
		if c.Kind == Removed && !c.Item && hangsOn(c.Entity) && !retired[c.ID] {
			add(catalog.LevelWarning, new.Guide.EditionPos(), RuleNotRetired, "list it in retired.yaml, with what replaced it",
				"%s %s of %s is gone and not listed as retired", c.Entity, c.ID, oldName)
		}
	}
	return v, problems
}

// hangsOn reports whether profiles, answers or links hang on ids of the kind.
func hangsOn(e Entity) bool {
	switch e {
	case EntityRisk, EntityMeasure, EntityControl, EntityClause, EntityVulnerability:
		return true
	}
	return false
}
