package graph

import (
	"context"
	"errors"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Tenant is the query tenant. It returns a tenant to its members and to its backend, and null to everybody else.
func (r queryResolver) Tenant(ctx context.Context, id string) (*db.Tenant, error) {
	t, err := r.tenantForRole(ctx, id, db.RoleViewer)
	if errors.Is(err, db.ErrNoMember) {
		return nil, nil
	}
	return t, err
}

var errOperatorTenants = &db.Error{Code: db.CodeForbidden, Message: "Only the operator creates tenants here. Ask them for a tenant and an invitation to it."}

// CreateTenant is the mutation createTenant. It creates a tenant that the viewer owns.
func (r mutationResolver) CreateTenant(ctx context.Context, name string) (*db.Tenant, error) {
	if r.operatorTenants {
		return nil, errOperatorTenants
	}
	return r.db.CreateTenantFor(ctx, session(ctx), name)
}

// UpdateTenant is the mutation updateTenant. It changes a tenant's name, policy and branding.
func (r mutationResolver) UpdateTenant(ctx context.Context, in generated.UpdateTenantInput) (*db.Tenant, error) {
	seat, err := r.seat(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	return r.db.UpdateTenant(ctx, seat, db.TenantChange{
		Name: in.Name, Assertion: (*db.AssertionPolicy)(in.Assertion), RequireNonce: in.RequireNonce, VouchedAccounts: in.VouchedAccounts, WildcardOrigins: in.WildcardOrigins,
		BrandName: in.BrandName, Accent: in.Accent,
	})
}

// DeleteTenant is the mutation deleteTenant. It deletes a tenant, confirmed by its name.
func (r mutationResolver) DeleteTenant(ctx context.Context, tenant, name string) (*generated.DeletedPayload, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if err := r.db.DeleteTenant(ctx, seat, name); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: tenant}, nil
}

// Suspended is Tenant.suspended. It reports whether the tenant's widget is turned off for everybody.
func (r tenantResolver) Suspended(_ context.Context, t *db.Tenant) (bool, error) {
	return t.SuspendedAt != nil, nil
}

// Policy is Tenant.policy. It returns the tenant's rules for assertions.
func (r tenantResolver) Policy(_ context.Context, t *db.Tenant) (*generated.Policy, error) {
	return &generated.Policy{
		Assertion: generated.AssertionPolicy(t.Policy.Assertion), RequireNonce: t.Policy.RequireNonce, VouchedAccounts: t.Policy.VouchedAccounts,
		WildcardOrigins: t.Policy.WildcardOrigins,
	}, nil
}

// Branding is Tenant.branding. It returns the look of the tenant's widget.
func (r tenantResolver) Branding(_ context.Context, t *db.Tenant) (*generated.Branding, error) {
	return &generated.Branding{Name: nullIfEmpty(t.Branding.Name), Accent: nullIfEmpty(t.Branding.Accent)}, nil
}

// AddEmbedOrigin is the mutation addEmbedOrigin. It allows the pages of an origin to embed a tenant's widget.
func (r mutationResolver) AddEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.db.AddEmbedOrigin(ctx, seat, origin)
}

// RemoveEmbedOrigin is the mutation removeEmbedOrigin. It removes an origin that AddEmbedOrigin added.
func (r mutationResolver) RemoveEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.db.RemoveEmbedOrigin(ctx, seat, origin)
}
