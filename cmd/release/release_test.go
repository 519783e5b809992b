package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"riskguide/render/rendertest"
)

func TestVersionOf(t *testing.T) {
	for _, tt := range []struct{ version, described, want string }{
		{"0.3.0", "riskguide-v0.3.0", "0.3.0"},
		{"0.3.0", "riskguide-v0.3.0-dirty", "0.3.0-dirty"},
		{"0.3.0", "0123456789ab", "0.3.0-0123456789ab"},
		{"0.3.0", "0123456789ab-dirty", "0.3.0-0123456789ab-dirty"},
		{"0.3.0", "riskguide-v0.2.0-14-g0123456789ab", "0.3.0-0123456789ab"},
		{"0.3.0", "riskguide-v0.2.0", ""},
	} {
		got, err := versionOf(tt.version, tt.described)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s, %s: %q, %v", tt.version, tt.described, got, err)
		}
	}
}

func TestTargets(t *testing.T) {
	if n := len(platforms()); n != 6 {
		t.Errorf("%d platforms", n)
	}
	if got, err := parseTarget("windows/arm64"); err != nil || got.String() != "windows-arm64" {
		t.Errorf("%v, %v", got, err)
	}
	for _, s := range []string{"", "linux", "plan9/amd64", "linux/386"} {
		if _, err := parseTarget(s); err == nil {
			t.Errorf("%q is a platform", s)
		}
	}
}

func TestDate(t *testing.T) {
	for s, want := range map[string]string{"1700000000": "2023-11-14T22:13:20Z", "yesterday": "", "0": ""} {
		r := &release{root: ".", getenv: func(string) string { return s }}
		d, err := r.date(t.Context())
		if (err != nil) != (want == "") || err == nil && d.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, %v", s, d, err)
		}
	}
}

