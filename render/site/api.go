package site

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"time"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/data"
	"riskguide/render/oscal"
)

// This file makes the static API: the guide as data beside the pages, for programs.

// APIDir is the folder of the static API in the site's folder. Its number changes
// with [data.FormatVersion].
const APIDir = "api/v1"

// apiPage is the page of each language that explains the API.
const apiPage = "api.html"

// apiIndex is the list of the API's files for programs.
const apiIndex = "index.json"

// oscalSchema is where NIST publishes the schema of an OSCAL catalog.
const oscalSchema = "https://github.com/usnistgov/OSCAL/releases/download/v1.1.3/oscal_catalog_schema.json"

// APIFile is a file of the static API, as index.json lists it.
type APIFile struct {
	Path      string `json:"path"` // relative to [APIDir]
	MediaType string `json:"media_type"`
	// Schema is the file's JSON Schema, relative to [APIDir], or its address on
	// the web; empty where it has none.
	Schema string `json:"schema,omitempty"`
	// Title says what it is, in the languages of the site.
	Title  map[catalog.Lang]string `json:"title"`
	Rows   int                     `json:"rows,omitempty"` // of a table
	Bytes  int                     `json:"bytes"`
	SHA256 string                  `json:"sha256"`

	group string // the section of the page: "json", "csv"
	data  []byte
}

// api makes the files of the API. They are those of riskguide export in the site's
// languages (of OSCAL in all), but for guide-table.csv, which says at length what
// the others say.
func (s *Site) api(ctx context.Context, cat *catalog.Catalog) ([]*APIFile, error) {
	var files []*APIFile
	add := func(group, name, mediaType, schema, word string, content []byte) *APIFile {
		f := &APIFile{Path: name, MediaType: mediaType, Schema: schema, Title: map[catalog.Lang]string{}, Bytes: len(content), group: group, data: content}
		sum := sha256.Sum256(content)
		f.SHA256 = hex.EncodeToString(sum[:])
		for _, l := range s.langs {
			f.Title[l] = s.words[l].Get(word)
		}
		files = append(files, f)
		return f
	}
	doc := data.New(cat, s.langs...)
	var b bytes.Buffer
	if err := doc.JSON(&b); err != nil {
		return nil, err
	}
	add("json", data.CatalogFile, "application/json", data.SchemaFile, "api-file-catalog", b.Bytes())
	add("json", data.SchemaFile, "application/schema+json", "", "api-file-schema", data.Schema())
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, t := range doc.Tables() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		csv, _ := t.CSV(data.CSVOptions{})
		add("csv", "csv/"+t.Name+".csv", "text/csv; charset=utf-8; header=present", "", "api-table-"+t.Name, csv).Rows = len(t.Rows)
		w, err := z.CreateHeader(&zip.FileHeader{Name: t.Name + ".csv", Method: zip.Deflate, Modified: s.zipDate()})
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, data.BOM); err != nil {
			return nil, err
		}
		if _, err := w.Write(csv); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	add("excel", "tables.zip", "application/zip", "", "api-file-tables", archive.Bytes())
	// Profiles and answers are not published: they name suppliers.
	docs, err := oscal.Files(ctx, oscal.Input{Catalog: cat}, oscal.Options{Date: s.opts.Date, Warn: s.opts.Warn})
	if err != nil {
		return nil, err
	}
	add("oscal", "oscal/"+oscal.CatalogFile, "application/json", oscalSchema, "api-file-oscal", docs[oscal.CatalogFile])
	return files, nil
}

// zipDate is the date of files in archives; a .zip knows none before 1980.
func (s *Site) zipDate() time.Time {
	if first := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC); s.opts.Date.Before(first) {
		return first
	}
	return s.opts.Date
}

// putAPI puts the files of the API and their lists for programs and for people who
// look into the folder.
func (s *Site) putAPI(files []*APIFile, editions []*edition, sink render.Sink) error {
	for _, f := range files {
		if err := sink.Put(path.Join(APIDir, f.Path), f.data); err != nil {
			return err
		}
	}
	g := editions[0].cat.Guide
	list := struct {
		Format  int        `json:"format"`
		Guide   string     `json:"guide"`
		Edition string     `json:"edition"`
		Date    string     `json:"date,omitempty"`
		Tool    string     `json:"tool"`
		Files   []*APIFile `json:"files"`
	}{data.FormatVersion, g.ID, g.Edition, "", "riskguide " + s.opts.ToolVersion, files}
	if !g.Date.IsZero() {
		list.Date = g.Date.Format(time.DateOnly)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(list); err != nil {
		return err
	}
	if err := sink.Put(path.Join(APIDir, apiIndex), bytes.Clone(b.Bytes())); err != nil {
		return err
	}
	const root = "../../"
	v := BareView{CSS: root + s.css, Policy: policy, Root: root, Lang: editions[0].lang, Files: append([]*APIFile{{Path: apiIndex}}, files...)}
	if s.js != "" {
		v.JS = root + s.js
	}
	for _, e := range editions {
		v.Editions = append(v.Editions, BareEdition{Lang: e.lang, Name: e.words.Get("language-name"),
			Href: root + string(e.lang) + "/" + apiPage, Title: e.frame.PlainTitle, Edition: e.words.Get("api-title")})
	}
	b.Reset()
	if err := s.bare.ExecuteTemplate(&b, "api-index", v); err != nil {
		return fmt.Errorf("%s: %w", APIDir, err)
	}
	return sink.Put(path.Join(APIDir, "index.html"), b.Bytes())
}

// APIView is the page that explains the static API.
type APIView struct {
	Groups []APIGroup
	// Index is the link to the list for programs, Web its address on the web, or
	// empty where that is not known.
	Index, Web string
}

// APIGroup is a section of the page.
type APIGroup struct {
	ID          string // "json", "csv", …
	Title, Lead string
	Files       []APIFileView
}

// APIFileView is a file of the API on the page.
type APIFileView struct {
	Href  string
	Name  string
	Title string
	Size  string
	Rows  string // empty where it is no table
}

// apiGroups are the sections of the page in their order.
var apiGroups = []string{"json", "csv", "excel", "oscal"}

func (e *edition) apiView(p *Page, files []*APIFile) {
	p.Title = p.T("api-title")
	p.Class = "api"
	p.Description = p.T("api-lead")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("api-title"))
	v := &APIView{Index: p.Root + path.Join(APIDir, apiIndex)}
	if web := e.site.web(); web != "" {
		v.Web = web + path.Join(APIDir, apiIndex)
	}
	for _, id := range apiGroups {
		g := APIGroup{ID: id, Title: p.T("api-group-" + id), Lead: p.T("api-group-" + id + "-lead")}
		for _, f := range files {
			if f.group != id {
				continue
			}
			x := APIFileView{Href: p.Root + path.Join(APIDir, f.Path), Name: f.Path, Title: f.Title[e.lang], Size: size(f.Bytes)}
			if id == "csv" && f.Rows == 0 && !e.frame.TreatsRisks {
				continue // it is there for programs; people look for nothing in it
			}
			if id == "csv" {
				x.Rows = p.N("api-rows", f.Rows)
			}
			g.Files = append(g.Files, x)
		}
		if len(g.Files) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	p.Data = v
}

// size writes a number of bytes for people.
func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d KB", (n+500)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
