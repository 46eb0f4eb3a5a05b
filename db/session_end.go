package db

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// RevokeSession ends a session of s's person, s itself (a sign-out) or another. With an account session
// it ends the chain. It returns CodeNotFound for another person's session and for one that has ended.
func (d *DB) RevokeSession(ctx context.Context, s *Session, id uuid.UUID) (err error) {
	defer place(&err, "db.RevokeSession")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		n, err := endSessions(ctx, tx, s.UserID, `id = ? AND `+liveSession, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errNotFound
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
		ended, err := revokeSessions(ctx, tx, s.UserID, `id <> ?`, s.ID)
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
func (d *DB) SignOut(ctx context.Context, token Token, from string) (err error) {
	defer place(&err, "db.SignOut")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		var id, user uuid.UUID
		var chain uuid.NullUUID
		condition, args := token.condition()
		err := tx.NewRaw(`SELECT id, user_id, chain_id FROM sessions WHERE `+condition, args...).Scan(ctx, &id, &user, &chain)
		if err != nil {
			return ifNoRows(err, nil)
		}
		if err := lockUser(ctx, tx, user); err != nil {
			if errors.Is(err, ErrNoSession) { // the account was deleted meanwhile
				err = nil
			}
			return err
		}
		ended, err := revokeSessions(ctx, tx, user, `chain_id = ?`, chain)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(ended, func(s endedSession) bool { return s.ID == id && s.WasLive }) {
			return nil
		}
		return d.auditPerson(ctx, tx, user, from, Event{Action: "session.revoked", Target: id.String()})
	})
}

// A chain is the sessions of one person in one browser: the account sessions that replaced one
// another, and the widget sessions that they granted. When one of the account sessions ends, the whole
// chain ends, unless the same person's next session replaces it.

// An endedSession is a session that revokeSessions ended.
type endedSession struct {
	ID      uuid.UUID
	Kind    SessionKind
	ChainID uuid.NullUUID
	WasLive bool // it had neither expired nor been idle for too long
}

// revokeSessions ends the sessions of a person that match condition (SQL). It locks them in the order of
// their ids, so that no two calls deadlock. The caller must lock out new sessions first, by the user
// (lockUser).
func revokeSessions(ctx context.Context, tx authorityTx, user uuid.UUID, condition string, args ...any) (ended []endedSession, err error) {
	err = tx.NewRaw(`SELECT id, kind, chain_id, expires_at > now() AND idle_until > now() AS was_live FROM sessions
		WHERE user_id = ? AND revoked_at IS NULL AND (`+condition+`) ORDER BY id FOR NO KEY UPDATE`,
		slices.Concat([]any{user}, args)...).Scan(ctx, &ended)
	if err != nil || len(ended) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(ended))
	for i, s := range ended {
		ids[i] = s.ID
	}
	tx.clearSessionCache()
	_, err = tx.NewRaw(`UPDATE sessions SET revoked_at = now() WHERE user_id = ? AND id IN (?)`, user, bun.List(ids)).Exec(ctx)
	return ended, err
}

// revokeEverybodysSessions ends the sessions of all people that match condition (SQL). The caller has locked the tenant
// (lockTenant), which locks out new sessions. If it deadlocks with an act of a person, one of them runs again. A cluster
// cannot lock rows of more than one node in an order.
func revokeEverybodysSessions(ctx context.Context, tx authorityTx, condition string, args ...any) error {
	tx.clearSessionCache()
	_, err := tx.NewRaw(`UPDATE sessions SET revoked_at = now() WHERE revoked_at IS NULL AND (`+condition+`)`, args...).Exec(ctx)
	return err
}

func countLive(ended []endedSession) (n int) {
	for _, s := range ended {
		if s.WasLive {
			n++
		}
	}
	return n
}

// endSessions ends the sessions of a person that match condition (SQL), and the chains of the
// account sessions among them. It returns how many live ones ended. The caller has locked the user.
func endSessions(ctx context.Context, tx authorityTx, user uuid.UUID, condition string, args ...any) (n int, err error) {
	ended, err := revokeSessions(ctx, tx, user, condition, args...)
	if err != nil {
		return 0, err
	}
	var chains []uuid.UUID
	for _, s := range ended {
		if s.Kind == SessionAccount && s.ChainID.Valid {
			chains = append(chains, s.ChainID.UUID)
		}
	}
	if len(chains) == 0 {
		return countLive(ended), nil
	}
	rest, err := revokeSessions(ctx, tx, user, `chain_id IN (?)`, bun.List(chains))
	return countLive(ended) + countLive(rest), err
}

// MaxSessions is how many live sessions one person may have, at tenants and at their account together.
// One more ends the one that was used longest ago.
const MaxSessions = 100

// endOldest ends user $1's oldest sessions beyond $2 and, with an account session, its chain, like
// endSessions. The caller has locked the user, so that two new sessions are counted one after the other.
const endOldest = `WITH oldest AS (
		SELECT id, kind, chain_id FROM sessions WHERE user_id = $1 AND ` + liveSession + ` ORDER BY last_used_at DESC, id DESC OFFSET $2
	), ending AS (
		SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL
			AND (id IN (SELECT id FROM oldest) OR chain_id IN (SELECT chain_id FROM oldest WHERE kind = 'ACCOUNT'))
		ORDER BY id FOR NO KEY UPDATE
	)
	UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.user_id = $1 AND s.id = ending.id`

// limitSessions runs endOldest in a transaction that has made a session of user.
func limitSessions(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	result, err := tx.NewRaw(strings.NewReplacer("$1", "?0", "$2", "?1").Replace(endOldest), user, MaxSessions).Exec(ctx)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if n > 0 {
		tx.clearSessionCache()
	}
	return err
}
