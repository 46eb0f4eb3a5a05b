package authtest

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"testing"
)

// The flags of authenticator data (WebAuthn L3 §6.1).
const (
	UserPresent    byte = 1 << 0
	UserVerified   byte = 1 << 2
	BackupEligible byte = 1 << 3
	BackedUp       byte = 1 << 4
	Attested       byte = 1 << 6
	Extended       byte = 1 << 7
)

// A Passkey is a discoverable ES256 credential (WebAuthn L3 §4).
type Passkey struct {
	ID        []byte
	Handle    []byte // of its user
	RPID      string
	SignCount uint32 // 0 if it does not count, like a synced passkey
	key       *ecdsa.PrivateKey
}

// An Authenticator stores passkeys, and returns the responses of its browser. To get a wrong response,
// change its fields, or edit a single response.
type Authenticator struct {
	Origin   string // that the browser reports in clientDataJSON
	Flags    byte   // of every response
	Counts   bool   // whether new passkeys count their signatures
	Passkeys []*Passkey
}

// NewAuthenticator returns an authenticator without passkeys, with user verification and synced passkeys.
func NewAuthenticator(origin string) *Authenticator {
	return &Authenticator{Origin: origin, Flags: UserPresent | UserVerified | BackupEligible | BackedUp}
}

// AuthenticatorData is what an authenticator signs about itself (WebAuthn L3 §6.1).
type AuthenticatorData struct {
	RPIDHash  []byte
	Flags     byte
	SignCount uint32

	// Attested credential data, in registrations (§6.5.1).
	AAGUID       []byte
	CredentialID []byte
	PublicKey    map[int]any // COSE_Key (RFC 9053 §7.1.1), nil in logins

	Tail []byte // what a test appends
}

// Encode returns the bytes that are hashed and signed.
func (d *AuthenticatorData) Encode(t testing.TB) []byte {
	t.Helper()
	b := append(append([]byte(nil), d.RPIDHash...), d.Flags)
	b = binary.BigEndian.AppendUint32(b, d.SignCount)
	if d.PublicKey != nil {
		b = append(b, d.AAGUID...)
		b = binary.BigEndian.AppendUint16(b, uint16(len(d.CredentialID))) //nolint:gosec // at most 1,023
		b = append(append(b, d.CredentialID...), encodeCBOR(t, d.PublicKey)...)
	}
	return append(b, d.Tail...)
}

// A Registration is a response to navigator.credentials.create that is about to be encoded.
type Registration struct {
	Passkey    *Passkey
	ClientData map[string]any // CollectedClientData (§5.8.1)
	Data       AuthenticatorData
	Format     string               // of the attestation: none
	Statement  map[string]any       // of the attestation: empty
	JSON       func(map[string]any) // a last change of the RegistrationResponseJSON (§5.1)
}

// A Login is a response to navigator.credentials.get that is about to be signed and encoded.
type Login struct {
	Passkey    *Passkey
	ClientData map[string]any
	Data       AuthenticatorData
	UserHandle []byte
	Sign       func(data []byte) []byte // over authenticator data and client data hash
	JSON       func(map[string]any)     // a last change of the AuthenticationResponseJSON (§5.1)
}

// Register creates a passkey for options, a PublicKeyCredentialCreationOptionsJSON, and returns the
// RegistrationResponseJSON. It stores the passkey as edited.
func (a *Authenticator) Register(t testing.TB, options json.RawMessage, edits ...func(*Registration)) json.RawMessage {
	t.Helper()
	var o struct {
		Challenge string
		RP        struct{ ID string }
		User      struct{ ID string }
	}
	decodeJSON(t, options, &o)
	p := &Passkey{ID: randomBytes(32), Handle: decode(t, o.User.ID), RPID: o.RP.ID, key: newP256()}
	if a.Counts {
		p.SignCount = 1
	}
	x, y := coordinates(p.key)
	r := &Registration{
		Passkey:    p,
		ClientData: a.clientData("webauthn.create", o.Challenge),
		Data:       a.data(p),
		Format:     "none",
		Statement:  map[string]any{},
		JSON:       func(map[string]any) {},
	}
	r.Data.Flags |= Attested
	r.Data.AAGUID, r.Data.CredentialID = make([]byte, 16), p.ID
	r.Data.PublicKey = map[int]any{1: 2, 3: -7, -1: 1, -2: x, -3: y}
	for _, edit := range edits {
		edit(r)
	}
	a.Passkeys = append(a.Passkeys, p)
	attestation := encodeCBOR(t, map[string]any{"fmt": r.Format, "attStmt": r.Statement, "authData": r.Data.Encode(t)})
	return credential(t, p, r.JSON, map[string]any{
		"clientDataJSON":    encodeJSON(r.ClientData),
		"attestationObject": Encode(attestation),
		"transports":        []string{"internal", "hybrid"},
	})
}

// Login uses the newest passkey for options, a PublicKeyCredentialRequestOptionsJSON, and returns the
// AuthenticationResponseJSON.
func (a *Authenticator) Login(t testing.TB, options json.RawMessage, edits ...func(*Login)) json.RawMessage {
	t.Helper()
	var o struct{ Challenge string }
	decodeJSON(t, options, &o)
	if len(a.Passkeys) == 0 {
		t.Fatal("authtest: the authenticator has no passkey")
	}
	p := a.Passkeys[len(a.Passkeys)-1]
	if p.SignCount > 0 {
		p.SignCount++
	}
	l := &Login{
		Passkey: p, ClientData: a.clientData("webauthn.get", o.Challenge), Data: a.data(p), UserHandle: p.Handle,
		Sign: p.Sign, JSON: func(map[string]any) {},
	}
	for _, edit := range edits {
		edit(l)
	}
	client := encodeJSON(l.ClientData)
	hash := sha256.Sum256(decode(t, client))
	data := l.Data.Encode(t)
	return credential(t, l.Passkey, l.JSON, map[string]any{
		"clientDataJSON":    client,
		"authenticatorData": Encode(data),
		"signature":         Encode(l.Sign(append(data[:len(data):len(data)], hash[:]...))),
		"userHandle":        Encode(l.UserHandle),
	})
}

// Sign returns an assertion signature: ES256 in ASN.1 (WebAuthn L3 §6.5.5).
func (p *Passkey) Sign(data []byte) []byte {
	sum := sha256.Sum256(data)
	signature, err := ecdsa.SignASN1(rand.Reader, p.key, sum[:])
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return signature
}

func (a *Authenticator) clientData(kind, challenge string) map[string]any {
	return map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false}
}

func (a *Authenticator) data(p *Passkey) AuthenticatorData {
	return AuthenticatorData{RPIDHash: RPIDHash(p.RPID), Flags: a.Flags, SignCount: p.SignCount}
}

// RPIDHash returns the hash that identifies a relying party in authenticator data.
func RPIDHash(rpID string) []byte {
	sum := sha256.Sum256([]byte(rpID))
	return sum[:]
}

func credential(t testing.TB, p *Passkey, edit func(map[string]any), response map[string]any) json.RawMessage {
	t.Helper()
	c := map[string]any{
		"id": Encode(p.ID), "rawId": Encode(p.ID), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	}
	edit(c)
	b, err := json.Marshal(c)
	must(t, err)
	return b
}
