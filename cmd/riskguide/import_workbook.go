package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/workbook"
	"riskguide/render/changes"
	"riskguide/render/publish"
)

// errNotConfirmed ends an import whose changes nobody agreed to.
var errNotConfirmed = fmt.Errorf("%w: nothing was written", errProblems)

func (a *app) importWorkbookCommand() *cobra.Command {
	var into string
	var yes, dryRun, skip bool
	cmd := &cobra.Command{
		Use:   "workbook FILE",
		Short: "Take over what was changed in a workbook of the guide",
		Long: `Take over what was changed in a workbook that riskguide export workbook --edit
made. Only what was changed is written: comments, the order of keys, the layout
and all other lines of the YAML files stay as they are.

What will change is shown as riskguide diff shows it; then you are asked. --yes
writes without asking. Without a terminal and without --yes nothing is written,
and the exit status is 1.

New rows get the next number that was never used. Removed ones are listed in
retired.yaml, with the ids that replace them. Where the content changed since the
export, too, both changes are kept; where both changed one cell differently, the
three texts are shown and nothing is written, or with --skip-conflicts all rows
but those. A change after which the content or its profiles would have errors is
refused: the cells that cause them are named.`,
		Example: `  riskguide import workbook guide.xlsx --into content
  riskguide import workbook guide.xlsx --into content --dry-run
  riskguide import workbook inbox/guide.xlsx --into content --yes`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if into == "" {
				return usageError{errors.New("import workbook: say which content is to be changed (--into DIR)")}
			}
			if yes && dryRun {
				return usageError{errors.New("--yes and --dry-run exclude each other")}
			}
			content, err := folder("into", into)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			book, err := a.readBook(ctx, args[0])
			if err != nil {
				return err
			}
			a.content = into
			cfg, err := a.config(false)
			if err != nil {
				return err
			}
			res, err := book.Import(ctx, content, workbook.Options{Prefix: slash(into), SkipConflicts: skip,
				Lint: func(ctx context.Context, content fs.FS) (catalog.Problems, error) {
					cfg := cfg
					cfg.Content, cfg.Langs = content, nil
					return publish.Lint(ctx, cfg)
				}})
			if err != nil {
				return err
			}
			a.printConflicts(res.Conflicts)
			if err := a.printProblems(res.Problems); err != nil {
				fmt.Fprintln(a.env.Stderr, "nothing was written")
				return err
			}
			if len(res.Conflicts) > 0 && !skip {
				fmt.Fprintln(a.env.Stderr, "nothing was written; mend the workbook, make a new one, or leave these rows out with --skip-conflicts")
				return errProblems
			}
			if len(res.Files) == 0 {
				fmt.Fprintf(a.env.Stderr, "%s changes nothing in %s\n", slash(args[0]), slash(into))
				return nil
			}
			return a.takeOver(ctx, res, args[0], into, yes, dryRun)
		},
	}
	cmd.Flags().StringVar(&into, "into", "", "folder of the content to be changed")
	must(cmd.MarkFlagDirname("into"))
	cmd.Flags().BoolVar(&yes, "yes", false, "write without asking")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show what would change, and write nothing")
	cmd.Flags().BoolVar(&skip, "skip-conflicts", false, "leave out the rows that the content changed differently, and take over the others")
	cmd.Flags().StringSliceVar(&a.langs, "lang", nil, "language in which the changes are told, such as en (default: the guide's first)")
	cmd.Flags().StringVar(&a.templates, "templates", "", "folder whose files replace the built-in templates of the same name")
	must(cmd.MarkFlagDirname("templates"))
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return []string{"xlsx"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return cmd
}

// readBook reads a workbook; why it cannot be read is printed.
func (a *app) readBook(ctx context.Context, name string) (*workbook.Book, error) {
	f, size, err := openFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := xlsx.Read(ctx, f, size)
	var refused *xlsx.Refused
	if errors.As(err, &refused) {
		return nil, a.printProblems(catalog.Problems{{Pos: catalog.Position{File: slash(name)}, Level: catalog.LevelError,
			Rule: workbook.RuleForm, Message: "the file " + refused.Reason, Hint: refused.Hint}})
	}
	if err != nil {
		return nil, err
	}
	book, problems := workbook.Read(slash(name), data)
	return book, a.printProblems(problems)
}

// printConflicts shows the texts that exclude each other.
func (a *app) printConflicts(cs []workbook.Conflict) {
	indent := func(label, text string) {
		if text == "" {
			text = "(nothing)"
		}
		for i, l := range strings.Split(text, "\n") {
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(a.env.Stderr, "    %-10s %s\n", label, changes.Printable(l))
		}
	}
	for _, c := range cs {
		where := ""
		if c.ContentPos.File != "" {
			where = " (" + c.ContentPos.Place() + ")"
		}
		fmt.Fprintf(a.env.Stderr, "%s: conflict: %s was changed in the workbook and, since the export, in the content%s\n",
			c.Pos.Place(), changes.Printable(c.What), where)
		indent("exported:", c.Exported)
		if c.Gone == "" || c.Workbook != "" {
			indent("workbook:", c.Workbook)
		}
		if c.Gone == "" || c.Content != "" {
			indent("content:", c.Content)
		}
		if c.Gone != "" {
			fmt.Fprintf(a.env.Stderr, "    %s\n", c.Gone)
		}
	}
	if n := len(cs); n == 1 {
		fmt.Fprintln(a.env.Stderr, "1 conflict")
	} else if n > 1 {
		fmt.Fprintf(a.env.Stderr, "%d conflicts\n", n)
	}
}

// takeOver shows the changes, asks, and writes them.
func (a *app) takeOver(ctx context.Context, res *workbook.Result, name, into string, yes, dryRun bool) error {
	rep := &changes.Report{Old: res.Old, New: res.New, OldName: slash(into), NewName: slash(name), Changes: edition.Compare(res.Old, res.New)}
	data, err := a.diffOutput(ctx, rep, "text", true)
	if err != nil {
		return err
	}
	if err := a.writeOut("", data); err != nil {
		return err
	}
	files := slices.Sorted(maps.Keys(res.Files))
	for i := range files {
		files[i] = slash(filepath.Join(into, files[i]))
	}
	list := strings.Join(files, ", ")
	switch {
	case dryRun:
		fmt.Fprintf(a.env.Stderr, "nothing was written; these files would change: %s\n", list)
		return nil
	case yes:
	case !a.canAsk():
		fmt.Fprintf(a.env.Stderr, "nothing was written: there is no terminal to ask on; --yes writes into %s\n", list)
		return errNotConfirmed
	default:
		ok, err := a.ask(fmt.Sprintf("Write this into %s? [y/N] ", list))
		if err != nil {
			return err
		}
		if !ok {
			fmt.Fprintln(a.env.Stderr, "nothing was written")
			return errNotConfirmed
		}
	}
	if err := res.Write(into); err != nil {
		return err
	}
	fmt.Fprintf(a.env.Stderr, "wrote %s\n", list)
	return nil
}

// canAsk reports whether there is a person to ask.
func (a *app) canAsk() bool {
	f, ok := a.env.Stdin.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// ask asks a question that is answered with yes or no.
func (a *app) ask(question string) (bool, error) {
	fmt.Fprint(a.env.Stderr, question)
	line, err := bufio.NewReader(a.env.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return slices.Contains([]string{"y", "yes", "はい"}, strings.ToLower(strings.TrimSpace(line))), nil
}
