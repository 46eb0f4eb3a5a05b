package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The error of a failed start is one sentence, however much PostgreSQL printed.
func TestWhyPostgreSQLDoesNotStartIsOneSentence(t *testing.T) {
	for name, test := range map[string]struct{ printed, says string }{
		"a full disk": {"The files belonging to this database system will be owned by user \"nobody\".\n\nrunning bootstrap script ... 2026-11-29 11:00:05.649 GMT [7262] FATAL:  could not extend file \"base/1/2691\": No space left on device\n" +
			"2026-11-29 11:00:05.649 GMT [7262] HINT:  Check free disk space.\nchild process exited with exit code 134", "the disk that holds /data is full"},
		"a log that cannot grow":  {"PANIC:  could not write to file \"pg_wal/xlogtemp.31\": No space left on device", "the disk that holds /data is full"},
		"a lost file":             {"LOG:  starting PostgreSQL\nPANIC:  could not open file \"global/pg_control\": No such file or directory", `could not open file "global/pg_control"`},
		"a setting":               {"LOG:  x\nFATAL:  could not create shared memory segment: Cannot allocate memory\nDETAIL:  Failed system call was …\nHINT:  …", "could not create shared memory segment: Cannot allocate memory"},
		"what comes before a log": {"postgres: could not find the database system\nExpected to find it in the directory \"/data\",\nbut could not open file \"/data/global/pg_control\": No such file or directory", "pg_control"},
		"no known word":           {"one\ntwo\nthree", "one two three"},
		"nothing":                 {"", "exit status 1"},
	} {
		t.Run(name, func(t *testing.T) {
			err := programError(slog.New(slog.DiscardHandler), "starting PostgreSQL", "/data", errors.New("exit status 1"), test.printed)
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("it says %q", err)
			}
		})
	}
}

func TestADirectoryThatIsNoneIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if _, err := Start(t.Context(), Config{DataDir: dir}); err == nil || !strings.Contains(err.Error(), "is not a directory") {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for cause, says := range map[error]string{fs.ErrPermission: "cannot be written to", syscall.EROFS: "cannot be written to", syscall.ENOSPC: "is full"} {
		if err := notWritableError("/data", fmt.Errorf("mkdir: %w", cause)); !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v", cause, err)
		}
	}
}
