package graph

import (
	"context"
	"slices"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// AddAssertionKey is the mutation addAssertionKey. It adds a key that verifies a tenant's assertions.
func (r mutationResolver) AddAssertionKey(ctx context.Context, in generated.AddAssertionKeyInput) (*generated.AddedAssertionKey, error) {
	k, made, err := assertion.NewKey(in.Tenant, db.AssertionKeyKind(in.Kind), valueOrZero(in.SharedSecret), valueOrZero(in.PublicJwk), valueOrZero(in.JwksURL), r.loopback)
	if err != nil {
		return nil, err
	}
	seat, err := r.seat(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	if err := r.db.AddAssertionKey(ctx, seat, k); err != nil {
		return nil, err
	}
	if k.Kind == db.JWKSURL && r.assertions != nil {
		r.assertions.FetchKeySet(ctx, k.TenantKey, k.URL)
		keys, err := r.db.AssertionKeys(ctx, k.TenantKey)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(keys, func(added *db.AssertionKey) bool { return added.ID == k.ID }); i >= 0 {
			k = keys[i]
		}
	}
	return &generated.AddedAssertionKey{AssertionKey: assertionKey(k), Secret: nullIfEmpty(made)}, nil
}

// RevokeAssertionKey is the mutation revokeAssertionKey. It revokes a key that verifies a tenant's assertions.
func (r mutationResolver) RevokeAssertionKey(ctx context.Context, tenant, id string) (*generated.DeletedPayload, error) {
	return r.removeByID(ctx, tenant, id, r.db.RevokeAssertionKey)
}

// TestAssertion is the mutation testAssertion. It checks an assertion without using it up.
func (r mutationResolver) TestAssertion(ctx context.Context, tenant, compact string) (*generated.AssertionReport, error) {
	t, err := r.tenantForRole(ctx, tenant, db.RoleViewer)
	if err != nil {
		return nil, err
	}
	report, err := r.assertions.Test(ctx, t, compact)
	if err == nil { // fetching a key set may have taken long
		err = r.mayStillSee(ctx, tenant)
	}
	if err != nil {
		return nil, err
	}
	return &generated.AssertionReport{Ok: report.OK(), Checks: mapList(report.Checks, func(c assertion.Check) *generated.AssertionCheck {
		return &generated.AssertionCheck{Name: c.Name, Ok: c.OK, Detail: c.Detail}
	})}, nil
}

// AssertionKeys is Tenant.assertionKeys. It returns the keys that verify the tenant's assertions.
func (r tenantResolver) AssertionKeys(ctx context.Context, t *db.Tenant) ([]*generated.AssertionKey, error) {
	keys, err := r.db.AssertionKeys(ctx, t.Key)
	return mapList(keys, assertionKey), err
}

func assertionKey(k *db.AssertionKey) *generated.AssertionKey {
	return &generated.AssertionKey{
		ID: k.ID.String(), Kid: nullIfEmpty(k.KeyID), Algorithm: nullIfEmpty(k.Algorithm), Kind: generated.AssertionKeyKind(k.Kind),
		Thumbprint: nullIfEmpty(assertion.Thumbprint(k)), JwksURL: nullIfEmpty(k.URL), FetchedAt: k.FetchedAt, FetchError: nullIfEmpty(k.FetchError),
		CreatedAt: k.CreatedAt, LastUsedAt: k.LastUsedAt, RevokedAt: k.RevokedAt,
	}
}
