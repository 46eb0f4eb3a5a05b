package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// tenantForRole returns the tenant if the principal's role there is at least needed. A person without a role gets the
// same error as for a tenant that does not exist.
func (r *Resolver) tenantForRole(ctx context.Context, key string, needed db.Role) (*db.Tenant, error) {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		if p.ServerKey.TenantKey != key {
			return nil, db.ErrNoMember
		}
		return r.db.Tenant(ctx, key)
	}
	if _, err := r.db.Administer(ctx, p.Session, key, needed); err != nil {
		return nil, err
	}
	return r.db.Tenant(ctx, key)
}

// seat returns the principal's right to change a tenant. Package db checks it again, with the role that the change
// needs, in the transaction of the change.
func (r *Resolver) seat(ctx context.Context, tenant string) (db.Seat, error) {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		return p.ServerKey.Seat(tenant, p.Address)
	}
	s := *p.Session
	s.From = p.Address
	return r.db.Administer(ctx, &s, tenant, db.RoleViewer)
}

// mayStillSee returns an error if the principal may no longer see one of the tenants.
func (r *Resolver) mayStillSee(ctx context.Context, tenants ...string) error {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		return r.db.RequireServerKey(ctx, p.ServerKey, tenants...)
	}
	return r.db.RequireMembership(ctx, p.Session, tenants...)
}
