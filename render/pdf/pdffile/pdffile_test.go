package pdffile

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"riskguide/render/rendertest"
)

func TestAppend(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{string(AppendNumber(nil, 0)), "0"},
		{string(AppendNumber(nil, 12)), "12"},
		{string(AppendNumber(nil, 12.3)), "12.3"},
		{string(AppendNumber(nil, 12.345)), "12.35"},
		{string(AppendNumber(nil, 0.05)), "0.05"},
		{string(AppendNumber(nil, -0.5)), "-0.5"},
		{string(AppendNumber(nil, -0.001)), "0"},
		{string(AppendNumbers(nil, 1, 2.5)), " 1 2.5"},
		{string(AppendString(nil, `a(b)\c`+"\r")), `(a\(b\)\\c\r)`},
		{string(AppendText(nil, "plain")), "(plain)"},
		{string(AppendText(nil, "表𠮷")), "<FEFF8868D842DFB7>"},
		{string(AppendText(nil, "a\nb")), "<FEFF0061000A0062>"},
		{string(AppendHex(nil, 0x0AF9)), "0AF9"},
		{string(AppendRef(nil, 7)), "7 0 R"},
		{string(AppendDate(nil, time.Date(2026, 1, 31, 1, 0, 0, 0, time.FixedZone("", 9*3600)))), "(D:20260130160000Z)"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

// file returns a file with one page.
func file() []byte {
	w := New()
	catalog, pages, page, content, info := w.Reserve(), w.Reserve(), w.Reserve(), w.Reserve(), w.Reserve()
	put := func(n Ref, s string) { w.Object(n, func(b []byte) []byte { return append(b, s...) }) }
	put(info, "<</Title(x)>>")
	put(page, fmt.Sprintf("<</Type/Page/Parent %d 0 R/Contents %d 0 R/Resources<<>>>>", pages, content))
	w.Stream(content, "", []byte("0 0 10 10 re f\n"))
	put(pages, fmt.Sprintf("<</Type/Pages/Count 1/Kids[%d 0 R]/MediaBox[0 0 20 20]>>", page))
	put(catalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R>>", pages))
	return w.Finish(catalog, info)
}

// TestOffsets reads the cross-reference table back.
func TestOffsets(t *testing.T) {
	f := string(file())
	_, tail, ok := strings.Cut(f, "startxref\n")
	start, err := strconv.Atoi(strings.TrimSuffix(tail, "\n%%EOF\n"))
	if !ok || err != nil || !strings.HasPrefix(f[start:], "xref\n0 6\n0000000000 65535 f \n") {
		t.Fatalf("no cross-reference table at %q", tail)
	}
	rest := f[start+len("xref\n0 6\n")+20:]
	for n := 1; n <= 5; n++ {
		entry := rest[:20]
		rest = rest[20:]
		at, err := strconv.Atoi(entry[:10])
		if err != nil || entry[10:] != " 00000 n \n" {
			t.Fatalf("entry %q", entry)
		}
		if want := fmt.Sprintf("%d 0 obj\n", n); !strings.HasPrefix(f[at:], want) {
			t.Errorf("object %d: %q", n, f[at:at+10])
		}
	}
	if !bytes.Equal(file(), file()) {
		t.Error("two files of the same content differ")
	}
}

func TestStreams(t *testing.T) {
	w := New()
	a, b := w.Reserve(), w.Reserve()
	long := bytes.Repeat([]byte("1 0 0 1 20 30 Tm\n"), 1000)
	w.Stream(a, "/X 1", long)
	w.Stream(b, "", []byte("second"))
	f := w.Finish(a, b)
	for i, want := range []string{string(long), "second"} {
		_, rest, _ := bytes.Cut(f, []byte(fmt.Sprintf("%d 0 obj\n", i+1)))
		head, body, _ := bytes.Cut(rest, []byte("\nstream\n"))
		_, length, _ := bytes.Cut(head, []byte("/Length "))
		n := 0
		fmt.Sscanf(string(length), "%d", &n)
		r, err := zlib.NewReader(bytes.NewReader(body[:n]))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != want {
			t.Errorf("stream %d: %d bytes, %v", i, len(got), err)
		}
		if !bytes.HasPrefix(body[n:], []byte("\nendstream\nendobj\n")) {
			t.Errorf("stream %d ends with %q", i, body[n:n+20])
		}
	}
}

func TestQpdf(t *testing.T) {
	qpdf := rendertest.Tool(t, "qpdf")
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, file(), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(qpdf, "--check", name).CombinedOutput(); err != nil || bytes.Contains(out, []byte("WARNING")) {
		t.Errorf("qpdf --check: %v\n%s", err, out)
	}
}
