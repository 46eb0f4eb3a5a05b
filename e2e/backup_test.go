package e2e

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/postgres"
)

// documentedCommands returns the commands in a chapter of docs/operating.md, block by block.
func documentedCommands(t *testing.T, chapter string) (blocks []string) {
	t.Helper()
	text, err := os.ReadFile("../docs/operating.md")
	must(t, err)
	_, rest, found := strings.Cut(string(text), "\n## "+chapter+"\n")
	if !found {
		t.Fatalf("docs/operating.md has no chapter %s", chapter)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	for i, part := range strings.Split(rest, "\n```") {
		if block, is := strings.CutPrefix(part, "sh\n"); is && i%2 == 1 {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// sh runs commands in a directory like an operator and returns their output.
func sh(t *testing.T, dir, commands string, env ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "-euc", commands)
	command.Dir = dir
	command.Env = append(append(os.Environ(), "PATH="+filepath.Dir(binary)+":"+os.Getenv("PATH"), "DATABASE_URL=", "ASIDE_MASTER_KEY="), env...)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", commands, err, out)
	}
	return string(out)
}

// The commands of docs/operating.md, as printed there, restore a running service's embedded database into a new one. It
// serves the same people, notes, passkeys and sessions. tools/test-postgres sets ASIDE_RESTORE_POSTGRES_BIN to test another
// version of PostgreSQL for the new one.
func TestTheDocumentedBackupIsRestored(t *testing.T) {
	t.Parallel()
	blocks := documentedCommands(t, "Backup and restore")
	if len(blocks) != 3 {
		t.Fatalf("there are %d blocks of commands", len(blocks))
	}
	a := startEmbedded(t)
	_, w := a.visitor(t)
	id := uuid.Must(uuid.NewV7()).String()
	w.GraphQL(t, createNote, map[string]any{"id": id, "title": "Oolong 烏龍"}).Must(t, 200)

	dir, safe, restored := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "new")
	t.Cleanup(func() { must(t, postgres.Remove(restored)) })
	out := sh(t, dir, blocks[0], "ASIDE_DATA_DIR="+a.dataDir, "SAFE="+safe)
	if !strings.Contains(out, "The master key is not in this file") {
		t.Errorf("it says %s", out)
	}
	w.GraphQL(t, createNote, map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "title": "later"}).Must(t, 200)
	a.stop(t)
	programs := "ASIDE_POSTGRES_BIN=" + cmp.Or(os.Getenv("ASIDE_RESTORE_POSTGRES_BIN"), os.Getenv("ASIDE_POSTGRES_BIN"))
	sh(t, dir, blocks[1], "NEW="+restored, "SAFE="+safe, programs)
	version, err := os.ReadFile(filepath.Join(restored, "postgres", "PG_VERSION"))
	must(t, err)
	t.Logf("restored into PostgreSQL %s", version)

	b := &aside{dataDir: restored}
	for _, setting := range a.env {
		if !strings.HasPrefix(setting, "ASIDE_DATA_DIR=") {
			b.env = append(b.env, setting)
		}
	}
	b.env = append(b.env, "ASIDE_DATA_DIR="+restored, programs)
	b.run(t)
	v := w
	v.Site = b.apiSite(t)
	const list = `{ notes(first: 10) { edges { node { id title } } } }`
	check := func(by string) {
		t.Helper()
		answer := v.GraphQL(t, list, nil).Must(t, 200).Body
		if !strings.Contains(answer, id) || !strings.Contains(answer, "Oolong 烏龍") || strings.Contains(answer, "later") {
			t.Errorf("%s: the notes are %s", by, answer)
		}
	}
	check("by the session")
	v.EmbedOrigin = b.shop // the demo shop has another port
	v.Interaction(t)
	v.Login(t).Must(t, 200)
	v.SignUp(t)
	check("by the passkey")
}

// The same with an external PostgreSQL, and from it into an embedded one.
func TestTheDocumentedBackupOfAURLIsRestored(t *testing.T) {
	t.Parallel()
	blocks := documentedCommands(t, "Backup and restore")
	a := start(t, "--graphql-open")
	_, w := a.visitor(t)
	w.GraphQL(t, createNote, map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "title": "Oolong"}).Must(t, 200)
	var key string
	for _, setting := range a.env {
		if strings.HasPrefix(setting, "ASIDE_MASTER_KEY=") {
			key = setting
		}
	}
	url := dbtest.EmptyURL(t)
	sh(t, t.TempDir(), blocks[2], key, "OLD_URL="+a.url, "NEW_URL="+url)
	b := &aside{url: url, env: append(a.env, "DATABASE_URL="+url)}
	b.run(t, "--graphql-open")
	v := w
	v.Site = b.apiSite(t)
	if answer := v.GraphQL(t, `{ notes(first: 10) { edges { node { title } } } }`, nil).Must(t, 200).Body; !strings.Contains(answer, "Oolong") {
		t.Errorf("the notes are %s", answer)
	}
}

