package strictyaml

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
)

// ReadFile reads a file, of one that is larger than most bytes only one byte
// more, which [Decoder.Check] will report. The error does not repeat the path.
func ReadFile(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, WithoutPath(err)
	}
	defer f.Close()
	var buf bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Size() > 0 && info.Size() <= most {
		buf.Grow(int(info.Size()) + bytes.MinRead)
	}
	// The size that Stat tells may be wrong, so that the limit is held here.
	if _, err := buf.ReadFrom(io.LimitReader(f, most+1)); err != nil {
		return nil, WithoutPath(err)
	}
	return buf.Bytes(), nil
}

// WithoutPath strips the path from an error of the file system, for messages
// that name the file already.
func WithoutPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Check checks what can be said of the bytes of a text file: that they are at
// most so many, are UTF-8 and hold no [Forbidden] character. It returns them
// without a byte order mark, or false where the file cannot be decoded. Line ends
// may be those of Windows.
func (d *Decoder) Check(data []byte, most int64) ([]byte, bool) {
	if int64(len(data)) > most {
		d.report(0, 0, RuleFileSize, "", "the file is larger than %d bytes", most)
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if line, col, ok := findInvalid(data); ok {
		d.report(line, col, RuleEncoding, "save it as UTF-8", "the file is not UTF-8")
		return nil, false
	}
	if r, line, col, ok := findForbidden(data); ok {
		d.report(line, col, RuleCharacter, "", "the character %U is not allowed", r)
		return nil, false
	}
	return data, true
}
