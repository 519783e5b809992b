package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"riskguide/answers"
	"riskguide/answers/collect"
	"riskguide/answers/questionnaire"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
)

// The formats of the report on standard output.
var collectFormats = []string{"text", "json", "markdown"}

// errNotCollected is returned where a questionnaire was not written or a
// condition of --fail-on holds; the reasons are printed already.
var errNotCollected = fmt.Errorf("%w: not everything was collected", errProblems)

func (a *app) collectCommand() *cobra.Command {
	var profileName, out, supplier, received, today, format string
	var round int
	var failOn []string
	var acceptNear bool
	cmd := &cobra.Command{
		Use:   "collect ANSWERED.xlsx... --profile PROFILE",
		Short: "Read answered questionnaires into files of answers, and check them",
		Long: `Read the questionnaires that suppliers sent back: files, or folders of them. For
each a file of answers is written, OUT/answers/SUPPLIER.yaml, and for all of them
a report, OUT/answers/report.md and report.json: what is unanswered or cannot be
read, explanations and dates that are missing, requirements that were altered,
rows that were deleted or added, and everything in the workbook that is no answer,
each with sheet and cell.

Answers are read by the ids of the requirements, whatever program saved the
workbook. Nothing in it is run, evaluated or fetched.

The supplier's id is --supplier or the name of the file; where that is the name
under which the questionnaire was sent, it is made of the supplier's name.

Answers that are there already are corrected if they are of the same pack;
answers to another pack, or with a higher --round, begin a new round and the
older ones are kept as OUT/answers/rounds/SUPPLIER.N.yaml. Answers to the pack of
a round that is kept there correct that round.

A planned date is past if it is before --today; without it before the day of
SOURCE_DATE_EPOCH, of --received, or today.

Exit status:
  0  every questionnaire was read and written, whatever is in the report
  1  one could not be read or was not written (the others are), a condition of
     --fail-on holds, or the profile or the content has errors
  2  the command line is wrong

Conditions of --fail-on: must-unmet (a requirement that must be met is not
implemented, only partly or planned, or not answered), unanswered, errors,
problems (errors or warnings).`,
		Example: `  riskguide collect acme.xlsx --profile content/profiles/sample.yaml -o .
  riskguide collect inbox -p acme.yaml -o round2 --round 2 --received 2027-02-01
  riskguide collect acme.xlsx -p acme.yaml --fail-on must-unmet --format json`,
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if profileName == "" {
				return usageError{fmt.Errorf("--profile: name the profile that the questionnaires were made from")}
			}
			if !slices.Contains(collectFormats, format) {
				return usageError{fmt.Errorf("--format: %q is none of %s", format, strings.Join(collectFormats, ", "))}
			}
			if supplier != "" && !collect.ValidSupplier(supplier) {
				return usageError{fmt.Errorf("--supplier: %q cannot be part of a file's name; use small letters, digits and hyphens", supplier)}
			}
			if round < 0 {
				return usageError{fmt.Errorf("--round: %d is not a number from 1", round)}
			}
			var on []collect.Condition
			for _, s := range failOn {
				c := collect.Condition(s)
				if !slices.Contains(collect.Conditions(), c) {
					return usageError{fmt.Errorf("--fail-on: %q is none of %s", s, conditionNames())}
				}
				on = append(on, c)
			}
			args, err := workbooksIn(args)
			if err == nil {
				args, err = expand(args)
			}
			if err != nil {
				return err
			}
			if supplier != "" && len(args) > 1 {
				return usageError{fmt.Errorf("--supplier names the supplier of one questionnaire; there are %d", len(args))}
			}
			cfg := collect.Config{Out: out, Supplier: supplier, Round: round, AcceptNear: acceptNear}
			if cfg.Received, err = dayFlag("received", received); err != nil {
				return err
			}
			if cfg.Today, err = a.today(today, cfg.Received); err != nil {
				return err
			}
			// Many workbooks are read one after the other: what one leaves
			// behind is to be collected before the next.
			defer debug.SetGCPercent(debug.SetGCPercent(50))
			tmpl, err := a.templateFS()
			if err != nil {
				return err
			}
			lang, err := a.collectConfig(cmd.Context(), &cfg, profileName, tmpl)
			if err != nil {
				return err
			}
			rep, err := collect.Run(cmd.Context(), cfg, args)
			if err != nil {
				return err
			}
			return a.collected(rep, out, format, lang, tmpl, on)
		},
	}
	a.contentFlags(cmd)
	cmd.Flags().StringVar(&a.templates, "templates", "", "folder whose files replace the built-in templates of the same name")
	must(cmd.MarkFlagDirname("templates"))
	cmd.Flags().StringSliceVar(&a.langs, "lang", nil, "language of the report, such as en (default: the profile's first)")
	cmd.Flags().StringVarP(&profileName, "profile", "p", "", "profile that the questionnaires were made from (required)")
	must(cmd.MarkFlagFilename("profile", "yaml"))
	outFlag(cmd, &out, ".")
	cmd.Flags().Lookup("out").Usage = "folder into whose folder answers to write"
	cmd.Flags().StringVar(&supplier, "supplier", "", "id of the supplier, such as acme (default: from the file's name)")
	cmd.Flags().StringVar(&received, "received", "", "day on which the answers came, such as 2027-01-31")
	cmd.Flags().StringVar(&today, "today", "", "day by which a planned date is past")
	cmd.Flags().IntVar(&round, "round", 0, "number of the round, from 1 (default: found out)")
	cmd.Flags().BoolVar(&acceptNear, "accept-near", false, "take signs for a status, such as ○, × or yes, instead of only proposing what they mean")
	cmd.Flags().StringVar(&format, "format", "text", "what goes to standard output: "+strings.Join(collectFormats, ", "))
	cmd.Flags().StringSliceVar(&failOn, "fail-on", nil, "exit with status 1 on: "+conditionNames())
	must(cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(collectFormats, cobra.ShellCompDirectiveNoFileComp)))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"xlsx", "xlsm"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

