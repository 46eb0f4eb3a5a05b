package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Identity is Viewer.identity. It returns the tenant's subject that the viewer has linked, or null.
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

// Identities is Viewer.identities. It returns the subjects that the viewer has linked, of all tenants.
func (r viewerResolver) Identities(ctx context.Context, s *db.Session) ([]*db.Identity, error) {
	list, err := r.db.Identities(ctx, s.UserID)
	return notNull(list), err
}

// UnlinkIdentity is the mutation unlinkIdentity. It removes a link.
func (r mutationResolver) UnlinkIdentity(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	key := parseID(id)
	if err := r.db.Unlink(ctx, session(ctx), key); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: key.String()}, nil
}

// ID is Identity.id. It returns the id of the link.
func (r identityResolver) ID(_ context.Context, i *db.Identity) (string, error) {
	return i.ID.String(), nil
}

// Tenant is Identity.tenant. It returns the tenant of the subject.
func (r identityResolver) Tenant(ctx context.Context, i *db.Identity) (*db.Tenant, error) {
	return r.tenants.get(ctx, i.TenantKey)
}

// Subject is Identity.subject. It returns the tenant's id of its visitor.
func (r identityResolver) Subject(_ context.Context, i *db.Identity) (string, error) {
	return i.Subject.ID, nil
}

// Email is Identity.email. It returns the email address that the tenant last sent.
func (r identityResolver) Email(_ context.Context, i *db.Identity) (*string, error) {
	return nullIfEmpty(i.Subject.Email), nil
}

// Name is Identity.name. It returns the name that the tenant last sent.
func (r identityResolver) Name(_ context.Context, i *db.Identity) (*string, error) {
	return nullIfEmpty(i.Subject.Name), nil
}
