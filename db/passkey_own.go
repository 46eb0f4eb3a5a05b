package db

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// MaxPasskeys is how many one account may have: more than anybody has devices.
const MaxPasskeys = 30

// Passkeys lists a person's passkeys, the oldest first.
func (d *DB) Passkeys(ctx context.Context, user uuid.UUID) (list []Passkey, err error) {
	err = d.auth(ctx, func(tx bun.Tx) error {
		list, err = d.passkeysOf(ctx, tx, user)
		return err
	})
	return list, err
}

// AddPasskey gives the person of an account session one more passkey that was just made. It
// returns CodeConflict when the credential belongs to an account already, or there are too many.
func (d *DB) AddPasskey(ctx context.Context, s *Session, p Passkey) (id uuid.UUID, err error) {
	err = d.auth(ctx, func(tx bun.Tx) error {
		if err := holdSession(ctx, tx, s); err != nil {
			return err
		}
		var there int
		if err := tx.NewRaw(`SELECT count(*) FROM passkeys WHERE user_id = ?`, s.UserID).Scan(ctx, &there); err != nil {
			return err
		}
		if there >= MaxPasskeys {
			return &Error{Code: CodeConflict, Message: "This account has 30 passkeys already. Remove the ones that are no longer used."}
		}
		if id, err = insertPasskey(ctx, tx, s.UserID, p); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, "passkey.added", id.String(), "")
	})
	return id, err
}

// RenamePasskey changes what a person calls one of their passkeys: 1 to 80 characters. It
// returns CodeNotFound for a passkey that is not theirs.
func (d *DB) RenamePasskey(ctx context.Context, s *Session, id uuid.UUID, name string) (*Passkey, error) {
	name, err := checkName("name", name)
	if err != nil {
		return nil, err
	}
	if err := s.owner.valid(); err != nil {
		return nil, err
	}
	var renamed *Passkey
	err = d.auth(ctx, func(tx bun.Tx) error {
		if err := holdSession(ctx, tx, s); err != nil {
			return err
		}
		k := d.storeName(s.owner.key, passkeyName, id, name)
		err := one(tx.NewRaw(`UPDATE passkeys SET name = coalesce(?, ''), sealed_name = ? WHERE id = ? AND user_id = ?`,
			k.clear, nullBytes(k.sealed), id, s.UserID).Exec(ctx))
		if err != nil {
			return err
		}
		list, err := d.passkeysOf(ctx, tx, s.UserID)
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].ID == id {
				renamed = &list[i]
			}
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, "passkey.renamed", id.String(), "")
	})
	return renamed, err
}

var errLastPasskey = &Error{Code: CodeConflict, Message: "This is the last way into the account. Add another passkey or make recovery codes first."}

// DeletePasskey removes one of a person's passkeys: it signs nobody in any more, and the sessions
// that rest on it end, with what came from them. The session must be confirmed. It returns
// CodeNotFound for a passkey that is not theirs, and CodeConflict for the last one of an account
// that has no recovery code left.
func (d *DB) DeletePasskey(ctx context.Context, s *Session, id uuid.UUID) error {
	defer d.sessions.forget()
	return d.auth(ctx, func(tx bun.Tx) error {
		if err := requireConfirmation(ctx, tx, s); err != nil {
			return err
		}
		if err := one(tx.NewRaw(`DELETE FROM passkeys WHERE id = ? AND user_id = ?`, id, s.UserID).Exec(ctx)); err != nil {
			return err
		}
		var open bool
		err := tx.NewRaw(`SELECT EXISTS (SELECT FROM passkeys WHERE user_id = ?0)
			OR EXISTS (SELECT FROM recovery_codes WHERE user_id = ?0 AND expires_at IS NULL)`, s.UserID).Scan(ctx, &open)
		if err != nil {
			return err
		}
		if !open {
			return errLastPasskey
		}
		// A session of an older release does not say what it rests on.
		if _, err := endSessions(ctx, tx, s.UserID, `passkey_id = ? OR passkey_id IS NULL`, id); err != nil {
			return err
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, "passkey.removed", id.String(), "")
	})
}

// lockUser makes what changes a person's ways in happen one after the other, until the
// transaction ends: two at once could remove the last two passkeys. Whatever locks anything
// of a person locks them first, and then sessions, passkeys or requests in whichever order:
// with any other, two of a person's acts could wait for each other. It returns ErrNoSession
// for an account that is gone.
func lockUser(ctx context.Context, tx bun.Tx, user uuid.UUID) error {
	var id uuid.UUID
	return noRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR NO KEY UPDATE`, user).Scan(ctx, &id), ErrNoSession)
}

// meetUser is lockUser for what happens to a person often, as a sign-in: those don't wait for one another.
func meetUser(ctx context.Context, tx bun.Tx, user uuid.UUID) error {
	var id uuid.UUID
	return noRows(tx.NewRaw(`SELECT id FROM users WHERE id = ? FOR SHARE`, user).Scan(ctx, &id), ErrNoSession)
}

// checkName gives a name for people to read as it is kept: one line of 1 to 80 characters.
func checkName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); !validText(name) || n < 1 || n > 80 {
		return "", invalid(field, "A name is one line of 1 to 80 characters.")
	}
	if strings.ContainsFunc(name, unseen) {
		return "", invalid(field, errUnseen)
	}
	return name, nil
}

const errUnseen = "A name is one line without control characters, and without those that turn the text around them."

// unseen reports whether a character has no place in a name: it is a control, or one that has the
// text around it read in another direction (UAX #9, explicit formatting), so that a name looks like
// another one. Names in scripts that run from right to left need none of those.
func unseen(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}
