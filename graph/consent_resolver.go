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

// Tenant is Consent.tenant. It returns the tenant that the person allows.
func (r consentResolver) Tenant(ctx context.Context, c *db.Consent) (*db.Tenant, error) {
	return r.tenants.get(ctx, c.TenantKey)
}
