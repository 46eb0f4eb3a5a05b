package db

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A row of note_counters holds how many notes and bytes an owner has, earlier versions included. Each transaction that
// creates, grows or deletes a note changes the row. Such a transaction is one round trip, so the node cannot look at one
// result before it sends the next statement. Instead, a statement that must change a row divides by zero if it changes
// none, which aborts the transaction. If the row is missing, the owner's notes were not counted yet, and countOwner does it.
//
// Transactions lock in this order: the user, the owner's row, the notes, their earlier versions.

// divisionByZero is the SQLSTATE of a statement that had to change a row and changed none.
const divisionByZero = "22012"

// addToCounter counts a new note. It must fit into the owner's limits, and its id must be above those of deleted notes.
// $7, and $5 in growCounter, are the states of an account that allow this kind of text. The state cannot change before
// the commit: the statement locks the row, and a change of the state locks all rows first.
const addToCounter = `WITH counted AS (UPDATE note_counters SET notes = notes + 1, bytes = bytes + $3::bigint
		WHERE user_id = $1 AND tenant_key = $2 AND notes < $4 AND bytes + $3::bigint <= $5 AND sealing = ANY ($7) AND (deleted_up_to IS NULL OR deleted_up_to < $6)
		RETURNING 1)
	SELECT 1 / count(*) FROM counted`

// growCounter counts a change of a note's size. A note that grows must fit into the owner's space.
const growCounter = `WITH counted AS (UPDATE note_counters SET bytes = bytes + $3::bigint
		WHERE user_id = $1 AND tenant_key = $2 AND ($3::bigint <= 0 OR bytes + $3::bigint <= $4) AND sealing = ANY ($5)
		RETURNING 1)
	SELECT 1 / count(*) FROM counted`

// A noteCounter is a row of note_counters.
type noteCounter struct {
	notes, bytes int64
	deletedUpTo  uuid.NullUUID
	sealing      AccountSealing
}

// allows returns an error unless the owner may create a note with this id and size.
func (c *noteCounter) allows(id uuid.UUID, size int, l Limits) error {
	switch {
	case c.deletedUpTo.Valid && bytes.Compare(id[:], c.deletedUpTo.UUID[:]) <= 0:
		return errIDTaken
	case c.notes >= int64(l.Notes), c.bytes+int64(size) > l.OwnerSize:
		return errNoSpace
	}
	return nil
}

// counter returns an owner's row after a transaction could not change it. If there is no row, it counts the
// owner's notes and returns nil. It spends o's proof, because the aborted transaction did not.
func (d *DB) counter(ctx context.Context, o Owner, tenantKey string) (*noteCounter, error) {
	results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) {
		b.Queue(`SELECT notes, bytes, deleted_up_to, sealing FROM note_counters WHERE user_id = $1 AND tenant_key = $2`, o.userID, tenantKey)
	})
	if err != nil {
		return nil, err
	}
	c := &noteCounter{}
	err = results.QueryRow().Scan(&c.notes, &c.bytes, &c.deletedUpTo, &c.sealing)
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, d.countOwner(ctx, o.userID, tenantKey)
	}
	return c, err
}

// countOwner counts an owner's notes if that was not done yet. It returns ErrNoSession for a deleted account.
func (d *DB) countOwner(ctx context.Context, user uuid.UUID, tenantKey string) error {
	_, err := d.execAsAuthority(ctx, `SELECT count_notes($1, $2, false)`, user, tenantKey)
	if isSQLState(err, foreignKeyViolation) {
		err = ErrNoSession
	}
	return err
}

