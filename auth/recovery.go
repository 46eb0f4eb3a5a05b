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
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/secret"
)

// A recoveryBody is the body of a recovery request. It has one of these: the locator and verifier of a recovery code, a code
// that an earlier release made, or the token of an operator's link.
type recoveryBody struct {
	Locator    string
	Verifier   secret.Text
	Code, Link secret.Text
	Instead    bool // the person chose to switch from another account that is signed in
}

// presents returns how many of a code, a verifier and a link the body has.
func (b recoveryBody) presents() (n int) {
	for _, text := range []secret.Text{b.Verifier, b.Code, b.Link} {
		if !text.Empty() {
			n++
		}
	}
	return n
}

// findRecovery finds the account for the code or link in a body.
func (s *Server) findRecovery(r *http.Request, b recoveryBody) (*db.Recovery, error) {
	ctx, from, near := r.Context(), address.Of(r).String(), address.Subscriber(r).String()
	switch {
	case !b.Link.Empty():
		return s.db.FindRecoveryLink(ctx, b.Link.Reveal(), from, near)
	case !b.Verifier.Empty():
		return s.db.FindRecoveryByVerifier(ctx, b.Locator, b.Verifier.Reveal(), from, near)
	}
	return s.db.FindRecovery(ctx, b.Code.Reveal(), from, near)
}

// readRecovery reads a body and finds its account. It does not use up the code or link.
func (s *Server) readRecovery(w http.ResponseWriter, r *http.Request) (body recoveryBody, _ *db.Recovery, err error) {
	defer fault.Place(&err, "auth.readRecovery")
	if err := readJSON(w, r, maxFormBody, &body); errors.Is(err, io.EOF) {
		return body, nil, badRequest("Send a code or a link.")
	} else if err != nil {
		return body, nil, err
	}
	if body.presents() > 1 {
		return body, nil, badRequest("Send a code, a locator with its verifier, or a link, not two of them.")
	}
	release, err := s.acquireVerification(r, "recovery")
	if err != nil {
		return body, nil, err
	}
	defer release()
	found, err := s.findRecovery(r, body)
	if err != nil {
		return body, nil, recoveryRefusal(err)
	}
	return body, found, rateLimitError(s.limits.people.count(found.User.ID)) // a code may be sent more than once, since it is not used up
}

// describeRecovery writes which account a recovery code or an operator's link recovers. The page shows it before the person
// continues, since an attacker may have sent a link to the attacker's own account (login CSRF, RFC 9700 §4.7). It does not
// use up the code or link.
func (s *Server) describeRecovery(w http.ResponseWriter, r *http.Request) {
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
		Key:         newRecoveredKey(found),
	})
}

// A recoveryAccount is the response of describeRecovery.
type recoveryAccount struct {
	DisplayName string        `json:"displayName"`
	CreatedAt   time.Time     `json:"createdAt"`
	Passkeys    int           `json:"passkeys"`
	SignedInAs  string        `json:"signedInAs,omitempty"` // another account that is signed in in this browser
	Key         *recoveredKey `json:"key"`
}

// otherAccount returns the name of the account that is signed in in this browser. It returns "" if none is signed in, or if
// the account is that of user.
func (s *Server) otherAccount(r *http.Request, user uuid.UUID) (_ string, err error) {
	defer fault.Place(&err, "auth.otherAccount")
	session, err := s.AccountSession(r)
	if err != nil || session == nil || session.UserID == user {
		return "", err
	}
	return session.DisplayName, nil
}

// checkReplacement refuses to replace the session of another account, unless the person chose that.
func (s *Server) checkReplacement(r *http.Request, user uuid.UUID, chosen bool) error {
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

// beginRecovery offers a new passkey for the account of a recovery code or an operator's link
// (WebAuthn L3 §7.1). The code is used up only when the passkey is stored, so it still works after a
// canceled prompt.
func (s *Server) beginRecovery(w http.ResponseWriter, r *http.Request) {
	body, found, err := s.readRecovery(w, r)
	if err == nil {
		err = s.checkReplacement(r, found.User.ID, body.Instead)
	}
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	own := webauthn.Credentials((&passkeyUser{found.User}).WebAuthnCredentials())
	creation, session, err := s.passkeys.BeginRegistration(&passkeyUser{found.User}, webauthn.WithExclusions(own.CredentialDescriptors()), webauthn.WithExtensions(askForPRF()))
	if err != nil {
		fault.Place(&err, "auth.beginRecovery")
		s.writeError(w, r, err)
		return
	}
	s.beginKeyedCeremony(w, r, db.CeremonyRecovery, found.User.ID,
		ceremony{WebAuthn: *session, User: found.User.ID, Code: found.Code, Instead: body.Instead},
		ceremonyOptions{Options: creation.Response, Key: newRecoveredKey(found)})
}

func (s *Server) finishRecovery(w http.ResponseWriter, r *http.Request) {
	response, err := s.recover(w, r)
	if err != nil {
		s.writeError(w, r, recoveryRefusal(err))
		return
	}
	writeJSON(w, http.StatusOK, response)
}

// recover adds the new passkey to the account, uses up the code and signs in.
func (s *Server) recover(w http.ResponseWriter, r *http.Request) (_ *signInResponse, err error) {
	defer fault.Place(&err, "auth.recover")
	c, answer, err := s.finishCeremony(w, r, db.CeremonyRecovery)
	if err != nil {
		return nil, err
	}
	if err := s.checkReplacement(r, c.User, c.Instead); err != nil { // the person may have signed in to another account since
		return nil, err
	}
	user, err := s.db.PasskeyUser(r.Context(), c.User)
	if err != nil {
		return nil, err
	}
	passkey, err := s.verifyRegistration(r, user, c, answer)
	if err != nil {
		return nil, err
	}
	id := s.db.NewTokenSecret()
	err = s.db.Recover(r.Context(), user.ID, c.Code, passkey, s.newAccountSession(r, id), s.replacedSession(r))
	if err != nil {
		return nil, wrapRefusal(err)
	}
	key, err := s.keyOfPasskey(r.Context(), user, passkey.ID)
	if err != nil {
		return nil, err
	}
	return &signInResponse{user.DisplayName, key}, s.setAccountCookie(w, r, s.db.TokenText(id, user.ID))
}

// recoveryRefusal returns recovery_refused for every invalid code or link, without the reason. It returns recovery_code_old
// for the locator and verifier of a code from an earlier release: the client must send the code instead.
func recoveryRefusal(err error) error {
	if errors.Is(err, db.ErrServerCode) {
		return refuse(http.StatusBadRequest, "recovery_code_old", db.Message(err))
	}
	var known *db.Error
	if errors.As(err, &known) && (errors.Is(err, db.ErrRecovery) || errors.Is(err, db.ErrRecoveryLink) || known.Code == db.CodeGone) {
		return refuse(http.StatusBadRequest, "recovery_refused", known.Message)
	}
	return err
}
