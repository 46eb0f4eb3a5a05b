package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// becomeAuth is SET LOCAL ROLE aside_auth, as a statement that can be prepared.
const becomeAuth = `SELECT set_config('role', 'aside_auth', true)`

// An authorityTx is a transaction of asAuthority.
type authorityTx struct {
	bun.Tx
	stale *bool
}

// forgetSessions empties this node's session cache once the transaction has ended. Whatever ends or
// changes sessions calls it.
func (tx authorityTx) forgetSessions() { *tx.stale = true }

// asAuthority runs f in a transaction as aside_auth, the role that decides who a person is. It may run f
// again when the transaction certainly did not happen: f changes nothing outside of it but
// variables that it sets each time.
func (d *DB) asAuthority(ctx context.Context, f func(tx authorityTx) error) error {
	stale := false
	err := d.retry(ctx, func() error {
		return d.bun.RunInTx(ctx, &sql.TxOptions{}, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "SET LOCAL ROLE aside_auth"); err != nil {
				return err
			}
			return f(authorityTx{tx, &stale})
		})
	})
	if stale { // after an error, too: it may have been committed
		d.sessions.forget()
	}
	return err
}

// batchAsAuthority sends the statements queued by queue in one round trip, and so in one implicit
// transaction, as aside_auth. It is asAuthority for frequent acts, when no statement depends on what an earlier one returned.
// The caller reads the results in the order of its statements and closes them.
func (d *DB) batchAsAuthority(ctx context.Context, queue func(*pgx.Batch)) (pgx.BatchResults, error) {
	b := &pgx.Batch{}
	b.Queue(becomeAuth)
	queue(b)
	results, err := d.send(ctx, b)
	if err != nil {
		return nil, err
	}
	if _, err := results.Exec(); err != nil {
		_ = results.Close()
		return nil, err
	}
	return results, nil
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

// authorityStatements are prepared on every connection too. They run as aside_auth.
var authorityStatements = []string{becomeAuth, touchSession, insertCeremony, takeCeremony, selectUserByHandle, lockReplaced, signIn, endReplaced}