// countPerson counts a person's notes at each tenant where that was not done yet. Call it before a transaction in which the
// authority changes rows of the person: on a Citus cluster, no other role can read them from then on, and these SQL
// functions run as the owner of the tables.
func (d *DB) countPerson(ctx context.Context, user uuid.UUID) error {
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		var tenants []string
		if err := tx.NewRaw(`SELECT note_tenants(?)`, user).Scan(ctx, &tenants); err != nil {
			return err
		}
		for _, key := range tenants {
			if _, err := tx.NewRaw(`SELECT count_notes(?, ?, false)`, user, key).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if isSQLState(err, foreignKeyViolation) { // the account was just deleted
		return nil
	}
	return err
}

// lockWriters waits for other transactions that write a person's notes, and blocks new ones until this transaction ends.
func lockWriters(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	if _, err := tx.NewRaw(`SELECT FROM users WHERE id = ? FOR UPDATE`, user).Exec(ctx); err != nil { // blocks new notes and counters
		return err
	}
	return lockCounters(ctx, tx, user)
}

// lockCounters waits for other transactions that change a person's notes, and blocks new ones. The caller has
// locked the user, which blocks new notes.
func lockCounters(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	_, err := tx.NewRaw(`SELECT FROM note_counters WHERE user_id = ? ORDER BY tenant_key FOR UPDATE`, user).Exec(ctx)
	return err
}

// uncountNotes subtracts all notes of a person from the usage of their tenants. The caller has called countPerson
// before this transaction, and deletes the account in it.
func uncountNotes(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	if err := lockWriters(ctx, tx, user); err != nil {
		return err
	}
	var counters []struct {
		TenantKey string
		Notes     int64
	}
	if err := tx.NewRaw(`SELECT tenant_key, notes FROM note_counters WHERE user_id = ? AND notes <> 0 ORDER BY tenant_key`, user).Scan(ctx, &counters); err != nil {
		return err
	}
	for _, c := range counters {
		for _, p := range today(c.TenantKey).periods() {
			_, err := tx.NewRaw(`INSERT INTO usage_periods AS p (tenant_key, period, notes) VALUES (?, ?, ?)
				ON CONFLICT (tenant_key, period) DO UPDATE SET notes = p.notes + excluded.notes`, p.tenantKey, p.period, -c.Notes).Exec(ctx)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// errUncounted says that an owner's notes must be counted first, in another transaction.
type errUncounted struct {
	user      uuid.UUID
	tenantKey string
}

func (errUncounted) Error() string { return "db: notes that were not counted yet" }

// lockBothCounters locks the rows of two people at these tenants. If a row of from is missing, it inserts an empty one,
// since that account is deleted in the same transaction. If a row of to is missing, it returns errUncounted.
func lockBothCounters(ctx context.Context, tx authorityTx, from, to uuid.UUID, tenants []string) error {
	for _, key := range tenants {
		_, err := tx.NewRaw(`INSERT INTO note_counters (user_id, tenant_key, notes, bytes) VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING`, from, key).Exec(ctx)
		if err != nil {
			return err
		}
		var there int
		err = tx.NewRaw(`SELECT 1 FROM note_counters WHERE user_id = ? AND tenant_key = ? FOR NO KEY UPDATE`, to, key).Scan(ctx, &there)
		if err != nil {
			return ifNoRows(err, errUncounted{to, key})
		}
	}
	return lockCounters(ctx, tx, from)
}

// addCounters adds notes that were moved to the counters of their new owner, and keeps the higher deleted_up_to.
func addCounters(ctx context.Context, tx authorityTx, from, to uuid.UUID, moved map[string]noteCounter) error {
	for _, key := range slices.Sorted(maps.Keys(moved)) {
		c := moved[key]
		err := tx.NewRaw(`SELECT deleted_up_to FROM note_counters WHERE user_id = ? AND tenant_key = ?`, from, key).Scan(ctx, &c.deletedUpTo)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw(`UPDATE note_counters SET notes = notes + ?, bytes = bytes + ?, deleted_up_to = greatest(deleted_up_to, ?)
			WHERE user_id = ? AND tenant_key = ?`, c.notes, c.bytes, c.deletedUpTo, to, key).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// A Recount is the result of RecountNotes.
type Recount struct {
	Owners    int         `json:"owners"`    // how many were counted
	Corrected []NoteOwner `json:"corrected"` // those that had wrong counters
}

// A NoteOwner is a person at a tenant.
type NoteOwner struct {
	User      uuid.UUID `json:"user"`
	TenantKey string    `json:"tenant"`
}

// RecountNotes counts the notes of a person again, or of everybody for uuid.Nil, and corrects the counters. Nodes
// may serve meanwhile. It returns CodeNotFound when there is no such account.
func (d *DB) RecountNotes(ctx context.Context, user uuid.UUID) (_ *Recount, err error) {
	defer place(&err, "db.RecountNotes")
	r := &Recount{Corrected: []NoteOwner{}}
	for last := uuid.Nil; ; {
		var people []uuid.UUID
		err := d.asAuthority(ctx, func(tx authorityTx) error {
			people = nil
			return tx.NewRaw(`SELECT id FROM users WHERE id > ?0 AND (?1 = ?2 OR id = ?1) ORDER BY id LIMIT 1000`, last, user, uuid.Nil).Scan(ctx, &people)
		})
		if err != nil {
			return nil, err
		}
		if len(people) == 0 {
			if last == uuid.Nil && user != uuid.Nil {
				return nil, errNoAccount
			}
			return r, nil
		}
		for _, id := range people {
			if err := d.recountPerson(ctx, id, r); err != nil {
				return nil, err
			}
		}
		last = people[len(people)-1]
	}
}

// recountPerson recounts one person's notes in one transaction, and adds the result to r.
func (d *DB) recountPerson(ctx context.Context, user uuid.UUID, r *Recount) error {
	var tenants, corrected []string
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		tenants, corrected = nil, nil
		if err := tx.NewRaw(`SELECT note_tenants(?)`, user).Scan(ctx, &tenants); err != nil {
			return err
		}
		for _, key := range tenants {
			var changed bool
			if err := tx.NewRaw(`SELECT count_notes(?, ?, true)`, user, key).Scan(ctx, &changed); err != nil {
				return err
			}
			if changed {
				corrected = append(corrected, key)
			}
		}
		return nil
	})
	if isSQLState(err, foreignKeyViolation) { // the account was just deleted
		return nil
	}
	for _, key := range corrected {
		r.Corrected = append(r.Corrected, NoteOwner{user, key})
	}
	r.Owners += len(tenants)
	return err
}
