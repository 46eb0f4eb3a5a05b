package assertion

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwe"

	"github.com/company-a/aside/auth/strictjson"
)

// Sizes in bytes (RFC 7518 §5.3).
const (
	gcmIVSize  = 12
	gcmTagSize = 16
)

// decrypt returns the JWT inside an assertion that is encrypted to one of our keys (RFC 7519
// §5.2), or the assertion itself if it is not encrypted. ok is false if the report has a refusal.
// Anybody can encrypt to our keys: only a signature on the result makes it the tenant's.
func (c *Checker) decrypt(ctx context.Context, r *Report, assertion string) (compact string, ok bool, err error) {
	refused := func(code, format string, args ...any) (string, bool, error) {
		r.fail("encryption", code, format, args...)
		return "", false, nil
	}
	if len(assertion) > maxSize {
		r.fail("form", "assertion_malformed", "it has more than %d KiB", maxSize>>10)
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
		return refused("assertion_encryption", "the encryption header has no cty JWT: sign the claims first, then encrypt the signed JWT")
	}
	keys, err := c.Keys.load(ctx)
	if err != nil {
		return "", false, err
	}
	key := keys[slices.IndexFunc(keys, func(k encryptionKey) bool { return k.algorithm.String() == m.header["alg"] })]
	if kid, ok := m.header["kid"]; ok && kid != key.kid {
		return refused("assertion_encryption", "we have no key with this kid for %s: see %s", key.algorithm, c.Audience+KeySetPath)
	}
	inner, err := m.decrypt(key)
	if err != nil { // the same answer for every cause (RFC 7516 §11.5)
		return refused("assertion_encryption", "it can't be decrypted: was it encrypted to the %s key at %s?", key.algorithm, c.Audience+KeySetPath)
	}
	switch bytes.Count(inner, []byte(".")) {
	case 2:
		r.pass("encryption", "it was encrypted to our %s key", key.algorithm)
		return string(inner), true, nil
	case 4:
		return refused("assertion_encryption", "it is encrypted twice")
	default:
		return refused("assertion_unsigned", "the encrypted content is not signed: anybody can encrypt to our key, so sign the claims first")
	}
}

// An encryptedMessage is a parsed JWE in the compact serialization (RFC 7516 §7.1).
type encryptedMessage struct {
	compact string
	header  map[string]any
}

// splitEncrypted parses a JWE. It refuses everything that is not encrypted in a supported way
// before one of our keys is used. The error is for the tenant's developer.
func splitEncrypted(compact string) (*encryptedMessage, error) {
	var decoded [5][]byte
	for i, part := range strings.Split(compact, ".") {
		b, ok := decodePart(part)
		if !ok || i == len(decoded) {
			return nil, errors.New("it has five parts, like an encrypted JWT, but they are not base64url without padding (RFC 7516 §7.1)")
		}
		decoded[i] = b
	}
	header, err := strictjson.Object(decoded[0])
	if err != nil {
		return nil, fmt.Errorf("the encryption header is invalid: %w", err)
	}
	if refusal := refusedParameter(header); refusal != "" {
		return nil, errors.New(refusal)
	}
	alg := header["alg"]
	switch {
	case alg != algECDHES && alg != algRSAOAEP:
		return nil, fmt.Errorf("it is encrypted, but alg is %s; supported are %s and %s", quotedValue(alg), algECDHES, algRSAOAEP)
	case header["enc"] != encA256GCM:
		return nil, fmt.Errorf("it is encrypted, but enc is %s; supported is %s", quotedValue(header["enc"]), encA256GCM)
	case len(decoded[2]) != gcmIVSize || len(decoded[4]) != gcmTagSize:
		return nil, fmt.Errorf("its initialization vector or tag does not have the size for %s", encA256GCM)
	case alg == algECDHES && len(decoded[1]) != 0: // RFC 7518 §4.6: direct key agreement
		return nil, fmt.Errorf("it has an encrypted key, which %s does not use", algECDHES)
	case alg == algECDHES && !isP256Point(header["epk"]):
		return nil, errors.New("its epk is not a public key on P-256")
	}
	return &encryptedMessage{compact: compact, header: header}, nil
}

// decrypt decrypts a JWE with the key's own algorithm.
func (m *encryptedMessage) decrypt(key encryptionKey) ([]byte, error) {
	return jwe.Decrypt([]byte(m.compact), jwe.WithKey(key.algorithm, key.private))
}

// isP256Point reports whether an ephemeral public key is a point on P-256 (RFC 8725 §3.4). With a
// point on another curve, the result would reveal our private key.
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

// The algorithms that encrypt assertions (RFC 7518 §4.1, §5.1): none with a shared key or a
// password, and none that distinguishes a wrong key from wrong padding.
const (
	algECDHES  = "ECDH-ES"
	algRSAOAEP = "RSA-OAEP-256"
	encA256GCM = "A256GCM"
)
