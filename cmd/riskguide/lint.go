package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/report"
	"riskguide/catalog/revision"
	"riskguide/render/publish"
)

func (a *app) lintCommand() *cobra.Command {
	var format, since string
	var strict bool
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Check the content and its profiles, and print every problem at once",
		Long: `Check the content and its profiles. Every problem is printed at once, sorted by
file and line, as file:line:column: message. Exit status 1 if there are errors
(with --strict: or warnings).

With --since, the content is compared with an older edition (a git revision, a
folder or a bundle; see riskguide diff), and the edition in guide.yaml must be
high enough for what changed: MAJOR.MINOR.PATCH, where an id that is gone or a
changed meaning asks for a major edition, something added for a minor one, and
wording, order or a translation for a patch. docs/editions.md has the rule in full.`,
		Example: `  riskguide lint
  riskguide lint --strict --format github
  riskguide lint --since v2011.1                           is the edition's number high enough?`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(report.Formats(), report.Format(format)) {
				return usageError{fmt.Errorf("--format: %q is none of %s", format, strings.Join(reportFormats(), ", "))}
			}
			cfg, err := a.config(false)
			if err != nil {
				return err
			}
			problems, err := publish.Lint(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if since != "" {
				ps, err := a.checkSince(cmd.Context(), cfg, since)
				if err != nil {
					return err
				}
				problems = append(problems, ps...)
				problems.Sort()
			}
			if err := report.WriteProblems(a.env.Stdout, problems, report.Options{
				Format: report.Format(format), Color: a.colour(a.env.Stdout), Source: readSource,
			}); err != nil {
				return err
			}
			if problems.HasErrors() || strict && len(problems) > 0 {
				return errProblems
			}
			return nil
		},
	}
	a.contentFlags(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text, json or github")
	cmd.Flags().StringVar(&since, "since", "", "older edition: check that the edition's number is high enough for what changed")
	cmd.Flags().BoolVar(&strict, "strict", false, "take warnings for errors")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reportFormats(), cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

// checkSince compares the content with an older edition. Where files of the
// content cannot be read whole, what changed is not known, and nothing is checked.
func (a *app) checkSince(ctx context.Context, cfg publish.Config, since string) (catalog.Problems, error) {
	old, err := revision.Open(ctx, since, a.content)
	if err != nil {
		return nil, err
	}
	before, ps := catalog.LoadSource(ctx, old.FS, catalog.LoadOptions{Prefix: old.Name})
	if ps.HasErrors() {
		return ps.ErrorsOnly(), nil
	}
	now, ps := catalog.LoadSource(ctx, cfg.Content, catalog.LoadOptions{Prefix: cfg.ContentName})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if ps.HasErrors() { // reported already
		return nil, nil
	}
	verdict, problems := edition.Check(before, now, old.Name)
	fmt.Fprintln(a.env.Stderr, verdict)
	return problems, nil
}

func reportFormats() []string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, string(f))
	}
	return names
}

// readSource reads a file that a problem names, for its line to be shown; nil if
// it can't be read.
func readSource(file string) []byte {
	data, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		return nil
	}
	return data
}
