package db

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// A Consent says that a person allows a tenant to open their notes on its pages.
type Consent struct {
	TenantKey   string
	Since       time.Time
	EmbedOrigin string // of the page on which the person signed in last, or ""; the tenant may have removed it
}

// MaxConsents is how many consents Consents returns at most.
const MaxConsents = 200

// storeConsent stores that a person allows a tenant, and the origin of the tenant's page, or "". It records the consent the first
// time, and after it was withdrawn.
func (d *DB) storeConsent(ctx context.Context, tx authorityTx, account *Session, tenantKey, embedOrigin string) error {
	result, err := tx.NewRaw(`INSERT INTO consents (user_id, tenant_key, embed_origin) VALUES (?, ?, nullif(?, ''))
		ON CONFLICT (user_id, tenant_key) DO UPDATE SET created_at = excluded.created_at, withdrawn_at = NULL, embed_origin = excluded.embed_origin
		WHERE consents.withdrawn_at IS NOT NULL`, account.UserID, tenantKey, embedOrigin).Exec(ctx)
	if err != nil {
		return err
	}
	first, err := result.RowsAffected()
	if err == nil && first == 0 && embedOrigin != "" {
		_, err = tx.NewRaw(`UPDATE consents SET embed_origin = ?2 WHERE user_id = ?0 AND tenant_key = ?1 AND embed_origin IS DISTINCT FROM ?2`,
			account.UserID, tenantKey, embedOrigin).Exec(ctx)
	}
	if err != nil || first == 0 {
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
		return tx.NewRaw(`SELECT tenant_key, created_at AS since, coalesce(embed_origin, '') AS embed_origin FROM consents
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
