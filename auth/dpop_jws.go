package auth

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
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

	signature [64]byte // RFC 7518 §3.4: R and S, 32 bytes each
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
	if len(signature) != strict.EncodedLen(len(p.signature)) {
		return nil, badProof("The proof's signature is invalid.")
	}
	if _, err := strict.Decode(p.signature[:], []byte(signature)); err != nil {
		return nil, errNotOneJWT
	}
	return p, nil
}

func (p *signedProof) verifiedBy(key *ecdsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(p.signed))
	return ecdsa.VerifyASN1(key, sum[:], p.asn1())
}

// asn1 is the signature as Go verifies it: SEQUENCE { r INTEGER, s INTEGER } in DER (RFC 3279
// §2.2.3). By way of big.Int it would be ten allocations more for each request.
func (p *signedProof) asn1() []byte {
	der := append(make([]byte, 0, 72), 0x30, 0)
	for _, integer := range [][]byte{p.signature[:32], p.signature[32:]} {
		for len(integer) > 1 && integer[0] == 0 {
			integer = integer[1:]
		}
		der = append(der, 2, byte(len(integer))) //nolint:gosec // at most 32
		if integer[0] >= 0x80 {                  // it is positive
			der[len(der)-1]++
			der = append(der, 0)
		}
		der = append(der, integer...)
	}
	der[1] = byte(len(der) - 2) //nolint:gosec // at most 70
	return der
}
