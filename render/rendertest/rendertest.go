// Package rendertest holds what tests of several formats need: outside programs
// that judge our files, and where the repository is.
package rendertest

import (
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"riskguide/templates"
)

// RequireToolsEnv is the variable under which a missing outside program fails a
// test instead of skipping it.
const RequireToolsEnv = "RISKGUIDE_REQUIRE_TOOLS"

// Tool returns the path of the first of the named programs that is installed.
// If there is none it skips the test with a line that says what is missing, or
// fails it if RISKGUIDE_REQUIRE_TOOLS=1.
func Tool(t testing.TB, names ...string) string {
	t.Helper()
	for _, n := range names {
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	Missing(t, "program "+names[0])
	return ""
}

// Missing skips the test because what is named is not on this machine, or fails
// it if RISKGUIDE_REQUIRE_TOOLS=1.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv(RequireToolsEnv) == "1" {
		t.Fatalf("missing: %s (%s=1)", what, RequireToolsEnv)
	}
	t.Skipf("SKIPPED, missing: %s", what)
}

// Root returns the folder of the repository.
func Root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if ok && filepath.IsAbs(file) {
		return filepath.Dir(filepath.Dir(filepath.Dir(file)))
	}
	// Built with -trimpath: go up to the folder with go.mod.
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}

// Published returns the path of the published text of the guide, which belongs to
// its publisher and lies beside the repository only where its owner put it. The
// test is skipped where it is not there, tools required or not.
func Published(t testing.TB) string {
	t.Helper()
	p := filepath.Join(Root(t), "..", "shared", "source", "guide-2011-ja.txt")
	if _, err := os.Stat(p); err != nil {
		t.Skip("SKIPPED, missing: the published text ../shared/source/guide-2011-ja.txt")
	}
	return p
}

var (
	placeholders = regexp.MustCompile(`\{(\w+)[}|]`)
	// A number with a noun that cannot be one: "{n} changes".
	fixedPlural = regexp.MustCompile(`\{(?:n|of|own|total|count|\w+s)\} [a-z]{3,}s\b`)
)

// Words returns the built-in fixed texts of a format, Japanese and English, and
// checks that both languages have the same keys with the same placeholders (but in
// dates) and that an English noun beside a number has a form for one.
func Words(t testing.TB, dir string) (ja, en map[string]string) {
	t.Helper()
	read := func(lang string) (words map[string]string) {
		data, err := fs.ReadFile(templates.FS(), dir+"/words."+lang+".yaml")
		if err == nil {
			err = yaml.Unmarshal(data, &words)
		}
		if err != nil {
			t.Fatal(err)
		}
		return words
	}
	named := func(s string) []string {
		names := map[string]bool{}
		for _, m := range placeholders.FindAllStringSubmatch(s, -1) {
			names[m[1]] = true
		}
		return slices.Sorted(maps.Keys(names))
	}
	ja, en = read("ja"), read("en")
	for k, s := range en {
		switch x, ok := ja[k]; {
		case !ok:
			t.Errorf("%s: words.ja.yaml has no %q", dir, k)
		case k != "date" && !slices.Equal(named(s), named(x)):
			t.Errorf("%s: %q has {%s} in English and {%s} in Japanese", dir, k, named(s), named(x))
		}
		if m := fixedPlural.FindString(s); m != "" {
			t.Errorf("%s: %q says %q also of one", dir, k, m)
		}
	}
	for k := range ja {
		if _, ok := en[k]; !ok {
			t.Errorf("%s: words.en.yaml has no %q", dir, k)
		}
	}
	return ja, en
}
