package db

import (
	"cmp"
	"context"
	"crypto/rand"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// recoveryCodes is how many codes a person has.
const recoveryCodes = 10

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

// A NewRecoveryCode is what a browser sends for a recovery code that it has made.
type NewRecoveryCode struct {
	Locator  string
	Verifier string // base64url of 32 bytes, from which the code cannot be computed
	Wrap     string // the content key, wrapped for the code; "" for an account without one
}

var (
	locatorForm  = regexp.MustCompile(`^[` + recoveryAlphabet + `]{6}$`)
	verifierForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)
)

var errOtherCodes = &Error{Code: CodeConflict, Message: "Other recovery codes were saved meanwhile, and they work. To replace them, use your passkey again and make ten new ones."}

// ReplaceRecoveryCodes stores ten codes that a browser has made for the person of a session, which must be confirmed. It
// deletes the earlier codes. It returns CodeConflict if a locator is taken.
//
// It also returns CodeConflict if other codes with wraps were stored since the confirmation, or if the session is not
// confirmed: another page has made them, and the person has saved them as those that work. The same codes can be sent again.
func (d *DB) ReplaceRecoveryCodes(ctx context.Context, s *Session, codes []NewRecoveryCode) (err error) {
	defer place(&err, "db.ReplaceRecoveryCodes")
	var locators []string
	for _, c := range codes {
		if !locatorForm.MatchString(c.Locator) || !verifierForm.MatchString(c.Verifier) || c.Wrap != "" && !wrapForm.MatchString(c.Wrap) {
			return invalid("codes", "A code needs a locator of 6 characters of base 32, a verifier of 32 bytes and a wrap of 60 bytes in base64url.")
		}
		if !slices.Contains(locators, c.Locator) {
			locators = append(locators, c.Locator)
		}
	}
	if len(codes) != recoveryCodes || len(locators) != recoveryCodes {
		return invalid("codes", "Send %d codes with different locators.", recoveryCodes)
	}
	return d.asAuthority(ctx, func(tx authorityTx) error {
		if err := lockSession(ctx, tx, s); err != nil {
			return err
		}
		if err := requireNoOtherCodes(ctx, tx, s, locators); err != nil { // before the person is asked to confirm these
			return err
		}
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

// requireNoOtherCodes returns errOtherCodes if codes with other locators, which have wraps, were stored since a session was
// confirmed.
func requireNoOtherCodes(ctx context.Context, tx authorityTx, s *Session, locators []string) error {
	var others bool
	err := tx.NewRaw(`SELECT EXISTS (SELECT FROM key_wraps WHERE user_id = ?0 AND locator NOT IN (?1) AND created_at >
		coalesce((SELECT confirmed_at FROM sessions WHERE user_id = ?0 AND id = ?2), '-infinity'))`, s.UserID, bun.List(locators), s.ID).Scan(ctx, &others)
	if err == nil && others {
		err = errOtherCodes
	}
	return err
}

func insertLocator(ctx context.Context, tx authorityTx, user uuid.UUID, locator string) (made bool, err error) {
	return changedRow(tx.NewRaw(`INSERT INTO recovery_locators (locator, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, locator, user).Exec(ctx))
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
func deleteRecoveryCodes(ctx context.Context, tx authorityTx, user uuid.UUID, condition string, args ...any) error {
	var locators []string
	if err := tx.NewRaw(`DELETE FROM recovery_codes WHERE user_id = ? AND `+condition+` RETURNING locator`, append([]any{user}, args...)...).Scan(ctx, &locators); err != nil {
		return err
	}
	if err := deleteCodeWraps(ctx, tx, user, locators...); err != nil {
		return err
	}
	return deleteLocators(ctx, tx, locators...)
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
