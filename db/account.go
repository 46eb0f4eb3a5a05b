package db

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// An Account is what operators may see about a person. It holds nothing that the person wrote.
type Account struct {
	ID                uuid.UUID        `json:"id"`
	DisplayName       string           `json:"displayName"`
	VouchedBy         string           `json:"vouchedBy,omitempty"` // the tenant that opens it with its assertions
	CreatedAt         time.Time        `json:"createdAt"`
	Passkeys          []AccountPasskey `json:"passkeys"`
	Sessions          int              `json:"sessions"` // the number of live ones
	RecoveryCodesLeft int              `json:"recoveryCodesLeft"`
	Events            []*Event         `json:"events"` // the newest in the audit log that concern no tenant
}

// An AccountPasskey describes a passkey so that its owner can recognize it.
type AccountPasskey struct {
	ID         uuid.UUID  `json:"id"`
	Name       string     `json:"name"`
	CreatedAt  time.Time  `json:"createdAt"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

// FindAccounts returns accounts by id, or up to 20 by display name, ignoring case. It returns CodeNotFound
// when there is none.
func (d *DB) FindAccounts(ctx context.Context, who string) (found []*Account, err error) {
	defer place(&err, "db.FindAccounts")
	who = strings.TrimSpace(who)
	condition, by := `(name_hash = ? OR lower(display_name) = lower(?))`, []any{d.nameHash(who), d.plaintextArgument(who)}
	if id, err := uuid.Parse(who); err == nil {
		condition, by = `id = ?`, []any{id}
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		rows, err := tx.QueryContext(ctx, `SELECT id, display_name, sealed_name, data_key, coalesce(vouched_by, ''), created_at,
				(SELECT count(*) FROM sessions WHERE user_id = users.id AND `+liveSession+`),
				(SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND expires_at IS NULL)
			FROM users WHERE `+condition+` ORDER BY id LIMIT 20`, by...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			a, name, dataKey := &Account{}, storedName{}, []byte(nil)
			if err := rows.Scan(&a.ID, &name.plaintext, &name.sealed, &dataKey, &a.VouchedBy, &a.CreatedAt, &a.Sessions, &a.RecoveryCodesLeft); err != nil {
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
			if a.Events, err = d.eventsOf(ctx, tx, a.ID, uuid.Max, 50); err != nil {
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

// AnyTenant stands for all tenants in a list of tenants that may lose their last owner.
const AnyTenant = "*"

// DeleteAccount deletes the account of a session, which must be confirmed, and everything stored about its
// person, in one transaction: notes, data key, passkeys, sessions, links and roles at tenants. Only
// pseudonymous entries of the audit log stay. It returns CodeConflict when the person is the only owner of a
// tenant that is not in leave, so that no company loses its last owner by accident. A tenant in leave has no
// owner until an operator adds one: a company must not prevent a person from leaving.
func (d *DB) DeleteAccount(ctx context.Context, s *Session, leave ...string) (err error) {
	defer place(&err, "db.DeleteAccount")
	return d.deleteAccount(ctx, s, leave, func(authorityTx) error { return nil })
}

// DeleteUnusedAccount is DeleteAccount for an account that its person has just created with a passkey and does not want. It returns
// CodeConflict and deletes nothing if the session is another account's, or if the account has been used: the person may have signed in,
// or written notes, in another window meanwhile.
func (d *DB) DeleteUnusedAccount(ctx context.Context, s *Session, passkey uuid.UUID) (err error) {
	defer place(&err, "db.DeleteUnusedAccount")
	return d.deleteAccount(ctx, s, nil, func(tx authorityTx) error { return requireUnused(ctx, tx, s.UserID, passkey) })
}

func (d *DB) deleteAccount(ctx context.Context, s *Session, leave []string, check func(authorityTx) error) error {
	if err := d.FlushUsage(ctx); err != nil { // otherwise the person's last usage would be written after the deletion
		return err
	}
	if err := d.countPerson(ctx, s.UserID); err != nil {
		return err
	}
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := requireConfirmation(ctx, tx, s); err != nil {
			return err
		}
		if err := check(tx); err != nil {
			return err
		}
		if err := d.deleteUser(ctx, tx, s.UserID, leave); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "account.deleted"})
	})
}

var errUsed = &Error{Code: CodeConflict, Message: "This account is in use. Delete it at your account page."}

// requireUnused returns errUsed if an account has anything but one passkey. Notes and links come only after a consent.
func requireUnused(ctx context.Context, tx authorityTx, user, passkey uuid.UUID) error {
	for _, statement := range []string{
		`SELECT (SELECT count(*) FROM passkeys WHERE user_id = ?0 AND id = ?1) = 1 AND (SELECT count(*) FROM passkeys WHERE user_id = ?0) = 1`,
		`SELECT NOT EXISTS (SELECT FROM consents WHERE user_id = ?0) AND NOT EXISTS (SELECT FROM recovery_codes WHERE user_id = ?0)`,
		`SELECT NOT EXISTS (SELECT FROM members WHERE user_id = ?0)`,
	} {
		var unused bool
		if err := tx.NewRaw(statement, user, passkey).Scan(ctx, &unused); err != nil {
			return err
		}
		if !unused {
			return errUsed
		}
	}
	return nil
}

// DeleteAccountOf is DeleteAccount for an operator. It returns CodeNotFound when there is no such account.
func (d *DB) DeleteAccountOf(ctx context.Context, user uuid.UUID, leave ...string) (err error) {
	defer place(&err, "db.DeleteAccountOf")
	if err := d.countPerson(ctx, user); err != nil {
		return err
	}
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

// deleteUser deletes a user's row with everything that refers to it. The caller has counted the person's notes. It also records at each
// of the person's tenants that a member has left, and queues identity.unlinked for each link. It returns ErrNoSession when there is no
// such account.
func (d *DB) deleteUser(ctx context.Context, tx authorityTx, user uuid.UUID, leave []string) error {
	// A person may have years of notes at many tenants.
	if _, err := tx.ExecContext(ctx, `SET LOCAL statement_timeout = '60s'`); err != nil {
		return err
	}
	if err := lockUser(ctx, tx, user); err != nil { // this also prevents them from creating a tenant
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
	if err := d.deleteVisitor(ctx, tx, user); err != nil {
		return err
	}
	if err := uncountNotes(ctx, tx, user); err != nil {
		return err
	}
	if err := d.queueUnlinked(ctx, tx, user); err != nil {
		return err
	}
	return deleteUserRow(ctx, tx, user)
}

// personReferences lists the columns that refer to a person without a foreign key. A test compares them with the schema.
var personReferences = []struct{ table, column string }{
	{"invitations", "invited_by"}, {"ceremonies", "user_id"}, {"authorization_requests", "user_id"},
}

// deleteUserRow deletes a user's row with everything that refers to it: the lookups and personReferences here, and the
// rest by ON DELETE CASCADE. The caller has locked the user.
func deleteUserRow(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	tx.clearSessionCache()
	if err := deleteLookups(ctx, tx, user); err != nil {
		return err
	}
	for _, r := range personReferences {
		if _, err := tx.NewRaw(`DELETE FROM ? WHERE ? = ?`, bun.Ident(r.table), bun.Ident(r.column), user).Exec(ctx); err != nil {
			return err
		}
	}
	_, err := tx.NewRaw(`DELETE FROM users WHERE id = ?`, user).Exec(ctx)
	return err
}

var errNoAccount = &Error{Code: CodeNotFound, Message: "There is no such account."}

// requireOtherOwners returns CodeConflict if a person is the only owner of a tenant that is not in
// leave. It locks the person's tenants until the transaction ends, so that two owners who leave at
// once are checked one after the other.
func requireOtherOwners(ctx context.Context, tx authorityTx, user uuid.UUID, leave []string) error {
	var owned []string
	err := tx.NewRaw(`SELECT tenant_key FROM members WHERE user_id = ? AND role = 'OWNER' ORDER BY tenant_key`, user).Scan(ctx, &owned)
	if err != nil || len(owned) == 0 {
		return err
	}
	if _, err := tx.NewRaw(`SELECT key FROM tenants WHERE key IN (?) ORDER BY key FOR NO KEY UPDATE`, bun.List(owned)).Exec(ctx); err != nil {
		return err
	}
	if slices.Contains(leave, AnyTenant) {
		return nil
	}
	owned, err = withoutOtherOwner(ctx, tx, user, owned)
	if err != nil {
		return err
	}
	owned = slices.DeleteFunc(owned, func(key string) bool { return slices.Contains(leave, key) })
	if len(owned) == 0 {
		return nil
	}
	var names []string
	err = tx.NewRaw(`SELECT name || ' (' || key || ')' FROM tenants WHERE key IN (?) ORDER BY name, key`, bun.List(owned)).Scan(ctx, &names)
	if err != nil {
		return err
	}
	return &Error{Code: CodeConflict, Message: "Nobody else owns " + strings.Join(names, ", ") +
		". Invite another owner first, or list the tenants to leave without an owner in leave."}
}
