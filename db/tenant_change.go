package db

import (
	"context"
	"strconv"
)

// A TenantChange holds the fields of a tenant to change. A nil field stays as it is.
type TenantChange struct {
	Name            *string
	Assertion       *AssertionPolicy
	RequireNonce    *bool
	VouchedAccounts *bool
	BrandName       *string // "" for the tenant's name
	Accent          *string // "" for the widget's default
}

// UpdateTenant changes the seat's tenant; the next request sees it. It signs out the accounts that the
// tenant no longer vouches for. It returns ErrUnknownTenant if there is no such tenant.
func (d *DB) UpdateTenant(ctx context.Context, by Seat, c TenantChange) (_ *Tenant, err error) {
	defer place(&err, "db.UpdateTenant")
	return d.changeTenant(ctx, by, requirement{role: RoleAdmin}, func(tx *tenantTx) error {
		t := Tenant{Key: tx.tenantKey}
		err := tx.NewRaw(`SELECT name, assertion_policy, require_nonce, vouched_accounts, brand_name, accent FROM tenants WHERE key = ?`, tx.tenantKey).
			Scan(ctx, &t.Name, &t.Policy.Assertion, &t.Policy.RequireNonce, &t.Policy.VouchedAccounts, &t.Branding.Name, &t.Branding.Accent)
		if err != nil {
			return err
		}
		changed, err := c.applied(t)
		if err != nil {
			return err
		}
		_, err = tx.NewRaw(`UPDATE tenants SET name = ?, assertion_policy = ?, require_nonce = ?, vouched_accounts = ?, brand_name = ?, accent = ? WHERE key = ?`,
			changed.Name, string(changed.Policy.Assertion), changed.Policy.RequireNonce, changed.Policy.VouchedAccounts,
			changed.Branding.Name, changed.Branding.Accent, tx.tenantKey).Exec(ctx)
		if err != nil {
			return err
		}
		if t.Policy.VouchedAccounts && !changed.Policy.VouchedAccounts {
			_, err := revokeSessions(ctx, tx.authorityTx, `user_id IN (SELECT id FROM users WHERE vouched_by = ?)`, tx.tenantKey)
			if err != nil {
				return err
			}
		}
		return tx.recordChanges(ctx, t, changed)
	})
}

// applied returns t with the change, or CodeInvalid if that breaks a rule.
func (c TenantChange) applied(t Tenant) (_ Tenant, err error) {
	set(&t.Name, c.Name)
	set(&t.Policy.Assertion, c.Assertion)
	set(&t.Policy.RequireNonce, c.RequireNonce)
	set(&t.Policy.VouchedAccounts, c.VouchedAccounts)
	set(&t.Branding.Name, c.BrandName)
	set(&t.Branding.Accent, c.Accent)
	if t.Name, err = checkTenantName("name", t.Name); err != nil {
		return t, err
	}
	if t.Branding, err = t.Branding.check(); err != nil {
		return t, err
	}
	return t, t.Policy.check()
}

func set[T any](field *T, to *T) {
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
