package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"time"
)

func (f file) mode() fs.FileMode {
	if f.exec {
		return 0o755
	}
	return 0o644
}

// tarred packs files; owners and times are the same for all.
func tarred(files []file, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: int64(f.mode()), Size: int64(len(f.data)), ModTime: date, Format: tar.FormatPAX}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func zipped(files []file, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: date}
		h.SetMode(f.mode())
		out, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := out.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// What follows is the form of CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/).

type cdxBill struct {
	Schema       string          `json:"$schema"`
	Format       string          `json:"bomFormat"`
	Spec         string          `json:"specVersion"`
	Serial       string          `json:"serialNumber"`
	Version      int             `json:"version"`
	Metadata     cdxMetadata     `json:"metadata"`
	Components   []cdxComponent  `json:"components"`
	Dependencies []cdxDependency `json:"dependencies"`
}

type cdxMetadata struct {
	Timestamp string       `json:"timestamp"`
	Component cdxComponent `json:"component"`
}

type cdxComponent struct {
	Type       string        `json:"type"`
	Ref        string        `json:"bom-ref"`
	Name       string        `json:"name"`
	Version    string        `json:"version,omitempty"`
	Licenses   []cdxLicense  `json:"licenses,omitempty"`
	PURL       string        `json:"purl,omitempty"`
	Properties []cdxProperty `json:"properties,omitempty"`
}

type cdxLicense struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

type cdxProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type cdxDependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// bill is the bill of materials of a program, in CycloneDX.
func bill(version string, t target, date time.Time, parts []part) ([]byte, error) {
	root := cdxComponent{Type: "application", Ref: "riskguide", Name: "riskguide", Version: version,
		PURL: "pkg:golang/riskguide@" + version, Properties: []cdxProperty{{"riskguide:platform", t.os + "/" + t.arch}}}
	b := cdxBill{Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", Spec: "1.6", Version: 1,
		Metadata: cdxMetadata{date.Format(time.RFC3339), root}}
	all := cdxDependency{Ref: root.Ref, DependsOn: []string{}}
	for _, p := range parts {
		c := cdxComponent{Type: "library", Ref: p.purl, Name: p.name, Version: p.version, PURL: p.purl}
		if c.Ref == "" {
			c.Ref, c.Type = p.name, "data"
		}
		if p.sum != "" {
			c.Properties = []cdxProperty{{"go:sum", p.sum}}
		}
		for _, id := range spdx(p.licences) {
			var l cdxLicense
			l.License.ID = id
			c.Licenses = append(c.Licenses, l)
		}
		if len(c.Licenses) == 0 {
			return nil, fmt.Errorf("%s: the text of its licence is of no kind that release knows", p.name)
		}
		b.Components = append(b.Components, c)
		all.DependsOn = append(all.DependsOn, c.Ref)
	}
	b.Dependencies = []cdxDependency{all}
	text, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	// The serial number is a UUID of version 8 made of all that is said.
	id := sha256.Sum256(text)
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	b.Serial = fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16])
	text, err = json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}

var spaces = regexp.MustCompile(`\s+`)

// spdx tells the SPDX ids of licences by sentences that only they have.
func spdx(texts []file) []string {
	var ids []string
	for _, known := range []struct{ id, says, lacks string }{
		{"Apache-2.0", "Apache License, Version 2.0", ""},
		{"Apache-2.0", "Apache License Version 2.0, January 2004", ""},
		{"BSD-2-Clause", "Redistribution and use in source and binary forms", "may be used to endorse or promote"},
		{"BSD-3-Clause", "may be used to endorse or promote", ""},
		{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software", ""},
		{"OFL-1.1", "SIL OPEN FONT LICENSE Version 1.1", ""},
	} {
		for _, f := range texts {
			s := spaces.ReplaceAllString(string(f.data), " ")
			if strings.Contains(s, known.says) && (known.lacks == "" || !strings.Contains(s, known.lacks)) && (len(ids) == 0 || ids[len(ids)-1] != known.id) {
				ids = append(ids, known.id)
			}
		}
	}
	return ids
}
