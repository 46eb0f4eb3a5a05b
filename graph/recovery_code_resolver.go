package graph

import (
	"context"

	"github.com/company-a/aside/db"
)

// RecoveryCodesLeft is Viewer.recoveryCodesLeft. It returns how many of the viewer's recovery codes are unused.
func (r viewerResolver) RecoveryCodesLeft(ctx context.Context, s *db.Session) (int, error) {
	return r.db.RecoveryCodesLeft(ctx, s.UserID)
}

// RegenerateRecoveryCodes is the mutation regenerateRecoveryCodes. It replaces the recovery codes with ten new ones.
func (r mutationResolver) RegenerateRecoveryCodes(ctx context.Context) ([]string, error) {
	return r.db.RegenerateRecoveryCodes(ctx, session(ctx))
}
