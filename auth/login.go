package auth

import (
	"errors"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// beginLogin offers to sign in with any passkey that the person has (WebAuthn L3 §7.2).
func (s *Server) beginLogin(w http.ResponseWriter, r *http.Request) {
	assertion, session, err := s.passkeys.BeginDiscoverableLogin(askForPRFAtLogin(r)...)
	if err != nil {
		fault.Place(&err, "auth.beginLogin")
		s.writeError(w, r, err)
		return
	}
	s.beginCeremony(w, r, db.CeremonyLogin, uuid.Nil, ceremony{WebAuthn: *session}, assertion.Response)
}

func (s *Server) finishLogin(w http.ResponseWriter, r *http.Request) {
	response, err := s.login(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, response)
}

// login signs in with the answer to a login.
func (s *Server) login(w http.ResponseWriter, r *http.Request) (_ *signInResponse, err error) {
	defer fault.Place(&err, "auth.login")
	c, answer, err := s.finishCeremony(w, r, db.CeremonyLogin)
	if err != nil {
		return nil, err
	}
	user, credential, refuse := s.verifyLogin(r, c, answer)
	if refuse != nil {
		return nil, s.spendCeremony(r, c, refuse)
	}
	id := s.db.NewTokenSecret()
	session := s.newAccountSession(r, id)
	session.Ceremony = c.taken
	passkey := toPasskey(credential)
	passkey.ID = user.PasskeyID(passkey.CredentialID)
	if err := s.db.SignIn(r.Context(), user.ID, passkey, session, s.replacedSession(r)); err != nil {
		if errors.Is(err, db.ErrUnknownPasskey) {
			err = errPasskeyUnknown
		}
		return nil, s.spendCeremony(r, c, func() error { return err })
	}
	key, err := s.keyOfPasskey(r.Context(), user, user.PasskeyID(credential.ID))
	if err != nil {
		return nil, err
	}
	return &signInResponse{user.DisplayName, key}, s.setAccountCookie(w, r, s.db.TokenText(id, user.ID))
}

// verifyLogin verifies the answer to a login. If it is not accepted, refuse records and returns the refusal.
func (s *Server) verifyLogin(r *http.Request, c ceremony, answer []byte) (user *db.PasskeyUser, credential *webauthn.Credential, refuse func() error) {
	parsed, err := s.parseLogin(answer)
	if err != nil {
		return nil, nil, func() error { return s.refusePasskey(r, err) }
	}
	var findErr error // the library would report it as an invalid passkey
	find := func(credentialID, handle []byte) (webauthn.User, error) {
		found, err := s.db.PasskeyUserByHandle(r.Context(), handle)
		if err != nil {
			findErr = err
			return nil, err
		}
		user = found
		return &passkeyUser{found}, nil
	}
	_, credential, err = s.passkeys.ValidatePasskeyLogin(find, c.WebAuthn, parsed)
	switch {
	case errors.Is(findErr, db.ErrUnknownPasskey):
		refuse = func() error { return errPasskeyUnknown }
	case findErr != nil:
		refuse = func() error { return findErr }
	case err != nil && user != nil && !user.Holds(parsed.RawID): // removed from its account
		refuse = func() error {
			return s.recordRefusedPasskey(r, user.ID, "it is not a passkey of the account (anymore)", errPasskeyUnknown)
		}
	case err != nil && user != nil:
		refuse = func() error { return s.refusePasskeyAnswer(r, user, parsed, err) }
	case err != nil:
		refuse = func() error { return s.refusePasskey(r, err) }
	case credential.Authenticator.CloneWarning:
		refuse = func() error { return s.refuseClonedPasskey(r, user.ID) }
	}
	return user, credential, refuse
}

// parseLogin parses the answer to a ceremony that uses a passkey.
func (s *Server) parseLogin(answer []byte) (*protocol.ParsedCredentialAssertionData, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return parsed, s.checkClientData(parsed.Raw.AssertionResponse.ClientDataJSON)
}
