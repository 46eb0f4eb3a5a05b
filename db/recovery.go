package db

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ErrRecovery is returned for every code that does not work: unknown, mistyped, used, replaced or expired.
var ErrRecovery error = &Error{Code: CodeNotFound, Message: "That code didn't work. Check for typos or try another."}

// A Recovery is the account of a presented recovery code or operator's link.
type Recovery struct {
	User *PasskeyUser
	Code []byte // for Recover
	Wrap string // the content key, wrapped for the code; "" for none
}

// A recoveryKind is the kind of a row of recovery_codes: a person's code, made by the browser or, in earlier releases,
// here, or the token of an operator's link. Each is hashed for its own purpose, so that none works as another.
type recoveryKind struct {
	purpose    string // of the hash
	link       bool   // has an expiry
	byVerifier bool   // the browser made it, and what it presents is not the code
	refused    error
}

var (
	recoveryCode     = recoveryKind{"recovery code", false, false, ErrRecovery}
	recoveryVerifier = recoveryKind{"recovery verifier", false, true, ErrRecovery}
	recoveryLink     = recoveryKind{"recovery link", true, false, ErrRecoveryLink}
)

// ErrServerCode is returned for the locator and verifier of a code that an earlier release made: only the code itself
// works. Such a code opens no notes that are end-to-end encrypted.
var ErrServerCode error = &Error{Code: CodeNotFound, Message: "This code is of an earlier release. Send the code itself."}

// recoveryData binds a code to its user: a row that is moved to another user does not work.
func recoveryData(user uuid.UUID, code string) []byte { return append(user[:], code...) }

// FindRecovery returns the account of a person's recovery code. It doesn't use the code up. from is
// the client's address, and near is the same address as the limits count it. It returns ErrRecovery
// for any other input, including the token of an operator's link, and CodeRateLimited after too many
// failures with this locator or from near.
func (d *DB) FindRecovery(ctx context.Context, typed, from, near string) (_ *Recovery, err error) {
	defer place(&err, "db.FindRecovery")
	return d.findRecovery(ctx, recoveryCode, parseRecoveryCode(typed), from, near)
}

// FindRecoveryByVerifier is FindRecovery for a code that a browser made, of which it presents the locator and the
// verifier. It returns ErrServerCode if the locator is that of another code.
func (d *DB) FindRecoveryByVerifier(ctx context.Context, locator, verifier, from, near string) (_ *Recovery, err error) {
	defer place(&err, "db.FindRecoveryByVerifier")
	if !locatorForm.MatchString(locator) || !verifierForm.MatchString(verifier) {
		return d.findRecovery(ctx, recoveryVerifier, "", from, near)
	}
	return d.findRecovery(ctx, recoveryVerifier, locator+verifier, from, near)
}

func (d *DB) findRecovery(ctx context.Context, kind recoveryKind, code, from, near string) (*Recovery, error) {
	locator := code[:min(len(code), locatorLength)]
	var user uuid.UUID
	var hash, sealedWrap []byte
	var wrapID uuid.UUID
	other := false
	err := d.asAuthority(ctx, func(tx authorityTx) error {
		user, hash, sealedWrap, other = uuid.Nil, nil, nil, false // from an earlier attempt
		err := tx.NewRaw(`SELECT user_id FROM recovery_locators WHERE locator = ?`, locator).Scan(ctx, &user)
		if err != nil {
			return ifNoRows(err, nil)
		}
		var byVerifier bool
		err = tx.NewRaw(`SELECT code_hash, by_verifier FROM recovery_codes WHERE user_id = ? AND locator = ?
			AND (expires_at IS NULL OR expires_at > now()) AND (expires_at IS NOT NULL) = ?`, user, locator, kind.link).Scan(ctx, &hash, &byVerifier)
		if errors.Is(err, sql.ErrNoRows) {
			user, err = uuid.Nil, nil
		}
		if err != nil || user == uuid.Nil {
			return err
		}
		if byVerifier != kind.byVerifier {
			user, hash, other = uuid.Nil, nil, kind.byVerifier
			return nil
		}
		if !byVerifier {
			return nil
		}
		err = tx.NewRaw(`SELECT id, sealed_wrap FROM key_wraps WHERE user_id = ? AND locator = ?`, user, locator).Scan(ctx, &wrapID, &sealedWrap)
		return ifNoRows(err, nil)
	})
	if err != nil {
		return nil, err
	}
	if hash == nil {
		hash = d.keys.MAC(kind.purpose, nil) // as much work as for an existing code
	}
	if code != "" && d.keys.CheckMAC(kind.purpose, recoveryData(user, code), hash) {
		u, err := d.PasskeyUser(ctx, user)
		if err == nil {
			found := &Recovery{User: u, Code: hash}
			if sealedWrap != nil {
				found.Wrap, err = d.openWrapOf(ctx, user, wrapID, sealedWrap)
			}
			return found, err
		}
		if !IsCode(err, CodeUnavailable) { // deleted just now
			return nil, err
		}
	}
	// The code has 130 random bits. Only wrong codes are limited, so that a stranger who knows a
	// locator cannot lock the person out.
	tries := RecoveriesFrom.From(near)
	if code != "" && !other {
		tries = append(tries, Recoveries.By(locator))
	}
	if err := d.Allow(ctx, RecordedAs(Event{IP: from}, tries...)...); err != nil {
		return nil, err
	}
	if other { // counted above, so that nobody finds out which locators there are
		return nil, ErrServerCode
	}
	e := Event{Actor: "visitor", Action: "recovery.refused", IP: network(from)}
	if user != uuid.Nil {
		e.Target = d.Pseudonym(user)
	}
	if _, err := d.RecordRefusal(ctx, e); err != nil {
		return nil, err
	}
	return nil, kind.refused
}

