package auth

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/company-a/aside/auth/strictjson"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// maxCeremonyBody is the largest answer to a ceremony, in bytes. One with an attestation has a few
// kilobytes.
const maxCeremonyBody = 64 << 10

var errCeremonyExpired = refuse(http.StatusGone, "ceremony_expired", "This request expired or was already completed. Try again.")

// A ceremony is the state of a passkey ceremony between its two requests. The browser has it, sealed.
type ceremony struct {
	WebAuthn    webauthn.SessionData `json:"webauthn"`
	DisplayName string               `json:"displayName,omitempty"` // for a registration: of the new account
	Session     uuid.UUID            `json:"session"`               // for an addition or a confirmation: the account session
	User        uuid.UUID            `json:"user"`                  // for a recovery
	Code        []byte               `json:"code,omitempty"`        // for a recovery: what it uses up
	Instead     bool                 `json:"instead,omitempty"`     // for a recovery: the person leaves the account that is signed in
	Passkey     uuid.UUID            `json:"passkey"`               // for a new passkey: the id that it will have

	taken *db.Ceremony   // while it is answered
	wrap  *db.NewKeyWrap // in its answer
}

// The requests and responses of all ceremonies.
type (
	ceremonyOptions struct {
		Ceremony string        `json:"ceremony"`
		Options  any           `json:"options"`
		Passkey  *uuid.UUID    `json:"passkey,omitempty"` // the id that the new passkey will have
		Key      *recoveredKey `json:"key,omitempty"`     // for a recovery
	}
	ceremonyAnswer struct {
		Ceremony   secret.Text     `json:"ceremony"`
		Credential json.RawMessage `json:"credential"`
		Wrap       *answeredWrap   `json:"wrap"` // of the content key, for the passkey of the ceremony
	}
	answeredWrap struct {
		Generation int    `json:"generation"`
		Wrap       string `json:"wrap"`
	}
	signInResponse struct {
		DisplayName string      `json:"displayName"`
		Key         *passkeyKey `json:"key"`
	}
)

// beginCeremony starts a ceremony and answers its options for the browser. user is uuid.Nil if the ceremony's
// user is not known yet.
func (s *Server) beginCeremony(w http.ResponseWriter, r *http.Request, kind db.CeremonyKind, user uuid.UUID, c ceremony, options any) {
	s.beginKeyedCeremony(w, r, kind, user, c, ceremonyOptions{Options: options})
}

// beginKeyedCeremony is beginCeremony with more in its response.
func (s *Server) beginKeyedCeremony(w http.ResponseWriter, r *http.Request, kind db.CeremonyKind, user uuid.UUID, c ceremony, response ceremonyOptions) {
	if kind != db.CeremonyLogin && kind != db.CeremonyConfirmation {
		c.Passkey = s.db.NewPasskeyID()
		response.Passkey = &c.Passkey
	}
	text, err := s.startCeremony(w, r, kind, user, c)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	response.Ceremony = text.Reveal()
	writeJSON(w, http.StatusOK, response)
}

// startCeremony starts a ceremony for this browser and returns the text that continues it.
func (s *Server) startCeremony(w http.ResponseWriter, r *http.Request, kind db.CeremonyKind, user uuid.UUID, c ceremony) (text secret.Text, err error) {
	defer fault.Place(&err, "auth.startCeremony")
	browser, err := s.browserHash(w, r)
	if err != nil {
		return secret.Text{}, err
	}
	data, err := json.Marshal(c)
	if err != nil {
		return secret.Text{}, err
	}
	return s.db.StartCeremony(r.Context(), kind, user, browser, data, ceremonyLife)
}

// finishCeremony reads the answer to a ceremony, which can be answered once, successfully or not. It does not verify the
// answer. That of a login must then be spent by db.SignIn or db.SpendCeremony.
func (s *Server) finishCeremony(w http.ResponseWriter, r *http.Request, kind db.CeremonyKind) (c ceremony, credential []byte, err error) {
	defer fault.Place(&err, "auth.finishCeremony")
	var answer ceremonyAnswer
	if readJSON(w, r, maxCeremonyBody, &answer) != nil {
		return c, nil, errPasskeyRefused
	}
	if hasPRFResults(answer.Credential) {
		return c, nil, errPRFResults
	}
	release, err := s.acquireVerification(r, "ceremony")
	if err != nil {
		return c, nil, err
	}
	defer release()
	c.taken, err = s.db.TakeCeremony(r.Context(), kind, answer.Ceremony, hashSecret(s.cookieID(r, browserCookie)))
	if db.IsCode(err, db.CodeGone) {
		return c, nil, errCeremonyExpired
	}
	if err != nil {
		return c, nil, err
	}
	if answer.Wrap != nil {
		c.wrap = &db.NewKeyWrap{Generation: answer.Wrap.Generation, Wrap: answer.Wrap.Wrap}
	}
	return c, answer.Credential, json.Unmarshal(c.taken.Data, &c)
}

// spendCeremony makes sure that a refused answer to a ceremony is not tried again. Then it returns the refusal.
func (s *Server) spendCeremony(r *http.Request, c ceremony, refuse func() error) error {
	err := s.db.SpendCeremony(context.WithoutCancel(r.Context()), c.taken)
	switch {
	case db.IsCode(err, db.CodeGone):
		return errCeremonyExpired
	case err != nil:
		return err
	}
	return refuse()
}

var errClientData = protocol.ErrVerification.WithDetails("The client data is not from a page of the account origin")

// checkClientData checks that a ceremony was answered by a page of the account origin that is not in
// a frame (WebAuthn L3 §7.1 steps 9 to 11, §7.2 steps 12 to 14). The library is less strict: it
// compares origins as URLs, ignoring paths, user information and case, and accepts member names in
// any case, the last of two. Browsers write exactly one string (§5.8.1, RFC 6454 §6.2).
func (s *Server) checkClientData(raw []byte) error {
	data, err := strictjson.Object(raw)
	if err != nil {
		return errClientData
	}
	if data["origin"] != s.accountOrigin {
		return errClientData
	}
	if crossOrigin, present := data["crossOrigin"]; present && crossOrigin != false {
		return errClientData
	}
	if _, present := data["topOrigin"]; present { // only in a frame
		return errClientData
	}
	return nil
}
