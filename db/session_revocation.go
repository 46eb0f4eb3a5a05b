package db

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
)

// RevokeSession ends a session of s's person, s itself (a sign-out) or another. With an account session
// it ends the chain. It returns CodeNotFound for another person's session and for one that has ended.
func (d *DB) RevokeSession(ctx context.Context, s *Session, id uuid.UUID) (err error) {
	defer place(&err, "db.RevokeSession")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		n, err := endSessions(ctx, tx, s.UserID, `id = ? AND `+live, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errNotThere
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "session.revoked", Target: id.String()})
	})
}

// RevokeOtherSessions ends all of the person's sessions except s, and returns how many were live.
func (d *DB) RevokeOtherSessions(ctx context.Context, s *Session) (n int, err error) {
	defer place(&err, "db.RevokeOtherSessions")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		ended, err := revokeSessions(ctx, tx, `user_id = ? AND id <> ?`, s.UserID, s.ID)
		if n = countLive(ended); err != nil || n == 0 {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "session.revoked_others"})
	})
	return n, err
}

// SignOut ends the widget session of a token and its whole chain: the account session that granted it,
// so that the next person at this computer cannot continue, and the other sessions that this granted.
// from is the client's address. An unknown token is no error (RFC 7009 §2.2).
func (d *DB) SignOut(ctx context.Context, token TokenHash, from string) (err error) {
	defer place(&err, "db.SignOut")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		var id, user uuid.UUID
		err := tx.NewRaw(`SELECT id, user_id FROM sessions WHERE token_hash = ?`, token[:]).Scan(ctx, &id, &user)
		if err != nil {
			return noRows(err, nil)
		}
		if err := lockUser(ctx, tx, user); err != nil {
			if errors.Is(err, ErrNoSession) { // the account was deleted meanwhile
				err = nil
			}
			return err
		}
		ended, err := revokeSessions(ctx, tx, `chain_id = (SELECT chain_id FROM sessions WHERE id = ?)`, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(ended, func(s endedSession) bool { return s.ID == id && s.WasLive }) {
			return nil
		}
		return d.auditPerson(ctx, tx, user, from, Event{Action: "session.revoked", Target: id.String()})
	})
}
