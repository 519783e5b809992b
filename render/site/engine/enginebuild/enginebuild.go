// Package enginebuild makes the files of package engine from the sources: it needs
// the Go tools and the repository, so it runs while riskguide is built and in
// tests.
package enginebuild

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/encoding/japanese"

	"riskguide/render/pdf/font"
	"riskguide/render/site/engine"
)

// program is the package that is compiled.
const program = "riskguide/cmd/packengine"

// Build writes the engine into the folder out. root is the folder of the
// repository, goTool the go command. The same sources and the same Go give the
// same bytes. Files that would not change are left alone, so that a build after it
// has nothing to do; others of the folder are removed, but for a README.md.
func Build(ctx context.Context, root, goTool, out string) error {
	b := &builder{ctx: ctx, root: root, tool: goTool}
	wasm, err := b.compile()
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	if files[engine.Program], err = compress(wasm); err != nil {
		return err
	}
	faces, err := font.BuiltIn()
	if err != nil {
		return err
	}
	used, err := b.used()
	if err != nil {
		return err
	}
	for w := range font.Weights {
		core, rest, err := faces[w].Split(func(r rune) bool { return used[r] || Common(r) })
		if err != nil {
			return err
		}
		if files[engine.Core(w)], err = compress([]byte(core)); err != nil {
			return err
		}
		for n, s := range rest {
			if files[engine.Rest(w, n)], err = compress([]byte(s)); err != nil {
				return err
			}
		}
	}
	goroot, err := b.goOutput("env", "GOROOT")
	if err != nil {
		return err
	}
	goroot = strings.TrimSpace(goroot)
	if files[engine.Starter], err = os.ReadFile(filepath.Join(goroot, "lib", "wasm", "wasm_exec.js")); err != nil {
		return err
	}
	if files[engine.Licenses], err = b.licenses(goroot); err != nil {
		return err
	}
	old, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	for _, e := range old {
		if _, ok := files[e.Name()]; !ok && e.Name() != "README.md" {
			if err := os.Remove(filepath.Join(out, e.Name())); err != nil {
				return err
			}
		}
	}
	for name, data := range files {
		file := filepath.Join(out, name)
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
			continue
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// used returns the characters of the shipped guide and of the templates of packs,
// which no pack should wait for.
func (b *builder) used() (map[rune]bool, error) {
	used := map[rune]bool{}
	for _, dir := range []string{"content", "templates/pack", "templates/pdf"} {
		err := filepath.WalkDir(filepath.Join(b.root, filepath.FromSlash(dir)), func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			for _, r := range string(data) {
				used[r] = true
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return used, nil
}

type builder struct {
	ctx        context.Context
	root, tool string
}

// goOutput runs the go command for the browser's platform.
func (b *builder) goOutput(args ...string) (string, error) {
	cmd := exec.CommandContext(b.ctx, b.tool, args...)
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOWASM=", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", b.tool, strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out), nil
}

// compile returns the program. Paths, symbols and the state of the work tree are
// kept out of it: they are of no use there and would change its bytes.
func (b *builder) compile() ([]byte, error) {
	dir, err := os.MkdirTemp("", "packengine-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "packengine.wasm")
	if _, err := b.goOutput("build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", file, program); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// licenses returns the licences of everything that the engine is made of.
func (b *builder) licenses(goroot string) ([]byte, error) {
	const format = `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}`
	list, err := b.goOutput("list", "-deps", "-f", format, program)
	if err != nil {
		return nil, err
	}
	modules := strings.Split(strings.TrimSpace(list), "\n")
	slices.Sort(modules)
	var out bytes.Buffer
	add := func(name, text string) {
		fmt.Fprintf(&out, "%s\n%s\n\n%s\n\n\n", name, strings.Repeat("=", len(name)), strings.TrimSpace(text))
	}
	out.WriteString("The program that makes packs in the browser is made of riskguide and of the following.\n\n\n")
	text, err := os.ReadFile(filepath.Join(goroot, "LICENSE"))
	if errors.Is(err, fs.ErrNotExist) { // as Debian packages Go
		text, err = os.ReadFile("/usr/share/doc/golang-go/copyright")
	}
	if err != nil {
		return nil, err
	}
	add("Go", string(text))
	add("BIZ UDPGothic", font.License)
	for _, m := range slices.Compact(modules) {
		fields := strings.SplitN(m, " ", 3)
		if len(fields) < 3 {
			continue
		}
		found := false
		for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING", "NOTICE"} {
			text, err := os.ReadFile(filepath.Join(fields[2], name))
			if err != nil {
				continue
			}
			found = true
			add(fields[0]+" "+fields[1]+" "+name, string(text))
		}
		if !found {
			return nil, fmt.Errorf("module %s has no licence file", fields[0])
		}
	}
	return out.Bytes(), nil
}

func compress(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// beyond are the kanji for general use (常用漢字, 2010) that are not in JIS level 1,
// and those that often stand in names.
const beyond = "丼俱傲刹剝哺喩嗅嘲塡彙恣惧慄憬拉摯曖楷毀璧瘍箋籠緻羞訃諧貪踪辣錮頰鬱𠮟" +
	"亞來兒國寶會廣德惠應攝曉條榮樂櫻澁澤瀨濱濵瑤眞禮穗緖縣聰萬薰藏覺豐賴遙邉邊鄕醫鐵關靜髙﨑齊齋"

// Common reports whether a character's outline is loaded with every pack: all that
// are not kanji, the kanji of JIS X 0208 level 1 (rows 16 to 47), which business
// text rarely leaves, and those of beyond. What the shipped guide uses comes to
// it. A pack with others loads more.
func Common(r rune) bool {
	if !kanji(r) || strings.ContainsRune(beyond, r) {
		return true
	}
	b, err := japanese.EUCJP.NewEncoder().Bytes([]byte(string(r)))
	return err == nil && len(b) == 2 && b[0] >= 0xA0+16 && b[0] <= 0xA0+47
}

// kanji reports whether r lies in one of the blocks of CJK ideographs.
func kanji(r rune) bool {
	return r >= 0x3400 && r < 0xA000 || r >= 0xF900 && r < 0xFB00 || r >= 0x20000 && r < 0x40000
}
