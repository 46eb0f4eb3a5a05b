package auth

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

var errNotEmbedder = badRequest("embed_origin is not an embed origin of this tenant.")

var errUpgraded = refuseUncounted(http.StatusBadRequest, "upgraded", "These notes are protected by a passkey. Sign in with it.")

// grantVouched exchanges an assertion or a ticket for a session of the account that the tenant
// vouches for (RFC 7523 §2.1). The tenant must have chosen vouched accounts, and the subject must
// not be linked to an account with a passkey.
func (s *Server) grantVouched(r *http.Request, p url.Values, tenant *db.Tenant) (_ any, err error) {
	defer fault.Place(&err, "auth.grantVouched")
	if !tenant.Policy.VouchedAccounts || tenant.Policy.Assertion == db.AssertionNone {
		return nil, refuse(http.StatusBadRequest, "unauthorized_client", "This tenant does not vouch for accounts. Its visitors sign in with a passkey.")
	}
	if p.Get("scope") != "" && p.Get("scope") != "notes" {
		return nil, refuse(http.StatusBadRequest, "invalid_scope", "scope must be notes.")
	}
	embedOrigin := p.Get("embed_origin")
	if embedOrigin == "" {
		embedOrigin = s.frameOrigin // a tenant's backend has no page
	}
	if embedOrigin != s.frameOrigin && !tenant.Embeds(embedOrigin) {
		return nil, errNotEmbedder
	}
	if p.Get("assertion") == "" {
		return nil, badRequest("assertion is missing.")
	}
	proof, err := s.requireProof(r)
	if err != nil {
		return nil, err
	}
	var subject *db.Subject
	var evidence db.Evidence
	if assertion := secret.Of(p.Get("assertion")); isTicket(assertion) {
		subject, evidence, err = s.redeemTicket(r, tenant, assertion)
	} else {
		subject, evidence, err = s.useAssertion(r, tenant, assertion, proof.Thumbprint)
	}
	if err != nil {
		s.tellRefused(tenant, embedOrigin, err)
		return nil, err
	}
	if err := rateLimitError(s.limits.tenants.count(tenant.Key)); err != nil {
		return nil, err
	}
	accessToken := s.db.NewTokenSecret()
	user, err := s.db.GrantVouched(r.Context(), tenant.Key, *subject, evidence, proof.Thumbprint, embedOrigin, s.newSession(r, accessToken))
	if errors.Is(err, db.ErrNotAccepted) {
		return nil, s.rejectNotAccepted(r, tenant, err)
	}
	if errors.Is(err, db.ErrPasskeyRequired) {
		return nil, errUpgraded
	}
	if db.IsCode(err, db.CodeGone) { // the embed origin was removed while the assertion was checked
		return nil, errNotEmbedder
	}
	if err != nil {
		return nil, err
	}
	s.db.WidgetSignedIn(tenant, embedOrigin)
	return s.tokenResponse(tenant.Key, s.db.TokenText(accessToken, user), subject), nil
}
