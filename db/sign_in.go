package db

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// signIn also stores the sign count and the backup state (WebAuthn L3 §7.2 step 24).
const signIn = `WITH met AS (
		SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE
	), used AS (
		UPDATE passkeys p SET sign_count = $3, backed_up = $4, last_used_at = now()
		FROM met WHERE p.user_id = met.id AND credential_id = $2 RETURNING p.user_id, p.id
	), replaced AS (
		UPDATE sessions s SET revoked_at = coalesce(s.revoked_at, now()) FROM used WHERE s.token_hash = $5 RETURNING s.user_id, s.chain_id
	), recorded AS (
		INSERT INTO audit_events (id, actor, action, target, ip)
		SELECT $10, $11, 'account.signed_in', id::text, $12 FROM used WHERE count_try($13, $14, $15) = 0
	)
	INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, passkey_id, confirmed_at, idle_timeout, expires_at)
	SELECT $6, 'ACCOUNT', $7, user_id, coalesce((SELECT r.chain_id FROM replaced r WHERE r.user_id = used.user_id), $6), id,
		now(), make_interval(secs => $8), now() + make_interval(secs => $9) FROM used`

// SignIn records the use of a passkey that was just verified, and makes an account session. The audit
// log records a limited number of sign-ins per hour. replaces, if given, is the token of this
// browser's earlier session, which ends, so that the cookie's value changes at each sign-in
// (CVE-2024-28197). The new session continues its chain if the person is the same; otherwise that
// whole chain ends. It returns ErrUnknownPasskey if the passkey was removed meanwhile.
func (d *DB) SignIn(ctx context.Context, user uuid.UUID, p Passkey, s NewSession, replaces *TokenHash) (err error) {
	defer place(&err, "db.SignIn")
	var before []byte
	if replaces != nil {
		defer d.sessions.clear()
		before = replaces[:]
	}
	keys, counts, spans := d.tryArguments(1, []Try{accountEntries.By(user.String(), "account.signed_in")})
	results, err := d.batchAsAuthority(ctx, func(b *pgx.Batch) {
		b.Queue(lockReplaced, user, before)
		b.Queue(signIn, user, p.CredentialID, int64(p.SignCount), p.BackedUp,
			before, newID(), s.Token[:], s.Idle.Seconds(), s.Lifetime.Seconds(),
			newID(), d.Pseudonym(user), network(s.From), keys[0], counts[0], spans[0])
		b.Queue(endReplaced, user, before)
		b.Queue(endOldest, user, MaxSessions)
	})
	if err != nil {
		return err
	}
	_, locked := results.Exec()
	made, signedIn := results.Exec()
	_, ended := results.Exec()
	oldest, capped := results.Exec()
	if err := errors.Join(locked, signedIn, ended, capped, results.Close()); err != nil {
		return err
	}
	if oldest.RowsAffected() > 0 {
		d.sessions.clear()
	}
	if made.RowsAffected() == 0 {
		return ErrUnknownPasskey
	}
	return nil
}

// continueChain ends the account session that user's new session, with that id, replaces in its
// browser. It returns the chain of the new session: the old chain if the person is the same, and
// otherwise a new one. It ends the whole chain of another person.
func continueChain(ctx context.Context, tx authorityTx, user, id uuid.UUID, replaces *TokenHash) (chain uuid.UUID, err error) {
	if replaces == nil {
		return id, nil
	}
	var before struct {
		UserID  uuid.UUID
		ChainID uuid.NullUUID
	}
	err = tx.NewRaw(`UPDATE sessions SET revoked_at = coalesce(revoked_at, now()) WHERE token_hash = ? RETURNING user_id, chain_id`, replaces[:]).
		Scan(ctx, &before.UserID, &before.ChainID)
	if err != nil {
		return id, ifNoRows(err, nil)
	}
	tx.clearSessionCache()
	switch {
	case !before.ChainID.Valid:
		return id, nil
	case before.UserID == user:
		return before.ChainID.UUID, nil
	}
	_, err = revokeSessions(ctx, tx, `chain_id = ?`, before.ChainID.UUID)
	return id, err
}

// lockReplaced locks both users like lockUsers if the browser has a session of another person.
// Otherwise it locks nothing, so that people who sign in don't wait for one another.
const lockReplaced = `SELECT FROM sessions s JOIN users u ON u.id IN (s.user_id, $1)
	WHERE s.token_hash = $2 AND s.user_id <> $1 ORDER BY u.id FOR NO KEY UPDATE OF u`

// endReplaced ends the chain of the replaced session if it belongs to another person. It is a separate
// statement so that it sees what was redeemed before that person was locked.
const endReplaced = `WITH ending AS (
		SELECT id FROM sessions WHERE revoked_at IS NULL AND chain_id = (
			SELECT chain_id FROM sessions WHERE token_hash = $2 AND user_id <> $1 AND revoked_at IS NOT NULL)
		ORDER BY id FOR NO KEY UPDATE
	)
	UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.id = ending.id`
