package db

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

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

// revokeSessions ends the sessions that match which (an SQL condition). It locks them in the order of
// their ids, so that no two calls deadlock. The caller must lock out new sessions first, by the user
// (lockUser) or the tenant (lockTenant).
func revokeSessions(ctx context.Context, tx authorityTx, which string, args ...any) (ended []endedSession, err error) {
	err = tx.NewRaw(`WITH ending AS (
			SELECT id FROM sessions WHERE revoked_at IS NULL AND (`+which+`) ORDER BY id FOR NO KEY UPDATE
		)
		UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.id = ending.id
		RETURNING s.id, s.kind, s.chain_id, s.expires_at > now() AND s.last_used_at + s.idle_timeout > now() AS was_live`, args...).Scan(ctx, &ended)
	if len(ended) > 0 {
		tx.forgetSessions()
	}
	return ended, err
}

func countLive(ended []endedSession) (n int) {
	for _, s := range ended {
		if s.WasLive {
			n++
		}
	}
	return n
}

// endSessions ends the sessions of a person that match which (an SQL condition), and the chains of the
// account sessions among them. It returns how many live ones ended. The caller has locked the user.
func endSessions(ctx context.Context, tx authorityTx, user uuid.UUID, which string, args ...any) (n int, err error) {
	ended, err := revokeSessions(ctx, tx, `user_id = ? AND (`+which+`)`, slices.Concat([]any{user}, args)...)
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
	rest, err := revokeSessions(ctx, tx, `user_id = ? AND chain_id IN (?)`, user, bun.List(chains))
	return countLive(ended) + countLive(rest), err
}

// continueChain ends the account session that user's new session, with that id, replaces in its
// browser. It returns the chain of the new session: the old chain if the person is the same, and
// otherwise a new one. It ends the whole chain of another person.
func continueChain(ctx context.Context, tx authorityTx, user, id uuid.UUID, replaces *TokenHash) (chain uuid.UUID, err error) {
	if replaces == nil {
		return id, nil
	}
	var before struct {
		UserID  uuid.UUID
		ChainID uuid.NullUUID
	}
	err = tx.NewRaw(`UPDATE sessions SET revoked_at = coalesce(revoked_at, now()) WHERE token_hash = ? RETURNING user_id, chain_id`, replaces[:]).
		Scan(ctx, &before.UserID, &before.ChainID)
	if err != nil {
		return id, noRows(err, nil)
	}
	tx.forgetSessions()
	switch {
	case !before.ChainID.Valid:
		return id, nil
	case before.UserID == user:
		return before.ChainID.UUID, nil
	}
	_, err = revokeSessions(ctx, tx, `chain_id = ?`, before.ChainID.UUID)
	return id, err
}

// lockUsers is lockUser for a person who signs in and for the person of the session that is replaced,
// in the order of their ids.
func lockUsers(ctx context.Context, tx authorityTx, user uuid.UUID, replaces *TokenHash) error {
	if replaces == nil {
		return lockUser(ctx, tx, user)
	}
	var locked []uuid.UUID
	err := tx.NewRaw(`SELECT id FROM users WHERE id IN (SELECT ?::uuid UNION SELECT user_id FROM sessions WHERE token_hash = ?)
		ORDER BY id FOR NO KEY UPDATE`, user, replaces[:]).Scan(ctx, &locked)
	if err == nil && !slices.Contains(locked, user) {
		err = ErrNoSession
	}
	return err
}

// lockReplaced locks both users like lockUsers if the browser has a session of another person.
// Otherwise it locks nothing, so that people who sign in don't wait for one another.
const lockReplaced = `SELECT FROM sessions s JOIN users u ON u.id IN (s.user_id, $1)
	WHERE s.token_hash = $2 AND s.user_id <> $1 ORDER BY u.id FOR NO KEY UPDATE OF u`

// endReplaced ends the chain of the replaced session if it belongs to another person. It is a separate
// statement so that it sees what was redeemed before that person was locked.
const endReplaced = `WITH ending AS (
		SELECT id FROM sessions WHERE revoked_at IS NULL AND chain_id = (
			SELECT chain_id FROM sessions WHERE token_hash = $2 AND user_id <> $1 AND revoked_at IS NOT NULL)
		ORDER BY id FOR NO KEY UPDATE
	)
	UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.id = ending.id`
