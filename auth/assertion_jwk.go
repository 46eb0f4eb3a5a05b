package auth

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

// The algorithms that sign assertions (RFC 7518 §3.1, RFC 8037 §3.1). A key has one of them
// for its life (RFC 8725 §3.1).
const (
	algES256 = "ES256"
	algEdDSA = "EdDSA"
	algRS256 = "RS256"
	algPS256 = "PS256"
	algHS256 = "HS256"
)

// algEd25519 is the name that RFC 9864 §2.2 gives EdDSA with Ed25519, the one curve that is supported here.
const algEd25519 = "Ed25519"

// algorithmOf returns the algorithm that a header or a key names.
func algorithmOf(alg any) string {
	if alg == algEd25519 {
		return algEdDSA
	}
	name, _ := alg.(string)
	return name
}

var assertionAlgorithms = []string{algES256, algEdDSA, algRS256, algPS256, algHS256}

// Sizes of RSA moduli, in bits: below the first nothing is proved, beyond the second
// verifying costs more than it tells.
const (
	minRSASize = 2048
	maxRSASize = 4096
)

const maxKIDSize = 255 // bytes

// A verifier is a key that verifies assertions of one algorithm.
type verifier struct {
	id        uuid.UUID // of the tenant's key that it is, or is found by
	kid       string    // "" for a key without
	algorithm string
	key       any    // *ecdsa.PublicKey, ed25519.PublicKey, *rsa.PublicKey or, for HS256, []byte
	from      string // what the tenant's developer calls it
}

// errSecretKey is returned for what must never be published or pasted where public keys go.
var errSecretKey = errors.New("it is a secret key")

// parsePublicJWK reads a public key for assertions (RFC 7517 §4). rsaDefault is the algorithm
// of an RSA key that says none, "" to refuse that. The error completes "this key is refused:".
func parsePublicJWK(object map[string]any, rsaDefault string) (verifier, error) {
	object = withoutEmpty(object)
	if isSecret(object) {
		return verifier{}, errSecretKey
	}
	if use, ok := object["use"]; ok && use != "sig" { // RFC 7517 §4.2
		return verifier{}, errors.New("its use is not sig")
	}
	if ops, ok := object["key_ops"]; ok { // §4.3
		if list, ok := ops.([]any); !ok || !slices.Contains(list, any("verify")) {
			return verifier{}, errors.New("its key_ops have no verify")
		}
	}
	if _, ok := object["x5u"]; ok { // a key elsewhere, which nobody here would compare with this one
		return verifier{}, errors.New("it has an x5u: leave that out")
	}
	v := verifier{}
	if kid, ok := object["kid"]; ok {
		if v.kid, ok = kid.(string); !ok || len(v.kid) > maxKIDSize {
			return verifier{}, fmt.Errorf("its kid is not a string of at most %d bytes", maxKIDSize)
		}
	}
	var err error
	if v.key, err = exportKey(object); err != nil {
		return verifier{}, fmt.Errorf("it is not a public key of a kind that is supported (%s)", supportedKeys)
	}
	switch key := v.key.(type) {
	case *ecdsa.PublicKey:
		if key.Curve.Params().BitSize != 256 || object["crv"] != "P-256" {
			return verifier{}, errors.New("its curve is not P-256")
		}
		if _, err := key.ECDH(); err != nil { // RFC 8725 §3.4
			return verifier{}, errors.New("its point is not on the curve")
		}
		v.algorithm = algES256
	case ed25519.PublicKey:
		if len(key) != ed25519.PublicKeySize || smallOrder(key) {
			return verifier{}, errors.New("it verifies signatures that nobody made")
		}
		v.algorithm = algEdDSA
	case *rsa.PublicKey:
		if size := key.N.BitLen(); size < minRSASize || size > maxRSASize {
			return verifier{}, fmt.Errorf("its modulus has %d bits, not %d to %d", size, minRSASize, maxRSASize)
		}
		if key.N.Bit(0) == 0 {
			return verifier{}, errors.New("its modulus is even")
		}
		if guessable(key.N) {
			return verifier{}, errors.New("it was made by hardware whose keys can be factored (CVE-2017-15361): make another one elsewhere")
		}
		v.algorithm = rsaDefault
	default:
		return verifier{}, fmt.Errorf("it is not of a kind that is supported (%s)", supportedKeys)
	}
	alg, there := object["alg"]
	_, isRSA := v.key.(*rsa.PublicKey)
	switch {
	case !there && v.algorithm == "":
		return verifier{}, fmt.Errorf(`an RSA key has to say its algorithm: add "alg": %q or "alg": %q`, algRS256, algPS256)
	case isRSA && (alg == algRS256 || alg == algPS256):
		v.algorithm = alg.(string)
	case there && algorithmOf(alg) != v.algorithm:
		return verifier{}, fmt.Errorf("its alg is %s, which is not supported for this kind of key (%s)", shown(alg), supportedKeys)
	}
	return v, nil
}

// isSecret reports whether a JWK has what only its owner may (RFC 7518 §6).
func isSecret(object map[string]any) bool {
	said := withoutEmpty(object)
	return said["kty"] == "oct" || slices.ContainsFunc([]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, func(private string) bool {
		_, ok := said[private]
		return ok
	})
}

// withoutEmpty returns the members of a JWK that say something. Some libraries write all that they know of, null or empty.
func withoutEmpty(object map[string]any) map[string]any {
	said := maps.Clone(object)
	maps.DeleteFunc(said, func(_ string, v any) bool {
		list, isList := v.([]any)
		return v == nil || v == "" || (isList && len(list) == 0)
	})
	return said
}

// exportKey returns the key that the members of a JWK describe (RFC 7518 §6). The others say what it is for.
func exportKey(object map[string]any) (key any, err error) {
	members := map[string]any{}
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e"} {
		if v, ok := object[name]; ok {
			members[name] = v
		}
	}
	raw, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	parsed, err := jwk.ParseKey(raw)
	if err != nil {
		return nil, err
	}
	return key, jwk.Export(parsed, &key)
}

const supportedKeys = "P-256 for ES256, Ed25519 for EdDSA, RSA of 2048 to 4096 bits for RS256 or PS256"

// guessable reports whether a modulus has the structure of the keys of CVE-2017-15361: modulo
// each small prime it is a power of 65537. Of the moduli that are sound, one in 2^27 has it, too.
func guessable(modulus *big.Int) bool {
	for p := int64(3); p <= 167; p += 2 {
		if !big.NewInt(p).ProbablyPrime(0) {
			continue
		}
		want := new(big.Int).Mod(modulus, big.NewInt(p)).Int64()
		power, found := int64(1), false
		for range p {
			found = found || power == want
			power = power * 65537 % p
		}
		if !found {
			return false
		}
	}
	return true
}

// smallOrder reports whether an Ed25519 key is one of the few points that verify almost any
// signature, whatever was signed: there is no private key to them.
func smallOrder(key ed25519.PublicKey) bool {
	masked := slices.Clone(key)
	masked[31] &= 0x7f // the sign of x, which some of them have either way
	return slices.Contains(smallOrderPoints, hex.EncodeToString(masked))
}

// The y coordinates, little-endian, of the points of order 1, 2, 4 and 8, with those that are
// not reduced.
var smallOrderPoints = []string{
	strings.Repeat("00", 32),
	"01" + strings.Repeat("00", 31),
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"ec" + strings.Repeat("ff", 30) + "7f",
	"ed" + strings.Repeat("ff", 30) + "7f",
	"ee" + strings.Repeat("ff", 30) + "7f",
}
