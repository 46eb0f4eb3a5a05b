package assertion

import (
	"context"
	"slices"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/company-a/aside/db"
)

// checkSignature checks the algorithm, the key and the signature of an assertion. It returns the
// key that verified it, or the zero verifier if none did.
func (c *Checker) checkSignature(ctx context.Context, r *Report, tenant *db.Tenant, m *signedMessage) (verifier, error) {
	alg := algorithmOf(m.header["alg"])
	if !slices.Contains(signingAlgorithms, alg) { // case-sensitive: RFC 7515 §4.1.1
		r.fail("algorithm", "assertion_algorithm", "alg is %s; supported are %s", quotedValue(m.header["alg"]), strings.Join(signingAlgorithms, ", "))
		return verifier{}, nil
	}
	kid, _ := m.header["kid"].(string)
	found, err := c.findCandidates(ctx, tenant, kid)
	if err != nil {
		return verifier{}, err
	}
	r.problems = found.firstProblems()
	if len(found.keys) == 0 {
		r.fail("key", "assertion_key_unknown", "%s", found.explainNoKey(kid))
		return verifier{}, nil
	}
	keys := slices.DeleteFunc(slices.Clone(found.keys), func(v verifier) bool { return v.algorithm != alg })
	switch {
	case len(keys) == 0:
		r.fail("algorithm", "assertion_algorithm", "alg is %s, but %s is only for %s", alg, found.keys[0].description, found.keys[0].algorithm)
		return verifier{}, nil
	case len(keys) > maxKeysToTry:
		r.fail("key", "assertion_key_unknown", "%d keys could have signed it: name one by its kid", len(keys))
		return verifier{}, nil
	}
	r.pass("algorithm", "alg is %s", alg)
	for _, v := range keys {
		if v.verifies(m) {
			r.pass("key", "%s", v.description)
			r.pass("signature", "the signature is valid")
			return v, nil
		}
	}
	if len(keys) == 1 {
		r.pass("key", "%s", keys[0].description)
	} else {
		r.pass("key", "%d keys were tried", len(keys))
	}
	r.fail("signature", "assertion_signature", "the signature is invalid%s", signatureHint(alg, m.signature))
	return verifier{}, nil
}

// verifies reports whether the key made the signature. It uses the key's own algorithm, not the
// header's (RFC 8725 §3.1).
func (v verifier) verifies(m *signedMessage) bool {
	name, _ := m.header["alg"].(string)
	algorithm, ok := jwa.LookupSignatureAlgorithm(name)
	if !ok || algorithmOf(name) != v.algorithm {
		return false
	}
	_, err := jws.Verify([]byte(m.compact), jws.WithKey(algorithm, v.key))
	return err == nil
}

// signatureHint explains the most common mistakes with a signature.
func signatureHint(alg string, signature []byte) string {
	switch {
	case alg == algES256 && len(signature) > 64 && signature[0] == 0x30:
		return ": it is in ASN.1 DER, but ES256 is r and s in 64 bytes (RFC 7518 §3.4)"
	case alg == algHS256:
		return ": use the secret's text itself as the key, without decoding it"
	}
	return ""
}
