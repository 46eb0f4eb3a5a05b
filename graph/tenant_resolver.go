package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Tenant finds a tenant for one of its members or its own backend.
func (r queryResolver) Tenant(ctx context.Context, id string) (*db.Tenant, error) {
	t, err := r.administered(ctx, id, db.RoleViewer)
	if err == db.ErrNoMember { //nolint:errorlint // made here, wrapped nowhere
		return nil, nil
	}
	return t, err
}

// administered gives the tenant if whoever asks may do there what needs a role. A stranger is
// answered as if there were no such tenant.
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

// seat is whoever asks, as one who changes a tenant: what they may do there is checked with the change.
func seat(ctx context.Context) db.Seat {
	p := auth.PrincipalFrom(ctx)
	if p.ServerKey != nil {
		return p.ServerKey.Seat(p.Address)
	}
	s := *p.Session
	s.From = p.Address
	return db.SeatOf(&s)
}

var errOperatorTenants = &db.Error{Code: db.CodeForbidden, Message: "Tenants are made by the operator here: ask them for one, and for an invitation to it."}

// CreateTenant makes a tenant that the viewer owns.
func (r mutationResolver) CreateTenant(ctx context.Context, name string) (*db.Tenant, error) {
	if r.operatorTenants {
		return nil, errOperatorTenants
	}
	return r.db.CreateTenantFor(ctx, session(ctx), name)
}

// UpdateTenant changes a tenant's name, policy and branding.
func (r mutationResolver) UpdateTenant(ctx context.Context, in generated.UpdateTenantInput) (*db.Tenant, error) {
	return r.db.UpdateTenant(ctx, seat(ctx), in.Tenant, db.TenantChange{
		Name: in.Name, Assertion: (*db.AssertionPolicy)(in.Assertion), RequireNonce: in.RequireNonce, VouchedAccounts: in.VouchedAccounts,
		BrandName: in.BrandName, Accent: in.Accent,
	})
}

// AddEmbedOrigin lets the pages of an origin embed a tenant's widget.
func (r mutationResolver) AddEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	return r.db.AddEmbedOrigin(ctx, seat(ctx), tenant, origin)
}

// RemoveEmbedOrigin takes that back.
func (r mutationResolver) RemoveEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	return r.db.RemoveEmbedOrigin(ctx, seat(ctx), tenant, origin)
}

// IssueTicket makes a ticket for the tenant whose backend asks.
func (r mutationResolver) IssueTicket(ctx context.Context, in generated.IssueTicketInput) (*generated.Ticket, error) {
	s := db.Subject{ID: in.Subject, Email: value(in.Email), Name: value(in.Name)}
	ticket, expiresAt, err := r.db.IssueTicket(ctx, auth.PrincipalFrom(ctx).ServerKey, s)
	if err != nil {
		return nil, err
	}
	return &generated.Ticket{Ticket: ticket, ExpiresAt: expiresAt}, nil
}

// CreateServerKey makes a key for a tenant's backend.
func (r mutationResolver) CreateServerKey(ctx context.Context, tenant, name string) (*generated.CreatedServerKey, error) {
	k, secret, err := r.db.CreateServerKey(ctx, seat(ctx), tenant, name)
	if err != nil {
		return nil, err
	}
	return &generated.CreatedServerKey{ServerKey: serverKey(k), Secret: secret}, nil
}

// RevokeServerKey ends a key of a tenant's backend.
func (r mutationResolver) RevokeServerKey(ctx context.Context, tenant, id string) (*generated.DeletedPayload, error) {
	return r.revoked(ctx, tenant, id, r.db.RevokeServerKey)
}

// revoked ends a key of a tenant's.
func (r mutationResolver) revoked(ctx context.Context, tenant, id string, revoke func(context.Context, db.Seat, string, uuid.UUID) error) (*generated.DeletedPayload, error) {
	key := noteID(id)
	if err := revoke(ctx, seat(ctx), tenant, key); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: key.String()}, nil
}

// Suspended is whether the tenant's widget refuses everybody.
func (r tenantResolver) Suspended(_ context.Context, t *db.Tenant) (bool, error) {
	return t.SuspendedAt != nil, nil
}

// Policy is what the tenant has decided about assertions.
func (r tenantResolver) Policy(_ context.Context, t *db.Tenant) (*generated.Policy, error) {
	return &generated.Policy{
		Assertion: generated.AssertionPolicy(t.Policy.Assertion), RequireNonce: t.Policy.RequireNonce, VouchedAccounts: t.Policy.VouchedAccounts,
	}, nil
}

// Branding is how the tenant's widget looks.
func (r tenantResolver) Branding(_ context.Context, t *db.Tenant) (*generated.Branding, error) {
	return &generated.Branding{Name: orNull(t.Branding.Name), Accent: orNull(t.Branding.Accent)}, nil
}

// ServerKeys are the live keys of the tenant's backend.
func (r tenantResolver) ServerKeys(ctx context.Context, t *db.Tenant) ([]*generated.ServerKey, error) {
	keys, err := r.db.ServerKeys(ctx, t.Key)
	return each(keys, serverKey), err
}

func serverKey(k *db.ServerKey) *generated.ServerKey {
	return &generated.ServerKey{ID: k.ID.String(), Name: k.Name, Prefix: k.Prefix, CreatedAt: k.CreatedAt, LastUsedAt: k.LastUsedAt}
}

// each gives what f makes of each element, and never nil: lists of the API are not null.
func each[A, B any](list []A, f func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

// orNull is null for what nobody gave.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
