package auth

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"
)

// Each request of a widget brings one proof, and reading it with a library for all of JOSE cost
// more than half of what verifying it does. A proof here is one thing alone: a compact JWS by
// ES256 with its public key in the header.

// A signedProof is a proof as it came, taken apart and not yet verified.
type signedProof struct {
	header  string // base64url
	payload []byte
	signed  string // what the signature is of: RFC 7515 §5.1
	r, s    *big.Int
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
	p := &signedProof{header: header, signed: compact[:len(header)+1+len(payload)]}
	var err error
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

func (p *signedProof) verifiedBy(key *ecdsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(p.signed))
	return ecdsa.Verify(key, sum[:], p.r, p.s)
}
