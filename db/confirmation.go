package db

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// confirmationLife is how long a confirmation lasts. It protects sensitive acts at an unattended computer.
const confirmationLife = 5 * time.Minute

// ConfirmationRequired is the Reason of ErrUnconfirmed.
const ConfirmationRequired = "confirmation_required"

// ErrUnconfirmed is returned by a sensitive act when the session was not confirmed with a passkey of its own
// account in the last five minutes. A sign-in with a passkey confirms the new session; a recovery does not.
var ErrUnconfirmed error = &Error{Code: CodeForbidden, Reason: ConfirmationRequired, Message: "Confirm with your passkey, then try again."}

// Confirm stores that a passkey of the session's own account has just been verified, and binds the session to
// it. It returns ErrUnknownPasskey for a passkey of another account (GHSA-hp74-gm6m-2qm5) or one that was
// removed meanwhile, and ErrNoSession when the session has ended.
func (d *DB) Confirm(ctx context.Context, s *Session, p Passkey) (err error) {
	defer place(&err, "db.Confirm")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		passkey, err := usePasskey(ctx, tx, s.UserID, p)
		if err != nil {
			return err
		}
		if err := storePasskeyWrap(ctx, tx, s.owner.key, s.UserID, passkey, p.Wrap); err != nil {
			return err
		}
		_, err = tx.NewRaw(`UPDATE sessions SET confirmed_at = now(), passkey_id = ? WHERE user_id = ? AND id = ?`, passkey, s.UserID, s.ID).Exec(ctx)
		return err
	})
}

// RequireConfirmation returns ErrUnconfirmed unless the account session s was confirmed in the
// last five minutes, and ErrNoSession when it has ended.
func (d *DB) RequireConfirmation(ctx context.Context, s *Session) (err error) {
	defer place(&err, "db.RequireConfirmation")
	return d.asAuthority(ctx, func(tx authorityTx) error { return requireConfirmation(ctx, tx, s) })
}

// requireConfirmation is RequireConfirmation in the transaction of an act. It locks the session, which then
// cannot end before the transaction does.
func requireConfirmation(ctx context.Context, tx authorityTx, s *Session) error {
	if err := lockSession(ctx, tx, s); err != nil {
		return err
	}
	var confirmed bool
	err := tx.NewRaw(`SELECT coalesce(confirmed_at > now() - make_interval(secs => ?), false) FROM sessions WHERE user_id = ? AND id = ?`,
		confirmationLife.Seconds(), s.UserID, s.ID).Scan(ctx, &confirmed)
	if err == nil && !confirmed {
		err = ErrUnconfirmed
	}
	return err
}

// endConfirmations ends the confirmations of all sessions of a person, who then has to use a passkey again. The caller has locked
// the user.
func endConfirmations(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	_, err := tx.NewRaw(`UPDATE sessions SET confirmed_at = NULL WHERE user_id = ? AND confirmed_at IS NOT NULL`, user).Exec(ctx)
	return err
}
