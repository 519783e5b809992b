package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"riskguide/answers"
	"riskguide/answers/assessment"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/comparison"
	"riskguide/render/staging"
	"riskguide/templates"
)

// The formats of a comparison of answers, and the files of a whole report.
var (
	compareFormats = []string{"html", "xlsx", "pdf", "json", "text"}
	compareFiles   = map[string]string{"html": "report.html", "xlsx": "report.xlsx", "pdf": "summary.pdf", "json": "comparison.json"}
)

// errBelow is returned where a condition of --fail-on holds; it is printed already.
var errBelow = fmt.Errorf("%w: a condition of --fail-on holds", errProblems)

// gate is a condition of --fail-on.
type gate struct {
	mustUnmet bool
	below     float64 // a score; 0 for none
}

func parseGate(s string) (gate, error) {
	if s == "must-unmet" {
		return gate{mustUnmet: true}, nil
	}
	if n, ok := strings.CutPrefix(s, "score-below="); ok {
		if f, err := strconv.ParseFloat(n, 64); err == nil && f > 0 && f <= 100 {
			return gate{below: f}, nil
		}
		return gate{}, usageError{fmt.Errorf("--fail-on: %q is not a score over 0, up to 100", n)}
	}
	return gate{}, usageError{fmt.Errorf("--fail-on: %q is none of must-unmet, score-below=N", s)}
}

func (a *app) compareCommand() *cobra.Command {
	var profileName, out, format string
	var failOn []string
	cmd := &cobra.Command{
		Use:   "compare ANSWERS... --profile PROFILE",
		Short: "Score answers, list the gaps and set suppliers side by side",
		Long: `Judge the answers of one or many suppliers by the requirements of a profile:
scores by obligation, risk, layer and clause; the gaps, the gravest first, with
the residual risks that the guide names; suppliers side by side and what only one
of them lacks; and how a supplier came along from round to round.

ANSWERS are files of answers or folders of them, as riskguide collect writes
them: of a folder, all .yaml files count, and those in its folder rounds, which
hold earlier rounds.

Written are report.html (one file, no script), report.xlsx (tables to filter,
with charts), summary.pdf (two pages) and comparison.json; a summary goes to
standard output. With --format, only that format is made, and goes to standard
output or into the file that --out names.

How answers are counted stands in the profile (scoring) or is the default, and in
every report; docs/scoring.md has it in full.

Exit status:
  0  done
  1  a condition of --fail-on holds (the reports are written), or the answers,
     the profile or the content have errors
  2  the command line is wrong

Conditions of --fail-on: must-unmet (a supplier does not meet a requirement that
must be met), score-below=N (a supplier's score is below N, or nothing counts).`,
		Example: `  riskguide compare answers --profile content/profiles/sample.yaml
  riskguide compare answers/acme.yaml -p acme.yaml --format pdf -o acme.pdf
  riskguide compare answers -p acme.yaml --format json --fail-on must-unmet`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if profileName == "" {
				return usageError{errors.New("--profile: name the profile that the questionnaires were made from")}
			}
			if format != "" && !slices.Contains(compareFormats, format) {
				return usageError{fmt.Errorf("--format: %q is none of %s", format, strings.Join(compareFormats, ", "))}
			}
			var gates []gate
			for _, s := range failOn {
				g, err := parseGate(s)
				if err != nil {
					return err
				}
				gates = append(gates, g)
			}
			if len(a.langs) > 1 {
				return usageError{errors.New("--lang: a report is in one language")}
			}
			if (format == "xlsx" || format == "html" || format == "pdf") && out == "" && a.isTerminal(a.env.Stdout) {
				return usageError{fmt.Errorf("--format %s: name a file with -o, or send the output to one", format)}
			}
			// Many answers are read and let go: little of what the work
			// allocates is needed at a time.
			defer debug.SetGCPercent(debug.SetGCPercent(50))
			v, opts, err := a.comparison(cmd.Context(), args, profileName)
			if err != nil {
				return err
			}
			if format != "" {
				data, err := a.comparisonAs(cmd.Context(), v, format, out == "", opts)
				if err != nil {
					return err
				}
				if err := a.writeOut(out, data); err != nil {
					return err
				}
				return a.gated(v, gates)
			}
			if out == "" {
				out = filepath.Join("output", "compare")
			}
			if err := a.compareAll(cmd.Context(), v, out, opts); err != nil {
				return err
			}
			return a.gated(v, gates)
		},
	}
	a.contentFlags(cmd)
	cmd.Flags().StringVar(&a.templates, "templates", "", "folder whose files replace the built-in templates of the same name")
	must(cmd.MarkFlagDirname("templates"))
	cmd.Flags().StringSliceVar(&a.langs, "lang", nil, "language of the report, such as en (default: the profile's first)")
	cmd.Flags().StringVarP(&profileName, "profile", "p", "", "profile that the questionnaires were made from (required)")
	must(cmd.MarkFlagFilename("profile", "yaml"))
	cmd.Flags().StringVarP(&out, "out", "o", "", "folder to write into (default output/compare); with --format, file (default: standard output)")
	cmd.Flags().StringVar(&format, "format", "", "make only this: "+strings.Join(compareFormats, ", "))
	cmd.Flags().StringSliceVar(&failOn, "fail-on", nil, "exit with status 1 on: must-unmet, score-below=N")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(compareFormats, cobra.ShellCompDirectiveNoFileComp)))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"yaml"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

