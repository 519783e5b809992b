package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"riskguide/answers"
	"riskguide/answers/collect"
	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
	"riskguide/profile"
)

func (a *app) importOSCALCommand() *cobra.Command {
	var into, report string
	cmd := &cobra.Command{
		Use:   "oscal FILE…",
		Short: "Read OSCAL: what riskguide exported, or a catalog of another publisher",
		Long: `Read an OSCAL document in JSON, as "riskguide export oscal" writes it, and write
it in the YAML form:

  catalog.json              the guide, as a folder of content
  profiles/ID.json          the profile's file, and those that it extends; behind
                            catalog.json, several: into the content's folder profiles
  components/SUPPLIER.json  the supplier's file of answers

Nothing is lost: exported again, the result is the same file.

What another program added to the file, and what a guide has no place for, is
told in a warning and left out. docs/oscal.md says what stands where.

A catalog of another publisher, such as NIST SP 800-53, becomes a guide of controls
alone: groups are clauses, parameters parameters, withdrawn controls retired ids. Its
profiles, given as further files, become profiles of the guide. What has no place in a
guide is told on standard output, summed up, and with --report thing by thing in a
file; docs/foreign-catalogs.md says what that is.

FILE may be "-" for standard input.`,
		Example: `  riskguide import oscal output/oscal/catalog.json --into my-content
  riskguide import oscal output/oscal/catalog.json output/oscal/profiles/*.json --into my-content
  riskguide import oscal output/oscal/components/acme.json --into my-answers
  riskguide import oscal catalog.json LOW-baseline_profile.json --into 800-53 --report report.tsv`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if into == "" {
				return usageError{errors.New("import oscal: say where to write (--into DIR)")}
			}
			args, err := expand(args)
			if err != nil {
				return err
			}
			name, data, err := a.readInput(args[0], document.MaxSize)
			if err != nil {
				return err
			}
			f, problems := document.Decode(data, document.Options{Name: name, Lenient: true})
			if f == nil {
				return a.printProblems(problems)
			}
			own := native.IsProfile(f) || native.IsAnswers(f) || f.Catalog != nil && native.Is(f)
			switch {
			case !own:
				return a.importForeign(cmd, foreignInput{name, f}, args[1:], problems, into, report)
			case report != "":
				return usageError{errors.New("import oscal: --report goes with catalogs of other publishers; this file is riskguide's own")}
			case len(args) > 1 && f.Catalog == nil:
				return usageError{errors.New("import oscal: several files are a catalog, named first, and its profiles")}
			case native.IsProfile(f):
				return a.importProfile(cmd, f, problems, into)
			case native.IsAnswers(f):
				return a.importAnswers(f, problems, into)
			}
			src, ps := native.Read(f)
			problems = append(problems, ps...)
			if src != nil {
				// What is wrong with the guide is told with its place in the file.
				_, ps := catalog.Assemble(src)
				problems = append(problems, ps.ErrorsOnly()...)
				problems.Sort()
			}
			if err := a.printProblems(problems); err != nil {
				return err
			}
			profiles, err := a.ownProfiles(args[1:])
			if err != nil {
				return err
			}
			return a.writeSource(cmd, src, profiles, into)
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "folder to write into; it must be empty or new")
	cmd.Flags().StringVar(&report, "report", "", "file for everything of another publisher's catalog that has no place in a guide (tab-separated)")
	must(cmd.MarkFlagDirname("into"))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

// importProfile writes the files of a profile into a folder.
func (a *app) importProfile(cmd *cobra.Command, f *document.File, problems catalog.Problems, into string) error {
	list, ps := native.ReadProfile(f)
	if err := a.printProblems(append(problems, ps...)); err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, x := range list {
		files[x.Name] = x.Data
	}
	staged, err := stageFiles(files, filepath.Dir(filepath.Clean(into)))
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged.tmp)
	_, ps = profile.Load(cmd.Context(), os.DirFS(staged.dir), list[0].Name, profile.LoadOptions{Prefix: slash(into)})
	if err := a.outcome(ps, cmd.Context().Err()); err != nil {
		return err
	}
	if err := staged.moveTo(into); err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "wrote the profile %s/%s, %s in all\n", slash(into), list[0].Name, catalog.Plural(staged.files, "file"))
	return nil
}

