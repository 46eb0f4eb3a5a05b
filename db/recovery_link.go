package db

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
)

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
