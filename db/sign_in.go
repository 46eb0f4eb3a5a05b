package db

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// The statements of a sign-in. Each of them is about one person, so that a cluster sends it to one node.
const (
	lockSignIn = `SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE`

	// storeUse stores the sign count and the backup state (WebAuthn L3 §7.2 step 24). It fails by a division by zero,
	// and the whole sign-in with it, if the passkey was removed.
	storeUse = `WITH used AS (UPDATE passkeys SET sign_count = $3, backed_up = $4, last_used_at = now()
			WHERE user_id = $1 AND credential_id = $2 RETURNING 1)
		SELECT 1 / count(*) FROM used`

	endReplacedSession = `UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND token_hash = $2 AND revoked_at IS NULL`

	// insertSignIn continues the chain of the replaced session if it was the same person's.
	insertSignIn = `INSERT INTO sessions (id, kind, token_hash, user_id, chain_id, passkey_id, confirmed_at, idle_timeout, idle_until, expires_at, device)
		SELECT $4, 'ACCOUNT', $5, p.user_id, coalesce(r.chain_id, $4), p.id,
			now(), make_interval(secs => $6), now() + make_interval(secs => $6), now() + make_interval(secs => $7), nullif($8, '')
		FROM passkeys p LEFT JOIN sessions r ON r.user_id = p.user_id AND r.token_hash = $3
		WHERE p.user_id = $1 AND p.credential_id = $2`

	recordSignIn = `INSERT INTO audit_events (id, actor, action, target, ip)
		SELECT $1, $2, 'account.signed_in', $3, $4 WHERE count_try($5, $6, $7) = 0`
)

// SignIn records the use of a passkey that was just verified, and makes an account session. The audit
// log records a limited number of sign-ins per hour. replaces, if given, is the token of this
// browser's earlier session, which ends, so that the cookie's value changes at each sign-in
// (CVE-2024-28197). The new session continues its chain if the person is the same; otherwise that
// whole chain ends. p.ID is only for the audit log. It returns ErrUnknownPasskey if the passkey was removed meanwhile, and CodeGone
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
	locks := []uuid.UUID{user}
	if before.User != uuid.Nil && before.User != user { // lock both like lockUsers
		locks = append(locks, before.User)
		slices.SortFunc(locks, compareIDs)
	}
	results, err := d.batchAsAuthority(ctx, func(b *pgx.Batch) {
		if spending {
			b.Queue(spendCeremony, s.Ceremony.hash[:], s.Ceremony.end.Add(spentCeremony))
		}
		for _, id := range locks {
			b.Queue(lockSignIn, id)
		}
		b.Queue(storeUse, user, p.CredentialID, int64(p.SignCount), p.BackedUp)
		if before.User != uuid.Nil {
			b.Queue(endReplacedSession, before.User, before.Hash[:])
		}
		b.Queue(insertSignIn, user, p.CredentialID, before.Hash[:], newID(), s.Token[:], s.Idle.Seconds(), s.Lifetime.Seconds(), s.Device)
		b.Queue(recordSignIn, newID(), d.Pseudonym(user), p.ID.String(), network(s.From), keys[0], counts[0], spans[0])
		if len(locks) > 1 {
			b.Queue(endReplacedChain, before.User, before.Hash[:])
		}
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
	others := len(locks) + 3 // before endOldest
	if before.User != uuid.Nil {
		others++
	}
	if len(locks) > 1 {
		others++
	}
	for range others {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			if isSQLState(err, divisionByZero) {
				err = ErrUnknownPasskey
			}
			return err
		}
	}
	oldest, err := results.Exec()
	if err := errors.Join(err, results.Close()); err != nil {
		return err
	}
	if spending {
		s.Ceremony.spent = true
	}
	if oldest.RowsAffected() > 0 {
		d.sessions.clear()
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
		_, err = revokeSessions(ctx, tx, user, `id = ?`, before.ID)
		return before.ChainID, err
	}
	_, err = revokeSessions(ctx, tx, replaces.User, `chain_id = ?`, before.ChainID)
	return id, err
}

// endReplacedChain ends the chain of the replaced session of another person. It is a separate
// statement so that it sees what was redeemed before that person was locked.
const endReplacedChain = `WITH ending AS (
		SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND chain_id = (
			SELECT chain_id FROM sessions WHERE user_id = $1 AND token_hash = $2 AND revoked_at IS NOT NULL)
		ORDER BY id FOR NO KEY UPDATE
	)
	UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.user_id = $1 AND s.id = ending.id`
