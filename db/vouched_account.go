package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// ErrPasskeyRequired is returned when an assertion alone asks for notes that a passkey protects.
var ErrPasskeyRequired error = &Error{Code: CodeForbidden, Message: "These notes are protected by a passkey. Sign in with it."}

// GrantVouched makes a widget session for the account that a tenant vouches for with an assertion alone,
// and makes the account if necessary. It returns ErrPasskeyRequired if the subject is linked to an account with
// a passkey: the assertion alone then opens nothing. It returns ErrNotAccepted if the evidence is no
// longer accepted, and CodeGone if the tenant is suspended or no longer lists embedOrigin.
func (d *DB) GrantVouched(ctx context.Context, tenantKey string, s Subject, e Evidence, jkt, embedOrigin string, n NewSession) (err error) {
	defer place(&err, "db.GrantVouched")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := d.lockSubject(ctx, tx, tenantKey, s.ID); err != nil {
			return err
		}
		if err := lockEmbedOrigin(ctx, tx, tenantKey, embedOrigin, n.OwnOrigin); err != nil {
			return err
		}
		if err := e.requireAccepted(ctx, tx, tenantKey, true); err != nil {
			return err
		}
		var upgraded bool
		hash := d.subjectHash(tenantKey, s.ID)
		err := tx.NewRaw(`SELECT EXISTS (SELECT FROM identities WHERE tenant_key = ? AND (subject_hash = ? OR subject = ?))`,
			tenantKey, hash, d.plaintextArgument(s.ID)).Scan(ctx, &upgraded)
		if err != nil {
			return err
		}
		if upgraded {
			return ErrPasskeyRequired
		}
		user, err := d.vouchedUser(ctx, tx, tenantKey, s, n.From)
		if err != nil {
			return err
		}
		if err := lockUser(ctx, tx, user); err != nil { // this person's sessions are counted below
			return err
		}
		_, err = tx.NewRaw(`INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, subject_hash, evidence_key, idle_timeout, expires_at)
			VALUES (?, 'WIDGET', ?, ?, ?, ?, ?, ?, ?, make_interval(secs => ?), now() + make_interval(secs => ?))`,
			newID(), n.Token[:], user, tenantKey, embedOrigin, jkt, hash, e.key(), n.Idle.Seconds(), n.Lifetime.Seconds()).Exec(ctx)
		if err != nil {
			return err
		}
		return limitSessions(ctx, tx, user)
	})
}

// HasVouchedAccount reports whether there is an account that a tenant's assertion alone opens.
func (d *DB) HasVouchedAccount(ctx context.Context, tenantKey, subject string) (yes bool, err error) {
	defer place(&err, "db.HasVouchedAccount")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT EXISTS (SELECT FROM users WHERE vouched_by = ? AND (vouched_subject_hash = ? OR vouched_subject = ?))`,
			tenantKey, d.subjectHash(tenantKey, subject), d.plaintextArgument(subject)).Scan(ctx, &yes)
	})
	return yes, err
}

// vouchedUser finds or makes the account of a tenant's subject.
func (d *DB) vouchedUser(ctx context.Context, tx authorityTx, tenantKey string, s Subject, from string) (id uuid.UUID, err error) {
	hash := d.subjectHash(tenantKey, s.ID)
	err = tx.NewRaw(`SELECT id FROM users WHERE vouched_by = ? AND (vouched_subject_hash = ? OR vouched_subject = ?)`,
		tenantKey, hash, d.plaintextArgument(s.ID)).Scan(ctx, &id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	id = newID()
	key, dataKey, err := d.keys.NewDataKey(ctx, id)
	if err != nil {
		return id, err
	}
	handle := make([]byte, 64)
	if _, err := rand.Read(handle); err != nil {
		return id, err
	}
	label := []rune(s.Label())
	name := d.storeName(key, userName, id, string(label[:min(len(label), 80)]))
	var subject *string
	if name.plaintext != nil { // the subject is stored as the name is: in the clear, or hashed
		subject, hash = &s.ID, nil
	}
	_, err = tx.NewRaw(`INSERT INTO users (id, handle, display_name, sealed_name, name_hash, data_key, vouched_by, vouched_subject, vouched_subject_hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, handle, name.plaintext, nullBytes(name.sealed), nullBytes(name.hash), dataKey, tenantKey, subject, nullBytes(hash)).Exec(ctx)
	if err != nil {
		return id, err
	}
	return id, d.auditPerson(ctx, tx, id, from, Event{Action: "account.created", Target: tenantKey, Detail: "vouched for"})
}

