package graph

import (
	"context"

	"github.com/company-a/aside/db"
)

// RecoveryCodesLeft is how many of the viewer's are unused.
func (r viewerResolver) RecoveryCodesLeft(ctx context.Context, s *db.Session) (int, error) {
	return r.db.RecoveryCodesLeft(ctx, s.UserID)
}

// RegenerateRecoveryCodes makes ten, in place of those from before.
func (r mutationResolver) RegenerateRecoveryCodes(ctx context.Context) ([]string, error) {
	return r.db.RegenerateRecoveryCodes(ctx, session(ctx))
}
