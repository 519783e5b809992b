// Package preview serves a site from memory while its content is being edited:
// it watches folders, builds anew after a change and tells open pages to reload.
//
// A build that finds problems leaves the pages of the last good build in place;
// the problems are shown on top of them until they are mended. The server
// listens where its caller says, keeps nothing on disk and sends nothing
// anywhere.
package preview

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"riskguide/catalog"
	"riskguide/render"
)

//go:embed reload.js
var reloadScript []byte

// scriptPath and eventsPath lie outside the site's own names.
const (
	scriptPath = "/_riskguide/reload.js"
	eventsPath = "/_riskguide/events"
)

// settle is how long the watcher waits for further changes before it builds:
// an editor that saves writes several times in a row.
const settle = 15 * time.Millisecond

// Builder makes what is shown.
type Builder interface {
	// Build returns the site; nil with problems (or an error) if it can't
	// be built.
	Build(ctx context.Context) (*render.Memory, catalog.Problems, error)
	// Download makes a file of the downloads folder when it is asked for. It
	// returns an error that wraps fs.ErrNotExist for a name that it does not know.
	Download(ctx context.Context, name string) ([]byte, error)
}

// Server shows the last good build.
type Server struct {
	builder Builder
	report  func(Event)

	mu       sync.RWMutex
	site     *render.Memory
	problems catalog.Problems
	failure  string
	version  int64 // goes up with each build, also over restarts of the program
	watchers map[chan struct{}]bool
}

// Event is what happened in one build, for the person at the terminal.
type Event struct {
	Took     time.Duration
	Files    int
	Problems catalog.Problems
	Err      error
}

// New returns a server that has not built yet. report, if not nil, is called
// after each build.
func New(b Builder, report func(Event)) *Server {
	// A page that an earlier run served must see that this is another one.
	return &Server{builder: b, report: report, version: time.Now().UnixMilli(), watchers: map[chan struct{}]bool{}}
}

// Build builds once and tells open pages.
func (s *Server) Build(ctx context.Context) {
	start := time.Now()
	site, problems, err := s.builder.Build(ctx)
	if ctx.Err() != nil {
		return
	}
	ev := Event{Took: time.Since(start), Problems: problems, Err: err}
	s.mu.Lock()
	s.problems, s.failure = problems.ErrorsOnly(), ""
	if err != nil {
		s.failure = err.Error()
	}
	if site != nil {
		s.site = site
		ev.Files = len(site.Names())
	}
	s.version++
	for ch := range s.watchers {
		select {
		case ch <- struct{}{}:
		default: // one is waiting already
		}
	}
	s.mu.Unlock()
	if s.report != nil {
		s.report(ev)
	}
}

// Serve answers requests on l until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Watch builds and then builds anew whenever something below one of the folders
// changes, until ctx ends. Folders that are symbolic links are followed, and so
// are links in them to further folders. A folder that goes and comes back, as
// when another version is checked out, is watched again.
func (s *Server) Watch(ctx context.Context, folders ...string) error {
	w, err := newWatcher(folders)
	if err != nil {
		return err
	}
	defer w.Close()
	s.Build(ctx) // now, so that no change falls between it and the watching
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev, ok := <-w.Events:
			if !ok {
				return nil
			}
			changed, err := w.note(ev)
			if err != nil {
				return err
			}
			if changed {
				timer.Reset(settle)
			}
		case err, ok := <-w.Errors:
			switch {
			case !ok:
				return nil
			case !errors.Is(err, fsnotify.ErrEventOverflow):
				return err
			}
			// Changes came faster than they could be told: take all in anew.
			if err := w.addRoots(); err != nil {
				return err
			}
			timer.Reset(settle)
		case <-timer.C:
			s.Build(ctx)
		}
	}
}

// watcher watches folders with all that is below them.
type watcher struct {
	*fsnotify.Watcher
	roots []string        // absolute
	names map[string]bool // of the roots and what they link to
	dirs  map[string]bool // folders whose files are of interest
}

func newWatcher(folders []string) (*watcher, error) {
	inner, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watcher{Watcher: inner, names: map[string]bool{}, dirs: map[string]bool{}}
	for _, f := range folders {
		err := w.addRoot(f)
		if err != nil {
			return nil, errors.Join(err, inner.Close())
		}
	}
	return w, nil
}

