package auth

import (
	"errors"
	"io"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// beginAddition offers whoever is signed in one more passkey (WebAuthn L3 §7.1), on a device
// that has none yet: on the one in their hands, or on another, where they say so (§5.4.5).
func (s *Server) beginAddition(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Attachment protocol.AuthenticatorAttachment
	}
	if err := readJSON(w, r, maxFormBody, &asked); err != nil && !errors.Is(err, io.EOF) {
		s.writeError(w, r, err)
		return
	}
	switch asked.Attachment {
	case "", protocol.Platform, protocol.CrossPlatform:
	default:
		s.writeError(w, r, badRequest("attachment must be platform or cross-platform."))
		return
	}
	account, user, err := s.signedIn(r)
	if err == nil {
		err = s.db.RequireConfirmation(r.Context(), account)
	}
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	own := webauthn.Credentials((&passkeyUser{user}).WebAuthnCredentials())
	where := s.passkeys.Config.AuthenticatorSelection
	where.AuthenticatorAttachment = asked.Attachment
	creation, session, err := s.passkeys.BeginRegistration(&passkeyUser{user},
		webauthn.WithExclusions(own.CredentialDescriptors()), webauthn.WithAuthenticatorSelection(where))
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	s.offer(w, r, db.CeremonyAddition, user.ID, ceremony{WebAuthn: *session, Session: account.ID}, creation.Response)
}

func (s *Server) finishAddition(w http.ResponseWriter, r *http.Request) {
	id, err := s.add(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]uuid.UUID{"id": id})
}

// add needs no second confirmation: the ceremony was begun with one, in this browser and by this
// session, and lives as long.
func (s *Server) add(w http.ResponseWriter, r *http.Request) (id uuid.UUID, err error) {
	c, answer, err := s.take(w, r, db.CeremonyAddition)
	if err != nil {
		return id, err
	}
	account, user, err := s.signedIn(r)
	if err != nil {
		return id, err
	}
	if account.ID != c.Session { // somebody signed in meanwhile, perhaps somebody else
		return id, errCeremony
	}
	passkey, err := s.created(r, user, c, answer)
	if err != nil {
		return id, err
	}
	return s.db.AddPasskey(r.Context(), account, passkey)
}