// Recover uses up a code that FindRecovery found, adds the new passkey to its account, ends all of the
// account's sessions and makes a new one, which is not confirmed. It deletes an operator's link of the
// account too. It returns CodeGone for a code that was used meanwhile.
//
// If the notes are end-to-end encrypted and no other code opens them, the code is used up only together with a wrap for the
// new passkey: the person's older passkeys may be lost.
func (d *DB) Recover(ctx context.Context, user uuid.UUID, code []byte, p Passkey, s NewSession, replaces *Token) (err error) {
	defer place(&err, "db.Recover")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		replaces, err := replaces.named(ctx, tx)
		if err != nil {
			return err
		}
		if err := lockUsers(ctx, tx, user, replaces); err != nil {
			return err
		}
		var link bool
		var locator string
		err = tx.NewRaw(`SELECT expires_at IS NOT NULL, locator FROM recovery_codes
			WHERE user_id = ? AND code_hash = ? AND (expires_at IS NULL OR expires_at > now())`, user, code).Scan(ctx, &link, &locator)
		if err != nil {
			return ifNoRows(err, &Error{Code: CodeGone, Message: "This code was just used or replaced. Try another."})
		}
		keep := false
		if p.Wrap == nil {
			if keep, err = isLastCodeWrap(ctx, tx, user, locator); err != nil {
				return err
			}
		}
		if !keep {
			if err := deleteRecoveryCodes(ctx, tx, user, `locator = ?`, locator); err != nil {
				return err
			}
		}
		if err := deleteRecoveryCodes(ctx, tx, user, `expires_at IS NOT NULL`); err != nil {
			return err
		}
		passkey, err := insertPasskey(ctx, tx, user, p)
		if err != nil {
			return err
		}
		if p.Wrap != nil {
			key, err := d.dataKeyOf(ctx, tx, user)
			if err != nil {
				return err
			}
			if err := storePasskeyWrap(ctx, tx, key, user, passkey, p.Wrap); err != nil {
				return err
			}
		}
		if _, err := endSessions(ctx, tx, user, `true`); err != nil {
			return err
		}
		if err := insertAccountSession(ctx, tx, user, openedBy{passkey, false}, s, replaces); err != nil {
			return err
		}
		how := "by a recovery code"
		if link {
			how = "by an operator's link"
		}
		return d.auditPerson(ctx, tx, user, s.From, Event{Action: "account.recovered", Target: passkey.String(), Detail: how})
	})
}

const recoveryLinkLife = 24 * time.Hour

// ErrRecoveryLink is ErrRecovery for an operator's link.
var ErrRecoveryLink error = &Error{Code: CodeNotFound, Message: "This link no longer works: it was used, was replaced or has expired. Ask for a new one."}

// recoveryLinkPrefix distinguishes an operator's link from a recovery code. If a link could carry a
// code, anybody who follows it would be signed in to the account of the person who made it.
const recoveryLinkPrefix = "rl_"

// NewRecoveryLink makes the token of an operator's link to /recover, rl_…, which works once within a
// day. It replaces an earlier link. It returns CodeNotFound if there is no such account, or if a
// tenant vouches for it: the tenant's assertion opens that account.
func (d *DB) NewRecoveryLink(ctx context.Context, user uuid.UUID) (token string, expiresAt time.Time, err error) {
	defer place(&err, "db.NewRecoveryLink")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT now() + make_interval(secs => ?) FROM users WHERE id = ? AND vouched_by IS NULL FOR NO KEY UPDATE`,
			recoveryLinkLife.Seconds(), user).Scan(ctx, &expiresAt)
		if err != nil {
			return ifNoRows(err, errNoAccount)
		}
		if err := deleteRecoveryCodes(ctx, tx, user, `expires_at IS NOT NULL`); err != nil {
			return err
		}
		code, err := d.insertRecoveryCode(ctx, tx, user, recoveryLink, recoveryLinkLife)
		if err != nil {
			return err
		}
		token = recoveryLinkPrefix + code
		return insertEvent(ctx, tx, Event{Actor: operator.name, Action: "recovery_link.made", Target: d.Pseudonym(user)})
	})
	return token, expiresAt, err
}

// FindRecoveryLink is FindRecovery for the token of an operator's link. It returns ErrRecoveryLink for
// any other input, including recovery codes.
func (d *DB) FindRecoveryLink(ctx context.Context, token, from, near string) (_ *Recovery, err error) {
	defer place(&err, "db.FindRecoveryLink")
	code, ok := strings.CutPrefix(token, recoveryLinkPrefix)
	if !ok || parseRecoveryCode(code) != code {
		code = ""
	}
	return d.findRecovery(ctx, recoveryLink, code, from, near)
}
