package dpop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
)

// A header is that of a proof (RFC 9449 §4.2).
type header struct {
	Typ  string          `json:"typ"`
	Alg  string          `json:"alg"`
	Crit json.RawMessage `json:"crit"`
	B64  json.RawMessage `json:"b64"`
	JWK  *jwk            `json:"jwk"`
}

// A jwk is an EC key (RFC 7518 §6.2).
type jwk struct {
	Kty string          `json:"kty"`
	Crv string          `json:"crv"`
	X   string          `json:"x"`
	Y   string          `json:"y"`
	D   json.RawMessage `json:"d"` // makes it a private key
}

// A publicKey verifies proofs.
type publicKey struct {
	*ecdsa.PublicKey
	thumbprint string // RFC 7638
}

// parseHeader checks the header of a proof, in base64url, and returns its key. The comments have
// the numbers of the checks in RFC 9449 §4.3.
func parseHeader(encoded string) (*publicKey, error) {
	var h header
	raw, err := strict.DecodeString(encoded)
	if err != nil || json.Unmarshal(raw, &h) != nil { // (2)
		return nil, errNotOneJWT
	}
	if h.Typ != "dpop+jwt" { // (4)
		return nil, refuse("The proof's typ is not dpop+jwt.")
	}
	if h.Alg != "ES256" { // (5)
		return nil, refuse("The proof's alg is not ES256.")
	}
	if isPresent(h.Crit) || isPresent(h.B64) { // RFC 7515 §4.1.11: no extension is supported
		return nil, refuse("The proof has critical extensions.")
	}
	key, ok := h.JWK.publicKey()
	if !ok {
		return nil, refuse("The proof has no EC public key.")
	}
	if isPresent(h.JWK.D) { // (7)
		return nil, refuse("The proof's jwk is not a public key.")
	}
	return &publicKey{key, h.JWK.thumbprint()}, nil
}

// isPresent reports whether a member is there and not null. Some libraries write null for a member
// without a value.
func isPresent(member json.RawMessage) bool { return member != nil && string(member) != "null" }

// Limits of the cache, which bound it to about 10 MB. A widget's header has about 250 bytes.
const (
	maxKeys         = 10_000
	maxCachedHeader = 512
)

// keys caches the keys of valid headers. A client's proofs all have the same header, and parsing
// it costs half as much as the rest.
type keys struct {
	cache *lru.Cache[string, *publicKey]
}

func newKeys() keys {
	cache, err := lru.New[string, *publicKey](maxKeys)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return keys{cache}
}

// verify checks the header and the signature of a proof (RFC 9449 §4.3 (6)), and returns its key.
func (k keys) verify(m *jws) (*publicKey, error) {
	key, known := k.cache.Get(m.header)
	if !known {
		var err error
		if key, err = parseHeader(m.header); err != nil {
			return nil, err
		}
	}
	if !m.verifiedBy(key.PublicKey) {
		return nil, refuse("The proof's signature is invalid.")
	}
	if !known && len(m.header) <= maxCachedHeader {
		k.cache.Add(strings.Clone(m.header), key) // m.header shares memory with the whole request
	}
	return key, nil
}

// publicKey returns the key of a P-256 JWK with a point on the curve.
func (k *jwk) publicKey() (*ecdsa.PublicKey, bool) {
	if k == nil || k.Kty != "EC" || k.Crv != "P-256" || len(k.X) != 43 || len(k.Y) != 43 {
		return nil, false
	}
	point := make([]byte, 65)
	point[0] = 4 // uncompressed: SEC 1 §2.3.3
	if _, err := strict.Decode(point[1:33], []byte(k.X)); err != nil {
		return nil, false
	}
	if _, err := strict.Decode(point[33:], []byte(k.Y)); err != nil {
		return nil, false
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	return key, err == nil
}

// thumbprint returns the RFC 7638 thumbprint. publicKey accepts only one form of x and y, so a key
// has one thumbprint.
func (k *jwk) thumbprint() string {
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
