package db

import (
	"context"

	"github.com/uptrace/bun"
)

// An AssertionPolicy says what a tenant wants to say about its visitors.
type AssertionPolicy string

// The assertion policies.
const (
	AssertionNone     AssertionPolicy = "NONE"     // assertions are refused
	AssertionOptional AssertionPolicy = "OPTIONAL" // visitors with and without one may sign in
	AssertionRequired AssertionPolicy = "REQUIRED" // without one nobody signs in
)

// A Policy is what a tenant has decided about assertions.
type Policy struct {
	Assertion       AssertionPolicy `json:"assertion"`
	RequireNonce    bool            `json:"requireNonce"`    // an assertion must be made for the widget's key
	VouchedAccounts bool            `json:"vouchedAccounts"` // an assertion alone opens an account of its own
}

// UpdateTenant changes a tenant's policy, and its name unless that is nil; both are in force for
// whatever is asked next. It returns ErrUnknownTenant when there is no such tenant.
func (d *DB) UpdateTenant(ctx context.Context, tenantKey string, name *string, p Policy) (*Tenant, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if name != nil {
		checked, err := checkTenantName(*name)
		if err != nil {
			return nil, err
		}
		name = &checked
	}
	err := d.auth(ctx, func(tx bun.Tx) error {
		return one(tx.NewRaw(`UPDATE tenants SET name = coalesce(?, name), assertion_policy = ?, require_nonce = ?, vouched_accounts = ? WHERE key = ?`,
			name, string(p.Assertion), p.RequireNonce, p.VouchedAccounts, tenantKey).Exec(ctx))
	})
	if IsCode(err, CodeNotFound) {
		return nil, ErrUnknownTenant
	}
	if err != nil {
		return nil, err
	}
	return d.Tenant(ctx, tenantKey)
}

func (p Policy) check() error {
	switch p.Assertion {
	case AssertionNone, AssertionOptional, AssertionRequired:
	default:
		return invalid("assertion", "The assertion policy is NONE, OPTIONAL or REQUIRED.")
	}
	if p.VouchedAccounts && p.Assertion == AssertionNone {
		return invalid("vouchedAccounts", "Vouched accounts need assertions: set the assertion policy to OPTIONAL or REQUIRED.")
	}
	return nil
}
