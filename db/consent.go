package db

import (
	"context"

	"github.com/google/uuid"
)

// storeConsent stores that a person allows a tenant, and records it the first time.
func (d *DB) storeConsent(ctx context.Context, tx authorityTx, account *Session, tenantKey string) error {
	result, err := tx.NewRaw(`INSERT INTO consents (user_id, tenant_key) VALUES (?, ?) ON CONFLICT DO NOTHING`, account.UserID, tenantKey).Exec(ctx)
	if err != nil {
		return err
	}
	if first, err := result.RowsAffected(); err != nil || first == 0 {
		return err
	}
	return d.auditPerson(ctx, tx, account.UserID, account.From, Event{Action: "tenant.allowed", Target: tenantKey})
}

// HasConsented reports whether a person has allowed a tenant before.
func (d *DB) HasConsented(ctx context.Context, user uuid.UUID, tenantKey string) (yes bool, err error) {
	defer place(&err, "db.HasConsented")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT EXISTS (SELECT FROM consents WHERE user_id = ? AND tenant_key = ?)`, user, tenantKey).Scan(ctx, &yes)
	})
	return yes, err
}
