package assertion

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/lestrrat-go/jwx/v3/jwk"

	"github.com/company-a/aside/auth/strictjson"
)

// Sizes of RSA moduli in bits. A smaller one proves nothing; a larger one costs more to verify
// than it adds.
const (
	minRSASize = 2048
	maxRSASize = 4096
)

const maxKIDSize = 255 // bytes

const supportedKeys = "P-256 for ES256, Ed25519 for EdDSA, RSA of 2048 to 4096 bits for RS256 or PS256"

// A verifier is a key that verifies assertions with one algorithm.
type verifier struct {
	id          uuid.UUID // of the tenant's key: this one, or the one with the key set
	kid         string    // "" for a key without one
	algorithm   string
	key         any    // *ecdsa.PublicKey, ed25519.PublicKey, *rsa.PublicKey or, for HS256, []byte
	description string // for the tenant's developer
}

// errSecretKey is returned for a private or symmetric key where only a public one belongs.
var errSecretKey = errors.New("it is a secret key")

// parsePublicJWK reads a public key for assertions (RFC 7517 §4). rsaDefault is the algorithm of
// an RSA key without alg; if it is "", such a key is refused. The error completes "this key is
// refused:".
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
			return verifier{}, errors.New("its key_ops do not include verify")
		}
	}
	if _, ok := object["x5u"]; ok { // a certificate elsewhere, which we would not compare with this key
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
		return verifier{}, fmt.Errorf("it is not a public key of a supported kind (%s)", supportedKeys)
	}
	if v.algorithm, err = keyAlgorithm(v.key, object["crv"], rsaDefault); err != nil {
		return verifier{}, err
	}
	alg, present := object["alg"]
	_, isRSA := v.key.(*rsa.PublicKey)
	switch {
	case !present && v.algorithm == "":
		return verifier{}, fmt.Errorf(`an RSA key must name its algorithm: add "alg": %q or "alg": %q`, algRS256, algPS256)
	case isRSA && (alg == algRS256 || alg == algPS256):
		v.algorithm = alg.(string)
	case present && algorithmOf(alg) != v.algorithm:
		return verifier{}, fmt.Errorf("its alg is %s, which is not supported for this kind of key (%s)", quotedValue(alg), supportedKeys)
	}
	return v, nil
}

// keyAlgorithm validates a public key (RFC 8725 §3.4) and returns the algorithm of its kind.
func keyAlgorithm(key, curve any, rsaDefault string) (string, error) {
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		if key.Curve.Params().BitSize != 256 || curve != "P-256" {
			return "", errors.New("its curve is not P-256")
		}
		if _, err := key.ECDH(); err != nil {
			return "", errors.New("its point is not on the curve")
		}
		return algES256, nil
	case ed25519.PublicKey:
		if len(key) != ed25519.PublicKeySize || isSmallOrder(key) {
			return "", errors.New("it verifies signatures that nobody made")
		}
		return algEdDSA, nil
	case *rsa.PublicKey:
		if size := key.N.BitLen(); size < minRSASize || size > maxRSASize {
			return "", fmt.Errorf("its modulus has %d bits, not %d to %d", size, minRSASize, maxRSASize)
		}
		if key.N.Bit(0) == 0 {
			return "", errors.New("its modulus is even")
		}
		if isFactorable(key.N) {
			return "", errors.New("it was made by hardware with keys that can be factored (CVE-2017-15361): make a new key elsewhere")
		}
		return rsaDefault, nil
	default:
		return "", fmt.Errorf("it is not of a supported kind (%s)", supportedKeys)
	}
}

// isSecret reports whether a JWK has private or symmetric members (RFC 7518 §6).
func isSecret(object map[string]any) bool {
	members := withoutEmpty(object)
	return members["kty"] == "oct" || slices.ContainsFunc([]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}, func(private string) bool {
		_, ok := members[private]
		return ok
	})
}

// withoutEmpty returns the members of a JWK that are not null or empty. Some libraries write
// every member that they know.
func withoutEmpty(object map[string]any) map[string]any {
	members := maps.Clone(object)
	maps.DeleteFunc(members, func(_ string, v any) bool {
		list, isList := v.([]any)
		return v == nil || v == "" || (isList && len(list) == 0)
	})
	return members
}

// exportKey returns the public key that a JWK describes (RFC 7518 §6).
func exportKey(object map[string]any) (key any, err error) {
	members := map[string]any{}
	for _, name := range []string{"kty", "crv", "x", "y", "n", "e"} { // the others only say what the key is for
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

const maxKeySetKeys = 20

// parseKeySet reads a JWK Set (RFC 7517 §5). Keys that can't be used are left out, each with a
// reason in unusable. The error completes "the set at URL".
func parseKeySet(body []byte) (keys []verifier, unusable []string, err error) {
	list, err := splitKeySet(body)
	if err != nil {
		return nil, nil, err
	}
	refuse := func(i int, reason error) {
		unusable = append(unusable, fmt.Sprintf("has an unusable key, number %d: %v", i+1, reason))
	}
	entries := make([]map[string]any, len(list))
	published := map[string]bool{} // public parts of the private keys in the set
	for i, raw := range list {
		if entries[i], err = strictjson.Object(raw); err == nil && isSecret(entries[i]) {
			published[publicPart(entries[i])] = true
		}
		if err != nil {
			refuse(i, err)
		}
	}
	for i, entry := range entries {
		if entry == nil {
			continue
		}
		v, err := parsePublicJWK(entry, algRS256)
		switch {
		case errors.Is(err, errSecretKey):
			refuse(i, fmt.Errorf("%w: replace that key, and publish only public keys", err))
		case err != nil:
			refuse(i, err)
		case published[publicPart(entry)]:
			refuse(i, errors.New("the set contains its private part too: replace that key"))
		default:
			keys = append(keys, v)
		}
	}
	return keys, unusable, nil
}

// splitKeySet returns the keys of a set, unparsed.
func splitKeySet(body []byte) ([]json.RawMessage, error) {
	var set struct{ Keys []json.RawMessage }
	members, err := strictjson.Members(body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("is not a key set: %w", err)
	case json.Unmarshal(members["keys"], &set.Keys) != nil || set.Keys == nil:
		return nil, errors.New(`is not a key set: it has no "keys"`)
	case len(set.Keys) > maxKeySetKeys:
		return nil, fmt.Errorf("has %d keys: %d at most", len(set.Keys), maxKeySetKeys)
	}
	return set.Keys, nil
}

// publicPart returns a text that identifies the public part of a JWK.
func publicPart(jwk map[string]any) string {
	return fmt.Sprint(jwk["kty"], jwk["crv"], jwk["x"], jwk["y"], jwk["n"], jwk["e"])
}

// The algorithms that sign assertions (RFC 7518 §3.1, RFC 8037 §3.1). A key keeps its algorithm
// for life (RFC 8725 §3.1).
const (
	algES256 = "ES256"
	algEdDSA = "EdDSA"
	algRS256 = "RS256"
	algPS256 = "PS256"
	algHS256 = "HS256"
)

// algEd25519 is another name for EdDSA with Ed25519 (RFC 9864 §2.2), which is the only curve
// supported here.
const algEd25519 = "Ed25519"

var signingAlgorithms = []string{algES256, algEdDSA, algRS256, algPS256, algHS256}

// algorithmOf returns the signing algorithm that a header or a key names.
func algorithmOf(alg any) string {
	if alg == algEd25519 {
		return algEdDSA
	}
	name, _ := alg.(string)
	return name
}