// comparison reads content, profile and answers and judges them. Problems are
// printed.
func (a *app) comparison(ctx context.Context, args []string, profileName string) (*comparison.View, render.Options, error) {
	var opts render.Options
	content, err := folder("content", a.content)
	if err != nil {
		return nil, opts, err
	}
	file, err := profileFile(profileName)
	if err != nil {
		return nil, opts, err
	}
	tmpl, err := a.templateFS()
	if err != nil {
		return nil, opts, err
	}
	date, err := a.date()
	if err != nil {
		return nil, opts, err
	}
	cat, problems := catalog.Load(ctx, content, catalog.LoadOptions{Prefix: slash(a.content)})
	p, ps := profile.Load(ctx, file.FS, file.Name, profile.LoadOptions{Prefix: file.Prefix})
	problems = append(problems, ps...).ErrorsOnly()
	sets, ps, err := readAnswers(ctx, args)
	if err != nil {
		return nil, opts, err
	}
	if err := a.printProblems(append(problems, ps...)); err != nil {
		return nil, opts, err
	}
	pk, ps := profile.Tailor(cat, p)
	if err := a.printProblems(ps.ErrorsOnly()); err != nil {
		return nil, opts, err
	}
	lang := p.Lang()
	if ls := a.languages(); len(ls) > 0 {
		lang = ls[0]
		if !slices.Contains(cat.Guide.Languages, lang) {
			return nil, opts, usageError{fmt.Errorf("--lang: the guide has no language %q", lang)}
		}
	}
	if date.IsZero() {
		date = cat.Guide.Date
	}
	opts = render.Options{Lang: lang, Templates: tmpl, Date: date, ToolVersion: version,
		Warn: func(p catalog.Problem) { _ = a.printProblems(catalog.Problems{p}) }} // a warning stops nothing
	v, err := comparison.NewView(assessment.Assess(pk, sets), lang, tmpl)
	return v, opts, err
}

