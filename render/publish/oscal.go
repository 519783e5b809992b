package publish

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/render/oscal"
	"riskguide/render/packing"
	"riskguide/render/staging"
)

// OSCALDir is the folder of the output folder that holds the documents of OSCAL.
const OSCALDir = "oscal"

// OSCAL writes the guide, profiles and answers as documents of OSCAL into the folder
// [OSCALDir] of out. Without files, the profiles are those of the content. Of the
// configuration's languages the first leads; all are written. Problems, error and
// out are as with [Build].
func OSCAL(ctx context.Context, c Config, out string, files []ProfileFile, answered []AnswersFile) (Result, catalog.Problems, error) {
	cat, problems := c.load(ctx)
	if cat == nil || problems.HasErrors() || ctx.Err() != nil {
		return Result{}, problems, ctx.Err()
	}
	langs, err := c.langs(cat)
	if err != nil {
		return Result{}, problems, err
	}
	if len(files) == 0 {
		if files, err = c.contentProfiles(); err != nil {
			return Result{}, problems, err
		}
	}
	packs, ps, err := c.source().Tailor(ctx, cat, files, nil)
	problems = append(problems, ps...)
	in := oscal.Input{Catalog: cat, Packs: packs}
	places := map[string]catalog.Position{} // of the sets, by supplier
	for _, f := range answered {
		set, ps := answers.Load(f.FS, f.Name, f.Prefix)
		problems = append(problems, ps...)
		if set == nil {
			continue
		}
		in.Answers = append(in.Answers, set)
		places[set.Supplier] = set.Pos
	}
	problems.Sort()
	if err != nil || problems.HasErrors() {
		return Result{}, problems, err
	}
	var w packing.Warnings
	opts := oscal.Options{Date: c.Date, Sources: true, Warn: w.Add}
	if len(c.Langs) > 0 {
		opts.Lang = langs[0]
	}
	docs, err := oscal.Files(ctx, in, opts)
	problems = w.Sorted(problems)
	var missing oscal.MissingProfileError
	if errors.As(err, &missing) {
		return Result{}, append(problems, catalog.Problem{Pos: places[missing.Supplier], Level: catalog.LevelError, Rule: "unknown-reference",
			Message: missing.Error(), Hint: "name its file with --profile"}), nil
	}
	if err != nil {
		return Result{}, problems, err
	}
	folder, err := staging.Begin(out, c.Written)
	if err != nil {
		return Result{}, problems, err
	}
	defer folder.Abort()
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		if err := folder.Put(path.Join(OSCALDir, name), docs[name]); err != nil {
			return Result{}, problems, err
		}
	}
	if err := folder.Commit(OSCALDir); err != nil {
		return Result{}, problems, err
	}
	return Result{Files: len(folder.Names()), Parts: []string{OSCALDir}}, problems, nil
}
