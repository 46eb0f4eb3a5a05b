package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

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