// addRoot begins to watch a folder, and the one it lies in, which is told when
// the folder itself goes or comes.
func (w *watcher) addRoot(folder string) error {
	root, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	target, err := filepath.EvalSymlinks(root)
	if err != nil {
		return err
	}
	w.roots = append(w.roots, root)
	for _, name := range []string{root, target} {
		w.names[name] = true
		if err := w.Add(filepath.Dir(name)); err != nil && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return w.addTree(root, 0, map[string]bool{})
}

// addRoots takes all folders in again that there are.
func (w *watcher) addRoots() error {
	for _, root := range w.roots {
		if err := w.addTree(root, 0, map[string]bool{}); err != nil {
			return err
		}
	}
	return nil
}

// addTree watches a folder and those below it that are not hidden. A folder that
// has gone meanwhile is passed over. depth is how far the folder is below the
// root: links are followed where the content has its folders and no further, lest
// one of them leads to the whole disk.
func (w *watcher) addTree(dir string, depth int, seen map[string]bool) error {
	dir, err := filepath.EvalSymlinks(dir)
	if err == nil && !seen[dir] {
		seen[dir] = true
		err = w.Add(dir)
	} else if err == nil {
		return nil
	}
	var entries []fs.DirEntry
	if err == nil {
		w.dirs[dir] = true
		entries, err = os.ReadDir(dir)
	}
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		follow := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 && depth == 0 {
			follow = isDir(name)
		}
		if follow && !strings.HasPrefix(e.Name(), ".") {
			if err := w.addTree(name, depth+1, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

func isDir(name string) bool {
	st, err := os.Stat(name)
	return err == nil && st.IsDir()
}

// note reports whether a change is of interest, and begins to watch what is new.
func (w *watcher) note(ev fsnotify.Event) (changed bool, err error) {
	switch {
	case w.names[ev.Name] && ev.Op != fsnotify.Chmod:
		return true, w.addRoots()
	case !w.dirs[filepath.Dir(ev.Name)] || ignored(ev):
		return false, nil
	}
	if ev.Has(fsnotify.Create) && isDir(ev.Name) {
		return true, w.addTree(ev.Name, 1, map[string]bool{})
	}
	return true, nil
}

// ignored reports whether a change is of no interest: permissions, and the
// editors' own files.
func ignored(ev fsnotify.Event) bool {
	name := filepath.Base(ev.Name)
	return ev.Op == fsnotify.Chmod || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") ||
		strings.HasSuffix(name, "~") || strings.HasSuffix(name, ".swp")
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	switch r.URL.Path {
	case scriptPath:
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(reloadScript)
		return
	case eventsPath:
		s.events(w, r)
		return
	}
	s.mu.RLock()
	site, version := s.site, s.version
	s.mu.RUnlock()
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	status := http.StatusOK
	var data []byte
	if site != nil {
		data = site.Data(name)
		if data == nil && site.Data(name+"/index.html") != nil {
			http.Redirect(w, r, "/"+name+"/", http.StatusFound)
			return
		}
	}
	if data == nil {
		if file, ok := strings.CutPrefix(name, render.DownloadsDir+"/"); ok {
			d, err := s.builder.Download(r.Context(), file)
			switch {
			case err == nil:
				data = d
			case !errors.Is(err, fs.ErrNotExist):
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
	}
	if data == nil {
		status, name = http.StatusNotFound, "404.html"
		if site != nil {
			data = site.Data(name)
		}
		if data == nil {
			data = []byte("<!doctype html><title>riskguide</title><body>")
		}
	}
	ctype := mime.TypeByExtension(path.Ext(name))
	if ctype == "" {
		ctype = "application/octet-stream"
	}
	if strings.HasPrefix(ctype, "text/html") {
		data = withScript(data, version)
	}
	w.Header().Set("Content-Type", ctype)
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		w.Write(data)
	}
}

// withScript adds the reload script to a page, with the version of the page: what
// was built before the script listens must not be missed. The page's own policy
// allows scripts and connections to its own host, so nothing else changes.
func withScript(page []byte, version int64) []byte {
	tag := fmt.Appendf(nil, `<script src="%s" data-version="%d" defer></script>`, scriptPath, version)
	i := bytes.LastIndex(page, []byte("</body>"))
	if i < 0 {
		i = len(page)
	}
	out := make([]byte, 0, len(page)+len(tag))
	out = append(out, page[:i]...)
	out = append(out, tag...)
	return append(out, page[i:]...)
}

// message is what an open page is told.
type message struct {
	Version  int64    `json:"version"`
	Problems []string `json:"problems"`
}

func (s *Server) message() message {
	s.mu.RLock()
	defer s.mu.RUnlock()
	m := message{Version: s.version, Problems: []string{}}
	for _, p := range s.problems {
		m.Problems = append(m.Problems, p.String())
	}
	if s.failure != "" {
		m.Problems = append(m.Problems, s.failure)
	}
	return m
}

// events streams a message at once and one after each build (server-sent events).
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "streaming is not supported", http.StatusInternalServerError)
		return
	}
	ch := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[ch] = true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.watchers, ch)
		s.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		data, err := json.Marshal(s.message())
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
			return
		}
		flusher.Flush()
		select {
		case <-ch:
		case <-r.Context().Done():
			return
		}
	}
}
