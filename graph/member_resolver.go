package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Tenants is Viewer.tenants. It returns the memberships of the viewer.
func (r viewerResolver) Tenants(ctx context.Context, s *db.Session) ([]*db.Membership, error) {
	list, err := r.db.Memberships(ctx, s.UserID)
	return notNull(list), err
}

// Tenant is Membership.tenant. It returns the tenant of a membership.
func (r membershipResolver) Tenant(ctx context.Context, m *db.Membership) (*db.Tenant, error) {
	return r.db.Tenant(ctx, m.TenantKey)
}

// Members is Tenant.members. It returns the members of the tenant.
func (r tenantResolver) Members(ctx context.Context, t *db.Tenant) ([]*db.Member, error) {
	list, err := r.db.Members(ctx, t.Key)
	return notNull(list), err
}

// Invitations is Tenant.invitations. It returns the open invitations of the tenant.
func (r tenantResolver) Invitations(ctx context.Context, t *db.Tenant) ([]*generated.PendingInvitation, error) {
	list, err := r.db.Invitations(ctx, t.Key)
	return mapList(list, func(i *db.Invitation) *generated.PendingInvitation {
		return &generated.PendingInvitation{ID: i.ID, Role: i.Role, InvitedBy: i.InvitedBy, ExpiresAt: i.ExpiresAt}
	}), err
}

// ChangeRole is the mutation changeRole. It gives a member another role.
func (r mutationResolver) ChangeRole(ctx context.Context, tenant, id string, role db.Role) (*db.Member, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.db.ChangeRole(ctx, seat, id, role)
}

// WithdrawInvitation is the mutation withdrawInvitation. It deletes an open invitation.
func (r mutationResolver) WithdrawInvitation(ctx context.Context, tenant, id string) (*generated.DeletedPayload, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if err := r.db.WithdrawInvitation(ctx, seat, id); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: id}, nil
}

// InviteMember is the mutation inviteMember. It creates a link that makes one person a member.
func (r mutationResolver) InviteMember(ctx context.Context, tenant string, role db.Role) (*generated.Invitation, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	token, expiresAt, err := r.db.Invite(ctx, seat, role)
	if err != nil {
		return nil, err
	}
	return &generated.Invitation{URL: InvitationURL(r.accountOrigin, token), ExpiresAt: expiresAt, Role: role}, nil
}

// InvitationURL returns the link of an invitation. The token is in the fragment, which browsers do not send; the console
// sends it in the mutation acceptInvitation.
func InvitationURL(accountOrigin, token string) string {
	return accountOrigin + "/console#invitation=" + token
}

// Invitation is the query invitation. It returns the invitation of a link, or null if it is not valid.
func (r queryResolver) Invitation(ctx context.Context, token string) (*generated.OfferedInvitation, error) {
	i, err := r.db.Invitation(ctx, token)
	if db.IsCode(err, db.CodeNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &generated.OfferedInvitation{TenantName: i.TenantName, Role: i.Role, InvitedBy: i.InvitedBy, ExpiresAt: i.ExpiresAt}, nil
}

// AcceptInvitation is the mutation acceptInvitation. It makes the viewer a member.
func (r mutationResolver) AcceptInvitation(ctx context.Context, token string) (*db.Tenant, error) {
	return r.db.AcceptInvitation(ctx, session(ctx), token)
}

// RemoveMember is the mutation removeMember. It removes a member. Every member may remove themselves.
func (r mutationResolver) RemoveMember(ctx context.Context, tenant, id string) (*generated.DeletedPayload, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if err := r.db.RemoveMember(ctx, seat, id); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: id}, nil
}
