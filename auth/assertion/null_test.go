package assertion_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
)

var null = json.RawMessage("null")

// A null member counts as absent: some libraries write null for a member without a value.
func TestANullMemberOfAnAssertionIsAbsent(t *testing.T) {
	issuer, _ := newPublisher(t, shared(t), authtest.NewSigner("ES256"))
	for _, name := range []string{"email", "name", "nonce", "nbf"} {
		t.Run(name, func(t *testing.T) { issuer.accepted(t, issuer.assert(authtest.Claim(name, null))) })
	}
	for _, name := range []string{"typ", "cty"} {
		t.Run(name, func(t *testing.T) { issuer.accepted(t, issuer.assert(authtest.Header(name, null))) })
	}
	for name, code := range map[string]string{
		"iss": "assertion_issuer", "aud": "assertion_audience", "sub": "assertion_subject",
		"iat": "assertion_issued_at", "exp": "assertion_expired", "jti": "assertion_jti",
	} {
		t.Run(name, func(t *testing.T) { issuer.refused(t, issuer.assert(authtest.Claim(name, null)), code) })
	}
}

// withNullMembers returns a public key as System.IdentityModel's JsonWebKey is serialized, with all members, null or empty.
func withNullMembers(jwk map[string]any) map[string]any {
	full := map[string]any{
		"alg": nil, "crv": nil, "d": nil, "dp": nil, "dq": nil, "e": nil, "k": nil, "key_ops": []string{}, "keyid": nil, "kid": nil, "kty": nil, "n": nil,
		"oth": []string{}, "p": nil, "q": nil, "qi": nil, "use": nil, "x": nil, "x5c": []string{}, "x5t": nil, "x5t#S256": nil, "x5u": nil, "y": nil,
		"KeySize": 256, "HasPrivateKey": false, "CryptoProviderFactory": map[string]any{},
	}
	maps.Copy(full, jwk)
	return full
}

func TestAJWKAsDotNetWritesIt(t *testing.T) {
	site := shared(t)
	for _, algorithm := range []string{"ES256", "EdDSA", "RS256"} {
		t.Run(algorithm, func(t *testing.T) {
			signer := authtest.NewSigner(algorithm)
			issuer, server := newPublisher(t, site, signer)
			server.keys.Store(&[]map[string]any{withNullMembers(signer.JWK())})
			issuer.accepted(t, issuer.assert())

			pasted, err := json.Marshal(withNullMembers(signer.JWK()))
			if err != nil {
				t.Fatal(err)
			}
			key, _, err := assertion.NewKey("t_shop", jwkKind, "", string(pasted), "", false)
			if err != nil || key.Algorithm != algorithm || key.KeyID != signer.KeyID {
				t.Fatalf("pasted: %v", err)
			}
			var kept map[string]any
			if err := json.Unmarshal(key.PublicJWK, &kept); err != nil {
				t.Fatal(err)
			}
			want := signer.JWK()
			if !slices.Equal(slices.Sorted(maps.Keys(kept)), slices.Sorted(maps.Keys(want))) {
				t.Errorf("kept as %s", key.PublicJWK)
			}
		})
	}
}

// RFC 9864 §2.2 has a second name for EdDSA with Ed25519.
func TestEd25519IsEdDSA(t *testing.T) {
	site := shared(t)
	for _, of := range []string{"Ed25519", "EdDSA", ""} {
		for _, by := range []string{"Ed25519", "EdDSA"} {
			t.Run(of+" key, signed by "+by, func(t *testing.T) {
				signer := authtest.NewSigner("EdDSA")
				issuer, server := newPublisher(t, site, signer)
				jwk := signer.JWK()
				jwk["alg"] = of
				server.keys.Store(&[]map[string]any{jwk})
				issuer.accepted(t, issuer.assert(authtest.Header("alg", by)))
				issuer.refused(t, issuer.assert(authtest.Header("alg", by), authtest.SignedWith(authtest.NewSigner("EdDSA").Sign)), "assertion_signature")
				issuer.refused(t, issuer.assert(authtest.Header("alg", "ES256")), "assertion_algorithm")
			})
		}
	}
	jwk := authtest.NewSigner("ES256").JWK()
	jwk["alg"] = "Ed25519"
	pasted, err := json.Marshal(jwk)
	if err != nil {
		t.Fatal(err)
	}
	refusedKey(t, jwkKind, string(pasted), "publicJwk", "its alg is")
}
