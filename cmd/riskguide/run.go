package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"riskguide/catalog"
	"riskguide/render/publish"
	"riskguide/templates"
)

// The exit statuses.
const (
	exitOK       = 0
	exitProblems = 1
	exitUsage    = 2
)

// Env is the world that a run sees.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Args           []string // without the program's name
}

// errProblems is returned by a command whose problems are printed already.
var errProblems = errors.New("the input has errors")

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

// Run runs one command and returns the exit status.
func Run(ctx context.Context, env Env) int {
	a := &app{env: env}
	root := a.root()
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	var lang publish.UnknownLanguageError
	var packLang publish.PackLanguagesError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errProblems):
		return exitProblems
	case errors.As(err, &usage) || errors.As(err, &lang) || errors.As(err, &packLang) || !a.started:
		fmt.Fprintf(env.Stderr, "riskguide: %v\nRun 'riskguide --help' for the commands and their flags.\n", err)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(env.Stderr, "riskguide: interrupted; nothing was changed")
		return exitProblems
	default:
		fmt.Fprintf(env.Stderr, "riskguide: %v\n", err)
		return exitProblems
	}
}

// app holds what all commands of one run share.
type app struct {
	env     Env
	started bool // a command's own work has begun: errors are no usage errors

	content   string
	templates string
	langs     []string
	noColor   bool
}

func (a *app) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "riskguide",
		Short: "Turn a security guide in YAML into a website, workbooks, PDFs and requirements packs",
		Long: `riskguide turns a security guide kept as YAML (risks × layers → objective,
threats, vulnerabilities, measures, control statements, residual risks) into a
static website, Excel workbooks, PDFs and, from a tailoring profile, the
requirements pack that goes to a cloud supplier.`,
		Example: `  riskguide build                                          render everything into output/
  riskguide tailor content/profiles/sample.yaml -o output/packs/
  riskguide lint --format github                           check the content in a pipeline
  riskguide diff HEAD                                      tell what changed since the last commit
  riskguide collect acme.xlsx -p acme.yaml -o .            read the answers that came back
  riskguide import text guide.txt --into my-content        make a catalog of the published text
  riskguide serve                                          show the site while you edit`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRun: func(*cobra.Command, []string) {
			a.started = true
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	cmd.PersistentFlags().BoolVar(&a.noColor, "no-color", false, "print without colours (also: NO_COLOR in the environment)")
	cmd.AddCommand(a.buildCommand(), a.tailorCommand(), a.importCommand(), a.lintCommand(),
		a.exportCommand(), a.diffCommand(), a.collectCommand(), a.compareCommand(), a.schemaCommand(), a.serveCommand(), a.versionCommand())
	cmd.CompletionOptions.HiddenDefaultCmd = false
	return cmd
}

// contentFlags adds the flags of every command that reads content.
func (a *app) contentFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&a.content, "content", "c", "content", "folder of the content")
	must(cmd.MarkFlagDirname("content"))
}

// renderFlags adds the flags of every command that renders.
func (a *app) renderFlags(cmd *cobra.Command) {
	a.contentFlags(cmd)
	cmd.Flags().StringVar(&a.templates, "templates", "", "folder whose files replace the built-in templates of the same name")
	cmd.Flags().StringSliceVar(&a.langs, "lang", nil, "languages to render, such as ja,en (default: all of the guide's)")
	must(cmd.MarkFlagDirname("templates"))
}

// outFlag adds the flag that names the folder to write into.
func outFlag(cmd *cobra.Command, out *string, folder string) {
	cmd.Flags().StringVarP(out, "out", "o", folder, "folder to write into")
	must(cmd.MarkFlagDirname("out"))
}

// must panics on an error that only a wrong program can cause.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// folder opens a folder that a flag names.
func folder(flag, dir string) (fs.FS, error) {
	st, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usageError{fmt.Errorf("--%s: there is no folder %q", flag, dir)}
	case err != nil:
		return nil, err
	case !st.IsDir():
		return nil, usageError{fmt.Errorf("--%s: %q is not a folder", flag, dir)}
	}
	return os.DirFS(dir), nil
}

func (a *app) templateFS() (fs.FS, error) {
	if a.templates == "" {
		return templates.FS(), nil
	}
	over, err := folder("templates", a.templates)
	if err != nil {
		return nil, err
	}
	return templates.Overlay(templates.FS(), over), nil
}

// date is SOURCE_DATE_EPOCH, or zero where that is not set
// (https://reproducible-builds.org/specs/source-date-epoch/).
func (a *app) date() (time.Time, error) {
	s := a.env.Getenv("SOURCE_DATE_EPOCH")
	if s == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, usageError{fmt.Errorf("SOURCE_DATE_EPOCH is %q, not a number of seconds", s)}
	}
	return time.Unix(n, 0).UTC(), nil
}

func (a *app) languages() []catalog.Lang {
	var ls []catalog.Lang
	for _, l := range a.langs {
		ls = append(ls, catalog.Lang(strings.ToLower(strings.TrimSpace(l))))
	}
	return ls
}

// isTerminal reports whether w is a terminal on which lines may be rewritten.
func (a *app) isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && a.env.Getenv("TERM") != "dumb"
}

// colour reports whether messages on w may be coloured (https://no-color.org).
func (a *app) colour(w io.Writer) bool {
	return !a.noColor && a.env.Getenv("NO_COLOR") == "" && a.isTerminal(w)
}

// slash is the name of a path in messages: with slashes on every system, so that
// tests and readers see the same.
func slash(p string) string { return filepath.ToSlash(filepath.Clean(p)) }
