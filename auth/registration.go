package auth

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
	"github.com/company-a/aside/internal/fault"
)

// beginRegistration starts a ceremony that creates an account with its first passkey (WebAuthn L3 §7.1).
func (s *Server) beginRegistration(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Name   string
		Second bool // the person knows that an account was used in this browser, and wants another one
	}
	if err := readJSON(w, r, maxFormBody, &body); err != nil && !errors.Is(err, io.EOF) {
		s.writeError(w, r, err)
		return
	}
	name, err := accountName(body.Name, s.now())
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	var known []protocol.CredentialDescriptor
	if !body.Second {
		if known, err = s.signedInPasskeys(r); err != nil {
			s.writeError(w, r, err)
			return
		}
	}
	creation, session, err := s.passkeys.BeginRegistration(&passkeyUser{&db.PasskeyUser{Handle: s.db.NewUserHandle(), DisplayName: name}},
		webauthn.WithExclusions(known), webauthn.WithExtensions(askForPRF()))
	if err != nil {
		fault.Place(&err, "auth.beginRegistration")
		s.writeError(w, r, err)
		return
	}
	s.beginCeremony(w, r, db.CeremonyRegistration, uuid.Nil, ceremony{WebAuthn: *session, DisplayName: name}, creation.Response)
}

// signedInPasskeys returns the passkeys of the account that is signed in in this browser, if one is. A device that has one of them
// reports that in place of creating a passkey for a second account.
func (s *Server) signedInPasskeys(r *http.Request) ([]protocol.CredentialDescriptor, error) {
	account, err := s.AccountSession(r)
	if err != nil || account == nil {
		return nil, err
	}
	user, err := s.db.PasskeyUser(r.Context(), account.UserID)
	if err != nil {
		return nil, err
	}
	return webauthn.Credentials((&passkeyUser{user}).WebAuthnCredentials()).CredentialDescriptors(), nil
}

func (s *Server) finishRegistration(w http.ResponseWriter, r *http.Request) {
	response, err := s.register(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, response)
}

// register verifies the answer to a registration, creates the account and signs it in.
func (s *Server) register(w http.ResponseWriter, r *http.Request) (_ *signInResponse, err error) {
	defer fault.Place(&err, "auth.register")
	c, answer, err := s.finishCeremony(w, r, db.CeremonyRegistration)
	if err != nil {
		return nil, err
	}
	user := &db.PasskeyUser{Handle: c.WebAuthn.UserID, DisplayName: c.DisplayName, Sealing: db.SealingServer}
	passkey, err := s.verifyRegistration(r, user, c, answer)
	if err != nil {
		return nil, err
	}
	signUps := db.RecordedAs(db.Event{IP: address.Of(r).String()}, db.SignUpsFrom.From(address.Subscriber(r).String())...)
	if err := s.db.Allow(r.Context(), signUps...); err != nil {
		return nil, err
	}
	id := s.db.NewTokenSecret()
	created, err := s.db.SignUp(r.Context(), db.NewUser{Handle: user.Handle, DisplayName: user.DisplayName, Passkey: passkey},
		s.newAccountSession(r, id), s.replacedSession(r))
	if err != nil {
		return nil, err
	}
	response := &signInResponse{user.DisplayName, &passkeyKey{accountKey: newAccountKey(user), Passkey: passkey.ID}}
	return response, s.setAccountCookie(w, r, s.db.TokenText(id, created))
}

// undoRegistration deletes the account that the person has just created in the popup, and declines.
func (s *Server) undoRegistration(w http.ResponseWriter, r *http.Request) {
	var body struct{ Passkey uuid.UUID }
	err := readJSON(w, r, maxFormBody, &body)
	if errors.Is(err, io.EOF) {
		err = badRequest("Send the id of the account's passkey.")
	}
	var account *db.Session
	if err == nil {
		account, _, err = s.signedInUser(r)
	}
	if err == nil {
		err = s.db.DeleteUnusedAccount(r.Context(), account, body.Passkey)
	}
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, struct{}{})
}

