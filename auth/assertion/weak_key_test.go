package assertion_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"maps"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// Keys that verify signatures that nobody made are refused, such as points of small order.
func TestWeakKeysAreRefused(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	ec, okp, rsaKey := authtest.NewSigner("ES256").JWK(), authtest.NewSigner("EdDSA").JWK(), authtest.NewSigner("PS256").JWK()
	sum := sha256.Sum256([]byte("a point that is not on the curve"))
	with := func(key map[string]any, name string, v any) map[string]any {
		changed := maps.Clone(key)
		if changed[name] = v; v == nil {
			delete(changed, name)
		}
		return changed
	}
	small := func(first, middle, last byte) string {
		b := append([]byte{first}, append([]byte(strings.Repeat(string([]byte{middle}), 30)), last)...)
		return authtest.Encode(b)
	}
	for name, test := range map[string]struct {
		key  map[string]any
		want string
	}{
		"Ed25519 identity":          {with(okp, "x", small(1, 0, 0)), "signatures that nobody made"},
		"Ed25519 zero":              {with(okp, "x", small(0, 0, 0)), "signatures that nobody made"},
		"Ed25519 identity, negated": {with(okp, "x", small(1, 0, 0x80)), "signatures that nobody made"},
		"Ed25519 of order 2":        {with(okp, "x", small(0xec, 0xff, 0x7f)), "signatures that nobody made"},
		"Ed25519, short":            {with(okp, "x", authtest.Encode(make([]byte, 31))), "supported kind"},
		"X25519":                    {with(okp, "crv", "X25519"), "supported kind"},
		"Ed25519 for ES256":         {with(okp, "alg", "ES256"), `its alg is "ES256"`},
		"a point off the curve":     {with(ec, "y", authtest.Encode(sum[:])), "supported kind"},
		"P-256 said to be P-384":    {with(ec, "crv", "P-384"), "supported kind"},
		"P-256 for ES384":           {with(ec, "alg", "ES384"), `its alg is "ES384"`},
		"for encryption":            {with(ec, "use", "enc"), "its use is not sig"},
		"for signing":               {with(ec, "key_ops", []string{"sign"}), "do not include verify"},
		"a kid of a number":         {with(ec, "kid", 7), "its kid is not a string"},
		"a long kid":                {with(ec, "kid", strings.Repeat("k", 256)), "at most 255 bytes"},
		"a certificate elsewhere":   {with(ec, "x5u", "https://evil.example"), "x5u"},
		"RSA of 1024 bits":          {with(rsaKey, "n", authtest.Encode(weak.N.Bytes())), "RSA of 2048 to 4096 bits"},
		"RSA of 8192 bits":          {with(rsaKey, "n", authtest.Encode([]byte(strings.Repeat("\xff", 1024)))), "has 8192 bits"},
		"RSA, exponent of two":      {with(rsaKey, "e", "Ag"), "supported kind"},
		"RSA, an even modulus":      {with(rsaKey, "n", authtest.Encode(append(weak.N.Bytes(), append(weak.N.Bytes(), 0)...))), "modulus is even"},
		"RSA, exponent of one":      {with(rsaKey, "e", "AQ"), "supported kind"},
		"RSA without an algorithm":  {with(rsaKey, "alg", nil), `add "alg": "RS256"`},
		"RSA for encryption":        {with(rsaKey, "alg", "RSA-OAEP-256"), `its alg is "RSA-OAEP-256"`},
		"private":                   {with(ec, "d", authtest.Encode(sum[:])), "This key is secret"},
		"symmetric":                 {map[string]any{"kty": "oct", "k": authtest.Encode(sum[:])}, "This key is secret"},
		"of no kind":                {map[string]any{"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA"}, "supported kind"},
		"a set":                     {map[string]any{"keys": []any{ec}}, "a set of keys"},
		"nothing":                   {map[string]any{}, "supported kind"},
	} {
		t.Run(name, func(t *testing.T) { refusedKey(t, jwkKind, test.key, "publicJwk", test.want) })
	}
}
