package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// becomePerson gives the rest of a transaction the role for account sessions. The role for widget sessions is that of
// the connection.
//
// It is set by set_config because a cluster repeats SET LOCAL on its connections to other nodes, and within functions that
// run as the owner it then would change their role.
const becomePerson = `SELECT set_config('role', '` + personRole + `', true)`

// personStatements are prepared on every connection, with their text as their name.
var personStatements = []string{
	becomePerson,
	selectNote, selectNotesFirst, selectNotesAfter, selectNotesPinned, selectNotesPinnedAfter, insertNote, updateNote, addToCounter, growCounter, insertProof,
}

// readAsPerson sends the statements that queue adds as one transaction, in one round trip. It first presents o's token
// to the database, so that row-level security shows o's rows. The caller reads the results in the order of its
// statements and closes them.
func (d *DB) readAsPerson(ctx context.Context, o Owner, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	if err := o.valid(); err != nil {
		return nil, err
	}
	return d.sendTransaction(ctx, o.prelude(), queue)
}

// prelude returns the statements with which a transaction of o starts.
func (o Owner) prelude() []string {
	if o.tenantKey == "" {
		return []string{becomePerson, o.present}
	}
	return []string{o.present}
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
