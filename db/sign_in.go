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
		UPDATE sessions s SET revoked_at = coalesce(s.revoked_at, now()) FROM used WHERE s.user_id = $16 AND s.token_hash = $5 RETURNING s.user_id, s.chain_id
	), recorded AS (
		INSERT INTO audit_events (id, actor, action, target, ip)
		SELECT $10, $11, 'account.signed_in', id::text, $12 FROM used WHERE count_try($13, $14, $15) = 0
	)
	INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, passkey_id, confirmed_at, idle_timeout, idle_until, expires_at, device)
	SELECT $6, 'ACCOUNT', $7, user_id, coalesce((SELECT r.chain_id FROM replaced r WHERE r.user_id = used.user_id), $6), id,
		now(), make_interval(secs => $8), now() + make_interval(secs => $8), now() + make_interval(secs => $9), nullif($17, '') FROM used`

// SignIn records the use of a passkey that was just verified, and makes an account session. The audit
// log records a limited number of sign-ins per hour. replaces, if given, is the token of this
// browser's earlier session, which ends, so that the cookie's value changes at each sign-in
// (CVE-2024-28197). The new session continues its chain if the person is the same; otherwise that
// whole chain ends. It returns ErrUnknownPasskey if the passkey was removed meanwhile, and CodeGone
// if the ceremony was answered before.
func (d *DB) SignIn(ctx context.Context, user uuid.UUID, p Passkey, s NewSession, replaces *Token) (err error) {
	defer place(&err, "db.SignIn")
	before := Token{} // of nobody
	if replaces != nil {
		defer d.sessions.clear()
		if before, err = d.named(ctx, *replaces); err != nil {
			return err
		}
	}
	keys, counts, spans := d.tryArguments(1, []Try{accountEntries.By(user.String(), "account.signed_in")})
	spending := s.Ceremony != nil && !s.Ceremony.spent
	results, err := d.batchAsAuthority(ctx, func(b *pgx.Batch) {
		if spending {
			b.Queue(spendCeremony, s.Ceremony.hash[:], s.Ceremony.end.Add(spentCeremony))
		}
		b.Queue(lockReplaced, user, before.User)
		b.Queue(signIn, user, p.CredentialID, int64(p.SignCount), p.BackedUp,
			before.Hash[:], newID(), s.Token[:], s.Idle.Seconds(), s.Lifetime.Seconds(),
			newID(), d.Pseudonym(user), network(s.From), keys[0], counts[0], spans[0], before.User, s.Device)
		b.Queue(endReplaced, user, before.User, before.Hash[:])
		b.Queue(endOldest, user, MaxSessions)
	})
	if err != nil {
		return err
	}
	if spending {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			if isSQLState(err, uniqueViolation) {
				err = errCeremonyGone
			}
			return err
		}
	}
	_, locked := results.Exec()
	made, signedIn := results.Exec()
	_, ended := results.Exec()
	oldest, capped := results.Exec()
	if err := errors.Join(locked, signedIn, ended, capped, results.Close()); err != nil {
		return err
	}
	if spending {
		s.Ceremony.spent = true
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
// browser: what Token.named returned. It returns the chain of the new session: the old chain if the person is the same, and
// otherwise a new one. It ends the whole chain of another person.
func continueChain(ctx context.Context, tx authorityTx, user, id uuid.UUID, replaces *Token) (chain uuid.UUID, err error) {
	if replaces == nil {
		return id, nil
	}
	var before struct{ ID, ChainID uuid.UUID }
	err = tx.NewRaw(`SELECT id, coalesce(chain_id, id) AS chain_id FROM sessions WHERE user_id = ? AND token_hash = ? FOR NO KEY UPDATE`, replaces.User, replaces.Hash[:]).
		Scan(ctx, &before.ID, &before.ChainID)
	if err != nil {
		return id, ifNoRows(err, nil)
	}
	if replaces.User == user {
		_, err = revokeSessions(ctx, tx, `user_id = ? AND id = ?`, user, before.ID)
		return before.ChainID, err
	}
	_, err = revokeSessions(ctx, tx, `user_id = ? AND chain_id = ?`, replaces.User, before.ChainID)
	return id, err
}

// lockReplaced locks both users like lockUsers if the browser has a session of another person.
// Otherwise it locks nothing, so that people who sign in don't wait for one another.
const lockReplaced = `SELECT FROM users WHERE id IN ($1::uuid, $2::uuid) AND $1::uuid <> $2::uuid ORDER BY id FOR NO KEY UPDATE`

// endReplaced ends the chain of the replaced session if it belongs to another person. It is a separate
// statement so that it sees what was redeemed before that person was locked.
const endReplaced = `WITH ending AS (
		SELECT id FROM sessions WHERE user_id = $2 AND user_id <> $1 AND revoked_at IS NULL AND chain_id = (
			SELECT chain_id FROM sessions WHERE user_id = $2 AND token_hash = $3 AND revoked_at IS NOT NULL)
		ORDER BY id FOR NO KEY UPDATE
	)
	UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.user_id = $2 AND s.id = ending.id`
