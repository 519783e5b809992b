package profile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// CatalogDigest returns the SHA-256, in hexadecimal, of the files that make up a
// guide in the YAML form, which are those of [CatalogFiles]: of a list with a line
// "SHA-256, two spaces, name" for each file, sorted by name, which is what
//
//	sha256sum FILES… | sha256sum
//
// gives for the names in that order.
func CatalogDigest(fsys fs.FS) (string, error) {
	names, err := CatalogFiles(fsys)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%x  %s\n", sha256.Sum256(data), name)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// CatalogFiles returns the names of the files that make up a guide in the YAML
// form, sorted. Profiles, schemas and whatever else lies in the folder do not
// count.
func CatalogFiles(fsys fs.FS) ([]string, error) {
	var names []string
	for _, name := range []string{"guide.yaml", "vulnerabilities.yaml", "retired.yaml"} {
		switch _, err := fs.Stat(fsys, name); {
		case err == nil:
			names = append(names, name)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	for _, dir := range []string{"risks", "controls", "pages"} {
		entries, err := fs.ReadDir(fsys, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			switch path.Ext(e.Name()) {
			case ".yaml", ".md":
				if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
					names = append(names, path.Join(dir, e.Name()))
				}
			}
		}
	}
	sort.Strings(names)
	return names, nil
}

// Digest returns the SHA-256, in hexadecimal, of the files of a profile and of
// those that it extends, made as [CatalogDigest] is but in the order of
// [Profile.Files].
func (p *Profile) Digest() string {
	h := sha256.New()
	for _, f := range p.Files {
		fmt.Fprintf(h, "%s  %s\n", f.SHA256, f.Name)
	}
	return hex.EncodeToString(h.Sum(nil))
}
