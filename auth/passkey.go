package auth

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
)

// A ceremony's answer with an attestation is a few kilobytes.
const maxCeremonyBody = 64 << 10

var (
	errCeremony       = refuse(http.StatusGone, "ceremony_expired", "This request expired or was already completed. Try again.")
	errPasskeyChanged = refuse(http.StatusBadRequest, "passkey_changed", "This passkey has changed in a way that can’t be trusted. Use another passkey of your account or a recovery code.")
	errPasskeyRefused = refuse(http.StatusBadRequest, "passkey_refused", "This passkey couldn’t be verified. Try again or use another one.")
	errPasskeyUnknown = refuse(http.StatusNotFound, "passkey_unknown", "This passkey doesn't match any account here. Create an account or use another passkey.")
)

// What the server keeps of a ceremony under way.
type ceremony struct {
	WebAuthn    webauthn.SessionData `json:"webauthn"`
	DisplayName string               `json:"displayName,omitempty"` // of a registration
	Session     uuid.UUID            `json:"session"`               // of an addition and a confirmation: the one that asks
	User        uuid.UUID            `json:"user"`                  // of a recovery
	Code        []byte               `json:"code,omitempty"`        // of a recovery: what it will use up
	Instead     bool                 `json:"instead,omitempty"`     // of a recovery: of the account that is signed in here
}

// The begin and finish of all ceremonies speak this.
type (
	ceremonyOffer struct {
		Ceremony string `json:"ceremony"`
		Options  any    `json:"options"`
	}
	ceremonyAnswer struct {
		Ceremony   secret          `json:"ceremony"`
		Credential json.RawMessage `json:"credential"`
	}
	signedIn struct {
		DisplayName string `json:"displayName"`
	}
)

// beginRegistration offers to make an account with its first passkey (WebAuthn L3 §7.1).
func (s *Server) beginRegistration(w http.ResponseWriter, r *http.Request) {
	handle := make([]byte, 64) // WebAuthn L3 §14.6.1: random, nothing about the person
	if _, err := rand.Read(handle); err != nil {
		s.writeError(w, r, err)
		return
	}
	name := newDisplayName()
	creation, session, err := s.passkeys.BeginRegistration(&passkeyUser{&db.PasskeyUser{Handle: handle, DisplayName: name}})
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	s.offer(w, r, db.CeremonyRegistration, uuid.Nil, ceremony{WebAuthn: *session, DisplayName: name}, creation.Response)
}

// beginLogin offers a sign-in with whichever passkey the person has (WebAuthn L3 §7.2).
func (s *Server) beginLogin(w http.ResponseWriter, r *http.Request) {
	assertion, session, err := s.passkeys.BeginDiscoverableLogin()
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	s.offer(w, r, db.CeremonyLogin, uuid.Nil, ceremony{WebAuthn: *session}, assertion.Response)
}

// offer keeps the server's side of a ceremony, of user where it is known whose it is, and sends
// the browser's.
func (s *Server) offer(w http.ResponseWriter, r *http.Request, kind db.CeremonyKind, user uuid.UUID, c ceremony, options any) {
	browser, err := s.browser(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	data, err := json.Marshal(c)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	id := newSecret()
	if err := s.db.StartCeremony(r.Context(), kind, user, id.hash(), browser, data, ceremonyLife); err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, ceremonyOffer{Ceremony: id.reveal(), Options: options})
}

// take reads an answer and takes the ceremony that it answers: whatever comes of it, there
// is no second try.
func (s *Server) take(w http.ResponseWriter, r *http.Request, kind db.CeremonyKind) (c ceremony, credential []byte, err error) {
	var answer ceremonyAnswer
	if readJSON(w, r, maxCeremonyBody, &answer) != nil {
		return c, nil, errPasskeyRefused
	}
	leave, err := s.turn(r, "ceremony")
	if err != nil {
		return c, nil, err
	}
	defer leave()
	data, err := s.db.TakeCeremony(r.Context(), kind, answer.Ceremony.hash(), s.cookieID(r, browserCookie).hash())
	if db.IsCode(err, db.CodeGone) {
		return c, nil, errCeremony
	}
	if err != nil {
		return c, nil, err
	}
	return c, answer.Credential, json.Unmarshal(data, &c)
}

func (s *Server) finishRegistration(w http.ResponseWriter, r *http.Request) {
	name, err := s.register(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, signedIn{name})
}

func (s *Server) register(w http.ResponseWriter, r *http.Request) (name string, err error) {
	c, answer, err := s.take(w, r, db.CeremonyRegistration)
	if err != nil {
		return "", err
	}
	user := &db.PasskeyUser{Handle: c.WebAuthn.UserID, DisplayName: c.DisplayName}
	passkey, err := s.created(r, user, c, answer)
	if err != nil {
		return "", err
	}
	signUps := db.RecordedAs(db.Event{IP: address.Of(r).String()}, db.SignUpsFrom.From(address.Subscriber(r).String())...)
	if err := s.db.Allow(r.Context(), signUps...); err != nil {
		return "", err
	}
	id := newSecret()
	_, err = s.db.SignUp(r.Context(), db.NewUser{Handle: user.Handle, DisplayName: user.DisplayName, Passkey: passkey},
		s.newAccountSession(r, id), s.replaced(r))
	if err != nil {
		return "", err
	}
	return user.DisplayName, s.setCookieID(w, r, accountCookie, id)
}

