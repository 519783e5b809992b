package main

import (
	"os/exec"
	"strings"
)

// commitOf returns the git commit of the folder's work tree, with "-dirty" behind
// it if files of the folder differ from it, or "" where there is no git or no
// repository.
func commitOf(dir string) string {
	head, err := exec.Command("git", "-C", dir, "rev-parse", "--verify", "--quiet", "HEAD").Output()
	if err != nil {
		return ""
	}
	commit := strings.TrimSpace(string(head))
	status, err := exec.Command("git", "-C", dir, "status", "--porcelain", "--", ".").Output()
	if err != nil || len(status) > 0 {
		commit += "-dirty"
	}
	return commit
}
