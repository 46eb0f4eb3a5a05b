package auth

import (
	"errors"
	"net/http"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

var errSignInFirst = refuse(http.StatusUnauthorized, "unauthenticated", "Sign in with a passkey first.")

// AccountSession returns the live account session of the request's cookie, or nil if there is none.
// It counts as using the session, except when r opens an event stream.
func (s *Server) AccountSession(r *http.Request) (_ *db.Session, err error) {
	defer fault.Place(&err, "auth.AccountSession")
	id := s.cookieID(r, accountCookie)
	if id.Empty() {
		return nil, nil
	}
	session, err := s.session(r, id, "")
	if errors.Is(err, db.ErrNoSession) || (err == nil && session.Kind != db.SessionAccount) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	session.From = address.Of(r).String()
	return session, nil
}

// newAccountSession describes the session that a sign-in in this browser starts. id is the secret of its cookie.
func (s *Server) newAccountSession(r *http.Request, id secret.Text) db.NewSession {
	return db.NewSession{Token: hashSecret(id), Idle: accountIdle, Lifetime: accountLife, From: address.Of(r).String(), Device: deviceOf(r)}
}

// replacedSession returns the token of the account session that a sign-in in this browser ends,
// or nil.
func (s *Server) replacedSession(r *http.Request) *db.Token {
	id := s.cookieID(r, accountCookie)
	if id.Empty() {
		return nil
	}
	token, err := s.db.ParseToken(id)
	if err != nil {
		return nil
	}
	return &token
}

// session returns the live session of a token's text. It records that the session is used, unless r opens
// an event stream. thumbprint is that of the DPoP proof's key, or "" for the account cookie.
func (s *Server) session(r *http.Request, text secret.Text, thumbprint string) (*db.Session, error) {
	token, err := s.db.ParseToken(text)
	if err != nil {
		return nil, err
	}
	if OpensStream(r) {
		return s.db.PeekSession(r.Context(), token, thumbprint)
	}
	return s.db.LookUpSession(r.Context(), token, thumbprint)
}

func (s *Server) newSession(r *http.Request, accessToken secret.Text) db.NewSession {
	return db.NewSession{Token: hashSecret(accessToken), Idle: s.sessionIdle, Lifetime: s.sessionLife, OwnOrigin: s.frameOrigin, From: address.Of(r).String(), Device: deviceOf(r)}
}

// hashSecret returns the form in which the database stores a secret.
func hashSecret(s secret.Text) db.TokenHash { return db.HashToken(s.Reveal()) }
