package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/catalog/published"
	"riskguide/catalog/schema"
	"riskguide/render/staging"
)

func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Take a guide over from another form: published text, OSCAL, workbook",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usageError{errors.New("import: name a form: text, oscal or workbook")}
		},
	}
	cmd.AddCommand(a.importTextCommand(), a.importOSCALCommand(), a.importWorkbookCommand())
	return cmd
}

func (a *app) importTextCommand() *cobra.Command {
	var into, report string
	var check bool
	cmd := &cobra.Command{
		Use:   "text FILE",
		Short: "Make a catalog of the published text of the guide, word for word",
		Long: `Read the published text of the guide (a conversion of the printed PDF: one line a
row of a table, cells separated by tabs) and write it as a catalog in the YAML
form. A report of every judgement goes to standard output or into a file.

With --check nothing is written: the text is imported, written and loaded in
memory, and every character of the text is looked for in the catalog as often as
it stands in the text. With --check and --into, the catalog that is already in
that folder is checked against the text.

FILE may be "-" for standard input.`,
		Example: `  riskguide import text guide-2011-ja.txt --into my-content
  riskguide import text guide-2011-ja.txt --check
  riskguide import text guide-2011-ja.txt --into my-content --report report.txt`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if into == "" && !check {
				return usageError{errors.New("import text: say where to write (--into DIR) or --check")}
			}
			name, data, err := a.readInput(args[0], published.MaxSize)
			if err != nil {
				return err
			}
			res, err := published.Parse(name, data)
			if err != nil {
				return err
			}
			if check {
				return a.checkText(cmd, name, data, res, into)
			}
			staged, err := stage(res.Source, filepath.Dir(filepath.Clean(into)))
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
			if err := a.writeReport(report, res.Report); err != nil {
				return err
			}
			fmt.Fprintf(a.env.Stderr, "wrote %s into %s: %s, %s, %s\n", catalog.Plural(staged.files, "file"), slash(into),
				catalog.Plural(len(cat.Risks), "risk"), catalog.Plural(len(cat.Measures()), "measure"), catalog.Plural(len(cat.Controls()), "control"))
			return nil
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "folder to write the catalog into; it must be empty or new")
	cmd.Flags().StringVar(&report, "report", "", "file for the report (default: standard output)")
	cmd.Flags().BoolVar(&check, "check", false, "prove that no character of the text is lost or added; write nothing")
	must(cmd.MarkFlagDirname("into"))
	return cmd
}

// readInput reads a file or, for "-", standard input. Of one that is larger than most
// bytes, which the importer refuses, it reads one byte more.
func (a *app) readInput(arg string, most int64) (name string, data []byte, err error) {
	var r io.Reader = a.env.Stdin
	name = "(standard input)"
	if arg != "-" {
		f, err := os.Open(arg)
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil, usageError{fmt.Errorf("there is no file %q", arg)}
		}
		if err != nil {
			return "", nil, err
		}
		defer f.Close()
		r, name = f, slash(arg)
	}
	data, err = io.ReadAll(io.LimitReader(r, most+1))
	return name, data, err
}

// checkText proves the round trip of the text through the catalog in dir or, if
// dir is empty, through one that is made in memory.
func (a *app) checkText(cmd *cobra.Command, name string, data []byte, res *published.Result, dir string) error {
	var content fs.FS
	if dir != "" {
		var err error
		if content, err = folder("into", dir); err != nil {
			return err
		}
	} else {
		staged, err := stage(res.Source, os.TempDir())
		if err != nil {
			return err
		}
		defer os.RemoveAll(staged.tmp)
		content = os.DirFS(staged.dir)
	}
	cat, problems := catalog.Load(cmd.Context(), content, catalog.LoadOptions{Prefix: slash(dir)})
	if err := a.outcome(problems, cmd.Context().Err()); err != nil {
		return err
	}
	result, err := published.Check(name, data, cat)
	if err != nil {
		return err
	}
	if _, err := result.WriteTo(a.env.Stdout); err != nil {
		return err
	}
	if !result.OK() {
		return errProblems
	}
	return nil
}

// writeReport writes the report into a file or to standard output.
func (a *app) writeReport(file string, r *published.Report) error {
	if file == "" {
		_, err := r.WriteTo(a.env.Stdout)
		return err
	}
	var b bytes.Buffer
	if _, err := r.WriteTo(&b); err != nil {
		return err
	}
	return staging.WriteFile(file, b.Bytes())
}

// stagedFolder is a catalog that was written beside the place where it is to go.
type stagedFolder struct {
	tmp   string // to be removed
	dir   string // the catalog inside it
	files int
}

// stage writes the source into a fresh folder inside parent, which is made if
// need be.
func stage(src *catalog.Source, parent string) (*stagedFolder, error) {
	files, err := catalog.WriteFiles(src)
	if err != nil {
		return nil, err
	}
	for _, x := range schema.Files() {
		files["schemas/"+x.Name] = x.Data
	}
	return stageFiles(files, parent)
}

// stageFiles writes files, by their slash-separated names, into a fresh folder inside
// parent, which is made if need be.
func stageFiles(files map[string][]byte, parent string) (*stagedFolder, error) {
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(parent, ".import-")
	if err != nil {
		return nil, err
	}
	s := &stagedFolder{tmp: tmp, dir: filepath.Join(tmp, "content")}
	if err := s.add(files); err != nil {
		return nil, errors.Join(err, os.RemoveAll(tmp))
	}
	return s, nil
}

// add writes further files.
func (s *stagedFolder) add(files map[string][]byte) error {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := filepath.Join(s.dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(file), 0o777)
		if err == nil {
			err = os.WriteFile(file, files[name], 0o666)
		}
		if err != nil {
			return err
		}
	}
	s.files += len(files)
	return nil
}

// moveTo puts the catalog at dir, which must be empty or not exist.
func (s *stagedFolder) moveTo(dir string) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		return usageError{fmt.Errorf("--into: %q is not empty", slash(dir))}
	}
	if err == nil {
		err = os.Remove(dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(s.dir, dir)
}
