package font

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/render/pdf/pdffile"
	"riskguide/render/rendertest"
)

func faces(t testing.TB) Faces {
	t.Helper()
	fs, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

func subset(t testing.TB, f *Face, runes []rune) *Subset {
	t.Helper()
	s, err := f.Subset(runes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample has letters, kanji, kana with marks (composite glyphs in many fonts),
// symbols, brackets that are to be escaped, and a kanji beyond U+FFFF.
const sample = "Ag(1)\\％漢字かなガパ、。「」－〓①←𠀋éü鷗"

func TestFaces(t *testing.T) {
	for _, f := range faces(t) {
		for _, r := range sample {
			if !f.Has(r) || f.Width(r) == 0 {
				t.Errorf("%s lacks %q", f.Name(), r)
			}
		}
		for _, r := range []rune{'😀', -1, 0x10FFFF, 0xE000} {
			if f.Has(r) || f.Width(r) != 0 {
				t.Errorf("%s claims to have U+%04X", f.Name(), r)
			}
		}
		if w := f.Width('漢'); w != 1000 {
			t.Errorf("%s: a kanji is %d wide, want 1000", f.Name(), w)
		}
		if got, want := f.StringWidth("漢A"), 1000+f.Width('A'); got != want {
			t.Errorf("%s: StringWidth = %d, want %d", f.Name(), got, want)
		}
		m := f.Metrics()
		if m.Ascent < 700 || m.Descent > -50 || m.CapHeight < 500 || m.Box[0] > 0 || m.Box[2] < 900 {
			t.Errorf("%s: metrics %+v", f.Name(), m)
		}
	}
	if !strings.Contains(License, "SIL OPEN FONT LICENSE Version 1.1") {
		t.Error("the licence is not the OFL")
	}
}

func TestParseRefusesOtherFiles(t *testing.T) {
	head := regularFile[:12+16*u16(regularFile, 4)]
	for name, data := range map[string]string{
		"empty":            "",
		"OpenType CFF":     "OTTO" + strings.Repeat("\x00", 40),
		"collection":       "ttcf" + strings.Repeat("\x00", 40),
		"directory cut":    regularFile[:100],
		"tables cut":       head + "xx",
		"cut in the half":  regularFile[:len(regularFile)/2],
		"nearly complete":  regularFile[:len(regularFile)-70000],
		"no tables at all": "\x00\x01\x00\x00" + strings.Repeat("\x00", 12),
	} {
		if _, err := Parse(name, data); !errors.Is(err, ErrFont) {
			t.Errorf("%s: error %v, want ErrFont", name, err)
		}
	}
}

func TestSubset(t *testing.T) {
	for _, f := range faces(t) {
		runes := []rune(sample + sample + "😀")
		s := subset(t, f, runes)
		if n := len([]rune(sample)); len(s.Runes) != n || len(s.Widths) != n {
			t.Fatalf("%s: %d runes, %d widths, want %d", f.Name(), len(s.Runes), len(s.Widths), n)
		}
		for i, r := range s.Runes {
			if s.Glyph(r) != uint16(i+1) {
				t.Errorf("glyph of %q is %d, want %d", r, s.Glyph(r), i+1)
			}
			if s.Widths[i] != f.Width(r) {
				t.Errorf("width of %q is %d, want %d", r, s.Widths[i], f.Width(r))
			}
		}
		for _, r := range []rune{'😀', 'z', -1} {
			if s.Glyph(r) != 0 {
				t.Errorf("glyph of %q is %d, want 0", r, s.Glyph(r))
			}
		}
		if !bytes.Equal(s.Data, subset(t, f, []rune(sample)).Data) {
			t.Error("order and repetition change the subset")
		}
		checkTables(t, string(s.Data), len(s.Runes))
	}
}

// checkTables asserts what a reader of the file relies on.
func checkTables(t *testing.T, data string, least int) {
	t.Helper()
	if sum := checksum([]byte(data)); sum != 0xB1B0AFBA {
		t.Errorf("checksum of the file is %08X", sum)
	}
	tables := map[string]string{}
	for i := range u16(data, 4) {
		at := 12 + 16*i
		off, size := u32(data, at+8), u32(data, at+12)
		body := data[off : off+size]
		tables[data[at:at+4]] = body
		if tag := data[at : at+4]; tag != "head" && uint32(u32(data, at+4)) != checksum([]byte(body)) {
			t.Errorf("checksum of table %s is wrong", tag)
		}
	}
	n := u16(tables["maxp"], 4)
	if n < least+1 || u16(tables["hhea"], 34) != n || len(tables["hmtx"]) != 4*n || len(tables["loca"]) != 4*(n+1) {
		t.Errorf("%d glyphs, %d of hmtx, %d bytes of loca", n, len(tables["hmtx"])/4, len(tables["loca"]))
	}
	for g := range n {
		from, to := u32(tables["loca"], 4*g), u32(tables["loca"], 4*g+4)
		if from > to || to > len(tables["glyf"]) || from%4 != 0 {
			t.Fatalf("glyph %d lies at %d to %d of %d", g, from, to, len(tables["glyf"]))
		}
		// Components are in the subset.
		if outline := tables["glyf"][from:to]; len(outline) > 10 && i16(outline, 0) < 0 {
			appendOutline(nil, outline, func(c int) int {
				if c >= n {
					t.Errorf("glyph %d has component %d of %d", g, c, n)
				}
				return c
			})
		}
	}
}

// TestComponents makes a composite glyph, for the case that the typeface has
// none.
func TestComponents(t *testing.T) {
	var g []byte
	for _, v := range []int{-1 & 0xFFFF, 0, 0, 10, 10} {
		g = put16(g, v)
	}
	g = put16(put16(g, argsAreWords|moreComponents|haveScale), 7)
	g = append(g, 0, 1, 0, 2, 0x40, 0)
	g = put16(put16(g, haveInstructions), 9)
	g = append(g, 3, 4)
	g = append(g, 0, 2, 0xAA, 0xBB) // instructions
	var asked []int
	out := string(appendOutline(nil, string(g), func(c int) int {
		asked = append(asked, c)
		return c + 100
	}))
	if fmt.Sprint(asked) != "[7 9]" {
		t.Errorf("components %v", asked)
	}
	if len(out) != len(g)-4 || u16(out, 12) != 107 || u16(out, 22) != 109 || u16(out, 20)&haveInstructions != 0 {
		t.Errorf("outline % X", out)
	}
}

// TestSubsetLooksLikeTheFont draws the same text with the subset and with the
// whole font file, hinting and all, and compares the pictures.
func TestSubsetLooksLikeTheFont(t *testing.T) {
	pdftoppm := rendertest.Tool(t, "pdftoppm")
	for _, f := range faces(t) {
		runes := []rune(sample)
		s := subset(t, f, runes)
		var sub, full []uint16
		for _, r := range runes {
			sub = append(sub, s.Glyph(r))
			full = append(full, uint16(f.glyph(r)))
		}
		file := regularFile
		if f.Name() == "BIZUDPGothic-Bold" {
			file = boldFile
		}
		a := draw(t, pdftoppm, s.Data, sub)
		b := draw(t, pdftoppm, []byte(file), full)
		if !bytes.Equal(a, b) {
			t.Errorf("%s: the pictures differ", f.Name())
		}
		if bytes.Equal(a, draw(t, pdftoppm, s.Data, sub[1:])) {
			t.Error("pictures of different texts are equal: the test sees nothing")
		}
	}
}

// draw returns a picture of glyphs, each an em wide.
func draw(t *testing.T, pdftoppm string, file []byte, glyphs []uint16) []byte {
	t.Helper()
	w := pdffile.New()
	var refs [8]pdffile.Ref
	for i := range refs {
		refs[i] = w.Reserve()
	}
	object := func(i int, format string, args ...any) {
		w.Object(refs[i], func(b []byte) []byte { return fmt.Appendf(b, format, args...) })
	}
	object(0, "<</Type/Catalog/Pages %d 0 R>>", refs[1])
	object(1, "<</Type/Pages/Count 1/Kids[%d 0 R]/MediaBox[0 0 800 40]>>", refs[2])
	object(2, "<</Type/Page/Parent %d 0 R/Contents %d 0 R/Resources<</Font<</F0 %d 0 R>>>>>>", refs[1], refs[3], refs[4])
	content := []byte("BT /F0 20 Tf 10 10 Td <")
	for _, g := range glyphs {
		content = pdffile.AppendHex(content, g)
	}
	w.Stream(refs[3], "", append(content, "> Tj ET"...))
	object(4, "<</Type/Font/Subtype/Type0/Encoding/Identity-H/BaseFont/AAAAAA+X/DescendantFonts[%d 0 R]>>", refs[5])
	object(5, "<</Type/Font/Subtype/CIDFontType2/CIDToGIDMap/Identity/BaseFont/AAAAAA+X/DW 1000/FontDescriptor %d 0 R/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>", refs[6])
	object(6, "<</Type/FontDescriptor/FontName/AAAAAA+X/Flags 4/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 765/StemV 80/FontBBox[0 -120 1000 880]/FontFile2 %d 0 R>>", refs[7])
	w.Stream(refs[7], fmt.Sprintf("/Length1 %d", len(file)), file)
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, w.Finish(refs[0], refs[0]), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(pdftoppm, "-r", "144", "-gray", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func BenchmarkSubset(b *testing.B) {
	f := faces(b)[Regular]
	var runes []rune
	for r := rune(0x4E00); len(runes) < 400; r += 13 {
		if f.Has(r) {
			runes = append(runes, r)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		subset(b, f, runes)
	}
}
