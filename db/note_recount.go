package db

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// A Recount is the result of RecountNotes.
type Recount struct {
	Owners    int         `json:"owners"`    // people at tenants, each counted
	Corrected []NoteOwner `json:"corrected"` // those with wrong counters
}

// A NoteOwner is a person at a tenant.
type NoteOwner struct {
	User      uuid.UUID `json:"user"`
	TenantKey string    `json:"tenant"`
}

// RecountNotes counts the notes of a person again, or everybody's for uuid.Nil, and corrects the counters, while
// nodes serve. It returns CodeNotFound when there is no such account.
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

// recountPerson adds one person to r, in one transaction.
func (d *DB) recountPerson(ctx context.Context, user uuid.UUID, r *Recount) error {
	var tenants, corrected []string
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		tenants, corrected = nil, nil
		if err := lockUserShared(ctx, tx, user); err != nil {
			return err
		}
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
	if errors.Is(err, ErrNoSession) { // the account was just deleted
		return nil
	}
	for _, key := range corrected {
		r.Corrected = append(r.Corrected, NoteOwner{user, key})
	}
	r.Owners += len(tenants)
	return err
}
