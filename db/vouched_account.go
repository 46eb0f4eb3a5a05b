package db

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// ErrPasskeyRequired is returned when an assertion alone asks for notes that a passkey protects.
var ErrPasskeyRequired error = &Error{Code: CodeForbidden, Message: "These notes are protected by a passkey. Sign in with it."}

// GrantVouched makes a widget session for the account that a tenant vouches for with an assertion alone,
// and makes the account if necessary. It returns ErrPasskeyRequired if the subject is linked to an account with
// a passkey: the assertion alone then opens nothing. It returns ErrNotAccepted if the evidence is no
// longer accepted, and CodeGone if the tenant is suspended or no longer lists embedOrigin. It returns the account's user.
func (d *DB) GrantVouched(ctx context.Context, tenantKey string, s Subject, e Evidence, jkt, embedOrigin string, n NewSession) (user uuid.UUID, err error) {
	defer place(&err, "db.GrantVouched")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := d.lockSubject(ctx, tx, tenantKey, s.ID); err != nil {
			return err
		}
		if err := lockEmbedOrigin(ctx, tx, tenantKey, embedOrigin, n.OwnOrigin); err != nil {
			return err
		}
		if err := e.requireAccepted(ctx, tx, tenantKey, true); err != nil {
			return err
		}
		if user, err = d.vouchedUser(ctx, tx, tenantKey, s, n.From); err != nil {
			return err
		}
		if err := lockUser(ctx, tx, user); err != nil { // this person's sessions are counted below
			return err
		}
		_, err = tx.NewRaw(`INSERT INTO sessions (id, kind, token_hash, user_id, tenant_key, embed_origin, jkt, subject_hash, evidence_key,
				chain_id, idle_timeout, idle_until, expires_at, device)
			VALUES (?0, 'WIDGET', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?0, make_interval(secs => ?8), now() + make_interval(secs => ?8), now() + make_interval(secs => ?9), ?10)`,
			newID(), n.Token[:], user, tenantKey, embedOrigin, jkt, d.subjectHash(tenantKey, s.ID), e.key(), n.Idle.Seconds(), n.Lifetime.Seconds(), nullString(n.Device)).Exec(ctx)
		if err != nil {
			return err
		}
		return limitSessions(ctx, tx, user)
	})
	return user, err
}

// HasVouchedAccount reports whether there is an account that a tenant's assertion alone opens.
func (d *DB) HasVouchedAccount(ctx context.Context, tenantKey, subject string) (yes bool, err error) {
	defer place(&err, "db.HasVouchedAccount")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		h, err := d.subjectHolder(ctx, tx, tenantKey, subject)
		yes = h.Vouched
		return err
	})
	return yes, err
}

// vouchedUser finds or makes the account of a tenant's subject. It returns ErrPasskeyRequired if a person has
// linked the subject.
func (d *DB) vouchedUser(ctx context.Context, tx authorityTx, tenantKey string, s Subject, from string) (id uuid.UUID, err error) {
	id, hash := newID(), d.subjectHash(tenantKey, s.ID)
	for made := false; !made; {
		h, err := d.subjectHolder(ctx, tx, tenantKey, s.ID)
		switch {
		case err != nil:
			return id, err
		case h.Vouched:
			return h.UserID, nil
		case h.UserID != uuid.Nil:
			return id, ErrPasskeyRequired
		case d.storesPlaintext():
			made = true
		default:
			if made, err = insertSubject(ctx, tx, tenantKey, hash, subjectHolder{id, true}); err != nil {
				return id, err
			}
		}
	}
	key, dataKey, err := d.keys.NewDataKey(ctx, id)
	if err != nil {
		return id, err
	}
	if err := d.lockMasterKey(ctx, tx); err != nil {
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
		id, d.sealUserHandle(id), name.plaintext, nullBytes(name.sealed), nullBytes(name.hash), dataKey, tenantKey, subject, nullBytes(hash)).Exec(ctx)
	if err != nil {
		return id, err
	}
	return id, d.auditPerson(ctx, tx, id, from, Event{Action: "account.created", Target: tenantKey, Detail: "vouched for"})
}

