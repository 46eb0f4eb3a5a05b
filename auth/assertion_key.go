package auth

import (
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/company-a/aside/db"
)

// Sizes of shared secrets, in bytes. RFC 7518 §3.2: at least the hash's.
const (
	minSecretSize = 32
	maxSecretSize = 512
	fewCharacters = 10 // different ones; fewer were typed, not drawn
)

const (
	maxJWKSize = 8 << 10 // bytes, as typed
	maxURLSize = 2000
)

// NewAssertionKey makes a key of what a tenant's developer typed: for db.SharedSecret the
// secret, whose text is the HMAC key as it stands, or "" to have one generated (32 random
// bytes in base64url, to be shown once); for db.PublicJWK a public key (RFC 7517); for
// db.JWKSURL where the tenant publishes its own keys: at https, and with allowLoopback also
// at http on this computer. What belongs to another kind must be "".
//
// Its errors are *db.Error with CodeInvalid, the field (sharedSecret, publicJwk, jwksUrl or
// kind), and what to write instead. The key is not kept yet: see db.DB.AddAssertionKey.
func NewAssertionKey(tenantKey string, kind db.AssertionKeyKind, secret, publicJWK, jwksURL string, allowLoopback bool) (key *db.AssertionKey, generated string, err error) {
	key = &db.AssertionKey{TenantKey: tenantKey, Kind: kind}
	for _, f := range []struct {
		field, value string
		of           db.AssertionKeyKind
	}{{"sharedSecret", secret, db.SharedSecret}, {"publicJwk", publicJWK, db.PublicJWK}, {"jwksUrl", jwksURL, db.JWKSURL}} {
		if f.value != "" && f.of != kind {
			return nil, "", badKey(f.field, "This field is for another kind of key. Leave it out.")
		}
	}
	switch kind {
	case db.SharedSecret:
		if secret == "" {
			generated = newSecret().reveal()
			secret = generated
		}
		key.Algorithm, key.Secret = algHS256, []byte(secret)
		err = checkSecret(secret)
	case db.PublicJWK:
		err = readPublicJWK(key, publicJWK)
	case db.JWKSURL:
		key.URL = jwksURL
		err = checkKeySetURL(jwksURL, allowLoopback)
	default:
		err = badKey("kind", "A key must be a SHARED_SECRET, a PUBLIC_JWK or a JWKS_URL.")
	}
	if err != nil {
		return nil, "", err
	}
	return key, generated, nil
}

func badKey(field, message string) error {
	return &db.Error{Code: db.CodeInvalid, Field: field, Message: message}
}

func checkSecret(secret string) error {
	different := map[byte]bool{}
	for i := range len(secret) {
		different[secret[i]] = true
	}
	switch {
	case len(secret) < minSecretSize || len(secret) > maxSecretSize:
		return badKey("sharedSecret", "A shared secret must have 32 to 512 bytes. Leave it out to generate one.")
	case !utf8.ValidString(secret) || strings.TrimSpace(secret) != secret:
		return badKey("sharedSecret", "A shared secret must be text without leading or trailing spaces. Leave it out to generate one.")
	case strings.HasPrefix(secret, "-----BEGIN") || strings.HasPrefix(secret, "{"): // RFC 8725 §2.1
		return badKey("sharedSecret", "This looks like a PEM or JWK key, which others may know. Add a public key as a PUBLIC_JWK.")
	case len(different) < fewCharacters:
		return badKey("sharedSecret", "A shared secret must be random. Leave it out to generate one.")
	}
	return nil
}

func readPublicJWK(key *db.AssertionKey, publicJWK string) error {
	if publicJWK == "" || len(publicJWK) > maxJWKSize {
		return badKey("publicJwk", `A public key must be a JSON Web Key, like {"kty": "EC", "crv": "P-256", "x": "…", "y": "…"}.`)
	}
	object, err := parseObject([]byte(strings.TrimPrefix(publicJWK, "\ufeff")))
	if err != nil {
		return badKey("publicJwk", `This is not a JSON Web Key, like {"kty": "EC", "crv": "P-256", "x": "…", "y": "…"}: `+err.Error()+".")
	}
	if _, ok := object["keys"]; ok {
		return badKey("publicJwk", "This is a set of keys. Add each of them, or the URL where you publish the set as a JWKS_URL.")
	}
	v, err := parsePublicJWK(object, "")
	switch {
	case errors.Is(err, errSecretKey):
		return badKey("publicJwk", "This key is secret, so nobody else should have it. Create a new one and add only its public part.")
	case err != nil:
		return badKey("publicJwk", "This key was rejected: "+err.Error()+".")
	case strings.ContainsRune(v.kid, 0):
		return badKey("publicJwk", "This key was rejected: its kid has control characters.")
	}
	key.KeyID, key.Algorithm = v.kid, v.algorithm
	object = withoutEmpty(object)
	kept := map[string]any{} // as it was read, not as it was typed, and no more than that
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e", "alg", "use", "kid"} {
		if member, ok := object[name]; ok {
			kept[name] = member
		}
	}
	key.PublicJWK, err = json.Marshal(kept)
	return err
}

func checkKeySetURL(s string, allowLoopback bool) error {
	const example = "Write it like https://shop.example/.well-known/jwks.json."
	u, err := url.Parse(s)
	switch {
	case s == "" || len(s) > maxURLSize:
		return badKey("jwksUrl", "The URL of a key set is missing or too long. "+example)
	case err != nil || !utf8.ValidString(s) || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return badKey("jwksUrl", "This is not a URL. "+example)
	case u.User != nil:
		return badKey("jwksUrl", "A key set is public. Leave out the user name and password. "+example)
	case u.Fragment != "" || strings.Contains(s, "#"):
		return badKey("jwksUrl", "Leave out everything from the # on. "+example)
	}
	local := isLocalhost(u.Hostname())
	switch _, notIP := netip.ParseAddr(u.Hostname()); {
	case local && !allowLoopback:
		return badKey("jwksUrl", "This host is this computer itself. "+example)
	case local && (u.Scheme == "http" || u.Scheme == "https"):
		return nil
	case u.Scheme != "https":
		return badKey("jwksUrl", "A key set must be served over https. "+example)
	case notIP == nil:
		return badKey("jwksUrl", "Use a host name, not an IP address. "+example)
	}
	return nil
}

// isLocalhost reports whether a host is this computer (RFC 6761 §6.3).
func isLocalhost(host string) bool {
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
