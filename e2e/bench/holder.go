package main

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/company-a/aside/e2e/bench/load"
)

// A holder is an authenticator with one passkey, for one account at an origin.
type holder struct {
	origin string
	key    *load.Key
	handle []byte // of the account, from its registration
}

func newHolder(origin string) *holder { return &holder{origin: origin, key: load.NewKey()} }

// credential is the id of the passkey.
func (h *holder) credential() []byte {
	sum := sha256.Sum256(h.key.X)
	return sum[:16]
}

// The flags of authenticator data (WebAuthn L3 §6.1): user present and verified, backup eligible and backed up.
const (
	holderFlags  = 1<<0 | 1<<2 | 1<<3 | 1<<4
	attestedFlag = 1 << 6
)

// attest answers the challenge of a registration, as a browser would: a RegistrationResponseJSON without attestation
// (WebAuthn L3 §5.1, §8.7).
func (h *holder) attest(challenge string) []byte {
	data := append(h.data(holderFlags|attestedFlag), make([]byte, 16)...) // no AAGUID
	data = append(append(data, 0, 16), h.credential()...)
	data = append(data, h.key.COSE()...)
	// {"fmt": "none", "attStmt": {}, "authData": data} in CBOR
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data))) //nolint:gosec // 148
	return h.response(fmt.Sprintf(`"clientDataJSON":"%s","attestationObject":"%s","transports":["internal"]`,
		encode(h.clientData("webauthn.create", challenge)), encode(append(object, data...))))
}

// assert answers the challenge of a login, as a browser would: an AuthenticationResponseJSON (WebAuthn L3 §5.1).
func (h *holder) assert(challenge string) []byte {
	clientData, data := h.clientData("webauthn.get", challenge), h.data(holderFlags)
	clientHash := sha256.Sum256(clientData)
	signature := h.key.Assert(append(data[:len(data):len(data)], clientHash[:]...))
	return h.response(fmt.Sprintf(`"clientDataJSON":"%s","authenticatorData":"%s","signature":"%s","userHandle":"%s"`,
		encode(clientData), encode(data), encode(signature), encode(h.handle)))
}

func (h *holder) response(fields string) []byte {
	id := encode(h.credential())
	return fmt.Appendf(nil, `{"id":"%s","rawId":"%s","type":"public-key","authenticatorAttachment":"platform","clientExtensionResults":{},"response":{%s}}`,
		id, id, fields)
}

func (h *holder) clientData(kind, challenge string) []byte {
	return fmt.Appendf(nil, `{"type":"%s","challenge":"%s","origin":"%s","crossOrigin":false}`, kind, challenge, h.origin)
}

// data is the head of the authenticator data, with a sign count of 0 like that of a synced passkey.
func (h *holder) data(flags byte) []byte {
	rpID := sha256.Sum256([]byte(rpIDOf(h.origin)))
	return append(rpID[:], flags, 0, 0, 0, 0)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func rpIDOf(origin string) string {
	host, _, _ := strings.Cut(hostOf(origin), ":")
	return host
}

// A holder is go-webauthn's User.
func (h *holder) WebAuthnID() []byte          { return h.handle }
func (h *holder) WebAuthnName() string        { return "holder" }
func (h *holder) WebAuthnDisplayName() string { return "holder" }

func (h *holder) WebAuthnCredentials() []webauthn.Credential {
	return []webauthn.Credential{{
		ID: h.credential(), PublicKey: h.key.COSE(),
		Flags:         webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: true, BackupState: true},
		Authenticator: webauthn.Authenticator{AAGUID: make([]byte, 16)},
	}}
}
