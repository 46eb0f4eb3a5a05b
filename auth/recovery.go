package auth

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
)

// A recoveryBody says what opens an account without a passkey: one of its person's recovery codes or
// the token of an operator's link, never both.
type recoveryBody struct {
	Code, Link secret
	Instead    bool // of the account that is signed in here, if it is another one
}

// readRecovery finds the account that a body is about, and uses nothing up.
func (s *Server) readRecovery(w http.ResponseWriter, r *http.Request) (body recoveryBody, _ *db.Recovery, err error) {
	if err := readJSON(w, r, maxFormBody, &body); errors.Is(err, io.EOF) {
		return body, nil, badRequest("Send a code or a link.")
	} else if err != nil {
		return body, nil, err
	}
	find, text := s.db.FindRecovery, body.Code
	if !body.Link.empty() {
		if !body.Code.empty() {
			return body, nil, badRequest("Send a code or a link, not both.")
		}
		find, text = s.db.FindRecoveryLink, body.Link
	}
	leave, err := s.turn(r, "recovery")
	if err != nil {
		return body, nil, err
	}
	defer leave()
	found, err := find(r.Context(), text.reveal(), address.Of(r).String(), address.Subscriber(r).String())
	if err != nil {
		return body, nil, recoveryRefusal(err)
	}
	return body, found, tooOften(s.paces.people.count(found.User.ID)) // it is not used up: it may be shown again
}

// nameRecovery names the account that a recovery code or an operator's link opens, before anything
// happens: a link may come from a stranger and lead into the stranger's account (login CSRF, RFC
// 9700 §4.7). Nothing is used up.
func (s *Server) nameRecovery(w http.ResponseWriter, r *http.Request) {
	_, found, err := s.readRecovery(w, r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	other, err := s.otherAccount(r, found.User.ID)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, recoveryAccount{
		DisplayName: found.User.DisplayName,
		CreatedAt:   found.User.CreatedAt,
		Passkeys:    len(found.User.Passkeys),
		SignedInAs:  other,
	})
}

// A recoveryAccount is what nameRecovery answers.
type recoveryAccount struct {
	DisplayName string    `json:"displayName"`
	CreatedAt   time.Time `json:"createdAt"`
	Passkeys    int       `json:"passkeys"`
	SignedInAs  string    `json:"signedInAs,omitempty"` // the name of another account, which is signed in here
}

// otherAccount gives the name of the account that is signed in in this browser, "" where that is
// user's or none.
func (s *Server) otherAccount(r *http.Request, user uuid.UUID) (string, error) {
	session, err := s.AccountSession(r)
	if err != nil || session == nil || session.UserID == user {
		return "", err
	}
	return session.DisplayName, nil
}

// mayReplace refuses to put a person who is signed in as somebody else into another account unless
// they chose that.
func (s *Server) mayReplace(r *http.Request, user uuid.UUID, chosen bool) error {
	if chosen {
		return nil
	}
	other, err := s.otherAccount(r, user)
	if err == nil && other != "" {
		err = refuse(http.StatusConflict, "signed_in_as_other",
			"You are signed in as "+other+", but this opens another account. Sign out first, or choose to switch accounts.")
	}
	return err
}

// beginRecovery offers whoever has a recovery code, or an operator's link, a new passkey for its
// account (WebAuthn L3 §7.1). The code is used up when that is there, and not before: a prompt
// that is canceled costs nothing.
func (s *Server) beginRecovery(w http.ResponseWriter, r *http.Request) {
	body, found, err := s.readRecovery(w, r)
	if err == nil {
		err = s.mayReplace(r, found.User.ID, body.Instead)
	}
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	own := webauthn.Credentials((&passkeyUser{found.User}).WebAuthnCredentials())
	creation, session, err := s.passkeys.BeginRegistration(&passkeyUser{found.User}, webauthn.WithExclusions(own.CredentialDescriptors()))
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	s.offer(w, r, db.CeremonyRecovery, found.User.ID,
		ceremony{WebAuthn: *session, User: found.User.ID, Code: found.Code, Instead: body.Instead}, creation.Response)
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
	if err := s.mayReplace(r, c.User, c.Instead); err != nil { // signed in meanwhile
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
	if errors.As(err, &known) && (errors.Is(err, db.ErrRecovery) || errors.Is(err, db.ErrRecoveryLink) || known.Code == db.CodeGone) {
		return refuse(http.StatusBadRequest, "recovery_refused", known.Message)
	}
	return err
}
