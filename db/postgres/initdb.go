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

	"github.com/jackc/pgx/v5"
)

// unfinishedSuffix is the suffix of a file or cluster that is not complete.
const unfinishedSuffix = ".new"

// clusterMajor returns the major version of PostgreSQL that made the cluster, or 0 if there is none.
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
	major, err := strconv.Atoi(version) // "15"; with a dot before version 10
	if err != nil || major < minVersion {
		return 0, fmt.Errorf("%s was made by PostgreSQL %s; Aside needs %d or newer: dump it with that version and load it into a new cluster", cluster, version, minVersion)
	}
	return major, nil
}

// initialize makes the cluster. It makes it under another name and renames it when it is complete: a
// service that is killed in between must leave nothing that looks like a cluster.
func (s *Server) initialize(ctx context.Context) error {
	begin := time.Now()
	dir := s.cluster + unfinishedSuffix
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return notWritableError(filepath.Dir(dir), err)
	}
	if err := s.account.chown(dir); err != nil {
		return err
	}
	// Locale C sorts by bytes everywhere: an upgrade of the C library cannot silently break an index.
	// configure writes the access rules at each start.
	args := []string{"-D", dir, "-U", superuser, "--encoding=UTF8", "--locale=C", "--data-checksums",
		"--auth-local=peer", "--auth-host=reject", "--no-instructions"}
	if s.settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	out, err := s.binaries.run(ctx, s.account, "initdb", args...)
	if err != nil {
		return programError(s.log, "making the PostgreSQL cluster", filepath.Dir(dir), err, string(out))
	}
	// An empty directory may exist there, but no cluster.
	if err := os.Remove(s.cluster); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(dir, s.cluster); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(s.cluster)); err != nil {
		return err
	}
	s.log.Info("made a PostgreSQL cluster", "cluster", s.cluster, "version", s.binaries.major, "took", time.Since(begin).Round(time.Millisecond))
	return nil
}

// run runs a short-lived program of PostgreSQL and returns its output. The program is killed when ctx
// ends or the service dies.
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

const (
	superuser = "postgres"
	owner     = "aside" // owns the database and migrates it
	database  = "aside"
	port      = "5432" // part of the socket's file name; nothing listens on it
)

// createOwnerAndDatabase makes the owner and the database if they are missing. If the service is killed in between,
// the next start makes the rest.
func createOwnerAndDatabase(ctx context.Context, s *Server) (err error) {
	conn, err := pgx.Connect(ctx, s.SuperuserURL())
	if err != nil {
		return fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()

	for _, thing := range []struct{ exists, create string }{
		{`SELECT count(*) FROM pg_roles WHERE rolname = '` + owner + `'`,
			`CREATE ROLE ` + owner + ` LOGIN NOSUPERUSER CREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS`},
		{`SELECT count(*) FROM pg_database WHERE datname = '` + database + `'`,
			`CREATE DATABASE ` + database + ` OWNER ` + owner},
	} {
		var n int
		if err := conn.QueryRow(ctx, thing.exists).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			if _, err := conn.Exec(ctx, thing.create); err != nil {
				return fmt.Errorf("%s: %w", thing.create, err)
			}
		}
	}
	return nil
}
