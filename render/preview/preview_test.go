package preview_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/preview"
)

// fileBuilder shows one file as the start page; a file that begins with "bad"
// is a problem.
type fileBuilder struct{ file string }

func (b fileBuilder) Build(context.Context) (*render.Memory, catalog.Problems, error) {
	data, err := os.ReadFile(b.file)
	if err != nil {
		return nil, nil, err
	}
	if strings.HasPrefix(string(data), "bad") {
		return nil, catalog.Problems{{
			Pos:   catalog.Position{File: "x.yaml", Line: 3, Column: 7},
			Level: catalog.LevelError, Message: "is bad",
		}}, nil
	}
	var m render.Memory
	page := "<!doctype html><body>" + string(data) + "</body>"
	if err := m.Put("index.html", []byte(page)); err != nil {
		return nil, nil, err
	}
	return &m, nil, m.Put("ja/index.html", []byte(page))
}

func (b fileBuilder) Download(_ context.Context, name string) ([]byte, error) {
	if name != "H01.pdf" {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return []byte("%PDF"), nil
}

func get(t *testing.T, url string) (int, string, http.Header) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body), resp.Header
}

func TestPagesAndReload(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "page.txt")
	write := func(s string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(s), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	built := make(chan struct{}, 100)
	s := preview.New(fileBuilder{file}, func(preview.Event) { built <- struct{}{} })
	watching := make(chan error, 1)
	go func() { watching <- s.Watch(ctx, dir) }()
	srv := httptest.NewServer(s)
	defer srv.Close()
	<-built

	code, body, _ := get(t, srv.URL+"/")
	if code != 200 || !strings.Contains(body, "one") || !regexp.MustCompile(`<script src="/_riskguide/reload\.js" data-version="\d+" defer></script></body>`).MatchString(body) {
		t.Errorf("GET / = %d %q", code, body)
	}
	if code, _, h := get(t, srv.URL+"/downloads/H01.pdf"); code != 200 || h.Get("Content-Type") != "application/pdf" {
		t.Errorf("download = %d %v", code, h)
	}
	if code, body, _ := get(t, srv.URL+"/ja"); code != 200 || !strings.Contains(body, "one") {
		t.Errorf("GET /ja = %d %q, want the folder's page", code, body)
	}
	for _, p := range []string{"/none.html", "/downloads/none.pdf", "/../../etc/passwd"} {
		if code, _, _ := get(t, srv.URL+p); code != 404 {
			t.Errorf("GET %s = %d, want 404", p, code)
		}
	}

	req, err := http.NewRequestWithContext(ctx, "GET", srv.URL+"/_riskguide/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := make(chan string)
	go func() {
		for sc := bufio.NewScanner(resp.Body); sc.Scan(); {
			if d, ok := strings.CutPrefix(sc.Text(), "data: "); ok {
				lines <- d
			}
		}
	}()
	next := func() (m struct {
		Version  int
		Problems []string
	}) {
		t.Helper()
		select {
		case d := <-lines:
			if err := json.Unmarshal([]byte(d), &m); err != nil {
				t.Fatal(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("no event")
		}
		return m
	}
	v := next().Version
	write("bad")
	m := next()
	for len(m.Problems) == 0 { // a build may have seen the file while it was empty
		m = next()
	}
	if m.Version <= v || m.Problems[0] != "x.yaml:3:7: is bad" {
		t.Errorf("after a bad change: %+v", m)
	}
	if _, body, _ := get(t, srv.URL+"/"); !strings.Contains(body, "one") {
		t.Errorf("the last good page is gone: %q", body)
	}
	write("two")
	for len(m.Problems) > 0 {
		m = next()
	}
	for range 50 {
		if _, body, _ = get(t, srv.URL+"/"); strings.Contains(body, "two") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if !strings.Contains(body, "two") {
		t.Errorf("the page after the change: %q", body)
	}
	cancel()
	if err := <-watching; err != nil {
		t.Errorf("Watch = %v", err)
	}
}

// TestWatchedFolders changes files in the ways in which editors, version control
// and people do, and wants a build after each.
func TestWatchedFolders(t *testing.T) {
	top := t.TempDir()
	real, linked, outside := filepath.Join(top, "real"), filepath.Join(top, "linked"), filepath.Join(top, "outside")
	for _, dir := range []string{real, filepath.Join(real, "risks"), outside} {
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for from, to := range map[string]string{"real": linked, "../outside": filepath.Join(real, "pages"), "..": filepath.Join(real, "loop")} {
		if err := os.Symlink(from, to); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	built := make(chan struct{}, 100)
	s := preview.New(fileBuilder{filepath.Join(real, "page.txt")}, func(preview.Event) { built <- struct{}{} })
	ctx, cancel := context.WithCancel(t.Context())
	watching := make(chan error, 1)
	go func() { watching <- s.Watch(ctx, linked) }()
	defer func() {
		cancel()
		if err := <-watching; err != nil {
			t.Errorf("Watch = %v", err)
		}
	}()
	// quiet waits until no build happens any more, and reports whether there was one.
	quiet := func() (some bool) {
		wait := 5 * time.Second
		for {
			select {
			case <-built:
				some, wait = true, 300*time.Millisecond
			case <-time.After(wait):
				return some
			}
		}
	}
	if !quiet() {
		t.Fatal("nothing is built at the beginning")
	}
	write := func(name string) func() error {
		return func() error { return os.WriteFile(name, []byte(name), 0o666) }
	}
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"a file in a folder that is a link", write(filepath.Join(real, "page.txt"))},
		{"a file below it", write(filepath.Join(real, "risks", "H01.yaml"))},
		{"a file in a linked folder below it", write(filepath.Join(outside, "10.ja.md"))},
		{"a new folder", func() error { return os.Mkdir(filepath.Join(real, "controls"), 0o777) }},
		{"a file in the new folder", write(filepath.Join(real, "controls", "8.6.1.yaml"))},
		{"a file that goes", func() error { return os.Remove(filepath.Join(real, "page.txt")) }},
		{"the whole folder goes", func() error { return os.RemoveAll(real) }},
		{"and comes back", func() error { return os.Mkdir(real, 0o777) }},
		{"a file in the folder that came back", write(filepath.Join(real, "page.txt"))},
	} {
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		if !quiet() {
			t.Errorf("%s: no build", c.name)
		}
	}
}
