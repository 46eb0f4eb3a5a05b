package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"

	"github.com/company-a/aside/db"
)

// A tokenResponse is RFC 6749 §5.1 with the token type of RFC 9449 §5.
type tokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
}

var errInvalidGrant = refuse(http.StatusBadRequest, "invalid_grant", "This code is unknown, expired, used before, or not for this client, key and verifier.")

// token turns a code into an access token (RFC 6749 §4.1.3).
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	response, err := s.redeem(w, r)
	if err != nil {
		s.offerNonce(w, err)
		s.writeOAuthError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, response)
}

func (s *Server) redeem(w http.ResponseWriter, r *http.Request) (*tokenResponse, error) {
	p, err := form(w, r)
	if err != nil {
		return nil, err
	}
	switch p.Get("grant_type") {
	case "authorization_code":
	case "":
		return nil, badRequest("grant_type is missing.")
	default:
		return nil, refuse(http.StatusBadRequest, "unsupported_grant_type", "grant_type is authorization_code.")
	}
	tenant, err := s.client(r, p.Get("client_id"))
	if err != nil {
		return nil, err
	}
	code, verifier := p.Get("code"), p.Get("code_verifier")
	if code == "" {
		return nil, badRequest("code is missing.")
	}
	if !verifierForm.MatchString(verifier) { // RFC 7636 §4.5; never without, whatever was asked for (CVE-2024-23647)
		return nil, badRequest("code_verifier is missing or malformed.")
	}
	proof, err := s.verifyProof(r, "/oauth/token", "")
	if err != nil {
		return nil, err
	}
	if err := s.spend(r, proof); err != nil {
		return nil, err
	}
	bound := func(request *db.Request) error {
		sum := sha256.Sum256([]byte(verifier))
		challenge := base64.RawURLEncoding.EncodeToString(sum[:])
		if request.TenantKey != tenant.Key || // CVE-2026-28513
			request.RedirectURI != p.Get("redirect_uri") ||
			request.JKT != proof.jkt || // RFC 9449 §10
			subtle.ConstantTimeCompare([]byte(challenge), []byte(request.CodeChallenge)) != 1 {
			return errInvalidGrant
		}
		return nil
	}
	accessToken := newSecret()
	request, err := s.db.RedeemCode(r.Context(), db.HashToken(code), bound,
		db.NewSession{Token: db.HashToken(accessToken), Idle: s.sessionIdle, Lifetime: s.sessionLife})
	if db.IsCode(err, db.CodeGone) {
		return nil, errInvalidGrant
	}
	if err != nil {
		return nil, err
	}
	return &tokenResponse{AccessToken: accessToken, TokenType: "DPoP", ExpiresIn: int(s.sessionLife.Seconds()), Scope: request.Scope}, nil
}

// revoke ends the session of a token and the account session that granted it (RFC 7009).
func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	p, err := form(w, r)
	if err == nil && p.Get("token") == "" {
		err = badRequest("token is missing.")
	}
	if err == nil {
		err = s.db.SignOut(r.Context(), db.HashToken(p.Get("token")))
	}
	if err != nil {
		s.writeOAuthError(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK) // for unknown tokens too: §2.2
}
