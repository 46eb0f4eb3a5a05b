package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

func publicJSON(k *authtest.Key) []byte {
	b, _ := json.Marshal(k.JWK())
	return b
}

// Valid proofs with algorithms that many servers accept. We accept only ES256.

func rs256(t *testing.T) func(*authtest.Proof) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return func(p *authtest.Proof) {
		p.Header["alg"] = "RS256"
		p.Header["jwk"] = map[string]any{"kty": "RSA", "n": authtest.Encode(key.N.Bytes()), "e": authtest.Encode(big.NewInt(int64(key.E)).Bytes())}
		p.Sign = func(input []byte) []byte {
			sum := sha256.Sum256(input)
			signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
			if err != nil {
				t.Fatal(err)
			}
			return signature
		}
	}
}

func es384(t *testing.T) func(*authtest.Proof) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return func(p *authtest.Proof) {
		p.Header["alg"] = "ES384"
		p.Header["jwk"] = map[string]any{"kty": "EC", "crv": "P-384", "x": authtest.Encode(point[1:49]), "y": authtest.Encode(point[49:])}
		p.Sign = func(input []byte) []byte {
			sum := sha512.Sum384(input)
			r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
			if err != nil {
				t.Fatal(err)
			}
			signature := make([]byte, 96)
			r.FillBytes(signature[:48])
			s.FillBytes(signature[48:])
			return signature
		}
	}
}

func eddsa(t *testing.T) func(*authtest.Proof) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return func(p *authtest.Proof) {
		p.Header["alg"] = "EdDSA"
		p.Header["jwk"] = map[string]any{"kty": "OKP", "crv": "Ed25519", "x": authtest.Encode(public)}
		p.Sign = func(input []byte) []byte { return ed25519.Sign(private, input) }
	}
}
