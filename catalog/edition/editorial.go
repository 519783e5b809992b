package edition

import (
	"slices"
	"strings"

	"riskguide/catalog"
)

// declaredEditorial returns the ids of which the editions after the old one say
// that only their wording changed. An edition of another major number may have
// changed what things mean, so that a declaration before or after it says nothing
// of the whole way: there the id must stand in that edition's list too.
func declaredEditorial(old, new *catalog.Guide) map[string]bool {
	if old == nil || new == nil {
		return nil
	}
	was, err := ParseNumber(old.Edition)
	if err != nil {
		return nil
	}
	declared := map[string]bool{}
	var majors []map[string]bool
	for i, e := range new.Editions {
		n, err := ParseNumber(e.Edition)
		if err != nil || n.Compare(was) <= 0 {
			continue
		}
		here := map[string]bool{}
		for _, r := range e.Editorial {
			here[r.ID], declared[r.ID] = true, true
		}
		before := was // the edition that this one follows
		if i+1 < len(new.Editions) {
			if m, err := ParseNumber(new.Editions[i+1].Edition); err == nil && m.Compare(was) > 0 {
				before = m
			}
		}
		if before.StepTo(n) == Major {
			majors = append(majors, here)
		}
	}
	for id := range declared {
		for _, m := range majors {
			if !m[id] {
				delete(declared, id)
			}
		}
	}
	return declared
}

// unchanged returns what the new edition declares editorial and did not reword.
// What an edition in between declares, too, may have come back to the old wording.
func unchanged(old, new *catalog.Guide, changes []Change) []catalog.Ref {
	was, err := ParseNumber(old.Edition)
	if err != nil {
		return nil
	}
	reworded, times := map[string]bool{}, map[string]int{}
	for i := range changes {
		if id := rewording(&changes[i], firstLang(&catalog.Source{Guide: new})); id != "" {
			reworded[id] = true
		}
	}
	var now []catalog.Ref
	for _, e := range new.Editions {
		if n, err := ParseNumber(e.Edition); err != nil || n.Compare(was) <= 0 {
			continue
		}
		for _, r := range e.Editorial {
			times[r.ID]++
			if e.Edition == new.Edition {
				now = append(now, r)
			}
		}
	}
	return slices.DeleteFunc(now, func(r catalog.Ref) bool { return reworded[r.ID] || times[r.ID] > 1 })
}

// rewording returns the id of what reads otherwise in the language by a change, and
// may mean the same; "" for another change. The items of a control are part of its
// wording.
func rewording(ch *Change, lang catalog.Lang) string {
	switch ch.Entity {
	case EntityItem:
		if whole := ch.Lang == "" && ch.Path == "" && !ch.Part && !ch.Item; whole || ch.Lang == lang {
			control, _, _ := strings.Cut(ch.ID, "/")
			return control
		}
	case EntityCitation:
		if ch.Kind == Reworded && ch.Lang == lang {
			return ch.ID
		}
	case EntityMeasure, EntityObjective, EntityControl:
		// What had no wording, or has none now, means another thing.
		if ch.Kind == Reworded && ch.Lang == lang && ch.Old != "" && ch.New != "" {
			return ch.ID
		}
	}
	return ""
}
