package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/publish"
	"riskguide/render/workbook"
	"riskguide/render/workbook/editing"
)

func (a *app) exportWorkbookCommand() *cobra.Command {
	var out string
	var edit bool
	cmd := &cobra.Command{
		Use:   "workbook",
		Short: "Write the guide as an Excel workbook, to read or to edit",
		Long: `Write the guide as one Excel workbook: the one that riskguide build makes, or with
--edit one for people who edit the guide and have nothing but a spreadsheet
program: one row a measure, control, risk and so on, the texts of all languages
side by side, ids to be chosen from lists. Its first sheet says how to use it.

riskguide import workbook takes over what was changed in it. The workbook holds
what it was made from, so that what others change in the content meanwhile is
kept.`,
		Example: `  riskguide export workbook --edit -o guide.xlsx        to be edited, with the texts of all languages
  riskguide export workbook --edit --lang ja -o guide.xlsx
  riskguide export workbook --lang en -o catalog.xlsx   to be read`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("export workbook: name a file with -o, such as -o guide.xlsx")}
			}
			cfg, err := a.config(false)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			load := catalog.LoadOptions{Prefix: cfg.ContentName}
			src, _ := catalog.LoadSource(ctx, cfg.Content, load)
			cat, problems := catalog.Load(ctx, cfg.Content, load)
			if err := a.outcome(problems.ErrorsOnly(), ctx.Err()); err != nil {
				return err
			}
			langs := cfg.Langs
			for _, l := range langs {
				if !slices.Contains(src.Guide.Languages, l) {
					return publish.UnknownLanguageError{Lang: l, Has: src.Guide.Languages}
				}
			}
			if len(langs) == 0 {
				langs = src.Guide.Languages
			}
			if len(langs) > 1 && !edit && len(cfg.Langs) > 0 {
				return usageError{errors.New("--lang: a workbook to read is in one language; name one")}
			}
			date := cfg.Date
			if date.IsZero() {
				date = src.Guide.Date
			}
			var warnings catalog.Problems
			opts := render.Options{Lang: langs[0], Templates: cfg.Templates, Date: date, ToolVersion: version,
				Warn: func(p catalog.Problem) { warnings = append(warnings, p) }}
			var data []byte
			if edit {
				data, err = editing.Render(ctx, src, langs, opts)
			} else {
				var sink render.Memory
				if err = workbook.Render(ctx, cat, opts, &sink); err == nil {
					data = sink.Data(render.CatalogWorkbook())
				}
			}
			if err := a.outcome(warnings, err); err != nil {
				return err
			}
			if err := a.writeOut(out, data); err != nil {
				return err
			}
			if out != "-" {
				fmt.Fprintf(a.env.Stderr, "wrote %s: %s, %s, %s\n", slash(out), catalog.Plural(len(cat.Risks), "risk"),
					catalog.Plural(len(cat.Measures()), "measure"), catalog.Plural(len(cat.Controls()), "control"))
			}
			return nil
		},
	}
	a.renderFlags(cmd)
	cmd.Flags().Lookup("lang").Usage = "languages of the texts, the first also that of the headings, such as ja,en (default: all of the guide's)"
	cmd.Flags().BoolVar(&edit, "edit", false, "make a workbook to be edited; see riskguide import workbook")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write, such as guide.xlsx")
	must(cmd.MarkFlagFilename("out", "xlsx"))
	return cmd
}

// openFile opens a file that an argument names.
func openFile(name string) (*os.File, int64, error) {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, usageError{fmt.Errorf("there is no file %q", name)}
	}
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = usageError{fmt.Errorf("%q is not a file", name)}
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, st.Size(), nil
}
