package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"riskguide/render/rendertest"
)

// readYAML reads a file into plain values.
func readYAML(t *testing.T, file string) (map[string]any, string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := yaml.Unmarshal(data, &m); err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	return m, string(data)
}

// scripts checks the command lines of a script: each riskguide is one that the
// program takes, each make a target of the Makefile. It returns how many there were.
func scripts(t *testing.T, where, script string) int {
	t.Helper()
	makefile, err := os.ReadFile(filepath.Join(rendertest.Root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.SplitSeq(script, "\n") {
		args := shellWords(line)
		if len(args) < 2 {
			continue
		}
		switch args[0] {
		case "bin/riskguide":
			n++
			if err := wholeCommand(args[1:]); err != nil {
				t.Errorf("%s: %s: %v", where, strings.TrimSpace(line), err)
			}
		case "make":
			if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(args[1]) + `:`).Match(makefile) {
				t.Errorf("%s: %s: the Makefile has no such target", where, line)
			}
		case ".ci/run":
		default:
			if strings.Contains(line, "riskguide lint") || strings.Contains(line, "riskguide build") {
				t.Errorf("%s: %s is not checked", where, line)
			}
		}
	}
	return n
}

// TestWorkflows: what the workflow files call exists, foreign actions are pinned, and
// each job may do only what it must.
func TestWorkflows(t *testing.T) {
	root := rendertest.Root(t)
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%v, %v", files, err)
	}
	pinned := regexp.MustCompile(`(?m)uses: ([a-z-]+/[a-z-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$`)
	// What a job may be allowed beside reading the repository.
	allowed := map[string][]string{
		"comment.yml/comment": {"actions: read", "pull-requests: write"},
		"pages.yml/deploy":    {"id-token: write", "pages: write"},
		"release.yml/draft":   {"contents: write"},
	}
	commands := 0
	for _, f := range files {
		name := filepath.Base(f)
		m, text := readYAML(t, f)
		for _, key := range []string{"name", "on", "permissions", "jobs"} {
			if _, ok := m[key]; !ok {
				t.Errorf("%s has no %s", name, key)
			}
		}
		if strings.Contains(text, "pull_request_target") {
			t.Errorf("%s runs code of strangers with the rights of the repository", name)
		}
		if all, one := strings.Count(text, "uses: "), len(pinned.FindAllString(text, -1)); all != one {
			t.Errorf("%s: %d of %d actions are pinned to a commit with its version behind", name, one, all)
		}
		if p, ok := m["permissions"].(map[string]any); !ok || len(p) > 1 || len(p) == 1 && p["contents"] != "read" {
			t.Errorf("%s: permissions %v", name, m["permissions"])
		}
		for job, x := range m["jobs"].(map[string]any) {
			j := x.(map[string]any)
			if j["timeout-minutes"] == nil {
				t.Errorf("%s/%s has no time limit", name, job)
			}
			var rights []string
			if p, ok := j["permissions"].(map[string]any); ok {
				for k, v := range p {
					rights = append(rights, k+": "+v.(string))
				}
			}
			slices.Sort(rights)
			if !slices.Equal(rights, allowed[name+"/"+job]) {
				t.Errorf("%s/%s may do %v", name, job, rights)
			}
			for _, s := range j["steps"].([]any) {
				step := s.(map[string]any)
				run, _ := step["run"].(string)
				if strings.Contains(run, "${{") {
					t.Errorf("%s/%s: an expression stands in a script: %s", name, job, run)
				}
				commands += scripts(t, name, run)
				// A job that may write runs no code of the repository.
				uses, _ := step["uses"].(string)
				if len(rights) > 0 && (strings.HasPrefix(uses, "actions/checkout") || strings.Contains(run, "bin/") || strings.Contains(run, "make ")) {
					t.Errorf("%s/%s may %v and runs what it checked out", name, job, rights)
				}
				if with, _ := step["with"].(map[string]any); strings.HasPrefix(uses, "actions/checkout") && with["persist-credentials"] != false {
					t.Errorf("%s/%s leaves its token in the work tree", name, job)
				}
			}
		}
	}
	if commands < 5 {
		t.Errorf("only %d commands of riskguide", commands)
	}
	comment, _ := os.ReadFile(filepath.Join(root, ".github", "workflows", "comment.yml"))
	for _, want := range []string{"--method PATCH", "--method POST", "<!-- riskguide diff -->", "HEAD_SHA"} {
		if !strings.Contains(string(comment), want) {
			t.Errorf("comment.yml lacks %s", want)
		}
	}
}

