package db

import (
	"context"
	"strings"

	"github.com/google/uuid"
)

// MaxSessions is how many live sessions one person may have, at tenants and at their account together.
// One more ends the one that was used longest ago.
const MaxSessions = 100

// endOldest ends user $1's oldest sessions beyond $2 and, with an account session, its chain, like
// endSessions. The caller has locked the user, so that two new sessions are counted one after the other.
const endOldest = `WITH oldest AS (
		SELECT id, kind, chain_id FROM sessions WHERE user_id = $1 AND ` + live + ` ORDER BY last_used_at DESC, id DESC OFFSET $2
	), ending AS (
		SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL
			AND (id IN (SELECT id FROM oldest) OR chain_id IN (SELECT chain_id FROM oldest WHERE kind = 'ACCOUNT'))
		ORDER BY id FOR NO KEY UPDATE
	)
	UPDATE sessions s SET revoked_at = now() FROM ending WHERE s.id = ending.id`

// limitSessions runs endOldest in a transaction that has made a session of user.
func limitSessions(ctx context.Context, tx authorityTx, user uuid.UUID) error {
	result, err := tx.NewRaw(strings.NewReplacer("$1", "?0", "$2", "?1").Replace(endOldest), user, MaxSessions).Exec(ctx)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if n > 0 {
		tx.forgetSessions()
	}
	return err
}
