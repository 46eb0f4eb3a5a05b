package db

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"slices"

	"github.com/google/uuid"
)

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
	name, err = CheckName("displayName", name)
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
	if replaces == nil || replaces.User == user {
		return lockUser(ctx, tx, user)
	}
	var unknown error
	for _, id := range slices.SortedFunc(slices.Values([]uuid.UUID{user, replaces.User}), compareIDs) {
		err := lockUser(ctx, tx, id)
		if id == user && errors.Is(err, ErrNoSession) {
			unknown = err
		} else if err != nil && !errors.Is(err, ErrNoSession) {
			return err
		}
	}
	return unknown
}

// compareIDs orders ids as PostgreSQL does.
func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
