package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"time"
)

// A Key is a client's P-256 key for DPoP (RFC 9449).
type Key struct {
	private *ecdsa.PrivateKey
}

// NewKey generates a key.
func NewKey() *Key { return &Key{newP256()} }

// A Proof is a DPoP proof, or another JWT, that is about to be signed. An edit may change any of it.
type Proof struct {
	Header map[string]any // typ, alg, jwk
	Claims map[string]any // jti, htm, htu, iat and, with a token, ath
	// Payload is signed in place of Claims if it is not nil.
	Payload []byte
	// Sign returns the signature of the signing input; by default ES256 with the key.
	Sign func(input []byte) []byte
}

// Proof returns the proof for one request (RFC 9449 §4.2). token is the access token that is sent with
// it, or "".
func (k *Key) Proof(method, url, token string, edits ...func(*Proof)) string {
	p := &Proof{
		Header: map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": k.JWK()},
		Claims: map[string]any{"jti": rand.Text(), "htm": method, "htu": url, "iat": time.Now().Unix()},
		Sign:   k.Sign,
	}
	if token != "" {
		p.Claims["ath"] = Digest(token)
	}
	return p.compact(edits)
}

// compact edits a JWT, signs it and serializes it (RFC 7515 §7.1).
func (p *Proof) compact(edits []func(*Proof)) string {
	for _, edit := range edits {
		edit(p)
	}
	claims := encodeJSON(p.Claims)
	if p.Payload != nil {
		claims = Encode(p.Payload)
	}
	input := encodeJSON(p.Header) + "." + claims
	return input + "." + Encode(p.Sign([]byte(input)))
}

// JWK returns the public key (RFC 7517).
func (k *Key) JWK() map[string]any {
	x, y := coordinates(k.private)
	return map[string]any{"kty": "EC", "crv": "P-256", "x": Encode(x), "y": Encode(y)}
}

// PrivateJWK returns the key with its private part, which a client must never send.
func (k *Key) PrivateJWK() map[string]any {
	jwk := k.JWK()
	d, err := k.private.Bytes()
	if err != nil {
		panic(err) // P-256 has an encoding
	}
	jwk["d"] = Encode(d)
	return jwk
}

// Sign returns an ES256 signature (RFC 7518 §3.4).
func (k *Key) Sign(input []byte) []byte { return signES256(k.private, input) }

func signES256(key *ecdsa.PrivateKey, input []byte) []byte {
	sum := sha256.Sum256(input)
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return signature
}

// Thumbprint returns the RFC 7638 thumbprint, for dpop_jkt.
func (k *Key) Thumbprint() string {
	x, y := coordinates(k.private)
	return Digest(`{"crv":"P-256","kty":"EC","x":"` + Encode(x) + `","y":"` + Encode(y) + `"}`)
}

// SignedWith replaces the signature of a proof.
func SignedWith(sign func(input []byte) []byte) func(*Proof) {
	return func(p *Proof) { p.Sign = sign }
}

// Claim sets a claim of a proof; nil removes it.
func Claim(name string, value any) func(*Proof) {
	return func(p *Proof) { set(p.Claims, name, value) }
}

// Header sets a header parameter of a proof; nil removes it.
func Header(name string, value any) func(*Proof) {
	return func(p *Proof) { set(p.Header, name, value) }
}

// Payload signs a text in place of a proof's claims.
func Payload(text string) func(*Proof) {
	return func(p *Proof) { p.Payload = []byte(text) }
}

func set(m map[string]any, name string, value any) {
	if value == nil {
		delete(m, name)
		return
	}
	m[name] = value
}

func newP256() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return key
}

func coordinates(key *ecdsa.PrivateKey) (x, y []byte) {
	point, err := key.PublicKey.Bytes() // SEC 1 §2.3.3: 4, x, y
	if err != nil {
		panic(err) // P-256 has an encoding
	}
	return point[1:33], point[33:]
}
