package repository

import (
	"path/filepath"
	"slices"
	"testing"
)

// Every Go file but main.go is in a package that says what it is for.
func TestOnlyMainGoIsAtTheRoot(t *testing.T) {
	t.Chdir("../..")
	files, err := filepath.Glob("*.go")
	if err != nil || !slices.Equal(files, []string{"main.go"}) {
		t.Errorf("the root has %q, %v", files, err)
	}
	packages, err := filepath.Glob("internal/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range append(packages, "db", "auth", "graph", "web", "widget") {
		if doc, err := filepath.Glob(dir + "/doc.go"); err != nil || len(doc) != 1 {
			t.Errorf("%s has no doc.go", dir)
		}
	}
}
