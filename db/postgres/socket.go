package postgres

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// socketDirPrefix begins the names of the directories that makeSocketDir makes.
const socketDirPrefix = "aside-pg-"

// makeSocketDir makes the private directory for the socket. Its path is short: the kernel accepts at
// most 107 bytes (103 on macOS) for a socket, and the data directory's path may be longer. It does not
// use a per-login directory such as XDG_RUNTIME_DIR, which is removed when its user logs out.
func makeSocketDir(a account) (string, error) {
	var failed []error
	for _, parent := range []string{"/run", "/tmp", os.TempDir()} {
		dir, err := os.MkdirTemp(parent, socketDirPrefix)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		if n := len(filepath.Join(dir, ".s.PGSQL.5432.lock")); n > 103 {
			failed = append(failed, fmt.Errorf("%s is too long for a socket", dir), os.Remove(dir))
			continue
		}
		if err := a.chown(dir); err != nil {
			return "", errors.Join(err, os.Remove(dir))
		}
		return dir, nil
	}
	return "", fmt.Errorf("no place for PostgreSQL's socket: %w", errors.Join(failed...))
}

// removeSocketDir removes the socket directory of a service that was killed. dir was read from a file,
// so removeSocketDir checks that makeSocketDir made it.
func removeSocketDir(dir string) {
	if filepath.IsAbs(dir) && filepath.Clean(dir) == dir && strings.HasPrefix(filepath.Base(dir), socketDirPrefix) {
		_ = os.RemoveAll(dir) // a leftover: nothing depends on its removal
	}
}
