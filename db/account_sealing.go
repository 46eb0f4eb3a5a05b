package db

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// An AccountSealing says where the notes of an account can be read: in the service too, or only on the person's devices.
//
//	SERVER ▶ ENCRYPTING ▶ END_TO_END ▶ DECRYPTING ▶ SERVER
//
// While an account is ENCRYPTING or DECRYPTING, it has notes of both kinds, and the person's browser converts them. The
// person can reverse either conversion before it ends. An account that is ENCRYPTING accepts only sealed texts. One that is
// DECRYPTING accepts both kinds, since open widgets still have a key and continue to seal.
type AccountSealing string

// The states of an account.
const (
	SealingServer     AccountSealing = "SERVER"
	SealingEncrypting AccountSealing = "ENCRYPTING"
	SealingEndToEnd   AccountSealing = "END_TO_END"
	SealingDecrypting AccountSealing = "DECRYPTING"
)

var (
	statesOfPlain  = []string{string(SealingServer), string(SealingDecrypting)}
	statesOfSealed = []string{string(SealingEncrypting), string(SealingEndToEnd), string(SealingDecrypting)}
)

// statesThatTake returns the states in which an account accepts a text.
func statesThatTake(t seal.Text) []string {
	if t.Sealed != "" {
		return statesOfSealed
	}
	return statesOfPlain
}

// takes returns CodeInvalid if an account in this state does not accept a text.
func (a AccountSealing) takes(t seal.Text) error {
	switch plain := t.Sealed == ""; {
	case plain && (a == SealingEncrypting || a == SealingEndToEnd):
		return errPlainText
	case !plain && a == SealingServer:
		return errSealedText
	}
	return nil
}

// outdatedPage is the Reason of a text in the form that the account had before.
const outdatedPage = "outdated_page"

var (
	errPlainText  = &Error{Code: CodeInvalid, Field: "body", Reason: outdatedPage, Message: "These notes are end-to-end encrypted, and this page is not up to date. Reload it, then save again."}
	errSealedText = &Error{Code: CodeInvalid, Field: "sealed", Reason: outdatedPage, Message: "These notes are not end-to-end encrypted, and this page is not up to date. Reload it, then save again."}
	errBothTexts  = invalid("sealed", "Send sealed, or title, body, tags and context, not both.")
)

func errUnsearchable(field string) error {
	return invalid(field, "These notes are end-to-end encrypted, so only your device can search them. Reload the page.")
}

// A keyState is the state of an account, with the generation of its content key.
type keyState struct {
	Sealing    AccountSealing
	Generation int
	Vouched    bool
}

func keyStateOf(ctx context.Context, tx authorityTx, user uuid.UUID) (k keyState, err error) {
	err = tx.NewRaw(`SELECT sealing, key_generation AS generation, vouched_by IS NOT NULL AS vouched FROM users WHERE id = ?`, user).Scan(ctx, &k)
	return k, ifNoRows(err, ErrNoSession)
}

// A SealingChange asks for another state of an account.
type SealingChange struct {
	To         AccountSealing // SealingServer or SealingEndToEnd
	Generation int            // of the content key; that of the new key if there are Wraps
	Wraps      []PasskeyWrap  // of a new content key; none to keep the current key
}

// A PasskeyWrap is a content key, wrapped for a passkey.
type PasskeyWrap struct {
	Passkey uuid.UUID
	Wrap    string
}

var (
	errNoKeyBegun    = &Error{Code: CodeConflict, Message: "End-to-end encryption was not turned on. Turn it on with a new key first."}
	errKeyThere      = &Error{Code: CodeConflict, Message: "End-to-end encryption was turned on already. Reload the page."}
	errOtherKey      = &Error{Code: CodeConflict, Message: "The key of your notes has changed. Reload the page."}
	errVouchedKey    = &Error{Code: CodeForbidden, Message: "A tenant can open these notes, so they can't be end-to-end encrypted. Create a passkey first."}
	errUpgradingKey  = &Error{Code: CodeForbidden, Reason: "upgrade_unfinished", Message: "The service is being updated. Try again in a few minutes."}
	errCodesOfServer = &Error{Code: CodeForbidden, Message: "Your notes are end-to-end encrypted, so only your browser can make recovery codes. Reload the page."}
	errNoCodeWraps   = &Error{Code: CodeForbidden, Reason: "recovery_codes_missing", Message: "Save new recovery codes first: without them, nobody could open your notes if you lose your passkeys."}
	errLastWrap      = &Error{Code: CodeConflict, Reason: "last_wrap", Message: "Only this passkey opens your notes. Add another passkey or get new recovery codes first."}
)

