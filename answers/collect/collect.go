// Package collect turns the questionnaires that came back into files of answers,
// one a supplier, and a report of all that a person must know of them.
//
// # What is written
//
//	answers/SUPPLIER.yaml            the answers of the newest round
//	answers/rounds/SUPPLIER.N.yaml   those of earlier rounds
//	answers/report.md, report.json   the report of the last run
//
// A supplier's id is given, or stands in the questionnaire of a further round, or
// follows from the file's name; see [SupplierID]. The
// same questionnaires, days and earlier answers give the same bytes.
//
// # Rounds
//
// Where a supplier has answers already: the same pack again corrects them, within
// the round; another pack begins the next round, and the older answers are kept.
// A round that is given decides alone.
package collect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"riskguide/answers"
	"riskguide/answers/questionnaire"
	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/render/staging"
)

// Dir is the folder of the answers in the folder that is written into.
const Dir = "answers"

// Config says how questionnaires are collected.
type Config struct {
	// Out is the folder into which the answers' folder goes.
	Out string
	// Profile is the id of the profile, Pack what it yields now.
	Profile string
	Pack    answers.Pack
	// Asked returns the questionnaire of the pack in the languages; see
	// [questionnaire.Options].
	Asked      func(langs []catalog.Lang) (*questionnaire.Form, error)
	Vocabulary *questionnaire.Vocabulary
	// Supplier is the supplier's id; empty to find it out. Round and Received
	// are those of all files; zero to find the round out.
	Supplier   string
	Round      int
	Received   time.Time
	Today      time.Time
	AcceptNear bool
}

// Entry is what became of one questionnaire.
type Entry struct {
	// File is the questionnaire's name as it was given, Set what was read from
	// it; nil where nothing could be.
	File     string
	Set      *answers.Set
	Match    questionnaire.Match
	Problems []questionnaire.Problem
	// Written is the file of answers, Kept that of the earlier round, both
	// relative to Config.Out and slash-separated; empty where there is none.
	Written, Kept string
}

// Refused reports whether nothing was written for the questionnaire.
func (e *Entry) Refused() bool { return e.Written == "" }

// Run reads the questionnaires, one after the other, and prepares what is to be
// written. An error is the context's, one of the templates, or one of the folder.
func Run(ctx context.Context, c Config, files []string) (*Report, error) {
	rep := &Report{config: c}
	var byID = map[string]*Entry{}
	for _, name := range files {
		e, err := c.read(ctx, name)
		if err != nil {
			return nil, err
		}
		rep.Entries = append(rep.Entries, e)
		if e.Set == nil {
			continue
		}
		id := e.Set.Supplier
		first := byID[id]
		if first == nil {
			byID[id] = e
			continue
		}
		for _, x := range []struct{ e, other *Entry }{{first, e}, {e, first}} {
			hint := "collect the one that counts, or name the supplier with --supplier"
			if first.Set.Workbook.SHA256 == e.Set.Workbook.SHA256 {
				hint = "it is the same file"
			}
			x.e.refuse(questionnaire.RuleTwiceGiven, hint, "the supplier %s answers a second time, in %s; neither is written", id, x.other.File)
		}
	}
	for _, e := range rep.Entries {
		if e.Set == nil || e.twice() {
			continue
		}
		if err := rep.place(e); err != nil {
			return nil, err
		}
	}
	return rep, nil
}

func (e *Entry) twice() bool {
	return slices.ContainsFunc(e.Problems, func(p questionnaire.Problem) bool { return p.Rule == questionnaire.RuleTwiceGiven })
}

// refuse notes why nothing is written.
func (e *Entry) refuse(rule, hint, format string, args ...any) {
	p := questionnaire.Problem{Problem: catalog.Problem{Pos: catalog.Position{File: e.File}, Level: catalog.LevelError, Rule: rule,
		Message: fmt.Sprintf(format, args...), Hint: hint}}
	e.Problems = slices.Insert(e.Problems, 0, p)
}

