package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// An Identity is a tenant's subject that a person has linked to their account.
type Identity struct {
	ID        uuid.UUID
	TenantKey string
	Subject   Subject
	UserID    uuid.UUID
	LinkedAt  time.Time
}

// LinkedTo returns the user that a tenant's subject is linked to. It returns CodeNotFound when it is linked
// to nobody.
func (d *DB) LinkedTo(ctx context.Context, tenantKey, subject string) (user uuid.UUID, err error) {
	defer place(&err, "db.LinkedTo")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		h, err := d.subjectHolder(ctx, tx, tenantKey, subject)
		if err == nil && (h.UserID == uuid.Nil || h.Vouched) {
			err = errNotFound
		}
		user = h.UserID
		return err
	})
	if err != nil {
		return uuid.Nil, err
	}
	return user, nil
}

// IdentityOf returns the identity of the subject that a widget session's page asserted. It returns
// CodeNotFound when the session's person has not linked that subject.
func (d *DB) IdentityOf(ctx context.Context, s *Session) (_ *Identity, err error) {
	defer place(&err, "db.IdentityOf")
	list, err := d.identities(ctx, s.UserID, s.owner.key, `tenant_key = ? AND (subject_hash = ? OR subject IS NOT NULL)`, s.TenantKey, []byte(s.SubjectHash))
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		if string(d.subjectHash(s.TenantKey, i.Subject.ID)) == s.SubjectHash {
			return i, nil
		}
	}
	return nil, errNotFound
}

// Identities lists the identities that a person has linked, newest first.
func (d *DB) Identities(ctx context.Context, user uuid.UUID) (list []*Identity, err error) {
	defer place(&err, "db.Identities")
	return d.identities(ctx, user, seal.Key{}, `id IN (SELECT id FROM identities WHERE user_id = ? ORDER BY id DESC LIMIT ?)`, user, MaxIdentities)
}

// identities returns a person's identities that match a condition. It opens them with the person's data key,
// which it reads if key is not valid.
func (d *DB) identities(ctx context.Context, user uuid.UUID, key seal.Key, condition string, args ...any) (list []*Identity, err error) {
	var stored []storedSubject
	var dataKey []byte
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		list, stored = nil, nil // from an earlier attempt
		rows, err := tx.QueryContext(ctx, `SELECT id, tenant_key, subject, email, name, sealed_subject, linked_at FROM identities
			WHERE user_id = ? AND `+condition+` ORDER BY id DESC`, append([]any{user}, args...)...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			i, k := &Identity{UserID: user}, storedSubject{}
			if err := rows.Scan(&i.ID, &i.TenantKey, &k.plaintext, &k.email, &k.name, &k.sealed, &i.LinkedAt); err != nil {
				return err
			}
			list, stored = append(list, i), append(stored, k)
		}
		if err := rows.Err(); err != nil || list == nil || key.Valid() {
			return err
		}
		return tx.NewRaw(`SELECT data_key FROM users WHERE id = ?`, user).Scan(ctx, &dataKey)
	})
	if dataKey != nil {
		key, err = d.dataKey(ctx, user, dataKey)
	}
	for n, i := range list {
		if err == nil {
			i.Subject, err = d.openSubject(ctx, key, identityOf, i.TenantKey, i.ID[:], stored[n])
		}
	}
	if err != nil {
		return nil, err
	}
	return list, nil
}

// Unlink deletes an identity of the person of a session. It revokes the widget sessions that asserted its
// subject and invalidates the codes for more of them. It returns CodeNotFound for an identity that is not the
// person's.
func (d *DB) Unlink(ctx context.Context, s *Session, id uuid.UUID) (err error) {
	defer place(&err, "db.Unlink")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		var tenantKey string
		var k storedSubject
		err := tx.NewRaw(`DELETE FROM identities WHERE id = ? AND user_id = ? RETURNING tenant_key, subject, subject_hash, sealed_subject`, id, s.UserID).
			Scan(ctx, &tenantKey, &k.plaintext, &k.hash, &k.sealed)
		if err != nil {
			return ifNoRows(err, errNotFound)
		}
		subject, err := d.openSubject(ctx, s.owner.key, identityOf, tenantKey, id[:], k)
		if err != nil {
			return err
		}
		if err := d.endIdentity(ctx, tx, s.UserID, tenantKey, subject.ID); err != nil {
			return err
		}
		if err := d.queueDeliveries(ctx, tx, tenantKey, identityUnlinked, map[string]any{"subject": subject.ID}); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "identity.unlinked", Target: tenantKey})
	})
}

// endIdentity ends what a person's link with a tenant's subject allowed: the lookup, the widget sessions, and the codes for more of
// them. The caller deletes the identity.
func (d *DB) endIdentity(ctx context.Context, tx authorityTx, user uuid.UUID, tenantKey, subject string) error {
	hash, plaintext := d.subjectHash(tenantKey, subject), d.plaintextArgument(subject)
	if err := deleteSubject(ctx, tx, tenantKey, hash, user); err != nil {
		return err
	}
	_, err := revokeSessions(ctx, tx, user, `tenant_key = ? AND (subject_hash = ? OR subject = ?)`, tenantKey, hash, plaintext)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw(`UPDATE authorization_requests SET code_hash = NULL
		WHERE user_id = ? AND tenant_key = ? AND (subject_hash = ? OR subject = ?)
		AND redeemed_at IS NULL AND expires_at > now() - interval '1 minute'`, user, tenantKey, hash, plaintext).Exec(ctx)
	return err
}

