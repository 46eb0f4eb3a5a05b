package assertion_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

const (
	secretKind = db.SharedSecret
	jwkKind    = db.PublicJWK
	urlKind    = db.JWKSURL
)

// newKey makes a key from a value of its kind, as in production.
func newKey(t *testing.T, kind db.AssertionKeyKind, value any) (*db.AssertionKey, string, error) {
	t.Helper()
	text, ok := value.(string)
	if !ok {
		b, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		text = string(b)
	}
	of := map[db.AssertionKeyKind]string{kind: text}
	return assertion.NewKey("t_shop", kind, of[secretKind], of[jwkKind], of[urlKind], false)
}

func refusedKey(t *testing.T, kind db.AssertionKeyKind, value any, field, says string) {
	t.Helper()
	key, generated, err := newKey(t, kind, value)
	var refused *db.Error
	if !errors.As(err, &refused) || refused.Code != db.CodeInvalid || refused.Field != field || !strings.Contains(refused.Message, says) {
		t.Errorf("answered %v, want the field %s and %q", err, field, says)
	}
	if key != nil || generated != "" {
		t.Errorf("a key all the same: %+v", key)
	}
}

func TestNewKey(t *testing.T) {
	for algorithm, kty := range map[string]string{"ES256": "EC", "EdDSA": "OKP", "RS256": "RSA", "PS256": "RSA"} {
		signer := authtest.NewSigner(algorithm)
		jwk := signer.JWK()
		jwk["note"] = "what nobody needs is not kept\x00"
		if kty != "RSA" {
			delete(jwk, "alg") // its kind has only one
		}
		key, generated, err := newKey(t, jwkKind, jwk)
		if err != nil || generated != "" {
			t.Fatalf("%s: %v", algorithm, err)
		}
		if key.TenantKey != "t_shop" || key.Kind != jwkKind || key.Algorithm != algorithm || key.KeyID != signer.KeyID || !json.Valid(key.PublicJWK) || strings.Contains(string(key.PublicJWK), "note") || key.Secret != nil {
			t.Errorf("%s: the key is %+v", algorithm, key)
		}
	}
	const secret = "correct-horse-battery-staple-0123456789"
	key, generated, err := newKey(t, secretKind, secret)
	if err != nil || generated != "" || string(key.Secret) != secret || key.Algorithm != "HS256" {
		t.Errorf("a secret: %+v, %q, %v", key, generated, err)
	}
	key, generated, err = newKey(t, secretKind, "")
	if err != nil || len(generated) != 43 || string(key.Secret) != generated {
		t.Errorf("a generated secret: %q, %v", generated, err)
	}
	key, _, err = newKey(t, urlKind, "https://shop.example/.well-known/jwks.json")
	if err != nil || key.URL != "https://shop.example/.well-known/jwks.json" || key.Algorithm != "" {
		t.Errorf("a key set: %+v, %v", key, err)
	}
}

func TestGuessableSharedSecretsAreRefused(t *testing.T) {
	for secret, says := range map[string]string{
		"short":                                                              "32 to 512 bytes",
		strings.Repeat("ab", 15):                                             "32 to 512 bytes",
		strings.Repeat("x9Y", 200):                                           "32 to 512 bytes",
		strings.Repeat("a", 64):                                              "must be random",
		"12312312312312312312312312312312312":                                "must be random",
		" correct-horse-battery-staple-0123456789":                           "leading or trailing spaces",
		"correct-horse-battery-staple-0123456789\n":                          "leading or trailing spaces",
		"correct-horse-battery-staple-0123456789\xff":                        "must be text",
		"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE":   "PEM or JWK",
		`{"kty":"RSA","n":"u-SfdHPjFtGmzuoH6gheIIZ4nLwUHBQEtFGqOe0N8JuZUc"}`: "PEM or JWK",
	} {
		t.Run(secret, func(t *testing.T) { refusedKey(t, secretKind, secret, "sharedSecret", says) })
	}
}

func TestAmbiguousJWKsAreRefused(t *testing.T) {
	b, err := json.Marshal(authtest.NewSigner("ES256").JWK())
	if err != nil {
		t.Fatal(err)
	}
	for text, says := range map[string]string{
		"":                    "must be a JSON Web Key",
		"{":                   "not JSON",
		"[]":                  "not a JSON object",
		"null":                "not a JSON object",
		string(b) + string(b): "not JSON",
		strings.TrimSuffix(string(b), "}") + `,"kty":"RSA"}`: `has "kty" twice`,
		"{\"kid\":\"\xff\"}":         "not UTF-8",
		"-----BEGIN PUBLIC KEY-----": "not JSON",
		strings.Repeat(" ", 9<<10):   "must be a JSON Web Key",
	} {
		if text == "" {
			_, _, err := assertion.NewKey("t_shop", jwkKind, "", "", "", false)
			if !db.IsCode(err, db.CodeInvalid) {
				t.Errorf("nothing: %v", err)
			}
			continue
		}
		t.Run(says, func(t *testing.T) { refusedKey(t, jwkKind, text, "publicJwk", says) })
	}
}

func TestKeySetURL(t *testing.T) {
	for url, says := range map[string]string{
		"":                                                  "missing",
		"shop.example":                                      "not a URL",
		"https://":                                          "not a URL",
		"https:///jwks.json":                                "not a URL",
		"https:shop.example":                                "not a URL",
		"https://:443/":                                     "not a URL",
		"https://shop.example:x/":                           "not a URL",
		"http://shop.example/jwks.json":                     "over https",
		"ftp://shop.example/jwks.json":                      "over https",
		"file://shop.example/etc/passwd":                    "over https",
		"https://user:pw@shop.example/":                     "user name",
		"https://shop.example@10.0.0.1/":                    "user name",
		"https://shop.example/#keys":                        "everything from the #",
		"https://169.254.169.254/latest":                    "IP address",
		"https://[fd00::1]/":                                "IP address",
		"https://93.184.216.34/":                            "IP address",
		"https://127.0.0.1/":                                "this computer itself",
		"https://[::1]:8443/":                               "this computer itself",
		"http://localhost:8081/jwks.json":                   "this computer itself",
		"https://shop.LOCALHOST/":                           "this computer itself",
		"https://shop.example/" + strings.Repeat("x", 2000): "too long",
	} {
		t.Run(url, func(t *testing.T) { refusedKey(t, urlKind, url, "jwksUrl", says) })
	}
	for _, url := range []string{"http://localhost:8081/jwks.json", "http://shop.localhost/k", "https://127.0.0.1:8443/k", "http://[::1]:1/"} {
		if _, _, err := assertion.NewKey("t_shop", urlKind, "", "", url, true); err != nil {
			t.Errorf("in development, %s: %v", url, err)
		}
	}
	if _, _, err := assertion.NewKey("t_shop", urlKind, "", "", "http://shop.example/", true); !db.IsCode(err, db.CodeInvalid) {
		t.Errorf("in development, http elsewhere: %v", err)
	}
}

func TestNewKeyOfOneKind(t *testing.T) {
	for field, args := range map[string][4]string{
		"sharedSecret": {string(jwkKind), "secret", "{}", ""},
		"publicJwk":    {string(urlKind), "", "{}", "https://shop.example/"},
		"jwksUrl":      {string(secretKind), "", "", "https://shop.example/"},
		"kind":         {"PASSWORD", "", "", ""},
	} {
		_, _, err := assertion.NewKey("t_shop", db.AssertionKeyKind(args[0]), args[1], args[2], args[3], false)
		var refused *db.Error
		if !errors.As(err, &refused) || refused.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
