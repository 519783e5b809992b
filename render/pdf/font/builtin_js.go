package font

import "errors"

// BuiltIn returns an error: the program for the browser loads its typeface when
// it is needed; see [ParseSplit].
func BuiltIn() (Faces, error) { return Faces{}, errors.New("this program has no font of its own") }