func TestGitLab(t *testing.T) {
	m, text := readYAML(t, filepath.Join(rendertest.Root(t), ".gitlab-ci.yml"))
	var stages []string
	for _, s := range m["stages"].([]any) {
		stages = append(stages, s.(string))
	}
	commands := 0
	for _, job := range []string{"content", "test", "comment", "pages"} {
		j, ok := m[job].(map[string]any)
		if !ok {
			t.Fatalf("there is no job %s", job)
		}
		if s, _ := j["stage"].(string); !slices.Contains(stages, s) {
			t.Errorf("%s: stage %q", job, s)
		}
		for _, line := range j["script"].([]any) {
			commands += scripts(t, ".gitlab-ci.yml", line.(string))
		}
	}
	if commands != 4 {
		t.Errorf("%d commands of riskguide", commands)
	}
	for _, want := range []string{"public", "--request PUT", "--request POST", "<!-- riskguide diff -->"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %s", want)
		}
	}
	for _, image := range regexp.MustCompile(`image: (\S+)`).FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile(`:\d+\.\d+`).MatchString(image[1]) {
			t.Errorf("the image %s has no version", image[1])
		}
	}
}

// TestContainerfile: the image is built with the Go of go.mod and runs as nobody, with
// nothing in it but the program and the content. The same Go is that of the workflows.
func TestContainerfile(t *testing.T) {
	root := rendertest.Root(t)
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	text := read("Containerfile")
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindStringSubmatch(read("go.mod"))[1]
	for name, text := range map[string]string{"Containerfile": text, ".gitlab-ci.yml": read(".gitlab-ci.yml"), ".github/workflows/check.yml": read(".github/workflows/check.yml")} {
		for _, m := range regexp.MustCompile(`golang:([0-9.]+)-`).FindAllStringSubmatch(text, -1) {
			if m[1] != version {
				t.Errorf("%s uses Go %s, go.mod %s", name, m[1], version)
			}
		}
	}
	_, last, ok := strings.Cut(text, "\nFROM scratch\n")
	if !ok || strings.Contains(last, "FROM") {
		t.Fatal("the last stage is not empty")
	}
	if user := regexp.MustCompile(`(?m)^USER (\d+):(\d+)$`).FindStringSubmatch(last); user == nil || user[1] == "0" || user[2] == "0" {
		t.Errorf("it runs as %v", user)
	}
	for line := range strings.SplitSeq(last, "\n") {
		if from, _, ok := strings.Cut(strings.TrimPrefix(line, "COPY "), " "); ok && strings.HasPrefix(line, "COPY ") && !strings.HasPrefix(from, "--from=build") {
			if _, err := os.Stat(filepath.Join(root, from)); err != nil {
				t.Errorf("it copies %s, which is not there", from)
			}
		}
	}
	scripts(t, "Containerfile", strings.ReplaceAll(text, "RUN ", ""))
	if read(".containerignore") != read(".dockerignore") {
		t.Error(".containerignore and .dockerignore differ")
	}
	for _, m := range regexp.MustCompile(`(?m)^#   docker run .* riskguide (.+)$`).FindAllStringSubmatch(text, -1) {
		if err := wholeCommand(strings.Fields(m[1])); err != nil {
			t.Errorf("%s: %v", m[0], err)
		}
	}
}

// TestComment runs the script of comment.yml with a gh that writes down what it is
// asked: one comment, made once and then updated, and only on the pull request that
// was checked.
func TestComment(t *testing.T) {
	bash := rendertest.Tool(t, "bash")
	rendertest.Tool(t, "iconv")
	m, _ := readYAML(t, filepath.Join(rendertest.Root(t), ".github", "workflows", "comment.yml"))
	steps := m["jobs"].(map[string]any)["comment"].(map[string]any)["steps"].([]any)
	script := steps[len(steps)-1].(map[string]any)["run"].(string)
	const gh = `#!/bin/sh
case "$*" in
*.head.sha*) echo abc ;;
*--paginate*) cat existing ;;
*) echo "$*" >> calls; cat body.md >> calls ;;
esac
`
	for _, tt := range []struct {
		name, number, head, existing string
		fails                        bool
		want                         []string // in what was called; none: nothing was
	}{
		{"first", "7\n", "abc", "", false, []string{"--method POST repos/o/r/issues/7/comments", "<!-- riskguide diff -->\nWhat changed"}},
		{"again", "7\n", "abc", "42\n43\n", false, []string{"--method PATCH repos/o/r/issues/comments/42 ", "What changed"}},
		{"another pull request", "8\n", "def", "", false, nil},
		{"no number", "7; rm -rf x\n", "abc", "", true, nil},
		{"empty", "", "abc", "", true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"comment/number": tt.number, "comment/diff.md": "What changed", "existing": tt.existing, "bin/gh": gh} {
				file := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), bash, "-c", script)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"), "REPO=o/r", "HEAD_SHA="+tt.head)
			out, err := cmd.CombinedOutput()
			if (err != nil) != tt.fails {
				t.Errorf("%v: %s", err, out)
			}
			calls, err := os.ReadFile(filepath.Join(dir, "calls"))
			if len(tt.want) == 0 && err == nil {
				t.Errorf("it called gh %s", calls)
			}
			for _, want := range tt.want {
				if !strings.Contains(string(calls), want) {
					t.Errorf("it called gh %s, want %s", calls, want)
				}
			}
		})
	}
}
