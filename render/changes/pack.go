package changes

import (
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/worddiff"
	"riskguide/profile"
)

// PackView is what changes in the pack of a profile, in words.
type PackView struct {
	Title   string
	Summary string
	// Notes tell of what the profile names and one of the editions lacks.
	Notes []string
	// Groups hold the requirements by what became of them.
	Groups []Group
}

func (b *viewMaker) pack(c *profile.Comparison) *PackView {
	title := c.Title
	if title == "" {
		title = c.Profile
	}
	v := &PackView{Title: b.w.With("group.pack", "profile", title)}
	count := map[profile.Difference]int{}
	groups := []struct {
		difference profile.Difference
		word       string
		kind       edition.Kind
	}{
		{profile.RequirementNew, "pack.new", edition.Added},
		{profile.RequirementGone, "pack.gone", edition.Removed},
		{profile.RequirementReworded, "pack.reworded", edition.Reworded},
		{profile.RequirementObliged, "pack.obligation", edition.Changed},
		{profile.RequirementReplaced, "pack.replaced", edition.Replaced},
	}
	for _, g := range groups {
		out := Group{Anchor: "pack-" + string(g.difference), Title: b.w.Get(g.word)}
		for i := range c.Changes {
			if ch := &c.Changes[i]; ch.Difference == g.difference {
				count[g.difference]++
				out.Entries = append(out.Entries, b.requirement(ch, g.kind))
			}
		}
		if len(out.Entries) > 0 {
			v.Groups = append(v.Groups, out)
		}
	}
	v.Summary = b.w.With("pack.summary", "old", itoa(c.Old), "new", itoa(c.New),
		"added", itoa(count[profile.RequirementNew]), "gone", itoa(count[profile.RequirementGone]),
		"reworded", itoa(count[profile.RequirementReworded]), "obligation", itoa(count[profile.RequirementObliged]))
	if len(c.Changes) == 0 {
		v.Summary += " " + b.w.Get("pack.none")
	}
	if c.Edition != "" && c.Edition != b.r.New.Guide.Edition {
		v.Notes = append(v.Notes, b.w.With("pack.edition", "edition", c.Edition, "where", c.EditionPlace))
	}
	for _, m := range c.Missing {
		key := "pack.missing.new"
		if m.InOld {
			key = "pack.missing.old"
		}
		if len(m.Instead) > 0 {
			key += ".replaced"
		}
		v.Notes = append(v.Notes, b.w.With(key, "kind", b.w.Get("kind-of."+m.Kind), "id", m.ID,
			"where", m.Place, "by", strings.Join(m.Instead, b.w.Get("list-separator"))))
	}
	v.Notes = append(v.Notes, c.Problems...)
	return v
}

// requirement shows one difference.
func (b *viewMaker) requirement(c *profile.RequirementChange, kind edition.Kind) Entry {
	e := Entry{Kind: kind, KindWord: b.w.Get("kind." + string(kind)), What: b.w.Get("col.requirement"), ID: c.ID,
		Level: edition.None, Lang: b.r.PackLang}
	e.Segments = worddiff.Diff(c.Old, c.New)
	obligation := func(o profile.Obligation) string { return b.w.Get("obligation." + string(o)) }
	switch {
	case c.Difference == profile.RequirementObliged:
		e.Segments = []worddiff.Segment{{Op: worddiff.Delete, Text: obligation(c.OldObligation)}, {Op: worddiff.Insert, Text: obligation(c.NewObligation)}}
		e.Lang = catalog.Lang("")
	case c.Difference == profile.RequirementReplaced:
		e.ID, e.NewID = c.OldID, c.ID
		if c.Old != c.New { // shown as reworded
			e.Segments = nil
		}
	case c.NewObligation != "":
		e.Field = obligation(c.NewObligation)
	default:
		e.Field = obligation(c.OldObligation)
		e.NewID = strings.Join(c.ReplacedBy, b.w.Get("list-separator"))
	}
	if len(c.Risks) > 0 {
		e.Details = []string{b.w.Get("kind-of.risk") + b.w.Get("colon") + strings.Join(c.Risks, b.w.Get("list-separator"))}
	}
	return e
}
