package db

import (
	"context"
	"crypto/rand"

	"github.com/google/uuid"
)

// A WebAuthn user handle carries the id of its user, sealed, so that a sign-in finds the user without a lookup
// and nobody can make one up. It tells an authenticator nothing (WebAuthn L3 §14.6.1). Its format:
//
//	sealed id (45) | random (19)
//
// The first byte is the version, as in every sealed value. The random bytes are authenticated too. Handles that
// earlier releases made are random, and in user_handles. So is a handle of this release if a node of an earlier
// release finished the registration: that node gave the user another id.
const (
	handleSize   = 64
	sealedIDSize = 1 + 12 + 16 + 16
)

// NewUserHandle makes the handle of a new user, and with it the user's id.
func (d *DB) NewUserHandle() []byte { return d.sealUserHandle(newID()) }

func (d *DB) sealUserHandle(user uuid.UUID) []byte {
	rest := make([]byte, handleSize-sealedIDSize)
	if _, err := rand.Read(rest); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return append(d.handleKey.Seal(user[:], rest), rest...)
}

// openUserHandle returns the id in a handle. ok is false for a handle that this installation did not make, and for
// one of an earlier release.
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
