package load

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

// A Key is a client's P-256 key. It makes DPoP proofs (RFC 9449) and passkey assertions.
type Key struct {
	private *ecdsa.PrivateKey
	header  string // of its proofs, encoded
	// Thumbprint is RFC 7638's.
	Thumbprint string
	// X and Y are the coordinates of the public key.
	X, Y []byte
}

// NewKey makes a key.
func NewKey() *Key {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	point, err := private.PublicKey.Bytes() // SEC 1 §2.3.3: 4, x, y
	if err != nil {
		panic(err) // P-256 has an encoding
	}
	k := &Key{private: private, X: point[1:33], Y: point[33:]}
	jwk := fmt.Sprintf(`{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, encode(k.X), encode(k.Y))
	k.header = encode([]byte(`{"typ":"dpop+jwt","alg":"ES256","jwk":` + jwk + `}`))
	k.Thumbprint = digest(jwk)
	return k
}

// Proof makes the proof of one request with a token (RFC 9449 §4.2).
func (k *Key) Proof(method, url, token string, now time.Time) string {
	claims := fmt.Sprintf(`{"jti":"%s","htm":"%s","htu":"%s","iat":%d,"ath":"%s"}`, rand.Text(), method, url, now.Unix(), digest(token))
	input := k.header + "." + encode([]byte(claims))
	sum := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, sum[:])
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return input + "." + encode(signature)
}

// Assert signs as an authenticator does (WebAuthn L3 §6.5.5): ES256 in ASN.1.
func (k *Key) Assert(data []byte) []byte {
	sum := sha256.Sum256(data)
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, sum[:])
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return signature
}

// COSE is the public key as a credential record holds it (RFC 9052 §7, RFC 9053 §7.1):
// {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
func (k *Key) COSE() []byte {
	b := []byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20}
	b = append(b, k.X...)
	b = append(b, 0x22, 0x58, 0x20)
	return append(b, k.Y...)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return encode(sum[:])
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
