package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// A tenantServer publishes the keys of a tenant that rotates them.
type tenantServer struct {
	*httptest.Server
	keys     atomic.Pointer[[]map[string]any]
	requests atomic.Int32
}

func (s *tenantServer) publish(signers ...*authtest.Signer) {
	keys := make([]map[string]any, len(signers))
	for i, signer := range signers {
		keys[i] = signer.JWK()
	}
	s.keys.Store(&keys)
}

// newPublisher makes a tenant whose keys are at a URL of its own.
func newPublisher(t *testing.T, site *authtest.Site, signers ...*authtest.Signer) (*desk, *tenantServer) {
	t.Helper()
	s := &tenantServer{}
	s.publish(signers...)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.requests.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": *s.keys.Load()})
	}))
	t.Cleanup(s.Close)
	d := &desk{site: site, tenant: site.Tenant(t, "Shop"), signer: signers[0]}
	key, _, err := auth.NewAssertionKey(d.tenant.Key, db.JWKSURL, "", "", s.URL+"/jwks.json", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.DB.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key); err != nil {
		t.Fatal(err)
	}
	return d, s
}

func TestATenantPublishesItsKeys(t *testing.T) {
	site := shared(t)
	for _, algorithm := range []string{"ES256", "EdDSA", "RS256", "PS256"} {
		t.Run(algorithm, func(t *testing.T) {
			d, server := newPublisher(t, site, authtest.NewSigner(algorithm))
			d.accepted(t, d.assert())
			d.accepted(t, d.assert(authtest.Header("kid", nil)))
			d.refused(t, d.assert(authtest.SignedWith(authtest.NewKey().Sign)), "assertion_signature")
			if reason := d.refused(t, authtest.NewSigner("ES256").Assert(site, d.tenant), "assertion_key_unknown"); !strings.Contains(reason, d.signer.KeyID) {
				t.Errorf("it doesn't say what is known: %s", reason)
			}
			if n := server.requests.Load(); n != 1 {
				t.Errorf("it was asked for %d times", n)
			}
			if r := present(t, site.Auth, d.tenant, d.assert(), ""); !r.OK() {
				t.Error(r.Reason())
			}
			if keys, err := site.DB.AssertionKeys(t.Context(), d.tenant.Key); err != nil || keys[0].LastUsedAt == nil {
				t.Errorf("the key set is not noted to be in use: %v", err)
			}
		})
	}
}

// The old key signs until the new one does; no assertion of either is refused in between.
func TestAPublishedKeyIsRotatedInMidFlight(t *testing.T) {
	site := authtest.New(t)
	site.Clock.Stop()
	old, next := authtest.NewSigner("ES256"), authtest.NewSigner("ES256")
	d, server := newPublisher(t, site, old)
	d.accepted(t, d.assert())
	inFlight := d.assert() // signed with the old key, and still on its way

	server.publish(old, next)
	site.Clock.Advance(time.Minute + time.Second)
	d.signer = next
	inParallel(20, func(int) int {
		if r, err := site.Auth.TestAssertion(t.Context(), d.tenant, d.assert()); err != nil || !r.OK() {
			t.Errorf("the new key: %s, %v", r.Reason(), err)
		}
		if r, err := site.Auth.TestAssertion(t.Context(), d.tenant, old.Assert(site, d.tenant)); err != nil || !r.OK() {
			t.Errorf("the old key: %s, %v", r.Reason(), err)
		}
		return 0
	})
	if n := server.requests.Load(); n != 2 {
		t.Errorf("it was asked for %d times", n)
	}
	d.accepted(t, inFlight)
	// Withdrawn, the old key is nothing as soon as the set is asked for again.
	server.publish(next)
	site.Clock.Advance(time.Minute + time.Second)
	d.refused(t, authtest.NewSigner("ES256").Assert(site, d.tenant), "assertion_key_unknown")
	d.refused(t, old.Assert(site, d.tenant), "assertion_key_unknown")
	d.accepted(t, d.assert())
}

// What the tenant's developer is told of a set that cannot be had.
func TestAKeySetThatCannotBeHad(t *testing.T) {
	d, server := newPublisher(t, shared(t), authtest.NewSigner("ES256"))
	url := server.URL + "/jwks.json"
	server.Close()
	if reason := d.refused(t, d.assert(), "assertion_key_unknown"); !strings.Contains(reason, "the set at "+url+" cannot be reached") {
		t.Errorf("it says %s", reason)
	}
	// Another key of the tenant's needs no set, nor waits for one.
	d.signer = authtest.NewSigner("ES256")
	d.signer.AddTo(t, d.site, d.tenant)
	d.accepted(t, d.assert())
}

// Without a kid, any live key may have signed it; but nobody tries a crowd of them.
func TestACrowdOfKeysIsNotTried(t *testing.T) {
	site := shared(t)
	signers := make([]*authtest.Signer, 20)
	for i := range signers {
		signers[i] = authtest.NewSigner("ES256")
	}
	d, _ := newPublisher(t, site, signers...)
	d.signer = signers[19]
	d.accepted(t, d.assert(authtest.Header("kid", nil)))
	signers[0].AddTo(t, site, d.tenant)
	if reason := d.refused(t, d.assert(authtest.Header("kid", nil)), "assertion_key_unknown"); !strings.Contains(reason, "21 keys could have signed it: name one by its kid") {
		t.Errorf("it says %s", reason)
	}
	d.accepted(t, d.assert())
}
