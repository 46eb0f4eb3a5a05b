package auth

import (
	"github.com/go-webauthn/webauthn/protocol"

	"github.com/company-a/aside/auth/strictjson"
)

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

// parseRegistration parses the answer to a ceremony that creates a passkey.
func (s *Server) parseRegistration(answer []byte) (*protocol.ParsedCredentialCreationData, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return parsed, s.checkClientData(parsed.Raw.AttestationResponse.ClientDataJSON)
}

// parseLogin parses the answer to a ceremony that uses a passkey.
func (s *Server) parseLogin(answer []byte) (*protocol.ParsedCredentialAssertionData, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return parsed, s.checkClientData(parsed.Raw.AssertionResponse.ClientDataJSON)
}
