package db

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Identity is a tenant's subject that a person has linked to their account.
type Identity struct {
	ID        uuid.UUID
	TenantKey string
	Subject   Subject
	UserID    uuid.UUID
	LinkedAt  time.Time
}

// IdentityOf finds the link of a tenant's subject. It returns CodeNotFound when nobody has
// linked it.
func (d *DB) IdentityOf(ctx context.Context, tenantKey, subject string) (*Identity, error) {
	i := &Identity{TenantKey: tenantKey}
	err := d.auth(ctx, func(tx bun.Tx) error {
		err := tx.NewRaw(`SELECT id, subject, email, name, user_id, linked_at FROM identities WHERE tenant_key = ? AND subject = ?`,
			tenantKey, subject).Scan(ctx, &i.ID, &i.Subject.ID, &i.Subject.Email, &i.Subject.Name, &i.UserID, &i.LinkedAt)
		return noRows(err, errNotThere)
	})
	if err != nil {
		return nil, err
	}
	return i, nil
}

// Identities lists what a person has linked, the newest first.
func (d *DB) Identities(ctx context.Context, user uuid.UUID) (list []*Identity, err error) {
	err = d.auth(ctx, func(tx bun.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, tenant_key, subject, email, name, linked_at FROM identities WHERE user_id = ? ORDER BY id DESC`, user)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			i := &Identity{UserID: user}
			if err := rows.Scan(&i.ID, &i.TenantKey, &i.Subject.ID, &i.Subject.Email, &i.Subject.Name, &i.LinkedAt); err != nil {
				return err
			}
			list = append(list, i)
		}
		return rows.Err()
	})
	return list, err
}

// Unlink forgets a link of the person of a session and ends the widget sessions that came with it,
// and the codes that would make more of them. It returns CodeNotFound for a link that is not theirs.
func (d *DB) Unlink(ctx context.Context, s *Session, id uuid.UUID) error {
	defer d.sessions.forget()
	return d.auth(ctx, func(tx bun.Tx) error {
		if err := holdSession(ctx, tx, s); err != nil {
			return err
		}
		_, err := revokeSessions(ctx, tx, `(user_id, tenant_key, subject) = (SELECT i.user_id, i.tenant_key, i.subject FROM identities i
			WHERE i.id = ? AND i.user_id = ?)`, id, s.UserID)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw(`UPDATE authorization_requests r SET code_hash = NULL FROM identities i
			WHERE i.id = ? AND i.user_id = ? AND r.user_id = i.user_id AND r.tenant_key = i.tenant_key AND r.subject = i.subject
			AND r.redeemed_at IS NULL AND r.expires_at > now() - interval '1 minute'`, id, s.UserID).Exec(ctx)
		if err != nil {
			return err
		}
		var tenantKey string
		err = tx.NewRaw(`DELETE FROM identities WHERE id = ? AND user_id = ? RETURNING tenant_key`, id, s.UserID).Scan(ctx, &tenantKey)
		if err != nil {
			return noRows(err, errNotThere)
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, "identity.unlinked", tenantKey, "")
	})
}

// ErrLinkedElsewhere is returned when a subject is linked to another account.
var ErrLinkedElsewhere error = &Error{Code: CodeConflict, Message: "This visitor is linked to another account. Use that account, or go on without linking."}

// lockSubject makes whatever concerns a tenant's subject happen one after the other, until
// the transaction ends.
func lockSubject(ctx context.Context, tx bun.Tx, tenantKey, subject string) error {
	_, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(?, 1))`, tenantKey+"\n"+subject).Exec(ctx)
	return err
}

// link links a subject to an account. An account that the tenant vouched for until now is
// merged into it. It returns ErrLinkedElsewhere for a subject that is another account's.
func (d *DB) link(ctx context.Context, tx bun.Tx, account *Session, tenantKey string, s Subject) error {
	if err := lockSubject(ctx, tx, tenantKey, s.ID); err != nil {
		return err
	}
	var linked uuid.UUID
	var fresh bool // else once more, for a new e-mail or name
	err := tx.NewRaw(`INSERT INTO identities (id, tenant_key, subject, user_id, email, name) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_key, subject) DO UPDATE SET email = excluded.email, name = excluded.name
		RETURNING user_id, xmax = 0`, newID(), tenantKey, s.ID, account.UserID, s.Email, s.Name).Scan(ctx, &linked, &fresh)
	if err != nil {
		return err
	}
	if linked != account.UserID {
		return ErrLinkedElsewhere // and the transaction takes the new e-mail back
	}
	if err := d.mergeVouched(ctx, tx, account, tenantKey, s.ID); err != nil || !fresh {
		return err
	}
	return d.auditPerson(ctx, tx, account.UserID, account.From, "identity.linked", tenantKey, "")
}