// mergeVouched merges the account that a tenant vouched for into the person's own account: it reseals
// the notes under the person's key, and deletes the vouched account with its sessions and its key. It
// runs in the caller's transaction, which is one of asMerger.
//
// Until the commit, a vouched session may still write. A transaction that creates a note holds a key
// share lock on the account, so the lock below waits for it, and a later one finds no account. A
// transaction that changes a note waits for moveNotes, and then finds no note. So each
// write is either moved or refused, and none is lost after an answer.
func (d *DB) mergeVouched(ctx context.Context, tx authorityTx, account *Session, tenantKey string, vouched uuid.UUID) error {
	var dataKey []byte
	if err := tx.NewRaw(`SELECT data_key FROM users WHERE id = ?`, vouched).Scan(ctx, &dataKey); err != nil {
		return err
	}
	old, err := d.keys.OpenDataKey(ctx, vouched, dataKey)
	if err != nil {
		return d.auditUnsealed(ctx, err, Event{TenantKey: tenantKey, Target: "data key of " + vouched.String()})
	}
	if err := presentMerge(ctx, tx, vouched, account.owner); err != nil {
		return err
	}
	var tenants []string
	if err := tx.NewRaw(`SELECT DISTINCT tenant_key FROM notes WHERE user_id = ? ORDER BY 1`, vouched).Scan(ctx, &tenants); err != nil {
		return err
	}
	if err := lockBothCounters(ctx, tx, vouched, account.UserID, tenants); err != nil {
		return err
	}
	moved, err := moveNotes(ctx, tx, Owner{userID: vouched, key: old}, account.owner)
	if err != nil {
		return err
	}
	if err := addCounters(ctx, tx, vouched, account.UserID, moved); err != nil {
		return err
	}
	if err := convertAgain(ctx, tx, account.UserID); err != nil {
		return err
	}
	return deleteUserRow(ctx, tx, vouched)
}

// presentMerge lets the rest of a transaction of asMerger move the notes of a vouched account to another owner: it makes
// a session for the vouched account, which is deleted with the account, and presents both sessions to the database.
func presentMerge(ctx context.Context, tx authorityTx, vouched uuid.UUID, to Owner) error {
	var token TokenHash
	if _, err := rand.Read(token[:]); err != nil {
		return err
	}
	id := newID()
	_, err := tx.NewRaw(`INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, idle_timeout, idle_until, expires_at)
		VALUES (?0, 'MERGE', ?1, ?2, ?0, '1 minute', now() + interval '1 minute', now() + interval '1 minute')`, id, token[:], vouched).Exec(ctx)
	if err != nil {
		return err
	}
	merging, err := presentation(mergingSetting, Token{vouched, token}, "", "")
	if err != nil {
		return err
	}
	for _, statement := range []string{to.present, merging} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	var account, merged uuid.NullUUID
	if err := tx.NewRaw(`SELECT account_user(), merging_user()`).Scan(ctx, &account, &merged); err != nil {
		return err
	}
	if account.UUID != to.userID || merged.UUID != vouched { // otherwise row-level security would hide all notes
		return ErrNoSession
	}
	return nil
}

// moveNotes moves all notes of one owner, with their earlier versions, to another owner, after presentMerge: row-level security
// then shows the notes of the first owner and accepts notes of the second. It returns how many it moved at each tenant.
func moveNotes(ctx context.Context, tx authorityTx, from, to Owner) (moved map[string]noteCounter, err error) {
	var notes []struct {
		ID        uuid.UUID
		TenantKey string
		Version   int
		Pinned    bool
		Sealed    []byte
		Context   []byte
		CreatedAt time.Time
		UpdatedAt time.Time
		TrashedAt *time.Time
		DeletedAt *time.Time
	}
	err = tx.NewRaw(`DELETE FROM notes WHERE user_id = ?
		RETURNING id, tenant_key, version, pinned, sealed, sealed_context AS context, created_at, updated_at, trashed_at, deleted_at`, from.userID).Scan(ctx, &notes)
	if err != nil {
		return nil, err
	}
	versions, err := takeVersions(ctx, tx, from)
	if err != nil {
		return nil, err
	}
	moved = map[string]noteCounter{}
	for _, n := range notes {
		var text seal.Text
		if n.Sealed != nil {
			text, err = from.key.OpenText(seal.Place{User: from.userID, Tenant: n.TenantKey, Note: n.ID, Version: n.Version}, n.Sealed)
			if err != nil {
				return nil, err
			}
		}
		page, err := from.openContext(n.TenantKey, n.ID, n.Context)
		if err != nil {
			return nil, err
		}
		for id := n.ID; ; id = newID() { // the person may have used the same id at another tenant
			sealed := n.Sealed
			if sealed != nil {
				sealed = to.key.SealText(seal.Place{User: to.userID, Tenant: n.TenantKey, Note: id, Version: n.Version}, text)
			}
			stored := to.storeContext(n.TenantKey, id, page)
			result, err := tx.NewRaw(`INSERT INTO notes (user_id, id, tenant_key, version, pinned, sealed, sealed_context, context_hash, created_at, updated_at, trashed_at, deleted_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				to.userID, id, n.TenantKey, n.Version, n.Pinned, nullBytes(sealed), nullBytes(stored.sealed), nullBytes(stored.hash), n.CreatedAt, n.UpdatedAt, n.TrashedAt, n.DeletedAt).Exec(ctx)
			if err != nil {
				return nil, err
			}
			if inserted, err := result.RowsAffected(); err != nil {
				return nil, err
			} else if inserted > 0 {
				c := moved[n.TenantKey]
				if n.DeletedAt == nil {
					c.notes++
				}
				c.bytes += int64(len(sealed))
				size, err := addVersions(ctx, tx, to, id, versions[n.ID])
				if err != nil {
					return nil, err
				}
				c.bytes += size
				moved[n.TenantKey] = c
				break
			}
		}
	}
	return moved, nil
}
