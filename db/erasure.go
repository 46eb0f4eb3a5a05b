package db

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/company-a/aside/db/seal"
)

// errHolderChanged makes EraseSubject begin again: the subject was linked, unlinked or merged meanwhile.
var errHolderChanged = errors.New("db: a subject has another holder now")

// EraseSubject forgets a tenant's subject: it deletes the link with a person's account, with the email address and name that the
// tenant sent, and what waits to be linked. It deletes the account that the tenant vouched for, with its notes. An account that a
// passkey opens stays its owner's, with all notes. Erasing a subject that nobody has changes nothing, so a call can be repeated.
// The tenant's audit log names the subject by a pseudonym. by is the tenant's backend or the operator; nobody else may.
func (d *DB) EraseSubject(ctx context.Context, by Seat, subject string) (err error) {
	defer place(&err, "db.EraseSubject")
	if err := (Subject{ID: subject}).Check(); err != nil {
		return err
	}
	if err := d.FlushUsage(ctx); err != nil { // otherwise the account's last usage would be written after its deletion
		return err
	}
	for tries := 0; ; tries++ {
		err := d.asAuthority(ctx, func(tx authorityTx) error { return d.eraseSubject(ctx, tx, by, subject) })
		if !errors.Is(err, errHolderChanged) || tries == 10 {
			return err
		}
	}
}

func (d *DB) eraseSubject(ctx context.Context, tx authorityTx, by Seat, subject string) error {
	// The order of locks is that of GrantRequest and GrantVouched: a person who has linked the subject, requests, the tenant, the
	// subject, and an account that the tenant vouches for.
	had, err := d.subjectHolder(ctx, tx, by.tenantKey, subject)
	if err == nil && had.UserID != uuid.Nil && !had.Vouched {
		err = lockHolder(ctx, tx, had)
	}
	if err != nil {
		return err
	}
	pending, err := changedRow(tx.NewRaw(`DELETE FROM authorization_requests WHERE tenant_key = ? AND (subject_hash = ? OR subject = ?)`,
		by.tenantKey, d.subjectHash(by.tenantKey, subject), d.plaintextArgument(subject)).Exec(ctx))
	if err != nil {
		return err
	}
	actor, err := lockBackend(ctx, tx, by)
	if err != nil {
		return err
	}
	if err := d.lockSubject(ctx, tx, by.tenantKey, subject); err != nil {
		return err
	}
	has, err := d.subjectHolder(ctx, tx, by.tenantKey, subject)
	if err == nil && has != had {
		err = errHolderChanged
	}
	if err == nil && had.Vouched {
		err = lockHolder(ctx, tx, had)
	}
	if err != nil {
		return err
	}
	deleted, err := d.deletePendingSubject(ctx, tx, by.tenantKey, subject)
	if err != nil {
		return err
	}
	erased := ""
	switch {
	case had.Vouched:
		erased = "the account that you vouched for, with its notes"
		err = d.deleteUser(ctx, tx, had.UserID, []string{AnyTenant})
		if err == nil {
			err = insertEvent(ctx, tx, Event{Actor: by.tenantKey, Action: "account.deleted", Target: d.Pseudonym(had.UserID), Detail: "its subject was erased"})
		}
	case had.UserID != uuid.Nil:
		erased = "the link with a person’s account, which stays theirs"
		_, err = tx.NewRaw(`DELETE FROM identities WHERE user_id = ? AND tenant_key = ? AND (subject_hash = ? OR subject = ?)`,
			had.UserID, by.tenantKey, d.subjectHash(by.tenantKey, subject), d.plaintextArgument(subject)).Exec(ctx)
		if err == nil {
			err = d.endIdentity(ctx, tx, had.UserID, by.tenantKey, subject)
		}
		if err == nil {
			err = insertEvent(ctx, tx, Event{Actor: by.tenantKey, Action: "identity.erased", Target: d.Pseudonym(had.UserID)})
		}
	case pending || deleted:
		erased = "an unfinished sign-in"
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if err := d.queueDeliveries(ctx, tx, by.tenantKey, identityErased, map[string]any{"subject": subject}); err != nil {
		return err
	}
	return insertEvent(ctx, tx, Event{TenantKey: by.tenantKey, Actor: actor.name, IP: actor.ip, Action: "subject.erased", Target: d.subjectPseudonym(by.tenantKey, subject), Detail: erased})
}

// lockHolder locks the account that a subject belongs to. It returns errHolderChanged if the account was deleted.
func lockHolder(ctx context.Context, tx authorityTx, h subjectHolder) error {
	err := lockUser(ctx, tx, h.UserID)
	if errors.Is(err, ErrNoSession) {
		err = errHolderChanged
	}
	return err
}

// lockBackend checks that a seat is the backend's or the operator's, and locks its tenant against changes, but not against its
// visitors.
func lockBackend(ctx context.Context, tx authorityTx, by Seat) (actor, error) {
	switch {
	case by.operator:
		var key string
		err := tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND deleted_at IS NULL FOR SHARE`, by.tenantKey).Scan(ctx, &key)
		return operator, ifNoRows(err, ErrUnknownTenant)
	case by.serverKey != nil:
		return actor{serverKeyActor + by.serverKey.Prefix, by.from}, lockServerKey(ctx, tx, by.serverKey)
	default:
		return actor{}, ErrNoMember
	}
}

// deletePendingSubject deletes the tickets and identity handles of a subject, and reports whether there was one. The rows hold the subject sealed and live for minutes, so it opens the tenant's.
func (d *DB) deletePendingSubject(ctx context.Context, tx authorityTx, tenantKey, subject string) (found bool, err error) {
	for _, p := range []struct {
		table, key string
		field      seal.Field
	}{{"tickets", "ticket_hash", ticketOf}, {"identity_handles", "handle_hash", handleOf}} {
		var rows []struct {
			Key, Sealed []byte
			Subject     *string
		}
		err := tx.NewRaw(`SELECT ? AS key, subject, sealed_subject AS sealed FROM ? WHERE tenant_key = ?`, bun.Ident(p.key), bun.Ident(p.table), tenantKey).Scan(ctx, &rows)
		if err != nil {
			return false, err
		}
		var match [][]byte
		for _, r := range rows {
			s, err := d.openSubject(ctx, d.visitorKey(tenantKey), p.field, tenantKey, r.Key, storedSubject{plaintext: r.Subject, sealed: r.Sealed})
			if err == nil && s.ID == subject { // one that does not open links nobody
				match = append(match, r.Key)
			}
		}
		if len(match) == 0 {
			continue
		}
		found = true
		if _, err := tx.NewRaw(`DELETE FROM ? WHERE ? IN (?)`, bun.Ident(p.table), bun.Ident(p.key), bun.List(match)).Exec(ctx); err != nil {
			return false, err
		}
	}
	return found, nil
}

// subjectPseudonym returns the name of a subject in its tenant's audit log. It is the same each time, and reveals the subject to
// nobody.
func (d *DB) subjectPseudonym(tenantKey, subject string) string {
	return "s_" + lowerBase32.EncodeToString(d.keys.MAC("erased subject", []byte(tenantKey+"\x00"+subject))[:16])
}
