package authtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

func randomBytes(n int) []byte {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return b
}

// Digest returns the SHA-256 hash of s in base64url, as in an S256 challenge (RFC 7636 §4.2), an ath
// or a thumbprint.
func Digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return Encode(sum[:])
}

// Encode returns b in base64url without padding, as all parts of a JWT are (RFC 7515 §2).
func Encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func encodeJSON(v any) string {
	var b strings.Builder
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		panic(err) // a test passed a value that JSON can't represent
	}
	return Encode([]byte(strings.TrimSpace(b.String())))
}

// Flattened returns a compact JWT in the flattened JSON serialization (RFC 7515 §7.2.2).
func Flattened(jwt string) string {
	parts := strings.Split(jwt, ".")
	b, err := json.Marshal(map[string]string{"protected": parts[0], "payload": parts[1], "signature": parts[2]})
	if err != nil {
		panic(err) // strings can be encoded
	}
	return string(b)
}

func decode(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	must(t, err)
	return b
}

func decodeJSON(t testing.TB, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("authtest: %v in %s", err, b)
	}
}

func encodeCBOR(t testing.TB, v any) []byte {
	t.Helper()
	b, err := webauthncbor.Marshal(v)
	must(t, err)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
