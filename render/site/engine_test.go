package site_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/render"
	"riskguide/render/pdf/font"
	"riskguide/render/rendertest"
	"riskguide/render/site"
	"riskguide/render/site/engine"
	"riskguide/render/site/engine/enginebuild"
	"riskguide/render/site/internal/chromium"
)

// commandLine builds riskguide as `make` does, with an engine of the sources as
// they are, and the site of the shipped guide with it, in a folder that it returns.
func commandLine(t *testing.T) string {
	t.Helper()
	gotool := rendertest.Tool(t, "go")
	root, err := filepath.Abs(rendertest.Root(t))
	must(t, err)
	dir := t.TempDir()
	dist := filepath.Join(dir, "dist")
	must(t, os.Mkdir(dist, 0o777))
	must(t, enginebuild.Build(t.Context(), root, gotool, dist))
	// The engine is embedded from the folder without a change of the sources.
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	embedded := filepath.Join(root, "render", "site", "engine", "dist")
	old, err := os.ReadDir(embedded)
	must(t, err)
	for _, f := range old {
		overlay.Replace[filepath.Join(embedded, f.Name())] = ""
	}
	files, err := os.ReadDir(dist)
	must(t, err)
	for _, f := range files {
		overlay.Replace[filepath.Join(embedded, f.Name())] = filepath.Join(dist, f.Name())
	}
	data, err := json.Marshal(overlay)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "overlay.json"), data, 0o666))
	for _, args := range [][]string{
		{gotool, "build", "-overlay", filepath.Join(dir, "overlay.json"), "-trimpath", "-o", filepath.Join(dir, "riskguide"), "./cmd/riskguide"},
		{filepath.Join(dir, "riskguide"), "build", "--only", "site", "--lang", "ja,en", "--out", filepath.Join(dir, "output")},
	} {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	return dir
}

// TestPackInBrowser makes packs in Chromium.
func TestPackInBrowser(t *testing.T) {
	dir := commandLine(t)
	t.Run("same", func(t *testing.T) { samePacks(t, dir) })
	t.Run("page", func(t *testing.T) { throughPage(t, dir) })
	t.Run("standard", func(t *testing.T) { throughStandard(t, dir) })
	t.Run("trouble", func(t *testing.T) { packTrouble(t, dir) })
}

// packFile is a file of a pack as the page tells of it.
type packFile struct{ Name, SHA256 string }

// packs are the profiles that both make.
func packs(t *testing.T) map[string]map[string]string {
	t.Helper()
	shipped := map[string]string{}
	dir := filepath.Join(rendertest.Root(t), "content", "profiles")
	entries, err := os.ReadDir(dir)
	must(t, err)
	out := map[string]map[string]string{}
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".yaml" {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			must(t, err)
			shipped[e.Name()] = string(data)
			out[e.Name()] = shipped
		}
	}
	if len(out) < 3 {
		t.Fatalf("only %d profiles are shipped", len(out))
	}
	out["acme.yaml"] = map[string]string{"acme.yaml": `id: acme
title: 新サービスへの要求
languages: [ja]
supplier: {name: 株式会社鷗彅𠮷野屋システム, person: 髙﨑 様}
service: サービス😀
due: 2027-01-29
select:
  - risks: [H01, M07]
`}
	out["foreign.yaml"] = map[string]string{"foreign.yaml": `id: foreign
title: What we ask of the provider
languages: [en]
supplier: Exämple Cloud Łtd
select:
  - severities: [low]
obligations: {default: should}
`}
	return out
}

