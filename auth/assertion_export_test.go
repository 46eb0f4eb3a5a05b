package auth

import (
	"context"
	"maps"
	"slices"

	"github.com/company-a/aside/db"
)

// CheckAssertion is checkAssertion, as the token endpoint calls it.
func (s *Server) CheckAssertion(ctx context.Context, tenant *db.Tenant, assertion, jkt string) (*AssertionReport, error) {
	return s.checkAssertion(ctx, tenant, assertion, jkt, true)
}

// AccountEndpoints are the paths that take JSON.
func (s *Server) AccountEndpoints() []string {
	return slices.Sorted(maps.Keys(s.accountEndpoints()))
}

// FrameEndpoints are the paths that take forms.
func (s *Server) FrameEndpoints() []string { return slices.Sorted(maps.Keys(s.frameEndpoints())) }
