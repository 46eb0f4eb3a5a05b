package auth

import (
	"errors"
	"net/http"

	"github.com/company-a/aside/db"
)

var errSignInFirst = refuse(http.StatusUnauthorized, "unauthenticated", "Sign in with a passkey first.")

// beginConfirmation asks whoever is signed in for one of their own passkeys once more
// (WebAuthn L3 §7.2): what db.RequireConfirmation wants before a sensitive act.
func (s *Server) beginConfirmation(w http.ResponseWriter, r *http.Request) {
	account, user, err := s.signedIn(r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	if len(user.Passkeys) == 0 {
		s.writeError(w, r, refuse(http.StatusConflict, "no_passkey", "This account no longer has a passkey. Sign out, then use a recovery code to create one."))
		return
	}
	assertion, session, err := s.passkeys.BeginLogin(&passkeyUser{user})
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	s.offer(w, r, db.CeremonyConfirmation, user.ID, ceremony{WebAuthn: *session, Session: account.ID}, assertion.Response)
}

func (s *Server) finishConfirmation(w http.ResponseWriter, r *http.Request) {
	if err := s.confirm(w, r); err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, struct{}{})
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request) error {
	c, answer, err := s.take(w, r, db.CeremonyConfirmation)
	if err != nil {
		return err
	}
	account, user, err := s.signedIn(r)
	if err != nil {
		return err
	}
	if account.ID != c.Session { // somebody signed in meanwhile, perhaps somebody else
		return errCeremony
	}
	parsed, err := s.parseUsed(answer)
	if err != nil {
		return s.refusedPasskey(r, err)
	}
	// Of this account and no other (GHSA-hp74-gm6m-2qm5): the library looks among the user's own
	// credentials alone, and so does db.Confirm.
	credential, err := s.passkeys.ValidateLogin(&passkeyUser{user}, c.WebAuthn, parsed)
	switch {
	case err != nil:
		return s.refusedAnswer(r, user, parsed, err)
	case credential.Authenticator.CloneWarning:
		return s.refusedCopy(r, user.ID)
	}
	err = s.db.Confirm(r.Context(), account, toPasskey(credential))
	if errors.Is(err, db.ErrUnknownPasskey) {
		return errPasskeyUnknown
	}
	return err
}

// signedIn gives the account session that the request's cookie is of, and the passkeys of its
// person.
func (s *Server) signedIn(r *http.Request) (*db.Session, *db.PasskeyUser, error) {
	account, err := s.AccountSession(r)
	if err != nil {
		return nil, nil, err
	}
	if account == nil {
		return nil, nil, errSignInFirst
	}
	if err := tooOften(s.paces.sessions.count(account.ID)); err != nil {
		return nil, nil, err
	}
	user, err := s.db.PasskeyUser(r.Context(), account.UserID)
	return account, user, err
}
