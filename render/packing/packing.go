// Package packing makes the packs of profiles from a guide: it loads the guide,
// tailors it and renders. The command line and the program in the browser both do
// it here, so that they write the same bytes.
package packing

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/render/pdf/font"
)

// Source is what packs are made from.
type Source struct {
	// Content is the content folder; ContentName its name in messages.
	Content     fs.FS
	ContentName string
	Templates   fs.FS
	// Date is the only clock; zero: the guide's date.
	Date        time.Time
	ToolVersion string
	// Commit is the git commit of the content, empty where there is none.
	Commit string
	// Faces is the typeface of the PDFs; nil is the built-in one.
	Faces *font.Faces
}

// Load reads and checks the catalog.
func (s Source) Load(ctx context.Context) (*catalog.Catalog, catalog.Problems) {
	return catalog.Load(ctx, s.Content, catalog.LoadOptions{Prefix: s.ContentName})
}

// Options returns what renderers must know beside the catalog.
func (s Source) Options(cat *catalog.Catalog, lang catalog.Lang, warn func(catalog.Problem)) render.Options {
	date := s.Date
	if date.IsZero() {
		date = cat.Guide.Date
	}
	return render.Options{Lang: lang, Templates: s.Templates, Date: date, ToolVersion: s.ToolVersion, Faces: s.Faces, Warn: warn}
}

// ProfileFile is a profile somewhere, inside or outside the content folder.
type ProfileFile struct {
	FS     fs.FS
	Name   string // inside FS
	Prefix string // what stands before Name in messages
}

// Tailor reads profiles and applies them to the catalog. Where that is nil, which
// it is where the guide has errors, only the profiles themselves are checked. The
// problems are those of all profiles; only without errors are there packs. Langs,
// if not empty, replace the languages that the profiles say. Two profiles with one
// id would write into one folder, which is an error.
func (s Source) Tailor(ctx context.Context, cat *catalog.Catalog, files []ProfileFile, langs []catalog.Lang) ([]*profile.Pack, catalog.Problems, error) {
	var digest string
	if cat != nil && len(files) > 0 {
		var err error
		if digest, err = profile.CatalogDigest(s.Content); err != nil {
			return nil, nil, err
		}
	}
	var packs []*profile.Pack
	var problems catalog.Problems
	seen := map[string]catalog.Position{}
	for _, f := range files {
		p, ps := profile.Load(ctx, f.FS, f.Name, profile.LoadOptions{Prefix: f.Prefix, Languages: langs})
		problems = append(problems, ps...)
		if p == nil {
			continue
		}
		name := p.Name()
		if pos, ok := seen[name]; ok && p.ID != "" {
			problems = append(problems, catalog.Problem{Pos: p.Pos, Level: catalog.LevelError, Rule: "duplicate-id",
				Message: fmt.Sprintf("profile id %q is already used in %s", p.ID, pos.File)})
		}
		seen[name] = p.Pos
		if cat == nil {
			continue
		}
		pk, ps := profile.Tailor(cat, p)
		problems = append(problems, ps...)
		if pk != nil {
			pk.CatalogSHA256, pk.Commit = digest, s.Commit
			packs = append(packs, pk)
		}
	}
	if problems.HasErrors() {
		return nil, problems, nil
	}
	return packs, problems, nil
}

// Render writes a pack into sink: a folder and an archive; see [pack.Render].
func (s Source) Render(ctx context.Context, p *profile.Pack, warn func(catalog.Problem), sink render.Sink) error {
	return pack.Render(ctx, p, s.Options(p.Catalog, p.Lang(), warn), sink)
}

// RenderNext writes the pack of a further round into sink; see [pack.RenderNext].
func (s Source) RenderNext(ctx context.Context, p *profile.Pack, previous *answers.Set, warn func(catalog.Problem), sink render.Sink) (*pack.Carried, error) {
	return pack.RenderNext(ctx, p, previous, s.Options(p.Catalog, p.Lang(), warn), sink)
}

// Warnings collects what renderers report, each once, in an order that does not
// depend on who was first. The zero value is empty.
type Warnings struct {
	mu   sync.Mutex
	seen map[string]bool
	list catalog.Problems
}

// Add takes a report. It may be called from several goroutines.
func (w *Warnings) Add(p catalog.Problem) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen == nil {
		w.seen = map[string]bool{}
	}
	if key := p.String(); !w.seen[key] {
		w.seen[key] = true
		w.list = append(w.list, p)
	}
}

// Sorted returns the problems found so far together with ps, sorted.
func (w *Warnings) Sorted(ps catalog.Problems) catalog.Problems {
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.SortFunc(w.list, func(a, b catalog.Problem) int { return strings.Compare(a.String(), b.String()) })
	all := append(slices.Clone(ps), w.list...)
	all.Sort()
	return all
}
