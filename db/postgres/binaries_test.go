package postgres

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Only the configured programs are used, so that a test run for one version can't pass on another.
func TestTheChosenProgramsOrNone(t *testing.T) {
	here, err := thisMachine.findOrInstall(t.Context(), "", thisAccount(t), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		bin   string
		major int // version of the cluster
		says  string
	}{
		"theirs":                {here.dir, 0, ""},
		"theirs, for theirs":    {here.dir, here.major, ""},
		"none":                  {t.TempDir(), 0, "no programs initdb and postgres"},
		"of another version":    {here.dir, here.major + 1, "new data directory"},
		"too old":               {pretend(t, "postgres (PostgreSQL) 14.9"), 0, "needs 15 or newer"},
		"of something else":     {pretend(t, "thesis 3"), 0, "no programs initdb and postgres"},
		"of a beta":             {pretend(t, "postgres (PostgreSQL) 99beta1"), 0, ""},
		"of a distribution's":   {pretend(t, "postgres (PostgreSQL) 98.1 (Ubuntu 98.1-1)"), 98, ""},
		"that were unpacked":    {unpacked(t, "postgres (PostgreSQL) 97.1"), 97, ""},
		"that can't be entered": {"/nowhere/bin", 0, "no programs initdb and postgres"},
	} {
		t.Run(name, func(t *testing.T) {
			m := thisMachine
			m.bin = test.bin
			got, err := m.findOrInstall(t.Context(), "", thisAccount(t), test.major, nil)
			switch {
			case test.says == "" && (err != nil || got.dir != test.bin):
				t.Errorf("used are %q, %v", got.dir, err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("it was taken: %v", err)
			case err != nil && strings.Contains(err.Error(), "\n"):
				t.Errorf("more than a sentence: %v", err)
			}
		})
	}
}

// pretend creates programs that report version and that their user can run anywhere.
func pretend(t *testing.T, version string) string {
	t.Helper()
	dir := open(t)
	programs(t, dir, "echo '"+version+"'")
	return dir
}

// unpacked creates the directories of a Debian package. Its programs run only with its libraries.
func unpacked(t *testing.T, version string) string {
	t.Helper()
	tree := open(t)
	bin := filepath.Join(tree, "usr/lib/postgresql/97/bin")
	for _, dir := range []string{filepath.Join(tree, "usr/lib/some-linux-gnu"), bin} {
		for err := os.MkdirAll(dir, 0o755); dir != tree; dir = filepath.Dir(dir) {
			if err = errors.Join(err, os.Chmod(dir, 0o755)); err != nil { // regardless of the umask
				t.Fatal(err)
			}
		}
	}
	programs(t, bin, "case $LD_LIBRARY_PATH in "+tree+"/usr/lib/some-linux-gnu) echo '"+version+"';; *) exit 1;; esac")
	return bin
}

// open creates a directory that PostgreSQL's user can enter, unlike t.TempDir.
func open(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "aside-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func programs(t *testing.T, dir, script string) {
	t.Helper()
	for _, program := range []string{"initdb", "postgres"} {
		path := filepath.Join(dir, program)
		if err := errors.Join(os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755), os.Chmod(path, 0o755)); err != nil { // regardless of the umask
			t.Fatal(err)
		}
	}
}

func thisAccount(t *testing.T) account {
	t.Helper()
	a, err := clusterAccount("", false)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
