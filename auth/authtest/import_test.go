package authtest_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The program contains nothing that is only for tests.
func TestOnlyTestsImportThis(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/company-a/aside").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if strings.HasSuffix(path, "/auth/authtest") || strings.HasSuffix(path, "/db/dbtest") {
			t.Errorf("the program imports %s", path)
		}
	}
}
