package db

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// An Account is what an operator may see of a person: nothing they wrote.
type Account struct {
	ID                uuid.UUID        `json:"id"`
	DisplayName       string           `json:"displayName"`
	VouchedBy         string           `json:"vouchedBy,omitempty"` // the tenant whose assertion opens it
	CreatedAt         time.Time        `json:"createdAt"`
	Passkeys          []AccountPasskey `json:"passkeys"`
	Sessions          int              `json:"sessions"` // live ones
	RecoveryCodesLeft int              `json:"recoveryCodesLeft"`
	Events            []*Event         `json:"events"` // the newest of the audit log
}

// An AccountPasskey is what of a passkey tells its owner which it is.
type AccountPasskey struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

// FindAccounts finds the account of an id, or those whose display name is who, whatever the case:
// 20 at most. It returns CodeNotFound where there is none.
func (d *DB) FindAccounts(ctx context.Context, who string) (found []*Account, err error) {
	defer place(&err, "db.FindAccounts")
	who = strings.TrimSpace(who)
	condition, by := `(name_hash = ? OR lower(display_name) = lower(?))`, []any{d.nameHash(who), d.stillClear(who)}
	if id, err := uuid.Parse(who); err == nil {
		condition, by = `id = ?`, []any{id}
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, display_name, sealed_name, data_key, coalesce(vouched_by, ''), created_at,
				(SELECT count(*) FROM sessions WHERE user_id = users.id AND `+live+`),
				(SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND expires_at IS NULL)
			FROM users WHERE `+condition+` ORDER BY id LIMIT 20`, by...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			a, name, dataKey := &Account{}, storedName{}, []byte(nil)
			if err := rows.Scan(&a.ID, &name.clear, &name.sealed, &dataKey, &a.VouchedBy, &a.CreatedAt, &a.Sessions, &a.RecoveryCodesLeft); err != nil {
				return err
			}
			if a.DisplayName, err = d.openUserName(ctx, a.ID, name, dataKey); err != nil {
				return err
			}
			found = append(found, a)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, a := range found {
			list, err := d.passkeysOf(ctx, tx, a.ID)
			if err != nil {
				return err
			}
			a.Passkeys = make([]AccountPasskey, len(list))
			for i, p := range list {
				a.Passkeys[i] = AccountPasskey{p.ID, p.Name, p.CreatedAt, p.LastUsedAt}
			}
			if a.Events, err = d.eventsOf(ctx, tx, a.ID, 50); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = errNoAccount
	}
	return found, err
}

// eventsOf gives the newest events about a person that concern no tenant.
func (d *DB) eventsOf(ctx context.Context, tx authorityTx, user uuid.UUID, limit int) ([]*Event, error) {
	events := []*Event{}
	err := tx.NewRaw(`SELECT id, at, actor, action, target, ip, detail FROM audit_events
		WHERE tenant_key IS NULL AND (actor = ?0 OR target = ?0) ORDER BY id DESC LIMIT ?1`, d.Pseudonym(user), limit).Scan(ctx, &events)
	return events, err
}

// AnyTenant stands for all tenants, among those that may be left without an owner.
const AnyTenant = "*"

// DeleteAccount destroys the account of a session that must be confirmed, and all that is there
// of its person, at once: notes, the key that seals them, passkeys, sessions, links, roles at
// tenants. Only pseudonymous entries of the audit log stay. It returns CodeConflict while they are
// the only owner of a tenant that leave does not name: no company loses its last owner unawares.
// One that it names stays without, for an operator to give it another: nor does anybody's business
// hold up a person who wants to go.
func (d *DB) DeleteAccount(ctx context.Context, s *Session, leave ...string) (err error) {
	defer place(&err, "db.DeleteAccount")
	if err := d.FlushUsage(ctx); err != nil { // else what they did last would be written after them
		return err
	}
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := requireConfirmation(ctx, tx, s); err != nil {
			return err
		}
		if err := d.deleteUser(ctx, tx, s.UserID, leave); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "account.deleted"})
	})
}

// DeleteAccountOf is DeleteAccount by an operator. It returns CodeNotFound for an account that is
// not there.
func (d *DB) DeleteAccountOf(ctx context.Context, user uuid.UUID, leave ...string) (err error) {
	defer place(&err, "db.DeleteAccountOf")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := d.deleteUser(ctx, tx, user, leave); err != nil {
			if errors.Is(err, ErrNoSession) {
				err = errNoAccount
			}
			return err
		}
		return insertEvent(ctx, tx, Event{Actor: operator.name, Action: "account.deleted", Target: d.Pseudonym(user)})
	})
}

// deleteUser deletes a user's row, to which every table with a person's rows refers ON DELETE
// CASCADE: a test finds one that does not. Tenants are told which member has left. It returns
// ErrNoSession for an account that is gone.
func (d *DB) deleteUser(ctx context.Context, tx authorityTx, user uuid.UUID, leave []string) error {
	// Somebody may have written for years, at many tenants.
	if _, err := tx.ExecContext(ctx, `SET LOCAL statement_timeout = '60s'`); err != nil {
		return err
	}
	if err := lockUser(ctx, tx, user); err != nil { // against a tenant that they make meanwhile, too
		return err
	}
	if err := requireOtherOwners(ctx, tx, user, leave); err != nil {
		return err
	}
	var tenants []Membership
	if err := tx.NewRaw(`DELETE FROM members WHERE user_id = ? RETURNING tenant_key, role`, user).Scan(ctx, &tenants); err != nil {
		return err
	}
	for _, m := range tenants {
		member := d.MemberID(user, m.TenantKey)
		e := Event{TenantKey: m.TenantKey, Actor: member, Action: "member.removed", Target: member, Detail: "their account was deleted"}
		if err := insertEvent(ctx, tx, e); err != nil {
			return err
		}
		if err := recordExposedSecrets(ctx, tx, actor{name: member}, m.TenantKey, member, m.Role, ""); err != nil {
			return err
		}
	}
	if err := d.forgetVisitor(ctx, tx, user); err != nil {
		return err
	}
	tx.forgetSessions()
	_, err := tx.NewRaw(`DELETE FROM users WHERE id = ?`, user).Exec(ctx)
	return err
}