// SetSealing starts, reverses or ends the encryption or decryption of the notes of a session's account. It returns the
// session with the account's new state.
//
// With wraps, it starts encryption with a new content key. It ends all other sessions, since their pages may have an earlier
// key. Without wraps, it ends a conversion if no note of the other kind is left. If some are left, the conversion continues,
// and that is no error. The session must be confirmed, except to end a conversion. SetSealing returns CodeConflict if the
// account's state does not allow the change, or if the generation is not that of its content key.
//
// A person may have two pages that want different things, with one session. So a reversal ends all confirmations of the
// person: the page that converted in the other direction cannot reverse it back without asking the person. A second page
// that starts encryption is refused, and then cannot replace the recovery codes of the first (see ReplaceRecoveryCodes).
func (d *DB) SetSealing(ctx context.Context, s *Session, c SealingChange) (_ *Session, err error) {
	defer place(&err, "db.SetSealing")
	if c.To != SealingServer && c.To != SealingEndToEnd {
		return nil, invalid("to", "The state must be SERVER or END_TO_END.")
	}
	changed, late := *s, false
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		before, err := keyStateOf(ctx, tx, s.UserID)
		if err != nil {
			return err
		}
		changed.Sealing, err = d.changeSealing(ctx, tx, s, before, c)
		if late = errors.Is(err, errKeyThere); late {
			return endConfirmations(ctx, tx, s.UserID)
		}
		if err == nil && changed.Sealing != before.Sealing {
			tx.clearSessionCache()
		}
		return err
	})
	if late && err == nil {
		err = errKeyThere
	}
	if err != nil {
		return nil, err
	}
	changed.owner.sealing, changed.KeyGeneration = changed.Sealing, c.Generation
	return &changed, nil
}

// changeSealing makes the change of SetSealing and returns the new state. The transaction has locked the session.
func (d *DB) changeSealing(ctx context.Context, tx authorityTx, s *Session, before keyState, c SealingChange) (AccountSealing, error) {
	if len(c.Wraps) > 0 {
		return SealingEncrypting, d.beginSealing(ctx, tx, s, before, c)
	}
	if c.Generation != before.Generation || before.Generation == 0 {
		return "", errOtherKey
	}
	toward, other := SealingEncrypting, plainFormat
	if c.To == SealingServer {
		toward, other = SealingDecrypting, sealedFormat
	}
	switch before.Sealing {
	case c.To:
		return c.To, nil
	case SealingServer:
		return "", errNoKeyBegun
	}
	if err := lockWriters(ctx, tx, s.UserID); err != nil {
		return "", err
	}
	if before.Sealing != toward {
		if err := requireConfirmation(ctx, tx, s); err != nil {
			return "", err
		}
		if err := endConfirmations(ctx, tx, s.UserID); err != nil {
			return "", err
		}
		action := "encryption.begun"
		if toward == SealingDecrypting {
			action = "decryption.begun"
		}
		if err := d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: action}); err != nil {
			return "", err
		}
	}
	var left bool
	if err := tx.NewRaw(`SELECT any_note_in(?, ?)`, s.UserID, other).Scan(ctx, &left); err != nil {
		return "", err
	}
	if !left && c.To == SealingEndToEnd {
		recoverable, err := hasCodeWrap(ctx, tx, s.UserID)
		if err != nil {
			return "", err
		}
		left = !recoverable
	}
	if left {
		return toward, storeSealing(ctx, tx, s.UserID, toward, before.Generation)
	}
	action := "encryption.finished"
	if c.To == SealingServer {
		action = "decryption.finished"
		if _, err := tx.NewRaw(`DELETE FROM key_wraps WHERE user_id = ?`, s.UserID).Exec(ctx); err != nil {
			return "", err
		}
	}
	if err := d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: action}); err != nil {
		return "", err
	}
	return c.To, storeSealing(ctx, tx, s.UserID, c.To, before.Generation)
}

