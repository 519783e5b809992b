package engine_test

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/render/pdf/font"
	"riskguide/render/site/engine"
)

var call = regexp.MustCompile(`^riskguide\.engine\.part\("([a-z0-9-]+)", (\d+), "([A-Za-z0-9+/=]+)"\);\n$`)

// TestCut checks that the scripts of a part hold its bytes in order.
func TestCut(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcde"), engine.PieceSize/10)
	part, files := engine.Cut("program", data)
	if len(files) != 2 || len(part.Files) != 2 || part.Name != "program" {
		t.Fatalf("%d files, part %+v", len(files), part)
	}
	var all []byte
	for i, f := range files {
		m := call.FindSubmatch(f.Data)
		if m == nil || string(m[1]) != "program" || string(m[2]) != string(rune('0'+i)) {
			t.Fatalf("script %.60q", f.Data)
		}
		b, err := base64.StdEncoding.DecodeString(string(m[3]))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
		if p := part.Files[i]; p.Path != f.Name || p.Size != len(f.Data) || !strings.HasPrefix(f.Name, engine.Dir+"/program-") {
			t.Errorf("piece %+v of file %s with %d bytes", p, f.Name, len(f.Data))
		}
	}
	if !bytes.Equal(all, data) {
		t.Error("the pieces are not the part")
	}
	if other, _ := engine.Cut("program", append(data, 1)); other.Files[1].Path == part.Files[1].Path || other.Files[0].Path != part.Files[0].Path {
		t.Error("names do not follow the content")
	}
}

// TestRead checks that there is no engine in an empty folder and an error where one
// is not whole.
func TestRead(t *testing.T) {
	files := fstest.MapFS{"README.md": {Data: []byte("x")}}
	if e, err := engine.Read(files); e != nil || err != nil {
		t.Errorf("an empty folder: %v, %v", e, err)
	}
	names := []string{engine.Starter, engine.Program, engine.Core(font.Regular), engine.Core(font.Bold), engine.Licenses}
	for i, n := range names {
		files[n] = &fstest.MapFile{Data: []byte(n)}
		e, err := engine.Read(files)
		if last := i == len(names)-1; (err == nil) != last || (e != nil) != last {
			t.Errorf("with %v: %v, %v", names[:i+1], e, err)
		}
	}
	for n := range 12 {
		files[engine.Rest(font.Regular, n)] = &fstest.MapFile{Data: []byte{byte(n)}}
	}
	e, err := engine.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Parts) != 15 || e.Parts[13].Name != "regular-rest-11" || !strings.HasPrefix(e.Starter, engine.Dir+"/wasm_exec.") {
		t.Errorf("parts %+v", e.Parts)
	}
}
