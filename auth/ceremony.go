package auth

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

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

	taken *db.Ceremony // while it is answered
}

// The requests and responses of all ceremonies.
type (
	ceremonyOptions struct {
		Ceremony string `json:"ceremony"`
		Options  any    `json:"options"`
	}
	ceremonyAnswer struct {
		Ceremony   secret.Text     `json:"ceremony"`
		Credential json.RawMessage `json:"credential"`
	}
	signInResponse struct {
		DisplayName string `json:"displayName"`
	}
)

// beginCeremony starts a ceremony and answers its options for the browser. user is uuid.Nil if the ceremony's
// user is not known yet.
func (s *Server) beginCeremony(w http.ResponseWriter, r *http.Request, kind db.CeremonyKind, user uuid.UUID, c ceremony, options any) {
	text, err := s.startCeremony(w, r, kind, user, c)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, ceremonyOptions{Ceremony: text.Reveal(), Options: options})
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
