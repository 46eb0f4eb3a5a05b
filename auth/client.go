package auth

import (
	"net/http"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// tenantOfClient returns the tenant with the key client_id. It refuses an unknown or suspended tenant.
func (s *Server) tenantOfClient(r *http.Request, key string) (_ *db.Tenant, err error) {
	defer fault.Place(&err, "auth.tenantOfClient")
	tenant, err := s.db.Tenant(r.Context(), key)
	if db.IsCode(err, db.CodeNotFound) {
		return nil, refuse(http.StatusUnauthorized, "invalid_client", "There is no tenant with this client_id.")
	}
	if err != nil {
		return nil, err
	}
	if tenant.SuspendedAt != nil {
		return nil, refuse(http.StatusUnauthorized, "invalid_client", "This tenant is suspended.")
	}
	return tenant, nil
}

// RedirectURI returns the only redirect_uri of a tenant: its page on the frame origin.
func RedirectURI(frameOrigin, tenantKey string) string { return frameOrigin + "/embed/" + tenantKey }
