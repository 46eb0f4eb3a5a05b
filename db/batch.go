package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// readAsPerson sends the statements that queue adds as one transaction, in one round trip. It first presents o's token
// to the database, so that row-level security shows o's rows. The caller reads the results in the order of its
// statements and closes them.
func (d *DB) readAsPerson(ctx context.Context, o Owner, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	if err := o.valid(); err != nil {
		return nil, err
	}
	return d.sendTransaction(ctx, o.prelude(), queue)
}

// writeAsPerson is readAsPerson for statements that change something. In the same transaction it
// spends o's proof, unless an earlier change of the request did. It returns ErrProofUsed, and changes
// nothing, if the proof was used before.
func (d *DB) writeAsPerson(ctx context.Context, o Owner, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	p := o.proof
	if p == nil || p.spent {
		return d.readAsPerson(ctx, o, queue)
	}
	results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) {
		b.Queue(insertProof, p.ID[:], p.Lifetime.Seconds())
		queue(b)
	})
	if err != nil {
		return nil, err
	}
	if _, err = results.Exec(); err != nil {
		_ = results.Close()
		if isSQLState(err, uniqueViolation) {
			err = ErrProofUsed
		}
		return nil, err
	}
	return &spendingResults{results, p}, nil
}

// spendingResults mark a proof as spent when Close shows that the batch was committed.
type spendingResults struct {
	pgx.BatchResults
	proof *Proof
}

func (r *spendingResults) Close() error {
	err := r.BatchResults.Close()
	if err == nil {
		r.proof.spent = true
	}
	return err
}

// prelude returns the statements with which a transaction of o starts.
func (o Owner) prelude() []string {
	if o.tenantKey == "" {
		return []string{becomePerson, o.present}
	}
	return []string{o.present}
}

// batchAsAuthority sends the statements that queue adds as aside_auth, as one transaction in one
// round trip. It is asAuthority for frequent acts in which no statement depends on the result of an
// earlier one. The caller reads the results in order and closes them.
func (d *DB) batchAsAuthority(ctx context.Context, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	return d.sendTransaction(ctx, []string{becomeAuth}, queue)
}

// execAsAuthority runs a single statement as aside_auth and returns how many rows it changed.
func (d *DB) execAsAuthority(ctx context.Context, statement string, args ...any) (changed int64, err error) {
	err = d.retry(ctx, func() error {
		results, err := d.batchAsAuthority(ctx, func(b *pgx.Batch) { b.Queue(statement, args...) })
		if err != nil {
			return err
		}
		tag, err := results.Exec()
		changed = tag.RowsAffected()
		return errors.Join(err, results.Close())
	})
	return changed, err
}

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

// send sends a batch on a connection of the pool.
func (d *DB) send(ctx context.Context, b *pgx.Batch) (pgx.BatchResults, error) {
	c, err := d.acquire(ctx)
	if err != nil {
		return nil, err
	}
	return &connResults{BatchResults: c.SendBatch(ctx, b), conn: c, ctx: ctx, db: d}, nil
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

// transactionStatements are prepared on every connection.
var transactionStatements = []string{"BEGIN", "COMMIT"}

// personStatements are prepared on every connection, with their text as their name.
var personStatements = []string{
	becomePerson,
	selectNote, selectNotesFirst, selectNotesAfter, selectNotesPinned, selectNotesPinnedAfter, insertNote, updateNote, addToCounter, growCounter, insertProof,
	selectVersions, insertVersion, deleteVersions,
}

// authorityStatements are prepared on every connection and run as aside_auth.
var authorityStatements = []string{becomeAuth, selectSession, selectSessionAlone, touchSession, insertCeremony, takeCeremony, spendCeremony, selectUserByHandle,
	lockSignIn, storeUse, endReplacedSession, insertSignIn, recordSignIn, endReplacedChain, endOldest}
