package graph

import (
	"context"

	"github.com/company-a/aside/db"
)

// AddEmbedOrigin allows the pages of an origin to embed a tenant's widget.
func (r mutationResolver) AddEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.db.AddEmbedOrigin(ctx, seat, origin)
}

// RemoveEmbedOrigin removes an origin that AddEmbedOrigin added.
func (r mutationResolver) RemoveEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	seat, err := r.seat(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return r.db.RemoveEmbedOrigin(ctx, seat, origin)
}
