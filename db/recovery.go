package db

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	recoveryCodes    = 10
	recoveryLinkLife = 24 * time.Hour
)

// ErrRecovery is returned for every code that does not work: unknown, mistyped, used, replaced or expired.
var ErrRecovery error = &Error{Code: CodeNotFound, Message: "That code didn't work. Check for typos or try another."}

// ErrRecoveryLink is ErrRecovery for an operator's link.
var ErrRecoveryLink error = &Error{Code: CodeNotFound, Message: "This link no longer works: it was used, was replaced or has expired. Ask for a new one."}

// A Recovery is the account of a presented recovery code or operator's link.
type Recovery struct {
	User *PasskeyUser
	Code []byte // for Recover
	Wrap string // the content key, wrapped for the code; "" for none
}

// RecoveryCodesLeft returns how many unused recovery codes a person has.
func (d *DB) RecoveryCodesLeft(ctx context.Context, user uuid.UUID) (n int, err error) {
	defer place(&err, "db.RecoveryCodesLeft")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		n, err = recoveryCodesLeft(ctx, tx, user)
		return err
	})
	return n, err
}

func recoveryCodesLeft(ctx context.Context, tx authorityTx, user uuid.UUID) (n int, err error) {
	err = tx.NewRaw(`SELECT count(*) FROM recovery_codes WHERE user_id = ? AND expires_at IS NULL`, user).Scan(ctx, &n)
	return n, err
}

// RegenerateRecoveryCodes makes ten codes, to be shown once, for the person of a session, which must
// be confirmed. It deletes the earlier codes.
func (d *DB) RegenerateRecoveryCodes(ctx context.Context, s *Session) (codes []string, err error) {
	defer place(&err, "db.RegenerateRecoveryCodes")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		codes = nil // from an earlier attempt
		if err := requireConfirmation(ctx, tx, s); err != nil {
			return err
		}
		if state, err := keyStateOf(ctx, tx, s.UserID); err != nil || state.Sealing != SealingServer {
			return cmp.Or(err, error(errCodesOfServer)) // such codes would not open the notes
		}
		if err := deleteRecoveryCodes(ctx, tx, s.UserID, `expires_at IS NULL`); err != nil {
			return err
		}
		for range recoveryCodes {
			code, err := d.insertRecoveryCode(ctx, tx, s.UserID, recoveryCode, 0)
			if err != nil {
				return err
			}
			codes = append(codes, formatRecoveryCode(code))
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "recovery_codes.made"})
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// A NewRecoveryCode is what a browser tells of a recovery code that it has made.
type NewRecoveryCode struct {
	Locator  string
	Verifier string // base64url of 32 bytes, from which the code cannot be computed
	Wrap     string // the content key, wrapped for the code; "" for an account without one
}

var (
	locatorForm  = regexp.MustCompile(`^[` + recoveryAlphabet + `]{6}$`)
	verifierForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
)

// ReplaceRecoveryCodes stores ten codes that a browser has made for the person of a session, which must be confirmed. It
// deletes the earlier codes. It returns CodeConflict if a locator is taken.
func (d *DB) ReplaceRecoveryCodes(ctx context.Context, s *Session, codes []NewRecoveryCode) (err error) {
	defer place(&err, "db.ReplaceRecoveryCodes")
	locators := map[string]bool{}
	for _, c := range codes {
		if !locatorForm.MatchString(c.Locator) || !verifierForm.MatchString(c.Verifier) || c.Wrap != "" && !wrapForm.MatchString(c.Wrap) {
			return invalid("codes", "A code needs a locator of 6 characters of base 32, a verifier of 32 bytes and a wrap of 60 bytes in base64url.")
		}
		locators[c.Locator] = true
	}
	if len(codes) != recoveryCodes || len(locators) != recoveryCodes {
		return invalid("codes", "Send %d codes with different locators.", recoveryCodes)
	}
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := requireConfirmation(ctx, tx, s); err != nil {
			return err
		}
		state, err := keyStateOf(ctx, tx, s.UserID)
		if err != nil {
			return err
		}
		if err := deleteRecoveryCodes(ctx, tx, s.UserID, `expires_at IS NULL`); err != nil {
			return err
		}
		for _, c := range codes {
			if (c.Wrap != "") != (state.Sealing != SealingServer) {
				return invalid("codes", "Each code needs a wrap if the notes are end-to-end encrypted, and must have none otherwise.")
			}
			made, err := insertLocator(ctx, tx, s.UserID, c.Locator)
			if err != nil {
				return err
			}
			if !made {
				return &Error{Code: CodeConflict, Message: "A code like one of these is taken. Make ten others."}
			}
			hash := d.keys.MAC(recoveryVerifier.purpose, recoveryData(s.UserID, c.Locator+c.Verifier))
			_, err = tx.NewRaw(`INSERT INTO recovery_codes (locator, user_id, code_hash, by_verifier) VALUES (?, ?, ?, true)`, c.Locator, s.UserID, hash).Exec(ctx)
			if err != nil {
				return err
			}
			if c.Wrap == "" {
				continue
			}
			if err := insertWrap(ctx, tx, s.owner.key, s.UserID, wrapOf{locator: c.Locator}, state.Generation, c.Wrap); err != nil {
				return err
			}
		}
		return d.auditPerson(ctx, tx, s.UserID, s.From, Event{Action: "recovery_codes.made"})
	})
}