// mergeVouched merges the account that a tenant vouched for into the person's own account: it reseals
// the notes under the person's key, and deletes the vouched account with its sessions and its key. It
// runs in the caller's transaction.
//
// Until the commit, a vouched session may still write. A transaction that creates a note holds a key
// share lock on the account, so the lock below waits for it, and a later one finds no account. A
// transaction that changes a note waits for the lock of moveNotes, and then finds another owner. So each
// write is either moved or refused, and none is lost after an answer.
func (d *DB) mergeVouched(ctx context.Context, tx authorityTx, account *Session, tenantKey, subject string) error {
	var vouched uuid.UUID
	var dataKey []byte
	err := tx.NewRaw(`SELECT id, data_key FROM users WHERE vouched_by = ? AND (vouched_subject_hash = ? OR vouched_subject = ?) FOR UPDATE`,
		tenantKey, d.subjectHash(tenantKey, subject), d.plaintextArgument(subject)).Scan(ctx, &vouched, &dataKey)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	old, err := d.keys.OpenDataKey(ctx, vouched, dataKey)
	if err != nil {
		return d.auditUnsealed(ctx, err, Event{TenantKey: tenantKey, Target: "data key of " + vouched.String()})
	}
	if _, err := tx.NewRaw(`UPDATE users SET merged_into = ? WHERE id = ?`, account.UserID, vouched).Exec(ctx); err != nil {
		return err
	}
	if err := moveNotes(ctx, tx, Owner{userID: vouched, key: old}, account.owner); err != nil {
		return err
	}
	tx.clearSessionCache()
	_, err = tx.NewRaw(`DELETE FROM users WHERE id = ?`, vouched).Exec(ctx)
	return err
}

// moveNotes moves all notes of one owner to another. It reads them with the new owner's token:
// row-level security shows them because of the merge.
func moveNotes(ctx context.Context, tx authorityTx, from, to Owner) error {
	if _, err := tx.ExecContext(ctx, `SET LOCAL ROLE aside_app`); err != nil {
		return err
	}
	if _, err := tx.NewRaw(`SELECT set_config('aside.session', ?, true)`, to.setting).Exec(ctx); err != nil {
		return err
	}
	var seenAs uuid.NullUUID
	if err := tx.NewRaw(`SELECT current_account()`).Scan(ctx, &seenAs); err != nil {
		return err
	}
	if seenAs.UUID != to.userID { // otherwise row-level security would hide all notes, and none would be moved
		return ErrNoSession
	}
	var notes []struct {
		ID        uuid.UUID
		TenantKey string
		Version   int
		Sealed    []byte
		Taken     bool
	}
	err := tx.NewRaw(`SELECT n.id, n.tenant_key, n.version, n.sealed, EXISTS (SELECT FROM notes m WHERE m.user_id = ? AND m.id = n.id) AS taken
		FROM notes n WHERE n.user_id = ? FOR UPDATE OF n`, to.userID, from.userID).Scan(ctx, &notes)
	if err != nil {
		return err
	}
	for _, n := range notes {
		id := n.ID
		if n.Taken { // the person has used the same id at another tenant
			id = newID()
		}
		var sealed []byte
		if n.Sealed != nil {
			t, err := from.key.OpenText(seal.Place{User: from.userID, Tenant: n.TenantKey, Note: n.ID, Version: n.Version}, n.Sealed)
			if err != nil {
				return err
			}
			sealed = to.key.SealText(seal.Place{User: to.userID, Tenant: n.TenantKey, Note: id, Version: n.Version}, t)
		}
		_, err := tx.NewRaw(`UPDATE notes SET user_id = ?, id = ?, sealed = ? WHERE user_id = ? AND id = ?`,
			to.userID, id, nullBytes(sealed), from.userID, n.ID).Exec(ctx)
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `SET LOCAL ROLE aside_auth`)
	return err
}
