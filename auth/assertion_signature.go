package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/company-a/aside/db"
)

// checkSignature checks an assertion's algorithm, key and signature. It gives the key that
// verified it, and nothing of use when none did.
func (s *Server) checkSignature(ctx context.Context, r *AssertionReport, tenant *db.Tenant, m *signedForm) (verifier, error) {
	alg := algorithmOf(m.header["alg"])
	if !slices.Contains(assertionAlgorithms, alg) { // exactly as registered: RFC 7515 §4.1.1
		r.fail("algorithm", "assertion_algorithm", "alg is %s; supported are %s", shown(m.header["alg"]), strings.Join(assertionAlgorithms, ", "))
		return verifier{}, nil
	}
	kid, _ := m.header["kid"].(string)
	found, err := s.findKeys(ctx, tenant, kid)
	if err != nil {
		return verifier{}, err
	}
	r.problems = found.problems[:min(len(found.problems), maxProblems)]
	if len(found.keys) == 0 {
		r.fail("key", "assertion_key_unknown", "%s", found.missing(kid))
		return verifier{}, nil
	}
	keys := slices.DeleteFunc(slices.Clone(found.keys), func(v verifier) bool { return v.algorithm != alg })
	switch {
	case len(keys) == 0:
		r.fail("algorithm", "assertion_algorithm", "alg is %s, but %s is only for %s", alg, found.keys[0].from, found.keys[0].algorithm)
		return verifier{}, nil
	case len(keys) > maxKeysToTry:
		r.fail("key", "assertion_key_unknown", "%d keys could have signed it: name one by its kid", len(keys))
		return verifier{}, nil
	}
	r.pass("algorithm", "alg is %s", alg)
	for _, v := range keys {
		if v.verifies(m) {
			r.pass("key", "%s", v.from)
			r.pass("signature", "the signature is valid")
			return v, nil
		}
	}
	if len(keys) == 1 {
		r.pass("key", "%s", keys[0].from)
	} else {
		r.pass("key", "%d keys were tried", len(keys))
	}
	r.fail("signature", "assertion_signature", "the signature is invalid%s", hint(alg, m.signature))
	return verifier{}, nil
}

// verifies reports whether the key made a signature with its own algorithm, whatever the
// header says (RFC 8725 §3.1).
func (v verifier) verifies(m *signedForm) bool {
	name, _ := m.header["alg"].(string)
	algorithm, ok := jwa.LookupSignatureAlgorithm(name)
	if !ok || algorithmOf(name) != v.algorithm {
		return false
	}
	_, err := jws.Verify([]byte(m.compact), jws.WithKey(algorithm, v.key))
	return err == nil
}

// hint guesses at what usually goes wrong with a signature.
func hint(alg string, signature []byte) string {
	switch {
	case alg == algES256 && len(signature) > 64 && signature[0] == 0x30:
		return ": it is in ASN.1 DER, but ES256 is r and s in 64 bytes (RFC 7518 §3.4)"
	case alg == algHS256:
		return ": use the secret's text itself as the key, without decoding it"
	}
	return ""
}

const maxProblems = 5 // with key sets, that a report names

// foundKeys are the keys of a tenant that may have signed an assertion.
type foundKeys struct {
	keys     []verifier
	known    []string // the kids there are
	live     int      // keys, of all kinds
	problems []string // with key sets
}

