package auth

import (
	"errors"
	"io"
	"net/http"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// beginConfirmation asks the signed-in person to use one of their passkeys again (WebAuthn L3 §7.2).
// db.RequireConfirmation requires this before a sensitive change.
func (s *Server) beginConfirmation(w http.ResponseWriter, r *http.Request) {
	var body struct{ Key bool } // whether the page needs the passkey for the content key
	if err := readJSON(w, r, maxFormBody, &body); err != nil && !errors.Is(err, io.EOF) {
		s.writeError(w, r, err)
		return
	}
	account, user, err := s.signedInUser(r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	if len(user.Passkeys) == 0 {
		s.writeError(w, r, refuse(http.StatusConflict, "no_passkey", "This account no longer has a passkey. Sign out, then use a recovery code to create one."))
		return
	}
	var options []webauthn.LoginOption
	if body.Key || user.Sealing != db.SealingServer {
		options = append(options, webauthn.WithAssertionExtensions(askForPRF()))
	}
	assertion, session, err := s.passkeys.BeginLogin(&passkeyUser{user}, options...)
	if err != nil {
		fault.Place(&err, "auth.beginConfirmation")
		s.writeError(w, r, err)
		return
	}
	session.AllowedCredentialIDs = nil // the list may be long, and confirm reads the account's passkeys again
	s.beginCeremony(w, r, db.CeremonyConfirmation, user.ID, ceremony{WebAuthn: *session, Session: account.ID}, assertion.Response)
}

func (s *Server) finishConfirmation(w http.ResponseWriter, r *http.Request) {
	key, err := s.confirm(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Key *passkeyKey `json:"key"`
	}{key})
}

func (s *Server) confirm(w http.ResponseWriter, r *http.Request) (_ *passkeyKey, err error) {
	defer fault.Place(&err, "auth.confirm")
	c, answer, err := s.finishCeremony(w, r, db.CeremonyConfirmation)
	if err != nil {
		return nil, err
	}
	account, user, err := s.signedInUser(r)
	if err != nil {
		return nil, err
	}
	if account.ID != c.Session { // somebody, perhaps another person, has signed in in this browser since
		return nil, errCeremonyExpired
	}
	parsed, err := s.parseLogin(answer)
	if err != nil {
		return nil, s.refusePasskey(r, err)
	}
	// Only a passkey of this account is accepted (GHSA-hp74-gm6m-2qm5). Both the library and db.Confirm
	// look for it only among the user's own credentials.
	credential, err := s.passkeys.ValidateLogin(&passkeyUser{user}, c.WebAuthn, parsed)
	switch {
	case err != nil:
		return nil, s.refusePasskeyAnswer(r, user, parsed, err)
	case credential.Authenticator.CloneWarning:
		return nil, s.refuseClonedPasskey(r, user.ID)
	}
	passkey := toPasskey(credential)
	passkey.Wrap = c.wrap
	err = s.db.Confirm(r.Context(), account, passkey)
	if errors.Is(err, db.ErrUnknownPasskey) {
		return nil, errPasskeyUnknown
	}
	if err != nil {
		return nil, wrapRefusal(err)
	}
	return s.keyOfPasskey(r.Context(), user, user.PasskeyID(credential.ID))
}
