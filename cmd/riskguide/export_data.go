package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/data"
	"riskguide/render/publish"
	"riskguide/render/staging"
)

// dataFlags are the flags that the exports of plain data share.
type dataFlags struct {
	out, profile string
}

func (a *app) dataFlags(cmd *cobra.Command) *dataFlags {
	f := &dataFlags{}
	a.contentFlags(cmd)
	cmd.Flags().StringSliceVar(&a.langs, "lang", nil, "languages of the texts, such as ja,en (default: all of the guide's)")
	outFlag(cmd, &f.out, "output")
	cmd.Flags().StringVarP(&f.profile, "profile", "p", "", "profile: write what it selects, with its requirements")
	must(cmd.MarkFlagFilename("profile", "yaml"))
	return f
}

// document loads the content, and the profile if there is one, and makes a document
// of it. The languages are those of the texts.
func (a *app) document(ctx context.Context, f *dataFlags) (*data.Document, []catalog.Lang, error) {
	content, err := folder("content", a.content)
	if err != nil {
		return nil, nil, err
	}
	cat, problems := catalog.Load(ctx, content, catalog.LoadOptions{Prefix: slash(a.content)})
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if err := a.printProblems(problems); err != nil {
		return nil, nil, err
	}
	langs := a.languages()
	for _, l := range langs {
		if !slices.Contains(cat.Guide.Languages, l) {
			return nil, nil, publish.UnknownLanguageError{Lang: l, Has: cat.Guide.Languages}
		}
	}
	shown := langs
	if len(shown) == 0 {
		shown = cat.Guide.Languages
	}
	if f.profile == "" {
		return data.New(cat, langs...), shown, nil
	}
	file, err := profileFile(f.profile)
	if err != nil {
		return nil, nil, err
	}
	p, problems := profile.Load(ctx, file.FS, file.Name, profile.LoadOptions{Prefix: file.Prefix})
	var pack *profile.Pack
	if p != nil && !problems.HasErrors() {
		var ps catalog.Problems
		pack, ps = profile.Tailor(cat, p)
		problems = append(problems, ps...)
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	problems.Sort()
	if err := a.printProblems(problems); err != nil {
		return nil, nil, err
	}
	return data.Tailored(pack, langs...), shown, nil
}

// putPart writes one folder of the output folder.
func (a *app) putPart(out, part string, write func(sink render.Sink) error) error {
	folder, err := staging.Begin(out, nil)
	if err != nil {
		return err
	}
	defer folder.Abort()
	if err := write(render.Under(folder, part)); err != nil {
		return err
	}
	n := len(folder.Names())
	if err := folder.Commit(part); err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "wrote %s into %s/%s\n", catalog.Plural(n, "file"), slash(out), part)
	return nil
}

func (a *app) exportJSONCommand() *cobra.Command {
	var f *dataFlags
	cmd := &cobra.Command{
		Use:   "json",
		Short: "Write everything that the guide says as one JSON document",
		Long: `Write everything that the guide says as one JSON document, json/catalog.json in the
output folder, with its JSON Schema (draft 2020-12) beside it. docs/data.md
describes every field. With "-o -" the document goes to standard output.

With --profile, the document holds what the profile selects, and the requirements
that follow from it, with what is left out and why.`,
		Example: `  riskguide export json
  riskguide export json -o - | jq '.risks[].measures[].id'
  riskguide export json --profile acme.yaml --lang en -o acme`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			doc, _, err := a.document(cmd.Context(), f)
			if err != nil {
				return err
			}
			var b bytes.Buffer
			if err := doc.JSON(&b); err != nil {
				return err
			}
			if f.out == "-" {
				return a.writeOut("", b.Bytes())
			}
			return a.putPart(f.out, "json", func(sink render.Sink) error {
				return errors.Join(sink.Put(data.CatalogFile, b.Bytes()), sink.Put(data.SchemaFile, data.Schema()))
			})
		},
	}
	f = a.dataFlags(cmd)
	cmd.Flags().Lookup("out").Usage = `folder to write into, or "-" for standard output`
	return cmd
}

func (a *app) exportCSVCommand() *cobra.Command {
	var f *dataFlags
	var opts data.CSVOptions
	cmd := &cobra.Command{
		Use:   "csv",
		Short: "Write the guide as tables in CSV",
		Long: `Write the guide as tables, csv/*.csv in the output folder: one file a kind of thing
(risks, measures, controls, …), one a relation (measure-controls, …), and
guide-table.csv, which says what all risk tables say in one. docs/data.md
describes every column.

The files are UTF-8 after RFC 4180. Excel takes them for another encoding unless
--bom puts a byte order mark before them.

A spreadsheet calculates cells that begin with =, +, -, @ and the like, and such
a formula can send data away. A text that begins so gets an apostrophe before it,
and a message says how many did. --raw leaves all texts as they are, for programs.`,
		Example: `  riskguide export csv --bom --lang ja
  riskguide export csv --raw -o data`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			doc, _, err := a.document(cmd.Context(), f)
			if err != nil {
				return err
			}
			escaped := 0
			err = a.putPart(f.out, "csv", func(sink render.Sink) error {
				for _, t := range append(doc.Tables(), doc.GuideTable()) {
					csv, n := t.CSV(opts)
					escaped += n
					if err := sink.Put(t.Name+".csv", csv); err != nil {
						return err
					}
				}
				return nil
			})
			if err == nil && escaped > 0 {
				fmt.Fprintf(a.env.Stderr, "an apostrophe was put before %s that a spreadsheet would calculate; --raw puts none\n", catalog.Plural(escaped, "cell"))
			}
			return err
		},
	}
	f = a.dataFlags(cmd)
	cmd.Flags().BoolVar(&opts.BOM, "bom", false, "begin each file with a byte order mark, for Excel")
	cmd.Flags().BoolVar(&opts.Raw, "raw", false, "leave texts that look like formulas as they are, for programs")
	return cmd
}

func (a *app) exportMarkdownCommand() *cobra.Command {
	var f *dataFlags
	cmd := &cobra.Command{
		Use:   "markdown",
		Short: "Write the guide as Markdown files for reading in a git forge",
		Long: `Write the guide as Markdown, markdown/ in the output folder: README.md with the
contents, one file a risk, one a clause of controls, and the rest. Links and
anchors work on GitHub, GitLab and Gitea. Of several languages each has a folder
of its own.`,
		Example: `  riskguide export markdown
  riskguide export markdown --lang en -o wiki`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			tmpl, err := a.templateFS()
			if err != nil {
				return err
			}
			doc, langs, err := a.document(cmd.Context(), f)
			if err != nil {
				return err
			}
			return a.putPart(f.out, "markdown", func(sink render.Sink) error {
				return doc.Markdown(langs, data.MarkdownOptions{Templates: tmpl, Tool: "riskguide " + version}, sink)
			})
		},
	}
	f = a.dataFlags(cmd)
	cmd.Flags().StringVar(&a.templates, "templates", "", "folder whose files replace the built-in templates of the same name")
	must(cmd.MarkFlagDirname("templates"))
	return cmd
}
