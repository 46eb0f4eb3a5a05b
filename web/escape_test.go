package web_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// decodeURIComponent throws for a malformed escape in an address, and the page would stay blank. Only page/escape.ts, which
// handles that, may decode escapes.
func TestOnlyOneModuleDecodesEscapes(t *testing.T) {
	throws := regexp.MustCompile(`\b(decodeURI|unescape\()`)
	sources, seen := 0, false
	for _, dir := range []string{"src", "../widget/src"} {
		files := os.DirFS(dir)
		err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !regexp.MustCompile(`\.tsx?$`).MatchString(name) || strings.HasSuffix(name, ".test.ts") {
				return err
			}
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			sources++
			switch found := throws.Find(text); {
			case found != nil && name == "page/escape.ts":
				seen = true
			case found != nil:
				t.Errorf("%s has %s: use unescaped of page/escape.ts", path.Join(dir, name), found)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if sources < 50 || !seen {
		t.Errorf("%d sources were read, and the module was seen: %v", sources, seen)
	}
}
