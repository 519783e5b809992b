//go:build !js

package font

import (
	_ "embed" // for the font files
	"sync"
)

//go:embed BIZUDPGothic-Regular.ttf
var regularFile string

//go:embed BIZUDPGothic-Bold.ttf
var boldFile string

var loadBuiltIn = sync.OnceValues(func() (Faces, error) {
	var fs Faces
	for w, file := range [Weights]string{regularFile, boldFile} {
		f, err := Parse(Weight(w).FaceName(), file)
		if err != nil {
			return Faces{}, err
		}
		fs[w] = f
	}
	return fs, nil
})

// BuiltIn returns the typeface that is part of the program. Its files are read
// once a process. A program for the browser has none: it gets its faces from
// files made by [Face.Split].
func BuiltIn() (Faces, error) { return loadBuiltIn() }
