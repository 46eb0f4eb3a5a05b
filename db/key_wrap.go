package db

import (
	"context"
	"regexp"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/company-a/aside/db/seal"
)

// keyWrapOf is the field of wraps.
const keyWrapOf seal.Field = "key_wraps.sealed_wrap"

// A KeyWrap is the content key of an account, encrypted with a key that only a passkey gives. The service cannot open it.
type KeyWrap struct {
	ID         uuid.UUID
	Passkey    uuid.UUID
	Generation int // of the content key
	Wrap       string
}

// A NewKeyWrap is a wrap to be stored for the passkey of a ceremony.
type NewKeyWrap struct {
	Generation int
	Wrap       string // base64url of 60 bytes
}

// wrapForm is the form of a wrap: IV, content key and tag.
var wrapForm = regexp.MustCompile(`^[A-Za-z0-9_-]{80}$`)

// KeyWraps lists the wraps of a person's passkeys, the oldest first. That of a recovery code is only for those who present
// the code: see Recovery.
func (d *DB) KeyWraps(ctx context.Context, user uuid.UUID) (list []KeyWrap, err error) {
	defer place(&err, "db.KeyWraps")
	return d.keyWraps(ctx, user, `true`)
}

// PasskeyWrap returns the wrap of a person's passkey, or "" if it has none.
func (d *DB) PasskeyWrap(ctx context.Context, user, passkey uuid.UUID) (wrap string, err error) {
	defer place(&err, "db.PasskeyWrap")
	list, err := d.keyWraps(ctx, user, `passkey_id = ?`, passkey)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].Wrap, nil
}

func (d *DB) keyWraps(ctx context.Context, user uuid.UUID, condition string, args ...any) (list []KeyWrap, err error) {
	var stored []struct {
		ID, Passkey uuid.UUID
		Generation  int
		Sealed      []byte
	}
	var key seal.Key
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		stored = nil // from an earlier attempt
		err := tx.NewRaw(`SELECT id, passkey_id AS passkey, generation, sealed_wrap AS sealed FROM key_wraps
			WHERE user_id = ? AND passkey_id IS NOT NULL AND `+condition+` ORDER BY id`, append([]any{user}, args...)...).Scan(ctx, &stored)
		if err != nil || len(stored) == 0 {
			return err
		}
		key, err = d.dataKeyOf(ctx, tx, user)
		return err
	})
	for _, w := range stored {
		if err != nil {
			return nil, err
		}
		opened := KeyWrap{w.ID, w.Passkey, w.Generation, ""}
		err = d.openWrap(ctx, key, user, w.ID, w.Sealed, &opened.Wrap)
		list = append(list, opened)
	}
	return list, err
}

// openWrapOf opens the wrap in a row of a person.
func (d *DB) openWrapOf(ctx context.Context, user, id uuid.UUID, sealed []byte) (wrap string, err error) {
	var key seal.Key
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		key, err = d.dataKeyOf(ctx, tx, user)
		return err
	})
	if err == nil {
		err = d.openWrap(ctx, key, user, id, sealed, &wrap)
	}
	return wrap, err
}

func (d *DB) openWrap(ctx context.Context, key seal.Key, user, id uuid.UUID, sealed []byte, wrap *string) error {
	err := keyWrapOf.Open(key, "", id[:], sealed, wrap)
	return d.auditUnsealed(ctx, err, Event{Target: "key wrap of " + user.String()})
}

// A wrapOf is what a wrap is for: one of both.
type wrapOf struct {
	passkey uuid.UUID
	locator string // of a recovery code
}

func insertWrap(ctx context.Context, tx authorityTx, key seal.Key, user uuid.UUID, of wrapOf, generation int, wrap string) error {
	id := newID()
	_, err := tx.NewRaw(`INSERT INTO key_wraps (user_id, id, passkey_id, locator, generation, sealed_wrap) VALUES (?, ?, ?, ?, ?, ?)`,
		user, id, uuid.NullUUID{UUID: of.passkey, Valid: of.passkey != uuid.Nil}, nullString(of.locator), generation, keyWrapOf.Seal(key, "", id[:], wrap)).Exec(ctx)
	return err
}

// storePasskeyWrap stores the wrap of one of a person's passkeys in place of an earlier one. It does nothing for nil. The
// caller has locked the user. It returns CodeInvalid unless the wrap is of the account's content key.
func storePasskeyWrap(ctx context.Context, tx authorityTx, key seal.Key, user, passkey uuid.UUID, w *NewKeyWrap) error {
	if w == nil {
		return nil
	}
	if !wrapForm.MatchString(w.Wrap) {
		return invalid("wraps", "A wrap must be 60 bytes in base64url.")
	}
	state, err := keyStateOf(ctx, tx, user)
	if err != nil {
		return err
	}
	if state.Sealing == SealingServer || state.Generation != w.Generation {
		return invalid("wraps", "This wrap is of another key than that of the account. Reload the page.")
	}
	var there uuid.UUID
	err = tx.NewRaw(`SELECT id FROM passkeys WHERE user_id = ? AND id = ?`, user, passkey).Scan(ctx, &there)
	if err != nil {
		return ifNoRows(err, invalid("wraps", "The account has no such passkey."))
	}
	if err := deletePasskeyWrap(ctx, tx, user, passkey); err != nil {
		return err
	}
	return insertWrap(ctx, tx, key, user, wrapOf{passkey: passkey}, w.Generation, w.Wrap)
}

func deletePasskeyWrap(ctx context.Context, tx authorityTx, user, passkey uuid.UUID) error {
	_, err := tx.NewRaw(`DELETE FROM key_wraps WHERE user_id = ? AND passkey_id = ?`, user, passkey).Exec(ctx)
	return err
}

// deleteCodeWraps deletes the wraps of a person's recovery codes.
func deleteCodeWraps(ctx context.Context, tx authorityTx, user uuid.UUID, locators ...string) error {
	if len(locators) == 0 {
		return nil
	}
	_, err := tx.NewRaw(`DELETE FROM key_wraps WHERE user_id = ? AND locator IN (?)`, user, bun.List(locators)).Exec(ctx)
	return err
}

// isLastCodeWrap reports whether a recovery code is the only one that opens an account's content key.
func isLastCodeWrap(ctx context.Context, tx authorityTx, user uuid.UUID, locator string) (yes bool, err error) {
	err = tx.NewRaw(`SELECT coalesce(bool_and(locator = ?), false) FROM key_wraps WHERE user_id = ? AND locator IS NOT NULL`, locator, user).Scan(ctx, &yes)
	return yes, err
}

// hasCodeWrap reports whether an unused recovery code opens the content key of an account.
func hasCodeWrap(ctx context.Context, tx authorityTx, user uuid.UUID) (yes bool, err error) {
	err = tx.NewRaw(`SELECT EXISTS (SELECT FROM key_wraps WHERE user_id = ? AND locator IS NOT NULL)`, user).Scan(ctx, &yes)
	return yes, err
}