// importAnswers writes a supplier's file of answers into a folder.
func (a *app) importAnswers(f *document.File, problems catalog.Problems, into string) error {
	set, ps := native.ReadAnswers(f)
	if err := a.printProblems(append(problems, ps...)); err != nil {
		return err
	}
	if !collect.ValidSupplier(set.Supplier) {
		return fmt.Errorf("the supplier's id, %q, cannot be the name of a file", set.Supplier)
	}
	data, err := answers.Write(set)
	if err != nil {
		return err
	}
	name := answers.FileName(set.Supplier)
	staged, err := stageFiles(map[string][]byte{name: data}, filepath.Dir(filepath.Clean(into)))
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged.tmp)
	if _, ps := answers.Load(os.DirFS(staged.dir), name, slash(into)); len(ps) > 0 {
		if err := a.printProblems(ps); err != nil {
			return err
		}
	}
	if err := staged.moveTo(into); err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "wrote %s into %s/%s\n", catalog.Plural(len(set.Answers), "answer"), slash(into), name)
	return nil
}

// ownProfiles reads the documents of profiles that riskguide wrote: the files of all of
// them, each once.
func (a *app) ownProfiles(args []string) ([]native.ProfileFile, error) {
	var out []native.ProfileFile
	data := map[string][]byte{}
	var problems catalog.Problems
	for _, arg := range args {
		name, text, err := a.readInput(arg, document.MaxSize)
		if err != nil {
			return nil, err
		}
		f, ps := document.Decode(text, document.Options{Name: name, Lenient: true})
		problems = append(problems, ps...)
		switch {
		case f == nil:
			continue
		case !native.IsProfile(f):
			return nil, usageError{fmt.Errorf("import oscal: behind riskguide's own catalog come its profiles; %s is none", slash(arg))}
		}
		files, ps := native.ReadProfile(f)
		problems = append(problems, ps...)
		for _, x := range files {
			if had, ok := data[x.Name]; !ok {
				data[x.Name] = x.Data
				out = append(out, x)
			} else if !bytes.Equal(had, x.Data) {
				return nil, fmt.Errorf("import oscal: the profiles hold two different files %q; import them one by one", x.Name)
			}
		}
	}
	return out, a.printProblems(problems)
}

// writeSource writes a source that assembles as a catalog into a folder.
// with its profiles.
func (a *app) writeSource(cmd *cobra.Command, src *catalog.Source, profiles []native.ProfileFile, into string) error {
	staged, err := stage(src, filepath.Dir(filepath.Clean(into)))
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged.tmp)
	files := map[string][]byte{}
	for _, x := range profiles {
		files["profiles/"+x.Name] = x.Data
	}
	if err := staged.add(files); err != nil {
		return err
	}
	cat, problems := catalog.Load(cmd.Context(), os.DirFS(staged.dir), catalog.LoadOptions{Prefix: slash(into)})
	own := slices.Sorted(maps.Keys(files))
	for i, name := range own {
		_, ps := profile.Load(cmd.Context(), os.DirFS(staged.dir), name, profile.LoadOptions{Prefix: slash(into)})
		problems = append(problems, ps...)
		own[i] = strings.TrimSuffix(path.Base(name), ".yaml")
	}
	if err := a.outcome(problems, cmd.Context().Err()); err != nil {
		return err
	}
	if err := staged.moveTo(into); err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "wrote %s into %s: %s, %s, %s", catalog.Plural(staged.files, "file"), slash(into),
		catalog.Plural(len(cat.Risks), "risk"), catalog.Plural(len(cat.Measures()), "measure"), catalog.Plural(len(cat.Controls()), "control"))
	if len(own) > 0 {
		fmt.Fprintf(a.env.Stderr, "; profiles: %s", strings.Join(own, ", "))
	}
	fmt.Fprintln(a.env.Stderr)
	return nil
}
