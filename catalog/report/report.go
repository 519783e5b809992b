// Package report prints problems for people and for programs: as text with the
// line of the source and a caret below the place, as JSON, or as annotations of
// GitHub's checks.
//
// The text form is, for each problem,
//
//	content/risks/H05.yaml:41:17: control "6.6.1.99" is not in the catalog (did you mean "6.6.1.9"?) [unknown-reference]
//	  41 |     controls: [6.6.1.99, 6.6.1.2]
//	     |                ^
//
// with the word warning before the message where it is one, and at the end a
// line that counts. The caret stands right on a terminal where wide characters
// take two columns (UAX #11). The form is stable enough for editors, which need
// the first line alone.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"

	"riskguide/catalog"
)

// Format is a form in which problems are printed.
type Format string

// The formats.
const (
	Text   Format = "text"
	JSON   Format = "json"
	GitHub Format = "github"
)

// Formats lists the formats, for the help of a command line.
func Formats() []Format { return []Format{Text, JSON, GitHub} }

// Options says how problems are printed.
type Options struct {
	Format Format // the zero value is Text
	// Color marks the parts of the text form with the colours of a terminal
	// (ECMA-48 SGR).
	Color bool
	// Source returns the bytes of a file that a position names, for the text
	// form to show the line; nil where it cannot be read. Source may be nil.
	Source func(file string) []byte
	// Max is the number of problems of which the text form prints no more, but
	// how many more there are: warnings give way to errors, since a build that
	// fails must show why. 0 means all. The other forms always print all.
	Max int
}

// WriteProblems prints the problems in the order given. Without problems the
// text and GitHub forms print nothing and the JSON form prints an empty list.
// Errors are those of w, and a format that does not exist.
func WriteProblems(w io.Writer, ps catalog.Problems, opts Options) error {
	var b bytes.Buffer
	switch opts.Format {
	case Text, "":
		writeText(&b, ps, opts)
	case JSON:
		if err := writeJSON(&b, ps); err != nil {
			return fmt.Errorf("write problems: %w", err)
		}
	case GitHub:
		writeGitHub(&b, ps)
	default:
		return fmt.Errorf("write problems: there is no format %q", opts.Format)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// The colours of the text form.
const (
	reset  = "\x1b[0m"
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	blue   = "\x1b[34m"
	faint  = "\x1b[2m"
)

// painter puts colour around a string where colour is wanted.
type painter bool

func (p painter) paint(colour, s string) string {
	if !p || s == "" {
		return s
	}
	return colour + s + reset
}

func writeText(b *bytes.Buffer, ps catalog.Problems, opts Options) {
	paint := painter(opts.Color).paint
	lines := sourceLines{read: opts.Source, files: map[string][]string{}}
	shown, rest := cut(ps, opts.Max)
	for _, p := range shown {
		if p.Pos.File != "" {
			b.WriteString(paint(bold, clean(p.Pos.Place())+":") + " ")
		}
		if p.Level == catalog.LevelWarning {
			b.WriteString(paint(yellow, "warning:") + " ")
		} else if opts.Color {
			b.WriteString(paint(red, "error:") + " ")
		}
		b.WriteString(clean(p.Message))
		if p.Hint != "" {
			b.WriteString(" " + paint(blue, "("+clean(p.Hint)+")"))
		}
		if p.Rule != "" {
			b.WriteString(" " + paint(faint, "["+p.Rule+"]"))
		}
		b.WriteByte('\n')
		if line, ok := lines.line(p.Pos); ok {
			number := fmt.Sprintf("%5d", p.Pos.Line)
			text, before := excerpt(line, p.Pos.Column)
			b.WriteString(paint(faint, number+" | ") + text + "\n")
			b.WriteString(paint(faint, strings.Repeat(" ", len(number))+" | ") + before + paint(red, "^") + "\n")
		}
	}
	if len(rest) > 0 {
		fmt.Fprintf(b, "… and %s more\n", Summary(rest))
	}
	if len(ps) > 0 {
		b.WriteString(Summary(ps) + "\n")
	}
}

// cut divides the problems into at most n that are shown and the rest, errors
// before warnings and both in their order; all are shown if n is 0.
func cut(ps catalog.Problems, n int) (shown, rest catalog.Problems) {
	if n <= 0 || len(ps) <= n {
		return ps, nil
	}
	errs := min(len(ps.ErrorsOnly()), n)
	warnings := n - errs
	for _, p := range ps {
		left := &errs
		if p.Level == catalog.LevelWarning {
			left = &warnings
		}
		if *left > 0 {
			*left--
			shown = append(shown, p)
		} else {
			rest = append(rest, p)
		}
	}
	return shown, rest
}

// Summary counts the problems: "2 errors, 1 warning".
func Summary(ps catalog.Problems) string {
	errs := len(ps.ErrorsOnly())
	warnings := len(ps) - errs
	switch {
	case errs == 0 && warnings == 0:
		return "no problems"
	case warnings == 0:
		return catalog.Plural(errs, "error")
	case errs == 0:
		return catalog.Plural(warnings, "warning")
	}
	return catalog.Plural(errs, "error") + ", " + catalog.Plural(warnings, "warning")
}

// clean makes what stands in a message harmless for a terminal: a message
// quotes input, and input may hold escape sequences.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return ' '
		}
		return r
	}, s)
}

