package db

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"regexp"
	"strconv"
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
	DeletedAt    *time.Time `json:"deletedAt,omitempty"` // a deleted tenant is suspended too
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
		return d.bun.NewRaw(`SELECT t.name, t.assertion_policy, t.require_nonce, t.vouched_accounts, t.wildcard_origins, t.brand_name, t.accent, t.created_at, t.suspended_at, t.deleted_at,
			ARRAY(SELECT o.origin FROM embed_origins o WHERE o.tenant_key = t.key ORDER BY o.origin)
		FROM tenants t WHERE t.key = ?`, key).
			Scan(ctx, &t.Name, &t.Policy.Assertion, &t.Policy.RequireNonce, &t.Policy.VouchedAccounts, &t.Policy.WildcardOrigins,
				&t.Branding.Name, &t.Branding.Accent, &t.CreatedAt, &t.SuspendedAt, &t.DeletedAt, pgdialect.Array(&t.EmbedOrigins))
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
// those origins. It is for tenants that a configuration names, such as the demo: one that was deleted is there again.
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
		err := tx.NewRaw(`INSERT INTO tenants AS t (key, name) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name,
			deleted_at = NULL, suspended_at = CASE WHEN t.deleted_at IS NULL THEN t.suspended_at END
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
// visitors, who only refer to it. It returns ErrUnknownTenant if there is none, or it was deleted.
func lockTenant(ctx context.Context, tx authorityTx, tenantKey string) error {
	if !tenantKeyForm.MatchString(tenantKey) {
		return ErrUnknownTenant
	}
	var key string
	return ifNoRows(tx.NewRaw(`SELECT key FROM tenants WHERE key = ? AND deleted_at IS NULL FOR NO KEY UPDATE`, tenantKey).Scan(ctx, &key), ErrUnknownTenant)
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
// returns CodeConflict for a person who owns MaxOwned tenants, and CodeRateLimited for one who exceeds newTenants.
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
		if err != nil {
			return nil, err
		}
		if wait, err := d.countTry(ctx, tx, d.rates, newTenants.By(s.UserID.String())); err != nil || wait > 0 {
			return nil, cmp.Or(err, error(RateLimited(wait)))
		}
		return func() error { return setMember(ctx, tx, key, s.UserID, RoleOwner) }, nil
	})
}

// A TenantChange holds the fields of a tenant to change. A nil field stays as it is.
type TenantChange struct {
	Name            *string
	Assertion       *AssertionPolicy
	RequireNonce    *bool
	VouchedAccounts *bool
	WildcardOrigins *bool
	BrandName       *string // "" for the tenant's name
	Accent          *string // "" for the widget's default
}

// UpdateTenant changes the seat's tenant; the next request sees it. It signs out the accounts that the
// tenant no longer vouches for, and those at origins that only a wildcard allowed. It returns ErrUnknownTenant if there is no such tenant.
func (d *DB) UpdateTenant(ctx context.Context, by Seat, c TenantChange) (_ *Tenant, err error) {
	defer place(&err, "db.UpdateTenant")
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin}, func(tx *tenantTx) error {
		t := Tenant{Key: tx.tenantKey}
		err := tx.NewRaw(`SELECT name, assertion_policy, require_nonce, vouched_accounts, wildcard_origins, brand_name, accent FROM tenants WHERE key = ?`, tx.tenantKey).
			Scan(ctx, &t.Name, &t.Policy.Assertion, &t.Policy.RequireNonce, &t.Policy.VouchedAccounts, &t.Policy.WildcardOrigins, &t.Branding.Name, &t.Branding.Accent)
		if err != nil {
			return err
		}
		changed, err := c.applied(t)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw(`UPDATE tenants SET name = ?, assertion_policy = ?, require_nonce = ?, vouched_accounts = ?, wildcard_origins = ?, brand_name = ?, accent = ? WHERE key = ?`,
			changed.Name, string(changed.Policy.Assertion), changed.Policy.RequireNonce, changed.Policy.VouchedAccounts, changed.Policy.WildcardOrigins,
			changed.Branding.Name, changed.Branding.Accent, tx.tenantKey).Exec(ctx)
		if err != nil {
			return err
		}
		if t.Policy.VouchedAccounts && !changed.Policy.VouchedAccounts {
			err := revokeEverybodysSessions(ctx, tx.authorityTx, `user_id IN (SELECT id FROM users WHERE vouched_by = ?)`, tx.tenantKey)
			if err != nil {
				return err
			}
		}
		if t.Policy.WildcardOrigins && !changed.Policy.WildcardOrigins {
			if err := tx.endSessionsAt(ctx, onlyByWildcard); err != nil {
				return err
			}
		}
		return tx.recordChanges(ctx, t, changed)
	})
}

// applied returns t with the change, or CodeInvalid if that breaks a rule.
func (c TenantChange) applied(t Tenant) (_ Tenant, err error) {
	setIfGiven(&t.Name, c.Name)
	setIfGiven(&t.Policy.Assertion, c.Assertion)
	setIfGiven(&t.Policy.RequireNonce, c.RequireNonce)
	setIfGiven(&t.Policy.VouchedAccounts, c.VouchedAccounts)
	setIfGiven(&t.Policy.WildcardOrigins, c.WildcardOrigins)
	setIfGiven(&t.Branding.Name, c.BrandName)
	setIfGiven(&t.Branding.Accent, c.Accent)
	if t.Name, err = checkTenantName("name", t.Name); err != nil {
		return t, err
	}
	if t.Branding, err = t.Branding.check(); err != nil {
		return t, err
	}
	return t, t.Policy.check()
}

func setIfGiven[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// recordChanges records each field that differs between before and after.
func (c *tenantTx) recordChanges(ctx context.Context, before, after Tenant) error {
	for _, e := range []struct{ action, target, before, after string }{
		{"tenant.renamed", "name", before.Name, after.Name},
		{"policy.changed", "assertion", string(before.Policy.Assertion), string(after.Policy.Assertion)},
		{"policy.changed", "requireNonce", strconv.FormatBool(before.Policy.RequireNonce), strconv.FormatBool(after.Policy.RequireNonce)},
		{"policy.changed", "vouchedAccounts", strconv.FormatBool(before.Policy.VouchedAccounts), strconv.FormatBool(after.Policy.VouchedAccounts)},
		{"policy.changed", "wildcardOrigins", strconv.FormatBool(before.Policy.WildcardOrigins), strconv.FormatBool(after.Policy.WildcardOrigins)},
		{"branding.changed", "name", before.Branding.Name, after.Branding.Name},
		{"branding.changed", "accent", before.Branding.Accent, after.Branding.Accent},
	} {
		if e.before == e.after {
			continue
		}
		if err := c.record(ctx, Event{Action: e.action, Target: e.target, Detail: strconv.Quote(e.before) + " → " + strconv.Quote(e.after)}); err != nil {
			return err
		}
	}
	return nil
}
