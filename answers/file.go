package answers

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/catalog/strictyaml"
)

// The limits of a file of answers: a pack of some thousand requirements with full
// cells fits.
const (
	maxFileSize = 64 << 20 // bytes
	maxNesting  = 6        // levels; the form needs 4
)

// The names of the rules of the form that are not those of package strictyaml.
const (
	ruleRead     = "read"
	ruleFileName = "file-name"
	ruleTwiceID  = "duplicate-id"
)

// FileName is the name of the file that holds a supplier's answers.
func FileName(supplier string) string { return supplier + ".yaml" }

// Write writes a set in the YAML form. The layout is canonical: the same set gives
// the same bytes. An error tells which text is not UTF-8.
func Write(s *Set) ([]byte, error) {
	w := &writer{}
	w.b.WriteString("# yaml-language-server: $schema=" + SchemaFile + "\n")
	w.str(0, "supplier", s.Supplier)
	w.strIf(0, "name", s.Name)
	w.strIf(0, "service", s.Service)
	if s.Round > 0 {
		w.raw(0, "round", fmt.Sprint(s.Round))
	}
	w.date(0, "received", s.Received)
	w.key(0, "pack")
	w.str(2, "id", s.Pack.ID)
	w.strIf(2, "fingerprint", s.Pack.Fingerprint)
	w.strIf(2, "profile", s.Pack.Profile)
	w.strIf(2, "guide", s.Pack.Guide)
	w.strIf(2, "edition", s.Pack.Edition)
	w.strIf(2, "language", string(s.Pack.Language))
	if s.Workbook != (File{}) {
		w.key(0, "workbook")
		w.str(2, "name", s.Workbook.Name)
		w.strIf(2, "sha256", s.Workbook.SHA256)
	}
	if len(s.Answers) == 0 {
		w.raw(0, "answers", "[]")
		return w.bytes()
	}
	w.key(0, "answers")
	for i := range s.Answers {
		a := &s.Answers[i]
		w.b.WriteByte('\n')
		w.item = true
		w.str(4, "requirement", a.Requirement)
		w.strIf(4, "obligation", a.Obligation)
		w.strIf(4, "asked", a.Asked)
		w.strIf(4, "status", string(a.Status))
		w.strIf(4, "unread_status", a.Unread)
		w.strIf(4, "explanation", a.Explanation)
		w.strIf(4, "evidence", a.Evidence)
		w.strIf(4, "owner", a.Owner)
		w.date(4, "planned", a.Planned)
		w.strIf(4, "unread_planned", a.UnreadDate)
	}
	return w.bytes()
}

// SchemaFile is the JSON Schema of the form, as a file of answers names it: the
// folder answers lies beside the folder content.
const SchemaFile = "../content/schemas/answers.schema.json"

// writer writes the YAML of a file of answers.
type writer struct {
	b    strings.Builder
	item bool // the next line begins an item of a list
	err  error
}

func (w *writer) line(indent int, s string) {
	if w.item {
		w.item = false
		s, indent = "- "+s, indent-2
	}
	w.b.WriteString(strings.Repeat(" ", indent))
	w.b.WriteString(s)
	w.b.WriteByte('\n')
}

func (w *writer) key(indent int, key string) { w.line(indent, key+":") }

func (w *writer) raw(indent int, key, value string) { w.line(indent, key+": "+value) }

func (w *writer) str(indent int, key, value string) {
	if !utf8.ValidString(value) && w.err == nil {
		w.err = fmt.Errorf("%s: %q is not UTF-8", key, strictyaml.Clip(value))
	}
	w.raw(indent, key, strictyaml.Scalar(value, indent, false))
}

func (w *writer) strIf(indent int, key, value string) {
	if value != "" {
		w.str(indent, key, value)
	}
}

func (w *writer) date(indent int, key string, t time.Time) {
	if !t.IsZero() {
		w.raw(indent, key, t.Format(time.DateOnly))
	}
}

func (w *writer) bytes() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	return []byte(w.b.String()), nil
}

// Load reads a file of answers. The problems are everything that is wrong with it,
// sorted; the set is nil where one of them is an error. The prefix is put before
// the name in positions.
func Load(fsys fs.FS, name, prefix string) (*Set, catalog.Problems) {
	file := path.Join(prefix, name)
	d := &decoder{file: file}
	d.Owner = "file of answers"
	d.MaxNesting = maxNesting
	d.AnchorHint = "write the value again"
	d.Suggest = catalog.Suggest
	d.Report = func(p strictyaml.Problem) {
		d.problems = append(d.problems, catalog.Problem{Pos: catalog.Position{File: file, Line: p.Line, Column: p.Column},
			Level: catalog.LevelError, Rule: p.Rule, Message: p.Message, Hint: p.Hint})
	}
	data, err := strictyaml.ReadFile(fsys, name, maxFileSize)
	if err != nil {
		return nil, catalog.Problems{{Pos: catalog.Position{File: file}, Level: catalog.LevelError, Rule: ruleRead,
			Message: fmt.Sprintf("the file cannot be read: %v", strictyaml.WithoutPath(err))}}
	}
	s := d.set(data)
	if s != nil {
		if stem := strings.TrimSuffix(path.Base(name), path.Ext(name)); s.Supplier != "" && s.Supplier != stem && !strings.HasPrefix(stem, s.Supplier+".") {
			d.problems = append(d.problems, catalog.Problem{Pos: s.Pos, Level: catalog.LevelWarning, Rule: ruleFileName,
				Message: fmt.Sprintf("the supplier %q is not the name of the file", s.Supplier),
				Hint:    "name the file " + FileName(s.Supplier)})
		}
	}
	d.problems.Sort()
	if d.problems.HasErrors() {
		return nil, d.problems
	}
	return s, d.problems
}

