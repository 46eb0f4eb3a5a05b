package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
)

var errCodeGone = &Error{Code: CodeGone, Message: "This code is invalid, expired or already used."}

// RedeemCode exchanges a code for a widget session, once. check says whether the caller is the one that the
// code is bound to. RedeemCode returns its error and leaves the code unused. A second use revokes the session
// of the first one (RFC 6749 §4.1.2) and returns CodeGone, as an unknown or expired code does.
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
	if err == nil && r.RedeemedAt != nil { // only after the commit, so that the revocation stays
		err = errCodeGone
	}
	if err != nil {
		return nil, err
	}
	return r, d.openRequestSubject(ctx, r)
}

// lockCode locks the person who granted a code (see lockUser) and then the code's request, which it returns.
func lockCode(ctx context.Context, tx authorityTx, code TokenHash) (*AuthorizationRequest, error) {
	_, err := tx.NewRaw(`SELECT FROM users WHERE id = (SELECT user_id FROM authorization_requests WHERE code_hash = ?) FOR NO KEY UPDATE`, code[:]).Exec(ctx)
	if err != nil {
		return nil, err
	}
	var r AuthorizationRequest
	err = tx.NewRaw(`SELECT `+requestColumns+` FROM authorization_requests WHERE code_hash = ? FOR UPDATE`, code[:]).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errCodeGone
	}
	r.Evidence = storedEvidence(r.EvidenceKey, r.EvidenceNonce)
	return &r, err
}

// revokeReused revokes the session that the first use of a code made.
func (d *DB) revokeReused(ctx context.Context, tx authorityTx, r *AuthorizationRequest, from string) error {
	var user uuid.UUID
	err := tx.NewRaw(`UPDATE sessions SET revoked_at = now() WHERE id = ? AND revoked_at IS NULL RETURNING user_id`, r.SessionID).Scan(ctx, &user)
	if err != nil {
		return ifNoRows(err, nil)
	}
	tx.clearSessionCache()
	return insertEvent(ctx, tx, Event{Actor: "visitor", Action: "code.reused", Target: d.Pseudonym(user), IP: network(from)})
}

// insertWidgetSession makes the session that a request was granted. The account session, its passkey, the
// tenant, the embed origin and the evidence must still be valid, since what they granted ends with them.
func insertWidgetSession(ctx context.Context, tx authorityTx, r *AuthorizationRequest, s NewSession) error {
	if err := lockEmbedOrigin(ctx, tx, r.TenantKey, r.EmbedOrigin, s.OwnOrigin); err != nil {
		return err
	}
	if err := r.requireAccepted(ctx, tx); err != nil {
		return err
	}
	id := newID()
	result, err := tx.NewRaw(`INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, subject, subject_hash,
			granted_by, chain_id, passkey_id, idle_timeout, expires_at)
		SELECT ?, 'WIDGET', ?, r.user_id, r.tenant_key, r.embed_origin, r.jkt, r.subject, r.subject_hash,
			a.id, a.chain_id, coalesce(r.passkey_id, a.passkey_id), make_interval(secs => ?), now() + make_interval(secs => ?)
		FROM authorization_requests r
		JOIN sessions a ON a.id = r.account_session_id AND a.revoked_at IS NULL AND a.expires_at > now()
		WHERE r.id = ? AND r.expires_at > now()
			AND (r.passkey_id IS NULL OR EXISTS (SELECT FROM passkeys p WHERE p.id = r.passkey_id AND p.user_id = r.user_id))
		FOR SHARE OF a`, // a concurrent revocation came first, or waits and then ends this session too
		id, s.Token[:], s.Idle.Seconds(), s.Lifetime.Seconds(), r.ID).Exec(ctx)
	if err := requireRow(result, err); err != nil {
		if errors.Is(err, errNotFound) {
			err = errCodeGone
		}
		return err
	}
	if _, err = tx.NewRaw(`UPDATE authorization_requests SET redeemed_at = now(), session_id = ? WHERE id = ?`, id, r.ID).Exec(ctx); err != nil {
		return err
	}
	return limitSessions(ctx, tx, *r.UserID)
}
