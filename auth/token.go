package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// A tokenResponse is the response of RFC 6749 §5.1 with the token type of RFC 9449 §5.
type tokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
	SubjectHash string `json:"subject_hash,omitempty"` // see Server.subjectHash
}

var errInvalidGrant = refuse(http.StatusBadRequest, "invalid_grant", "This code is invalid, expired or already used, or doesn't match this client, key and verifier.")

// The grant types of the token endpoint.
const (
	grantCode     = "authorization_code"                              // RFC 6749 §4.1.3
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange" // RFC 8693: an assertion for an identity handle
	grantVouched  = "urn:ietf:params:oauth:grant-type:jwt-bearer"     // RFC 7523: an assertion for a vouched session
)

// token is the token endpoint. It binds every token to the key of the request's DPoP proof.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	response, err := s.grantToken(w, r)
	if err != nil {
		s.offerNonce(w, err)
		s.writeOAuthError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, response)
}

func (s *Server) grantToken(w http.ResponseWriter, r *http.Request) (any, error) {
	p, err := readForm(w, r)
	if err != nil {
		return nil, err
	}
	var do func(*http.Request, url.Values, *db.Tenant) (any, error)
	switch p.Get("grant_type") {
	case grantCode:
		do = s.redeemCode
	case grantExchange:
		do = s.exchange
	case grantVouched:
		do = s.grantVouched
	case "":
		return nil, badRequest("grant_type is missing.")
	default:
		return nil, refuse(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be "+grantCode+", "+grantExchange+" or "+grantVouched+".")
	}
	tenant, err := s.tenantOfClient(r, p.Get("client_id"))
	if err != nil {
		return nil, err
	}
	release, err := s.acquireVerification(r, tenant.Key)
	if err != nil {
		return nil, err
	}
	defer release()
	return do(r, p, tenant)
}

// redeemCode exchanges an authorization code for an access token (RFC 6749 §4.1.3).
func (s *Server) redeemCode(r *http.Request, p url.Values, tenant *db.Tenant) (_ any, err error) {
	defer fault.Place(&err, "auth.redeemCode")
	code, verifier := secret.Of(p.Get("code")), secret.Of(p.Get("code_verifier"))
	if code.Empty() {
		return nil, badRequest("code is missing.")
	}
	if !verifierForm.MatchString(verifier.Reveal()) { // RFC 7636 §4.5; always required (CVE-2024-23647)
		return nil, badRequest("code_verifier is missing or malformed.")
	}
	proof, err := s.requireProof(r)
	if err != nil {
		return nil, err
	}
	checkBinding := func(request *db.AuthorizationRequest) error {
		sum := sha256.Sum256([]byte(verifier.Reveal()))
		challenge := base64.RawURLEncoding.EncodeToString(sum[:])
		if request.TenantKey != tenant.Key || // CVE-2026-28513
			request.RedirectURI != p.Get("redirect_uri") ||
			request.JKT != proof.Thumbprint || // RFC 9449 §10
			subtle.ConstantTimeCompare([]byte(challenge), []byte(request.CodeChallenge)) != 1 {
			return errInvalidGrant
		}
		return nil
	}
	accessToken := s.db.NewTokenSecret()
	request, err := s.db.RedeemCode(r.Context(), hashSecret(code), checkBinding, s.newSession(r, accessToken))
	if db.IsCode(err, db.CodeGone) {
		err = errInvalidGrant
	}
	if errors.Is(err, errInvalidGrant) {
		wrong := db.RecordedAs(db.Event{IP: address.Of(r).String()}, db.WrongCodesFrom.From(address.Subscriber(r).String())...)
		if err := s.db.Allow(r.Context(), wrong...); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	s.db.WidgetSignedIn(tenant, request.EmbedOrigin)
	return s.tokenResponse(tenant.Key, s.db.TokenText(accessToken, *request.UserID), request.AssertedSubject()), nil
}

func (s *Server) tokenResponse(tenantKey string, accessToken secret.Text, subject *db.Subject) *tokenResponse {
	response := &tokenResponse{AccessToken: accessToken.Reveal(), TokenType: "DPoP", ExpiresIn: int(s.sessionLife.Seconds()), Scope: "notes"}
	if subject != nil {
		response.SubjectHash = s.subjectHash(tenantKey, subject.ID)
	}
	return response
}

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
