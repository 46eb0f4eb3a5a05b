package db

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
	"github.com/company-a/aside/internal/secret"
)

// An AssertionKeyKind says in what form a tenant gives a key that verifies assertions.
type AssertionKeyKind string

// The kinds of assertion key.
const (
	SharedSecret AssertionKeyKind = "SHARED_SECRET" // HS256, stored sealed
	PublicJWK    AssertionKeyKind = "PUBLIC_JWK"    // one public key
	JWKSURL      AssertionKeyKind = "JWKS_URL"      // the tenant's own key set
)

// An AssertionKey verifies a tenant's assertions. Package auth makes and checks its fields.
type AssertionKey struct {
	ID         uuid.UUID
	TenantKey  string
	Kind       AssertionKeyKind
	KeyID      string          // RFC 7517 §4.5; "" when the tenant gave none
	Algorithm  string          // RFC 7518 §3.1, pinned; "" for a key set, which names one for each key
	Secret     secret.Key      // of a shared secret
	PublicJWK  json.RawMessage // of a public key
	URL        string          // of a key set
	FetchedAt  *time.Time      // when the key set was last fetched, by any node
	FetchError string          // why the last fetch failed or left out keys; "" if it did not
	CreatedAt  time.Time
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// The most live keys that a tenant may have. With two secrets, one can replace the other without a gap.
const (
	maxSharedSecrets = 2
	maxAssertionKeys = 20
)

// AddAssertionKey stores a key of the seat's tenant and sets its ID, TenantKey and CreatedAt. It returns
// CodeConflict when the tenant has the maximum number of live keys or a live key with the same kid, and
// ErrUnknownTenant when there is no such tenant.
func (d *DB) AddAssertionKey(ctx context.Context, by Seat, k *AssertionKey) (err error) {
	defer place(&err, "db.AddAssertionKey")
	k.ID, k.TenantKey = newID(), by.tenantKey
	var sealed []byte
	if k.Kind == SharedSecret {
		var err error
		if sealed, err = d.keys.Seal(ctx, k.Secret, seal.SecretAAD("assertion key", k.TenantKey, k.ID)); err != nil {
			return err
		}
	}
	return d.inTenant(ctx, by, requirement{role: RoleAdmin, confirmed: true}, func(tx *tenantTx) error {
		var live, sharedSecrets, same int
		err := tx.NewRaw(`SELECT count(*), count(*) FILTER (WHERE kind = 'SHARED_SECRET'), count(*) FILTER (WHERE kid = ? AND kid <> '')
			FROM assertion_keys WHERE tenant_key = ? AND revoked_at IS NULL`, k.KeyID, k.TenantKey).Scan(ctx, &live, &sharedSecrets, &same)
		switch {
		case err != nil:
			return err
		case same > 0:
			return &Error{Code: CodeConflict, Message: "Another active key has this kid. Revoke it first, or give the new key a different kid."}
		case k.Kind == SharedSecret && sharedSecrets >= maxSharedSecrets:
			return &Error{Code: CodeConflict, Message: "Two shared secrets are already active. Revoke the one that is no longer used."}
		case live >= maxAssertionKeys:
			return &Error{Code: CodeConflict, Message: "There are already 20 active keys. Revoke any that are no longer used."}
		}
		if sealed != nil {
			if err := d.lockMasterKey(ctx, tx.authorityTx); err != nil {
				return err
			}
		}
		err = tx.NewRaw(`INSERT INTO assertion_keys (id, tenant_key, kind, kid, algorithm, sealed_secret, public_jwk, jwks_url)
			VALUES (?, ?, ?, ?, ?, ?, ?::jsonb, ?) RETURNING created_at`,
			k.ID, k.TenantKey, string(k.Kind), k.KeyID, k.Algorithm, nullBytes(sealed), nullString(string(k.PublicJWK)), nullString(k.URL)).
			Scan(ctx, &k.CreatedAt)
		if err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "assertion_key.added", Target: k.ID.String(), Detail: k.label()})
	})
}

// MaxAssertionKeys is the most keys that AssertionKeys lists.
const MaxAssertionKeys = 50

