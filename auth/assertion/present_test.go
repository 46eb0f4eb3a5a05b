package assertion_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// Test does not use an assertion up. Use accepts it once.
func TestAssertionIsAcceptedOnce(t *testing.T) {
	issuer := newIssuer(t, shared(t), "ES256")
	once := issuer.assert(authtest.Claim("jti", "once"))
	issuer.accepted(t, once)
	issuer.accepted(t, once)
	if keys, err := issuer.site.DB.AssertionKeys(t.Context(), issuer.tenant.Key); err != nil || keys[0].LastUsedAt != nil {
		t.Errorf("a test notes that the key is in use: %v", err)
	}
	if r := use(t, issuer.site.Auth.Assertions(), issuer.tenant, once, ""); !r.OK() || r.Subject.ID != "joe" {
		t.Errorf("refused: %s", r.Reason())
	}
	if keys, err := issuer.site.DB.AssertionKeys(t.Context(), issuer.tenant.Key); err != nil || keys[0].LastUsedAt == nil {
		t.Errorf("the key is not recorded as used: %v", err)
	}
	for name, again := range map[string]string{"the same": once, "another with its jti": issuer.assert(authtest.Claim("jti", "once"))} {
		if r := use(t, issuer.site.Auth.Assertions(), issuer.tenant, again, ""); r.Code != "assertion_replayed" || r.Subject != nil {
			t.Errorf("%s: %q", name, r.Reason())
		}
	}
	// A refused assertion is not used up.
	issuer.refused(t, issuer.assert(authtest.Claim("jti", "spare"), authtest.Claim("aud", "x")), "assertion_audience")
	if r := use(t, issuer.site.Auth.Assertions(), issuer.tenant, issuer.assert(authtest.Claim("jti", "spare")), ""); !r.OK() {
		t.Errorf("refused: %s", r.Reason())
	}
}

func use(t testing.TB, c *assertion.Checker, tenant *db.Tenant, compact, thumbprint string) *assertion.Report {
	t.Helper()
	r, err := c.Use(t.Context(), tenant, compact, thumbprint)
	if err != nil {
		t.Error(err)
		return &assertion.Report{Code: "fault"}
	}
	return r
}

// A used assertion is remembered for as long as any node could accept it again.
func TestUsedAssertionIsRememberedUntilItExpires(t *testing.T) {
	site := authtest.New(t)
	site.Clock.Stop()
	issuer := newIssuer(t, site, "HS256")
	assertion := issuer.assert(authtest.Claim("exp", site.Clock.Now().Add(5*time.Minute).Unix()))
	if r := use(t, site.Auth.Assertions(), issuer.tenant, assertion, ""); !r.OK() {
		t.Fatal(r.Reason())
	}
	site.Exec(t, `UPDATE spent_proofs SET expires_at = expires_at - interval '5 minutes 29 seconds'`)
	if err := site.DB.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	site.Clock.Advance(5*time.Minute + 29*time.Second)
	if r := use(t, site.Auth.Assertions(), issuer.tenant, assertion, ""); r.Code != "assertion_replayed" {
		t.Errorf("a second before it is too old: %q", r.Reason())
	}
	site.Clock.Advance(time.Second)
	if r := use(t, site.Auth.Assertions(), issuer.tenant, assertion, ""); r.Code != "assertion_expired" {
		t.Errorf("when it is too old: %q", r.Reason())
	}
}

// One of a hundred presentations in parallel, on two nodes, is accepted.
func TestAssertionIsAcceptedOnceInParallel(t *testing.T) {
	site := shared(t)
	nodes := []*assertion.Checker{site.Auth.Assertions(), site.Node(t).Auth.Assertions()}
	issuer := newIssuer(t, site, "EdDSA")
	assertion := issuer.assert()
	won := authtest.InParallel(100, func(i int) int {
		switch r := use(t, nodes[i%2], issuer.tenant, assertion, ""); r.Code {
		case "":
			return 1
		case "assertion_replayed":
			return 0
		default:
			t.Error(r.Reason())
			return -1
		}
	})
	if won[1] != 1 || won[0] != 99 {
		t.Errorf("won and lost: %v", won)
	}
}