// A killed backup leaves no file of that name. A backup that can't be written or restored says why in one sentence.
func TestBackupIsCompleteOrMissing(t *testing.T) {
	t.Parallel()
	a := start(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "a.backup")

	// A locked table makes the backup wait, half written.
	conn := dbtest.At(t, a.url).Connect(t, a.url)
	execute(t, conn, `BEGIN`)
	execute(t, conn, `LOCK TABLE users IN ACCESS EXCLUSIVE MODE`)
	killed := exec.CommandContext(t.Context(), binary, "backup", file)
	killed.Env = a.env
	must(t, killed.Start())
	unfinished := func() []string {
		list, _ := filepath.Glob(filepath.Join(dir, ".*.unfinished"))
		return list
	}
	for begin := time.Now(); len(unfinished()) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatal("it does not begin")
		}
	}
	must(t, killed.Process.Signal(syscall.SIGKILL))
	_ = killed.Wait() // killed
	execute(t, conn, `ROLLBACK`)
	if _, err := os.Stat(file); err == nil {
		t.Error("what was killed looks complete")
	}
	if out, err := a.runCommand(t, "restore", unfinished()[0]); err == nil || !strings.Contains(out, "no backup of aside, or was cut short") {
		t.Errorf("what was killed is restored: %s", out)
	}

	if out, err := a.runCommand(t, "backup", file); err != nil {
		t.Fatalf("%s", out)
	}
	other := make([]byte, 32)
	_, _ = rand.Read(other)
	otherKey := "ASIDE_MASTER_KEY=" + base64.StdEncoding.EncodeToString(other)
	for _, c := range []struct {
		env  []string
		args []string
		says string
	}{
		{nil, []string{"backup", file}, "exists"},
		{nil, []string{"backup", filepath.Join(dir, "none", "b")}, "there is no directory"},
		{nil, []string{"backup", "/proc/b"}, "was not written"},
		{[]string{otherKey}, []string{"backup", filepath.Join(dir, "b")}, "another master key"},
		{nil, []string{"restore", file}, "not empty"},
		{nil, []string{"restore", filepath.Join(dir, "none")}, "no such file"},
		{nil, []string{"restore", dir}, "is not a file"},
		{nil, []string{"restore", binary}, "no backup of aside"},
		{[]string{otherKey}, []string{"restore", file}, "sealed under the master key"},
		{[]string{"DATABASE_URL=", "ASIDE_MASTER_KEY=", "ASIDE_DATA_DIR=" + dir}, []string{"restore", file}, "master.key is missing"},
		{[]string{"DATABASE_URL=", "ASIDE_MASTER_KEY=", "ASIDE_DATA_DIR=" + dir}, []string{"backup", filepath.Join(dir, "b")}, "master.key is missing"},
	} {
		if got := failingCommand(t, append(a.env, c.env...), nil, c.args...); !strings.Contains(got, c.says) {
			t.Errorf("aside %s says %s", strings.Join(c.args, " "), got)
		}
	}
	list, err := os.ReadDir(dir)
	must(t, err)
	if len(list) != 2 { // the backup and the remains of the killed one
		t.Errorf("there are %s", fmt.Sprint(list))
	}
}

// The command lists each value that doesn't open by its id, and fails.
func TestVerifyFailsForWhatCannotBeDecrypted(t *testing.T) {
	t.Parallel()
	a := start(t, "--graphql-open")
	_, w := a.visitor(t)
	id := uuid.Must(uuid.NewV7()).String()
	w.GraphQL(t, createNote, map[string]any{"id": id, "title": "Oolong"}).Must(t, 200)
	file := filepath.Join(t.TempDir(), "a.backup")
	for _, args := range [][]string{{"verify"}, {"backup", file}, {"verify", file}} {
		if out, err := a.runCommand(t, args...); err != nil || args[0] == "verify" && !strings.Contains(out, `"notes.sealed":1`) {
			t.Errorf("aside %s: %s", strings.Join(args, " "), out)
		}
	}
	a.exec(t, `UPDATE notes SET version = version + 1`)
	out, err := a.runCommand(t, "verify")
	if err == nil || !strings.Contains(out, `"id":"`+id+`"`) || !strings.Contains(out, "aside: 1 sealed values do not open") || strings.Contains(out, "Oolong") {
		t.Errorf("aside verify: %s", out)
	}
	if out, err := a.runCommand(t, "verify", file); err != nil {
		t.Errorf("of what was before: %s", out)
	}
}
