package native

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
)

// Properties of the document of a profile that carries its files along.
const (
	PropFile         = "file"          // of a resource: the file's name, seen from the profile's own folder
	PropDocumentHash = "document-hash" // SHA-256 of the document without this property
)

// ProfileFile is a file of a profile: its own, or one that it extends.
type ProfileFile struct {
	Name string // slash-separated, inside the folder to write into
	Data []byte
}

// IsProfile reports whether riskguide wrote the document as a profile and put its
// files into it.
func IsProfile(f *document.File) bool {
	if f.Profile == nil || f.Profile.BackMatter == nil {
		return false
	}
	return slices.ContainsFunc(f.Profile.BackMatter.Resources, func(x document.Resource) bool { return fileName(&x) != "" })
}

func fileName(x *document.Resource) string {
	for _, p := range x.Props {
		if p.NS == document.Namespace && p.Name == PropFile && x.Base64 != nil {
			return value(p)
		}
	}
	return ""
}

// ReadProfile reads a document for which [IsProfile] holds: the profile's own file
// first, then those that it extends. They lie in each other's neighbourhood as they
// did, below one folder. The rest of the document is what the files come to; that it
// was changed is told in a warning. There are no files where a problem is an error.
func ReadProfile(f *document.File) ([]ProfileFile, catalog.Problems) {
	r := &reader{}
	pos := f.Profile.Metadata.Pos
	var out []ProfileFile
	up := 0 // how far above the profile's own folder its files lie
	for i := range f.Profile.BackMatter.Resources {
		x := &f.Profile.BackMatter.Resources[i]
		name := fileName(x)
		if name == "" {
			continue
		}
		data, err := base64.StdEncoding.DecodeString(x.Base64.Value)
		if err != nil {
			r.fail(x.Pos, "the file %q is no base64", name)
		}
		up = max(up, strings.Count(name, "../"))
		out = append(out, ProfileFile{name, data})
	}
	below := strings.Repeat("profiles/", min(up, 20))
	seen := map[string]bool{}
	for i := range out {
		name := path.Join(below, out[i].Name)
		if !fs.ValidPath(name) || path.Ext(name) != ".yaml" || strings.ContainsAny(name, "\\:\x00") || seen[strings.ToLower(name)] {
			r.fail(pos, "%q cannot be the name of a profile's file", out[i].Name)
		}
		seen[strings.ToLower(name)] = true
		out[i].Name = name
	}
	props := f.Profile.Metadata.Props
	i := slices.IndexFunc(props, func(p document.Prop) bool { return p.NS == document.Namespace && p.Name == PropDocumentHash })
	if i < 0 || DocumentHash(f) != props[i].Value {
		r.problems = append(r.problems, catalog.Problem{Pos: pos, Level: catalog.LevelWarning, Rule: RuleNoHome,
			Message: "the profile was changed in OSCAL after riskguide wrote it; the change is left out: what counts are the files that it carries"})
	}
	if r.problems.HasErrors() {
		return nil, r.problems
	}
	return out, r.problems
}

// DocumentHash is the value of [PropDocumentHash] for a profile.
func DocumentHash(f *document.File) string {
	p := *f.Profile
	p.Metadata.Props = slices.DeleteFunc(slices.Clone(p.Metadata.Props), func(x document.Prop) bool {
		return x.NS == document.Namespace && x.Name == PropDocumentHash
	})
	data, err := document.Encode(&document.File{Profile: &p})
	if err != nil {
		return fmt.Sprintf("none: %v", err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
