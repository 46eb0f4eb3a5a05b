package auth

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/company-a/aside/db"
)

// beginRecovery offers whoever has a recovery code, or an operator's link, a new passkey for its
// account (WebAuthn L3 §7.1). The code is used up when that is there, and not before: a prompt
// that is cancelled costs nothing.
func (s *Server) beginRecovery(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Code secret }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFormBody)).Decode(&asked); err != nil {
		s.writeError(w, r, badRequest("The code cannot be read."))
		return
	}
	found, err := s.db.FindRecovery(r.Context(), asked.Code.reveal(), Address(r), neighbourhood(r).String())
	if err != nil {
		s.writeError(w, r, recoveryRefusal(err))
		return
	}
	own := webauthn.Credentials((&passkeyUser{found.User}).WebAuthnCredentials())
	creation, session, err := s.passkeys.BeginRegistration(&passkeyUser{found.User}, webauthn.WithExclusions(own.CredentialDescriptors()))
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	s.offer(w, r, db.CeremonyRecovery, found.User.ID, ceremony{WebAuthn: *session, User: found.User.ID, Code: found.Code}, creation.Response)
}

func (s *Server) finishRecovery(w http.ResponseWriter, r *http.Request) {
	name, err := s.recover(w, r)
	if err != nil {
		s.writeError(w, r, recoveryRefusal(err))
		return
	}
	writeJSON(w, http.StatusOK, signedIn{name})
}

func (s *Server) recover(w http.ResponseWriter, r *http.Request) (name string, err error) {
	c, answer, err := s.take(w, r, db.CeremonyRecovery)
	if err != nil {
		return "", err
	}
	user, err := s.db.PasskeyUser(r.Context(), c.User)
	if err != nil {
		return "", err
	}
	passkey, err := s.created(r, user, c, answer)
	if err != nil {
		return "", err
	}
	id := newSecret()
	err = s.db.Recover(r.Context(), user.ID, c.Code, passkey, s.newAccountSession(r, id), s.replaced(r))
	if err != nil {
		return "", err
	}
	return user.DisplayName, s.setCookieID(w, r, accountCookie, id)
}

// recoveryRefusal has a name of its own for a code that is good for nothing, whatever the reason.
func recoveryRefusal(err error) error {
	var known *db.Error
	if errors.As(err, &known) && (errors.Is(err, db.ErrRecovery) || known.Code == db.CodeGone) {
		return refuse(http.StatusBadRequest, "recovery_refused", known.Message)
	}
	return err
}
