package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"riskguide/catalog/report"
	"riskguide/render/publish"
)

func (a *app) lintCommand() *cobra.Command {
	var format string
	var strict bool
	cmd := &cobra.Command{
		Use:   "lint",
		Short: "Check the content and its profiles, and print every problem at once",
		Long: `Check the content and its profiles. Every problem is printed at once, sorted by
file and line, as file:line:column: message. Exit status 1 if there are errors
(with --strict: or warnings).`,
		Example: `  riskguide lint
  riskguide lint --strict --format github`,
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
	cmd.Flags().BoolVar(&strict, "strict", false, "take warnings for errors")
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(reportFormats(), cobra.ShellCompDirectiveNoFileComp)))
	return cmd
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
