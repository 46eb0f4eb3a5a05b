package db

import (
	"context"

	"github.com/google/uuid"
)

// lockUser makes what changes a person's ways in happen one after the other, until the
// transaction ends: two at once could remove the last two passkeys. Whatever locks anything
// of a person locks them first, and then sessions, passkeys or requests in whichever order:
// with any other, two of a person's acts could wait for each other. It returns ErrNoSession
// for an account that is gone.
func lockUser(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var id uuid.UUID
	return noRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR NO KEY UPDATE`, user).Scan(ctx, &id), ErrNoSession)
}

// lockUserShared is lockUser for what happens to a person often, as a sign-in: those don't wait for one another.
func lockUserShared(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var id uuid.UUID
	return noRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR SHARE`, user).Scan(ctx, &id), ErrNoSession)
}
