package db

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// poolerRounds is how many times two connections are compared.
const poolerRounds = 8

// backend identifies the process and the server that answer.
const backend = `SELECT pg_backend_pid()::text || ' ' || pg_postmaster_start_time()::text`

// refusePooling returns an error if a pooler runs each transaction on another of its connections:
// settings, prepared statements and LISTEN on a connection would then affect other clients. Poolers
// that assign a connection for a whole session are fine.
//
// Two connections that are open at once have one backend each, and keep it. Behind such a pooler they share
// a backend, or change it. In every other round one of them holds a transaction open, so that the pooler
// assigns the other a different backend. refusePooling sets nothing on them that matters: it could stay.
func refusePooling(ctx context.Context, conns [2]*pgx.Conn) error {
	var backends [2]string
	look := func(i int) (shared bool, err error) {
		now, err := ask(ctx, conns[i], backend)
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
			shared, err = lookBeside(ctx, conns[0], func() (bool, error) { return look(1) })
		}
		for _, i := range []int{0, 1, 1, 0} {
			if !shared && err == nil {
				shared, err = look(i)
			}
		}
		if shared {
			return &setUpError{transactionPooling}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lookBeside calls look while c holds a transaction open. It reports a pooler that refuses a transaction.
func lookBeside(ctx context.Context, c *pgx.Conn, look func() (bool, error)) (shared bool, err error) {
	if _, err := c.PgConn().Exec(ctx, "BEGIN; "+untimed).ReadAll(); err != nil {
		return isSQLState(err, protocolViolation) && !keptWaiting(err), err
	}
	shared, err = look()
	_, ended := c.PgConn().Exec(ctx, "COMMIT").ReadAll()
	return shared, errors.Join(err, ended)
}

const transactionPooling = "the pooler in the database URL hands each transaction to another connection of its own, which would mix up sessions: " +
	"have it pool sessions (pgbouncer: pool_mode = session), or give the URL of PostgreSQL itself"

// protocolViolation is pgbouncer's answer to anything that it doesn't support, with a text that says what.
const protocolViolation = "08P01"

// keptWaiting reports whether pgbouncer let a client wait for a connection until its timeout.
func keptWaiting(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Message == "query_wait_timeout"
}

// untimed removes the time limits of a transaction, on every supported version.
const untimed = `SELECT set_config(name, '0', true) FROM (VALUES ('statement_timeout'), ('idle_in_transaction_session_timeout'), ('transaction_timeout'))
	AS s (name) WHERE current_setting(name, true) IS NOT NULL`

// ask runs one query on a new connection and returns its single row. It sends one message with one
// transaction, which leaves nothing behind.
func ask(ctx context.Context, c *pgx.Conn, query string) ([]string, error) {
	results, err := c.PgConn().Exec(ctx, "BEGIN; "+untimed+"; "+query+"; COMMIT").ReadAll()
	if err != nil {
		return nil, err
	}
	var row []string
	for _, value := range results[2].Rows[0] {
		row = append(row, string(value))
	}
	return row, nil
}