// sourceLines reads files once and keeps their lines.
type sourceLines struct {
	read  func(file string) []byte
	files map[string][]string
}

func (s sourceLines) line(p catalog.Position) (string, bool) {
	if s.read == nil || p.Line < 1 || p.Sheet != "" {
		return "", false
	}
	lines, ok := s.files[p.File]
	if !ok {
		if data := s.read(p.File); data != nil {
			text := strings.TrimPrefix(strings.ToValidUTF8(string(data), "\uFFFD"), "\uFEFF")
			lines = strings.Split(text, "\n")
		}
		s.files[p.File] = lines
	}
	if p.Line > len(lines) {
		return "", false
	}
	return strings.TrimSuffix(lines[p.Line-1], "\r"), true
}

// The width in columns of the part of a long line that is shown, and how much
// of it stands before the caret.
const (
	excerptWidth  = 100
	excerptBefore = 60
)

// excerpt returns the line, cut where it is long, and the white space that
// brings the caret below the column. Tabs become single spaces.
func excerpt(line string, column int) (text, before string) {
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return ' '
		}
		return r
	}, line)
	runes := []rune(line)
	at := min(max(column-1, 0), len(runes))
	left, right := runes[:at], runes[at:]
	// A line may be a megabyte long: what is far from the place is not measured.
	const far = 4 * excerptWidth
	left = left[max(len(left)-far, 0):]
	for len(left) > 0 && uniseg.StringWidth(string(left)) > excerptBefore {
		left = left[1:]
	}
	cut := ""
	if len(left) < at {
		cut = "…"
	}
	width := uniseg.StringWidth(cut + string(left))
	end := min(len(right), far)
	for end > 0 && width+uniseg.StringWidth(string(right[:end])) > excerptWidth {
		end--
	}
	text = cut + string(left) + string(right[:end])
	if end < len(right) {
		text += "…"
	}
	return strings.TrimRight(text, " "), strings.Repeat(" ", width)
}

// jsonProblem is a problem in the JSON form. A line of 0 means that the place
// in the file is not known. Sheet and cell are those of a workbook.
type jsonProblem struct {
	File    string        `json:"file"`
	Sheet   string        `json:"sheet,omitempty"`
	Cell    string        `json:"cell,omitempty"`
	Line    int           `json:"line"`
	Column  int           `json:"column"`
	Level   catalog.Level `json:"level"`
	Rule    string        `json:"rule"`
	Message string        `json:"message"`
	Hint    string        `json:"hint,omitempty"`
}

func writeJSON(b *bytes.Buffer, ps catalog.Problems) error {
	out := make([]jsonProblem, len(ps))
	for i, p := range ps {
		out[i] = jsonProblem{p.Pos.File, p.Pos.Sheet, p.Pos.Cell(), p.Pos.Line, p.Pos.Column, p.Level, p.Rule, p.Message, p.Hint}
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// writeGitHub prints workflow commands. Their data and properties are escaped
// as the runner unescapes them: %, CR and LF, and in properties : and , too.
func writeGitHub(b *bytes.Buffer, ps catalog.Problems) {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, p := range ps {
		command := "error"
		if p.Level == catalog.LevelWarning {
			command = "warning"
		}
		var props []string
		if p.Pos.File != "" {
			props = append(props, "file="+property.Replace(p.Pos.File))
			if p.Pos.Line > 0 && p.Pos.Sheet == "" {
				props = append(props, fmt.Sprintf("line=%d,col=%d", p.Pos.Line, p.Pos.Column))
			}
		}
		if p.Rule != "" {
			props = append(props, "title="+property.Replace(p.Rule))
		}
		message := p.Message
		if p.Pos.Sheet != "" {
			message = strings.TrimPrefix(p.Pos.Place(), p.Pos.File+"!") + ": " + message
		}
		if p.Hint != "" {
			message += " (" + p.Hint + ")"
		}
		b.WriteString("::" + command)
		if len(props) > 0 {
			b.WriteString(" " + strings.Join(props, ","))
		}
		b.WriteString("::" + data.Replace(message) + "\n")
	}
}