// verifyRegistration verifies the answer to a ceremony that creates a passkey (WebAuthn L3 §7.1).
func (s *Server) verifyRegistration(r *http.Request, user *db.PasskeyUser, c ceremony, answer []byte) (p db.Passkey, err error) {
	parsed, err := s.parseRegistration(answer)
	if err != nil {
		return p, s.refusePasskey(r, err)
	}
	credential, err := s.passkeys.CreateCredential(&passkeyUser{user}, c.WebAuthn, parsed)
	if err != nil {
		return p, s.refusePasskey(r, err)
	}
	// Without attestation, the library does not check the key (WebAuthn L3 §5.8.5). Nobody could sign in
	// again to an account with an invalid key.
	if _, err := webauthncose.ParsePublicKey(credential.PublicKey); err != nil {
		return p, s.refusePasskey(r, err)
	}
	p = toPasskey(credential)
	p.ID, p.Wrap, p.Device = c.Passkey, c.wrap, deviceOf(r)
	return p, nil
}

// beginAddition offers another passkey to the signed-in person (WebAuthn L3 §7.1), on a device
// without a passkey of the account: this device or another one, as they choose (§5.4.5).
func (s *Server) beginAddition(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Attachment protocol.AuthenticatorAttachment
	}
	if err := readJSON(w, r, maxFormBody, &body); err != nil && !errors.Is(err, io.EOF) {
		s.writeError(w, r, err)
		return
	}
	switch body.Attachment {
	case "", protocol.Platform, protocol.CrossPlatform:
	default:
		s.writeError(w, r, badRequest("attachment must be platform or cross-platform."))
		return
	}
	account, user, err := s.signedInUser(r)
	if err == nil {
		err = s.db.RequireConfirmation(r.Context(), account)
	}
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	own := webauthn.Credentials((&passkeyUser{user}).WebAuthnCredentials())
	selection := s.passkeys.Config.AuthenticatorSelection
	selection.AuthenticatorAttachment = body.Attachment
	creation, session, err := s.passkeys.BeginRegistration(&passkeyUser{user},
		webauthn.WithExclusions(own.CredentialDescriptors()), webauthn.WithAuthenticatorSelection(selection), webauthn.WithExtensions(askForPRF()))
	if err != nil {
		fault.Place(&err, "auth.beginAddition")
		s.writeError(w, r, err)
		return
	}
	s.beginCeremony(w, r, db.CeremonyAddition, user.ID, ceremony{WebAuthn: *session, Session: account.ID}, creation.Response)
}

func (s *Server) finishAddition(w http.ResponseWriter, r *http.Request) {
	key, err := s.addPasskey(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		ID  uuid.UUID   `json:"id"`
		Key *passkeyKey `json:"key"`
	}{key.Passkey, key})
}

// addPasskey adds the passkey of an answered ceremony. It needs no second confirmation: the ceremony began
// with one in the same browser and session, and ends as soon.
func (s *Server) addPasskey(w http.ResponseWriter, r *http.Request) (_ *passkeyKey, err error) {
	defer fault.Place(&err, "auth.addPasskey")
	c, answer, err := s.finishCeremony(w, r, db.CeremonyAddition)
	if err != nil {
		return nil, err
	}
	account, user, err := s.signedInUser(r)
	if err != nil {
		return nil, err
	}
	if account.ID != c.Session { // another sign-in in this browser since, perhaps by another person
		return nil, errCeremonyExpired
	}
	passkey, err := s.verifyRegistration(r, user, c, answer)
	if err != nil {
		return nil, err
	}
	id, err := s.db.AddPasskey(r.Context(), account, passkey)
	if err != nil {
		return nil, wrapRefusal(err)
	}
	return s.keyOfPasskey(r.Context(), user, id)
}

// parseRegistration parses the answer to a ceremony that creates a passkey.
func (s *Server) parseRegistration(answer []byte) (*protocol.ParsedCredentialCreationData, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return parsed, s.checkClientData(parsed.Raw.AttestationResponse.ClientDataJSON)
}

// accountName returns the name of a new account. It is the name that our page proposes in the person's language, or an
// English name if the page proposes none. The name has the date, so that a person can tell their accounts apart, and no other
// information. The person can change it.
func accountName(proposed string, now time.Time) (string, error) {
	if proposed == "" {
		return "Passkey account, " + now.UTC().Format("Jan 2, 2006"), nil
	}
	name, err := db.CheckName("name", proposed)
	if err != nil {
		return "", badRequest("name must be a single line of 1 to 80 characters.")
	}
	return name, nil
}
