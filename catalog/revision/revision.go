// Package revision opens the content of a guide as it is or was: a folder, a
// released bundle, or a revision in git.
//
// A bundle is a .zip whose top, or whose only folder at the top, is the content
// folder: guide.yaml, risks/, controls/ and so on, as `git archive` or the
// program that comes with any system makes it. What is no part of a guide
// (pictures, a README) may be in it and is not read.
//
// A revision is what git takes for one (v2011.1, HEAD~3, a commit), or
// REVISION:PATH with the content's path from the top of the repository. It is read
// out of the repository; the work tree is neither looked at nor touched.
package revision

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// The limits of a bundle or revision. A guide of 21 risks has 300 KB in 80 files.
const (
	maxArchive = 64 << 20  // bytes of the archive itself
	maxTotal   = 256 << 20 // bytes of all files unpacked
	maxFiles   = 50_000
	// maxRatio is the greatest ratio of unpacked to packed size of a file of
	// more than ratioFrom bytes. Deflate reaches about 1000 with one letter
	// repeated; text stays below 20.
	maxRatio  = 100
	ratioFrom = 1 << 20
)

// Content is opened content.
type Content struct {
	// FS is the content folder.
	FS fs.FS
	// Name is what was opened, for messages: the folder, the file, or
	// REVISION:PATH.
	Name string
	// Commit is the git commit, empty for a folder or bundle.
	Commit string
}

