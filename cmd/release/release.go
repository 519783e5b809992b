package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// target is a platform.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "-" + t.arch }

// platforms lists those that a release has.
func platforms() []target {
	var out []target
	for _, os := range []string{"linux", "darwin", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			out = append(out, target{os, arch})
		}
	}
	return out
}

func parseTarget(s string) (target, error) {
	os, arch, _ := strings.Cut(s, "/")
	if t := (target{os, arch}); slices.Contains(platforms(), t) {
		return t, nil
	}
	return target{}, fmt.Errorf("%q is none of the platforms %v", s, platforms())
}

// sumsFile is the list of checksums, in the form of sha256sum(1).
const sumsFile = "SHA256SUMS"

// tagPrefix begins the tags that name versions of riskguide.
const tagPrefix = "riskguide-v"

// release makes a release.
type release struct {
	root   string // of the repository
	tool   string // the go command
	getenv func(string) string
	// withoutEngine allows a program whose sites can make no packs, for tests.
	withoutEngine bool
}

// file is a file of an archive.
type file struct {
	name string // slash-separated
	data []byte
	exec bool
}

// make writes the release into out and returns the names of its files. The folder
// appears whole or not at all.
func (r *release) make(ctx context.Context, out string, targets []target) ([]string, error) {
	engine := filepath.Join(r.root, "render", "site", "engine", "dist", "program.wasm.gz")
	if _, err := os.Stat(engine); err != nil && !r.withoutEngine {
		return nil, fmt.Errorf("the program for the browser is missing, and the sites of this riskguide could make no packs: run make engine (%w)", err)
	}
	version, err := r.version(ctx)
	if err != nil {
		return nil, err
	}
	date, err := r.date(ctx)
	if err != nil {
		return nil, err
	}
	shared, err := r.shared()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(out); err == nil {
		if _, err := os.Stat(filepath.Join(out, sumsFile)); err != nil {
			return nil, fmt.Errorf("%s was not written by release; name another folder with -out", out)
		}
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o777); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(out), ".release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	files := map[string][]byte{}
	for _, t := range targets {
		if err := r.archive(ctx, t, version, date, shared, dir, files); err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
	}
	var names []string
	var sums bytes.Buffer
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	ready := filepath.Join(dir, "ready")
	if err := os.Mkdir(ready, 0o777); err != nil {
		return nil, err
	}
	for _, name := range names {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
		if err := os.WriteFile(filepath.Join(ready, name), files[name], 0o666); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(ready, sumsFile), sums.Bytes(), 0o666); err != nil {
		return nil, err
	}
	old := filepath.Join(dir, "old")
	if err := os.Rename(out, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.Rename(ready, out); err != nil {
		return nil, errors.Join(err, os.Rename(old, out))
	}
	return append(names, sumsFile), nil
}

// archive builds the program for a platform and adds its archive and its bill of
// materials to files.
func (r *release) archive(ctx context.Context, t target, version string, date time.Time, shared []file, dir string, files map[string][]byte) error {
	bin := filepath.Join(dir, t.String())
	env := []string{"GOOS=" + t.os, "GOARCH=" + t.arch, "CGO_ENABLED=0", "GOFLAGS="}
	if _, err := r.run(ctx, env, r.tool, "build", "-trimpath", "-ldflags=-s -w", "-o", absolute(bin), "./cmd/riskguide"); err != nil {
		return err
	}
	program, err := os.ReadFile(bin)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(program))
	if err != nil {
		return err
	}
	parts, err := r.parts(ctx, info)
	if err != nil {
		return err
	}
	bom, err := bill(version, t, date, parts)
	if err != nil {
		return err
	}
	stem := "riskguide-" + version + "-" + t.String()
	name := "riskguide"
	if t.os == "windows" {
		name += ".exe"
	}
	all := append([]file{{name: name, data: program, exec: true}, {name: "sbom.cdx.json", data: bom}}, shared...)
	for _, p := range parts {
		all = append(all, p.licences...)
	}
	slices.SortFunc(all, func(x, y file) int { return strings.Compare(x.name, y.name) })
	for i := range all {
		all[i].name = path.Join(stem, all[i].name)
	}
	files[stem+".cdx.json"] = bom
	if t.os == "windows" {
		files[stem+".zip"], err = zipped(all, date)
	} else {
		files[stem+".tar.gz"], err = tarred(all, date)
	}
	return err
}

