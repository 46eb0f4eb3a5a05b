package auth_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// A test by the developer uses nothing up; presenting the assertion does, once.
func TestAnAssertionIsGoodOnce(t *testing.T) {
	d := newDesk(t, shared(t), "ES256")
	once := d.assert(authtest.Claim("jti", "once"))
	d.accepted(t, once)
	d.accepted(t, once)
	if keys, err := d.site.DB.AssertionKeys(t.Context(), d.tenant.Key); err != nil || keys[0].LastUsedAt != nil {
		t.Errorf("a test notes that the key is in use: %v", err)
	}
	if r := present(t, d.site.Auth, d.tenant, once, ""); !r.OK() || r.Subject.ID != "joe" {
		t.Errorf("refused: %s", r.Reason())
	}
	if keys, err := d.site.DB.AssertionKeys(t.Context(), d.tenant.Key); err != nil || keys[0].LastUsedAt == nil {
		t.Errorf("the key is not noted to be in use: %v", err)
	}
	for name, again := range map[string]string{"the same": once, "another with its jti": d.assert(authtest.Claim("jti", "once"))} {
		if r := present(t, d.site.Auth, d.tenant, again, ""); r.Code != "assertion_replayed" || r.Subject != nil {
			t.Errorf("%s: %q", name, r.Reason())
		}
	}
	// What is refused for another reason uses nothing up.
	d.refused(t, d.assert(authtest.Claim("jti", "spare"), authtest.Claim("aud", "x")), "assertion_audience")
	if r := present(t, d.site.Auth, d.tenant, d.assert(authtest.Claim("jti", "spare")), ""); !r.OK() {
		t.Errorf("refused: %s", r.Reason())
	}
}

func present(t testing.TB, s *auth.Server, tenant *db.Tenant, assertion, jkt string) *auth.AssertionReport {
	t.Helper()
	r, err := s.CheckAssertion(t.Context(), tenant, assertion, jkt)
	if err != nil {
		t.Error(err)
		return &auth.AssertionReport{Code: "fault"}
	}
	return r
}

// It is remembered for as long as any node could take it again.
func TestAUsedAssertionIsRememberedAsLongAsItIsGood(t *testing.T) {
	site := authtest.New(t)
	site.Clock.Stop()
	d := newDesk(t, site, "HS256")
	assertion := d.assert(authtest.Claim("exp", site.Clock.Now().Add(5*time.Minute).Unix()))
	if r := present(t, site.Auth, d.tenant, assertion, ""); !r.OK() {
		t.Fatal(r.Reason())
	}
	site.Exec(t, `UPDATE spent_proofs SET expires_at = expires_at - interval '5 minutes 29 seconds'`)
	if err := site.DB.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	site.Clock.Advance(5*time.Minute + 29*time.Second)
	if r := present(t, site.Auth, d.tenant, assertion, ""); r.Code != "assertion_replayed" {
		t.Errorf("a second before it is too old: %q", r.Reason())
	}
	site.Clock.Advance(time.Second)
	if r := present(t, site.Auth, d.tenant, assertion, ""); r.Code != "assertion_expired" {
		t.Errorf("when it is too old: %q", r.Reason())
	}
}

