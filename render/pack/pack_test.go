package pack_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/templates"
)

// tailored returns the pack of a profile of the test data.
func tailored(t testing.TB, content, profiles, name string) *profile.Pack {
	t.Helper()
	ctx := context.Background()
	cat, ps := catalog.Load(ctx, os.DirFS(content), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps.ErrorsOnly())
	}
	p, ps := profile.Load(ctx, os.DirFS(profiles), name, profile.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	pk, ps := profile.Tailor(cat, p)
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	return pk
}

func small(t testing.TB) *profile.Pack {
	return tailored(t, "../../catalog/testdata/small", "../../profile/testdata/profiles", "full.yaml")
}

func options(warn func(catalog.Problem)) render.Options {
	return render.Options{Templates: templates.FS(), Date: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), ToolVersion: "test", Warn: warn}
}

// rendered returns the files of a pack.
func rendered(t testing.TB, p *profile.Pack) *render.Memory {
	t.Helper()
	var m render.Memory
	err := pack.Render(context.Background(), p, options(func(p catalog.Problem) { t.Errorf("warning: %v", p) }), &m)
	if err != nil {
		t.Fatal(err)
	}
	return &m
}

// TestWrite writes packs to look at: RISKGUIDE_LOOK is the folder to write into,
// RISKGUIDE_LOOK_CONTENT and RISKGUIDE_LOOK_PROFILE what to write.
func TestWrite(t *testing.T) {
	dir := os.Getenv("RISKGUIDE_LOOK")
	if dir == "" {
		t.Skip("RISKGUIDE_LOOK names no folder to write into")
	}
	p := small(t)
	if c := os.Getenv("RISKGUIDE_LOOK_CONTENT"); c != "" {
		file := os.Getenv("RISKGUIDE_LOOK_PROFILE")
		p = tailored(t, c, filepath.Dir(file), filepath.Base(file))
	}
	m := rendered(t, p)
	for _, name := range m.Names() {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, m.Data(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSingleControls: a pack of controls that are named alone does not speak of risks
// that it covers.
func TestSingleControls(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "few.yaml"), []byte("id: few\ntitle: 三つ\nlanguages: [ja]\nselect:\n  - controls: [8.6.1.1, 8.6.1.2, 8.6.1.3]\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	p := tailored(t, "../../content", dir, "few.yaml")
	page := string(rendered(t, p).Data("few/" + pack.HTMLFile("few")))
	if strings.Contains(page, "件のリスクのうち") || !strings.Contains(page, "この一式は、3 件の要求事項を定めます。") {
		t.Error("the page tells of the risks that it covers")
	}
}
