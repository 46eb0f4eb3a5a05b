package db

import (
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// A ServerKey gives a tenant's backend access to the API. Its secret, sk_…, is shown once.
type ServerKey struct {
	ID         uuid.UUID
	TenantKey  string
	Name       string
	Prefix     string // of the secret, to identify the key
	CreatedAt  time.Time
	LastUsedAt *time.Time
}

// MaxServerKeys is how many live server keys a tenant may have.
const MaxServerKeys = 10

const maxKeyName = 80 // characters

// CreateServerKey makes a key and returns it with its secret: 130 random bits, stored hashed. It
// returns CodeInvalid, field "name", for a name that is not 1 to 80 characters, CodeConflict for a
// tenant with MaxServerKeys, and ErrUnknownTenant if there is no such tenant. If a live key has the
// name, as during a replacement, the new name gets a number: names identify live keys.
func (d *DB) CreateServerKey(ctx context.Context, by Seat, name string) (_ *ServerKey, _ string, err error) {
	defer place(&err, "db.CreateServerKey")
	name = strings.TrimSpace(name)
	secret := "sk_" + strings.ToLower(rand.Text())
	k := &ServerKey{ID: newID(), TenantKey: by.tenantKey, Prefix: secret[:9]}
	hash := HashToken(secret)
	err = d.inTenant(ctx, by, requirement{role: RoleAdmin, confirmed: true}, func(tx *tenantTx) error {
		if n := utf8.RuneCountInString(name); n == 0 || n > maxKeyName || !validText(name) {
			return invalid("name", "A key's name must have 1 to 80 characters.")
		}
		var live int
		err := tx.NewRaw(`SELECT count(*) FROM server_keys WHERE tenant_key = ? AND revoked_at IS NULL`, tx.tenantKey).Scan(ctx, &live)
		if err != nil {
			return err
		}
		if live >= MaxServerKeys {
			return &Error{Code: CodeConflict, Message: "There are already 10 active server keys. Revoke any that are no longer used."}
		}
		if k.Name, err = freeKeyName(ctx, tx.authorityTx, tx.tenantKey, name); err != nil {
			return err
		}
		err = tx.NewRaw(`INSERT INTO server_keys (id, tenant_key, name, prefix, key_hash) VALUES (?, ?, ?, ?, ?) RETURNING created_at`,
			k.ID, tx.tenantKey, k.Name, k.Prefix, hash[:]).Scan(ctx, &k.CreatedAt)
		if err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "server_key.created", Target: k.Prefix, Detail: k.Name})
	})
	if err != nil {
		return nil, "", err
	}
	return k, secret, nil
}

var keyNumber = regexp.MustCompile(` \([0-9]{1,4}\)$`)

// freeKeyName returns a name that no live server key of a tenant has: "production", then "production (2)".
func freeKeyName(ctx context.Context, tx authorityTx, tenantKey, name string) (string, error) {
	var live []string
	err := tx.NewRaw(`SELECT name FROM server_keys WHERE tenant_key = ? AND revoked_at IS NULL`, tenantKey).Scan(ctx, &live)
	base := []rune(keyNumber.ReplaceAllString(name, ""))
	for n := 2; err == nil && slices.Contains(live, name); n++ {
		number := fmt.Sprintf(" (%d)", n)
		name = string(base[:min(len(base), maxKeyName-len(number))]) + number
	}
	return name, err
}

// ErrNoServerKey is returned for a secret that belongs to no live key.
var ErrNoServerKey error = &Error{Code: CodeUnavailable, Message: "This server key is unknown or revoked."}

// ServerKeyBySecret returns the live key with a secret and records its use. It returns ErrNoServerKey
// if there is none, or if its tenant is suspended.
func (d *DB) ServerKeyBySecret(ctx context.Context, secret string) (_ *ServerKey, err error) {
	defer place(&err, "db.ServerKeyBySecret")
	hash := HashToken(secret)
	var k ServerKey
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		err := tx.NewRaw(`SELECT k.id, k.tenant_key, k.name, k.prefix, k.created_at, k.last_used_at FROM server_keys k
			JOIN tenants t ON t.key = k.tenant_key AND t.suspended_at IS NULL
			WHERE k.key_hash = ? AND k.revoked_at IS NULL`, hash[:]).
			Scan(ctx, &k.ID, &k.TenantKey, &k.Name, &k.Prefix, &k.CreatedAt, &k.LastUsedAt)
		if err != nil {
			return ifNoRows(err, ErrNoServerKey)
		}
		_, err = tx.NewRaw(`UPDATE server_keys SET last_used_at = now()
			WHERE id = ? AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`, k.ID).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &k, nil
}

// ServerKeys lists a tenant's live keys, the newest first.
func (d *DB) ServerKeys(ctx context.Context, tenantKey string) (keys []*ServerKey, err error) {
	defer place(&err, "db.ServerKeys")
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		return tx.NewRaw(`SELECT id, tenant_key, name, prefix, created_at, last_used_at FROM server_keys
			WHERE tenant_key = ? AND revoked_at IS NULL ORDER BY id DESC`, tenantKey).Scan(ctx, &keys)
	})
	return keys, err
}

// RevokeServerKey revokes a key, its tickets, and the sessions that were opened by those alone. It
// returns CodeNotFound if the tenant has no such live key.
func (d *DB) RevokeServerKey(ctx context.Context, by Seat, id uuid.UUID) (err error) {
	defer place(&err, "db.RevokeServerKey")
	return d.inTenant(ctx, by, requirement{role: RoleAdmin}, func(tx *tenantTx) error {
		var prefix, name string
		err := tx.NewRaw(`UPDATE server_keys SET revoked_at = now() WHERE tenant_key = ? AND id = ? AND revoked_at IS NULL
			RETURNING prefix, name`, tx.tenantKey, id).Scan(ctx, &prefix, &name)
		if err != nil {
			return ifNoRows(err, errNotFound)
		}
		if err := endVouchedSessions(ctx, tx.authorityTx, tx.tenantKey, id); err != nil {
			return err
		}
		return tx.record(ctx, Event{Action: "server_key.revoked", Target: prefix, Detail: name})
	})
}