// beginSealing stores a new content key for an account and starts the encryption.
func (d *DB) beginSealing(ctx context.Context, tx authorityTx, s *Session, before keyState, c SealingChange) error {
	switch {
	case c.To != SealingEndToEnd:
		return invalid("wraps", "Wraps are only for turning end-to-end encryption on.")
	case before.Vouched:
		return errVouchedKey
	case before.Sealing != SealingServer:
		return errKeyThere
	case c.Generation != before.Generation+1:
		return errOtherKey
	}
	if err := requireConfirmation(ctx, tx, s); err != nil {
		return err
	}
	older, err := d.readableNodes(ctx, tx)
	if err != nil {
		return err
	}
	if older {
		return errUpgradingKey
	}
	if err := lockWriters(ctx, tx, s.UserID); err != nil {
		return err
	}
	if _, err := tx.NewRaw(`DELETE FROM key_wraps WHERE user_id = ?`, s.UserID).Exec(ctx); err != nil {
		return err
	}
	if err := storeSealing(ctx, tx, s.UserID, SealingEncrypting, c.Generation); err != nil {
		return err
	}
	for _, w := range c.Wraps {
		if err := storePasskeyWrap(ctx, tx, s.owner.key, s.UserID, w.Passkey, &NewKeyWrap{c.Generation, w.Wrap}); err != nil {
			return err
		}
	}
	if _, err := revokeSessions(ctx, tx, s.UserID, `id <> ?`, s.ID); err != nil {
		return err
	}
	return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "encryption.begun"})
}

// readableNodes reports whether some node could still store notes in a form that the service can read. A node of an earlier
// release does so. Until the contract migrations are applied, such a node can still start, so readableNodes returns true.
func (d *DB) readableNodes(ctx context.Context, tx authorityTx) (yes bool, err error) {
	if !d.contracted.Load() {
		return true, nil
	}
	err = tx.NewRaw(`SELECT EXISTS (SELECT FROM pg_stat_activity
		WHERE datname = current_database() AND application_name IN ('`+clearName+`', '`+sealedName+`', '`+readableName+`'))`).Scan(ctx, &yes)
	return yes, err
}

// The formats of stored notes (package seal), as arguments of the SQL function any_note_in.
const (
	plainFormat  = 1
	sealedFormat = 2
)

// storeSealing stores the state of an account. The caller has locked the writers.
func storeSealing(ctx context.Context, tx authorityTx, user uuid.UUID, a AccountSealing, generation int) error {
	if _, err := tx.NewRaw(`UPDATE users SET sealing = ?, key_generation = ? WHERE id = ?`, a, generation, user).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewRaw(`UPDATE note_counters SET sealing = ? WHERE user_id = ?`, a, user).Exec(ctx)
	return err
}

// convertAgain returns an account from END_TO_END to ENCRYPTING if it has received readable notes from a vouched account.
// The person's browser then encrypts these notes.
func convertAgain(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	state, err := keyStateOf(ctx, tx, user)
	if err != nil || state.Sealing != SealingEndToEnd {
		return err
	}
	var readable bool
	if err := tx.NewRaw(`SELECT any_note_in(?, ?)`, user, plainFormat).Scan(ctx, &readable); err != nil || !readable {
		return err
	}
	tx.clearSessionCache()
	return storeSealing(ctx, tx, user, SealingEncrypting, state.Generation)
}

// requireOtherWrap returns CodeConflict if an account has encrypted notes and no wrap is left that opens them.
func requireOtherWrap(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	state, err := keyStateOf(ctx, tx, user)
	if err != nil || state.Sealing == SealingServer {
		return err
	}
	var left bool
	err = tx.NewRaw(`SELECT EXISTS (SELECT FROM key_wraps WHERE user_id = ?)`, user).Scan(ctx, &left)
	if err == nil && !left {
		err = errLastWrap
	}
	return err
}
