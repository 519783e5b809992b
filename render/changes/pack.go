package changes

import (
	"riskguide/catalog/edition"
	"riskguide/catalog/worddiff"
)

// Pack tells what changes in the pack of a profile.
type Pack struct{}

// PackView is what changes in a pack, in words.
type PackView struct {
	Title   string
	Summary string
	Notes   []string
	Groups  []Group
}

func (b *viewMaker) pack(p *Pack) *PackView { _ = edition.Added; _ = worddiff.Equal; return nil }
