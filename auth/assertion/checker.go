package assertion

import (
	"context"
	"errors"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// Limits of an assertion.
const (
	maxSize           = 8 << 10 // bytes
	maxLifetime       = 5 * time.Minute
	leeway            = 30 * time.Second // for clocks that differ
	maxJTISize        = 256              // bytes
	maxKeysToTry      = 20               // for an assertion without a kid
	latestNumericDate = 1 << 40          // seconds since 1970 (RFC 7519 §2); a later date is a mistake
)

// A Checker checks the assertions of all tenants. All fields are required.
type Checker struct {
	DB       *db.DB           // has the tenants' keys and the used assertions
	Keys     *EncryptionKeys  // ours
	Sets     *KeySets         // the tenants' own
	Now      func() time.Time // by which assertions expire
	Audience string           // the only value of aud: the account origin
}

// Test checks an assertion for the tenant's developer. It reports all checks that it can make,
// does not use the assertion up, and writes nothing. Two things it cannot know: whether the
// assertion was used before, and whether its nonce is the widget's. An error means that the
// check itself failed; an invalid assertion is a Report that is not OK.
func (c *Checker) Test(ctx context.Context, tenant *db.Tenant, assertion string) (*Report, error) {
	return c.check(ctx, tenant, assertion, "", false)
}

// Use checks an assertion that a widget presents, and uses it up if it is valid: on all nodes
// together, each assertion is accepted once. thumbprint is the RFC 7638 thumbprint of the
// widget's DPoP key, which must be the assertion's nonce if it has one. Use also records that the
// tenant's key was used. An error means that the check itself failed; an invalid assertion is a
// Report that is not OK.
func (c *Checker) Use(ctx context.Context, tenant *db.Tenant, assertion, thumbprint string) (*Report, error) {
	return c.check(ctx, tenant, assertion, thumbprint, true)
}

// FetchKeySet fetches a tenant's key set, unless that was done within a minute, so that its developer sees at once whether it works.
func (c *Checker) FetchKeySet(ctx context.Context, tenantKey, url string) {
	c.Sets.refresh(ctx, tenantKey, url)
}

func (c *Checker) check(ctx context.Context, tenant *db.Tenant, assertion, thumbprint string, use bool) (*Report, error) {
	r := &Report{}
	if tenant.Policy.Assertion == db.AssertionNone {
		r.fail("policy", "assertion_policy", "this tenant's policy rejects assertions")
		if use {
			return r, nil
		}
	} else {
		r.pass("policy", "this tenant accepts assertions")
	}
	compact, ok, err := c.decrypt(ctx, r, assertion)
	if err != nil {
		return nil, err
	}
	if !ok {
		return r, nil
	}
	inner := r
	if compact != assertion { // anybody can encrypt to our keys, so first see whether the tenant signed it
		inner = &Report{}
	}
	message, key, err := c.checkSigned(ctx, inner, tenant, compact)
	if err != nil {
		return nil, err
	}
	if inner != r {
		r.addDecrypted(inner, message, tenant)
	}
	if message == nil || (inner != r && !r.OK()) {
		return r, nil
	}
	subject, proof := c.checkClaims(r, tenant, message.claims, thumbprint)
	if !r.OK() {
		return r, nil
	}
	if use {
		if err := c.use(ctx, r, key, proof); err != nil {
			return nil, err
		}
		if !r.OK() {
			return r, nil
		}
	}
	_, nonce := message.claims["nonce"]
	r.Subject, r.Evidence = subject, db.Evidence{Key: key.id, Nonce: nonce}
	return r, nil
}

// checkSigned checks the form and the signature of an assertion. The message is nil if the form is
// invalid.
func (c *Checker) checkSigned(ctx context.Context, r *Report, tenant *db.Tenant, compact string) (*signedMessage, verifier, error) {
	message := parseSigned(r, compact)
	if message == nil {
		return nil, verifier{}, nil
	}
	key, err := c.checkSignature(ctx, r, tenant, message)
	return message, key, err
}

// use marks a valid assertion as used, and its key.
func (c *Checker) use(ctx context.Context, r *Report, key verifier, proof db.Proof) (err error) {
	defer fault.Place(&err, "assertion.use")
	switch err := c.DB.SpendProof(ctx, proof); {
	case errors.Is(err, db.ErrProofUsed):
		r.fail("replay", "assertion_replayed", "an assertion with this jti was already used: create a new one with a new jti each time the page asks")
		return nil
	case err != nil:
		return err
	}
	r.pass("replay", "this jti was not used before")
	return c.DB.AssertionKeyUsed(ctx, key.id)
}
