package graph

import (
	"context"

	"github.com/company-a/aside/db"
)

// AddEmbedOrigin allows the pages of an origin to embed a tenant's widget.
func (r mutationResolver) AddEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	return r.db.AddEmbedOrigin(ctx, seat(ctx), tenant, origin)
}

// RemoveEmbedOrigin removes an origin that AddEmbedOrigin added.
func (r mutationResolver) RemoveEmbedOrigin(ctx context.Context, tenant, origin string) (*db.Tenant, error) {
	return r.db.RemoveEmbedOrigin(ctx, seat(ctx), tenant, origin)
}
