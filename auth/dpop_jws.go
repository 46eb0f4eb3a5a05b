package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
)

// Each request of a widget brings one proof, and reading it with a library for all of JOSE cost
// more than half of what verifying it does. A proof here is one thing alone: a compact JWS by
// ES256 with its public key in the header.

// A signedProof is a proof as it came, read and not yet verified.
type signedProof struct {
	header  proofHeader
	payload []byte
	signed  string // what the signature is of: RFC 7515 §5.1
	r, s    *big.Int
}

type proofHeader struct {
	Typ  string          `json:"typ"`
	Alg  string          `json:"alg"`
	Crit json.RawMessage `json:"crit"`
	B64  json.RawMessage `json:"b64"`
	JWK  *proofJWK       `json:"jwk"`
}

// A proofJWK is an EC key of RFC 7518 §6.2.
type proofJWK struct {
	Kty string          `json:"kty"`
	Crv string          `json:"crv"`
	X   string          `json:"x"`
	Y   string          `json:"y"`
	D   json.RawMessage `json:"d"` // makes it a private key
}

var errNotOneJWT = badProof("The DPoP header is not one JWT.")

// strict refuses what is not the one way to write some bytes: padding and stray bits.
var strict = base64.RawURLEncoding.Strict()

// readProof takes a compact JWS apart (RFC 7515 §7.1).
func readProof(compact string) (*signedProof, error) {
	header, rest, ok := strings.Cut(compact, ".")
	payload, signature, more := strings.Cut(rest, ".")
	if !ok || !more || strings.ContainsAny(compact, "\r\n") { // which the decoder would pass over
		return nil, errNotOneJWT
	}
	p := &signedProof{signed: compact[:len(header)+1+len(payload)]}
	raw, err := strict.DecodeString(header)
	if err != nil || json.Unmarshal(raw, &p.header) != nil {
		return nil, errNotOneJWT
	}
	if p.payload, err = strict.DecodeString(payload); err != nil {
		return nil, errNotOneJWT
	}
	var both [64]byte // RFC 7518 §3.4: R and S, 32 bytes each
	if len(signature) != strict.EncodedLen(len(both)) {
		return nil, badProof("The proof's signature is wrong.")
	}
	if _, err := strict.Decode(both[:], []byte(signature)); err != nil {
		return nil, errNotOneJWT
	}
	p.r, p.s = new(big.Int).SetBytes(both[:32]), new(big.Int).SetBytes(both[32:])
	return p, nil
}

// publicKey gives the key of a P-256 JWK, whose point must be on the curve.
func (k *proofJWK) publicKey() (*ecdsa.PublicKey, bool) {
	if k == nil || k.Kty != "EC" || k.Crv != "P-256" || len(k.X) != 43 || len(k.Y) != 43 {
		return nil, false
	}
	point := make([]byte, 65)
	point[0] = 4 // uncompressed: SEC 1 §2.3.3
	if _, err := strict.Decode(point[1:33], []byte(k.X)); err != nil {
		return nil, false
	}
	if _, err := strict.Decode(point[33:], []byte(k.Y)); err != nil {
		return nil, false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	return key, err == nil
}

// thumbprint is RFC 7638's. X and Y are in the only form that publicKey accepts, so that one
// key has one thumbprint.
func (k *proofJWK) thumbprint() string {
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (p *signedProof) verifiedBy(key *ecdsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(p.signed))
	return ecdsa.Verify(key, sum[:], p.r, p.s)
}
