package auth

import (
	"github.com/go-webauthn/webauthn/protocol"
)

var errClientData = protocol.ErrVerification.WithDetails("The client data is not of the account origin's own page")

// checkClientData makes sure that a ceremony was answered on the account origin's own page, in no
// frame (WebAuthn L3 §7.1 steps 9 to 11, §7.2 steps 12 to 14). The library compares origins as
// URLs: it passes over paths, user information and case, and reads names in any case, the last of two.
// What browsers write (§5.8.1, RFC 6454 §6.2) is exactly one text.
func (s *Server) checkClientData(raw []byte) error {
	data, err := parseObject(raw)
	if err != nil {
		return errClientData
	}
	if data["origin"] != s.accountOrigin {
		return errClientData
	}
	if crossOrigin, there := data["crossOrigin"]; there && crossOrigin != false {
		return errClientData
	}
	if _, there := data["topOrigin"]; there { // only of what is in a frame
		return errClientData
	}
	return nil
}

// parseCreated reads the answer to a ceremony that makes a passkey.
func (s *Server) parseCreated(answer []byte) (*protocol.ParsedCredentialCreationData, error) {
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return parsed, s.checkClientData(parsed.Raw.AttestationResponse.ClientDataJSON)
}

// parseUsed reads the answer to a ceremony that uses one.
func (s *Server) parseUsed(answer []byte) (*protocol.ParsedCredentialAssertionData, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, err
	}
	return parsed, s.checkClientData(parsed.Raw.AssertionResponse.ClientDataJSON)
}