// Of a hundred at once, on two nodes, one wins.
func TestOneOfAHundredPresentationsWins(t *testing.T) {
	site := shared(t)
	nodes := []*auth.Server{site.Auth, site.Node(t).Auth}
	d := newDesk(t, site, "EdDSA")
	assertion := d.assert()
	won := inParallel(100, func(i int) int {
		switch r := present(t, nodes[i%2], d.tenant, assertion, ""); r.Code {
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

// The nonce binds an assertion to the key that it was made for.
func TestANonceBindsAnAssertionToAKey(t *testing.T) {
	site := shared(t)
	d := newDesk(t, site, "ES256")
	mine, other := authtest.NewKey().Thumbprint(), authtest.NewKey().Thumbprint()
	bound := func(jkt string) string { return d.assert(authtest.Claim("nonce", jkt)) }
	if r := present(t, site.Auth, d.tenant, bound(mine), mine); !r.OK() {
		t.Errorf("the right key: %s", r.Reason())
	}
	if r := present(t, site.Auth, d.tenant, bound(other), mine); r.Code != "assertion_nonce" {
		t.Errorf("another key: %q", r.Reason())
	}
	if r := present(t, site.Auth, d.tenant, d.assert(), mine); !r.OK() {
		t.Errorf("none, where none is required: %s", r.Reason())
	}
	strict := *d.tenant
	strict.Policy.RequireNonce = true
	if r := present(t, site.Auth, &strict, d.assert(), mine); r.Code != "assertion_nonce_required" {
		t.Errorf("none, where one is required: %q", r.Reason())
	}
	if r := present(t, site.Auth, &strict, bound(mine), mine); !r.OK() {
		t.Errorf("the right key, where one is required: %s", r.Reason())
	}
}

// An identity is (tenant, subject): the same subject, e-mail, kid, jti and even key at two
// tenants never meet.
func TestTwoTenantsNeverMeet(t *testing.T) {
	site := shared(t)
	shop, bakery := newDesk(t, site, "ES256"), newDesk(t, site, "ES256")
	bakery.signer.KeyID = shop.signer.KeyID // as an evil tenant would choose it
	bakery.signer.AddTo(t, site, bakery.tenant)

	shop.refused(t, bakery.assert(), "assertion_signature")
	shop.refused(t, bakery.signer.Assert(site, shop.tenant), "assertion_signature")
	bakery.refused(t, shop.assert(), "assertion_signature")

	// One key at both, as when one company is two tenants: iss still tells them apart.
	shop.signer.KeyID = "both"
	shop.signer.AddTo(t, site, shop.tenant)
	shop.signer.AddTo(t, site, bakery.tenant)
	shop.accepted(t, shop.assert())
	bakery.refused(t, shop.assert(), "assertion_issuer")
	for _, tenant := range []*db.Tenant{shop.tenant, bakery.tenant} { // each has its own jtis
		if r := present(t, site.Auth, tenant, shop.signer.Assert(site, tenant, authtest.Claim("jti", "shared")), ""); !r.OK() {
			t.Errorf("refused: %s", r.Reason())
		}
	}
}

// A tenant that wants none is held to it.
func TestATenantMayAcceptNone(t *testing.T) {
	d := newDesk(t, shared(t), "ES256")
	d.tenant.Policy.Assertion = db.AssertionNone
	d.refused(t, d.assert(), "assertion_policy")
	if r := present(t, d.site.Auth, d.tenant, d.assert(), ""); r.Code != "assertion_policy" {
		t.Errorf("presented: %q", r.Reason())
	}
}

// Secrets are replaced without a gap, and a revoked key verifies nothing.
func TestAKeyIsReplacedWithoutAGap(t *testing.T) {
	site := shared(t)
	d := newDesk(t, site, "HS256")
	old, oldKey := d.signer, d.assert
	next := authtest.NewSigner("HS256")
	added := next.AddTo(t, site, d.tenant)
	d.accepted(t, oldKey())
	d.accepted(t, next.Assert(site, d.tenant))
	keys, err := site.DB.AssertionKeys(t.Context(), d.tenant.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.ID != added.ID {
			if err := site.DB.RevokeAssertionKey(t.Context(), db.Operator(d.tenant.Key), k.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.refused(t, old.Assert(site, d.tenant), "assertion_signature")
	d.accepted(t, next.Assert(site, d.tenant))
}

func TestARevokedKeyVerifiesNothing(t *testing.T) {
	for _, algorithm := range algorithms {
		d := newDesk(t, shared(t), algorithm)
		d.accepted(t, d.assert())
		keys, err := d.site.DB.AssertionKeys(t.Context(), d.tenant.Key)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.site.DB.RevokeAssertionKey(t.Context(), db.Operator(d.tenant.Key), keys[0].ID); err != nil {
			t.Fatal(err)
		}
		if reason := d.refused(t, d.assert(), "assertion_key_unknown"); !strings.Contains(reason, "no active key: add one") {
			t.Errorf("%s: it says %s", algorithm, reason)
		}
	}
}

// A fault of ours is no refusal.
func TestAFaultIsNoRefusal(t *testing.T) {
	d := newDesk(t, shared(t), "ES256")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := d.site.Auth.CheckAssertion(ctx, d.tenant, d.assert(), ""); err == nil {
		t.Errorf("without a database: %q", r.Reason())
	}
}