func insertLocator(ctx context.Context, tx authorityTx, user uuid.UUID, locator string) (made bool, err error) {
	return changedRow(tx.NewRaw(`INSERT INTO recovery_locators (locator, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, locator, user).Exec(ctx))
}

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

// insertRecoveryCode makes a code for a user, valid for life or, if that is 0, until it is replaced.
func (d *DB) insertRecoveryCode(ctx context.Context, tx authorityTx, user uuid.UUID, kind recoveryKind, life time.Duration) (code string, err error) {
	for { // a locator may be taken
		code = newRecoveryCode()
		made, err := insertLocator(ctx, tx, user, code[:locatorLength])
		if err != nil {
			return "", err
		}
		if made {
			break
		}
	}
	expiry := `NULL`
	if life > 0 {
		expiry = `now() + make_interval(secs => ?3)`
	}
	_, err = tx.NewRaw(`INSERT INTO recovery_codes (locator, user_id, code_hash, expires_at) VALUES (?0, ?1, ?2, `+expiry+`)`,
		code[:locatorLength], user, d.keys.MAC(kind.purpose, recoveryData(user, code)), life.Seconds()).Exec(ctx)
	return code, err
}

// deleteRecoveryCodes deletes a person's codes that match a condition, with their wraps.
func deleteRecoveryCodes(ctx context.Context, tx authorityTx, user uuid.UUID, condition string) error {
	var locators []string
	if err := tx.NewRaw(`DELETE FROM recovery_codes WHERE user_id = ? AND `+condition+` RETURNING locator`, user).Scan(ctx, &locators); err != nil {
		return err
	}
	if err := deleteCodeWraps(ctx, tx, user, locators...); err != nil {
		return err
	}
	return deleteLocators(ctx, tx, locators...)
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
		err = tx.NewRaw(`DELETE FROM recovery_codes WHERE user_id = ? AND code_hash = ? AND (expires_at IS NULL OR expires_at > now())
			RETURNING expires_at IS NOT NULL, locator`, user, code).Scan(ctx, &link, &locator)
		if err != nil {
			return ifNoRows(err, &Error{Code: CodeGone, Message: "This code was just used or replaced. Try another."})
		}
		if err := deleteCodeWraps(ctx, tx, user, locator); err != nil {
			return err
		}
		if err := deleteLocators(ctx, tx, locator); err != nil {
			return err
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

// A recovery code is 32 characters of Crockford's base 32, in eight groups: a locator of 30 random
// bits, which finds its row, and a secret of 130.
//
//	K7QM-2XVP-… : 6 characters of locator, 26 of secret
const (
	recoveryAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	locatorLength    = 6
	codeLength       = 32
	codeGroup        = 4
)

// newRecoveryCode makes a code in the form that parseRecoveryCode returns.
func newRecoveryCode() string {
	b := make([]byte, codeLength)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	for i := range b {
		b[i] = recoveryAlphabet[b[i]%32] // 256 is a multiple of 32: all characters are equally likely
	}
	return string(b)
}

// formatRecoveryCode returns a code as people read it.
func formatRecoveryCode(code string) string {
	var groups []string
	for ; code != ""; code = code[codeGroup:] {
		groups = append(groups, code[:codeGroup])
	}
	return strings.Join(groups, "-")
}

// parseRecoveryCode parses a code that a person typed: in upper or lower case, with or without
// separators, with O for 0 and I or L for 1. It returns "" if the text cannot be a code.
func parseRecoveryCode(typed string) string {
	if len(typed) > 8*codeLength {
		return ""
	}
	code := strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == '–' || r == '\u00a0' || r == ' ' || r == '\t' || r == '\r' || r == '\n':
			return -1
		case r == 'o' || r == 'O':
			return '0'
		case r == 'i' || r == 'I' || r == 'l' || r == 'L':
			return '1'
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	if len(code) != codeLength || strings.Trim(code, recoveryAlphabet) != "" {
		return ""
	}
	return code
}
