package db

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// live is what PostgreSQL knows a session by that has not ended: presented_session, in the
// migrations, has the same words.
const live = `revoked_at IS NULL AND expires_at > now() AND last_used_at + idle_timeout > now()`

// Sessions lists a person's live sessions, the one used last first. They have no Owner: nobody
// presented their tokens.
func (d *DB) Sessions(ctx context.Context, user uuid.UUID) (list []*Session, err error) {
	err = d.auth(ctx, func(tx bun.Tx) error {
		list = nil // of an attempt before
		rows, err := tx.QueryContext(ctx, `SELECT id, kind, coalesce(tenant_key, ''), coalesce(embed_origin, ''), created_at, last_used_at, expires_at
			FROM sessions WHERE user_id = ? AND `+live+` ORDER BY last_used_at DESC, id DESC LIMIT ?`, user, MaxSessions)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			s := &Session{UserID: user}
			if err := rows.Scan(&s.ID, &s.Kind, &s.TenantKey, &s.EmbedOrigin, &s.CreatedAt, &s.LastUsedAt, &s.ExpiresAt); err != nil {
				return err
			}
			list = append(list, s)
		}
		return rows.Err()
	})
	return list, err
}

// RevokeSession ends a session of the person who asks, this one (a sign-out) or another, and with
// an account session what it granted. It returns CodeNotFound for a session that is not theirs,
// or has ended.
func (d *DB) RevokeSession(ctx context.Context, s *Session, id uuid.UUID) error {
	defer d.sessions.forget()
	return d.auth(ctx, func(tx bun.Tx) error {
		if err := holdSession(ctx, tx, s); err != nil {
			return err
		}
		n, err := endSessions(ctx, tx, s.UserID, `id = ? AND `+live, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return errNotThere
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, "session.revoked", id.String(), "")
	})
}

// RevokeOtherSessions ends every session of the person but the one that asks, and gives how many
// there were.
func (d *DB) RevokeOtherSessions(ctx context.Context, s *Session) (n int, err error) {
	defer d.sessions.forget()
	err = d.auth(ctx, func(tx bun.Tx) error {
		if err := holdSession(ctx, tx, s); err != nil {
			return err
		}
		ended, err := revokeSessions(ctx, tx, `user_id = ? AND id <> ?`, s.UserID, s.ID)
		if n = countLive(ended); err != nil || n == 0 {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, "session.revoked_others", "", "")
	})
	return n, err
}
