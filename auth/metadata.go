package auth

import (
	"net/http"

	"github.com/company-a/aside/auth/assertion"
)

// metadata writes the authorization server metadata (RFC 8414).
func (s *Server) metadata(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                         s.accountOrigin,
		"authorization_endpoint":                         s.accountOrigin + "/oauth/authorize",
		"pushed_authorization_request_endpoint":          s.frameOrigin + "/oauth/par",
		"token_endpoint":                                 s.frameOrigin + "/oauth/token",
		"revocation_endpoint":                            s.frameOrigin + "/oauth/revoke",
		"jwks_uri":                                       s.accountOrigin + assertion.KeySetPath, // for encrypting assertions
		"require_pushed_authorization_requests":          true,
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query", "web_message"},
		"grant_types_supported":                          []string{grantCode, grantExchange, grantVouched},
		"scopes_supported":                               []string{"notes"},
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          []string{"none"},
		"revocation_endpoint_auth_methods_supported":     []string{"none"},
		"dpop_signing_alg_values_supported":              []string{"ES256"},
		"authorization_response_iss_parameter_supported": true,
	})
}

// publishKeySet writes our public keys. Tenants can encrypt assertions to them. The set has no signing keys, since we sign
// nothing that others verify.
func (s *Server) publishKeySet(w http.ResponseWriter, r *http.Request) {
	set, err := s.assertions.Keys.PublicJWKS(r.Context())
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	setHeaders(w.Header(), "application/jwk-set+json", "public, max-age=3600")
	_, _ = w.Write(append(set, '\n')) // an error means that the client has disconnected
}
