package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// poolerRounds is how many times two connections are compared.
const poolerRounds = 8

// backendQuery identifies the process and the server that answer.
const backendQuery = `SELECT pg_backend_pid()::text || ' ' || pg_postmaster_start_time()::text`

// refusePooling returns an error if a pooler runs each transaction on another of its connections:
// settings, prepared statements and LISTEN on a connection would then affect other clients. Poolers
// that assign a connection for a whole session are fine.
//
// Two connections that are open at once have one backend each, and keep it. Behind such a pooler they share
// a backend, or change it. In every other round one of them holds a transaction open, so that the pooler
// assigns the other a different backend. refusePooling sets nothing on them that matters: it could stay.
func refusePooling(ctx context.Context, conns [2]*pgx.Conn) error {
	var backends [2]string
	compare := func(i int) (shared bool, err error) {
		now, err := queryRow(ctx, conns[i], backendQuery)
		if err != nil {
			return false, err
		}
		shared = backends[i] != "" && backends[i] != now[0] || now[0] == backends[1-i]
		backends[i] = now[0]
		return shared, nil
	}
	for round := range poolerRounds {
		shared, err := false, error(nil)
		if round%2 == 1 {
			shared, err = compareDuringTransaction(ctx, conns[0], func() (bool, error) { return compare(1) })
		}
		for _, i := range []int{0, 1, 1, 0} {
			if !shared && err == nil {
				shared, err = compare(i)
			}
		}
		if shared {
			return &setupError{transactionPooling}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compareDuringTransaction calls compare while c holds a transaction open. It reports a pooler that refuses a transaction.
func compareDuringTransaction(ctx context.Context, c *pgx.Conn, compare func() (bool, error)) (shared bool, err error) {
	if _, err := c.PgConn().Exec(ctx, "BEGIN; "+withoutTimeouts).ReadAll(); err != nil {
		return isSQLState(err, protocolViolation) && !isQueueTimeout(err), err
	}
	shared, err = compare()
	_, ended := c.PgConn().Exec(ctx, "COMMIT").ReadAll()
	return shared, errors.Join(err, ended)
}

const transactionPooling = "the pooler in the database URL hands each transaction to another connection of its own, which would mix up sessions: " +
	"have it pool sessions (pgbouncer: pool_mode = session), or give the URL of PostgreSQL itself"

// protocolViolation is pgbouncer's answer to anything that it doesn't support, with a text that says what.
const protocolViolation = "08P01"

// isQueueTimeout reports whether pgbouncer let a client wait for a connection until its timeout.
func isQueueTimeout(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Message == "query_wait_timeout"
}

// withoutTimeouts removes the time limits of a transaction, on every supported version.
const withoutTimeouts = `SELECT set_config(name, '0', true) FROM (VALUES ('statement_timeout'), ('idle_in_transaction_session_timeout'), ('transaction_timeout'))
	AS s (name) WHERE current_setting(name, true) IS NOT NULL`

// queryRow runs one query on a new connection and returns its single row. It sends one message with one
// transaction, which leaves nothing behind.
func queryRow(ctx context.Context, c *pgx.Conn, query string) ([]string, error) {
	results, err := c.PgConn().Exec(ctx, "BEGIN; "+withoutTimeouts+"; "+query+"; COMMIT").ReadAll()
	if err != nil {
		return nil, err
	}
	var row []string
	for _, value := range results[2].Rows[0] {
		row = append(row, string(value))
	}
	return row, nil
}
