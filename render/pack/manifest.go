package pack

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path"
	"time"

	"riskguide/profile"
	"riskguide/render"
)

// Manifest is the content of manifest.json.
type Manifest struct {
	Format      string `json:"format"` // ManifestFormat
	Version     string `json:"version"`
	Pack        string `json:"pack"`
	Fingerprint string `json:"fingerprint"`
	Guide       Guide  `json:"guide"`
	Profile     Source `json:"profile"`
	// Languages are those of the pack, the first one first.
	Languages []string `json:"languages"`
	Supplier  string   `json:"supplier,omitempty"`
	Service   string   `json:"service,omitempty"`
	Due       string   `json:"due,omitempty"` // such as 2026-01-31
	// Requirements counts the requirements by obligation.
	Requirements map[profile.Obligation]int `json:"requirements"`
	Exclusions   int                        `json:"exclusions"`
	// Commit is the git commit of the guide, empty where there is none.
	Commit string `json:"commit,omitempty"`
	// Previous is the round whose answers were carried over; absent in a first
	// round.
	Previous *Previous `json:"previous,omitempty"`
	Tool     string    `json:"tool"`
	Files    []File    `json:"files"`
}

// Guide says which guide a pack is made of.
type Guide struct {
	ID      string `json:"id"`
	Edition string `json:"edition"`
	Date    string `json:"date"`
	// SHA256 is that of the guide's files; see [profile.CatalogDigest].
	SHA256 string `json:"sha256,omitempty"`
}

// Source says which profile a pack is made with.
type Source struct {
	ID string `json:"id"`
	// SHA256 is that of the files together; see [profile.Profile.Digest].
	SHA256 string `json:"sha256"`
	Files  []File `json:"files"`
}

// Previous says whose answers of which round a pack carries on.
type Previous struct {
	Supplier string `json:"supplier"`
	Pack     string `json:"pack"`
	Edition  string `json:"edition,omitempty"`
	Round    int    `json:"round,omitempty"`
	Received string `json:"received,omitempty"` // such as 2026-01-31
	// Carried counts the requirements whose answers were carried over, Answer
	// and Review those that need work, Removed the answers to what is no
	// longer asked.
	Carried int `json:"carried"`
	Answer  int `json:"answer"`
	Review  int `json:"review"`
	Removed int `json:"removed"`
}

// File is a file with its checksum.
type File struct {
	Name   string `json:"name"`
	Size   int    `json:"size,omitempty"` // bytes
	SHA256 string `json:"sha256"`
}

// ManifestFormat is the value of [Manifest].Format.
const ManifestFormat = "riskguide-pack"

func manifestJSON(p *profile.Pack, v *view, opts render.Options, files []packed) ([]byte, error) {
	g, pr := p.Catalog.Guide, p.Profile
	m := Manifest{
		Format: ManifestFormat, Version: FormatVersion, Pack: p.ID, Fingerprint: p.Fingerprint,
		Guide:        Guide{ID: g.ID, Edition: g.Edition, Date: g.Date.Format(time.DateOnly), SHA256: p.CatalogSHA256},
		Profile:      Source{ID: pr.ID, SHA256: pr.Digest()},
		Requirements: map[profile.Obligation]int{},
		Exclusions:   len(p.Exclusions),
		Commit:       p.Commit,
		Tool:         toolName(opts),
	}
	for _, f := range pr.Files {
		m.Profile.Files = append(m.Profile.Files, File{Name: f.Name, SHA256: f.SHA256})
	}
	for _, l := range pr.Languages {
		m.Languages = append(m.Languages, string(l))
	}
	for _, o := range v.Obligations {
		m.Requirements[o.ID] = o.Count
	}
	m.Supplier, m.Service = p.Text(pr.Supplier.Name), p.Text(pr.Service.Name)
	if !pr.Due.IsZero() {
		m.Due = pr.Due.Format(time.DateOnly)
	}
	if n := v.Next; n != nil {
		m.Previous = &Previous{Supplier: n.Set.Supplier, Pack: n.Set.Pack.ID, Edition: n.Set.Pack.Edition, Round: n.Set.Round,
			Carried: len(n.Requirements) - n.Work(), Answer: n.Answer, Review: n.Review, Removed: n.Carried.Removed}
		if !n.Set.Received.IsZero() {
			m.Previous.Received = n.Set.Received.Format(time.DateOnly)
		}
	}
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		m.Files = append(m.Files, File{Name: f.name, Size: len(f.data), SHA256: hex.EncodeToString(sum[:])})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(m)
	return b.Bytes(), err
}

// toolName is the program with its version.
func toolName(opts render.Options) string {
	if opts.ToolVersion == "" {
		return "riskguide"
	}
	return "riskguide " + opts.ToolVersion
}

// archiveOf packs the files, in the given order, below a folder. All times are
// date, so that the same files give the same archive.
func archiveOf(folder string, files []packed, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: path.Join(folder, f.name), Method: zip.Deflate, Modified: date.UTC()}
		if ext := path.Ext(f.name); ext == ".xlsx" || ext == ".pdf" {
			h.Method = zip.Store // is compressed itself
		}
		h.SetMode(0o644)
		w, err := zw.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(w, bytes.NewReader(f.data)); err != nil {
			return nil, err
		}
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