// workbooksIn replaces folders by the workbooks that lie in them, not in folders below.
func workbooksIn(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		if st, err := os.Stat(arg); err != nil || !st.IsDir() {
			out = append(out, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, err
		}
		found := len(out)
		for _, e := range entries {
			ext := strings.ToLower(filepath.Ext(e.Name()))
			if !e.IsDir() && (ext == ".xlsx" || ext == ".xlsm") && !leftOpen(e.Name()) {
				out = append(out, filepath.Join(arg, e.Name()))
			}
		}
		if len(out) == found {
			return nil, usageError{fmt.Errorf("there is no workbook in %q", arg)}
		}
	}
	return out, nil
}

// leftOpen reports whether a file is one that programs leave beside an open workbook.
func leftOpen(name string) bool {
	return strings.HasPrefix(name, "~$") || strings.HasPrefix(name, ".~lock.")
}

// expand replaces patterns such as inbox/*.xlsx by the files that they fit: not every
// command line does that itself.
func expand(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		if _, err := os.Lstat(arg); err == nil || !strings.ContainsAny(arg, "*?") {
			out = append(out, arg)
			continue
		}
		files, err := filepath.Glob(arg)
		if err != nil || len(files) == 0 {
			return nil, usageError{fmt.Errorf("there is no file %q", arg)}
		}
		for _, f := range files {
			if !leftOpen(filepath.Base(f)) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func conditionNames() string {
	var names []string
	for _, c := range collect.Conditions() {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

// dayFlag reads a day that a flag gives; zero for none.
func dayFlag(name, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, usageError{fmt.Errorf("--%s: %q is not a day such as 2027-01-31", name, s)}
	}
	return t, nil
}

// today is the day by which dates are past. The clock is looked at last.
func (a *app) today(flag string, received time.Time) (time.Time, error) {
	t, err := dayFlag("today", flag)
	if err != nil || !t.IsZero() {
		return t, err
	}
	if t, err = a.date(); err != nil {
		return t, err
	}
	if t.IsZero() {
		t = received
	}
	if t.IsZero() {
		t = time.Now()
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), nil
}

// collectConfig applies the profile to the content, to know what was asked, and
// returns the language of the report.
func (a *app) collectConfig(ctx context.Context, cfg *collect.Config, profileName string, tmpl fs.FS) (catalog.Lang, error) {
	content, err := folder("content", a.content)
	if err != nil {
		return "", err
	}
	file, err := profileFile(profileName)
	if err != nil {
		return "", err
	}
	cat, problems := catalog.Load(ctx, content, catalog.LoadOptions{Prefix: slash(a.content)})
	p, ps := profile.Load(ctx, file.FS, file.Name, profile.LoadOptions{Prefix: file.Prefix})
	problems = append(problems, ps...)
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := a.printProblems(problems.ErrorsOnly()); err != nil {
		return "", err
	}
	pk, ps := profile.Tailor(cat, p)
	if err := a.printProblems(ps.ErrorsOnly()); err != nil {
		return "", err
	}
	cfg.Profile = p.ID
	cfg.Pack = answers.Pack{ID: pk.ID, Fingerprint: pk.Fingerprint, Profile: p.ID, Guide: cat.Guide.ID,
		Edition: cat.Guide.Edition, Language: p.Lang()}
	if cfg.Vocabulary, err = questionnaire.LoadVocabulary(tmpl); err != nil {
		return "", err
	}
	forms := map[string]*questionnaire.Form{}
	cfg.Asked = func(langs []catalog.Lang) (*questionnaire.Form, error) {
		langs = slices.Clone(langs[:min(len(langs), profile.MaxLanguages)])
		for _, l := range langs {
			if !slices.Contains(cat.Guide.Languages, l) {
				langs = nil // what the workbook says is not to be relied on
				break
			}
		}
		if len(langs) == 0 || len(langs) == 2 && langs[0] == langs[1] {
			langs = p.Languages
		}
		key := fmt.Sprint(langs)
		if f := forms[key]; f != nil {
			return f, nil
		}
		inLangs := pk
		if !slices.Equal(langs, p.Languages) {
			q, ps := profile.Load(ctx, file.FS, file.Name, profile.LoadOptions{Prefix: file.Prefix, Languages: langs})
			if ps.HasErrors() {
				return nil, ps.ErrorsOnly()
			}
			if inLangs, ps = profile.Tailor(cat, q); ps.HasErrors() {
				return nil, ps.ErrorsOnly()
			}
		}
		data, err := pack.Questionnaire(ctx, inLangs, render.Options{Templates: tmpl, Date: cat.Guide.Date, ToolVersion: version})
		if err != nil {
			return nil, err
		}
		f, err := questionnaire.NewForm(ctx, data, cfg.Vocabulary)
		forms[key] = f
		return f, err
	}
	if ls := a.languages(); len(ls) > 0 {
		return ls[0], nil
	}
	return p.Lang(), nil
}

// collected writes what was collected and prints the report.
func (a *app) collected(rep *collect.Report, out, format string, lang catalog.Lang, tmpl fs.FS, on []collect.Condition) error {
	markdown, err := rep.Markdown(tmpl, lang)
	if err != nil {
		return err
	}
	data, err := rep.JSON()
	if err != nil {
		return err
	}
	if err := rep.Commit(collect.File{Name: "report.md", Data: markdown}, collect.File{Name: "report.json", Data: data}); err != nil {
		return err
	}
	switch format {
	case "json":
		_, err = a.env.Stdout.Write(data)
	case "markdown":
		_, err = a.env.Stdout.Write(markdown)
	default:
		if err = a.printProblems(rep.Problems()); err == errProblems {
			err = nil // the answers were written all the same
		}
		for _, e := range rep.Entries {
			fmt.Fprintln(a.env.Stdout, e.Summary())
		}
	}
	if err != nil {
		return err
	}
	written := 0
	for _, e := range rep.Entries {
		if !e.Refused() {
			written++
		}
	}
	fmt.Fprintf(a.env.Stderr, "collected %d of %s into %s\n", written, catalog.Plural(len(rep.Entries), "questionnaire"), slash(out+"/"+collect.Dir))
	if rep.Refused() || rep.Fails(on) {
		return errNotCollected
	}
	return nil
}
