package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Consents is Viewer.consents. It returns the tenants that the viewer allows.
func (r viewerResolver) Consents(ctx context.Context, s *db.Session) ([]*db.Consent, error) {
	list, err := r.db.Consents(ctx, s.UserID)
	return notNull(list), err
}

// WithdrawConsent is the mutation withdrawConsent. It withdraws that the viewer allows a tenant.
func (r mutationResolver) WithdrawConsent(ctx context.Context, tenant string) (*generated.DeletedPayload, error) {
	if err := r.db.WithdrawConsent(ctx, session(ctx), tenant); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: tenant}, nil
}

// EmbedOrigin is Consent.embedOrigin. It returns the origin of the tenant's page on which the person last signed in, or null.
func (r consentResolver) EmbedOrigin(ctx context.Context, c *db.Consent) (*string, error) {
	if c.EmbedOrigin == "" {
		return nil, nil
	}
	tenant, err := r.tenants.get(ctx, c.TenantKey)
	if err != nil || !tenant.Lists(c.EmbedOrigin) {
		return nil, err
	}
	return &c.EmbedOrigin, nil
}

// Tenant is Consent.tenant. It returns the tenant that the person allows.
func (r consentResolver) Tenant(ctx context.Context, c *db.Consent) (*db.Tenant, error) {
	return r.tenants.get(ctx, c.TenantKey)
}
