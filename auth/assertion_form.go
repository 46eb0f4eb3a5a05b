package auth

import (
	"encoding/base64"
	"strings"
)

// A signedForm is a JWS in the compact serialization (RFC 7515 §7.1), taken apart.
type signedForm struct {
	compact   string
	header    map[string]any
	claims    map[string]any
	signature []byte
}

// parseSigned takes an assertion apart. It gives nil for what is none.
func parseSigned(r *AssertionReport, compact string) *signedForm {
	malformed := func(format string, args ...any) *signedForm {
		r.fail("form", "assertion_malformed", format, args...)
		return nil
	}
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return malformed("it is not a compact JWS: three parts in base64url with dots between them")
	}
	var decoded [3][]byte
	for i, name := range []string{"header", "payload", "signature"} {
		b, ok := decodePart(parts[i])
		if !ok {
			return malformed("its %s is not base64url without padding (RFC 7515 §2)", name)
		}
		decoded[i] = b
	}
	m := &signedForm{compact: compact, signature: decoded[2]}
	var err error
	if m.header, err = parseObject(decoded[0]); err != nil {
		return malformed("its header cannot be read: %v", err)
	}
	if m.claims, err = parseObject(decoded[1]); err != nil {
		return malformed("its payload cannot be read: %v", err)
	}
	if refusal := refusedParameter(m.header); refusal != "" {
		return malformed("%s", refusal)
	}
	if typ, ok := m.header["typ"]; ok && !isMediaType(typ, "JWT") { // RFC 8725 §3.11: a token for something else
		return malformed("its typ is not JWT")
	}
	if _, ok := m.header["cty"]; ok { // RFC 7519 §5.2: another token would be inside
		return malformed("its header has cty: sign the claims, then encrypt, and nest no further")
	}
	if kid, ok := m.header["kid"]; ok {
		if _, ok := kid.(string); !ok {
			return malformed("its kid is not a text")
		}
	}
	r.pass("form", "a signed JWT in the compact form")
	return m
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
