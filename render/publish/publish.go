// Package publish runs a whole build: it loads the content, tailors the
// profiles and lets every format write into one output folder that changes as a
// whole or not at all.
//
// The formats run side by side and only read the catalog. What they write
// depends on the content, the templates, the date and the version of riskguide
// alone.
package publish

import (
	"compress/flate"
	"context"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"riskguide/catalog"
	diff "riskguide/catalog/edition"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/changes"
	"riskguide/render/pack"
	"riskguide/render/packing"
	"riskguide/render/pdf"
	"riskguide/render/site"
	"riskguide/render/site/engine"
	"riskguide/render/staging"
	"riskguide/render/workbook"
)

// Format is one kind of output.
type Format string

// The formats in the order in which they are listed.
const (
	Site     Format = "site"
	Workbook Format = "workbook"
	PDF      Format = "pdf"
	Packs    Format = "packs"
)

// Formats lists all formats.
func Formats() []Format { return []Format{Site, Workbook, PDF, Packs} }

// ProfilesDir is the folder of the content whose profiles a build tailors.
const ProfilesDir = "profiles"

// Config is what a build works from.
type Config struct {
	// Content is the content folder; ContentName its name in messages.
	Content     fs.FS
	ContentName string
	Templates   fs.FS
	// Langs lists the languages to render; empty: all of the guide's.
	Langs []catalog.Lang
	// Since is an older edition of the content, for the site to list what
	// changed; SinceName its name in messages. A nil Since gives no such list.
	Since     fs.FS
	SinceName string
	// Previous is the file with a supplier's answers of the last round, which
	// [Tailor] carries on; nil in a first round.
	Previous *AnswersFile
	// BaseURL is where the site will be published; see [site.Options].
	BaseURL string
	// Date is the only clock; zero: the guide's date.
	Date        time.Time
	ToolVersion string
	// Commit is the git commit of the content, empty where there is none.
	Commit string
	// Engine is the program with which the site makes packs in the browser;
	// nil: the site makes none.
	Engine *engine.Engine
	// Written, if not nil, is called for each file; it must be quick and safe
	// for concurrent use.
	Written func(name string, size int)
}

// Result tells what a build wrote.
type Result struct {
	Files int
	Parts []string // the folders that were replaced, such as "site"
	// Carried tells what became of the answers of the last round; nil where
	// there were none.
	Carried *pack.Carried
}

// source is what packs, and the browser's packs, are made from.
func (c Config) source() packing.Source {
	return packing.Source{Content: c.Content, ContentName: c.ContentName, Templates: c.Templates,
		Date: c.Date, ToolVersion: c.ToolVersion, Commit: c.Commit}
}

// load reads and checks the catalog.
func (c Config) load(ctx context.Context) (*catalog.Catalog, catalog.Problems) {
	return c.source().Load(ctx)
}

// UnknownLanguageError is returned for a language that the guide does not have.
type UnknownLanguageError struct {
	Lang catalog.Lang
	Has  []catalog.Lang
}

// Error implements error.
func (e UnknownLanguageError) Error() string {
	return fmt.Sprintf("the guide has no language %q; it has %v", e.Lang, e.Has)
}

// langs returns the languages to render, or an [UnknownLanguageError].
func (c Config) langs(cat *catalog.Catalog) ([]catalog.Lang, error) {
	if len(c.Langs) == 0 {
		if len(cat.Guide.Languages) == 0 {
			return []catalog.Lang{cat.DefaultLang()}, nil
		}
		return cat.Guide.Languages, nil
	}
	for _, l := range c.Langs {
		if !slices.Contains(cat.Guide.Languages, l) {
			return nil, UnknownLanguageError{l, cat.Guide.Languages}
		}
	}
	return c.Langs, nil
}

func (c Config) options(cat *catalog.Catalog, lang catalog.Lang, w *packing.Warnings) render.Options {
	return c.source().Options(cat, lang, w.Add)
}

