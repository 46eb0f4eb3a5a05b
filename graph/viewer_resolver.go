package graph

import (
	"context"

	"github.com/company-a/aside/db"
)

// Viewer is the query viewer. It returns the session of the request, which stands for the person.
func (r queryResolver) Viewer(ctx context.Context) (*db.Session, error) { return session(ctx), nil }

// ID is Viewer.id. It returns the viewer's pairwise id at the tenant of a widget session, and the account's own id,
// which operators use, for an account session.
func (r viewerResolver) ID(_ context.Context, s *db.Session) (string, error) {
	if s.Kind == db.SessionAccount {
		return s.UserID.String(), nil
	}
	return r.db.ViewerID(s.UserID, s.TenantKey), nil
}

// Tenant is Viewer.tenant. It returns the tenant of a widget session, or null for an account session.
func (r viewerResolver) Tenant(ctx context.Context, s *db.Session) (*db.Tenant, error) {
	if s.TenantKey == "" {
		return nil, nil
	}
	return r.tenants.get(ctx, s.TenantKey)
}

// RenameViewer is the mutation renameViewer. It changes the viewer's display name.
func (r mutationResolver) RenameViewer(ctx context.Context, displayName string) (*db.Session, error) {
	return r.db.RenameUser(ctx, session(ctx), displayName)
}

// DeleteAccount is the mutation deleteAccount. It deletes the viewer's account and everything in it.
func (r mutationResolver) DeleteAccount(ctx context.Context, leave []string) (bool, error) {
	if leave == nil {
		leave = []string{db.AnyTenant}
	}
	err := r.db.DeleteAccount(ctx, session(ctx), leave...)
	return err == nil, err
}
