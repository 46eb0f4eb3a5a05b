package assertion

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/company-a/aside/auth/strictjson"
)

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
