package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// What is unique across people has a lookup table each, which says who has it: credentials, subjects,
// recovery_locators and user_handles. The primary key of such a table is what makes it unique. A lookup is
// written and deleted in the transaction that writes or deletes the row that it is about.

// A subjectHolder is the account that a tenant's subject belongs to.
type subjectHolder struct {
	UserID  uuid.UUID // uuid.Nil: nobody has the subject
	Vouched bool      // the tenant vouches for the account; otherwise its person has linked the subject
}

// subjectHolder returns the account that a tenant's subject belongs to.
func (d *DB) subjectHolder(ctx context.Context, tx authorityTx, tenantKey, subject string) (h subjectHolder, err error) {
	err = tx.NewRaw(`SELECT user_id, vouched FROM subjects WHERE tenant_key = ? AND subject_hash = ?`,
		tenantKey, d.subjectHash(tenantKey, subject)).Scan(ctx, &h.UserID, &h.Vouched)
	plaintext := d.plaintextArgument(subject)
	if plaintext == nil || !errors.Is(err, sql.ErrNoRows) {
		return h, ifNoRows(err, nil)
	}
	// What is in the clear has no lookup.
	err = tx.NewRaw(`SELECT user_id, false AS vouched FROM identities WHERE tenant_key = ?0 AND subject = ?1
		UNION ALL SELECT id, true FROM users WHERE vouched_by = ?0 AND vouched_subject = ?1`, tenantKey, plaintext).Scan(ctx, &h.UserID, &h.Vouched)
	return h, ifNoRows(err, nil)
}

// insertSubject writes the lookup of a subject, and reports whether it did: another transaction may have.
func insertSubject(ctx context.Context, tx authorityTx, tenantKey string, hash []byte, h subjectHolder) (bool, error) {
	return changedRow(tx.NewRaw(`INSERT INTO subjects (tenant_key, subject_hash, user_id, vouched) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		tenantKey, hash, h.UserID, h.Vouched).Exec(ctx))
}

// takeSubject gives a subject to the person who links it, if had is still its holder. It reports whether it did.
func (d *DB) takeSubject(ctx context.Context, tx authorityTx, tenantKey, subject string, user uuid.UUID, had subjectHolder) (bool, error) {
	hash := d.subjectHash(tenantKey, subject)
	if d.storesPlaintext() { // the link will be in the clear, which has no lookup
		return true, deleteSubject(ctx, tx, tenantKey, hash, had.UserID)
	}
	return changedRow(tx.NewRaw(`INSERT INTO subjects AS s (tenant_key, subject_hash, user_id, vouched) VALUES (?, ?, ?, false)
		ON CONFLICT (tenant_key, subject_hash) DO UPDATE SET user_id = excluded.user_id, vouched = false WHERE s.user_id = ?`,
		tenantKey, hash, user, had.UserID).Exec(ctx))
}

func deleteSubject(ctx context.Context, tx authorityTx, tenantKey string, hash []byte, user uuid.UUID) error {
	_, err := tx.NewRaw(`DELETE FROM subjects WHERE tenant_key = ? AND subject_hash = ? AND user_id = ?`, tenantKey, hash, user).Exec(ctx)
	return err
}

func deleteCredentials(ctx context.Context, tx authorityTx, ids ...[]byte) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`DELETE FROM credentials WHERE credential_id IN (?)`, bun.List(ids)).Exec(ctx)
	return err
}

func deleteLocators(ctx context.Context, tx authorityTx, locators ...string) error {
	if len(locators) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`DELETE FROM recovery_locators WHERE locator IN (?)`, bun.List(locators)).Exec(ctx)
	return err
}

// deleteLookups deletes all lookups of an account. The caller has locked the user, and deletes the account.
func deleteLookups(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var credentials [][]byte
	if err := tx.NewRaw(`SELECT credential_id FROM passkeys WHERE user_id = ?`, user).Scan(ctx, &credentials); err != nil {
		return err
	}
	if err := deleteCredentials(ctx, tx, credentials...); err != nil {
		return err
	}
	var locators []string
	if err := tx.NewRaw(`SELECT locator FROM recovery_codes WHERE user_id = ?`, user).Scan(ctx, &locators); err != nil {
		return err
	}
	if err := deleteLocators(ctx, tx, locators...); err != nil {
		return err
	}
	var subjects []struct {
		TenantKey string
		Hash      []byte
	}
	err := tx.NewRaw(`SELECT tenant_key, subject_hash AS hash FROM identities WHERE user_id = ?0 AND subject_hash IS NOT NULL
		UNION ALL SELECT vouched_by, vouched_subject_hash FROM users WHERE id = ?0 AND vouched_subject_hash IS NOT NULL`, user).Scan(ctx, &subjects)
	if err != nil {
		return err
	}
	for _, s := range subjects {
		if err := deleteSubject(ctx, tx, s.TenantKey, s.Hash, user); err != nil {
			return err
		}
	}
	var handles [][]byte
	if err := tx.NewRaw(`SELECT handle FROM users WHERE id = ?`, user).Scan(ctx, &handles); err != nil {
		return err
	}
	if len(handles) == 0 {
		return nil
	}
	_, err = tx.NewRaw(`DELETE FROM user_handles WHERE handle = ?`, handles[0]).Exec(ctx)
	return err
}
