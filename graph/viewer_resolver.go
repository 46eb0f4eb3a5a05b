package graph

import (
	"context"

	"github.com/company-a/aside/db"
)

// Viewer gives the session that is asking, as which a person is seen.
func (r queryResolver) Viewer(ctx context.Context) (*db.Session, error) { return session(ctx), nil }

// ID is the viewer's pairwise id at a tenant, and for themselves the account's own, by which an
// operator finds it.
func (r viewerResolver) ID(_ context.Context, s *db.Session) (string, error) {
	if s.Kind == db.SessionAccount {
		return s.UserID.String(), nil
	}
	return r.db.ViewerID(s.UserID, s.TenantKey), nil
}

// Tenant is the tenant whose widget is asking, nil for an account session.
func (r viewerResolver) Tenant(ctx context.Context, s *db.Session) (*db.Tenant, error) {
	if s.TenantKey == "" {
		return nil, nil
	}
	return r.tenants.get(ctx, s.TenantKey)
}

// RenameViewer changes the name that the viewer goes by.
func (r mutationResolver) RenameViewer(ctx context.Context, displayName string) (*db.Session, error) {
	return r.db.RenameUser(ctx, session(ctx), displayName)
}

// DeleteAccount destroys the viewer's account.
func (r mutationResolver) DeleteAccount(ctx context.Context, leave []string) (bool, error) {
	if leave == nil {
		leave = []string{db.AnyTenant}
	}
	err := r.db.DeleteAccount(ctx, session(ctx), leave...)
	return err == nil, err
}
