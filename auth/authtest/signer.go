package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/db"
)

// A Signer is a key of a tenant's backend that signs assertions.
type Signer struct {
	Algorithm string // ES256, EdDSA, RS256, PS256 or HS256
	KeyID     string // "" for none
	private   any    // *ecdsa.PrivateKey, ed25519.PrivateKey, *rsa.PrivateKey or []byte
}

// NewSigner generates a key for an algorithm, with its own kid unless it is a shared secret.
func NewSigner(algorithm string) *Signer {
	s := &Signer{Algorithm: algorithm, KeyID: "key-" + rand.Text()[:8]}
	var err error
	switch algorithm {
	case "ES256":
		s.private = newP256()
	case "EdDSA":
		_, s.private, err = ed25519.GenerateKey(rand.Reader)
	case "RS256", "PS256":
		s.private, err = rsa.GenerateKey(rand.Reader, 2048)
	case "HS256":
		s.private, s.KeyID = []byte(rand.Text()+rand.Text()), ""
	default:
		err = fmt.Errorf("no tenant signs with %s", algorithm)
	}
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return s
}

// JWK returns the public key as a tenant would add or publish it (RFC 7517).
func (s *Signer) JWK() map[string]any {
	k := map[string]any{"alg": s.Algorithm, "use": "sig"}
	if s.KeyID != "" {
		k["kid"] = s.KeyID
	}
	switch key := s.private.(type) {
	case *ecdsa.PrivateKey:
		x, y := coordinates(key)
		k["kty"], k["crv"], k["x"], k["y"] = "EC", "P-256", Encode(x), Encode(y)
	case ed25519.PrivateKey:
		k["kty"], k["crv"], k["x"] = "OKP", "Ed25519", Encode(key.Public().(ed25519.PublicKey))
	case *rsa.PrivateKey:
		k["kty"], k["n"], k["e"] = "RSA", Encode(key.N.Bytes()), Encode(big.NewInt(int64(key.E)).Bytes())
	default:
		panic("a shared secret has no public part")
	}
	return k
}

// Secret returns the text of a shared secret.
func (s *Signer) Secret() string { return string(s.private.([]byte)) }

// Sign returns a signature with the key's algorithm (RFC 7518 §3, RFC 8037 §3.1).
func (s *Signer) Sign(input []byte) []byte {
	sum := sha256.Sum256(input)
	var signature []byte
	var err error
	switch key := s.private.(type) {
	case *ecdsa.PrivateKey:
		signature = signES256(key, input)
	case ed25519.PrivateKey:
		signature = ed25519.Sign(key, input)
	case *rsa.PrivateKey:
		if s.Algorithm == "PS256" {
			signature, err = rsa.SignPSS(rand.Reader, key, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		} else {
			signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		}
	case []byte:
		signature = HMAC(key)(input)
	}
	if err != nil {
		panic(err) // the key was made for this
	}
	return signature
}

// HMAC returns a function that signs with a shared secret (RFC 7518 §3.2).
func HMAC(secret []byte) func(input []byte) []byte {
	return func(input []byte) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write(input)
		return mac.Sum(nil)
	}
}

// AddTo adds the key to a tenant, as a shared secret or as a public key.
func (s *Signer) AddTo(t testing.TB, site *Site, tenant *db.Tenant) *db.AssertionKey {
	t.Helper()
	kind, secret, public := db.PublicJWK, "", ""
	if s.Algorithm == "HS256" {
		kind, secret = db.SharedSecret, s.Secret()
	} else {
		b, err := json.Marshal(s.JWK())
		must(t, err)
		public = string(b)
	}
	key, _, err := assertion.NewKey(tenant.Key, kind, secret, public, "", true)
	must(t, err)
	must(t, site.DB.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key))
	return key
}

// Assert returns an assertion that the tenant's visitor is "joe". It takes the edits of a DPoP proof,
// which is a JWT too.
func (s *Signer) Assert(site *Site, tenant *db.Tenant, edits ...func(*Proof)) string {
	now := site.Clock.Now()
	p := &Proof{
		Header: map[string]any{"typ": "JWT", "alg": s.Algorithm},
		Claims: map[string]any{
			"iss": tenant.Key, "aud": site.AccountOrigin, "sub": "joe", "email": "joe@shop.example", "name": "Joe",
			"iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "jti": rand.Text(),
		},
		Sign: s.Sign,
	}
	if s.KeyID != "" {
		p.Header["kid"] = s.KeyID
	}
	return p.compact(edits)
}