// Error tells why content cannot be opened, for the person who named it.
type Error struct {
	Spec string
	Err  error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Spec, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Open opens what spec names: a folder or a .zip file if there is one of that
// name, else a revision in git. content is the folder in the work tree of which
// a revision without a path is looked up. Errors are of type *[Error].
func Open(ctx context.Context, spec, content string) (Content, error) {
	c, err := open(ctx, spec, content)
	if err != nil {
		return Content{}, &Error{spec, err}
	}
	return c, nil
}

func open(ctx context.Context, spec, content string) (Content, error) {
	if spec == "" {
		return Content{}, errors.New("the name is empty")
	}
	st, err := os.Stat(spec)
	switch {
	case err == nil && st.IsDir():
		return Content{FS: os.DirFS(spec), Name: filepath.ToSlash(filepath.Clean(spec))}, nil
	case err == nil:
		if !strings.EqualFold(filepath.Ext(spec), ".zip") {
			return Content{}, errors.New("this is a file and no .zip: name a folder, a bundle or a git revision")
		}
		if st.Size() > maxArchive {
			return Content{}, fmt.Errorf("the bundle has %d MB; at most %d MB are read", st.Size()>>20, maxArchive>>20)
		}
		data, err := os.ReadFile(spec)
		if err != nil {
			return Content{}, err
		}
		fsys, err := Bundle(data)
		return Content{FS: fsys, Name: filepath.ToSlash(filepath.Clean(spec))}, err
	case strings.EqualFold(filepath.Ext(spec), ".zip"):
		return Content{}, errors.New("there is no such file")
	}
	return fromGit(ctx, spec, content)
}

// Bundle reads a bundle. It refuses, with an error that says why, what is no zip,
// what has names that lead elsewhere, and what would grow beyond bounds; it never
// reads more than the archive says and the bounds allow.
func Bundle(data []byte) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, errors.New("this is no zip archive, or it is damaged")
	}
	if len(z.File) > maxFiles {
		return nil, fmt.Errorf("the bundle has %d files; at most %d are read", len(z.File), maxFiles)
	}
	files := map[string]*zip.File{}
	var total uint64
	for _, f := range z.File {
		name := strings.TrimSuffix(f.Name, "/")
		if f.NonUTF8 && strings.Contains(name, `\`) || !fs.ValidPath(name) || strings.ContainsAny(name, "\\:\x00") {
			return nil, fmt.Errorf("the bundle has a file with the bad name %q", f.Name)
		}
		if f.FileInfo().IsDir() {
			continue
		}
		if !f.Mode().IsRegular() {
			return nil, fmt.Errorf("%q in the bundle is no plain file", f.Name)
		}
		if f.Flags&1 != 0 {
			return nil, errors.New("the bundle is encrypted: unpack it first")
		}
		total += f.UncompressedSize64
		switch {
		case total > maxTotal || f.UncompressedSize64 > maxTotal:
			return nil, fmt.Errorf("the bundle unpacks to more than %d MB", maxTotal>>20)
		case f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64:
			return nil, fmt.Errorf("%q in the bundle is packed too tightly to be text", f.Name)
		case files[name] != nil:
			return nil, fmt.Errorf("the bundle has two files %q", f.Name)
		}
		files[name] = f
	}
	for name := range files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if files[dir] != nil {
				return nil, fmt.Errorf("the bundle has both a file and a folder %q", dir)
			}
		}
	}
	return contentIn(z, files)
}

// contentIn finds the content folder of an archive.
func contentIn(z *zip.Reader, files map[string]*zip.File) (fs.FS, error) {
	const guide = "guide.yaml"
	if files[guide] != nil {
		return z, nil
	}
	var found []string
	for name := range files {
		if dir := path.Dir(name); path.Base(name) == guide && !strings.Contains(dir, "/") {
			found = append(found, dir)
		}
	}
	switch len(found) {
	case 0:
		return nil, errors.New("the bundle has no guide.yaml, at its top or in a folder there")
	case 1:
		return fs.Sub(z, found[0])
	}
	return nil, errors.New("the bundle has several folders with a guide.yaml")
}

// fromGit reads a revision out of the repository that holds the content folder.
func fromGit(ctx context.Context, spec, content string) (Content, error) {
	if strings.HasPrefix(spec, "-") {
		return Content{}, errors.New("this is no folder, bundle or git revision")
	}
	if _, err := exec.LookPath("git"); err != nil {
		return Content{}, errors.New("there is no such folder or bundle, and git is not installed to look for a revision")
	}
	dir := content
	for { // the folder may be one that the work tree no longer has
		if st, err := os.Stat(dir); err == nil && st.IsDir() {
			break
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		break
	}
	g := git{ctx, dir}
	top, err := g.line("rev-parse", "--show-toplevel")
	if err != nil {
		return Content{}, fmt.Errorf("there is no such folder or bundle, and %s is in no git repository with revisions", filepath.ToSlash(dir))
	}
	rev, inside, named := strings.Cut(spec, ":")
	commit, err := g.line("rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil || rev == "" {
		return Content{}, fmt.Errorf("there is no such folder, bundle or git revision%s", g.hint(err))
	}
	if !named {
		prefix, err := g.line("rev-parse", "--show-prefix")
		if err != nil {
			return Content{}, err
		}
		rest, err := filepath.Rel(dir, content)
		if err != nil {
			return Content{}, err
		}
		inside = path.Join(prefix, filepath.ToSlash(rest))
	}
	inside = strings.TrimSuffix(path.Clean("/"+filepath.ToSlash(inside)), "/")
	inside = strings.TrimPrefix(inside, "/")
	name := rev + ":" + inside
	g.dir = top
	tree, err := g.line("rev-parse", "--verify", "--quiet", "--end-of-options", commit+":"+inside)
	if err != nil {
		return Content{}, fmt.Errorf("revision %s has no folder %q (name another one as %s:PATH)", rev, inside, rev)
	}
	if kind, err := g.line("cat-file", "-t", tree); err != nil || kind != "tree" {
		return Content{}, fmt.Errorf("%q is no folder in revision %s", inside, rev)
	}
	// As stored, whatever line ends the work tree has.
	data, err := g.run("-c", "core.autocrlf=false", "-c", "core.attributesFile=", "archive", "--format=zip", "-1", tree)
	if err != nil {
		return Content{}, err
	}
	fsys, err := Bundle(data)
	if err != nil {
		return Content{}, fmt.Errorf("%s: %w", name, gitError(err))
	}
	return Content{FS: fsys, Name: name, Commit: commit}, nil
}

// gitError says of a revision what [Bundle] says of a bundle.
func gitError(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), "the bundle", "the folder"))
}

// git runs git in a folder.
type git struct {
	ctx context.Context
	dir string
}

// hint tells of errors other than an unknown revision.
func (g git) hint(err error) string {
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) {
		return ""
	}
	return fmt.Sprintf(" (%v)", err)
}

func (g git) line(args ...string) (string, error) {
	out, err := g.run(args...)
	return strings.TrimRight(string(out), "\r\n"), err
}

func (g git) run(args ...string) ([]byte, error) {
	cmd := exec.CommandContext(g.ctx, "git", append([]string{"-C", g.dir, "--no-replace-objects"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	out, readErr := io.ReadAll(io.LimitReader(pipe, maxArchive+1))
	if len(out) > maxArchive {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, fmt.Errorf("the folder has more than %d MB packed", maxArchive>>20)
	}
	if err := cmd.Wait(); err != nil {
		if msg := strings.TrimSpace(stderr.String()); msg != "" {
			return nil, fmt.Errorf("git: %s: %w", msg, err)
		}
		return nil, err
	}
	return out, readErr
}