// Build renders the formats into out. The problems hold everything that was
// found, warnings included; if they have errors, or the error is not nil, out is
// as it was before.
func Build(ctx context.Context, c Config, out string, formats []Format) (Result, catalog.Problems, error) {
	cat, problems := c.load(ctx)
	if err := ctx.Err(); err != nil {
		return Result{}, problems, err
	}
	if cat == nil || problems.HasErrors() {
		return Result{}, problems, nil
	}
	langs, err := c.langs(cat)
	if err != nil {
		return Result{}, problems, err
	}
	var packs []*profile.Pack
	if slices.Contains(formats, Packs) {
		files, err := c.contentProfiles()
		if err != nil {
			return Result{}, problems, err
		}
		var ps catalog.Problems
		packs, ps, err = c.source().Tailor(ctx, cat, files, nil)
		problems = append(problems, ps...)
		if err != nil {
			return Result{}, problems, err
		}
	}
	var since *changes.Report
	if c.Since != nil && slices.Contains(formats, Site) {
		var ps catalog.Problems
		if since, ps = c.changes(ctx); len(ps) > 0 {
			problems = append(problems, ps...)
		}
	}
	problems.Sort()
	if problems.HasErrors() {
		return Result{}, problems, nil
	}
	folder, err := staging.Begin(out, c.Written)
	if err != nil {
		return Result{}, problems, err
	}
	defer folder.Abort()
	var w packing.Warnings
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0) + 2)
	has := func(f Format) bool { return slices.Contains(formats, f) }
	for _, lang := range langs {
		opts := c.options(cat, lang, &w)
		if has(PDF) {
			g.Go(func() error {
				return pdf.Render(ctx, cat, opts, render.Under(folder, langDir(cat, render.PDFDir, lang)))
			})
		}
		if has(Workbook) {
			g.Go(func() error {
				return workbook.Render(ctx, cat, opts, render.Under(folder, langDir(cat, render.WorkbookDir, lang)))
			})
		}
	}
	for _, p := range packs {
		g.Go(func() error { return c.source().Render(ctx, p, w.Add, render.Under(folder, render.PacksDir)) })
	}
	if has(Site) {
		g.Go(func() error {
			e, err := c.engine(flate.BestCompression)
			if err != nil {
				return err
			}
			opts := site.Options{Since: since, Options: c.options(cat, langs[0], &w), Langs: langs, API: true, Engine: e, PDFs: has(PDF), Workbooks: has(Workbook), BaseURL: c.BaseURL}
			return site.Render(ctx, cat, opts, render.Under(folder, render.SiteDir))
		})
	}
	if err := g.Wait(); err != nil {
		return Result{}, w.Sorted(problems), err
	}
	if has(Site) {
		if err := linkDownloads(folder); err != nil {
			return Result{}, w.Sorted(problems), err
		}
	}
	res := Result{Files: len(folder.Names())}
	for _, f := range formats {
		res.Parts = append(res.Parts, string(f))
	}
	if err := folder.Commit(res.Parts...); err != nil {
		return Result{}, w.Sorted(problems), err
	}
	return res, w.Sorted(problems), nil
}

// engine returns what the site needs to make packs in the browser, with what they
// are made from compressed at the level. It is nil where there is no engine.
func (c Config) engine(level int) (*site.Engine, error) {
	if c.Engine == nil {
		return nil, nil
	}
	bundle, err := c.source().Bundle(level)
	if err != nil {
		return nil, err
	}
	return &site.Engine{Engine: c.Engine, Bundle: bundle}, nil
}

// changes compares the content with the older edition. That one only has to be
// readable: what else is wrong with it was there when it was published.
func (c Config) changes(ctx context.Context) (*changes.Report, catalog.Problems) {
	old, problems := catalog.LoadSource(ctx, c.Since, catalog.LoadOptions{Prefix: c.SinceName})
	if problems.HasErrors() {
		return nil, problems.ErrorsOnly()
	}
	new, _ := catalog.LoadSource(ctx, c.Content, catalog.LoadOptions{Prefix: c.ContentName}) // read before, without errors
	return &changes.Report{Old: old, New: new, Changes: diff.Compare(old, new)}, nil
}

// langDir is the folder of a format in a language: the guide's first language
// stands at the top, others in folders of their own.
func langDir(cat *catalog.Catalog, dir string, lang catalog.Lang) string {
	if lang == cat.DefaultLang() {
		return dir
	}
	return path.Join(dir, string(lang))
}

// linkDownloads gives the site its own names for the PDFs and workbooks.
func linkDownloads(folder *staging.Folder) error {
	for _, name := range folder.Names() {
		for _, dir := range []string{render.PDFDir, render.WorkbookDir} {
			if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
				if err := folder.Link(name, path.Join(render.SiteDir, render.DownloadsDir, rest)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
