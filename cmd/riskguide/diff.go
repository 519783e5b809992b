package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/revision"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/changes"
	"riskguide/render/staging"
)

// The formats of a comparison.
var diffFormats = []string{"text", "markdown", "html", "xlsx", "json"}

// errDiffers is returned by diff --exit-code where there are differences.
var errDiffers = fmt.Errorf("%w: the editions differ", errProblems)

func (a *app) diffCommand() *cobra.Command {
	var format, out, profileName string
	var exitCode bool
	cmd := &cobra.Command{
		Use:   "diff OLD [NEW]",
		Short: "Tell what changed between two editions",
		Long: `Compare two editions of the content by meaning and by id: what was added,
removed, replaced, moved, reworded (word by word) or translated. How the files
are laid out does not count. An id that was replaced is followed to its
successor.

OLD and NEW are folders, bundles (a .zip of a content folder) or git revisions
such as v2011.1 or HEAD~3, with the content's path in the repository where that
is another one: REVISION:PATH. Without NEW, OLD is compared with --content. The
work tree is not touched.

With --profile, the profile is applied to both editions, and what changes in its
pack is told: requirements that are new, gone, reworded or of another obligation.

The exit status is 0 also where there are differences, unless --exit-code is given.`,
		Example: `  riskguide diff HEAD                                      what you changed since the last commit
  riskguide diff v2011.1 v2012.1 --format html -o changes.html
  riskguide diff origin/main --format markdown             for a pull request
  riskguide diff guide-2011.zip --profile acme.yaml        what changes for this supplier`,
		Args: usageArgs(cobra.RangeArgs(1, 2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(diffFormats, format) {
				return usageError{fmt.Errorf("--format: %q is none of %s", format, strings.Join(diffFormats, ", "))}
			}
			if len(args) < 2 {
				args = append(args, a.content)
			}
			ctx := cmd.Context()
			if (format == "xlsx" || format == "html") && out == "" && a.isTerminal(a.env.Stdout) {
				return usageError{fmt.Errorf("--format %s: name a file with -o, or send the output to one", format)}
			}
			rep, err := a.compare(ctx, args[0], args[1], profileName)
			if err != nil {
				return err
			}
			data, err := a.diffOutput(ctx, rep, format, out == "")
			if err != nil {
				return err
			}
			if err := a.writeOut(out, data); err != nil {
				return err
			}
			if exitCode && len(rep.Changes) > 0 {
				return errDiffers
			}
			return nil
		},
	}
	a.contentFlags(cmd)
	cmd.Flags().StringVar(&a.templates, "templates", "", "folder whose files replace the built-in templates of the same name")
	must(cmd.MarkFlagDirname("templates"))
	cmd.Flags().StringSliceVar(&a.langs, "lang", nil, "language of the report, such as en (default: the profile's first, else the guide's)")
	cmd.Flags().StringVar(&format, "format", "text", strings.Join(diffFormats, ", "))
	cmd.Flags().StringVarP(&profileName, "profile", "p", "", "profile: tell what changes in its pack, too")
	must(cmd.MarkFlagFilename("profile", "yaml"))
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write into (default: standard output)")
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "exit with status 1 where there are differences")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(diffFormats, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

// compare opens and compares two editions. Problems of their files are printed.
func (a *app) compare(ctx context.Context, old, new, profileName string) (*changes.Report, error) {
	rep := &changes.Report{}
	var problems catalog.Problems
	for _, side := range []struct {
		spec string
		name *string
		src  **catalog.Source
	}{{old, &rep.OldName, &rep.Old}, {new, &rep.NewName, &rep.New}} {
		c, err := revision.Open(ctx, side.spec, a.content)
		if err != nil {
			return nil, err
		}
		src, ps := catalog.LoadSource(ctx, c.FS, catalog.LoadOptions{Prefix: c.Name})
		*side.name, *side.src = c.Name, src
		problems = append(problems, ps.ErrorsOnly()...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := a.printProblems(problems); err != nil {
		return nil, err
	}
	rep.Changes = edition.Compare(rep.Old, rep.New)
	if profileName == "" {
		return rep, nil
	}
	return rep, a.comparePacks(ctx, rep, profileName)
}

// comparePacks tells what changes in the pack of a profile. For that, both
// editions must be free of errors.
func (a *app) comparePacks(ctx context.Context, rep *changes.Report, name string) error {
	f, err := profileFile(name)
	if err != nil {
		return err
	}
	p, problems := profile.Load(ctx, f.FS, f.Name, profile.LoadOptions{Prefix: f.Prefix})
	old, ps := catalog.Assemble(rep.Old)
	problems = append(problems, ps...)
	new, ps := catalog.Assemble(rep.New)
	problems = append(problems, ps...)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := a.printProblems(problems.ErrorsOnly()); err != nil {
		return err
	}
	c := profile.Compare(old, new, p)
	rep.Pack, rep.PackLang = &c, p.Lang()
	return nil
}

// diffOutput renders a comparison in a format.
func (a *app) diffOutput(ctx context.Context, rep *changes.Report, format string, toStdout bool) ([]byte, error) {
	var b bytes.Buffer
	if format == "json" {
		d := edition.Document{Old: edition.NewSide(rep.OldName, rep.Old),
			New: edition.NewSide(rep.NewName, rep.New), Changes: rep.Changes}
		if rep.Pack != nil {
			d.Pack = rep.Pack
		}
		err := edition.WriteJSON(&b, d)
		return b.Bytes(), err
	}
	tmpl, err := a.templateFS()
	if err != nil {
		return nil, err
	}
	date, err := a.date()
	if err != nil {
		return nil, err
	}
	if date.IsZero() {
		date = rep.New.Guide.Date
	}
	lang := a.reportLang(rep)
	v, err := changes.NewView(rep, lang, tmpl)
	if err != nil {
		return nil, err
	}
	opts := render.Options{Lang: lang, Templates: tmpl, Date: date, ToolVersion: version}
	switch format {
	case "markdown":
		return changes.Markdown(v), nil
	case "html":
		return changes.HTML(v, opts)
	case "xlsx":
		return changes.Workbook(ctx, v, opts)
	}
	err = changes.WriteText(&b, v, toStdout && a.colour(a.env.Stdout))
	return b.Bytes(), err
}

// reportLang is the language in which a report is written: that of the flag, else
// the profile's first, else the guide's.
func (a *app) reportLang(rep *changes.Report) catalog.Lang {
	if ls := a.languages(); len(ls) > 0 {
		return ls[0]
	}
	if rep.Pack != nil {
		return rep.PackLang
	}
	if ls := rep.New.Guide.Languages; len(ls) > 0 {
		return ls[0]
	}
	return catalog.Japanese
}

// writeOut writes into a file, whole or not at all, or to standard output where
// none is named.
func (a *app) writeOut(file string, data []byte) error {
	if file == "" || file == "-" {
		_, err := io.Copy(a.env.Stdout, bytes.NewReader(data))
		return err
	}
	return staging.WriteFile(file, data)
}
