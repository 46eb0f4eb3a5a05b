package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Tenants are those that the viewer administers.
func (r viewerResolver) Tenants(ctx context.Context, s *db.Session) ([]*db.Membership, error) {
	list, err := r.db.Memberships(ctx, s.UserID)
	return notNull(list), err
}

// Tenant is the one of a membership.
func (r membershipResolver) Tenant(ctx context.Context, m *db.Membership) (*db.Tenant, error) {
	return r.db.Tenant(ctx, m.TenantKey)
}

// Members are those who administer the tenant.
func (r tenantResolver) Members(ctx context.Context, t *db.Tenant) ([]*db.Member, error) {
	list, err := r.db.Members(ctx, t.Key)
	return notNull(list), err
}

// InviteMember makes a link by which somebody becomes a member.
func (r mutationResolver) InviteMember(ctx context.Context, tenant string, role db.Role) (*generated.Invitation, error) {
	token, expiresAt, err := r.db.Invite(ctx, seat(ctx), tenant, role)
	if err != nil {
		return nil, err
	}
	return &generated.Invitation{URL: InvitationURL(r.accountOrigin, token), ExpiresAt: expiresAt, Role: role}, nil
}

// InvitationURL is the link of an invitation. What follows the # never leaves the browser but in
// acceptInvitation.
func InvitationURL(accountOrigin, token string) string {
	return accountOrigin + "/console#invitation=" + token
}

// Invitation is what a link offers, null for one that is good for nothing.
func (r queryResolver) Invitation(ctx context.Context, token string) (*generated.OfferedInvitation, error) {
	i, err := r.db.Invitation(ctx, token)
	if db.IsCode(err, db.CodeNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &generated.OfferedInvitation{TenantName: i.TenantName, Role: i.Role, ExpiresAt: i.ExpiresAt}, nil
}

// AcceptInvitation makes the viewer a member.
func (r mutationResolver) AcceptInvitation(ctx context.Context, token string) (*db.Tenant, error) {
	return r.db.AcceptInvitation(ctx, session(ctx), token)
}

// RemoveMember takes a member's role. Anybody may take their own.
func (r mutationResolver) RemoveMember(ctx context.Context, tenant, id string) (*generated.DeletedPayload, error) {
	if err := r.db.RemoveMember(ctx, seat(ctx), tenant, id); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: id}, nil
}

// notNull is the list, and empty where there is none: lists of the API are not null.
func notNull[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