// A nonce binds an assertion to a widget's key.
func TestNonceBindsAssertionToKey(t *testing.T) {
	site := shared(t)
	issuer := newIssuer(t, site, "ES256")
	mine, other := authtest.NewKey().Thumbprint(), authtest.NewKey().Thumbprint()
	bound := func(jkt string) string { return issuer.assert(authtest.Claim("nonce", jkt)) }
	if r := use(t, site.Auth.Assertions(), issuer.tenant, bound(mine), mine); !r.OK() {
		t.Errorf("the right key: %s", r.Reason())
	}
	if r := use(t, site.Auth.Assertions(), issuer.tenant, bound(other), mine); r.Code != "assertion_nonce" {
		t.Errorf("another key: %q", r.Reason())
	}
	if r := use(t, site.Auth.Assertions(), issuer.tenant, issuer.assert(), mine); !r.OK() {
		t.Errorf("none, where none is required: %s", r.Reason())
	}
	strict := *issuer.tenant
	strict.Policy.RequireNonce = true
	if r := use(t, site.Auth.Assertions(), &strict, issuer.assert(), mine); r.Code != "assertion_nonce_required" {
		t.Errorf("none, where one is required: %q", r.Reason())
	}
	if r := use(t, site.Auth.Assertions(), &strict, bound(mine), mine); !r.OK() {
		t.Errorf("the right key, where one is required: %s", r.Reason())
	}
}

// An identity is (tenant, subject): two tenants may have the same subject, e-mail, kid, jti and even key.
func TestTenantsAreSeparate(t *testing.T) {
	site := shared(t)
	shop, bakery := newIssuer(t, site, "ES256"), newIssuer(t, site, "ES256")
	bakery.signer.KeyID = shop.signer.KeyID // as an attacker would choose it
	bakery.signer.AddTo(t, site, bakery.tenant)

	shop.refused(t, bakery.assert(), "assertion_signature")
	shop.refused(t, bakery.signer.Assert(site, shop.tenant), "assertion_signature")
	bakery.refused(t, shop.assert(), "assertion_signature")

	// Two tenants of one company may share a key: iss distinguishes them.
	shop.signer.KeyID = "both"
	shop.signer.AddTo(t, site, shop.tenant)
	shop.signer.AddTo(t, site, bakery.tenant)
	shop.accepted(t, shop.assert())
	bakery.refused(t, shop.assert(), "assertion_issuer")
	for _, tenant := range []*db.Tenant{shop.tenant, bakery.tenant} { // a jti is the tenant's own
		if r := use(t, site.Auth.Assertions(), tenant, shop.signer.Assert(site, tenant, authtest.Claim("jti", "shared")), ""); !r.OK() {
			t.Errorf("refused: %s", r.Reason())
		}
	}
}

// A tenant's policy can be to accept no assertions.
func TestPolicyWithoutAssertions(t *testing.T) {
	issuer := newIssuer(t, shared(t), "ES256")
	issuer.tenant.Policy.Assertion = db.AssertionNone
	issuer.refused(t, issuer.assert(), "assertion_policy")
	if r := use(t, issuer.site.Auth.Assertions(), issuer.tenant, issuer.assert(), ""); r.Code != "assertion_policy" {
		t.Errorf("presented: %q", r.Reason())
	}
}

// A shared secret is replaced without interruption.
func TestAKeyIsReplacedWithoutAGap(t *testing.T) {
	site := shared(t)
	issuer := newIssuer(t, site, "HS256")
	old, oldKey := issuer.signer, issuer.assert
	next := authtest.NewSigner("HS256")
	added := next.AddTo(t, site, issuer.tenant)
	issuer.accepted(t, oldKey())
	issuer.accepted(t, next.Assert(site, issuer.tenant))
	keys, err := site.DB.AssertionKeys(t.Context(), issuer.tenant.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.ID != added.ID {
			if err := site.DB.RevokeAssertionKey(t.Context(), db.Operator(issuer.tenant.Key), k.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	issuer.refused(t, old.Assert(site, issuer.tenant), "assertion_signature")
	issuer.accepted(t, next.Assert(site, issuer.tenant))
}

func TestARevokedKeyVerifiesNothing(t *testing.T) {
	for _, algorithm := range algorithms {
		issuer := newIssuer(t, shared(t), algorithm)
		issuer.accepted(t, issuer.assert())
		keys, err := issuer.site.DB.AssertionKeys(t.Context(), issuer.tenant.Key)
		if err != nil {
			t.Fatal(err)
		}
		if err := issuer.site.DB.RevokeAssertionKey(t.Context(), db.Operator(issuer.tenant.Key), keys[0].ID); err != nil {
			t.Fatal(err)
		}
		if reason := issuer.refused(t, issuer.assert(), "assertion_key_unknown"); !strings.Contains(reason, "no active key: add one") {
			t.Errorf("%s: it says %s", algorithm, reason)
		}
	}
}

// An unexpected error is not a refusal.
func TestUnexpectedErrorIsNotARefusal(t *testing.T) {
	issuer := newIssuer(t, shared(t), "ES256")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := issuer.site.Auth.Assertions().Use(ctx, issuer.tenant, issuer.assert(), ""); err == nil {
		t.Errorf("without a database: %q", r.Reason())
	}
}
