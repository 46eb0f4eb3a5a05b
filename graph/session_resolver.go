package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Sessions is Viewer.sessions. It returns the viewer's sessions that have not ended.
func (r viewerResolver) Sessions(ctx context.Context, s *db.Session) ([]*db.Session, error) {
	list, err := r.db.Sessions(ctx, s.UserID)
	return notNull(list), err
}

// RevokeSession is the mutation revokeSession. It ends one of the viewer's sessions.
func (r mutationResolver) RevokeSession(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	key := parseID(id)
	if err := r.db.RevokeSession(ctx, session(ctx), key); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: key.String()}, nil
}

// RevokeOtherSessions is the mutation revokeOtherSessions. It ends all of the viewer's sessions but this one.
func (r mutationResolver) RevokeOtherSessions(ctx context.Context) (int, error) {
	return r.db.RevokeOtherSessions(ctx, session(ctx))
}

// Tenant is Session.tenant. It returns the tenant of a widget session, or null for an account session.
func (r sessionResolver) Tenant(ctx context.Context, s *db.Session) (*db.Tenant, error) {
	if s.TenantKey == "" {
		return nil, nil
	}
	return r.tenants.get(ctx, s.TenantKey)
}

// EmbedOrigin is Session.embedOrigin. It returns the origin of the page that embeds the widget, or null for an account
// session.
func (r sessionResolver) EmbedOrigin(_ context.Context, s *db.Session) (*string, error) {
	return nullIfEmpty(s.EmbedOrigin), nil
}

// Current is Session.current. It reports whether the session is that of the request.
func (r sessionResolver) Current(ctx context.Context, s *db.Session) (bool, error) {
	return s.ID == session(ctx).ID, nil
}

// Device is Session.device. It returns the browser and system that the session is used with, or null if they are unknown.
func (r sessionResolver) Device(_ context.Context, s *db.Session) (*string, error) {
	return nullIfEmpty(s.Device), nil
}
