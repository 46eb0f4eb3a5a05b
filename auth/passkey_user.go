package auth

import (
	"net/http"
	"regexp"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// A passkeyUser adapts db.PasskeyUser to webauthn.User.
type passkeyUser struct{ *db.PasskeyUser }

func (u *passkeyUser) WebAuthnID() []byte          { return u.Handle }
func (u *passkeyUser) WebAuthnName() string        { return u.DisplayName }
func (u *passkeyUser) WebAuthnDisplayName() string { return u.DisplayName }

func (u *passkeyUser) WebAuthnCredentials() []webauthn.Credential {
	credentials := make([]webauthn.Credential, len(u.Passkeys))
	for i, p := range u.Passkeys {
		credentials[i] = webauthn.Credential{
			ID:            p.CredentialID,
			PublicKey:     p.PublicKey,
			Transport:     transports(p.Transports),
			Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: p.BackupEligible, BackupState: p.BackedUp},
			Authenticator: webauthn.Authenticator{AAGUID: p.AAGUID, SignCount: p.SignCount},
		}
	}
	return credentials
}

func transports(names []string) []protocol.AuthenticatorTransport {
	t := make([]protocol.AuthenticatorTransport, len(names))
	for i, name := range names {
		t[i] = protocol.AuthenticatorTransport(name)
	}
	return t
}

// transportName matches the names of transports. A browser may send any string (WebAuthn L3 §5.8.4).
var transportName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func toPasskey(c *webauthn.Credential) db.Passkey {
	names := []string{}
	for _, t := range c.Transport {
		if transportName.MatchString(string(t)) && len(names) < 8 {
			names = append(names, string(t))
		}
	}
	return db.Passkey{
		CredentialID:   c.ID,
		PublicKey:      c.PublicKey,
		AAGUID:         c.Authenticator.AAGUID,
		Transports:     slices.Compact(names),
		SignCount:      c.Authenticator.SignCount,
		BackupEligible: c.Flags.BackupEligible,
		BackedUp:       c.Flags.BackupState,
	}
}

// signedInUser returns the account session of the request's cookie, and its person's passkeys. It
// refuses a request without a session.
func (s *Server) signedInUser(r *http.Request) (_ *db.Session, _ *db.PasskeyUser, err error) {
	defer fault.Place(&err, "auth.signedInUser")
	account, err := s.AccountSession(r)
	if err != nil {
		return nil, nil, err
	}
	if account == nil {
		return nil, nil, errSignInFirst
	}
	if err := rateLimitError(s.limits.sessions.count(account.ID)); err != nil {
		return nil, nil, err
	}
	user, err := s.db.PasskeyUser(r.Context(), account.UserID)
	return account, user, err
}

// A credentialList is what a browser may pass on to the person's password manager: the passkeys of
// the account, and its current name (WebAuthn L3 §5.1.10, AllAcceptedCredentialsOptions and
// CurrentUserDetailsOptions in one).
type credentialList struct {
	RPID          string                      `json:"rpId"`
	UserID        protocol.URLEncodedBase64   `json:"userId"` // the WebAuthn user handle
	Name          string                      `json:"name"`
	DisplayName   string                      `json:"displayName"`
	CredentialIDs []protocol.URLEncodedBase64 `json:"allAcceptedCredentialIds"`
}

// listCredentials answers the credential list of the signed-in account. It needs no confirmation,
// since it changes nothing.
func (s *Server) listCredentials(w http.ResponseWriter, r *http.Request) {
	_, user, err := s.signedInUser(r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	list := credentialList{
		RPID: s.passkeys.Config.RPID, UserID: user.Handle, Name: user.DisplayName, DisplayName: user.DisplayName,
		CredentialIDs: []protocol.URLEncodedBase64{},
	}
	for _, p := range user.Passkeys {
		list.CredentialIDs = append(list.CredentialIDs, p.CredentialID)
	}
	writeJSON(w, http.StatusOK, list)
}
