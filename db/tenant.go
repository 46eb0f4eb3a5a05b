package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun/dialect/pgdialect"
)

// A Tenant is a company that embeds the widget.
type Tenant struct {
	Key          string     `json:"id"` // t_…, its client_id
	Name         string     `json:"name"`
	EmbedOrigins []string   `json:"embedOrigins"` // serialized, sorted
	Policy       Policy     `json:"policy"`
	Branding     Branding   `json:"branding"`
	CreatedAt    time.Time  `json:"createdAt"`
	SuspendedAt  *time.Time `json:"suspendedAt"`
}

// Embeds reports whether origin, in serialized form, may frame the tenant's widget.
func (t *Tenant) Embeds(origin string) bool {
	return t.SuspendedAt == nil && slices.Contains(t.EmbedOrigins, origin)
}

// ErrUnknownTenant is returned for a key that no tenant has.
var ErrUnknownTenant error = &Error{Code: CodeNotFound, Message: "There is no tenant with this key."}

var tenantKeyForm = regexp.MustCompile(`^t_[a-z0-9]{4,40}$`)

// Tenant returns the tenant with a key, with its embed origins. It returns ErrUnknownTenant if there is none.
func (d *DB) Tenant(ctx context.Context, key string) (_ *Tenant, err error) {
	defer place(&err, "db.Tenant")
	if !tenantKeyForm.MatchString(key) {
		return nil, ErrUnknownTenant
	}
	t := Tenant{Key: key, EmbedOrigins: []string{}}
	err = d.retry(ctx, func() error {
		return d.bun.NewRaw(`SELECT t.name, t.assertion_policy, t.require_nonce, t.vouched_accounts, t.brand_name, t.accent, t.created_at, t.suspended_at,
			ARRAY(SELECT o.origin FROM embed_origins o WHERE o.tenant_key = t.key ORDER BY o.origin)
		FROM tenants t WHERE t.key = ?`, key).
			Scan(ctx, &t.Name, &t.Policy.Assertion, &t.Policy.RequireNonce, &t.Policy.VouchedAccounts,
				&t.Branding.Name, &t.Branding.Accent, &t.CreatedAt, &t.SuspendedAt, pgdialect.Array(&t.EmbedOrigins))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrUnknownTenant
	}
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// EachTenant calls f with each tenant, in the order of their keys, until f returns an error.
func (d *DB) EachTenant(ctx context.Context, f func(*Tenant) error) (err error) {
	defer place(&err, "db.EachTenant")
	const page = 500
	for after := ""; ; {
		var keys []string
		err := d.asAuthority(ctx, func(tx authorityTx) error {
			return tx.NewRaw(`SELECT key FROM tenants WHERE key > ? ORDER BY key LIMIT ?`, after, page).Scan(ctx, &keys)
		})
		if err != nil {
			return err
		}
		for _, key := range keys {
			t, err := d.Tenant(ctx, key)
			if err != nil {
				return err
			}
			if err := f(t); err != nil {
				return err
			}
			after = key
		}
		if len(keys) < page {
			return nil
		}
	}
}

// CreateTenant makes a tenant with a new key. name has 1 to 80 characters; ParseOrigin must accept each origin.
func (d *DB) CreateTenant(ctx context.Context, name string, origins []string) (_ *Tenant, err error) {
	defer place(&err, "db.CreateTenant")
	return d.insertTenant(ctx, operator, newTenantKey(), name, origins, nil)
}

func newTenantKey() string { return "t_" + strings.ToLower(rand.Text()[:20]) }

// EnsureTenant makes the tenant with a given key, or changes an existing one to that name and exactly
// those origins. It is for tenants that a configuration names, such as the demo.
func (d *DB) EnsureTenant(ctx context.Context, key, name string, origins []string) (_ *Tenant, err error) {
	defer place(&err, "db.EnsureTenant")
	if !tenantKeyForm.MatchString(key) {
		return nil, invalid("key", "A tenant key must be t_ followed by 4 to 40 lowercase letters and digits.")
	}
	return d.insertTenant(ctx, operator, key, name, origins, nil)
}

// insertTenant makes the tenant, or changes an existing one to that name and those origins. In the
// same transaction it calls first, makes the tenant, and calls the function that first returned.
func (d *DB) insertTenant(ctx context.Context, by actor, key, name string, origins []string, first func(authorityTx) (then func() error, err error)) (*Tenant, error) {
	name, err := checkTenantName("name", name)
	if err != nil {
		return nil, err
	}
	for i, o := range origins {
		parsed, err := ParseOrigin(o)
		if err != nil {
			return nil, err
		}
		origins[i] = parsed
	}
	err = d.asAuthority(ctx, func(tx authorityTx) error {
		then := func() error { return nil }
		if first != nil {
			var err error
			if then, err = first(tx); err != nil {
				return err
			}
		}
		var isNew bool
		err := tx.NewRaw(`INSERT INTO tenants (key, name) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name
			RETURNING xmax = 0`, key, name).Scan(ctx, &isNew)
		if err != nil {
			return err
		}
		if _, err := tx.NewRaw(`DELETE FROM embed_origins WHERE tenant_key = ? AND origin <> ALL (?)`, key, pgdialect.Array(origins)).Exec(ctx); err != nil {
			return err
		}
		for _, o := range origins {
			_, err := tx.NewRaw(`INSERT INTO embed_origins (tenant_key, origin) VALUES (?, ?) ON CONFLICT DO NOTHING`, key, o).Exec(ctx)
			if err != nil {
				return err
			}
		}
		if isNew {
			if err := d.auditTenant(ctx, tx, by, Event{TenantKey: key, Action: "tenant.created", Target: name, Detail: strings.Join(origins, " ")}); err != nil {
				return err
			}
		}
		return then()
	})
	if err != nil {
		return nil, err
	}
	return d.Tenant(ctx, key)
}

// lockTenant locks the tenant against other changes until the transaction ends, but not against its
// visitors, who only refer to it. It returns ErrUnknownTenant if there is none.
func lockTenant(ctx context.Context, tx authorityTx, tenantKey string) error {
	if !tenantKeyForm.MatchString(tenantKey) {
		return ErrUnknownTenant
	}
	var key string
	return noRows(tx.NewRaw(`SELECT key FROM tenants WHERE key = ? FOR NO KEY UPDATE`, tenantKey).Scan(ctx, &key), ErrUnknownTenant)
}

func checkTenantName(field, name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > 80 || !validText(name) {
		return "", invalid(field, "A tenant's name must have 1 to 80 characters.")
	}
	if strings.ContainsFunc(name, forbiddenInName) {
		return "", invalid(field, errForbiddenInName)
	}
	return name, nil
}

// MaxOwned is how many tenants one person may own.
const MaxOwned = 20

// CreateTenantFor makes a tenant for the person of an account session, who becomes its owner. It
// returns CodeConflict for a person who owns MaxOwned tenants.
func (d *DB) CreateTenantFor(ctx context.Context, s *Session, name string) (_ *Tenant, err error) {
	defer place(&err, "db.CreateTenantFor")
	key := newTenantKey()
	by := actor{d.MemberID(s.UserID, key), s.From}
	return d.insertTenant(ctx, by, key, name, nil, func(tx authorityTx) (func() error, error) {
		if err := lockSession(ctx, tx, s); err != nil { // simultaneous calls are counted one after the other
			return nil, err
		}
		var owned int
		err := tx.NewRaw(`SELECT count(*) FROM members WHERE user_id = ? AND role = 'OWNER'`, s.UserID).Scan(ctx, &owned)
		if err == nil && owned >= MaxOwned {
			err = &Error{Code: CodeConflict, Message: "You already own 20 tenants. One tenant can serve all of a company's sites: add embed origins to it."}
		}
		return func() error { return setMember(ctx, tx, key, s.UserID, RoleOwner) }, err
	})
}
