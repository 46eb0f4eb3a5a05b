package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
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

// eventsOf returns the newest events about a person that concern no tenant.
func (d *DB) eventsOf(ctx context.Context, tx authorityTx, user uuid.UUID, limit int) ([]*Event, error) {
	events := []*Event{}
	err := tx.NewRaw(`SELECT id, at, actor, action, target, ip, detail FROM audit_events
		WHERE tenant_key IS NULL AND (actor = ?0 OR target = ?0) ORDER BY id DESC LIMIT ?1`, d.Pseudonym(user), limit).Scan(ctx, &events)
	return events, err
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
	if err := d.FlushUsage(ctx); err != nil { // otherwise the person's last usage would be written after the deletion
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

// DeleteAccountOf is DeleteAccount for an operator. It returns CodeNotFound when there is no such account.
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

// deleteUser deletes a user's row with everything that refers to it. It also records at each of the person's tenants
// that a member has left. It returns ErrNoSession when there is no such account.
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

// A NewUser is an account to be made with its first passkey.
type NewUser struct {
	Handle      []byte // WebAuthn user handle, from NewUserHandle
	DisplayName string
	Passkey     Passkey
}

// SignUp makes an account, its data key, its first passkey and its first account session. replaces, if given, is
// the token of this browser's earlier session. It returns CodeConflict if an account already has the credential.
func (d *DB) SignUp(ctx context.Context, u NewUser, s NewSession, replaces *Token) (_ uuid.UUID, err error) {
	defer place(&err, "db.SignUp")
	id, ok := d.openUserHandle(u.Handle)
	if !ok { // a node of an earlier release began the ceremony
		id = newID()
	}
	key, dataKey, err := d.keys.NewDataKey(ctx, id)
	if err != nil {
		return uuid.Nil, err
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		replaces, err := replaces.named(ctx, tx)
		if err != nil {
			return err
		}
		if err := lockUsers(ctx, tx, id, replaces); err != nil && !errors.Is(err, ErrNoSession) { // nobody else knows the new user yet
			return err
		}
		if err := d.lockMasterKey(ctx, tx); err != nil {
			return err
		}
		name := d.storeName(key, userName, id, u.DisplayName)
		_, err = tx.NewRaw(`INSERT INTO users (id, handle, display_name, sealed_name, name_hash, data_key) VALUES (?, ?, ?, ?, ?, ?)`,
			id, u.Handle, name.plaintext, nullBytes(name.sealed), nullBytes(name.hash), dataKey).Exec(ctx)
		if err != nil {
			return err
		}
		if !ok {
			if _, err := tx.NewRaw(`INSERT INTO user_handles (handle, user_id) VALUES (?, ?)`, u.Handle, id).Exec(ctx); err != nil {
				return err
			}
		}
		passkey, err := insertPasskey(ctx, tx, id, u.Passkey)
		if err != nil {
			return err
		}
		if err := insertAccountSession(ctx, tx, id, openedBy{passkey, true}, s, replaces); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, id, s.From, Event{Action: "account.created", Target: passkey.String()})
	})
	return id, err
}

// ViewerID returns the id of a person that a tenant's page may see. It differs between tenants, so
// that two tenants cannot find out that they share a visitor.
func (d *DB) ViewerID(user uuid.UUID, tenantKey string) string {
	mac := hmac.New(sha256.New, d.pairwise)
	mac.Write(user[:])
	mac.Write([]byte(tenantKey))
	return "u_" + lowerBase32.EncodeToString(mac.Sum(nil)[:16])
}

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// RenameUser changes the display name of a session's person, 1 to 80 characters, and returns the changed session.
func (d *DB) RenameUser(ctx context.Context, s *Session, name string) (_ *Session, err error) {
	defer place(&err, "db.RenameUser")
	name, err = checkName("displayName", name)
	if err != nil {
		return nil, err
	}
	if err := s.owner.valid(); err != nil {
		return nil, err
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		tx.clearSessionCache() // they have the old name
		k := d.storeName(s.owner.key, userName, s.UserID, name)
		_, err := tx.NewRaw(`UPDATE users SET display_name = ?, sealed_name = ?, name_hash = ? WHERE id = ?`,
			k.plaintext, nullBytes(k.sealed), nullBytes(k.hash), s.UserID).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	renamed := *s
	renamed.DisplayName = name
	return &renamed, nil
}

var errNoAccount = &Error{Code: CodeNotFound, Message: "There is no such account."}

// lockUser serializes changes of a person's ways to sign in until the transaction ends: two at once could
// remove the last two passkeys. A transaction locks the user before any session, passkey or request of that
// person, so that two transactions of a person do not deadlock. It returns ErrNoSession for a deleted account.
func lockUser(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var id uuid.UUID
	return ifNoRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR NO KEY UPDATE`, user).Scan(ctx, &id), ErrNoSession)
}

// lockUserShared is lockUser for frequent operations, such as a sign-in, which do not wait for one another.
func lockUserShared(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var id uuid.UUID
	return ifNoRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR SHARE`, user).Scan(ctx, &id), ErrNoSession)
}

// lockUsers is lockUser for a person who signs in and for the person of the session that is replaced,
// in the order of their ids. It takes what Token.named returns.
func lockUsers(ctx context.Context, tx authorityTx, user uuid.UUID, replaces *Token) error {
	if replaces == nil {
		return lockUser(ctx, tx, user)
	}
	var locked []uuid.UUID
	err := tx.NewRaw(`SELECT id FROM users WHERE id IN (?, ?) ORDER BY id FOR NO KEY UPDATE`, user, replaces.User).Scan(ctx, &locked)
	if err == nil && !slices.Contains(locked, user) {
		err = ErrNoSession
	}
	return err
}

// requireOtherOwners returns CodeConflict if a person is the only owner of a tenant that is not in
// leave. It locks the person's tenants until the transaction ends, so that two owners who leave at
// once are checked one after the other.
func requireOtherOwners(ctx context.Context, tx authorityTx, user uuid.UUID, leave []string) error {
	_, err := tx.NewRaw(`SELECT FROM tenants WHERE key IN (SELECT tenant_key FROM members WHERE user_id = ? AND role = 'OWNER')
		ORDER BY key FOR NO KEY UPDATE`, user).Exec(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(leave, AnyTenant) {
		return nil
	}
	leave = append([]string{}, leave...) // a nil slice would be NULL, and no key is <> ALL of NULL
	var owned []string
	err = tx.NewRaw(`SELECT t.name || ' (' || t.key || ')' FROM members m JOIN tenants t ON t.key = m.tenant_key
		WHERE m.user_id = ? AND `+onlyOwner+` AND t.key <> ALL (?) ORDER BY t.name, t.key`, user, pgdialect.Array(leave)).Scan(ctx, &owned)
	if err != nil || len(owned) == 0 {
		return err
	}
	return &Error{Code: CodeConflict, Message: "Nobody else owns " + strings.Join(owned, ", ") +
		". Invite another owner first, or list the tenants to leave without an owner in leave."}
}
