package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// MinServerVersion is the oldest major version of PostgreSQL that Aside supports.
const MinServerVersion = 15

// prepare checks that Aside can use a database, and makes the roles, which are not part of a database.
// It returns the role that owns the tables, or will own them. If an operator has to do something
// first, it returns a setupError.
func prepare(ctx context.Context, config *pgx.ConnConfig) (owner string, err error) {
	if err := checkServer(ctx, config); err != nil {
		return "", err
	}
	config = config.Copy()
	configureOwner(config, "")
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", connectError(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	// ALTER ROLE … SET role may have given the connection another role. The owner's role is kept, a
	// serving role is not.
	if _, err := c.Exec(ctx, `SELECT set_config('role', 'none', false) WHERE current_user IN `+isServing); err != nil {
		return "", err
	}
	kind, err := clusterKindOf(ctx, c)
	if err != nil {
		return "", err
	}
	if err := prepareRoles(ctx, c, kind != single); err != nil {
		return "", err
	}
	return tableOwner(ctx, c)
}

// setupTimeout limits the server's first answers. A pooler without a free connection makes a client wait.
const setupTimeout = 15 * time.Second

// checkServer returns an error for a server that is too old, a database that is not UTF-8, or a pooler
// that mixes up connections.
func checkServer(ctx context.Context, config *pgx.ConnConfig) error {
	ctx, cancel := context.WithTimeout(ctx, setupTimeout)
	defer cancel()
	var conns [2]*pgx.Conn
	for i := range conns {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return connectError(err)
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		conns[i] = c
	}
	err := checkConnections(ctx, conns)
	if errors.Is(err, context.DeadlineExceeded) || isQueueTimeout(err) {
		return &setupError{"the database takes connections and does not answer: if there is a pooler between, let it open as many as all nodes use, " +
			"each --database-connections and three (pgbouncer: default_pool_size)"}
	}
	return err
}

func checkConnections(ctx context.Context, conns [2]*pgx.Conn) error {
	for _, c := range conns {
		if _, err := c.PgConn().Exec(ctx, "SET idle_session_timeout = 0").ReadAll(); err != nil {
			return connectError(err)
		}
	}
	server, err := queryRow(ctx, conns[0], `SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),
		format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' LOCALE ''C'' TEMPLATE template0', current_database() || '_utf8', current_user)`)
	if err != nil {
		return connectError(err)
	}
	major, encoding, create := server[0], server[1], server[2]
	version, err := strconv.Atoi(major)
	switch {
	case err != nil:
		return err
	case version < MinServerVersion:
		return &setupError{fmt.Sprintf("PostgreSQL %d is too old: Aside needs %d or later", version, MinServerVersion)}
	case encoding != "UTF8":
		return &setupError{"the database is encoded in " + encoding + ", which can't hold what people write: make one with: " + create}
	}
	return refusePooling(ctx, conns)
}

// superuserMustRun introduces the statements of a setupError.
const superuserMustRun = ": a superuser has to run, in this database: "

// A setupError says in one sentence what an operator has to do before the service can start.
type setupError struct{ sentence string }

func (e *setupError) Error() string { return "db: " + e.sentence }
