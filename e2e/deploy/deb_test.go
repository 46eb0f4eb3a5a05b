//go:build deploy

package deploy

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var deb = flag.String("deb", "", "the Debian package to test, as tools/deb writes it")

// The package is installed in a fresh Debian, started as its unit starts it, and removed. The master key is kept.
func TestDebianPackage(t *testing.T) {
	root := t.TempDir()
	must(t, os.Chmod(root, 0o755))
	run(t, "debootstrap", "--variant=minbase", "--include=ca-certificates", "stable", root)
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	run(t, "cp", *deb, filepath.Join(root, "aside.deb"))
	// Without random numbers, there is no key rather than an empty one.
	must(t, os.Rename(filepath.Join(root, "dev/urandom"), filepath.Join(root, "dev/other")))
	if said, err := exec.CommandContext(t.Context(), "chroot", root, "dpkg", "--install", "/aside.deb").CombinedOutput(); err == nil {
		t.Errorf("installed without random numbers: %s", said)
	}
	if _, err := os.Stat(filepath.Join(root, "etc/aside/master.key")); err == nil {
		t.Error("there is a master key without random numbers")
	}
	must(t, os.Rename(filepath.Join(root, "dev/other"), filepath.Join(root, "dev/urandom")))
	if said := run(t, "chroot", root, "dpkg", "--install", "/aside.deb"); !strings.Contains(said, "/etc/aside/aside.env") {
		t.Errorf("the installation says nothing about what to do next: %s", said)
	}
	unit := filepath.Join(root, "usr/lib/systemd/system/aside.service")
	run(t, "systemd-analyze", "security", "--offline=true", "--threshold=20", unit) // 2.0
	key, err := os.ReadFile(filepath.Join(root, "etc/aside/master.key"))
	must(t, err)
	if info, err := os.Stat(filepath.Join(root, "etc/aside/master.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the master key: %v, %v", info.Mode(), err)
	}

	var environment []string
	for _, file := range []string{"etc/aside/aside.env"} {
		content, err := os.ReadFile(filepath.Join(root, file))
		must(t, err)
		for line := range strings.Lines(string(content)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				environment = append(environment, line)
			}
		}
	}
	for _, v := range configuration(t) {
		if !strings.HasPrefix(v, "ASIDE_MASTER_KEY=") {
			environment = append(environment, v)
		}
	}
	environment = append(environment, "ASIDE_MASTER_KEY="+strings.TrimSpace(string(key)), "ASIDE_ORIGIN=", "ASIDE_FRAME_ORIGIN=")
	content, err := os.ReadFile(unit)
	must(t, err)
	_, program, _ := strings.Cut(string(content), "\nExecStart=")
	program, _, _ = strings.Cut(program, "\n")
	t.Run("started", func(t *testing.T) {
		wantOK(t, serve(t, root, environment, strings.Fields(program)...), "/readyz", "/docs")
	})

	run(t, "chroot", root, "dpkg", "--remove", "aside")
	if _, err := os.Stat(filepath.Join(root, "usr/bin/aside")); err == nil {
		t.Error("the program is still there")
	}
	if said := run(t, "chroot", root, "dpkg", "--purge", "aside"); !strings.Contains(said, "master.key is kept") {
		t.Errorf("the removal says nothing about the master key: %s", said)
	}
	left := strings.TrimSpace(run(t, "chroot", root, "sh", "-c", "ls -d /etc/aside/* /usr/share/doc/aside 2>/dev/null || true"))
	if left != "/etc/aside/master.key" {
		t.Errorf("left are %q", left)
	}
}