func TestSPDX(t *testing.T) {
	for text, want := range map[string]string{
		"Permission is hereby granted, free of charge, to any person\nobtaining a copy of this software": "MIT",
		"Redistribution and use in source and binary forms, with":                                        "BSD-2-Clause",
		"Redistribution and use in source and binary forms … may be used to endorse or promote":          "BSD-3-Clause",
		"Licensed under the Apache License, Version 2.0 (the":                                            "Apache-2.0",
		"All rights reserved.": "",
	} {
		if got := strings.Join(spdx([]file{{data: []byte(text)}}), " "); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if _, err := bill("1.0.0", target{"linux", "amd64"}, time.Unix(1700000000, 0), []part{{name: "x"}}); err == nil {
		t.Error("a part without licence is listed")
	}
}

func TestArchives(t *testing.T) {
	date := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	files := []file{{"a/riskguide", []byte("program"), true}, {"a/README.md", []byte("text"), false}}
	for range 2 {
		one, err := tarred(files, date)
		two, err2 := tarred(files, date)
		if err != nil || err2 != nil || !bytes.Equal(one, two) {
			t.Fatal("two archives of the same files differ", err, err2)
		}
	}
	data, _ := tarred(files, date)
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil || !z.ModTime.IsZero() || z.Name != "" {
		t.Fatalf("gzip: %v, %v, %q", err, z.ModTime, z.Name)
	}
	h, err := tar.NewReader(z).Next()
	if err != nil || h.Name != "a/riskguide" || h.Mode != 0o755 || h.Uid != 0 || h.Uname != "" || !h.ModTime.Equal(date) {
		t.Errorf("%+v, %v", h, err)
	}
	data, err = zipped(files, date)
	if err != nil {
		t.Fatal(err)
	}
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(zr.File) != 2 || zr.File[0].Mode() != 0o755 || !zr.File[0].Modified.Equal(date) {
		t.Errorf("%+v, %v", zr, err)
	}
}

// TestRelease makes the release of this machine's platform twice: the same bytes,
// sums that are true, an archive with everything in it, and a bill that names every
// module with its licence.
func TestRelease(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the program twice")
	}
	tool := rendertest.Tool(t, "go")
	rendertest.Tool(t, "git")
	here := target{runtime.GOOS, runtime.GOARCH}
	if !slices.Contains(platforms(), here) {
		t.Skipf("no release is made for %s", here)
	}
	root := rendertest.Root(t)
	if err := exec.Command("git", "-C", root, "rev-parse", "HEAD").Run(); err != nil {
		t.Skip("SKIPPED: not in a git repository")
	}
	engine := filepath.Join(root, "render", "site", "engine", "dist", "program.wasm.gz")
	r := &release{root: root, tool: tool, getenv: func(string) string { return "1700000000" }}
	dir := t.TempDir()
	if _, err := os.Stat(engine); err != nil {
		if _, err := r.make(t.Context(), filepath.Join(dir, "one"), []target{here}); err == nil || !strings.Contains(err.Error(), "make engine") {
			t.Errorf("without an engine: %v", err)
		}
		r.withoutEngine = true
	}
	var names [2][]string
	for i := range names {
		var err error
		if names[i], err = r.make(t.Context(), filepath.Join(dir, fmt.Sprint(i)), []target{here}); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(names[0], names[1]) || len(names[0]) != 3 {
		t.Fatalf("%v, %v", names[0], names[1])
	}
	sums := ""
	var archive, bom []byte
	for _, name := range names[0] {
		one, err := os.ReadFile(filepath.Join(dir, "0", name))
		two, err2 := os.ReadFile(filepath.Join(dir, "1", name))
		if err != nil || err2 != nil || !bytes.Equal(one, two) {
			t.Errorf("%s differs from one run to the next (%v, %v)", name, err, err2)
		}
		switch {
		case name == sumsFile:
			if string(one) != sums {
				t.Errorf("sums:\n%s, want\n%s", one, sums)
			}
			continue
		case strings.HasSuffix(name, ".cdx.json"):
			bom = one
		default:
			archive = one
		}
		sums += fmt.Sprintf("%x  %s\n", sha256.Sum256(one), name)
	}

	var b cdxBill
	dec := json.NewDecoder(bytes.NewReader(bom))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		t.Fatal(err)
	}
	if b.Format != "CycloneDX" || b.Spec != "1.6" || b.Version != 1 || b.Metadata.Timestamp != "2023-11-14T22:13:20Z" ||
		!regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(b.Serial) {
		t.Errorf("%+v", b)
	}
	refs := map[string]bool{b.Metadata.Component.Ref: true}
	licences := map[string]string{}
	for _, c := range b.Components {
		if refs[c.Ref] || c.Name == "" || len(c.Licenses) == 0 {
			t.Errorf("component %+v", c)
		}
		refs[c.Ref] = true
		for _, l := range c.Licenses {
			licences[c.Name] += l.License.ID + " "
		}
	}
	for _, d := range b.Dependencies {
		for _, ref := range append(d.DependsOn, d.Ref) {
			if !refs[ref] {
				t.Errorf("the bill depends on %s, which it does not list", ref)
			}
		}
	}
	for name, want := range map[string]string{"std": "BSD-3-Clause ", "github.com/xuri/excelize/v2": "BSD-3-Clause ", "github.com/spf13/cobra": "Apache-2.0 ",
		"go.yaml.in/yaml/v3": "Apache-2.0 MIT ", "github.com/yuin/goldmark": "MIT ", "js-yaml": "MIT ", "BIZ UDPGothic": "OFL-1.1 "} {
		if licences[name] != want {
			t.Errorf("%s is under %q, want %q", name, licences[name], want)
		}
	}

	in := unpacked(t, here, archive)
	stem := ""
	for name := range in {
		stem, _, _ = strings.Cut(name, "/")
		break
	}
	for _, want := range []string{"riskguide", "README.md", "sbom.cdx.json", "content/guide.yaml", "content/risks/H05.yaml", "docs/data.md",
		"licences/go/LICENSE", "licences/github.com/xuri/excelize/v2/LICENSE", "licences/js-yaml/js-yaml.LICENSE.txt", "licences/BIZ-UDPGothic/OFL.txt"} {
		if want == "riskguide" && here.os == "windows" {
			want = "riskguide.exe"
		}
		if len(in[stem+"/"+want]) == 0 {
			t.Errorf("the archive lacks %s", want)
		}
	}
	if !bytes.Equal(in[stem+"/sbom.cdx.json"], bom) {
		t.Error("the bill in the archive is another one")
	}
	if here.os != "windows" {
		bin := filepath.Join(dir, "riskguide")
		if err := os.WriteFile(bin, in[stem+"/riskguide"], 0o777); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(bin, "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "riskguide ") {
			t.Errorf("the program says %q, %v", out, err)
		}
		if bytes.Contains(in[stem+"/riskguide"], []byte(root)) {
			t.Error("the program holds the path of the folder in which it was built")
		}
	}

	// A folder that is not a release is left alone.
	if err := os.WriteFile(filepath.Join(dir, "0", sumsFile), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if _, err := r.make(t.Context(), other, nil); err == nil || !strings.Contains(err.Error(), "was not written by release") {
		t.Errorf("another folder: %v", err)
	}
}

func unpacked(t *testing.T, on target, data []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	if on.os == "windows" {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if out[f.Name], err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if out[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}
