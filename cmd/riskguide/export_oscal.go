package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/render/publish"
)

func (a *app) exportOSCALCommand() *cobra.Command {
	var out string
	var profiles, answered []string
	cmd := &cobra.Command{
		Use:   "oscal",
		Short: "Write the guide, profiles and answers in NIST's OSCAL, for GRC platforms",
		Long: `Write the guide in the form of NIST's Open Security Controls Assessment Language
(OSCAL 1.1.3, JSON) into oscal/ in the output folder:

  catalog.json             the guide: control statements, risk tables, front matter
  profiles/ID.json         a profile: what it selects, sets and adds
  requirements/ID.json     its own requirements, where it has some
  resolved/ID.json         the catalog that the profile yields
  components/SUPPLIER.json the supplier's answers, as a component definition

All languages are written. The first leads: titles and prose are in it, the others
stand beside. docs/oscal.md says what stands where. "riskguide import oscal" reads
catalog.json back, with nothing lost.

UUIDs follow from the ids of the guide and stay for life. The only clock is
SOURCE_DATE_EPOCH or, without it, the date of the guide (of answers: the day on
which they came).`,
		Example: `  riskguide export oscal
  riskguide export oscal --lang en -o grc
  riskguide export oscal --profile acme.yaml --answers answers/acme.yaml`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(a.langs) > 1 {
				return usageError{errors.New("--lang: name the one language that is to lead; all are written")}
			}
			cfg, err := a.config(false)
			if err != nil {
				return err
			}
			var files []publish.ProfileFile
			for _, arg := range profiles {
				f, err := profileFile(arg)
				if err != nil {
					return err
				}
				files = append(files, f)
			}
			var sets []publish.AnswersFile
			if answered, err = newestAnswers(answered); err != nil {
				return err
			}
			for _, arg := range answered {
				f, err := findFile(arg, "file of answers")
				if err != nil {
					return err
				}
				sets = append(sets, publish.AnswersFile{FS: f.FS, Name: f.Name, Prefix: f.Prefix})
			}
			begin := time.Now()
			res, problems, err := publish.OSCAL(cmd.Context(), cfg, out, files, sets)
			if err := a.outcome(problems, err); err != nil {
				return err
			}
			fmt.Fprintf(a.env.Stderr, "wrote %s into %s/%s in %s\n", catalog.Plural(res.Files, "file"), slash(out), publish.OSCALDir, time.Since(begin).Round(time.Millisecond))
			return nil
		},
	}
	a.contentFlags(cmd)
	cmd.Flags().StringSliceVar(&a.langs, "lang", nil, "language that leads, such as en (default: the guide's first, of profiles theirs)")
	outFlag(cmd, &out, "output")
	cmd.Flags().StringSliceVarP(&profiles, "profile", "p", nil, "profiles to export (default: all in the content's folder profiles)")
	must(cmd.MarkFlagFilename("profile", "yaml"))
	cmd.Flags().StringSliceVar(&answered, "answers", nil, "files of answers to export, such as answers/acme.yaml, or folders of them (their newest rounds)")
	must(cmd.MarkFlagFilename("answers", "yaml"))
	return cmd
}

// newestAnswers replaces folders by the files of the newest answers in them.
func newestAnswers(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		if st, err := os.Stat(arg); err != nil || !st.IsDir() {
			out = append(out, arg)
			continue
		}
		names, err := answers.Find(os.DirFS(arg))
		if err != nil {
			return nil, err
		}
		found := len(out)
		for _, name := range names {
			if path.Dir(name) == "." {
				out = append(out, filepath.Join(arg, name))
			}
		}
		if len(out) == found {
			return nil, usageError{fmt.Errorf("there are no files of answers in %q", arg)}
		}
	}
	return out, nil
}
