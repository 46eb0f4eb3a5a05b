package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
)

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
		return "", &setUpError{"the tables belong to " + owner + ", not to " + current + " of the database URL: give the URL of " + owner +
			", or restore the dump again as " + current + " (pg_restore --no-owner --role)"}
	}
	return owner, nil
}
