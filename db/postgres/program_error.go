package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"syscall"
)

// programError returns one sentence that says why a program of PostgreSQL failed, and logs its output.
// place is the directory that it worked on.
func programError(log *slog.Logger, doing, place string, err error, printed string) error {
	log.Error(doing+" failed", "error", err, "printed", printed)
	if strings.Contains(printed, "No space left on device") || errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%s: the disk that holds %s is full: make room, or choose another data directory", doing, place)
	}
	if why := cause(printed); why != "" {
		return fmt.Errorf("%s: %s", doing, why)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// cause returns the line of PostgreSQL's output that says why it failed: the first that ended the
// program. Before its log is set up, PostgreSQL prints a few lines without a severity, which cause joins.
func cause(printed string) string {
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	for _, severity := range []string{"FATAL:", "PANIC:", "ERROR:", "initdb: error:"} {
		for _, line := range lines {
			if _, why, found := strings.Cut(line, severity); found {
				return strings.TrimSpace(why)
			}
		}
	}
	from := max(0, slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "could not") }))
	return strings.Join(lines[from:min(from+3, len(lines))], " ")
}

// notWritableError says in one sentence why this user can't write to the data directory.
func notWritableError(dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("the data directory %s cannot be written to by uid %d: give it to that user, or choose another one with --data-dir", dir, os.Getuid())
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is not a directory: choose another data directory with --data-dir", dir)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("the disk that holds %s is full: make room, or choose another data directory", dir)
	}
	return fmt.Errorf("the data directory %s: %w", dir, err)
}
