package postgres

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// TestAsAPlainUser repeats the most important tests as nobody when they run as root. The cluster is then in another
// directory, and no privileges are dropped.
func TestAsAPlainUser(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t, "^(TestDataSurvivesARestart|TestPostgreSQLKilledComesBack|TestServiceKilledInMidWrite|TestAStalePidFileIsNoObstacle)$")
	}
}

// asNobody runs tests of this binary as the user nobody with a home directory.
func asNobody(t *testing.T, tests string) {
	t.Helper()
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		t.Fatal(err)
	}
	gid, err := strconv.Atoi(nobody.Gid)
	if err != nil {
		t.Fatal(err)
	}
	// Other users can't enter t.TempDir or this binary's directory.
	dir, err := os.MkdirTemp("/tmp", "aside-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	home, binary := filepath.Join(dir, "home"), filepath.Join(dir, "postgres.test")
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(home, uid, gid); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(binary, 0o755); err != nil { // regardless of the umask
		t.Fatal(err)
	}

	cmd := exec.CommandContext(t.Context(), binary, "-test.v", "-test.run", tests)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "ASIDE_POSTGRES_BIN=" + os.Getenv("ASIDE_POSTGRES_BIN")}
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
}
