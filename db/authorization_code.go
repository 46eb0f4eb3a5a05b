package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

var errCodeGone = &Error{Code: CodeGone, Message: "This code is invalid, expired or already used."}

// RedeemCode turns a code into a widget session, once. check says whether the redeemer is the
// one that the code is bound to; its error is returned and leaves the code as it was.
// A second use ends the session that the first one got (RFC 6749 §4.1.2) and returns
// CodeGone, as an unknown or expired code does.
func (d *DB) RedeemCode(ctx context.Context, code TokenHash, check func(*AuthorizationRequest) error, s NewSession) (*AuthorizationRequest, error) {
	var r AuthorizationRequest
	reused, ended := false, false
	defer func() {
		if reused || ended {
			d.sessions.forget()
		}
	}()
	err := d.asAuthority(ctx, func(tx bun.Tx) error {
		// Whose it is comes first: see lockUser.
		_, err := tx.NewRaw(`SELECT FROM users WHERE id = (SELECT user_id FROM authorization_requests WHERE code_hash = ?) FOR NO KEY UPDATE`, code[:]).Exec(ctx)
		if err != nil {
			return err
		}
		err = tx.NewRaw(`SELECT `+requestColumns+` FROM authorization_requests WHERE code_hash = ? FOR UPDATE`, code[:]).Scan(ctx, &r)
		if errors.Is(err, sql.ErrNoRows) {
			return errCodeGone
		}
		if err != nil {
			return err
		}
		if r.RedeemedAt != nil {
			reused = true // committed: the revocation must outlive the refusal
			var whose uuid.UUID
			err := tx.NewRaw(`UPDATE sessions SET revoked_at = now() WHERE id = ? AND revoked_at IS NULL RETURNING user_id`, r.SessionID).Scan(ctx, &whose)
			if err != nil {
				return noRows(err, nil)
			}
			return insertEvent(ctx, tx, Event{ID: newID(), Actor: "visitor", Action: "code.reused", Target: d.Pseudonym(whose), IP: network(s.From)})
		}
		if err := check(&r); err != nil {
			return err
		}
		r.Evidence = storedEvidence(r.EvidenceKey, r.EvidenceNonce)
		// The account session, the passkey it rested on, the tenant and its origin must still stand: what they granted ends with them.
		if err := mayEmbed(ctx, tx, r.TenantKey, r.EmbedOrigin, s.OwnOrigin); err != nil {
			return err
		}
		if err := r.stillAccepted(ctx, tx); err != nil {
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
			FOR SHARE OF a`, // who ends it meanwhile is waited for, or waits and ends this one too
			id, s.Token[:], s.Idle.Seconds(), s.Lifetime.Seconds(), r.ID).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return errCodeGone
		}
		if _, err = tx.NewRaw(`UPDATE authorization_requests SET redeemed_at = now(), session_id = ? WHERE id = ?`, id, r.ID).Exec(ctx); err != nil {
			return err
		}
		ended, err = limitSessions(ctx, tx, *r.UserID)
		return err
	})
	if err == nil && reused {
		err = errCodeGone
	}
	if err != nil {
		return nil, err
	}
	return &r, d.openRequest(ctx, &r)
}
