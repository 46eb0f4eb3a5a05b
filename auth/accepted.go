package auth

import (
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
)

// acceptedPasskeys is what a browser may tell the person's password manager: what opens the account, and what that is
// called now (WebAuthn L3 §5.1.10, AllAcceptedCredentialsOptions and CurrentUserDetailsOptions in one).
type acceptedPasskeys struct {
	RPID          string                      `json:"rpId"`
	UserID        protocol.URLEncodedBase64   `json:"userId"` // the WebAuthn user handle
	Name          string                      `json:"name"`
	DisplayName   string                      `json:"displayName"`
	CredentialIDs []protocol.URLEncodedBase64 `json:"allAcceptedCredentialIds"`
}

// accepted says it to whoever is signed in. It asks for no fresh passkey: nothing is changed by it, and a name may be
// changed without one.
func (s *Server) accepted(w http.ResponseWriter, r *http.Request) {
	_, user, err := s.signedIn(r)
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	answer := acceptedPasskeys{
		RPID: s.passkeys.Config.RPID, UserID: user.Handle, Name: user.DisplayName, DisplayName: user.DisplayName,
		CredentialIDs: []protocol.URLEncodedBase64{},
	}
	for _, p := range user.Passkeys {
		answer.CredentialIDs = append(answer.CredentialIDs, p.CredentialID)
	}
	writeJSON(w, http.StatusOK, answer)
}
