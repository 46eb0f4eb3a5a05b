//go:build download

package postgres

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDownload starts a cluster as an unprivileged user on a machine without PostgreSQL. It downloads some 20 MB from
// Debian's mirrors: make test-download.
func TestDownload(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t, "^TestDownload$")
		return
	}
	t.Setenv("PATH", "/usr/bin:/bin")
	// This machine's packages without PostgreSQL, one of its libraries, and the packages that depend on them.
	all, err := os.ReadFile(thisMachine.status)
	if err != nil {
		t.Fatal(err)
	}
	kept := strings.Split(string(all), "\n\n")
	for absent := []string{"postgresql.*", "libpq5", "libxml2"}; len(absent) > 0; {
		names := `(` + strings.Join(absent, "|") + `)`
		broken := regexp.MustCompile(`(?m)^Package: ` + names + `$|^(Pre-)?Depends: (.*[ |])?` + names + `([ :,|]|$)`)
		absent = nil
		kept = slices.DeleteFunc(kept, func(stanza string) bool {
			if !broken.MatchString(stanza) {
				return false
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(stanza, "Package: "), "\n")
			absent = append(absent, regexp.QuoteMeta(name))
			return true
		})
	}
	bare := machine{status: filepath.Join(t.TempDir(), "status")}
	if err := os.WriteFile(bare.status, []byte(strings.Join(kept, "\n\n")), 0o600); err != nil {
		t.Fatal(err)
	}

	for range 2 { // the second start downloads nothing
		s, err := start(t.Context(), Config{DataDir: dataDir(t), Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, bare, defaultRestarts)
		if err != nil {
			t.Fatal(err)
		}
		query(t, s.URL(), `SELECT 'here'`)
		if err := s.Command(t.Context(), "pg_dump", s.URL()).Run(); err != nil {
			t.Errorf("pg_dump: %v", err)
		}
		maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", readPidFile(s.cluster).pid))
		if err != nil {
			t.Fatal(err)
		}
		if home := os.Getenv("HOME"); !regexp.MustCompile(regexp.QuoteMeta(home) + `/.*/libxml2`).Match(maps) {
			t.Errorf("PostgreSQL in %s doesn't use the library that came with it:\n%s", s.binaries.dir, maps)
		}
		stop(t, s)
	}
}
