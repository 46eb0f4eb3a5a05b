package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
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

// send sends a batch on a connection of the pool.
func (d *DB) send(ctx context.Context, b *pgx.Batch) (pgx.BatchResults, error) {
	c, err := d.acquire(ctx)
	if err != nil {
		return nil, err
	}
	return &connResults{BatchResults: c.SendBatch(ctx, b), conn: c, ctx: ctx, db: d}, nil
}

// transactionStatements are prepared on every connection.
var transactionStatements = []string{"BEGIN", "COMMIT"}

// sendTransaction sends the statements of prelude and then those that queue adds as one transaction, in one round trip.
// It reads the results of the prelude. The caller reads the others in order and closes them, which is when the
// transaction is known to be committed. After an error of any statement it is rolled back.
//
// The transaction is explicit. PostgreSQL also runs a batch without BEGIN as one transaction, but a cluster of it commits
// the statements of such a batch one by one.
func (d *DB) sendTransaction(ctx context.Context, prelude []string, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	for _, statement := range prelude {
		b.Queue(statement)
	}
	queue(b)
	b.Queue("COMMIT")
	results, err := d.send(ctx, b)
	if err != nil {
		return nil, err
	}
	for range 1 + len(prelude) {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			return nil, err
		}
	}
	return results, nil
}

// connResults release the connection when they are closed.
type connResults struct {
	pgx.BatchResults
	conn *pgxpool.Conn
	ctx  context.Context
	db   *DB
}

func (r *connResults) Close() error {
	err := r.BatchResults.Close()
	if r.conn == nil {
		return err
	}
	if err == nil {
		r.db.lastAnswer.Store(time.Now().UnixNano())
	} else if r.db.handleError(r.ctx, err); isConnectionFailure(err) { // a broken connection does not return to the pool
		_ = r.conn.Conn().Close(r.ctx)
	}
	if c := r.conn.Conn(); !c.IsClosed() && c.PgConn().TxStatus() != 'I' { // a statement after BEGIN failed
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), cancelTimeout)
		_, _ = c.Exec(ctx, "ROLLBACK") // after an error the pool destroys the connection
		cancel()
	}
	r.conn.Release()
	r.conn = nil
	return err
}
