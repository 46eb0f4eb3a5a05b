package dpop

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// A jws is a parsed compact JWS (RFC 7515 §7.1), not yet verified.
type jws struct {
	header    string // base64url
	payload   []byte
	input     string   // what the signature is of (RFC 7515 §5.1)
	signature [64]byte // r and s, 32 bytes each (RFC 7518 §3.4)
}

// strict is base64url in its canonical form, without padding and spare bits.
var strict = base64.RawURLEncoding.Strict()

func parseJWS(compact string) (*jws, error) {
	header, rest, ok := strings.Cut(compact, ".")
	payload, signature, more := strings.Cut(rest, ".")
	if !ok || !more || strings.ContainsAny(compact, "\r\n") { // the decoder would skip these
		return nil, errNotOneJWT
	}
	m := &jws{header: header, input: compact[:len(header)+1+len(payload)]}
	var err error
	if m.payload, err = strict.DecodeString(payload); err != nil {
		return nil, errNotOneJWT
	}
	if len(signature) != strict.EncodedLen(len(m.signature)) {
		return nil, refuse("The proof's signature is invalid.")
	}
	if _, err := strict.Decode(m.signature[:], []byte(signature)); err != nil {
		return nil, errNotOneJWT
	}
	return m, nil
}

func (m *jws) verifiedBy(key *ecdsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(m.input))
	return ecdsa.VerifyASN1(key, sum[:], m.asn1())
}

// asn1 returns the signature in the form that Go verifies: SEQUENCE { r INTEGER, s INTEGER } in
// DER (RFC 3279 §2.2.3). With big.Int it would cost ten allocations more for each request.
func (m *jws) asn1() []byte {
	der := append(make([]byte, 0, 72), 0x30, 0)
	for _, integer := range [][]byte{m.signature[:32], m.signature[32:]} {
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
