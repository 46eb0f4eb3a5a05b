package auth

import (
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
)

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
