package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Identity is whom the tenant says the visitor is, where the viewer has linked that.
func (r viewerResolver) Identity(ctx context.Context, s *db.Session) (*db.Identity, error) {
	if s.SubjectHash == "" {
		return nil, nil
	}
	i, err := r.db.IdentityOf(ctx, s)
	if db.IsCode(err, db.CodeNotFound) {
		return nil, nil
	}
	return i, err
}

// Identities are what the viewer has linked.
func (r viewerResolver) Identities(ctx context.Context, s *db.Session) ([]*db.Identity, error) {
	list, err := r.db.Identities(ctx, s.UserID)
	return each(list, func(i *db.Identity) *db.Identity { return i }), err
}

// UnlinkIdentity undoes a link.
func (r mutationResolver) UnlinkIdentity(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	key := noteID(id)
	if err := r.db.Unlink(ctx, session(ctx), key); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: key.String()}, nil
}

// ID is the link's.
func (r identityResolver) ID(_ context.Context, i *db.Identity) (string, error) {
	return i.ID.String(), nil
}

// Tenant is who says so.
func (r identityResolver) Tenant(ctx context.Context, i *db.Identity) (*db.Tenant, error) {
	return r.tenants.get(ctx, i.TenantKey)
}

// Subject is the tenant's own name for its visitor.
func (r identityResolver) Subject(_ context.Context, i *db.Identity) (string, error) {
	return i.Subject.ID, nil
}

// Email is as the tenant last said it.
func (r identityResolver) Email(_ context.Context, i *db.Identity) (*string, error) {
	return orNull(i.Subject.Email), nil
}

// Name is as the tenant last said it.
func (r identityResolver) Name(_ context.Context, i *db.Identity) (*string, error) {
	return orNull(i.Subject.Name), nil
}
