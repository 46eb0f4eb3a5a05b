package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
)

// becomePerson gives the rest of a transaction the role for account sessions. The role for widget sessions is that of
// the connection.
//
// It is set by set_config because a cluster repeats SET LOCAL on its connections to other nodes, and within functions that
// run as the owner it then would change their role.
const becomePerson = `SELECT set_config('role', '` + personRole + `', true)`

// becomeAuth gives the rest of a transaction the role that decides who a person is.
const becomeAuth = `SELECT set_config('role', '` + authRole + `', true)`

// becomeMerge does the same for a transaction that may also move the notes of a vouched account.
const becomeMerge = `SELECT set_config('role', '` + mergeRole + `', true)`

// An authorityTx is a transaction that asAuthority runs.
type authorityTx struct {
	bun.Tx
	stale *bool
}

// clearSessionCache empties this node's session cache after the transaction. Every act that ends or changes
// sessions calls it.
func (tx authorityTx) clearSessionCache() { *tx.stale = true }

// asAuthority runs f in a transaction as aside_auth, the role that decides who a person is. It runs f again
// when the transaction was certainly not committed, so f may set only variables that it sets on each run.
func (d *DB) asAuthority(ctx context.Context, f func(tx authorityTx) error) error {
	return d.transact(ctx, becomeAuth, f)
}

// asMerger is asAuthority as aside_merge, which has the rights of aside_auth and may move the notes of a vouched account
// (see moveNotes). A transaction has one role from its start to its end. After errUncounted it counts and runs f again.
func (d *DB) asMerger(ctx context.Context, f func(tx authorityTx) error) (err error) {
	for range maxAttempts {
		err = d.transact(ctx, becomeMerge, f)
		var u errUncounted
		if !errors.As(err, &u) {
			return err
		}
		if err := d.countOwner(ctx, u.user, u.tenantKey); err != nil {
			return err
		}
	}
	return err
}

func (d *DB) transact(ctx context.Context, become string, f func(tx authorityTx) error) error {
	stale := false
	err := d.retry(ctx, func() error {
		return d.bun.RunInTx(ctx, &sql.TxOptions{}, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, become); err != nil {
				return err
			}
			return f(authorityTx{tx, &stale})
		})
	})
	if stale { // after an error too, since the transaction may have been committed
		d.sessions.clear()
	}
	return err
}

// requireRow returns errNotFound if a statement changed no row.
func requireRow(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = errNotFound
	}
	return err
}

// changedRow reports whether a statement changed a row.
func changedRow(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func nullBytes(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func nullString(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// ifNoRows replaces sql.ErrNoRows with the error instead. It returns any other err unchanged.
func ifNoRows(err error, instead error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return instead
	}
	return err
}
