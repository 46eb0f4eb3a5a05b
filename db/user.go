package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"

	"github.com/google/uuid"
)

// A NewUser is an account about to be made with its first passkey.
type NewUser struct {
	Handle      []byte // WebAuthn user handle: 64 random bytes
	DisplayName string
	Passkey     Passkey
}

// SignUp makes an account, its data key, its first passkey and its first account session.
// replaces, when given, is the token of the session that this browser held before.
// It returns CodeConflict when the credential belongs to an account already.
func (d *DB) SignUp(ctx context.Context, u NewUser, s NewSession, replaces *TokenHash) (_ uuid.UUID, err error) {
	defer place(&err, "db.SignUp")
	id := newID()
	key, dataKey, err := d.keys.NewDataKey(ctx, id)
	if err != nil {
		return uuid.Nil, err
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockUsers(ctx, tx, id, replaces); err != nil && !errors.Is(err, ErrNoSession) { // nobody else knows of the new one yet
			return err
		}
		name := d.storeName(key, userName, id, u.DisplayName)
		_, err := tx.NewRaw(`INSERT INTO users (id, handle, display_name, sealed_name, name_hash, data_key) VALUES (?, ?, ?, ?, ?, ?)`,
			id, u.Handle, name.clear, nullBytes(name.sealed), nullBytes(name.hash), dataKey).Exec(ctx)
		if err != nil {
			return err
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

// ViewerID is the id of a person that a tenant's page may see: another one at each tenant,
// so that no two tenants can find out that they share a visitor.
func (d *DB) ViewerID(user uuid.UUID, tenantKey string) string {
	mac := hmac.New(sha256.New, d.pairwise)
	mac.Write(user[:])
	mac.Write([]byte(tenantKey))
	return "u_" + lowerBase32.EncodeToString(mac.Sum(nil)[:16])
}

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// RenameUser changes the name that the person of a session goes by, 1 to 80 characters, and gives
// the session as it is then.
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
		tx.forgetSessions() // they have the old name
		k := d.storeName(s.owner.key, userName, s.UserID, name)
		_, err := tx.NewRaw(`UPDATE users SET display_name = ?, sealed_name = ?, name_hash = ? WHERE id = ?`,
			k.clear, nullBytes(k.sealed), nullBytes(k.hash), s.UserID).Exec(ctx)
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
