package assertion

import (
	"encoding/base64"
	"strings"
)

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
