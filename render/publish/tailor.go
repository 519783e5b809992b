package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"

	"golang.org/x/sync/errgroup"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/render/packing"
	"riskguide/render/staging"
)

// ProfileFile is a profile somewhere, inside or outside the content folder.
type ProfileFile = packing.ProfileFile

// AnswersFile is a file with answers somewhere.
type AnswersFile struct {
	FS     fs.FS
	Name   string // inside FS
	Prefix string // what stands before Name in messages
}

// previous reads the answers of the last round and tells whether the packs can
// carry them on.
func (c Config) previous(packs []*profile.Pack) (*answers.Set, catalog.Problems) {
	if c.Previous == nil {
		return nil, nil
	}
	set, problems := answers.Load(c.Previous.FS, c.Previous.Name, c.Previous.Prefix)
	if set == nil {
		return nil, problems
	}
	for _, p := range packs {
		problems = append(problems, pack.CheckPrevious(p, set)...)
	}
	return set, problems
}

// packLanguages checks the languages that packs are asked for in.
func (c Config) packLanguages(cat *catalog.Catalog) error {
	if len(c.Langs) == 0 {
		return nil
	}
	if len(c.Langs) > profile.MaxLanguages {
		return PackLanguagesError{}
	}
	if len(c.Langs) == 2 && c.Langs[0] == c.Langs[1] {
		return PackLanguagesError{}
	}
	_, err := c.langs(cat)
	return err
}

// PackLanguagesError is returned where a pack is asked for in more languages than
// it can show, or twice in the same.
type PackLanguagesError struct{}

func (PackLanguagesError) Error() string {
	return fmt.Sprintf("--lang: a pack shows one language, or %d side by side", profile.MaxLanguages)
}

// contentProfiles lists the profiles of the content folder.
func (c Config) contentProfiles() ([]ProfileFile, error) {
	entries, err := fs.ReadDir(c.Content, ProfilesDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []ProfileFile
	for _, e := range entries {
		if !e.IsDir() && path.Ext(e.Name()) == ".yaml" {
			files = append(files, ProfileFile{FS: c.Content, Name: path.Join(ProfilesDir, e.Name()), Prefix: c.ContentName})
		}
	}
	return files, nil
}

// Tailor renders the packs of the profiles into out, one folder and one archive
// a profile. Answers of the last round are those of one supplier, and so there is
// one profile. Where the configuration names languages, the packs are in these, not in
// those that the profiles say, and so are the names: see [profile.Profile.Name].
// Problems, error and out are as with [Build]; the folders of other
// profiles stay.
func Tailor(ctx context.Context, c Config, out string, files []ProfileFile) (Result, catalog.Problems, error) {
	cat, problems := c.load(ctx)
	if cat == nil || problems.HasErrors() || ctx.Err() != nil {
		return Result{}, problems, ctx.Err()
	}
	if err := c.packLanguages(cat); err != nil {
		return Result{}, problems, err
	}
	packs, ps, err := c.source().Tailor(ctx, cat, files, c.Langs)
	problems = append(problems, ps...)
	previous, ps := c.previous(packs)
	problems = append(problems, ps...)
	problems.Sort()
	if err != nil || problems.HasErrors() {
		return Result{}, problems, err
	}
	folder, err := staging.Begin(out, c.Written)
	if err != nil {
		return Result{}, problems, err
	}
	defer folder.Abort()
	var w packing.Warnings
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	var parts []string
	carried := make([]*pack.Carried, len(packs))
	for i, p := range packs {
		name := pack.Name(p, previous)
		parts = append(parts, name, pack.ArchiveFile(name))
		g.Go(func() (err error) {
			carried[i], err = c.source().RenderNext(gctx, p, previous, w.Add, folder)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return Result{}, w.Sorted(problems), err
	}
	if err := folder.Commit(parts...); err != nil {
		return Result{}, w.Sorted(problems), err
	}
	res := Result{Files: len(folder.Names()), Parts: parts}
	if len(carried) > 0 {
		res.Carried = carried[0]
	}
	return res, w.Sorted(problems), nil
}

// Lint checks the content and its profiles and returns everything that is wrong,
// sorted. The error is one of reading, not of the content.
func Lint(ctx context.Context, c Config) (catalog.Problems, error) {
	cat, problems := c.load(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	files, err := c.contentProfiles()
	if err != nil {
		return nil, err
	}
	_, ps, err := c.source().Tailor(ctx, cat, files, nil)
	if err != nil {
		return nil, err
	}
	problems = append(problems, ps...)
	problems.Sort()
	return problems, nil
}

var _ render.Sink = (*staging.Folder)(nil)
