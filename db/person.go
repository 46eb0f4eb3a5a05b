package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// presentSession presents a token to the database, for the rest of the transaction.
const presentSession = `SELECT set_config('aside.session', $1, true)`

// personStatements are prepared on every connection, under their own text as their name.
var personStatements = []string{
	presentSession, selectSession,
	selectNote, selectNotesFirst, selectNotesAfter, selectNotesPinned, selectNotesPinnedAfter, insertNote, updateNote, insertProof,
}

// readAsPerson sends the statements queued by queue in one round trip, and so in one implicit
// transaction, after one that presents o's token to the database: row-level security shows o's rows.
// The caller reads the results in the order of its statements and closes them.
func (d *DB) readAsPerson(ctx context.Context, o Owner, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	if err := o.valid(); err != nil {
		return nil, err
	}
	return d.batchAsPerson(ctx, o.presented, nil, queue)
}

// writeAsPerson is readAsPerson for statements that change something. It also spends the proof that
// came with o, unless an earlier change has, in the same transaction. It returns ErrSpent, and changes
// nothing, when the proof was used before.
func (d *DB) writeAsPerson(ctx context.Context, o Owner, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	if err := o.valid(); err != nil {
		return nil, err
	}
	return d.batchAsPerson(ctx, o.presented, o.proof, queue)
}

// batchAsPerson sends statements after the one that presents a token, and spends p if it is not nil.
func (d *DB) batchAsPerson(ctx context.Context, setting string, p *Proof, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	b.Queue(presentSession, setting)
	spending := p != nil && !p.spent
	if spending {
		b.Queue(insertProof, p.ID[:], p.Keep.Seconds())
	}
	queue(b)
	results, err := d.send(ctx, b)
	if err != nil {
		return nil, err
	}
	_, err = results.Exec()
	if err == nil && spending {
		if _, err = results.Exec(); isSQLState(err, uniqueViolation) {
			err = ErrSpent
		}
	}
	if err != nil {
		_ = results.Close()
		return nil, err
	}
	if spending {
		return &spendingResults{results, p}, nil
	}
	return results, nil
}

// spendingResults mark a proof as spent once closing them has shown that the batch is committed.
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