// ErrLinkedElsewhere is returned when a subject is linked to another account.
var ErrLinkedElsewhere error = &Error{Code: CodeConflict, Message: "This visitor is already linked to another account. Use that account, or continue without linking."}

// lockSubject locks a tenant's subject until the transaction ends, so that transactions about it run one
// after another.
func (d *DB) lockSubject(ctx context.Context, tx authorityTx, tenantKey, subject string) error {
	key := int64(binary.BigEndian.Uint64(d.subjectHash(tenantKey, subject))) //nolint:gosec // any number will do
	_, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(?)`, key).Exec(ctx)
	if err != nil || d.plaintextArgument(subject) == nil {
		return err
	}
	_, err = tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(?, 1))`, tenantKey+"\n"+subject).Exec(ctx) // older releases take this lock
	return err
}

// MaxIdentities is how many subjects one account may link.
const MaxIdentities = 100

// linkSubject links a subject to an account. It merges an account that the tenant vouched for into that account. It
// returns ErrLinkedElsewhere when the subject is linked to another account.
func (d *DB) linkSubject(ctx context.Context, tx authorityTx, account *Session, tenantKey string, s Subject) error {
	if err := account.owner.valid(); err != nil {
		return err
	}
	if err := d.lockSubject(ctx, tx, tenantKey, s.ID); err != nil {
		return err
	}
	vouched, err := d.claimSubject(ctx, tx, account.UserID, tenantKey, s.ID)
	if err != nil {
		return err
	}
	var id uuid.UUID
	err = tx.NewRaw(`SELECT id FROM identities WHERE user_id = ? AND tenant_key = ? AND (subject_hash = ? OR subject = ?) FOR UPDATE`,
		account.UserID, tenantKey, d.subjectHash(tenantKey, s.ID), d.plaintextArgument(s.ID)).Scan(ctx, &id)
	fresh := errors.Is(err, sql.ErrNoRows) // otherwise linked again, for a new email or name
	if err != nil && !fresh {
		return err
	}
	statement := `UPDATE identities SET subject = ?3, email = ?4, name = ?5, subject_hash = ?6, sealed_subject = ?7 WHERE id = ?0 AND tenant_key = ?1 AND user_id = ?2`
	if fresh {
		id = newID()
		statement = `INSERT INTO identities (id, tenant_key, user_id, subject, email, name, subject_hash, sealed_subject) VALUES (?0, ?1, ?2, ?3, ?4, ?5, ?6, ?7)`
	}
	k := d.storeSubject(account.owner.key, identityOf, tenantKey, id[:], s)
	_, err = tx.NewRaw(statement, id, tenantKey, account.UserID, k.plaintext, k.email, k.name, nullBytes(k.hash), nullBytes(k.sealed)).Exec(ctx)
	if err != nil {
		return err
	}
	if fresh {
		var there int
		if err := tx.NewRaw(`SELECT count(*) FROM identities WHERE user_id = ?`, account.UserID).Scan(ctx, &there); err != nil {
			return err
		}
		if there > MaxIdentities {
			return &Error{Code: CodeConflict, Reason: "too_many_links", Message: "Your account is already linked to 100 sites. Unlink any that you no longer use."}
		}
	}
	if vouched != uuid.Nil {
		if err := d.mergeVouched(ctx, tx, account, tenantKey, vouched); err != nil {
			return err
		}
	}
	if !fresh {
		return nil
	}
	if err := d.queueDeliveries(ctx, tx, tenantKey, identityLinked, map[string]any{"subject": s.ID}); err != nil {
		return err
	}
	return d.auditPerson(ctx, tx, account.UserID, account.From, Event{Action: "identity.linked", Target: tenantKey})
}

// claimSubject makes a subject the person's. It returns the account that the tenant vouched for, if there was
// one: it is locked, and to be merged. It returns ErrLinkedElsewhere for a subject of another person.
func (d *DB) claimSubject(ctx context.Context, tx authorityTx, user uuid.UUID, tenantKey, subject string) (vouched uuid.UUID, err error) {
	for {
		had, err := d.subjectHolder(ctx, tx, tenantKey, subject)
		if err != nil {
			return uuid.Nil, err
		}
		vouched = uuid.Nil
		if had.Vouched {
			// The order of locks: the user, and then what is looked up.
			err := tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR UPDATE`, had.UserID).Scan(ctx, &vouched)
			if err = ifNoRows(err, nil); err != nil { // no row: deleted or merged just now
				return uuid.Nil, err
			}
		} else if had.UserID != uuid.Nil && had.UserID != user {
			return uuid.Nil, ErrLinkedElsewhere
		}
		if taken, err := d.takeSubject(ctx, tx, tenantKey, subject, user, had); err != nil || taken {
			return vouched, err
		}
	}
}
