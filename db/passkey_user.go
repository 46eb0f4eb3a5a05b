package db

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A PasskeyUser holds what a sign-in needs to know about a user before there is a session.
type PasskeyUser struct {
	ID          uuid.UUID
	Handle      []byte
	DisplayName string
	CreatedAt   time.Time // only set by DB.PasskeyUser
	Passkeys    []Passkey

	Sealing       AccountSealing
	KeyGeneration int // of the current or last content key; 0 if the account never had one
}

// PasskeyID returns the id of the user's passkey with a credential id, or uuid.Nil.
func (u *PasskeyUser) PasskeyID(credentialID []byte) uuid.UUID {
	for _, p := range u.Passkeys {
		if bytes.Equal(p.CredentialID, credentialID) {
			return p.ID
		}
	}
	return uuid.Nil
}

// Holds reports whether one of the user's passkeys has the credential id.
func (u *PasskeyUser) Holds(credentialID []byte) bool {
	return slices.ContainsFunc(u.Passkeys, func(p Passkey) bool { return bytes.Equal(p.CredentialID, credentialID) })
}

const selectUserByHandle = `SELECT u.id, u.display_name, u.sealed_name, u.data_key, u.sealing, u.key_generation, p.id, p.credential_id, p.public_key, p.aaguid, p.transports, p.sign_count, p.backup_eligible, p.backed_up
	FROM users u JOIN passkeys p ON p.user_id = u.id WHERE u.id = $1 AND u.handle = $2 ORDER BY p.id`

// PasskeyUserByHandle returns the user with a WebAuthn user handle and all of the user's passkeys. It returns
// ErrUnknownPasskey if there is no such user or no passkey.
func (d *DB) PasskeyUserByHandle(ctx context.Context, handle []byte) (_ *PasskeyUser, err error) {
	defer place(&err, "db.PasskeyUserByHandle")
	user, err := d.userOfHandle(ctx, handle)
	if err != nil {
		return nil, err
	}
	u, err := d.passkeyUserOf(ctx, user, handle)
	if !errors.Is(err, ErrUnknownPasskey) {
		return u, err
	}
	if user, err = d.userOfStoredHandle(ctx, handle); err != nil {
		return nil, err
	}
	return d.passkeyUserOf(ctx, user, handle)
}

// passkeyUserOf is PasskeyUserByHandle for the user with an id.
func (d *DB) passkeyUserOf(ctx context.Context, user uuid.UUID, handle []byte) (*PasskeyUser, error) {
	results, err := d.batchAsAuthority(ctx, func(b *pgx.Batch) { b.Queue(selectUserByHandle, user, handle) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = results.Close() }()
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	u := &PasskeyUser{Handle: handle}
	var name storedName
	var dataKey []byte
	for rows.Next() {
		var p Passkey
		if err := rows.Scan(&u.ID, &name.plaintext, &name.sealed, &dataKey, &u.Sealing, &u.KeyGeneration, idTarget(&p.ID), &p.CredentialID, &p.PublicKey, &p.AAGUID, &p.Transports,
			&p.SignCount, &p.BackupEligible, &p.BackedUp); err != nil {
			return nil, err
		}
		u.Passkeys = append(u.Passkeys, p)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if u.Passkeys == nil {
		return nil, ErrUnknownPasskey
	}
	rows.Close()
	if err := results.Close(); err != nil { // before openUserName, which audits a failure on another connection
		return nil, err
	}
	u.DisplayName, err = d.openUserName(ctx, u.ID, name, dataKey)
	return u, err
}

// PasskeyUser returns the user with an id, who may have no passkey left. It returns ErrNoSession for a
// deleted account.
func (d *DB) PasskeyUser(ctx context.Context, id uuid.UUID) (_ *PasskeyUser, err error) {
	defer place(&err, "db.PasskeyUser")
	u := PasskeyUser{ID: id}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		var name storedName
		var dataKey []byte
		err := tx.NewRaw(`SELECT handle, display_name, sealed_name, data_key, created_at, sealing, key_generation FROM users WHERE id = ?`, id).
			Scan(ctx, &u.Handle, &name.plaintext, &name.sealed, &dataKey, &u.CreatedAt, &u.Sealing, &u.KeyGeneration)
		if err != nil {
			return ifNoRows(err, ErrNoSession)
		}
		if u.DisplayName, err = d.openUserName(ctx, id, name, dataKey); err != nil {
			return err
		}
		u.Passkeys, err = d.passkeysOf(ctx, tx, u.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &u, nil
}

// A WebAuthn user handle contains the user's id, sealed: a sign-in finds the user without a lookup, nobody can
// forge a handle, and an authenticator learns nothing from it (WebAuthn L3 §14.6.1). Its format:
//
//	sealed id (45) | random (19)
//
// The first byte is the version, as in every sealed value. The random bytes are authenticated too. The table
// user_handles has the handles of earlier releases, which are random. It also has a handle of this release if a
// node of an earlier release finished the registration, since that node gave the user another id.
const (
	handleSize   = 64
	sealedIDSize = 1 + 12 + 16 + 16
)

// NewUserHandle returns a handle for a new user. It contains the user's new id.
func (d *DB) NewUserHandle() []byte { return d.sealUserHandle(newID()) }

func (d *DB) sealUserHandle(user uuid.UUID) []byte {
	rest := make([]byte, handleSize-sealedIDSize)
	if _, err := rand.Read(rest); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return append(d.handleKey.Seal(user[:], rest), rest...)
}

// openUserHandle returns the id in a handle. ok is false for a handle of another installation or an earlier
// release.
func (d *DB) openUserHandle(handle []byte) (user uuid.UUID, ok bool) {
	if len(handle) != handleSize {
		return user, false
	}
	id, err := d.handleKey.Open(handle[:sealedIDSize], handle[sealedIDSize:])
	if err != nil {
		return user, false
	}
	user, err = uuid.FromBytes(id)
	return user, err == nil
}

// userOfHandle returns the id of the user with a handle, or ErrUnknownPasskey. The user may have been deleted.
func (d *DB) userOfHandle(ctx context.Context, handle []byte) (user uuid.UUID, err error) {
	if user, ok := d.openUserHandle(handle); ok {
		return user, nil
	}
	return d.userOfStoredHandle(ctx, handle)
}

// userOfStoredHandle returns the user of a handle in user_handles, or ErrUnknownPasskey.
func (d *DB) userOfStoredHandle(ctx context.Context, handle []byte) (user uuid.UUID, err error) {
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT user_id FROM user_handles WHERE handle = ?`, handle).Scan(ctx, &user)
	})
	return user, ifNoRows(err, ErrUnknownPasskey)
}
