package main

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/postgres"
)

// The databases of the cluster: a large one of the given size, and one with 10 k notes, which
// growth is measured against.
const (
	large = "aside"
	small = "aside_small"
)

// A cluster is the bench's own PostgreSQL.
type cluster struct {
	server     *postgres.Server
	dir        string
	keep       bool
	postmaster int // its process
}

// startCluster starts PostgreSQL as aside serve does, with its default settings.
func startCluster(ctx context.Context, dir string) (_ *cluster, err error) {
	c := &cluster{dir: dir, keep: dir != ""}
	if !c.keep {
		if c.dir, err = os.MkdirTemp("", "aside-bench-"); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.stop())
		}
	}()
	if c.server, err = postgres.Start(ctx, postgres.Config{DataDir: c.dir}); err != nil {
		return nil, err
	}
	conn, err := c.super(ctx, "postgres")
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	var backend int
	if err := conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&backend); err != nil {
		return nil, err
	}
	fields, err := stat(backend)
	if err != nil {
		return nil, err
	}
	if c.postmaster, err = strconv.Atoi(fields[1]); err != nil { // 4 ppid
		return nil, err
	}
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, small).Scan(&exists); err != nil {
		return nil, err
	}
	if !exists {
		if err := c.create(ctx, small); err != nil {
			return nil, err
		}
	}
	for _, name := range []string{large, small} {
		if _, err := db.Migrate(ctx, c.url(name)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// create makes an empty database, in place of an earlier run's.
func (c *cluster) create(ctx context.Context, database string) error {
	return c.exec(ctx, "postgres", `DROP DATABASE IF EXISTS `+database+` WITH (FORCE)`, `CREATE DATABASE `+database+` OWNER aside`)
}

// url returns the URL of a database for its owner, as the service uses it.
func (c *cluster) url(database string) string { return databaseURL(c.server.URL(), database) }

// superURL returns the URL of a database for a superuser, to which row-level security does not apply.
func (c *cluster) superURL(database string) string {
	return databaseURL(c.server.SuperuserURL(), database)
}

func (c *cluster) super(ctx context.Context, database string) (*pgx.Conn, error) {
	return pgx.Connect(ctx, c.superURL(database))
}

// exec runs statements as a superuser.
func (c *cluster) exec(ctx context.Context, database string, statements ...string) error {
	conn, err := c.super(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// cpu is the processor time that PostgreSQL has used, all its processes together.
func (c *cluster) cpu() (time.Duration, error) {
	total, err := cpuOf(c.postmaster, true)
	if err != nil {
		return 0, err
	}
	b, err := os.ReadFile("/proc/" + strconv.Itoa(c.postmaster) + "/task/" + strconv.Itoa(c.postmaster) + "/children")
	if err != nil {
		return 0, err
	}
	for _, child := range strings.Fields(string(b)) {
		pid, err := strconv.Atoi(child)
		if err != nil {
			return 0, err
		}
		if used, err := cpuOf(pid, false); err == nil { // else it has just ended, and is in the postmaster's
			total += used
		}
	}
	return total, nil
}

func (c *cluster) stop() error {
	var err error
	if c.server != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err = c.server.Stop(ctx)
	}
	if c.keep {
		return err
	}
	return errors.Join(err, postgres.Remove(c.dir), os.RemoveAll(c.dir))
}

func databaseURL(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err) // the server's own
	}
	u.Path = "/" + name
	return u.String()
}

// withOption adds a setting of the connection's to a URL.
func withOption(base, option string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err) // the server's own
	}
	query := u.Query()
	query.Set("options", option)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20") // libpq knows no plus
	return u.String()
}
