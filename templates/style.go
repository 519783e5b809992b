package templates

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"strings"
)

// Style joins style sheets for the one style element of a page that needs no other
// file, and returns them with the Content-Security-Policy that allows them, by their
// hash, and nothing else. An error names the file: one that is not there, or that
// would end the element.
func Style(fsys fs.FS, names ...string) (css, policy string, err error) {
	var b strings.Builder
	b.WriteByte('\n')
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return "", "", fmt.Errorf("templates: %w", err)
		}
		if strings.Contains(strings.ToLower(string(data)), "</style") {
			return "", "", fmt.Errorf("templates: %s ends the style element it stands in", name)
		}
		// A browser counts the hash over what it reads, with these line ends.
		b.WriteString(strings.ReplaceAll(string(data), "\r\n", "\n"))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return b.String(), "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'", nil
}
