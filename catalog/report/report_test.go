package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"riskguide/catalog"
)

var problems = catalog.Problems{
	{Pos: catalog.Position{File: "content/risks/H05.yaml", Line: 2, Column: 12}, Level: catalog.LevelError,
		Rule: "unknown-reference", Message: `control "6.6.1.99" is not in the catalog`, Hint: `did you mean "6.6.1.9"?`},
	{Pos: catalog.Position{File: "content/risks/H05.yaml", Line: 3, Column: 13}, Level: catalog.LevelWarning,
		Rule: "white-space", Message: "100% of it\nis white"},
	{Pos: catalog.Position{File: "content/pages"}, Level: catalog.LevelError, Rule: "read", Message: "cannot read the folder"},
	{Level: catalog.LevelError, Message: "somewhere"},
}

const source = "id: H05\r\ncontrols: [6.6.1.99]\r\nname: {ja: 障害の波及, en: Failure}\r\n"

func read(file string) []byte {
	if file == "content/risks/H05.yaml" {
		return []byte(source)
	}
	return nil
}

func TestWriteProblems(t *testing.T) {
	tests := []struct {
		name string
		opts Options
		want string
	}{
		{"text", Options{Source: read}, `content/risks/H05.yaml:2:12: control "6.6.1.99" is not in the catalog (did you mean "6.6.1.9"?) [unknown-reference]
    2 | controls: [6.6.1.99]
      |            ^
content/risks/H05.yaml:3:13: warning: 100% of it is white [white-space]
    3 | name: {ja: 障害の波及, en: Failure}
      |              ^
content/pages: cannot read the folder [read]
somewhere
3 errors, 1 warning
`},
		{"text without source, two at most", Options{Format: Text, Max: 2}, `content/risks/H05.yaml:2:12: control "6.6.1.99" is not in the catalog (did you mean "6.6.1.9"?) [unknown-reference]
content/pages: cannot read the folder [read]
… and 1 error, 1 warning more
3 errors, 1 warning
`},
		{"text, an error behind warnings is not cut off", Options{Format: Text, Max: 3}, `content/risks/H05.yaml:2:12: control "6.6.1.99" is not in the catalog (did you mean "6.6.1.9"?) [unknown-reference]
content/pages: cannot read the folder [read]
somewhere
… and 1 warning more
3 errors, 1 warning
`},
		{"github", Options{Format: GitHub}, `::error file=content/risks/H05.yaml,line=2,col=12,title=unknown-reference::control "6.6.1.99" is not in the catalog (did you mean "6.6.1.9"?)
::warning file=content/risks/H05.yaml,line=3,col=13,title=white-space::100%25 of it%0Ais white
::error file=content/pages,title=read::cannot read the folder
::error::somewhere
`},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		if err := WriteProblems(&b, problems, tt.opts); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := b.String(); got != tt.want {
			t.Errorf("%s:\n%s\nwant:\n%s", tt.name, got, tt.want)
		}
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteProblems(&b, problems, Options{Format: JSON}); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(problems) {
		t.Fatalf("%d problems", len(got))
	}
	if got[0]["file"] != "content/risks/H05.yaml" || got[0]["line"] != 2.0 || got[0]["column"] != 12.0 ||
		got[0]["level"] != "error" || got[0]["rule"] != "unknown-reference" ||
		got[0]["message"] != problems[0].Message || got[0]["hint"] != problems[0].Hint {
		t.Errorf("first problem: %v", got[0])
	}
	b.Reset()
	if err := WriteProblems(&b, nil, Options{Format: JSON}); err != nil || b.String() != "[]\n" {
		t.Errorf("no problems: %q, %v", b.String(), err)
	}
}

func TestNoProblems(t *testing.T) {
	for _, f := range []Format{Text, GitHub} {
		var b bytes.Buffer
		if err := WriteProblems(&b, nil, Options{Format: f}); err != nil || b.Len() > 0 {
			t.Errorf("%s: %q, %v", f, b.String(), err)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := WriteProblems(&bytes.Buffer{}, problems, Options{Format: "xml"}); err == nil || !strings.Contains(err.Error(), `"xml"`) {
		t.Errorf("error %v", err)
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteError(t *testing.T) {
	if err := WriteProblems(fullDisk{}, problems, Options{}); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

func TestColor(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := WriteProblems(&plain, problems[1:2], Options{Source: read}); err != nil {
		t.Fatal(err)
	}
	if err := WriteProblems(&coloured, problems[1:2], Options{Source: read, Color: true}); err != nil {
		t.Fatal(err)
	}
	stripped := coloured.String()
	for _, c := range []string{reset, bold, red, yellow, blue, faint} {
		stripped = strings.ReplaceAll(stripped, c, "")
	}
	if stripped != plain.String() || !strings.Contains(coloured.String(), yellow+"warning:"+reset) {
		t.Errorf("coloured: %q", coloured.String())
	}
}

// A message quotes input, which must not reach a terminal as a command.
func TestEscapeSequences(t *testing.T) {
	ps := catalog.Problems{{Pos: catalog.Position{File: "a\x1b[2J", Line: 1, Column: 1}, Message: "b\x1b[31m\x9b", Hint: "c\x07"}}
	var b bytes.Buffer
	if err := WriteProblems(&b, ps, Options{Source: func(string) []byte { return []byte("d\x1b[0m\x00") }}); err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(b.String(), func(r rune) bool { return r != '\n' && (r < ' ' || r >= 0x7F && r < 0xA0) }); i >= 0 {
		t.Errorf("control character at %d of %q", i, b.String())
	}
}

func TestExcerpt(t *testing.T) {
	tests := []struct {
		name   string
		line   string
		column int
		under  string // the character above the caret
	}{
		{"latin", "name: abc", 7, "a"},
		{"wide", "name: {ja: 障害, en: Failure}", 16, "e"},
		{"half-width katakana", "name: ｶﾅ x", 10, "x"},
		{"combining", "name: cafe\u0301 x", 13, "x"},
		{"emoji", "name: 👨‍👩‍👧 x", 13, "x"},
		{"tab", "\tname: x", 8, "x"},
		{"long, at its end", strings.Repeat("あ", 200) + "x", 201, "x"},
		{"long, at its beginning", "x" + strings.Repeat("あ", 200), 1, "x"},
		{"very long, in its middle", strings.Repeat("あ", 500_000) + "x" + strings.Repeat("い", 500_000), 500_001, "x"},
		{"behind the end", "name:", 6, ""},
		{"far behind the end", "name:", 60, ""},
		{"column 0", "x", 0, "x"},
	}
	for _, tt := range tests {
		text, before := excerpt(tt.line, tt.column)
		if w := uniseg.StringWidth(text); w > excerptWidth+2 {
			t.Errorf("%s: %d columns", tt.name, w)
		}
		got, g := "", uniseg.NewGraphemes(text)
		for col := 0; g.Next(); col += g.Width() {
			if col == len(before) {
				got = g.Str()
			}
		}
		if got != tt.under {
			t.Errorf("%s: the caret stands under %q, want %q\n%s\n%s^", tt.name, got, tt.under, text, before)
		}
	}
}

func ExampleWriteProblems() {
	ps := catalog.Problems{{
		Pos:     catalog.Position{File: "risks/H05.yaml", Line: 2, Column: 12},
		Level:   catalog.LevelError,
		Rule:    "unknown-reference",
		Message: `control "6.6.1.99" is not in the catalog`,
		Hint:    `did you mean "6.6.1.9"?`,
	}}
	files := map[string]string{"risks/H05.yaml": "id: H05\ncontrols: [6.6.1.99]\n"}
	_ = WriteProblems(os.Stdout, ps, Options{
		Source: func(file string) []byte { return []byte(files[file]) },
	})
	// Output:
	// risks/H05.yaml:2:12: control "6.6.1.99" is not in the catalog (did you mean "6.6.1.9"?) [unknown-reference]
	//     2 | controls: [6.6.1.99]
	//       |            ^
	// 1 error
}
