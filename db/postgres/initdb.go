package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// unfinished marks a cluster that initdb has not completed.
const unfinished = ".new"

// clusterMajor is the major version of PostgreSQL that made the cluster, 0
// where there is none.
func clusterMajor(cluster string) (int, error) {
	b, err := os.ReadFile(filepath.Join(cluster, "PG_VERSION"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		entries, err := os.ReadDir(cluster)
		if err == nil && len(entries) > 0 {
			return 0, fmt.Errorf("%s is no PostgreSQL cluster, and not empty; move it away", cluster)
		}
		return 0, nil
	case err != nil:
		return 0, err
	}
	version := strings.TrimSpace(string(b))
	major, err := strconv.Atoi(version) // "15"; before 10 there was a dot in it
	if err != nil || major < oldest {
		return 0, fmt.Errorf("%s was made by PostgreSQL %s; Aside needs %d or newer: dump it with that version and load it into a new cluster", cluster, version, oldest)
	}
	return major, nil
}

// initialize makes the cluster. It is made beside its place and moved there
// when complete, so that a service killed in the middle leaves nothing that a
// later one could take for a cluster.
func (s *Server) initialize(ctx context.Context) error {
	begin := time.Now()
	dir := s.cluster + unfinished
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return unwritable(filepath.Dir(dir), err)
	}
	if err := s.account.own(dir); err != nil {
		return err
	}
	// Locale C sorts by bytes everywhere: no upgrade of the C library can
	// silently break an index. Access rules are written at each start.
	args := []string{"-D", dir, "-U", superuser, "--encoding=UTF8", "--locale=C", "--data-checksums",
		"--auth-local=peer", "--auth-host=reject", "--no-instructions"}
	if s.settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	out, err := s.binaries.run(ctx, s.account, "initdb", args...)
	if err != nil {
		return refusal(s.log, "making the PostgreSQL cluster", filepath.Dir(dir), err, string(out))
	}
	// An empty directory may be in the way, a cluster can't be.
	if err := os.Remove(s.cluster); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(dir, s.cluster); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(s.cluster)); err != nil {
		return err
	}
	s.log.Info("made a PostgreSQL cluster", "cluster", s.cluster, "version", s.binaries.major, "took", time.Since(begin).Round(time.Millisecond).String())
	return nil
}

// run runs a short-lived program of PostgreSQL's to its end and returns what
// it printed. It dies with ctx, and with the service.
func (b binaries) run(ctx context.Context, a account, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(b.dir, program), args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	a.prepare(cmd, b, syscall.SIGKILL)
	err := onOwnThread(cmd.Run)
	return bytes.TrimSpace(out.Bytes()), err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
