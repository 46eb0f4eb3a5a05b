package auth

import (
	"net/http"
	"net/url"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// handleLife is the lifetime of an identity handle. A handle lives longer than an assertion, so that a visitor can still
// click some minutes after the page has loaded.
const handleLife = 10 * time.Minute

// The token types (RFC 8693 §3).
const (
	tokenTypeJWT    = "urn:ietf:params:oauth:token-type:jwt"                  //nolint:gosec // a name, not a token
	tokenTypeTicket = "urn:company-a:params:oauth:token-type:ticket"          //nolint:gosec // likewise
	tokenTypeHandle = "urn:company-a:params:oauth:token-type:identity-handle" //nolint:gosec // likewise
)

// An exchangeResponse is the response of RFC 8693 §2.2.1. Its access token is an identity handle, which authorizes nothing.
// An authorization request that is pushed with the same DPoP key can use the handle to name the visitor that the tenant
// asserted.
type exchangeResponse struct {
	AccessToken     string `json:"access_token"`
	IssuedTokenType string `json:"issued_token_type"`
	TokenType       string `json:"token_type"`
	ExpiresIn       int    `json:"expires_in"` // seconds
	SubjectHash     string `json:"subject_hash"`
}

// exchange exchanges an assertion or a ticket for an identity handle (RFC 8693).
func (s *Server) exchange(r *http.Request, p url.Values, tenant *db.Tenant) (_ any, err error) {
	defer fault.Place(&err, "auth.exchange")
	if p.Has("actor_token") || (p.Has("requested_token_type") && p.Get("requested_token_type") != tokenTypeHandle) {
		return nil, badRequest("requested_token_type must be " + tokenTypeHandle + ", without an actor.")
	}
	proof, err := s.requireProof(r)
	if err != nil {
		return nil, err
	}
	var subject *db.Subject
	var evidence db.Evidence
	switch token, kind := secret.Of(p.Get("subject_token")), p.Get("subject_token_type"); {
	case token.Empty():
		return nil, badRequest("subject_token is missing.")
	case kind == tokenTypeTicket || (kind == tokenTypeJWT && isTicket(token)):
		subject, evidence, err = s.redeemTicket(r, tenant, token)
	case kind == tokenTypeJWT:
		subject, evidence, err = s.useAssertion(r, tenant, token, proof.Thumbprint)
	default:
		return nil, badRequest("subject_token_type must be " + tokenTypeJWT + " or " + tokenTypeTicket + ".")
	}
	if err != nil {
		s.tellRefused(tenant, p.Get("embed_origin"), err)
		return nil, err
	}
	if err := rateLimitError(s.limits.tenants.count(tenant.Key)); err != nil {
		return nil, err
	}
	handle := secret.New()
	if err := s.db.StoreIdentityHandle(r.Context(), hashSecret(handle), tenant.Key, *subject, proof.Thumbprint, evidence, handleLife); err != nil {
		return nil, s.rejectNotAccepted(r, tenant, err)
	}
	return &exchangeResponse{
		AccessToken: handle.Reveal(), IssuedTokenType: tokenTypeHandle, TokenType: "N_A",
		ExpiresIn: int(handleLife.Seconds()), SubjectHash: s.subjectHash(tenant.Key, subject.ID),
	}, nil
}