// created verifies the answer to a ceremony that makes a passkey (WebAuthn L3 §7.1).
func (s *Server) created(r *http.Request, user *db.PasskeyUser, c ceremony, answer []byte) (p db.Passkey, err error) {
	parsed, err := s.parseCreated(answer)
	if err != nil {
		return p, s.refusedPasskey(r, err)
	}
	credential, err := s.passkeys.CreateCredential(&passkeyUser{user}, c.WebAuthn, parsed)
	if err != nil {
		return p, s.refusedPasskey(r, err)
	}
	// Without an attestation the library does not look at the key (WebAuthn L3 §5.8.5). One that
	// can verify nothing would make an account that nobody gets into a second time.
	if _, err := webauthncose.ParsePublicKey(credential.PublicKey); err != nil {
		return p, s.refusedPasskey(r, err)
	}
	return toPasskey(credential), nil
}

func (s *Server) finishLogin(w http.ResponseWriter, r *http.Request) {
	name, err := s.login(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, signedIn{name})
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) (name string, err error) {
	c, answer, err := s.take(w, r, db.CeremonyLogin)
	if err != nil {
		return "", err
	}
	parsed, err := s.parseUsed(answer)
	if err != nil {
		return "", s.refusedPasskey(r, err)
	}
	var user *db.PasskeyUser
	var fault error // of the search, which the library would take for the passkey's
	find := func(credentialID, handle []byte) (webauthn.User, error) {
		found, err := s.db.PasskeyUserByHandle(r.Context(), handle)
		if err != nil {
			fault = err
			return nil, err
		}
		user = found
		return &passkeyUser{found}, nil
	}
	_, credential, err := s.passkeys.ValidatePasskeyLogin(find, c.WebAuthn, parsed)
	switch {
	case errors.Is(fault, db.ErrUnknownPasskey):
		return "", errPasskeyUnknown
	case fault != nil:
		return "", fault
	case err != nil && user != nil && !user.Holds(parsed.RawID): // removed from its account
		return "", s.notePasskey(r, user.ID, "it is none of the account's (any more)", errPasskeyUnknown)
	case err != nil && user != nil:
		return "", s.refusedAnswer(r, user, parsed, err)
	case err != nil:
		return "", s.refusedPasskey(r, err)
	case credential.Authenticator.CloneWarning:
		return "", s.refusedCopy(r, user.ID)
	}
	id := newSecret()
	err = s.db.SignIn(r.Context(), user.ID, toPasskey(credential),
		s.newAccountSession(r, id), s.replaced(r))
	if errors.Is(err, db.ErrUnknownPasskey) {
		return "", errPasskeyUnknown
	}
	if err != nil {
		return "", err
	}
	return user.DisplayName, s.setCookieID(w, r, accountCookie, id)
}

// refusedPasskey logs which check failed, without what the client sent, and shows none of it.
func (s *Server) refusedPasskey(r *http.Request, err error) error {
	if r.Context().Err() != nil {
		return err
	}
	var e *protocol.Error
	if errors.As(err, &e) {
		s.log.InfoContext(r.Context(), "passkey refused", "type", e.Type, "details", e.Details)
	}
	return errPasskeyRefused
}

// refusedAnswer has the audit log told that a passkey's answer did not verify, and says what else opens the account where
// its backup-eligible flag changed, which it never may (WebAuthn L3 §6.1.3): no other try can help then.
func (s *Server) refusedAnswer(r *http.Request, user *db.PasskeyUser, answer *protocol.ParsedCredentialAssertionData, err error) error {
	refusal := s.refusedPasskey(r, err)
	if i := slices.IndexFunc(user.Passkeys, func(p db.Passkey) bool { return bytes.Equal(p.CredentialID, answer.RawID) }); i >= 0 &&
		user.Passkeys[i].BackupEligible != answer.Response.AuthenticatorData.Flags.HasBackupEligible() {
		return s.notePasskey(r, user.ID, "its backup-eligible flag changed", errPasskeyChanged)
	}
	return s.notePasskey(r, user.ID, "its answer did not verify", refusal)
}

// refusedCopy keeps that a passkey's signature counter went back: there may be a copy of it (WebAuthn
// L3 §7.2 step 22).
func (s *Server) refusedCopy(r *http.Request, user uuid.UUID) error {
	s.log.WarnContext(r.Context(), "passkey refused: its signature counter went back")
	return s.notePasskey(r, user, "its signature counter went back", errPasskeyRefused)
}

// notePasskey has the audit log told why a passkey of user's was refused, and gives the refusal.
func (s *Server) notePasskey(r *http.Request, user uuid.UUID, why string, refusal error) error {
	if err := s.db.RecordRefusedPasskey(r.Context(), user, address.Of(r).String(), why); err != nil {
		return err
	}
	return refusal
}
