package db

import (
	"context"
	"time"
)

// StoreIdentityHandle stores the subject of an assertion or ticket under a handle, bound to the key that
// exchanged it. It returns ErrNotAccepted when the evidence is no longer accepted.
func (d *DB) StoreIdentityHandle(ctx context.Context, handle TokenHash, tenantKey string, s Subject, jkt string, e Evidence, lifetime time.Duration) (err error) {
	defer place(&err, "db.StoreIdentityHandle")
	k := d.storeSubject(d.visitorKey(tenantKey), handleOf, tenantKey, handle[:], s)
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := e.requireAccepted(ctx, tx, tenantKey, false); err != nil {
			return err
		}
		_, err := tx.NewRaw(`INSERT INTO identity_handles (handle_hash, tenant_key, subject, email, name, sealed_subject, jkt, evidence_key, evidence_nonce, expires_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, now() + make_interval(secs => ?))`,
			handle[:], tenantKey, k.plaintext, k.email, k.name, nullBytes(k.sealed), jkt, e.key(), e.Nonce, lifetime.Seconds()).Exec(ctx)
		return err
	})
}

// SubjectOfHandle returns the subject of a handle and the evidence for it. A handle may be used until it
// expires, so that closing a window does not use it up. It returns CodeGone for a handle that is unknown,
// expired or bound to another tenant or key.
func (d *DB) SubjectOfHandle(ctx context.Context, handle TokenHash, tenantKey, jkt string) (_ *Subject, _ Evidence, err error) {
	defer place(&err, "db.SubjectOfHandle")
	return d.querySubject(ctx, handleOf, tenantKey, handle, "This identity handle is unknown, expired or bound to another key.",
		`SELECT subject, email, name, sealed_subject, evidence_key, evidence_nonce FROM identity_handles
			WHERE handle_hash = ? AND tenant_key = ? AND jkt = ? AND expires_at > now()`, handle[:], tenantKey, jkt)
}
