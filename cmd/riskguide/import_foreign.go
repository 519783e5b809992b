package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/catalog/oscal"
	"riskguide/catalog/oscal/document"
	"riskguide/profile"
)

// foreignInput is an OSCAL document of another publisher.
type foreignInput struct {
	name string // of the file
	doc  *document.File
}

// importForeign makes a catalog of another publisher's, and profiles of its profiles,
// and says what has no place in them. first is read already, the others are files.
func (a *app) importForeign(cmd *cobra.Command, first foreignInput, others []string, warnings catalog.Problems, into, report string) error {
	var cats, profiles []foreignInput
	sort := func(in foreignInput) {
		switch {
		case in.doc.Catalog != nil:
			cats = append(cats, in)
		case in.doc.Profile != nil:
			profiles = append(profiles, in)
		default:
			warnings = append(warnings, notCatalog(in.name, "a component definition", ""))
		}
	}
	sort(first)
	for _, arg := range others {
		name, data, err := a.readInput(arg, document.MaxSize)
		if err != nil {
			return err
		}
		doc, ps := document.Decode(data, document.Options{Name: name, Lenient: true})
		if warnings = append(warnings, ps...); doc != nil {
			sort(foreignInput{name, doc})
		}
	}
	switch {
	case len(cats) == 0 && !warnings.HasErrors():
		for _, p := range profiles {
			warnings = append(warnings, notCatalog(p.name, "a profile", "name the catalog with it"))
		}
	case len(cats) > 1:
		return usageError{fmt.Errorf("import oscal: name one catalog, not %d", len(cats))}
	}
	if warnings.HasErrors() {
		warnings.Sort()
		return a.printProblems(warnings)
	}
	f, problems := oscal.ReadForeign(cats[0].doc.Catalog, oscal.ForeignOptions{})
	var made []*oscal.ForeignProfile
	if f != nil {
		taken := map[string]bool{}
		for _, p := range profiles {
			x, ps := f.Profile(p.doc.Profile, profileID(p.name))
			problems = append(problems, ps...)
			if x == nil {
				continue
			}
			if taken[x.ID] {
				return usageError{fmt.Errorf("import oscal: two profiles would be named %q", x.ID)}
			}
			taken[x.ID] = true
			made = append(made, x)
		}
	}
	problems = append(warnings, problems...)
	problems.Sort()
	if err := a.printProblems(problems); err != nil {
		return err
	}
	staged, err := stage(f.Source, filepath.Dir(filepath.Clean(into)))
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged.tmp)
	if err := addFiles(staged, made); err != nil {
		return err
	}
	fsys := os.DirFS(staged.dir)
	loaded, problems := catalog.Load(cmd.Context(), fsys, catalog.LoadOptions{Prefix: slash(into)})
	if loaded != nil {
		for _, p := range made {
			prof, ps := profile.Load(cmd.Context(), fsys, "profiles/"+p.ID+".yaml", profile.LoadOptions{Prefix: slash(into)})
			problems = append(problems, ps...)
			if prof != nil {
				_, ps = profile.Tailor(loaded, prof)
				problems = append(problems, ps...)
			}
		}
	}
	if err := a.outcome(problems, cmd.Context().Err()); err != nil {
		return err
	}
	if err := a.foreignReport(f, made, report); err != nil {
		return err
	}
	if err := staged.moveTo(into); err != nil {
		return err
	}
	var ids []string
	for _, p := range made {
		ids = append(ids, p.ID)
	}
	fmt.Fprintf(a.env.Stderr, "wrote %s into %s: %s in %s, %s", catalog.Plural(staged.files, "file"), slash(into),
		catalog.Plural(len(loaded.Controls()), "control"), catalog.Plural(len(loaded.Clauses), "clause"), catalog.Plural(len(loaded.Retired), "retired id"))
	if len(ids) > 0 {
		fmt.Fprintf(a.env.Stderr, "; profiles: %s", strings.Join(ids, ", "))
	}
	fmt.Fprintln(a.env.Stderr)
	return nil
}

func notCatalog(name, what, hint string) catalog.Problem {
	return catalog.Problem{Pos: catalog.Position{File: name, Line: 1, Column: 1}, Level: catalog.LevelError,
		Rule: document.RuleKey, Message: "this is no catalog of OSCAL but " + what, Hint: hint}
}

// profileID makes the id of a profile of the name of its file: "LOW-baseline" of
// LOW-baseline_profile.json.
func profileID(file string) string {
	stem := strings.ToLower(strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)))
	if short := strings.TrimRight(strings.TrimSuffix(stem, "profile"), "-_. "); short != "" {
		stem = short
	}
	return stem
}

// addFiles writes profiles beside the guide.
func addFiles(s *stagedFolder, profiles []*oscal.ForeignProfile) error {
	files := map[string][]byte{}
	for _, p := range profiles {
		files["profiles/"+p.ID+".yaml"] = p.YAML
	}
	return s.add(files)
}

// foreignReport prints what has no place, summed up, and writes every entry into the
// file that --report names.
func (a *app) foreignReport(f *oscal.Foreign, profiles []*oscal.ForeignProfile, file string) error {
	var whole bytes.Buffer
	part := func(name string, r *oscal.Report) error {
		if len(r.Entries) == 0 {
			return nil
		}
		fmt.Fprintf(a.env.Stdout, "%s\n", name)
		if err := r.WriteSummary(a.env.Stdout); err != nil {
			return err
		}
		fmt.Fprintf(&whole, "# %s\n", name)
		_, err := r.WriteTo(&whole)
		return err
	}
	err := part("catalog", f.Report)
	for _, p := range profiles {
		err = errors.Join(err, part("profile "+p.ID, p.Report))
	}
	if err != nil || file == "" {
		return err
	}
	return os.WriteFile(file, whole.Bytes(), 0o666)
}
