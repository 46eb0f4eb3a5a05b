package repository

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every test that SECURITY.md names exists.
func TestTheTestsOfSecurityMDExist(t *testing.T) {
	t.Chdir("../..")
	text, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	err = fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(name)
		tests.Write(source)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`").FindAllSubmatch(text, -1)
	for _, m := range named {
		if !strings.Contains(tests.String(), "func "+string(m[1])+"(") {
			t.Errorf("SECURITY.md names %s, which does not exist", m[1])
		}
	}
	if len(named) < 40 {
		t.Errorf("it names only %d", len(named))
	}
}
