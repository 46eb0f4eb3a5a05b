package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
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

// configureOwner makes every connection of config the owner's, without timeouts. It becomes role, unless that
// is "".
func configureOwner(config *pgx.ConnConfig, role string) {
	configureDial(config, 0)
	config.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		return pinSettings(ctx, c, timeoutSettings{}, role)
	}
}

// connectOwner opens a connection that acts as the owner of the tables.
func connectOwner(ctx context.Context, url string) (_ *pgx.Conn, err error) {
	config, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	configureOwner(config.ConnConfig, "")
	c, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return nil, connectError(err)
	}
	err = refuseUnfinished(ctx, c)
	var owner string
	if err == nil {
		owner, err = tableOwner(ctx, c)
	}
	if err == nil {
		_, err = c.Exec(ctx, `SELECT set_config('role', $1, false) WHERE current_user <> $1`, owner)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close(context.WithoutCancel(ctx)))
	}
	return c, nil
}

// tableOwner returns the role that migrates: the owner of the tables or, if there are none yet, the
// role of the connection.
func tableOwner(ctx context.Context, c *pgx.Conn) (string, error) {
	var current, owner string
	var becomes bool
	if err := c.QueryRow(ctx, `SELECT current_user`).Scan(&current); err != nil {
		return "", err
	}
	err := c.QueryRow(ctx, `SELECT pg_get_userbyid(relowner), pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relname = 'bun_migrations'`).Scan(&owner, &becomes)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return current, nil
	case err != nil:
		return "", err
	case owner != current && !becomes:
		return "", &setupError{"the tables belong to " + owner + ", not to " + current + " of the database URL: give the URL of " + owner +
			", or restore the dump again as " + current + " (pg_restore --no-owner --role)"}
	}
	return owner, nil
}
