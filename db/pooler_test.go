package db_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The service works through pgbouncer in its default session mode, and leaves no state on a connection for its next client.
func TestAPoolerOfSessionsServes(t *testing.T) {
	c := newOperatorDatabase(t, dbtest.SharedCluster(t), "", "", "")
	url := c.Pooler(t, c.owner, c.database, "default_pool_size = 9", "server_round_robin = 0")
	d := useService(t, url)
	d.DB.Close()
	for range 9 { // each connection of the pool in turn
		conn, err := pgx.Connect(t.Context(), url)
		must(t, err)
		defer func() { _ = conn.Close(t.Context()) }()
		var role, timeout string
		var heard, prepared int
		must(t, conn.QueryRow(t.Context(), `SELECT current_user, current_setting('statement_timeout'),
			(SELECT count(*) FROM pg_listening_channels()), (SELECT count(*) FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared_statements%')`,
			pgx.QueryExecModeExec).Scan(&role, &timeout, &heard, &prepared))
		if role != c.owner || timeout != "0" || heard != 0 || prepared != 0 {
			t.Errorf("the next client is %s with a timeout of %s, hears of %d channels and has %d statements prepared", role, timeout, heard, prepared)
		}
	}
}

// A pooler in transaction or statement mode is refused at startup, even while other clients use it.
func TestAPoolerOfTransactionsIsRefused(t *testing.T) {
	c := newOperatorDatabase(t, dbtest.SharedCluster(t), "", "", "")
	for _, mode := range []string{"transaction", "statement"} {
		for _, size := range []int{1, 2, 20} {
			for _, robin := range []int{0, 1} {
				for _, others := range []int{0, 5} {
					t.Run(fmt.Sprintf("%s, %d connections, round robin %d, %d others", mode, size, robin, others), func(t *testing.T) {
						url := c.Pooler(t, c.owner, c.database, "pool_mode = "+mode, fmt.Sprint("default_pool_size = ", size), fmt.Sprint("server_round_robin = ", robin))
						useConnections(t, url, others)
						_, err := db.Migrate(t.Context(), url)
						if err == nil || !strings.Contains(err.Error(), "pool_mode = session") || strings.Contains(err.Error(), "\n") {
							t.Errorf("it starts: %v", err)
						}
					})
				}
			}
		}
	}
}

// The error says in one sentence when a session pooler has no connection to spare.
func TestPoolerWithoutConnectionIsReported(t *testing.T) {
	c := newOperatorDatabase(t, dbtest.SharedCluster(t), "", "", "")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // pgbouncer would wait for two minutes
	defer cancel()
	_, impatient := db.Migrate(ctx, c.Pooler(t, c.owner, c.database, "default_pool_size = 1"))
	_, refused := db.Migrate(t.Context(), c.Pooler(t, c.owner, c.database, "default_pool_size = 1", "query_wait_timeout = 1"))
	for _, err := range []error{impatient, refused} {
		if err == nil || !strings.Contains(err.Error(), "default_pool_size") || strings.Contains(err.Error(), "\n") {
			t.Errorf("it says %v", err)
		}
	}
}

// useConnections opens and uses other clients' connections to the pooler.
func useConnections(t *testing.T, url string, clients int) {
	t.Helper()
	for range clients {
		conn, err := pgx.Connect(t.Context(), url)
		must(t, err)
		stop, ended := make(chan struct{}), make(chan struct{})
		once := make(chan struct{})
		go func() {
			defer close(ended)
			defer func() { _ = conn.Close(t.Context()) }()
			for first := true; ; first = false {
				_, _ = conn.PgConn().Exec(t.Context(), "SELECT pg_sleep(0.001)").ReadAll()
				if first {
					close(once)
				}
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
				}
			}
		}()
		<-once
		t.Cleanup(func() { close(stop); <-ended })
	}
}
