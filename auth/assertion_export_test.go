package auth

import (
	"context"

	"github.com/company-a/aside/db"
)

// CheckAssertion is checkAssertion, as the token endpoint calls it.
func (s *Server) CheckAssertion(ctx context.Context, tenant *db.Tenant, assertion, jkt string) (*AssertionReport, error) {
	return s.checkAssertion(ctx, tenant, assertion, jkt, true)
}
