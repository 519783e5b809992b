package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"riskguide/catalog"
	"riskguide/render/pack"
	"riskguide/render/publish"
	"riskguide/templates"
)

func (a *app) tailorCommand() *cobra.Command {
	var out, previous string
	cmd := &cobra.Command{
		Use:   "tailor PROFILE…",
		Short: "Make the requirements pack of a profile",
		Long: `Apply tailoring profiles to the content and write, for each, a folder and a .zip
with the questionnaire workbook, the requirements as PDF and HTML, and a
manifest with the SHA-256 of every file.

A profile names the languages of its pack: one, or two that stand side by side.
--lang asks for others. The folder, the archive and the files then bear them in
their names (acme-en, acme-en-ja), so that packs of one profile in several
languages lie side by side. Ids, obligations, pack number and fingerprint are
the same in all of them: a line of one is traced to the others by its id. Where
the profile lacks a wording in the language, another one stands in its place,
marked, and a warning tells it.

--previous names the answers of a supplier's last round, as riskguide collect
wrote them. The questionnaire then holds each answer whose requirement is still
asked in the same words, marks what is new or reworded with the old wording and
the old answer beside, keeps the answers to what is no longer asked on a sheet of
their own, and opens with the rows that need work.`,
		Example: `  riskguide tailor content/profiles/sample.yaml -o output/packs/
  riskguide tailor acme.yaml --content content --templates our-templates -o packs
  riskguide tailor content/profiles/foreign-supplier.yaml --lang ja
  riskguide tailor acme.yaml --previous answers/acme.yaml`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.config(true)
			if err != nil {
				return err
			}
			if previous != "" {
				if len(args) > 1 {
					return usageError{errors.New("--previous: the answers are one supplier's; name one profile")}
				}
				f, err := findFile(previous, "file of answers")
				if err != nil {
					return err
				}
				cfg.Previous = &publish.AnswersFile{FS: f.FS, Name: f.Name, Prefix: f.Prefix}
			}
			var files []publish.ProfileFile
			for _, arg := range args {
				f, err := profileFile(arg)
				if err != nil {
					return err
				}
				files = append(files, f)
			}
			begin := time.Now()
			p := a.startProgress("tailoring")
			cfg.Written = p.written
			res, problems, err := publish.Tailor(cmd.Context(), cfg, out, files)
			p.end()
			if err := a.outcome(problems, err); err != nil {
				return err
			}
			fmt.Fprintf(a.env.Stderr, "wrote %s into %s (%s) in %s\n", catalog.Plural(res.Files, "file"), slash(out),
				strings.Join(res.Parts, ", "), time.Since(begin).Round(time.Millisecond))
			if c := res.Carried; c != nil {
				fmt.Fprintln(a.env.Stderr, carriedLine(c))
			}
			return nil
		},
	}
	a.renderFlags(cmd)
	outFlag(cmd, &out, filepath.Join("output", "packs"))
	cmd.Flags().Lookup("lang").Usage = "one or two languages of the packs, such as en or en,ja (default: the profile's)"
	cmd.Flags().StringVar(&previous, "previous", "", "answers of the supplier's last round to carry over, such as answers/acme.yaml")
	must(cmd.MarkFlagFilename("previous", "yaml"))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"yaml"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

// profileFile finds a profile by its path. What it extends is looked for relative
// to it, also above its folder, so the file system begins at the volume's root or,
// for relative paths, at the working directory.
func profileFile(arg string) (publish.ProfileFile, error) { return findFile(arg, "profile") }

// findFile finds a file of the kind that what names; see [profileFile].
func findFile(arg, what string) (publish.ProfileFile, error) {
	st, err := os.Stat(arg)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return publish.ProfileFile{}, usageError{fmt.Errorf("there is no %s %q", what, arg)}
	case err != nil:
		return publish.ProfileFile{}, err
	case st.IsDir():
		return publish.ProfileFile{}, usageError{fmt.Errorf("%q is a folder, not a %s", arg, what)}
	}
	clean := filepath.Clean(arg)
	if filepath.IsLocal(clean) {
		return publish.ProfileFile{FS: os.DirFS("."), Name: filepath.ToSlash(clean)}, nil
	}
	abs, err := filepath.Abs(clean)
	if err != nil {
		return publish.ProfileFile{}, err
	}
	root := filepath.VolumeName(abs) + string(filepath.Separator)
	rel, err := filepath.Rel(root, abs)
	if err != nil {
		return publish.ProfileFile{}, err
	}
	return publish.ProfileFile{FS: os.DirFS(root), Name: filepath.ToSlash(rel), Prefix: strings.TrimSuffix(filepath.ToSlash(root), "/")}, nil
}

// carriedLine says in a line what a carried questionnaire asks for.
func carriedLine(c *pack.Carried) string {
	return templates.Fill("{n} of {of} {of|requirement|requirements} {n|needs|need} work ({answer} to answer, {review} to review); "+
		"{removed} {removed|answer|answers} to what is no longer asked {removed|is|are} kept",
		"n", strconv.Itoa(c.Work()), "of", strconv.Itoa(c.Requirements), "answer", strconv.Itoa(c.Answer),
		"review", strconv.Itoa(c.Review), "removed", strconv.Itoa(c.Removed))
}
