package db

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// A Consent says that a person allows a tenant to open their notes on its pages.
type Consent struct {
	TenantKey string
	Since     time.Time
}

// MaxConsents is how many consents Consents returns at most.
const MaxConsents = 200

// storeConsent stores that a person allows a tenant, and records it the first time, and after it was withdrawn.
func (d *DB) storeConsent(ctx context.Context, tx authorityTx, account *Session, tenantKey string) error {
	result, err := tx.NewRaw(`INSERT INTO consents (user_id, tenant_key) VALUES (?, ?)
		ON CONFLICT (user_id, tenant_key) DO UPDATE SET created_at = excluded.created_at, withdrawn_at = NULL WHERE consents.withdrawn_at IS NOT NULL`,
		account.UserID, tenantKey).Exec(ctx)
	if err != nil {
		return err
	}
	if first, err := result.RowsAffected(); err != nil || first == 0 {
		return err
	}
	return d.auditPerson(ctx, tx, account.UserID, account.From, Event{Action: "tenant.allowed", Target: tenantKey})
}

// HasConsented reports whether a person has allowed a tenant, and has not withdrawn that.
func (d *DB) HasConsented(ctx context.Context, user uuid.UUID, tenantKey string) (yes bool, err error) {
	defer place(&err, "db.HasConsented")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT EXISTS (SELECT FROM consents WHERE user_id = ? AND tenant_key = ? AND withdrawn_at IS NULL)`, user, tenantKey).Scan(ctx, &yes)
	})
	return yes, err
}

// Consents returns the newest MaxConsents consents of a person, the newest first.
func (d *DB) Consents(ctx context.Context, user uuid.UUID) (list []*Consent, err error) {
	defer place(&err, "db.Consents")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT tenant_key, created_at AS since FROM consents
			WHERE user_id = ? AND withdrawn_at IS NULL ORDER BY created_at DESC, tenant_key LIMIT ?`, user, MaxConsents).Scan(ctx, &list)
	})
	return list, err
}

// WithdrawConsent withdraws that a session's person allows a tenant. It ends the person's widget sessions there and
// invalidates the codes for more of them; the next sign-in there asks again. It returns CodeNotFound if the person
// doesn't allow the tenant.
func (d *DB) WithdrawConsent(ctx context.Context, s *Session, tenantKey string) (err error) {
	defer place(&err, "db.WithdrawConsent")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		if err := requireRow(tx.NewRaw(`UPDATE consents SET withdrawn_at = now()
			WHERE user_id = ? AND tenant_key = ? AND withdrawn_at IS NULL`, s.UserID, tenantKey).Exec(ctx)); err != nil {
			return err
		}
		if _, err := revokeSessions(ctx, tx, s.UserID, `tenant_key = ?`, tenantKey); err != nil {
			return err
		}
		_, err := tx.NewRaw(`UPDATE authorization_requests SET code_hash = NULL
			WHERE user_id = ? AND tenant_key = ? AND redeemed_at IS NULL AND expires_at > now() - interval '1 minute'`, s.UserID, tenantKey).Exec(ctx)
		if err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "tenant.withdrawn", Target: tenantKey})
	})
}