// inBrowser makes a pack in the page, which has loaded engine.js, and returns what
// came of it and the progress.
func inBrowser(t *testing.T, ctx context.Context, p *chromium.Page, files map[string]string, profile string) (got struct {
	Name     string
	Files    []packFile
	Warnings []string
	Stages   []string
	Loaded   int
	Took     float64
	Code     string
	Error    string
	Problems []struct {
		File, Level, Message, Hint string
		Line, Column               int
	}
}) {
	t.Helper()
	job, err := json.Marshal(map[string]any{"files": files, "profile": profile})
	must(t, err)
	must(t, p.Eval(ctx, `(function (job) {
		var stages = [], loaded = 0, from = performance.now();
		return riskguide.load("engine.js").then(function () {
			return riskguide.engine.makePack(job, function (s) {
				if (s.done > s.total) stages.push("too far");
				if (stages[stages.length - 1] !== s.stage) stages.push(s.stage);
				if (s.stage === "load") loaded = s.total;
			});
		}).then(function (pack) {
			var took = performance.now() - from;
			return Promise.all(pack.files.map(function (f) {
				var all = "";
				if (!crypto.subtle) f.data.forEach(function (c) { all += String.fromCharCode(c); });
				return (crypto.subtle ? crypto.subtle.digest("SHA-256", f.data) : Promise.resolve(null)).then(function (sum) {
					return { name: f.name, sha256: sum ? Array.from(new Uint8Array(sum)).map(function (b) { return (b + 256).toString(16).slice(1); }).join("") : btoa(all) };
				});
			})).then(function (files) {
				return { name: pack.name, files: files, warnings: pack.warnings, stages: stages, loaded: loaded, took: took };
			});
		}).catch(function (e) { return { code: e.code || "", error: e.message, problems: e.problems || null, stages: stages }; });
	}(`+string(job)+`))`, &got))
	return got
}

// samePacks makes the packs of the shipped profiles and of others in
// Chromium and with the command line, from a disk and from a server: all files are
// the same, byte for byte. Nothing is loaded before, nothing is asked of another
// host, the console stays empty.
func samePacks(t *testing.T, dir string) {
	root := filepath.Join(dir, "output", "site")
	all := packs(t)
	want := map[string][]packFile{}
	for name, files := range all {
		profiles := filepath.Join(dir, "profiles")
		must(t, os.MkdirAll(profiles, 0o777))
		for n, text := range files {
			must(t, os.WriteFile(filepath.Join(profiles, n), []byte(text), 0o666))
		}
		id := strings.TrimSuffix(name, ".yaml")
		cmd := exec.Command(filepath.Join(dir, "riskguide"), "tailor", filepath.Join(profiles, name), "-o", filepath.Join(dir, "packs"))
		cmd.Dir = rendertest.Root(t)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("tailor %s: %v\n%s", name, err, out)
		}
		for _, n := range []string{id + ".zip", id + "/" + id + "-questionnaire.xlsx", id + "/" + id + "-requirements.html",
			id + "/" + id + "-requirements.pdf", id + "/manifest.json"} {
			data, err := os.ReadFile(filepath.Join(dir, "packs", filepath.FromSlash(n)))
			must(t, err)
			sum := sha256.Sum256(data)
			want[name] = append(want[name], packFile{n, hex.EncodeToString(sum[:])})
		}
		slices.SortFunc(want[name], func(a, b packFile) int { return strings.Compare(a.Name, b.Name) })
	}
	srv := httptest.NewServer(http.FileServer(http.Dir(root)))
	defer srv.Close()
	ctx, b, _ := browser(t)
	for _, base := range []string{"file://" + root, srv.URL} {
		p, err := b.NewPage(ctx)
		must(t, err)
		must(t, p.Open(ctx, base+"/ja/pack.html"))
		_, requests := p.Log()
		for _, r := range requests {
			if strings.Contains(strings.TrimPrefix(r, base), "engine") {
				t.Errorf("%s is loaded before it is needed", r)
			}
		}
		first := true
		names := slices.Sorted(maps.Keys(all))
		if base == srv.URL { // only the way of the files differs
			names = names[:2]
		}
		for _, name := range names {
			got := inBrowser(t, ctx, p, all[name], name)
			if got.Error != "" {
				t.Fatalf("%s, %s: %s: %s %v", base, name, got.Code, got.Error, got.Problems)
			}
			for i, f := range got.Files {
				got.Files[i].SHA256 = sum(t, f.SHA256)
			}
			slices.SortFunc(got.Files, func(a, b packFile) int { return strings.Compare(a.Name, b.Name) })
			if !slices.Equal(got.Files, want[name]) {
				t.Errorf("%s, %s:\n%v\nwant\n%v", base, name, got.Files, want[name])
			}
			if id := strings.TrimSuffix(name, ".yaml"); got.Name != id+".zip" {
				t.Errorf("%s: the archive is %q", name, got.Name)
			}
			if joined := strings.Join(got.Warnings, "\n"); strings.Contains(joined, "😀") != (name == "acme.yaml") {
				t.Errorf("%s: warnings %q", name, got.Warnings)
			}
			// The order of the profiles puts the one with rare kanji first.
			stages := "make"
			if first {
				stages = "load make load make"
			}
			if s := strings.Join(got.Stages, " "); first && !strings.HasPrefix(s, stages) || !first && s != stages {
				t.Errorf("%s, %s: stages %q, want %q", base, name, s, stages)
			}
			first = false
			t.Logf("%.8s %s: %.0f ms from click to pack", base, name, got.Took)
		}
		console, requests := p.Log()
		if len(console) > 0 {
			t.Errorf("%s: console: %v", base, console)
		}
		budget(t, root, base, requests)
		for _, r := range requests {
			if !strings.HasPrefix(r, base+"/") && !strings.HasPrefix(r, "blob:") {
				t.Errorf("%s: requests %s", base, r)
			}
		}
	}
}