// label describes the key without its secret, for the audit log.
func (k *AssertionKey) label() string {
	words := []string{string(k.Kind)}
	for _, word := range []string{k.Algorithm, k.KeyID, k.URL} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// AssertionKeys lists a tenant's keys, newest first, revoked ones last.
func (d *DB) AssertionKeys(ctx context.Context, tenantKey string) (keys []*AssertionKey, err error) {
	defer place(&err, "db.AssertionKeys")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		keys = nil // from an earlier attempt
		rows, err := tx.QueryContext(ctx, `SELECT id, kind, kid, algorithm, sealed_secret, coalesce(public_jwk::text, ''), coalesce(jwks_url, ''),
				fetched_at, fetch_error, created_at, last_used_at, revoked_at
			FROM assertion_keys WHERE tenant_key = ? ORDER BY revoked_at IS NOT NULL, id DESC LIMIT ?`, tenantKey, MaxAssertionKeys)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			k := &AssertionKey{TenantKey: tenantKey}
			var sealed []byte
			var jwk string
			if err := rows.Scan(&k.ID, &k.Kind, &k.KeyID, &k.Algorithm, &sealed, &jwk, &k.URL, &k.FetchedAt, &k.FetchError, &k.CreatedAt, &k.LastUsedAt, &k.RevokedAt); err != nil {
				return err
			}
			k.PublicJWK = json.RawMessage(jwk)
			if k.Kind == SharedSecret && k.RevokedAt == nil {
				if k.Secret, err = d.keys.Open(ctx, sealed, seal.SecretAAD("assertion key", tenantKey, k.ID)); err != nil {
					return d.auditUnsealed(ctx, err, Event{TenantKey: tenantKey, Target: "assertion key " + k.ID.String()})
				}
			}
			keys = append(keys, k)
		}
		return rows.Err()
	})
	return keys, err
}

// RevokeAssertionKey revokes a key. Its assertions are refused from now on, earlier ones no longer grant
// anything, and the sessions that only they opened end. It returns CodeNotFound for a key that is not the
// tenant's or was revoked before.
func (d *DB) RevokeAssertionKey(ctx context.Context, by Seat, id uuid.UUID) (err error) {
	defer place(&err, "db.RevokeAssertionKey")
	return d.inTenant(ctx, by, requirement{role: RoleAdmin}, func(tx *tenantTx) error {
		var k AssertionKey
		err := tx.NewRaw(`UPDATE assertion_keys SET revoked_at = now() WHERE tenant_key = ? AND id = ? AND revoked_at IS NULL
			RETURNING kind, algorithm, kid, coalesce(jwks_url, '')`, tx.tenantKey, id).Scan(ctx, &k.Kind, &k.Algorithm, &k.KeyID, &k.URL)
		if err != nil {
			return ifNoRows(err, errNotFound)
		}
		if err := endVouchedSessions(ctx, tx.authorityTx, tx.tenantKey, id); err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "assertion_key.revoked", Target: id.String(), Detail: k.label()})
	})
}

// AssertionKeyUsed stores that a key has just verified an assertion, to the minute.
func (d *DB) AssertionKeyUsed(ctx context.Context, id uuid.UUID) (err error) {
	defer place(&err, "db.AssertionKeyUsed")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		_, err := tx.NewRaw(`UPDATE assertion_keys SET last_used_at = now()
			WHERE id = ? AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`, id).Exec(ctx)
		return err
	})
}

// keysExpiring is how long before the expiry of a set's keys key.expiring is queued. A server that
// fails for only a few minutes queues no event.
const keysExpiring = 45 * time.Minute

// KeySetFetched stores the result of fetching a tenant's key set now. problem says what was wrong, or is "". usedFor is how long the
// fetched keys are used if no later fetch succeeds, or 0 if this fetch failed. After a failure, it queues key.expiring if the keys of
// the last successful fetch expire soon, but not again before another fetch succeeds.
func (d *DB) KeySetFetched(ctx context.Context, tenantKey, url, problem string, usedFor time.Duration) (err error) {
	defer place(&err, "db.KeySetFetched")
	return d.asAuthority(ctx, func(tx authorityTx) error {
		problem := truncate(problem, 500)
		if usedFor > 0 {
			_, err := tx.NewRaw(`UPDATE assertion_keys SET fetched_at = now(), fetch_error = ?, keys_expire_at = now() + make_interval(secs => ?), expiry_announced = false
				WHERE tenant_key = ? AND jwks_url = ? AND revoked_at IS NULL`, problem, usedFor.Seconds(), tenantKey, url).Exec(ctx)
			return err
		}
		_, err := tx.NewRaw(`UPDATE assertion_keys SET fetched_at = now(), fetch_error = ? WHERE tenant_key = ? AND jwks_url = ? AND revoked_at IS NULL`,
			problem, tenantKey, url).Exec(ctx)
		if err != nil {
			return err
		}
		var expiring []struct {
			ID           uuid.UUID
			KeysExpireAt time.Time
		}
		err = tx.NewRaw(`UPDATE assertion_keys SET expiry_announced = true
			WHERE tenant_key = ? AND jwks_url = ? AND revoked_at IS NULL AND NOT expiry_announced AND keys_expire_at < now() + make_interval(secs => ?)
			RETURNING id, keys_expire_at`, tenantKey, url, keysExpiring.Seconds()).Scan(ctx, &expiring)
		for _, k := range expiring {
			if err == nil {
				err = d.queueDeliveries(ctx, tx, tenantKey, keyExpiring, map[string]any{
					"key": k.ID, "jwksUrl": url, "expiresAt": k.KeysExpireAt.UTC().Format(time.RFC3339), "reason": "The key set " + problem + ".",
				})
			}
		}
		return err
	})
}
