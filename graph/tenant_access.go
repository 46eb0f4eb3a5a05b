package graph

import (
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
)

// administered returns the tenant if the principal's role there is at least needed. A person without a role gets the
// same error as for a tenant that does not exist.
func (r *Resolver) administered(ctx context.Context, key string, needed db.Role) (*db.Tenant, error) {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		if p.ServerKey.TenantKey != key {
			return nil, db.ErrNoMember
		}
		return r.db.Tenant(ctx, key)
	}
	role, err := r.db.RoleOf(ctx, key, p.Session.UserID)
	switch {
	case err != nil:
		return nil, err
	case role == "":
		return nil, db.ErrNoMember
	case !role.May(needed):
		return nil, db.ErrNoRole
	}
	return r.db.Tenant(ctx, key)
}

// seat returns the principal as the author of a change to a tenant. Package db checks the role in the transaction of
// the change.
func seat(ctx context.Context) db.Seat {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		return p.ServerKey.Seat(p.Address)
	}
	s := *p.Session
	s.From = p.Address
	return db.SeatOf(&s)
}
