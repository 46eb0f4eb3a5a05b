package auth

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwe"
)

// The algorithms to which an assertion may be encrypted (RFC 7518 §4.1, §5.1): nothing with a
// shared key or a password, nothing that tells a wrong key from wrong padding.
const (
	algECDHES  = "ECDH-ES"
	algRSAOAEP = "RSA-OAEP-256"
	encA256GCM = "A256GCM"
)

// Sizes in bytes (RFC 7518 §5.3).
const (
	gcmIVSize  = 12
	gcmTagSize = 16
)

// decrypted gives the signed JWT that was encrypted to one of our keys (RFC 7519 §5.2), and an
// assertion that isn't encrypted as it is. What it gives may be anything: only a signature
// makes it an assertion. It is not ok for what is refused already.
func (s *Server) decrypted(ctx context.Context, r *AssertionReport, assertion string) (compact string, ok bool, err error) {
	refused := func(code, format string, args ...any) (string, bool, error) {
		r.fail("encryption", code, format, args...)
		return "", false, nil
	}
	if len(assertion) > maxAssertionSize {
		r.fail("form", "assertion_malformed", "it has more than %d KiB", maxAssertionSize>>10)
		return "", false, nil
	}
	if strings.Count(assertion, ".") != 4 { // RFC 7516 §9
		return assertion, true, nil
	}
	m, err := splitEncrypted(assertion)
	if err != nil {
		return refused("assertion_encryption", "%v", err)
	}
	if !isMediaType(m.header["cty"], "JWT") { // RFC 7519 §5.2
		return refused("assertion_encryption", "the header around it has no cty JWT: sign the claims first, then encrypt what that gives")
	}
	keys, err := s.encryption.load(ctx)
	if err != nil {
		return "", false, err
	}
	key := keys[slices.IndexFunc(keys, func(k encryptionKey) bool { return k.algorithm.String() == m.header["alg"] })]
	if kid, ok := m.header["kid"]; ok && kid != key.kid {
		return refused("assertion_encryption", "we have no key with this kid for %s: see %s", key.algorithm, s.accountOrigin+keySetPath)
	}
	inner, err := m.open(key)
	if err != nil { // one answer, whatever was wrong (RFC 7516 §11.5)
		return refused("assertion_encryption", "it can't be decrypted: was it encrypted to the %s key at %s?", key.algorithm, s.accountOrigin+keySetPath)
	}
	switch bytes.Count(inner, []byte(".")) {
	case 2:
		r.pass("encryption", "it was encrypted to our %s key", key.algorithm)
		return string(inner), true, nil
	case 4:
		return refused("assertion_encryption", "it is encrypted twice")
	default:
		return refused("assertion_unsigned", "what is encrypted is not signed: everybody can encrypt to our key, so sign the claims first")
	}
}

// An encryptedForm is a JWE in the compact serialization (RFC 7516 §7.1).
type encryptedForm struct {
	compact string
	header  map[string]any
}

// splitEncrypted takes a JWE apart. It refuses, by an error that says what isn't in order,
// all that is not encrypted as we want it, before a key of ours is touched.
func splitEncrypted(compact string) (*encryptedForm, error) {
	var decoded [5][]byte
	for i, part := range strings.Split(compact, ".") {
		b, ok := decodePart(part)
		if !ok || i == len(decoded) {
			return nil, errors.New("it has five parts, as when it is encrypted, but they are not base64url without padding (RFC 7516 §7.1)")
		}
		decoded[i] = b
	}
	header, err := parseObject(decoded[0])
	if err != nil {
		return nil, fmt.Errorf("the header around it cannot be read: %w", err)
	}
	if refusal := refusedParameter(header); refusal != "" {
		return nil, errors.New(refusal)
	}
	alg := header["alg"]
	switch {
	case alg != algECDHES && alg != algRSAOAEP:
		return nil, fmt.Errorf("it is encrypted, but alg is %s; supported are %s and %s", shown(alg), algECDHES, algRSAOAEP)
	case header["enc"] != encA256GCM:
		return nil, fmt.Errorf("it is encrypted, but enc is %s; supported is %s", shown(header["enc"]), encA256GCM)
	case len(decoded[2]) != gcmIVSize || len(decoded[4]) != gcmTagSize:
		return nil, fmt.Errorf("its initialization vector or tag has not the size of %s's", encA256GCM)
	case alg == algECDHES && len(decoded[1]) != 0: // RFC 7518 §4.6: direct key agreement
		return nil, fmt.Errorf("it has an encrypted key, which %s has not", algECDHES)
	case alg == algECDHES && !isP256Point(header["epk"]):
		return nil, errors.New("its epk is not a public key on P-256")
	}
	return &encryptedForm{compact: compact, header: header}, nil
}

// open decrypts a JWE with the key's own algorithm.
func (m *encryptedForm) open(key encryptionKey) ([]byte, error) {
	return jwe.Decrypt([]byte(m.compact), jwe.WithKey(key.algorithm, key.private))
}

// isP256Point reports whether an ephemeral key is a point of the curve that our key is on
// (RFC 8725 §3.4): with any other, our key would leak from what comes out.
func isP256Point(epk any) bool {
	object, ok := epk.(map[string]any)
	if !ok || object["kty"] != "EC" || object["crv"] != "P-256" {
		return false
	}
	point := []byte{4} // SEC 1 §2.3.3: uncompressed
	for _, name := range []string{"x", "y"} {
		text, _ := object[name].(string)
		coordinate, ok := decodePart(text)
		if !ok || len(coordinate) != 32 { // RFC 7518 §6.2.1.2
			return false
		}
		point = append(point, coordinate...)
	}
	_, private := object["d"]
	_, err := ecdh.P256().NewPublicKey(point)
	return err == nil && !private
}