// shared are the files that every archive has: the README, the documentation and the
// guide, as they are in git.
func (r *release) shared() ([]file, error) {
	out, err := r.run(context.Background(), nil, "git", "ls-files", "-z", "--", "README.md", "LICENSE*", "COPYING*", "docs", "content")
	if err != nil {
		return nil, err
	}
	var files []file
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: name, data: data})
	}
	return files, nil
}

// version is the version that the names of the files bear.
func (r *release) version(ctx context.Context) (string, error) {
	src, err := os.ReadFile(filepath.Join(r.root, "cmd", "riskguide", "version.go"))
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`(?m)^const version = "([^"]+)"$`).FindSubmatch(src)
	if m == nil {
		return "", errors.New("cmd/riskguide/version.go names no version")
	}
	version := string(m[1])
	out, err := r.run(ctx, nil, "git", "describe", "--match", tagPrefix+"*", "--tags", "--always", "--dirty", "--abbrev=12")
	if err != nil {
		return "", err
	}
	return versionOf(version, strings.TrimSpace(string(out)))
}

// versionOf joins the version of the source with what git describe says of the
// commit.
func versionOf(version, described string) (string, error) {
	described, dirty := strings.CutSuffix(described, "-dirty")
	suffix := ""
	if dirty {
		suffix = "-dirty"
	}
	switch tag, ok := strings.CutPrefix(described, tagPrefix); {
	case !ok: // no such tag: the hash alone
		return version + "-" + described + suffix, nil
	case tag == version:
		return version + suffix, nil
	default:
		if _, hash, ok := strings.Cut(tag, "-g"); ok { // behind a tag
			return version + "-" + hash + suffix, nil
		}
		return "", fmt.Errorf("the tag %s and the version %s of cmd/riskguide/version.go differ", described, version)
	}
}

// date is the only clock.
func (r *release) date(ctx context.Context) (time.Time, error) {
	s := r.getenv("SOURCE_DATE_EPOCH")
	if s == "" {
		out, err := r.run(ctx, nil, "git", "log", "-1", "--format=%ct")
		if err != nil {
			return time.Time{}, err
		}
		s = strings.TrimSpace(string(out))
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 315532800 { // 1980: a .zip knows no earlier date
		return time.Time{}, fmt.Errorf("%q is no date in seconds since 1970, or one before 1980", s)
	}
	return time.Unix(n, 0).UTC(), nil
}

// part is something that the program is made of.
type part struct {
	name, version, purl string
	sum                 string // of Go's checksum database; may be empty
	licences            []file // below licences/
}

// parts lists the modules of the program, Go's own library, and what is embedded.
// Each has the text of its licence.
func (r *release) parts(ctx context.Context, info *buildinfo.BuildInfo) ([]part, error) {
	out, err := r.run(ctx, []string{"GOFLAGS="}, r.tool, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	goVersion := strings.TrimPrefix(info.GoVersion, "go")
	parts := []part{{name: "std", version: goVersion, purl: "pkg:golang/std@" + goVersion}}
	if err := parts[0].read(strings.TrimSpace(string(out)), "go"); err != nil {
		return nil, err
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		out, err := r.run(ctx, []string{"GOFLAGS=-mod=mod"}, r.tool, "mod", "download", "-json", m.Path+"@"+m.Version)
		if err != nil {
			return nil, err
		}
		var at struct{ Dir string }
		if err := json.Unmarshal(out, &at); err != nil {
			return nil, err
		}
		p := part{name: m.Path, version: m.Version, purl: "pkg:golang/" + m.Path + "@" + m.Version, sum: m.Sum}
		if err := p.read(at.Dir, m.Path); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	for _, e := range []struct{ name, version, purl, file string }{
		{"js-yaml", "4.3.2", "pkg:npm/js-yaml@4.3.2", "templates/site/assets/js-yaml.LICENSE.txt"},
		{"BIZ UDPGothic", "", "", "render/pdf/font/OFL.txt"},
	} {
		data, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(e.file)))
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{name: e.name, version: e.version, purl: e.purl,
			licences: []file{{name: path.Join("licences", strings.ReplaceAll(e.name, " ", "-"), path.Base(e.file)), data: data}}})
	}
	return parts, nil
}

// read takes the licence texts of a folder.
func (p *part) read(dir, name string) error {
	for _, f := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING", "NOTICE", "PATENTS"} {
		data, err := os.ReadFile(filepath.Join(dir, f))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		p.licences = append(p.licences, file{name: path.Join("licences", name, f), data: data})
	}
	if len(p.licences) == 0 {
		return fmt.Errorf("%s has no text of its licence", name)
	}
	return nil
}

// run runs a command in the repository.
func (r *release) run(ctx context.Context, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = r.root
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}

func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}
