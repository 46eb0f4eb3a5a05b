//go:build download

package postgres

import (
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDownload has a user who isn't root start a cluster on a machine that has
// no PostgreSQL. It fetches some 20 MB from Debian's mirrors: make test-download.
func TestDownload(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t, "^TestDownload$")
		return
	}
	// This machine's packages, without PostgreSQL's and some that it needs.
	all, err := os.ReadFile(thisMachine.status)
	if err != nil {
		t.Fatal(err)
	}
	absent := regexp.MustCompile(`^Package: (postgresql.*|libpq5|libxml2|libldap.*)\n`)
	var kept []string
	for _, stanza := range strings.Split(string(all), "\n\n") {
		if !absent.MatchString(stanza + "\n") {
			kept = append(kept, stanza)
		}
	}
	bare := machine{status: filepath.Join(t.TempDir(), "status")}
	if err := os.WriteFile(bare.status, []byte(strings.Join(kept, "\n\n")), 0o600); err != nil {
		t.Fatal(err)
	}

	for range 2 { // the second time nothing is downloaded
		s, err := start(t.Context(), Config{DataDir: dataDir(t), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, bare, stubborn)
		if err != nil {
			t.Fatal(err)
		}
		query(t, s.URL(), `SELECT 'here'`)
		t.Logf("ran %s with %s", s.binaries.dir, s.binaries.libraries)
		stop(t, s)
	}
}
