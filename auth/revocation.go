package auth

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// revoke ends the session of a token, and the account session that granted it (RFC 7009).
func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	p, err := readForm(w, r)
	if err == nil && p.Get("token") == "" {
		err = badRequest("token is missing.")
	}
	var release func()
	if err == nil {
		release, err = s.acquireVerification(r, "revoke")
	}
	if err == nil {
		defer release()
		err = s.signOut(r, secret.Of(p.Get("token")))
	}
	if err != nil {
		s.writeOAuthError(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK) // also for unknown tokens: §2.2
}

// signOut ends a token's session. An unknown token is not an error (RFC 7009 §2.2), but is counted as
// a failure.
func (s *Server) signOut(r *http.Request, text secret.Text) (err error) {
	defer fault.Place(&err, "auth.signOut")
	token, err := s.db.ParseToken(text)
	known := err == nil && (token.User != uuid.Nil || base64url256.MatchString(text.Reveal()))
	if known {
		if known, err = s.db.KnowsToken(r.Context(), token); err != nil {
			return err
		}
	}
	if !known {
		return rateLimitError(s.limits.failures.count(r))
	}
	return s.db.SignOut(r.Context(), token, address.Of(r).String())
}