// budget checks that what a first pack loads, and more for others with rare
// characters, stays within 8 MB when a server compresses it.
func budget(t *testing.T, root, base string, requests []string) {
	t.Helper()
	raw, packed := 0, 0
	for _, r := range requests {
		name, ok := strings.CutPrefix(r, base+"/")
		if !ok || !strings.HasSuffix(name, ".js") || !strings.Contains(name, "engine") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		must(t, err)
		raw += len(data)
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err = w.Write(data)
		must(t, err)
		must(t, w.Close())
		packed += b.Len()
	}
	t.Logf("%.8s loaded %d bytes, %d with gzip", base, raw, packed)
	if packed < 1<<20 || packed > 8_000_000 {
		t.Errorf("%s: %d bytes are loaded, with gzip", base, packed)
	}
}

// sum returns the SHA-256 that the page told, or that of the bytes that it told.
func sum(t *testing.T, s string) string {
	t.Helper()
	if len(s) == 64 {
		return s
	}
	data, err := base64.StdEncoding.DecodeString(s)
	must(t, err)
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

// packTrouble checks what the page hears when something is missing, and that
// it can try again: a profile with a mistake, a part that does not load, a browser
// without WebAssembly, a page that may not run it, no worker, a program that ends.
func packTrouble(t *testing.T, dir string) {
	root := filepath.Join(dir, "output", "site")
	ctx, b, _ := browser(t)
	open := func(page string) *chromium.Page {
		t.Helper()
		p, err := b.NewPage(ctx)
		must(t, err)
		must(t, p.Open(ctx, "file://"+root+"/"+page))
		return p
	}
	good := packs(t)["foreign.yaml"]
	const page = "ja/pack.html"

	p := open(page)
	pieces, err := filepath.Glob(filepath.Join(root, "assets", "engine", "regular-2.*.js"))
	must(t, err)
	if len(pieces) != 1 {
		t.Fatalf("pieces %v", pieces)
	}
	must(t, os.Rename(pieces[0], pieces[0]+".away"))
	got := inBrowser(t, ctx, p, good, "foreign.yaml")
	if got.Code != "engine-load" || !strings.Contains(got.Error, filepath.Base(pieces[0])) {
		t.Errorf("a part is missing: %s: %s", got.Code, got.Error)
	}
	must(t, os.Rename(pieces[0]+".away", pieces[0]))
	_, before := p.Log()
	if got = inBrowser(t, ctx, p, good, "foreign.yaml"); got.Error != "" || len(got.Files) != 5 {
		t.Errorf("the second try: %s: %s, %v", got.Code, got.Error, got.Files)
	}
	_, after := p.Log()
	for _, r := range after {
		if strings.Contains(r, "/assets/engine/") && !strings.Contains(r, "/regular-2.") && slices.Contains(before, r) {
			t.Errorf("%s is loaded twice", r)
		}
	}
	got = inBrowser(t, ctx, p, map[string]string{"bad.yaml": "id: bad\ntitle: 要求\nlanguages: [ja]\nselect:\n  - risks: [H99]\ndue: soon\n"}, "bad.yaml")
	if got.Code != "engine-problems" || len(got.Problems) != 2 || got.Problems[0].File != "bad.yaml" || got.Problems[0].Line != 5 ||
		got.Problems[0].Column != 13 || got.Problems[0].Level != "error" || !strings.Contains(got.Problems[0].Message, "H99") || got.Problems[1].Line != 6 {
		t.Errorf("a profile with mistakes: %+v", got)
	}
	if got = inBrowser(t, ctx, p, good, "none.yaml"); got.Code != "engine-problems" || len(got.Problems) != 1 {
		t.Errorf("a profile that is not there: %+v", got)
	}

	p = open("ja/layers/index.html")
	if got = inBrowser(t, ctx, p, good, "foreign.yaml"); got.Code != "engine-start" {
		t.Errorf("a page that may not run WebAssembly: %s: %s", got.Code, got.Error)
	}

	p = open(page)
	must(t, p.Eval(ctx, `delete window.WebAssembly; null`, nil))
	got = inBrowser(t, ctx, p, good, "foreign.yaml")
	var supported bool
	must(t, p.Eval(ctx, `riskguide.engine.supported()`, &supported))
	if got.Code != "engine-unsupported" || !strings.Contains(got.Error, "WebAssembly") || supported {
		t.Errorf("a browser without WebAssembly: supported %v, %s: %s", supported, got.Code, got.Error)
	}
	if _, requests := p.Log(); slices.ContainsFunc(requests, func(r string) bool { return strings.Contains(r, "/assets/engine/") }) {
		t.Error("a browser without WebAssembly loads the program")
	}

	p = open(page)
	must(t, p.Eval(ctx, `window.Worker = function () { throw new Error("no worker"); }; null`, nil))
	if got = inBrowser(t, ctx, p, good, "foreign.yaml"); got.Error != "" || len(got.Files) != 5 {
		t.Errorf("without a worker: %s: %s", got.Code, got.Error)
	}
	must(t, p.Eval(ctx, `packengine.make = function () { throw new Error("memory"); }; null`, nil))
	if got = inBrowser(t, ctx, p, good, "foreign.yaml"); got.Code != "engine-ended" {
		t.Errorf("a program that ends: %s: %s", got.Code, got.Error)
	}
	if got = inBrowser(t, ctx, p, good, "foreign.yaml"); got.Error != "" || len(got.Files) != 5 {
		t.Errorf("after a program that ended: %s: %s", got.Code, got.Error)
	}
}

// TestSiteWithoutEngine checks that a site without an engine does not offer it, and
// that one with it does.
func TestSiteWithoutEngine(t *testing.T) {
	t.Parallel()
	cat := load(t, fixture(t))
	opts := options(cat, both...)
	has := func(m *render.Memory, part string) bool {
		return slices.ContainsFunc(m.Names(), func(n string) bool { return strings.Contains(n, part) })
	}
	m := build(t, cat, opts)
	if has(m, "assets/engine") || has(m, "engine-parts") || bytes.Contains(m.Data("ja/index.html"), []byte("engine-parts")) {
		t.Error("a site without an engine has its files")
	}
	e, err := engine.Read(fstest.MapFS{
		engine.Program: {Data: []byte("program")}, engine.Core(font.Regular): {Data: []byte("r")}, engine.Core(font.Bold): {Data: []byte("b")},
		engine.Rest(font.Bold, 0): {Data: []byte("rest")}, engine.Starter: {Data: []byte("start();")}, engine.Licenses: {Data: []byte("free")}})
	must(t, err)
	opts.Engine = &site.Engine{Engine: e, Bundle: []byte("content")}
	m = build(t, cat, opts)
	for _, part := range []string{"assets/engine.", "assets/engine/program-1.", "assets/engine/bundle-1.", "assets/engine/bold-rest-0-1.",
		"assets/engine/wasm_exec.", "assets/engine/LICENSES.txt", "ja/data/engine-parts.", "en/data/engine-parts."} {
		if !has(m, part) {
			t.Errorf("the site lacks %s", part)
		}
	}
	if !bytes.Contains(m.Data("ja/index.html"), []byte("engine-parts.js")) {
		t.Error("pages do not find the engine")
	}
}
