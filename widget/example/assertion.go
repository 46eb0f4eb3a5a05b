package example

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

// The widget fetches an assertion when it needs one, so a short lifetime is enough.
const assertionLife = 2 * time.Minute

// claims are what the shop says about a customer (RFC 7519 §4).
type claims struct {
	Issuer    string `json:"iss"` // the shop's tenant key
	Audience  string `json:"aud"` // Aside's account origin
	Subject   string `json:"sub"`
	IssuedAt  int64  `json:"iat"`
	ExpiresAt int64  `json:"exp"`
	ID        string `json:"jti"`
	Nonce     string `json:"nonce,omitempty"`
	Email     string `json:"email"`
	Name      string `json:"name"`
}

// sendAssertion answers the shop's own script with a JWT that names the customer who is logged in, or with nothing.
//
//	GET /aside-assertion?nonce=…
//
// The session cookie identifies the customer. A parameter must not: with it, anybody could claim to be another customer.
func (s *shop) sendAssertion(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	c := s.loggedIn(r)
	if c == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	jwt, err := s.assertion(c, r.URL.Query().Get("nonce"))
	if err != nil {
		http.Error(w, "The shop is closed for a moment.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	_, _ = w.Write([]byte(jwt)) // it fails only if the visitor has disconnected
}

// assertion returns a JWT that names a customer, signed with the shared secret (HS256). Only the widget that sent the nonce
// can use it.
func (s *shop) assertion(c *customer, nonce string) (string, error) {
	now := time.Now()
	payload, err := json.Marshal(claims{
		Issuer: s.TenantKey, Audience: s.AccountOrigin, Subject: c.ID, Email: c.Email, Name: c.Name,
		IssuedAt: now.Unix(), ExpiresAt: now.Add(assertionLife).Unix(), ID: rand.Text(), Nonce: nonce,
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(payload)
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte(signed))
	return signed + "." + encode(mac.Sum(nil)), nil
}
