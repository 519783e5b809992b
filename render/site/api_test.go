package site_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/data"
	"riskguide/render/oscal"
	"riskguide/render/site"
)

type apiList struct {
	Format                     int
	Guide, Edition, Date, Tool string
	Files                      []site.APIFile
}

func apiOf(t *testing.T, m *render.Memory) apiList {
	t.Helper()
	var l apiList
	dec := json.NewDecoder(bytes.NewReader(m.Data(site.APIDir + "/index.json")))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestAPI: the list names every file below api/v1 with its true size and sum, and
// the files are those of riskguide export.
func TestAPI(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	l := apiOf(t, m)
	if l.Format != data.FormatVersion || l.Guide != cat.Guide.ID || l.Edition != cat.Guide.Edition || l.Date != "2026-01-31" || l.Tool != "riskguide 1.2.3" {
		t.Errorf("the list says %d, %q, %q, %q, %q", l.Format, l.Guide, l.Edition, l.Date, l.Tool)
	}
	listed := []string{"index.html", "index.json"}
	types := map[string]string{".json": "application/json", ".csv": "text/csv; charset=utf-8; header=present", ".zip": "application/zip"}
	for _, f := range l.Files {
		listed = append(listed, f.Path)
		content := m.Data(path.Join(site.APIDir, f.Path))
		sum := sha256.Sum256(content)
		if len(content) != f.Bytes || hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s: the list gives another size or sum", f.Path)
		}
		want := types[path.Ext(f.Path)]
		if strings.HasSuffix(f.Path, ".schema.json") {
			want = "application/schema+json"
		}
		if f.MediaType != want {
			t.Errorf("%s is called %s", f.Path, f.MediaType)
		}
		for _, lang := range both {
			if f.Title[lang] == "" || strings.HasPrefix(f.Title[lang], "[") {
				t.Errorf("%s has no title in %s: %q", f.Path, lang, f.Title[lang])
			}
		}
		if f.Schema != "" && !strings.Contains(f.Schema, "://") && m.Data(path.Join(site.APIDir, f.Schema)) == nil {
			t.Errorf("%s names the schema %s, which is not there", f.Path, f.Schema)
		}
	}
	var there []string
	for _, n := range m.Names() {
		if name, ok := strings.CutPrefix(n, site.APIDir+"/"); ok {
			there = append(there, name)
		}
	}
	slices.Sort(listed)
	if !slices.Equal(listed, there) {
		t.Errorf("listed:\n%v, there:\n%v", listed, there)
	}

	doc := data.New(cat)
	var b bytes.Buffer
	if err := doc.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), m.Data(site.APIDir+"/catalog.json")) {
		t.Error("catalog.json is not what riskguide export json writes")
	}
	docs, err := oscal.Files(context.Background(), oscal.Input{Catalog: cat}, oscal.Options{})
	if err != nil || len(docs["catalog.json"]) == 0 || !bytes.Equal(docs["catalog.json"], m.Data(site.APIDir+"/oscal/catalog.json")) {
		t.Errorf("oscal/catalog.json is not what riskguide export oscal writes: %v", err)
	}
	archive := m.Data(site.APIDir + "/tables.zip")
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, table := range doc.Tables() {
		tables++
		csv, _ := table.CSV(data.CSVOptions{})
		if !bytes.Equal(csv, m.Data(site.APIDir+"/csv/"+table.Name+".csv")) {
			t.Errorf("%s.csv is not what riskguide export csv writes", table.Name)
		}
		f, err := z.Open(table.Name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if err != nil || string(got) != data.BOM+string(csv) {
			t.Errorf("%s.csv in the archive: %v", table.Name, err)
		}
	}
	if tables != len(z.File) || tables < 20 {
		t.Errorf("%d tables, %d in the archive", tables, len(z.File))
	}
}

// TestAPIPage: each language explains every file, and links to it.
func TestAPIPage(t *testing.T) {
	cat := load(t, fixture(t))
	opts := options(cat, both...)
	opts.BaseURL = "https://example.org/guide/"
	m := build(t, cat, opts)
	for _, lang := range both {
		page := string(m.Data(string(lang) + "/api.html"))
		for _, f := range apiOf(t, m).Files {
			if !strings.Contains(page, `href="../api/v1/`+f.Path+`"`) || !strings.Contains(page, f.Title[lang]) {
				t.Errorf("%s: %s is not explained", lang, f.Path)
			}
		}
		for _, want := range []string{"4 rows", "4 行"} { // of vulnerabilities
			if has := strings.Contains(page, want); has != (strings.Contains(want, "rows") == (lang == catalog.English)) {
				t.Errorf("%s: %q is there: %v", lang, want, has)
			}
		}
		if !strings.Contains(page, "curl -O https://example.org/guide/api/v1/index.json") {
			t.Errorf("%s: the address on the web is not told", lang)
		}
		if !strings.Contains(string(m.Data(string(lang)+"/risks/M02.html")), `href="../api.html"`) {
			t.Errorf("%s: a page does not lead to the data", lang)
		}
	}
	index := string(m.Data(site.APIDir + "/index.html"))
	for _, want := range []string{`href="../../ja/api.html"`, `href="../../en/api.html"`, `href="catalog.json"`, `href="index.json"`} {
		if !strings.Contains(index, want) {
			t.Errorf("the index lacks %s", want)
		}
	}
	if !strings.Contains(string(m.Data("sitemap.xml")), "https://example.org/guide/en/api.html") {
		t.Error("the page is not in the sitemap")
	}

	opts.API = false
	m = build(t, cat, opts)
	for _, n := range m.Names() {
		if strings.HasPrefix(n, "api/") || strings.HasSuffix(n, "/api.html") {
			t.Errorf("a site without API has %s", n)
		}
	}
	if strings.Contains(string(m.Data("ja/index.html")), "api.html") {
		t.Error("a site without API links to it")
	}
}

// refusingAPI refuses files of the API.
type refusingAPI struct{ render.Memory }

func (f *refusingAPI) Put(name string, content []byte) error {
	if strings.HasPrefix(name, site.APIDir) {
		return io.ErrShortWrite
	}
	return f.Memory.Put(name, content)
}

func TestAPIStops(t *testing.T) {
	cat := load(t, fixture(t))
	if err := site.Render(context.Background(), cat, options(cat, both...), &refusingAPI{}); err == nil {
		t.Error("a file of the API could not be written, and the build says nothing")
	}
}
