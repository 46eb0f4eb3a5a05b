package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// A Passkey is a WebAuthn credential record (WebAuthn L3 §4) of one user.
type Passkey struct {
	CredentialID   []byte
	PublicKey      []byte // COSE
	AAGUID         []byte
	Transports     []string
	SignCount      uint32
	BackupEligible bool
	BackedUp       bool
}

// A PasskeyUser is what a sign-in must know of a user before it has one.
type PasskeyUser struct {
	ID          uuid.UUID
	Handle      []byte
	DisplayName string
	Passkeys    []Passkey
}

// Holds reports whether one of the user's passkeys has that credential id.
func (u *PasskeyUser) Holds(credentialID []byte) bool {
	return slices.ContainsFunc(u.Passkeys, func(p Passkey) bool { return bytes.Equal(p.CredentialID, credentialID) })
}

// ErrUnknownPasskey is returned for a credential that belongs to no account.
var ErrUnknownPasskey error = &Error{Code: CodeNotFound, Message: "This passkey belongs to no account here. Create an account, or use another passkey."}

// PasskeyUserByHandle finds the user of a WebAuthn user handle with all passkeys.
// It returns ErrUnknownPasskey when there is none.
func (d *DB) PasskeyUserByHandle(ctx context.Context, handle []byte) (*PasskeyUser, error) {
	var u PasskeyUser
	err := d.auth(ctx, func(tx bun.Tx) error {
		err := tx.NewRaw(`SELECT id, handle, display_name FROM users WHERE handle = ?`, handle).Scan(ctx, &u.ID, &u.Handle, &u.DisplayName)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknownPasskey
		}
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up
			FROM passkeys WHERE user_id = ? ORDER BY id`, u.ID)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var p Passkey
			if err := rows.Scan(&p.CredentialID, &p.PublicKey, &p.AAGUID, pgdialect.Array(&p.Transports),
				&p.SignCount, &p.BackupEligible, &p.BackedUp); err != nil {
				return err
			}
			u.Passkeys = append(u.Passkeys, p)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	return &u, nil
}

// SignIn records the use of a passkey that has just been verified and makes an account
// session. replaces, when given, is the token of the session that this browser held before.
// It returns ErrUnknownPasskey when the passkey was removed meanwhile.
func (d *DB) SignIn(ctx context.Context, user uuid.UUID, p Passkey, s NewSession, replaces *TokenHash) error {
	defer d.sessions.forget() // the one that is replaced
	return d.auth(ctx, func(tx bun.Tx) error {
		// WebAuthn L3 §7.2 step 24: sign count and backup state are written back.
		result, err := tx.NewRaw(`UPDATE passkeys SET sign_count = ?, backed_up = ?, last_used_at = now()
			WHERE user_id = ? AND credential_id = ?`,
			int64(p.SignCount), p.BackedUp, user, p.CredentialID).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return ErrUnknownPasskey
		}
		return insertAccountSession(ctx, tx, user, s, replaces)
	})
}

func insertPasskey(ctx context.Context, tx bun.Tx, user uuid.UUID, p Passkey) error {
	_, err := tx.NewRaw(`INSERT INTO passkeys (id, user_id, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		newID(), user, p.CredentialID, p.PublicKey, p.AAGUID, pgdialect.Array(p.Transports), int64(p.SignCount),
		p.BackupEligible, p.BackedUp).Exec(ctx)
	if isSQLState(err, uniqueViolation) { // WebAuthn L3 §7.1 step 26
		return &Error{Code: CodeConflict, Message: "This passkey belongs to an account already. Sign in with it."}
	}
	return err
}
