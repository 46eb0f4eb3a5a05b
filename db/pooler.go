package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// How many times two connections are compared, and how long that may take.
const (
	poolerRounds   = 8
	poolerPatience = 15 * time.Second
)

// whichBackend is one transaction of a connection's, which says what process of which server it is
// run by. One message, so that a pooler that takes no transactions takes it, too.
const whichBackend = `BEGIN; SET LOCAL statement_timeout = 0;
	SELECT pg_backend_pid()::text || ' ' || pg_postmaster_start_time()::text; COMMIT`

// refusePooling returns an error where a pooler between hands each transaction to another
// connection of its own: what is set, prepared and listened to on a connection would meet other
// clients, and what they set this one. Poolers that lend a connection for a whole session are well.
//
// Two connections that are open at once have a backend each, and keep it. Through such a pooler they
// share one, or change. One of them holds a transaction open now and then, so that the other is
// lent another backend than before.
func refusePooling(ctx context.Context, config *pgx.ConnConfig) error {
	ctx, cancel := context.WithTimeout(ctx, poolerPatience)
	defer cancel()
	var backends [2]string
	var conns [2]*pgx.Conn
	for i := range conns {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return unanswered(err)
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		conns[i] = c
	}
	look := func(i int) (shared bool, err error) {
		results, err := conns[i].PgConn().Exec(ctx, whichBackend).ReadAll()
		if err != nil {
			return false, err
		}
		now := string(results[2].Rows[0][0])
		shared = backends[i] != "" && backends[i] != now || now == backends[1-i]
		backends[i] = now
		return shared, nil
	}
	for round := range poolerRounds {
		holding := round%2 == 1
		if holding {
			if _, err := conns[0].Exec(ctx, "BEGIN"); err != nil {
				return errTransactionPooling
			}
			if _, err := conns[0].Exec(ctx, "SELECT 1"); err != nil { // a backend is lent with the first statement
				return errTransactionPooling
			}
		}
		shared, err := look(1)
		if holding {
			if _, err := conns[0].Exec(ctx, "COMMIT"); err != nil {
				return errTransactionPooling
			}
		}
		for _, i := range []int{0, 0, 1} {
			if !shared && err == nil {
				shared, err = look(i)
			}
		}
		switch {
		case shared:
			return errTransactionPooling
		case errors.Is(err, context.DeadlineExceeded):
			return &setUpError{"the database's pooler has no connection free: have it open more (pgbouncer: default_pool_size) than the nodes use (--database-connections and 3 each)"}
		case err != nil:
			return unanswered(err)
		}
	}
	return nil
}

var errTransactionPooling = &setUpError{"the pooler between hands transactions or statements to connections of its own, which mixes up sessions: " +
	"have it pool sessions (pgbouncer: pool_mode = session), or give the URL of PostgreSQL itself"}
