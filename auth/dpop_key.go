package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"
)

type proofHeader struct {
	Typ  string          `json:"typ"`
	Alg  string          `json:"alg"`
	Crit json.RawMessage `json:"crit"`
	B64  json.RawMessage `json:"b64"`
	JWK  *proofJWK       `json:"jwk"`
}

// A proofJWK is an EC key of RFC 7518 §6.2.
type proofJWK struct {
	Kty string          `json:"kty"`
	Crv string          `json:"crv"`
	X   string          `json:"x"`
	Y   string          `json:"y"`
	D   json.RawMessage `json:"d"` // makes it a private key
}

// A proofKey is what a proof is verified with, and its RFC 7638 thumbprint.
type proofKey struct {
	*ecdsa.PublicKey
	jkt string
}

// readProofHeader gives the key of a proof whose header, in base64url, is in order (the numbers are
// those of RFC 9449 §4.3).
func readProofHeader(encoded string) (*proofKey, error) {
	var header proofHeader
	raw, err := strict.DecodeString(encoded)
	if err != nil || json.Unmarshal(raw, &header) != nil { // (2)
		return nil, errNotOneJWT
	}
	if header.Typ != "dpop+jwt" { // (4)
		return nil, badProof("The proof's typ is not dpop+jwt.")
	}
	if header.Alg != "ES256" { // (5)
		return nil, badProof("The proof's alg is not ES256.")
	}
	if says(header.Crit) || says(header.B64) { // RFC 7515 §4.1.11: none is understood here
		return nil, badProof("The proof has critical extensions.")
	}
	key, ok := header.JWK.publicKey()
	if !ok {
		return nil, badProof("The proof has no EC public key.")
	}
	if says(header.JWK.D) { // (7)
		return nil, badProof("The proof's jwk is not a public key.")
	}
	return &proofKey{key, header.JWK.thumbprint()}, nil
}

// says reports whether a member is there and not null, which some libraries write for one that is not.
func says(member json.RawMessage) bool { return member != nil && string(member) != "null" }

// Together they bound what proofKeys holds to some 10 MB. A widget's header has about 250 bytes.
const (
	maxProofKeys  = 10_000
	maxKeptHeader = 512
)

// proofKeys remembers the headers of good proofs. A widget's proofs differ in what they claim; their
// header is the same in all of them, and reading it costs half of what the rest does.
type proofKeys struct {
	kept *lru.Cache[string, *proofKey]
}

func newProofKeys() proofKeys {
	kept, err := lru.New[string, *proofKey](maxProofKeys)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return proofKeys{kept}
}

// verify says whose proof it is, if its header is in order and its signature is by the key there
// (RFC 9449 §4.3 (6)).
func (k proofKeys) verify(p *signedProof) (*proofKey, error) {
	key, known := k.kept.Get(p.header)
	if !known {
		var err error
		if key, err = readProofHeader(p.header); err != nil {
			return nil, err
		}
	}
	if !p.verifiedBy(key.PublicKey) {
		return nil, badProof("The proof's signature is invalid.")
	}
	if !known && len(p.header) <= maxKeptHeader {
		k.kept.Add(strings.Clone(p.header), key) // the proof's memory is the request's
	}
	return key, nil
}

// publicKey gives the key of a P-256 JWK, whose point must be on the curve.
func (k *proofJWK) publicKey() (*ecdsa.PublicKey, bool) {
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

// thumbprint is RFC 7638's. X and Y are in the only form that publicKey accepts, so that one
// key has one thumbprint.
func (k *proofJWK) thumbprint() string {
	sum := sha256.Sum256([]byte(`{"crv":"P-256","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
