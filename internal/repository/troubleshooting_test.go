package repository

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The help URL of every code that aside:error can have leads to a paragraph about that code.
func TestEachErrorIsExplained(t *testing.T) {
	t.Chdir("../..")
	page, err := os.ReadFile("docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for pattern, code := range map[string]*regexp.Regexp{
		"widget/src/*.ts":        regexp.MustCompile(`(?:new Problem\(|code: )"(\w+)"`),
		"widget/src/extras/*.ts": regexp.MustCompile(`new Problem\("(\w+)"`),
		"widget/npm/src/*.ts":    regexp.MustCompile(`code: "(\w+)"`),
		"widget/frame.go":        regexp.MustCompile(`origin, "(\w+)", "`),
		"graph/errors.go":        regexp.MustCompile(`Code = "(\w+)"`),
		// The codes that the OAuth endpoints send to the widget.
		"auth/pushed_request.go":   regexp.MustCompile(`refuse\(http\.\w+, "(\w+)"`),
		"auth/request_body.go":     regexp.MustCompile(`refuse\(http\.\w+, "(\w+)"`),
		"auth/client.go":           regexp.MustCompile(`refuse\(http\.\w+, "(\w+)"`),
		"auth/token.go":            regexp.MustCompile(`refuse\(http\.\w+, "(\w+)"`),
		"auth/asserted_subject.go": regexp.MustCompile(`refuse\(http\.\w+, "(\w+)"`),
		"auth/dpop_proof.go":       regexp.MustCompile(`refuse\(http\.\w+, "(\w+)"`),
		"auth/errors.go":           regexp.MustCompile(`"(rate_limited|temporarily_unavailable|request_expired|server_error)"`),
		"auth/decision.go":         regexp.MustCompile(`authorizeResponse\{Error: "(\w+)"`),
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range code.FindAllSubmatch(source, -1) {
				found++
				if name := string(m[1]); name != "UNAUTHENTICATED" && !strings.Contains(string(page), `<a name="`+name+`"></a>`) { // the widget shows gone instead
					t.Errorf("docs/troubleshooting.md does not explain %[2]s, which %[1]s can send", file, name)
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d codes were found", found)
	}
}
