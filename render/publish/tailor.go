package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"

	"golang.org/x/sync/errgroup"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/render/packing"
	"riskguide/render/staging"
)

// ProfileFile is a profile somewhere, inside or outside the content folder.
type ProfileFile = packing.ProfileFile

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
// a profile. Where the configuration names languages, the packs are in these, not in
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
	for _, p := range packs {
		parts = append(parts, p.Profile.Name(), pack.ArchiveFile(p.Profile.Name()))
		g.Go(func() error { return c.source().Render(gctx, p, w.Add, folder) })
	}
	if err := g.Wait(); err != nil {
		return Result{}, w.Sorted(problems), err
	}
	if err := folder.Commit(parts...); err != nil {
		return Result{}, w.Sorted(problems), err
	}
	return Result{Files: len(folder.Names()), Parts: parts}, w.Sorted(problems), nil
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