// decoder turns the nodes of a file of answers into values.
type decoder struct {
	strictyaml.Decoder
	file     string
	problems catalog.Problems
}

func (d *decoder) pos(n *yaml.Node) catalog.Position {
	return catalog.Position{File: d.file, Line: n.Line, Column: n.Column}
}

func (d *decoder) set(data []byte) *Set {
	data, ok := d.Check(data, maxFileSize)
	if !ok {
		return nil
	}
	root, ok := d.Parse(data)
	if !ok {
		return nil
	}
	s := &Set{Pos: d.pos(root)}
	str := func(to *string, what string) func(*yaml.Node) {
		return func(v *yaml.Node) { *to, _ = d.String(v, what) }
	}
	d.Mapping(root, "a file of answers",
		strictyaml.Required("supplier", str(&s.Supplier, "supplier")),
		strictyaml.Optional("name", str(&s.Name, "name")),
		strictyaml.Optional("service", str(&s.Service, "service")),
		strictyaml.Optional("round", func(v *yaml.Node) {
			n, ok := d.Integer(v, "round")
			if ok && n < 1 {
				d.Fail(v, strictyaml.RuleValue, "", "round must be 1 or more")
			}
			s.Round = n
		}),
		strictyaml.Optional("received", func(v *yaml.Node) { s.Received = d.Date(v, "received") }),
		strictyaml.Required("pack", func(v *yaml.Node) {
			var lang string
			d.Mapping(v, "pack",
				strictyaml.Required("id", str(&s.Pack.ID, "id")),
				strictyaml.Optional("fingerprint", str(&s.Pack.Fingerprint, "fingerprint")),
				strictyaml.Optional("profile", str(&s.Pack.Profile, "profile")),
				strictyaml.Optional("guide", str(&s.Pack.Guide, "guide")),
				strictyaml.Optional("edition", str(&s.Pack.Edition, "edition")),
				strictyaml.Optional("language", str(&lang, "language")))
			s.Pack.Language = catalog.Lang(lang)
		}),
		strictyaml.Optional("workbook", func(v *yaml.Node) {
			d.Mapping(v, "workbook",
				strictyaml.Required("name", str(&s.Workbook.Name, "name")),
				strictyaml.Optional("sha256", str(&s.Workbook.SHA256, "sha256")))
		}),
		strictyaml.Required("answers", func(v *yaml.Node) { d.answers(v, s) }))
	return s
}

func (d *decoder) answers(n *yaml.Node, s *Set) {
	seen := map[string]int{}
	allowed := make([]string, 0, len(Statuses()))
	for _, x := range Statuses() {
		allowed = append(allowed, string(x))
	}
	d.List(n, "answers", func(v *yaml.Node) {
		a := Answer{Pos: d.pos(v)}
		str := func(to *string, what string) func(*yaml.Node) {
			return func(v *yaml.Node) { *to, _ = d.String(v, what) }
		}
		d.Mapping(v, "an answer",
			strictyaml.Required("requirement", func(v *yaml.Node) {
				if a.Requirement, _ = d.String(v, "requirement"); a.Requirement == "" {
					return
				}
				if line := seen[a.Requirement]; line > 0 {
					d.Fail(v, ruleTwiceID, "", "%q is answered twice, first in line %d", strictyaml.Clip(a.Requirement), line)
				}
				seen[a.Requirement] = v.Line
			}),
			strictyaml.Optional("obligation", str(&a.Obligation, "obligation")),
			strictyaml.Optional("asked", str(&a.Asked, "asked")),
			strictyaml.Optional("status", func(v *yaml.Node) { a.Status = Status(d.OneOf(v, "status", allowed...)) }),
			strictyaml.Optional("unread_status", str(&a.Unread, "unread_status")),
			strictyaml.Optional("explanation", str(&a.Explanation, "explanation")),
			strictyaml.Optional("evidence", str(&a.Evidence, "evidence")),
			strictyaml.Optional("owner", str(&a.Owner, "owner")),
			strictyaml.Optional("planned", func(v *yaml.Node) { a.Planned = d.Date(v, "planned") }),
			strictyaml.Optional("unread_planned", str(&a.UnreadDate, "unread_planned")))
		s.Answers = append(s.Answers, a)
	})
	s.Answers = slices.Clip(s.Answers)
}

// RoundFileName is the name of the file that keeps a supplier's answers of an
// earlier round, slash-separated, seen from the folder of the answers.
func RoundFileName(supplier string, round int) string {
	return fmt.Sprintf("rounds/%s.%d.yaml", supplier, round)
}
