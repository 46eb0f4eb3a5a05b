package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"

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
