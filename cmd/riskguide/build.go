package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/catalog/report"
	"riskguide/catalog/revision"
	"riskguide/render/publish"
	"riskguide/render/site/engine"
)

func (a *app) buildCommand() *cobra.Command {
	var out, since string
	var only []string
	var baseURL string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Render the site, the workbook, the PDFs and the packs of all profiles",
		Long: `Render the content into the output folder: site/, workbook/, pdf/ and packs/
(the packs of all profiles in the content's profiles folder).

Beside its pages, the site publishes the guide as data: site/api/v1 holds JSON, CSV
and OSCAL, and index.json lists them.

The parts appear when all of them are ready; a build that fails leaves the
output folder as it was. The same content gives the same bytes: SHA256SUMS in
the output folder lists them. The only clock is SOURCE_DATE_EPOCH or, without
it, the date of the guide.

The site works from any web server and from a disk. --base-url says where it
will be published: only then it has a sitemap.xml, canonical addresses, images
for link previews, and a 404.html that finds its style at any depth.`,
		Example: `  riskguide build
  riskguide build --only site,pdf --out /srv/guide
  riskguide build --base-url https://example.org/guide/
  riskguide build --content my-content --templates my-templates`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			formats, err := parseFormats(only)
			if err != nil {
				return err
			}
			// Packs name the commit, also those that the site makes.
			cfg, err := a.config(slices.Contains(formats, publish.Packs) || slices.Contains(formats, publish.Site))
			if err != nil {
				return err
			}
			if cfg.BaseURL, err = checkBaseURL(baseURL); err != nil {
				return err
			}
			if slices.Contains(formats, publish.Site) {
				if cfg.Engine, err = engine.Embedded(); err != nil {
					return err
				}
			}
			if err := a.since(cmd.Context(), &cfg, since); err != nil {
				return err
			}
			begin := time.Now()
			p := a.startProgress("rendering")
			cfg.Written = p.written
			res, problems, err := publish.Build(cmd.Context(), cfg, out, formats)
			p.end()
			if err := a.outcome(problems, err); err != nil {
				return err
			}
			if !quiet {
				fmt.Fprintf(a.env.Stderr, "wrote %s into %s (%s) in %s\n",
					catalog.Plural(res.Files, "file"), slash(out), strings.Join(res.Parts, ", "), time.Since(begin).Round(time.Millisecond))
				if slices.Contains(formats, publish.Site) {
					fmt.Fprintf(a.env.Stderr, "open %s/site/index.html\n", slash(out))
				}
			}
			return nil
		},
	}
	a.renderFlags(cmd)
	outFlag(cmd, &out, "output")
	cmd.Flags().StringSliceVar(&only, "only", nil, "render only these: site, workbook, pdf, packs")
	cmd.Flags().StringVar(&baseURL, "base-url", "", "address on the web at which the site will be published")
	sinceFlag(cmd, &since)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing but problems")
	must(cmd.RegisterFlagCompletionFunc("only", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func sinceFlag(cmd *cobra.Command, since *string) {
	cmd.Flags().StringVar(since, "since", "", "older edition (git revision, folder or .zip): the site lists what changed")
}

// since opens the older edition with which the site compares the content; an empty
// spec gives none.
func (a *app) since(ctx context.Context, cfg *publish.Config, spec string) error {
	if spec == "" {
		return nil
	}
	old, err := revision.Open(ctx, spec, a.content)
	if err != nil {
		return err
	}
	cfg.Since, cfg.SinceName = old.FS, old.Name
	return nil
}

// checkBaseURL returns the address with a slash at its end. It must be one to which
// the path of a page can be added.
func checkBaseURL(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", usageError{fmt.Errorf("--base-url: %q is not an address such as https://example.org/guide/", s)}
	}
	return strings.TrimSuffix(u.String(), "/") + "/", nil
}

func formatNames() []string {
	var names []string
	for _, f := range publish.Formats() {
		names = append(names, string(f))
	}
	return names
}

// parseFormats returns the formats in their own order, all of them for none.
func parseFormats(only []string) ([]publish.Format, error) {
	if len(only) == 0 {
		return publish.Formats(), nil
	}
	names := formatNames()
	for _, o := range only {
		if !slices.Contains(names, o) {
			return nil, usageError{fmt.Errorf("--only: %q is none of %s", o, strings.Join(names, ", "))}
		}
	}
	var out []publish.Format
	for _, f := range publish.Formats() {
		if slices.Contains(only, string(f)) {
			out = append(out, f)
		}
	}
	return out, nil
}

// config is what the flags say of a build. The commit is looked up only where
// something will name it.
func (a *app) config(withCommit bool) (publish.Config, error) {
	content, err := folder("content", a.content)
	if err != nil {
		return publish.Config{}, err
	}
	tmpl, err := a.templateFS()
	if err != nil {
		return publish.Config{}, err
	}
	date, err := a.date()
	if err != nil {
		return publish.Config{}, err
	}
	cfg := publish.Config{
		Content: content, ContentName: slash(a.content), Templates: tmpl,
		Langs: a.languages(), Date: date, ToolVersion: version,
	}
	if withCommit {
		cfg.Commit = commitOf(a.content)
	}
	return cfg, nil
}

// outcome prints the problems of a build and returns what ended it, nil if
// nothing did. Of a build that was interrupted there is nothing to print.
func (a *app) outcome(problems catalog.Problems, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	if perr := a.printProblems(problems); perr != nil {
		return perr
	}
	return err
}

// printProblems prints problems on standard error and returns errProblems if
// there are errors among them.
func (a *app) printProblems(problems catalog.Problems) error {
	if len(problems) > 0 {
		if err := report.WriteProblems(a.env.Stderr, problems, report.Options{
			Color: a.colour(a.env.Stderr), Source: readSource, Max: 100,
		}); err != nil {
			return err
		}
	}
	if problems.HasErrors() {
		return errProblems
	}
	return nil
}
