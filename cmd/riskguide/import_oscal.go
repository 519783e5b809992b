package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
)

func (a *app) importOSCALCommand() *cobra.Command {
	var into string
	cmd := &cobra.Command{
		Use:   "oscal FILE",
		Short: "Make a catalog of an OSCAL catalog that riskguide exported",
		Long: `Read an OSCAL catalog in JSON, as "riskguide export oscal" writes it
(oscal/catalog.json), and write it as a catalog in the YAML form. Nothing that the
guide says is lost: exported again, the result is the same file.

What another program added to the file, and what a guide has no place for, is
told in a warning and left out. docs/oscal.md says what stands where.

FILE may be "-" for standard input.`,
		Example: `  riskguide import oscal output/oscal/catalog.json --into my-content`,
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if into == "" {
				return usageError{errors.New("import oscal: say where to write (--into DIR)")}
			}
			name, data, err := a.readInput(args[0], document.MaxSize)
			if err != nil {
				return err
			}
			src, problems := readOSCAL(name, data)
			if src != nil {
				// What is wrong with the guide is told with its place in the file.
				_, ps := catalog.Assemble(src)
				problems = append(problems, ps.ErrorsOnly()...)
				problems.Sort()
			}
			if err := a.printProblems(problems); err != nil {
				return err
			}
			return a.writeSource(cmd, src, into)
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "folder to write the catalog into; it must be empty or new")
	must(cmd.MarkFlagDirname("into"))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

// readOSCAL reads a document with the reader that knows it: our own if riskguide
// wrote it.
func readOSCAL(name string, data []byte) (*catalog.Source, catalog.Problems) {
	f, problems := document.Decode(data, document.Options{Name: name, Lenient: true})
	if f == nil {
		return nil, problems
	}
	fail := func(message, hint string) (*catalog.Source, catalog.Problems) {
		return nil, append(problems, catalog.Problem{Pos: catalog.Position{File: name, Line: 1, Column: 1}, Level: catalog.LevelError,
			Rule: document.RuleKey, Message: message, Hint: hint})
	}
	switch {
	case f.Catalog == nil:
		return fail("this is no catalog of OSCAL but a profile or a component definition", "")
	case !native.Is(f):
		return fail("this catalog was not written by riskguide", "catalogs of others cannot be read yet")
	}
	src, ps := native.Read(f)
	return src, append(problems, ps...)
}

// writeSource writes a source that assembles as a catalog into a folder.
func (a *app) writeSource(cmd *cobra.Command, src *catalog.Source, into string) error {
	staged, err := stage(src, filepath.Dir(filepath.Clean(into)))
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged.tmp)
	cat, problems := catalog.Load(cmd.Context(), os.DirFS(staged.dir), catalog.LoadOptions{Prefix: slash(into)})
	if err := a.outcome(problems, cmd.Context().Err()); err != nil {
		return err
	}
	if err := staged.moveTo(into); err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "wrote %d files into %s: %d risks, %d measures, %d controls\n",
		staged.files, slash(into), len(cat.Risks), len(cat.Measures()), len(cat.Controls()))
	return nil
}