// readAnswers reads the files of answers and those of the folders. Each round of a
// supplier may be given once.
func readAnswers(ctx context.Context, args []string) ([]*answers.Set, catalog.Problems, error) {
	var sets []*answers.Set
	var problems catalog.Problems
	seen := map[string]bool{}
	rounds := map[string]string{}
	for _, arg := range args {
		st, err := os.Stat(arg)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil, usageError{fmt.Errorf("there is no file or folder %q", arg)}
		case err != nil:
			return nil, nil, err
		}
		dir, names := filepath.Dir(arg), []string{filepath.Base(arg)}
		if st.IsDir() {
			dir = arg
			if names, err = answers.Find(os.DirFS(dir)); err != nil {
				return nil, nil, err
			}
			if len(names) == 0 {
				return nil, nil, usageError{fmt.Errorf("there are no files of answers in %q", arg)}
			}
		} else if ext := strings.ToLower(filepath.Ext(arg)); ext == ".xlsx" || ext == ".xlsm" {
			return nil, nil, usageError{fmt.Errorf("%q is a workbook; riskguide collect makes a file of answers of it", arg)}
		}
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			file := filepath.Join(dir, filepath.FromSlash(name))
			if abs, err := filepath.Abs(file); err != nil || seen[abs] {
				continue // named twice, as by a file and its folder
			} else {
				seen[abs] = true
			}
			s, ps := answers.Load(os.DirFS(dir), name, slash(dir))
			problems = append(problems, ps...)
			if s == nil {
				continue
			}
			key := fmt.Sprintf("%s\x00%d", s.Supplier, max(s.Round, 1))
			if first, ok := rounds[key]; ok {
				problems = append(problems, catalog.Problem{Pos: s.Pos, Level: catalog.LevelError, Rule: "duplicate-round",
					Message: fmt.Sprintf("round %d of %s stands in %s, too", max(s.Round, 1), s.Supplier, first),
					Hint:    "compare only one of them, or correct the round"})
				continue
			}
			rounds[key] = s.Pos.File
			sets = append(sets, s)
		}
	}
	return sets, problems, nil
}

// comparisonAs makes a report in a format.
func (a *app) comparisonAs(ctx context.Context, v *comparison.View, format string, toStdout bool, opts render.Options) ([]byte, error) {
	switch format {
	case "html":
		return comparison.HTML(v, opts)
	case "xlsx":
		return comparison.Workbook(ctx, v, opts)
	case "pdf":
		return comparison.PDF(ctx, v, opts)
	case "json":
		return comparison.JSON(v)
	}
	var b bytes.Buffer
	err := comparison.WriteText(&b, v, toStdout && a.colour(a.env.Stdout))
	return b.Bytes(), err
}

// compareAll writes all files of a report and prints the summary.
func (a *app) compareAll(ctx context.Context, v *comparison.View, out string, opts render.Options) error {
	f, err := staging.Begin(out, nil)
	if err != nil {
		return err
	}
	defer f.Abort()
	var parts []string
	for _, format := range compareFormats {
		name := compareFiles[format]
		if name == "" {
			continue
		}
		data, err := a.comparisonAs(ctx, v, format, false, opts)
		if err != nil {
			return err
		}
		if err := f.Put(name, data); err != nil {
			return err
		}
		parts = append(parts, name)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.Commit(parts...); err != nil {
		return err
	}
	data, err := a.comparisonAs(ctx, v, "text", true, opts)
	if err != nil {
		return err
	}
	if err := a.writeOut("", data); err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "wrote %s into %s (%s)\n", catalog.Plural(len(parts), "file"), slash(out), strings.Join(parts, ", "))
	return nil
}

// gated says which suppliers meet a condition of --fail-on.
func (a *app) gated(v *comparison.View, gates []gate) error {
	failed := false
	for _, g := range gates {
		for _, s := range v.Suppliers {
			switch {
			case g.mustUnmet && s.Now.MustUnmet > 0:
				fmt.Fprintf(a.env.Stderr, "riskguide: %s: must-unmet: of what must be met, %s not\n", s.ID, templates.Fill("{n} {n|requirement is|requirements are}", "n", strconv.Itoa(s.Now.MustUnmet)))
				failed = true
			// Sums of floating-point numbers may be short by a hair.
			case g.below > 0 && (!s.Now.Tally.Scored || s.Now.Tally.Score < g.below-1e-9):
				fmt.Fprintf(a.env.Stderr, "riskguide: %s: score-below=%v: the score is %s\n", s.ID, g.below, s.Now.Tally.Text)
				failed = true
			}
		}
	}
	if failed {
		return errBelow
	}
	return nil
}
