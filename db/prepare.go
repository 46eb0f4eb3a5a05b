package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// MinServerVersion is the oldest PostgreSQL that Aside runs on, as server_version_num.
const MinServerVersion = 150000

// prepare checks that a database can be served from, and makes what isn't part of one: the roles.
// It returns the role that owns the tables, or will. What an operator has to do first is a
// setUpError.
func prepare(ctx context.Context, config *pgx.ConnConfig) (owner string, err error) {
	if err := refusePooling(ctx, config.Copy()); err != nil {
		return "", err
	}
	config = config.Copy()
	own(config, "")
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", unanswered(err)
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if err := checkServer(ctx, c); err != nil {
		return "", err
	}
	// A role that was set for the connection (ALTER ROLE … SET role) is the owner's, but never one that serves.
	if _, err := c.Exec(ctx, `SELECT set_config('role', 'none', false) WHERE current_user IN ('`+appRole+`', '`+authRole+`')`); err != nil {
		return "", err
	}
	if err := prepareRoles(ctx, c); err != nil {
		return "", err
	}
	return tableOwner(ctx, c)
}

// checkServer refuses a server that is too old and a database that can't hold what people write.
func checkServer(ctx context.Context, c *pgx.Conn) error {
	var version int
	var encoding, create string
	err := c.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
		format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' LOCALE ''C'' TEMPLATE template0', current_database() || '_utf8', current_user)`).
		Scan(&version, &encoding, &create)
	switch {
	case err != nil:
		return err
	case version < MinServerVersion:
		return &setUpError{fmt.Sprintf("PostgreSQL %d is too old: Aside needs 15 or later", version/10000)}
	case encoding != "UTF8":
		return &setUpError{"the database is encoded in " + encoding + ", which can't hold what people write: make one with: " + create}
	}
	return nil
}
