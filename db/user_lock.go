package db

import (
	"context"

	"github.com/google/uuid"
)

// lockUser serializes changes of a person's ways to sign in until the transaction ends: two at once could
// remove the last two passkeys. A transaction locks the user before any session, passkey or request of that
// person, so that two transactions of a person do not deadlock. It returns ErrNoSession for a deleted account.
func lockUser(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var id uuid.UUID
	return noRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR NO KEY UPDATE`, user).Scan(ctx, &id), ErrNoSession)
}

// lockUserShared is lockUser for frequent operations, such as a sign-in, which do not wait for one another.
func lockUserShared(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	var id uuid.UUID
	return noRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR SHARE`, user).Scan(ctx, &id), ErrNoSession)
}
