package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The binary of `make build` prints its commit, here and in a clone without tags, with any GOFLAGS.
func TestMakeBuildStampsTheCommit(t *testing.T) {
	t.Parallel()
	head, err := exec.CommandContext(t.Context(), "git", "-C", "..", "rev-parse", "HEAD").Output()
	must(t, err)
	made := filepath.Join(t.TempDir(), "aside")
	build := exec.CommandContext(t.Context(), "make", "-C", "..", "build", "BINARY="+made)
	build.Env = append(build.Environ(), "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("make build: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), made, "version").Output()
	must(t, err)
	if !strings.Contains(string(out), "revision "+strings.TrimSpace(string(head))) {
		t.Errorf("it is of %s, and says %s", head, out)
	}
}
