package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// presentSession presents a token to the database for the rest of the transaction.
const presentSession = `SELECT set_config('aside.session', $1, true)`

// personStatements are prepared on every connection, with their text as their name.
var personStatements = []string{
	presentSession, selectSession,
	selectNote, selectNotesFirst, selectNotesAfter, selectNotesPinned, selectNotesPinnedAfter, insertNote, updateNote, insertProof,
}

// readAsPerson sends the statements that queue adds in one round trip, which is one implicit
// transaction. The first statement presents o's token to the database, so that row-level security
// shows o's rows. The caller reads the results in the order of its statements and closes them.
func (d *DB) readAsPerson(ctx context.Context, o Owner, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	if err := o.valid(); err != nil {
		return nil, err
	}
	return d.batchAsPerson(ctx, o.setting, nil, queue)
}

// writeAsPerson is readAsPerson for statements that change something. In the same transaction it
// spends o's proof, unless an earlier change of the request did. It returns ErrProofUsed, and changes
// nothing, if the proof was used before.
func (d *DB) writeAsPerson(ctx context.Context, o Owner, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	if err := o.valid(); err != nil {
		return nil, err
	}
	return d.batchAsPerson(ctx, o.setting, o.proof, queue)
}

// batchAsPerson sends statements after the one that presents a token, and spends p if it is not nil.
func (d *DB) batchAsPerson(ctx context.Context, setting string, p *Proof, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	b.Queue(presentSession, setting)
	spending := p != nil && !p.spent
	if spending {
		b.Queue(insertProof, p.ID[:], p.Lifetime.Seconds())
	}
	queue(b)
	results, err := d.send(ctx, b)
	if err != nil {
		return nil, err
	}
	_, err = results.Exec()
	if err == nil && spending {
		if _, err = results.Exec(); isSQLState(err, uniqueViolation) {
			err = ErrProofUsed
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
