package assertion

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/company-a/aside/auth/strictjson"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

const maxProblems = 5 // in a report

// candidates are the keys of a tenant that may have signed an assertion.
type candidates struct {
	keys     []verifier
	kids     []string // of all the tenant's keys
	live     int      // keys of all kinds
	problems []string // with keys and key sets
}

// findCandidates finds the tenant's live keys with a kid, or those without a kid if none has it, or
// all keys if kid is "". A key set without the kid is fetched again, at most once in
// keySetRefresh.
func (c *Checker) findCandidates(ctx context.Context, tenant *db.Tenant, kid string) (_ *candidates, err error) {
	defer fault.Place(&err, "assertion.findCandidates")
	rows, err := c.DB.AssertionKeys(ctx, tenant.Key)
	if err != nil {
		return nil, err
	}
	found := &candidates{}
	var stored []verifier
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
		v, err := storedVerifier(row)
		if err != nil {
			unusable = append(unusable, err.Error())
			continue
		}
		stored = append(stored, v)
	}
	if found.pick(stored, kid); slices.Contains(found.kids, kid) {
		return found, nil
	}
	// First what is cached, then, if the kid is not in it, what is new.
	for _, get := range []func(context.Context, string, string) keySet{c.Sets.get, c.Sets.refresh} {
		published, problems := getKeySets(sets, func(url string) keySet { return get(ctx, tenant.Key, url) })
		found.problems = slices.Concat(unusable, problems)
		if found.pick(slices.Concat(stored, published), kid); kid == "" || slices.Contains(found.kids, kid) {
			break
		}
	}
	return found, ctx.Err()
}

// pick chooses among keys by kid (RFC 7515 §4.1.4).
func (f *candidates) pick(all []verifier, kid string) {
	f.kids = f.kids[:0]
	var named, unnamed []verifier
	for _, v := range all {
		switch v.kid {
		case "":
			unnamed = append(unnamed, v)
		case kid:
			named = append(named, v)
		}
		if v.kid != "" {
			f.kids = append(f.kids, v.kid)
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

func (f *candidates) firstProblems() []string { return f.problems[:min(len(f.problems), maxProblems)] }

// explainNoKey explains why there is no key.
func (f *candidates) explainNoKey(kid string) string {
	var b strings.Builder
	switch {
	case f.live == 0:
		b.WriteString("this tenant has no active key: add one")
	case kid == "":
		b.WriteString("there is no key that could have signed it")
	default:
		fmt.Fprintf(&b, "there is no key with the kid %s", quoted(kid))
	}
	if len(f.kids) > 0 {
		known := make([]string, min(len(f.kids), 5))
		for i := range known {
			known[i] = quoted(f.kids[i])
		}
		fmt.Fprintf(&b, "; known are %s", strings.Join(known, ", "))
	}
	for _, p := range f.firstProblems() {
		b.WriteString("; " + p)
	}
	return b.String()
}

// getKeySets gets the tenant's key sets in parallel, so that a slow one does not delay the others.
func getKeySets(rows []*db.AssertionKey, get func(url string) keySet) (keys []verifier, problems []string) {
	sets := make([]keySet, len(rows))
	var all sync.WaitGroup
	for i, row := range rows {
		all.Go(func() { sets[i] = get(row.URL) })
	}
	all.Wait()
	for i, row := range rows {
		for _, v := range sets[i].keys {
			v.id, v.description = row.ID, "the key "+quoted(v.kid)+" of the set at "+row.URL
			keys = append(keys, v)
		}
		for _, p := range sets[i].problems {
			problems = append(problems, "the set at "+row.URL+" "+p)
		}
	}
	return keys, problems
}

// storedVerifier reads a key that NewKey made. It returns an error, for the tenant's developer,
// for a key that rules made since then refuse.
func storedVerifier(row *db.AssertionKey) (verifier, error) {
	if row.Kind == db.SharedSecret {
		return verifier{id: row.ID, kid: row.KeyID, algorithm: algHS256, key: []byte(row.Secret), description: "the shared secret"}, nil
	}
	object, err := strictjson.Object(row.PublicJWK)
	if err != nil {
		return verifier{}, fmt.Errorf("the public key %s is refused: %w", quoted(row.KeyID), err)
	}
	v, err := parsePublicJWK(object, row.Algorithm)
	if err == nil && v.algorithm != row.Algorithm {
		err = errors.New("its algorithm is not the one it was added for")
	}
	if err != nil {
		return verifier{}, fmt.Errorf("the public key %s is refused: %w", quoted(row.KeyID), err)
	}
	v.id, v.description = row.ID, "the public key"
	if v.kid != "" {
		v.description += " " + quoted(v.kid)
	}
	return v, nil
}
