package assertion

import (
	"errors"
	"fmt"
	"strings"

	"github.com/company-a/aside/auth/strictjson"
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
