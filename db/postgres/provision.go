package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

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
