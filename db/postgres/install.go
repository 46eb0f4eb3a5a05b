package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// findOrInstall returns the binaries for a cluster of the given major version, or for a new cluster if
// that is 0. If the machine has none and has apt-get, it installs them: for the whole machine as root,
// otherwise for the user alone.
func (m machine) findOrInstall(ctx context.Context, dataDir string, a account, major int, log *slog.Logger) (binaries, error) {
	if m.bin != "" {
		return m.configured(ctx, a, major)
	}
	if b, ok := m.find(ctx, a, major); ok {
		return b, nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return binaries{}, notInstalledError(major, nil)
	}
	if os.Getuid() != 0 {
		return download(ctx, dataDir, a, major, m.status, log)
	}
	waiting, err := acquireWithin(ctx, filepath.Join(rootClusters, "install.lock"))
	if err != nil {
		return binaries{}, fmt.Errorf("waiting for another installation: %w", err)
	}
	defer waiting.release()
	if b, ok := m.find(ctx, a, major); ok {
		return b, nil // another process has installed it
	}
	log.Info("installing PostgreSQL with apt-get; this happens once")
	begin := time.Now()
	if err := aptInstall(ctx, debianPackage(major)); err != nil {
		return binaries{}, notInstalledError(major, err)
	}
	b, ok := m.find(ctx, a, major)
	if !ok {
		return binaries{}, notInstalledError(major, errors.New("what apt-get installed is another version"))
	}
	log.Info("installed PostgreSQL", "version", b.major, "took", time.Since(begin).Round(time.Second))
	return b, nil
}

// upgradeAdvice says how to move a cluster to a newer major version: PostgreSQL opens no cluster of another version.
const upgradeAdvice = "run it with the programs of that version, and to move to a newer one back it up with them and restore it into a new data directory (docs/postgresql.md)"

// notInstalledError returns the error that says what to do by hand.
func notInstalledError(major int, cause error) error {
	text := fmt.Sprintf("no PostgreSQL %d or newer on this machine: install it (apt install postgresql, dnf install postgresql-server, brew install postgresql@17), "+
		"name its directory in ASIDE_POSTGRES_BIN, or set DATABASE_URL to one that runs elsewhere", minVersion)
	if major != 0 {
		text = fmt.Sprintf("the data directory was made by PostgreSQL %d, whose programs are not on this machine (apt install %s; apt.postgresql.org has those that a newer Debian lacks): %s",
			major, debianPackage(major), upgradeAdvice)
	}
	if cause == nil {
		return errors.New(text)
	}
	return fmt.Errorf("%s: %w", text, cause)
}

// debianPackage returns the name of the server's package: the newest of the distribution, or that of
// an existing cluster's version.
func debianPackage(major int) string {
	if major == 0 {
		return "postgresql"
	}
	return "postgresql-" + strconv.Itoa(major)
}

// Debian's server package makes and starts its own cluster on port 5432, unless postgresql-common is
// configured first.
const (
	clusterConfDir = "/etc/postgresql-common/createcluster.d"
	clusterConf    = clusterConfDir + "/aside.conf"
)

// aptInstall installs a server package for the whole machine.
func aptInstall(ctx context.Context, pkg string) (err error) {
	update := apt(ctx, "update") // may fail for an unrelated source
	if err := apt(ctx, "install", "-y", "--no-install-recommends", "postgresql-common"); err != nil {
		return errors.Join(err, update)
	}
	if err := os.MkdirAll(clusterConfDir, 0o755); err != nil { //nolint:gosec // as the package makes it
		return err
	}
	if err := os.WriteFile(clusterConf, []byte("create_main_cluster = false\n"), 0o644); err != nil { //nolint:gosec // every user reads it
		return err
	}
	defer func() {
		if e := os.Remove(clusterConf); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}()
	return apt(ctx, "install", "-y", "--no-install-recommends", pkg)
}

// apt runs apt-get. Its error holds the end of the output.
func apt(ctx context.Context, args ...string) error {
	_, err := command(ctx, "", "apt-get", append([]string{"-o", "DPkg::Lock::Timeout=300"}, args...)...)
	return err
}

// command runs a packaging tool in dir and returns its standard output. When ctx ends, it interrupts
// the tool and gives it time to clean up.
func command(ctx context.Context, dir, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	var out, all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &all
	if err := cmd.Run(); err != nil {
		said := bytes.TrimSpace(append(all.Bytes(), out.Bytes()...))
		if len(said) > 2000 {
			said = said[len(said)-2000:]
		}
		return nil, fmt.Errorf("%s %v: %w\n%s", name, args, err, said)
	}
	return out.Bytes(), nil
}
