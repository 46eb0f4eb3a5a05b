package assertion

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/company-a/aside/auth/strictjson"
	"github.com/company-a/aside/db"
)

// A signedMessage is a parsed JWS in the compact serialization (RFC 7515 §7.1).
type signedMessage struct {
	compact   string
	header    map[string]any
	payload   []byte
	signature []byte
	claims    map[string]any // of the payload
}

// parseSigned parses an assertion. It returns nil, and reports why, if the form is invalid.
func parseSigned(r *Report, compact string) *signedMessage {
	m, err := splitSigned(compact)
	if err == nil {
		err = m.readClaims()
	}
	if err != nil {
		r.fail("form", "assertion_malformed", "%v", err)
		return nil
	}
	r.pass("form", "a signed JWT in the compact form")
	return m
}

// splitSigned parses a JWS with any payload. The error is for the tenant's developer.
func splitSigned(compact string) (*signedMessage, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, errors.New("it is not a compact JWS: three parts in base64url, separated by dots")
	}
	var decoded [3][]byte
	for i, name := range []string{"header", "payload", "signature"} {
		b, ok := decodePart(parts[i])
		if !ok {
			return nil, fmt.Errorf("its %s is not base64url without padding (RFC 7515 §2)", name)
		}
		decoded[i] = b
	}
	header, err := strictjson.Object(decoded[0])
	if err != nil {
		return nil, fmt.Errorf("its header is invalid: %w", err)
	}
	if refusal := refusedParameter(header); refusal != "" {
		return nil, errors.New(refusal)
	}
	deleteNulls(header, "typ", "cty")
	if kid, ok := header["kid"]; ok {
		if _, ok := kid.(string); !ok {
			return nil, errors.New("its kid is not a string")
		}
	}
	return &signedMessage{compact: compact, header: header, payload: decoded[1], signature: decoded[2]}, nil
}

// readClaims reads the payload of a JWS that must be a JWT.
func (m *signedMessage) readClaims() (err error) {
	if typ, ok := m.header["typ"]; ok && !isMediaType(typ, "JWT") { // RFC 8725 §3.11: a token for something else
		return errors.New("its typ is not JWT")
	}
	if _, ok := m.header["cty"]; ok { // RFC 7519 §5.2: the payload would be another token
		return errors.New("its header has cty: sign the claims, then encrypt, and nest no further")
	}
	if m.claims, err = strictjson.Object(m.payload); err != nil {
		return fmt.Errorf("its payload is invalid: %w", err)
	}
	deleteNulls(m.claims, "email", "name", "nonce", "nbf")
	return nil
}

// refusedParameter returns why the header of a JWS or a JWE is refused, or "". It refuses keys
// that the header brings along (RFC 8725 §3.10) and extensions, none of which is supported
// (RFC 7515 §4.1.11).
func refusedParameter(header map[string]any) string {
	for _, name := range []string{"jwk", "jku", "x5u", "x5c"} {
		if _, ok := header[name]; ok {
			return "its header has a key (" + name + "): only the keys that the tenant configured count"
		}
	}
	for _, p := range []struct{ name, why string }{
		{"crit", "critical extensions: none is supported"},
		{"b64", "b64: the payload is always base64url"},
		{"zip", "zip: compression is not supported"},
	} {
		if _, ok := header[p.name]; ok {
			return "its header has " + p.why
		}
	}
	return ""
}

// isMediaType compares typ or cty, where "application/" may be left out (RFC 7515 §4.1.9).
func isMediaType(v any, want string) bool {
	s, ok := v.(string)
	if len(s) > len("application/") && strings.EqualFold(s[:len("application/")], "application/") {
		s = s[len("application/"):]
	}
	return ok && strings.EqualFold(s, want)
}

// deleteNulls deletes optional members that are null. Some libraries write null for a member
// without a value.
func deleteNulls(object map[string]any, optional ...string) {
	for _, name := range optional {
		if object[name] == nil {
			delete(object, name)
		}
	}
}

// decodePart decodes base64url in its canonical form: no padding, no line breaks, no spare bits.
func decodePart(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") { // package base64 skips them
		return nil, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return b, err == nil
}

// checkSignature checks the algorithm, the key and the signature of an assertion. It returns the
// key that verified it, or the zero verifier if none did.
func (c *Checker) checkSignature(ctx context.Context, r *Report, tenant *db.Tenant, m *signedMessage) (verifier, error) {
	alg := algorithmOf(m.header["alg"])
	if !slices.Contains(signingAlgorithms, alg) { // case-sensitive: RFC 7515 §4.1.1
		r.fail("algorithm", "assertion_algorithm", "alg is %s; supported are %s", quotedValue(m.header["alg"]), strings.Join(signingAlgorithms, ", "))
		return verifier{}, nil
	}
	kid, _ := m.header["kid"].(string)
	found, err := c.findCandidates(ctx, tenant, kid)
	if err != nil {
		return verifier{}, err
	}
	r.problems = found.firstProblems()
	if len(found.keys) == 0 {
		r.fail("key", "assertion_key_unknown", "%s", found.explainNoKey(kid))
		return verifier{}, nil
	}
	keys := slices.DeleteFunc(slices.Clone(found.keys), func(v verifier) bool { return v.algorithm != alg })
	switch {
	case len(keys) == 0:
		r.fail("algorithm", "assertion_algorithm", "alg is %s, but %s is only for %s", alg, found.keys[0].description, found.keys[0].algorithm)
		return verifier{}, nil
	case len(keys) > maxKeysToTry:
		r.fail("key", "assertion_key_unknown", "%d keys could have signed it: name one by its kid", len(keys))
		return verifier{}, nil
	}
	r.pass("algorithm", "alg is %s", alg)
	for _, v := range keys {
		if v.verifies(m) {
			r.pass("key", "%s", v.description)
			r.pass("signature", "the signature is valid")
			return v, nil
		}
	}
	if len(keys) == 1 {
		r.pass("key", "%s", keys[0].description)
	} else {
		r.pass("key", "%d keys were tried", len(keys))
	}
	r.fail("signature", "assertion_signature", "the signature is invalid%s", signatureHint(alg, m.signature))
	return verifier{}, nil
}

// verifies reports whether the key made the signature. It uses the key's own algorithm, not the
// header's (RFC 8725 §3.1).
func (v verifier) verifies(m *signedMessage) bool {
	name, _ := m.header["alg"].(string)
	algorithm, ok := jwa.LookupSignatureAlgorithm(name)
	if !ok || algorithmOf(name) != v.algorithm {
		return false
	}
	_, err := jws.Verify([]byte(m.compact), jws.WithKey(algorithm, v.key))
	return err == nil
}

// signatureHint explains the most common mistakes with a signature.
func signatureHint(alg string, signature []byte) string {
	switch {
	case alg == algES256 && len(signature) > 64 && signature[0] == 0x30:
		return ": it is in ASN.1 DER, but ES256 is r and s in 64 bytes (RFC 7518 §3.4)"
	case alg == algHS256:
		return ": use the secret's text itself as the key, without decoding it"
	}
	return ""
}