// findKeys finds the tenant's live keys of a kid; those without a kid when none has it; all
// when kid is "". A key set is asked again, once a while, for a kid that it doesn't have.
func (s *Server) findKeys(ctx context.Context, tenant *db.Tenant, kid string) (*foundKeys, error) {
	rows, err := s.db.AssertionKeys(ctx, tenant.Key)
	if err != nil {
		return nil, err
	}
	found := &foundKeys{}
	var inline []verifier
	var sets []*db.AssertionKey
	var unusable []string
	for _, row := range rows {
		if row.RevokedAt != nil {
			continue
		}
		found.live++
		if row.Kind == db.JWKSURL {
			sets = append(sets, row)
			continue
		}
		v, err := inlineVerifier(row)
		if err != nil {
			unusable = append(unusable, err.Error())
			continue
		}
		inline = append(inline, v)
	}
	if found.pick(inline, kid); slices.Contains(found.known, kid) {
		return found, nil
	}
	// Sets are asked for what is there, and if that isn't it, for what is new.
	for _, ask := range []func(context.Context, string, string) keySet{s.keySets.get, s.keySets.refresh} {
		inSets, problems := askSets(sets, func(url string) keySet { return ask(ctx, tenant.Key, url) })
		found.problems = slices.Concat(unusable, problems)
		if found.pick(slices.Concat(inline, inSets), kid); kid == "" || slices.Contains(found.known, kid) {
			break
		}
	}
	return found, ctx.Err()
}

// pick chooses among keys by kid (RFC 7515 §4.1.4).
func (f *foundKeys) pick(all []verifier, kid string) {
	f.known = f.known[:0]
	var named, unnamed []verifier
	for _, v := range all {
		switch v.kid {
		case "":
			unnamed = append(unnamed, v)
		case kid:
			named = append(named, v)
		}
		if v.kid != "" {
			f.known = append(f.known, v.kid)
		}
	}
	switch {
	case kid == "":
		f.keys = all
	case len(named) > 0:
		f.keys = named
	default:
		f.keys = unnamed
	}
}

// missing says why there is no key.
func (f *foundKeys) missing(kid string) string {
	var b strings.Builder
	switch {
	case f.live == 0:
		b.WriteString("this tenant has no active key: add one")
	case kid == "":
		b.WriteString("there is no key that could have signed it")
	default:
		fmt.Fprintf(&b, "there is no key with the kid %s", quoted(kid))
	}
	if len(f.known) > 0 {
		known := make([]string, min(len(f.known), 5))
		for i := range known {
			known[i] = quoted(f.known[i])
		}
		fmt.Fprintf(&b, "; known are %s", strings.Join(known, ", "))
	}
	for _, p := range f.problems[:min(len(f.problems), maxProblems)] {
		b.WriteString("; " + p)
	}
	return b.String()
}

// askSets gathers the keys of the tenant's key sets, all at once: a slow one takes no time
// from another.
func askSets(rows []*db.AssertionKey, ask func(url string) keySet) (keys []verifier, problems []string) {
	answers := make([]keySet, len(rows))
	var all sync.WaitGroup
	for i, row := range rows {
		all.Go(func() { answers[i] = ask(row.URL) })
	}
	all.Wait()
	for i, row := range rows {
		for _, v := range answers[i].keys {
			v.id, v.from = row.ID, "the key "+quoted(v.kid)+" of the set at "+row.URL
			keys = append(keys, v)
		}
		for _, p := range answers[i].problems {
			problems = append(problems, "the set at "+row.URL+" "+p)
		}
	}
	return keys, problems
}

// inlineVerifier reads a key that NewAssertionKey made. It fails for a key that was in order
// once and, by rules that came later, is no more.
func inlineVerifier(row *db.AssertionKey) (verifier, error) {
	if row.Kind == db.SharedSecret {
		return verifier{id: row.ID, kid: row.KeyID, algorithm: algHS256, key: []byte(row.Secret), from: "the shared secret"}, nil
	}
	object, err := parseObject(row.PublicJWK)
	if err != nil {
		return verifier{}, fmt.Errorf("the public key %s is refused: %w", quoted(row.KeyID), err)
	}
	v, err := parsePublicJWK(object, row.Algorithm)
	if err == nil && v.algorithm != row.Algorithm {
		err = errors.New("its algorithm is another one than it was added for")
	}
	if err != nil {
		return verifier{}, fmt.Errorf("the public key %s is refused: %w", quoted(row.KeyID), err)
	}
	v.id, v.from = row.ID, "the public key"
	if v.kid != "" {
		v.from += " " + quoted(v.kid)
	}
	return v, nil
}
