package packing

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
)

// The parts of a bundle.
const (
	bundleContent   = "content"
	bundleTemplates = "templates"
	bundleInfo      = "bundle.json"
)

// templateDirs are the folders of the templates that packs are made with.
func templateDirs() []string { return []string{"pack", "pdf"} }

type bundle struct {
	Date        time.Time `json:"date"`
	ToolVersion string    `json:"tool_version"`
	Commit      string    `json:"commit"`
}

// Bundle returns what packs are made from as one archive: the guide's files byte
// for byte, the templates of packs, date, version and commit. Profiles and the
// typeface are not in it. The same source gives the same bytes. The level is one
// of package [flate].
func (s Source) Bundle(level int) ([]byte, error) {
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, level) })
	put := func(name string, data []byte) error {
		w, err := zw.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	take := func(dir string, fsys fs.FS, names []string) error {
		for _, name := range names {
			data, err := fs.ReadFile(fsys, name)
			if err == nil {
				err = put(path.Join(dir, name), data)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	info, err := json.Marshal(bundle{s.Date, s.ToolVersion, s.Commit})
	if err != nil {
		return nil, err
	}
	if err := put(bundleInfo, info); err != nil {
		return nil, err
	}
	names, err := profile.CatalogFiles(s.Content)
	if err != nil {
		return nil, err
	}
	if err := take(bundleContent, s.Content, names); err != nil {
		return nil, err
	}
	for _, dir := range templateDirs() {
		entries, err := fs.ReadDir(s.Templates, dir)
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		for _, e := range entries {
			if !e.IsDir() {
				if err := take(bundleTemplates, s.Templates, []string{path.Join(dir, e.Name())}); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// OpenBundle returns the source that a bundle was made of, without names for
// messages and without faces. Data is kept.
func OpenBundle(data []byte) (Source, error) {
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Source{}, fmt.Errorf("bundle: %w", err)
	}
	raw, err := fs.ReadFile(zr, bundleInfo)
	if err != nil {
		return Source{}, fmt.Errorf("bundle: %w", err)
	}
	var b bundle
	if err := json.Unmarshal(raw, &b); err != nil {
		return Source{}, fmt.Errorf("bundle: %w", err)
	}
	s := Source{Date: b.Date, ToolVersion: b.ToolVersion, Commit: b.Commit}
	if s.Content, err = fs.Sub(zr, bundleContent); err != nil {
		return Source{}, fmt.Errorf("bundle: %w", err)
	}
	s.Templates, err = fs.Sub(zr, bundleTemplates)
	return s, err
}

// Make makes the pack of one profile, whose file and those that it extends are
// given by name. The problems are those of the profile, and what the renderers
// report; if they have errors there is no pack.
func (s Source) Make(ctx context.Context, cat *catalog.Catalog, files map[string]string, name string) (*render.Memory, catalog.Problems, error) {
	// An archive is a file system like that of a folder.
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, n := range slices.Sorted(maps.Keys(files)) {
		w, err := zw.CreateHeader(&zip.FileHeader{Name: n, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, files[n])
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if err := zw.Close(); err != nil {
		return nil, nil, err
	}
	zr, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, nil, err
	}
	packs, problems, err := s.Tailor(ctx, cat, []ProfileFile{{FS: zr, Name: path.Clean(name)}}, nil)
	problems.Sort()
	if err != nil || len(packs) == 0 {
		return nil, problems, err
	}
	var w Warnings
	var m render.Memory
	if err := s.Render(ctx, packs[0], w.Add, &m); err != nil {
		return nil, w.Sorted(problems), err
	}
	return &m, w.Sorted(problems), nil
}
