package answers

import (
	"errors"
	"io/fs"
	"path"
	"slices"
)

// RoundsDir is the folder, beside the files of the newest answers, with those of
// earlier rounds.
const RoundsDir = "rounds"

// Find lists the files of answers of a folder: its .yaml files and, behind them,
// those of earlier rounds in [RoundsDir]. Other folders are not looked into.
func Find(fsys fs.FS) ([]string, error) {
	var out []string
	for _, dir := range []string{".", RoundsDir} {
		entries, err := fs.ReadDir(fsys, dir)
		if errors.Is(err, fs.ErrNotExist) && dir != "." {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && slices.Contains([]string{".yaml", ".yml"}, path.Ext(e.Name())) {
				out = append(out, path.Join(dir, e.Name()))
			}
		}
	}
	return out, nil
}