// read reads one questionnaire.
func (c *Config) read(ctx context.Context, name string) (*Entry, error) {
	e := &Entry{File: filepath.ToSlash(name)}
	f, err := os.Open(name)
	if err != nil {
		e.refuse(questionnaire.RuleUnreadable, "", "cannot be read: %v", withoutPath(err))
		return e, nil
	}
	defer f.Close()
	st, err := f.Stat()
	switch {
	case err != nil:
		e.refuse(questionnaire.RuleUnreadable, "", "cannot be read: %v", withoutPath(err))
		return e, nil
	case !st.Mode().IsRegular():
		e.refuse(questionnaire.RuleUnreadable, "", "is not a file")
		return e, nil
	}
	res, err := questionnaire.Read(ctx, f, st.Size(), questionnaire.Options{Name: e.File, Vocabulary: c.Vocabulary,
		Asked: c.Asked, Today: c.Today, AcceptNear: c.AcceptNear})
	var refused *xlsx.Refused
	if errors.As(err, &refused) {
		e.refuse(questionnaire.RuleUnreadable, refused.Hint, "%s", refused.Reason)
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	e.Set, e.Match, e.Problems = &res.Set, res.Match, res.Problems
	// The file may lie in another folder the next time.
	e.Set.Workbook.Name = path.Base(e.File)
	e.Set.Supplier = c.Supplier
	if e.Set.Supplier == "" && ValidSupplier(res.Previous) {
		e.Set.Supplier = res.Previous // the next round of the same supplier, whatever the file is called
	}
	if e.Set.Supplier == "" {
		e.Set.Supplier = SupplierID(e.Set.Workbook.Name, e.Set.Pack.Profile, e.Set.Name)
	}
	e.Set.Received = c.Received
	return e, nil
}

func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// file is a file that is to be written.
type file struct {
	name string // relative to Config.Out, slash-separated
	data []byte
}

// place decides on the round of a set and where it goes.
func (rep *Report) place(e *Entry) error {
	c, s := &rep.config, e.Set
	current := path.Join(Dir, answers.FileName(s.Supplier))
	old, oldData, err := c.earlier(e, current)
	if err != nil {
		return err
	}
	if e.blocked() {
		return nil
	}
	s.Round = c.Round
	target := current
	if old == nil {
		s.Round = max(s.Round, 1)
	} else {
		was := max(old.Round, 1)
		same := old.Workbook.SHA256 == s.Workbook.SHA256
		if s.Round == 0 {
			s.Round = was
			if !same && old.Pack.ID != s.Pack.ID {
				if s.Round, err = rep.roundOf(e, was); err != nil || e.blocked() {
					return err
				}
			}
		}
		switch {
		case s.Round < was:
			target = path.Join(Dir, answers.RoundFileName(s.Supplier, s.Round))
			then, _, err := c.earlier(e, target)
			if err != nil || e.blocked() {
				return err
			}
			if then != nil && then.Pack.ID != s.Pack.ID {
				e.refuse(ruleRound, "", "round %d of %s is there already, in %s, with answers to the pack %s", s.Round, s.Supplier, target, then.Pack.ID)
				return nil
			}
		case s.Round == was && old.Pack.ID != s.Pack.ID:
			e.refuse(ruleRound, fmt.Sprintf("give --round %d", was+1), "round %d of %s is that of the pack %s already", was, s.Supplier, old.Pack.ID)
			return nil
		case s.Round > was:
			kept := path.Join(Dir, answers.RoundFileName(s.Supplier, was))
			if there, err := os.ReadFile(c.path(kept)); err == nil && string(there) != string(oldData) {
				e.refuse(ruleRound, "", "round %d of %s is kept in %s already, with other answers", was, s.Supplier, kept)
				return nil
			}
			e.Kept = kept
			rep.files = append(rep.files, file{kept, oldData})
		}
		if same && s.Received.IsZero() {
			s.Received = old.Received
		}
	}
	data, err := answers.Write(s)
	if err != nil {
		return fmt.Errorf("%s: %w", e.File, err)
	}
	e.Written = target
	rep.files = append(rep.files, file{target, data})
	return nil
}

// roundOf is the round to which the answers to another pack than that of the newest
// round, number was, belong: an earlier one that has the same pack, or else the next.
func (rep *Report) roundOf(e *Entry, was int) (int, error) {
	for n := was - 1; n > max(0, was-100); n-- {
		then, _, err := rep.config.earlier(e, path.Join(Dir, answers.RoundFileName(e.Set.Supplier, n)))
		if err != nil || e.blocked() {
			return 0, err
		}
		if then != nil && then.Pack.ID == e.Set.Pack.ID {
			return n, nil
		}
	}
	return was + 1, nil
}

const (
	ruleForeign = "foreign-file"
	ruleRound   = "round"
)

// Rules lists the names of the rules of problems beside those of package
// questionnaire.
func Rules() []string { return []string{ruleForeign, ruleRound} }

func (c *Config) path(name string) string { return filepath.Join(c.Out, filepath.FromSlash(name)) }

// blocked reports whether a file stands in the way that is none of answers.
func (e *Entry) blocked() bool { return len(e.Problems) > 0 && e.Problems[0].Rule == ruleForeign }

// earlier reads the answers that a supplier has already. A file that is none of
// answers is not replaced.
func (c *Config) earlier(e *Entry, name string) (*answers.Set, []byte, error) {
	data, err := os.ReadFile(c.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	old, problems := answers.Load(os.DirFS(c.Out), name, "")
	if old == nil {
		first := problems.ErrorsOnly()[0]
		e.refuse(ruleForeign, "move it away", "%s is there already and is no file of answers that can be read (%s); it is not replaced", name, first.Message)
		return nil, nil, nil
	}
	return old, data, nil
}

// SupplierID is the id of the supplier whose answers are in a file: the stem of
// the file's name, behind "PROFILE-questionnaire" where it begins so. If nothing
// is left of it but a number or a copy's mark, it is made of the supplier's name
// in the questionnaire, and without one of the profile's id.
//
// An id has small letters and digits of any script, so that 株式会社見本 stays
// what it is, and hyphens for everything else. It has at most 64 characters.
func SupplierID(file, profileID, name string) string {
	stem := slug(strings.TrimSuffix(file, path.Ext(file)))
	if p := slug(profileID); p != "" {
		// "sample-en-questionnaire", too
		if i := strings.Index(stem, "questionnaire"); i >= 0 && strings.HasPrefix(stem, p) {
			stem = strings.Trim(stem[i+len("questionnaire"):], "-")
		}
	}
	if stem == "" || isMark(stem) {
		if s := slug(name); s != "" {
			return s
		}
		if stem == "" {
			stem = slug(profileID)
		}
	}
	if stem == "" {
		stem = "supplier"
	}
	return stem
}

// isMark reports whether a part of a file's name tells copies apart and names
// nobody.
func isMark(s string) bool {
	for _, part := range strings.Split(s, "-") {
		switch strings.TrimFunc(part, unicode.IsDigit) {
		case "", "copy", "コピー", "のコピー", "回答", "回答済", "回答済み", "answered", "answers", "final", "v", "rev", "最終", "提出":
		default:
			return false
		}
	}
	return true
}

// slug is a name as a part of a file's name on every system.
func slug(s string) string {
	const most = 64
	var b strings.Builder
	n := 0
	for _, r := range strings.ToLower(norm.NFKC.String(s)) {
		switch {
		case n >= most:
		case r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			b.WriteRune(r)
			n++
		case n > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
			n++
		}
	}
	out := strings.Trim(b.String(), "-")
	switch out {
	case "con", "prn", "aux", "nul", "report", "rounds":
		return out + "-supplier" // names that Windows or this folder has taken
	}
	if len(out) == 4 && (strings.HasPrefix(out, "com") || strings.HasPrefix(out, "lpt")) {
		return out + "-supplier"
	}
	return out
}

// ValidSupplier reports whether an id can be given for a supplier.
func ValidSupplier(id string) bool { return id != "" && slug(id) == id }

// Commit writes the answers and the report. Every file is complete beside its
// place before the first one gets there, and the report comes last.
func (rep *Report) Commit(files ...File) error {
	var all []staging.File
	for _, f := range rep.files {
		all = append(all, staging.File{Name: rep.config.path(f.name), Data: f.data})
	}
	for _, f := range files {
		all = append(all, staging.File{Name: rep.config.path(path.Join(Dir, f.Name)), Data: f.Data})
	}
	return staging.WriteFiles(all...)
}

// File is a file of the report.
type File struct {
	Name string
	Data []byte
}
