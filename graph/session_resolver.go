package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Sessions are the viewer's live ones.
func (r viewerResolver) Sessions(ctx context.Context, s *db.Session) ([]*db.Session, error) {
	list, err := r.db.Sessions(ctx, s.UserID)
	return each(list, func(s *db.Session) *db.Session { return s }), err
}

// RevokeSession ends one of the viewer's sessions.
func (r mutationResolver) RevokeSession(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	key := noteID(id)
	if err := r.db.RevokeSession(ctx, session(ctx), key); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: key.String()}, nil
}

// RevokeOtherSessions ends all of the viewer's sessions but this one.
func (r mutationResolver) RevokeOtherSessions(ctx context.Context) (int, error) {
	return r.db.RevokeOtherSessions(ctx, session(ctx))
}

// Tenant is the one whose widget the session is of.
func (r sessionResolver) Tenant(ctx context.Context, s *db.Session) (*db.Tenant, error) {
	if s.TenantKey == "" {
		return nil, nil
	}
	return r.tenants.get(ctx, s.TenantKey)
}

// EmbedOrigin is where the widget stood.
func (r sessionResolver) EmbedOrigin(_ context.Context, s *db.Session) (*string, error) {
	return orNull(s.EmbedOrigin), nil
}

// Current is whether the session is the one that asks.
func (r sessionResolver) Current(ctx context.Context, s *db.Session) (bool, error) {
	return s.ID == session(ctx).ID, nil
}
