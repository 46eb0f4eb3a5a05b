package assertion

import (
	"crypto"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/auth/strictjson"
	"github.com/company-a/aside/db"
)

// Sizes of shared secrets in bytes. A secret is at least as long as the hash (RFC 7518 §3.2).
const (
	minSecretSize = 32
	maxSecretSize = 512
	minCharacters = 10 // different ones; a secret with fewer was typed, not generated
)

const maxJWKSize = 8 << 10 // bytes, as entered

// NewKey makes a tenant's key from what its developer entered. Only the argument of the key's
// kind may be set:
//
//	db.SharedSecret  secret, the text of which is the HMAC key; if it is "", 32 random bytes in
//	                 base64url are generated and returned as generated, to be shown once
//	db.PublicJWK     publicJWK, a public key (RFC 7517)
//	db.JWKSURL       jwksURL, where the tenant publishes its key set, at https; with
//	                 allowLoopback also at http on this computer
//
// The key is not stored: see db.DB.AddAssertionKey. A refusal is a *db.Error with CodeInvalid,
// the field (sharedSecret, publicJwk, jwksUrl or kind), and what to enter instead.
func NewKey(tenantKey string, kind db.AssertionKeyKind, secret, publicJWK, jwksURL string, allowLoopback bool) (key *db.AssertionKey, generated string, err error) {
	key = &db.AssertionKey{TenantKey: tenantKey, Kind: kind}
	for _, f := range []struct {
		field, value string
		of           db.AssertionKeyKind
	}{{"sharedSecret", secret, db.SharedSecret}, {"publicJwk", publicJWK, db.PublicJWK}, {"jwksUrl", jwksURL, db.JWKSURL}} {
		if f.value != "" && f.of != kind {
			return nil, "", invalidKey(f.field, "This field is for another kind of key. Leave it out.")
		}
	}
	switch kind {
	case db.SharedSecret:
		if secret == "" {
			generated = generateSecret()
			secret = generated
		}
		key.Algorithm, key.Secret = algHS256, []byte(secret)
		err = checkSecret(secret)
	case db.PublicJWK:
		err = readPublicJWK(key, publicJWK)
	case db.JWKSURL:
		key.URL = jwksURL
		err = CheckURL("jwksUrl", "a key set", "https://shop.example/.well-known/jwks.json", jwksURL, allowLoopback)
	default:
		err = invalidKey("kind", "A key must be a SHARED_SECRET, a PUBLIC_JWK or a JWKS_URL.")
	}
	if err != nil {
		return nil, "", err
	}
	return key, generated, nil
}

func invalidKey(field, message string) error {
	return &db.Error{Code: db.CodeInvalid, Field: field, Message: message}
}

func generateSecret() string {
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		panic(err) // crypto/rand does not fail
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func checkSecret(secret string) error {
	different := map[byte]bool{}
	for i := range len(secret) {
		different[secret[i]] = true
	}
	switch {
	case len(secret) < minSecretSize || len(secret) > maxSecretSize:
		return invalidKey("sharedSecret", "A shared secret must have 32 to 512 bytes. Leave it out to generate one.")
	case !utf8.ValidString(secret) || strings.TrimSpace(secret) != secret:
		return invalidKey("sharedSecret", "A shared secret must be text without leading or trailing spaces. Leave it out to generate one.")
	case strings.HasPrefix(secret, "-----BEGIN") || strings.HasPrefix(secret, "{"): // RFC 8725 §2.1
		return invalidKey("sharedSecret", "This looks like a PEM or JWK key, which others may know. Add a public key as a PUBLIC_JWK.")
	case len(different) < minCharacters:
		return invalidKey("sharedSecret", "A shared secret must be random. Leave it out to generate one.")
	}
	return nil
}

func readPublicJWK(key *db.AssertionKey, publicJWK string) error {
	if publicJWK == "" || len(publicJWK) > maxJWKSize {
		return invalidKey("publicJwk", `A public key must be a JSON Web Key, like {"kty": "EC", "crv": "P-256", "x": "…", "y": "…"}.`)
	}
	object, err := strictjson.Object([]byte(strings.TrimPrefix(publicJWK, "\ufeff")))
	if err != nil {
		return invalidKey("publicJwk", `This is not a JSON Web Key, like {"kty": "EC", "crv": "P-256", "x": "…", "y": "…"}: `+err.Error()+".")
	}
	if _, ok := object["keys"]; ok {
		return invalidKey("publicJwk", "This is a set of keys. Add each of them, or the URL where you publish the set as a JWKS_URL.")
	}
	v, err := parsePublicJWK(object, "")
	switch {
	case errors.Is(err, errSecretKey):
		return invalidKey("publicJwk", "This key is secret, so nobody else should have it. Create a new one and add only its public part.")
	case err != nil:
		return invalidKey("publicJwk", "This key was rejected: "+err.Error()+".")
	case strings.ContainsRune(v.kid, 0):
		return invalidKey("publicJwk", "This key was rejected: its kid has control characters.")
	}
	key.KeyID, key.Algorithm = v.kid, v.algorithm
	object = withoutEmpty(object)
	kept := map[string]any{} // the key as we read it, without members that we don't need
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e", "alg", "use", "kid"} {
		if member, ok := object[name]; ok {
			kept[name] = member
		}
	}
	key.PublicJWK, err = json.Marshal(kept)
	return err
}

// Thumbprint returns the RFC 7638 thumbprint of a public key, or "" for a key of another kind.
func Thumbprint(k *db.AssertionKey) string {
	if k.Kind != db.PublicJWK {
		return ""
	}
	key, err := jwk.ParseKey(k.PublicJWK)
	if err != nil {
		return ""
	}
	hash, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(hash)
}
