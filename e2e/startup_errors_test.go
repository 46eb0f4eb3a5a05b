package e2e

import (
	"encoding/base64"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/postgres"
)

// failingCommand runs a command that must fail, and returns its one-sentence error.
func failingCommand(t *testing.T, env []string, as *syscall.Credential, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), binary, args...)
	command.Env = append(slices.Clone(env), "ASIDE_LISTEN=127.0.0.1:0", "ASIDE_ADMIN_LISTEN=127.0.0.1:0")
	command.Dir = "/"
	if as != nil {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	}
	out, err := command.CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	last := lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		if !strings.HasPrefix(line, "{") { // not a line of the log
			t.Errorf("aside %s ends with more than one sentence: %s", strings.Join(args, " "), out)
		}
	}
	if err == nil || command.ProcessState.ExitCode() < 1 || !strings.HasPrefix(last, "aside: ") {
		t.Errorf("aside %s is not refused: %v\n%s", strings.Join(args, " "), err, out)
	}
	return last
}

func TestStartupErrorsAreOneSentence(t *testing.T) {
	t.Parallel()
	const key = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = taken.Close() })
	database := []string{"DATABASE_URL=" + dbtest.NewURL(t)}
	keyed := append(slices.Clone(database), "ASIDE_MASTER_KEY="+key)
	for name, c := range map[string]struct {
		env  []string
		args []string
		says string
	}{
		"a port in use":             {keyed, []string{"--listen", taken.Addr().String()}, "address already in use"},
		"a port of root's":          {keyed, []string{"--listen", "192.0.2.1:1"}, "cannot listen"},
		"a missing key file":        {database, []string{"--master-key-file", dir + "/none"}, dir + "/none: no such file"},
		"a directory for a key":     {database, []string{"--master-key-file", dir}, "is a directory"},
		"an empty key file":         {database, []string{"--master-key-file", file("empty", "")}, "is empty"},
		"a key file of blanks":      {database, []string{"--master-key-file", file("blank", " \n\n")}, "is empty"},
		"a key file of garbage":     {database, []string{"--master-key-file", file("garbage", "\x00\xff garbage\n")}, "is not 32 bytes"},
		"a short key":               {database, []string{"--master-key-file", file("short", base64.StdEncoding.EncodeToString(make([]byte, 31)))}, "is not 32 bytes"},
		"a key and half of another": {database, []string{"--master-key-file", file("half", key+","+key[:20])}, "is not 32 bytes"},
		"a key without an end":      {database, []string{"--master-key-file", "/dev/zero"}, "is not 32 bytes"},
		"an embedded key of garbage": {nil, []string{"--data-dir", filepath.Dir(func() string {
			must(t, os.MkdirAll(filepath.Join(dir, "data"), 0o700))
			return file("data/master.key", "garbage")
		}())}, "data/master.key is not 32 bytes"},
		"a file for a data directory":  {nil, []string{"--data-dir", file("file", "")}, "is not a directory"},
		"a directory below a file":     {nil, []string{"--data-dir", file("file2", "") + "/below"}, "is not a directory"},
		"a database that isn't there":  {append(slices.Clone(keyed), "DATABASE_URL="+strings.Replace(database[0][len("DATABASE_URL="):], "/test_", "/no_such_", 1)), nil, "does not exist"},
		"a database's host that isn't": {append(slices.Clone(keyed), "DATABASE_URL=postgres://aside@/aside?host="+dir), nil, "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := failingCommand(t, append(append(os.Environ(), "ASIDE_MASTER_KEY="), c.env...), nil, append([]string{"serve"}, c.args...)...); !strings.Contains(got, c.says) {
				t.Errorf("it says %s", got)
			}
		})
	}
	if os.Getuid() != 0 {
		return // the rest needs another user
	}
	closed := t.TempDir()
	must(t, os.Chmod(closed, 0o700))
	unreadable := filepath.Join(closed, "key")
	must(t, os.WriteFile(unreadable, []byte(key), 0o600))
	nobody := &syscall.Credential{Uid: 65534, Gid: 65534}
	for name, c := range map[string]struct {
		as   *syscall.Credential
		args []string
		says string
	}{
		"a key that it may not read":                {nobody, []string{"--database-url", database[0][len("DATABASE_URL="):], "--master-key-file", unreadable}, "permission denied"},
		"a data directory that it may not write":    {nobody, []string{"--data-dir", "/etc"}, "cannot be written to by uid 65534"},
		"a data directory that it may not make":     {nobody, []string{"--data-dir", "/etc/aside"}, "cannot be written to by uid 65534"},
		"a user without a name, as containers have": {&syscall.Credential{Uid: 2_000_000_011, Gid: 65534}, []string{"--data-dir", "/etc"}, "uid 2000000011 has none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := failingCommand(t, []string{"PATH=" + os.Getenv("PATH")}, c.as, append([]string{"serve"}, c.args...)...); !strings.Contains(got, c.says) {
				t.Errorf("it says %s", got)
			}
		})
	}
}

// A missing key is an error. It is not replaced by a new one that decrypts nothing.
func TestMissingMasterKeyIsNotReplaced(t *testing.T) {
	t.Parallel()
	a := &aside{dataDir: t.TempDir()}
	t.Cleanup(func() { must(t, postgres.Remove(a.dataDir)) })
	a.env = append(os.Environ(), "DATABASE_URL=", "ASIDE_MASTER_KEY=", "ASIDE_DATA_DIR="+a.dataDir, "ASIDE_DEMO=true",
		"ASIDE_LISTEN=127.0.0.1:0", "ASIDE_ADMIN_LISTEN=127.0.0.1:0", "ASIDE_DEMO_LISTEN=127.0.0.1:0")
	a.run(t)
	name := filepath.Join(a.dataDir, "master.key")
	must(t, os.Rename(name, name+".lost"))
	if out, err := a.runCommand(t, "tenant", "list"); err == nil || !strings.Contains(out, name+" is missing") {
		t.Errorf("beside the service: %s", out)
	}
	a.stop(t)
	if got := failingCommand(t, a.env, nil, "serve"); !strings.Contains(got, name+" is missing, and the database is sealed") {
		t.Errorf("it says %s", got)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("a new key was made")
	}
	must(t, os.Rename(name+".lost", name))
	a.run(t)
}

// The host of the account origin is permanent. Another one is refused, and links use the service's own.
func TestAnotherAccountOriginIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.visitor(t) // somebody with a passkey
	for _, args := range [][]string{{"tenant", "members", "invite", "t_demo"}} {
		if out, err := a.runCommand(t, args...); err != nil || !strings.Contains(out, `"url":"`+a.account+`/`) {
			t.Errorf("aside %s leads to %s", args, out)
		}
	}
	a.stop(t)
	for _, origin := range []string{"https://notes.example", "http://other.localhost:0", "https://aside.localhost.example"} {
		got := failingCommand(t, a.env, nil, "serve", "--origin", origin, "--frame-origin", strings.Replace(origin, "://", "://frame-", 1))
		if !strings.Contains(got, "bound to aside.localhost") || !strings.Contains(got, "1 of 1 would open nothing") || !strings.Contains(got, "--change-rp-id") {
			t.Errorf("%s: it says %s", origin, got)
		}
	}
	a.run(t) // the same host at another port
	a.stop(t)
	a.run(t, "--origin", "http://other.localhost:0", "--change-rp-id", "other.localhost")
	a.stop(t)
	a.run(t, "--origin", "http://other.localhost:0")
}
