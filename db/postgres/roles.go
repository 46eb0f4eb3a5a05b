package postgres

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

const (
	superuser = "postgres"
	owner     = "aside" // owns the database, migrates it
	database  = "aside"
	port      = "5432" // names the socket's file; nothing listens on it
)

func (s *Server) url(role, database string) string { return serverURL(s.sockets, role, database) }

func serverURL(sockets, role, database string) string {
	// The port is spelled out lest the caller's PGPORT be obeyed. There is no other host to ask, so that a busy machine
	// has time to answer.
	return fmt.Sprintf("postgres://%s@/%s?host=%s&port=%s&connect_timeout=30", role, database, url.QueryEscape(sockets), port)
}

// provision makes the owner and the database where they are missing. A service
// killed in between leaves the rest to the next start.
func provision(ctx context.Context, s *Server) (err error) {
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
