package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
)

var errCodeGone = &Error{Code: CodeGone, Message: "This code is invalid, expired or already used."}

// RedeemCode exchanges a code for a widget session, once. check returns an error if the code is not bound to the caller.
// RedeemCode then returns that error, and the code remains usable. A second use of a code revokes the session from the first
// use (RFC 6749 §4.1.2) and returns CodeGone. RedeemCode also returns CodeGone for an unknown or expired code.
func (d *DB) RedeemCode(ctx context.Context, code TokenHash, check func(*AuthorizationRequest) error, s NewSession) (_ *AuthorizationRequest, err error) {
	defer place(&err, "db.RedeemCode")
	var r *AuthorizationRequest
	err = d.asAuthority(ctx, func(tx authorityTx) (err error) {
		if r, err = lockCode(ctx, tx, code); err != nil {
			return err
		}
		if r.RedeemedAt != nil {
			return d.revokeReused(ctx, tx, r, s.From)
		}
		if err := check(r); err != nil {
			return err
		}
		return insertWidgetSession(ctx, tx, r, s)
	})
	if err == nil && r.RedeemedAt != nil { // returned after the commit, so that the revocation is kept
		err = errCodeGone
	}
	if err != nil {
		return nil, err
	}
	return r, d.openRequestSubject(ctx, r)
}

// lockCode locks the person who granted a code (see lockUser) and then the code's request, which it returns.
func lockCode(ctx context.Context, tx authorityTx, code TokenHash) (*AuthorizationRequest, error) {
	var user uuid.UUID
	if err := tx.NewRaw(`SELECT user_id FROM authorization_requests WHERE code_hash = ?`, code[:]).Scan(ctx, &user); err != nil {
		return nil, ifNoRows(err, errCodeGone)
	}
	if _, err := tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR NO KEY UPDATE`, user).Exec(ctx); err != nil {
		return nil, err
	}
	var r AuthorizationRequest
	err := tx.NewRaw(`SELECT `+requestColumns+` FROM authorization_requests WHERE code_hash = ? FOR UPDATE`, code[:]).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errCodeGone
	}
	r.Evidence = storedEvidence(r.EvidenceKey, r.EvidenceNonce)
	return &r, err
}

// revokeReused revokes the session that the first use of a code made.
func (d *DB) revokeReused(ctx context.Context, tx authorityTx, r *AuthorizationRequest, from string) error {
	ended, err := revokeSessions(ctx, tx, *r.UserID, `id = ?`, r.SessionID)
	if err != nil || len(ended) == 0 {
		return err
	}
	return insertEvent(ctx, tx, Event{Actor: "visitor", Action: "code.reused", Target: d.Pseudonym(*r.UserID), IP: network(from)})
}

// insertWidgetSession inserts the session for a granted request. The account session, its passkey, the tenant, the embed
// origin and the evidence must still be valid, since a session must not outlive them.
func insertWidgetSession(ctx context.Context, tx authorityTx, r *AuthorizationRequest, s NewSession) error {
	if err := lockEmbedOrigin(ctx, tx, r.TenantKey, r.EmbedOrigin, s.OwnOrigin); err != nil {
		return err
	}
	if err := r.requireAccepted(ctx, tx); err != nil {
		return err
	}
	var granted uuid.NullUUID // the passkey that the person used to grant the request
	if err := tx.NewRaw(`SELECT passkey_id FROM authorization_requests WHERE id = ? AND expires_at > now()`, r.ID).Scan(ctx, &granted); err != nil {
		return ifNoRows(err, errCodeGone)
	}
	// A concurrent revocation has committed before this lock, or it waits for it and then ends the new session too.
	var account struct {
		ChainID   uuid.NullUUID
		PasskeyID uuid.NullUUID
	}
	err := tx.NewRaw(`SELECT chain_id, passkey_id FROM sessions WHERE user_id = ? AND id = ? AND revoked_at IS NULL AND expires_at > now() FOR SHARE`,
		r.UserID, r.AccountSessionID).Scan(ctx, &account.ChainID, &account.PasskeyID)
	if err != nil {
		return ifNoRows(err, errCodeGone)
	}
	if granted.Valid {
		account.PasskeyID = granted
		var exists bool
		if err := tx.NewRaw(`SELECT EXISTS (SELECT FROM passkeys WHERE user_id = ? AND id = ?)`, r.UserID, granted).Scan(ctx, &exists); err != nil {
			return err
		}
		if !exists {
			return errCodeGone
		}
	}
	id := newID()
	_, err = tx.NewRaw(`INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, subject, subject_hash,
			granted_by, chain_id, passkey_id, idle_timeout, idle_until, expires_at, device)
		VALUES (?0, 'WIDGET', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, make_interval(secs => ?11), now() + make_interval(secs => ?11), now() + make_interval(secs => ?12), ?13)`,
		id, s.Token[:], r.UserID, r.TenantKey, r.EmbedOrigin, r.JKT, r.Subject, nullBytes(r.SubjectHash),
		r.AccountSessionID, account.ChainID, account.PasskeyID, s.Idle.Seconds(), s.Lifetime.Seconds(), nullString(s.Device)).Exec(ctx)
	if err != nil {
		return err
	}
	if _, err = tx.NewRaw(`UPDATE authorization_requests SET redeemed_at = now(), session_id = ? WHERE id = ?`, id, r.ID).Exec(ctx); err != nil {
		return err
	}
	return limitSessions(ctx, tx, *r.UserID)
}
