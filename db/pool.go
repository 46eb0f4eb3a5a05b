package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// acquire takes a connection from the pool; the caller releases it. After a timeout it returns ErrBusy
// if all connections are in use, because a queue that only grows serves nobody, or else ErrOutage.
func (d *DB) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, d.acquireTimeout)
	defer cancel()
	c, err := d.pool.Acquire(waiting)
	return c, d.acquireError(ctx, err)
}

func (d *DB) acquireError(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = ErrOutage
		if s := d.pool.Stat(); s.AcquiredConns() == s.MaxConns() {
			err = ErrBusy
		}
	}
	d.handleError(ctx, err)
	return err
}

// sqlDB returns the pool for database/sql, with the timeout of acquire.
func (d *DB) sqlDB() *sql.DB {
	db := sql.OpenDB(poolConnector{stdlib.GetPoolConnector(d.pool), d})
	db.SetMaxIdleConns(0) // pgxpool keeps the idle connections
	return db
}

type poolConnector struct {
	driver.Connector
	db *DB
}

func (c poolConnector) Connect(ctx context.Context) (driver.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, c.db.acquireTimeout)
	defer cancel()
	conn, err := c.Connector.Connect(waiting)
	return conn, c.db.acquireError(ctx, err)
}

var errReadOnly = errors.New("db: the server is a standby, or only read from")

// readyTimeout is how long Ready may take, so that the caller has an answer within a second.
const readyTimeout = 800 * time.Millisecond

// Ready returns nil if PostgreSQL answers and accepts writes, and otherwise the reason, within a
// second. A node is ready even if all its connections are busy.
func (d *DB) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	var readOnly bool
	err := d.pool.QueryRow(ctx, `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean`).Scan(&readOnly)
	if err == nil && readOnly {
		err = errReadOnly
	}
	if errors.Is(err, context.DeadlineExceeded) && time.Since(time.Unix(0, d.lastAnswer.Load())) < 2*readyTimeout {
		return nil
	}
	d.handleError(ctx, err)
	return err
}

// ErrBusy is returned when no connection or slot becomes free in time.
var ErrBusy error = &Error{Code: CodeBusy, Message: "The service is busy right now. Try again in a few seconds."}
