package auth

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// A signedForm is a JWS in the compact serialization (RFC 7515 §7.1), taken apart.
type signedForm struct {
	compact   string
	header    map[string]any
	payload   []byte
	signature []byte
	claims    map[string]any // of payload
}

// parseSigned takes an assertion apart. It gives nil for what is none.
func parseSigned(r *AssertionReport, compact string) *signedForm {
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

// splitSigned takes a JWS apart, whatever its payload. The error says what isn't in order.
func splitSigned(compact string) (*signedForm, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, errors.New("it is not a compact JWS: three parts in base64url with dots between them")
	}
	var decoded [3][]byte
	for i, name := range []string{"header", "payload", "signature"} {
		b, ok := decodePart(parts[i])
		if !ok {
			return nil, fmt.Errorf("its %s is not base64url without padding (RFC 7515 §2)", name)
		}
		decoded[i] = b
	}
	header, err := parseObject(decoded[0])
	if err != nil {
		return nil, fmt.Errorf("its header cannot be read: %w", err)
	}
	if refusal := refusedParameter(header); refusal != "" {
		return nil, errors.New(refusal)
	}
	dropNull(header, "typ", "cty")
	if kid, ok := header["kid"]; ok {
		if _, ok := kid.(string); !ok {
			return nil, errors.New("its kid is not a string")
		}
	}
	return &signedForm{compact: compact, header: header, payload: decoded[1], signature: decoded[2]}, nil
}

// readClaims reads the payload of a JWS that is to be a JWT.
func (m *signedForm) readClaims() (err error) {
	if typ, ok := m.header["typ"]; ok && !isMediaType(typ, "JWT") { // RFC 8725 §3.11: a token for something else
		return errors.New("its typ is not JWT")
	}
	if _, ok := m.header["cty"]; ok { // RFC 7519 §5.2: another token would be inside
		return errors.New("its header has cty: sign the claims, then encrypt, and nest no further")
	}
	if m.claims, err = parseObject(m.payload); err != nil {
		return fmt.Errorf("its payload cannot be read: %w", err)
	}
	dropNull(m.claims, "email", "name", "nonce", "nbf")
	return nil
}

// refusedParameter says what a header, of a JWS or a JWE, must not have: keys that it names
// itself (RFC 8725 §3.10), and extensions that are not understood here (RFC 7515 §4.1.11).
func refusedParameter(header map[string]any) string {
	for _, name := range []string{"jwk", "jku", "x5u", "x5c"} {
		if _, ok := header[name]; ok {
			return "its header brings a key of its own (" + name + "): only the tenant's configured keys count"
		}
	}
	for _, p := range []struct{ name, why string }{
		{"crit", "critical extensions: none is understood here"},
		{"b64", "b64: the payload is always base64url"},
		{"zip", "zip: nothing is decompressed here"},
	} {
		if _, ok := header[p.name]; ok {
			return "its header has " + p.why
		}
	}
	return ""
}

// isMediaType compares typ or cty, in which "application/" may be left out (RFC 7515 §4.1.9).
func isMediaType(v any, want string) bool {
	s, ok := v.(string)
	if len(s) > len("application/") && strings.EqualFold(s[:len("application/")], "application/") {
		s = s[len("application/"):]
	}
	return ok && strings.EqualFold(s, want)
}

// decodePart decodes base64url in its one canonical form: no padding, no line breaks, no
// spare bits.
func decodePart(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") { // which package base64 skips
		return nil, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return b, err == nil
}
