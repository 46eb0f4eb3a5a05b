package assertion_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// A tenantServer publishes the keys of a tenant.
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

// newPublisher makes a tenant that publishes its keys.
func newPublisher(t *testing.T, site *authtest.Site, signers ...*authtest.Signer) (*issuer, *tenantServer) {
	t.Helper()
	s := &tenantServer{}
	s.publish(signers...)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.requests.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": *s.keys.Load()})
	}))
	t.Cleanup(s.Close)
	issuer := &issuer{site: site, tenant: site.Tenant(t, "Shop"), signer: signers[0]}
	key, _, err := assertion.NewKey(issuer.tenant.Key, db.JWKSURL, "", "", s.URL+"/jwks.json", true)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.DB.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key); err != nil {
		t.Fatal(err)
	}
	return issuer, s
}

func TestATenantPublishesItsKeys(t *testing.T) {
	site := shared(t)
	for _, algorithm := range []string{"ES256", "EdDSA", "RS256", "PS256"} {
		t.Run(algorithm, func(t *testing.T) {
			issuer, server := newPublisher(t, site, authtest.NewSigner(algorithm))
			issuer.accepted(t, issuer.assert())
			issuer.accepted(t, issuer.assert(authtest.Header("kid", nil)))
			issuer.refused(t, issuer.assert(authtest.SignedWith(authtest.NewKey().Sign)), "assertion_signature")
			if reason := issuer.refused(t, authtest.NewSigner("ES256").Assert(site, issuer.tenant), "assertion_key_unknown"); !strings.Contains(reason, issuer.signer.KeyID) {
				t.Errorf("it doesn't say what is known: %s", reason)
			}
			if n := server.requests.Load(); n != 1 {
				t.Errorf("it was asked for %d times", n)
			}
			if r := use(t, site.Auth.Assertions(), issuer.tenant, issuer.assert(), ""); !r.OK() {
				t.Error(r.Reason())
			}
			if keys, err := site.DB.AssertionKeys(t.Context(), issuer.tenant.Key); err != nil || keys[0].LastUsedAt == nil {
				t.Errorf("the key set is not recorded as used: %v", err)
			}
		})
	}
}

// During a rotation, assertions of the old and the new key are accepted.
func TestAPublishedKeyIsRotatedInMidFlight(t *testing.T) {
	site := authtest.New(t)
	site.Clock.Stop()
	old, next := authtest.NewSigner("ES256"), authtest.NewSigner("ES256")
	issuer, server := newPublisher(t, site, old)
	issuer.accepted(t, issuer.assert())
	inFlight := issuer.assert() // signed with the old key, and presented later

	server.publish(old, next)
	site.Clock.Advance(time.Minute + time.Second)
	issuer.signer = next
	authtest.InParallel(20, func(int) int {
		if r, err := site.Auth.Assertions().Test(t.Context(), issuer.tenant, issuer.assert()); err != nil || !r.OK() {
			t.Errorf("the new key: %s, %v", r.Reason(), err)
		}
		if r, err := site.Auth.Assertions().Test(t.Context(), issuer.tenant, old.Assert(site, issuer.tenant)); err != nil || !r.OK() {
			t.Errorf("the old key: %s, %v", r.Reason(), err)
		}
		return 0
	})
	if n := server.requests.Load(); n != 2 {
		t.Errorf("it was asked for %d times", n)
	}
	issuer.accepted(t, inFlight)
	// A withdrawn key is refused as soon as the set is fetched again.
	server.publish(next)
	site.Clock.Advance(time.Minute + time.Second)
	issuer.refused(t, authtest.NewSigner("ES256").Assert(site, issuer.tenant), "assertion_key_unknown")
	issuer.refused(t, old.Assert(site, issuer.tenant), "assertion_key_unknown")
	issuer.accepted(t, issuer.assert())
}

// The tenant's developer is told that a set can't be fetched.
func TestUnavailableKeySet(t *testing.T) {
	issuer, server := newPublisher(t, shared(t), authtest.NewSigner("ES256"))
	url := server.URL + "/jwks.json"
	server.Close()
	if reason := issuer.refused(t, issuer.assert(), "assertion_key_unknown"); !strings.Contains(reason, "the set at "+url+" cannot be reached") {
		t.Errorf("it says %s", reason)
	}
	// The tenant's other key does not need the set, nor wait for it.
	issuer.signer = authtest.NewSigner("ES256")
	issuer.signer.AddTo(t, issuer.site, issuer.tenant)
	issuer.accepted(t, issuer.assert())
}

// Without a kid, any live key may have signed an assertion, but only a few are tried.
func TestTooManyKeysAreNotTried(t *testing.T) {
	site := shared(t)
	signers := make([]*authtest.Signer, 20)
	for i := range signers {
		signers[i] = authtest.NewSigner("ES256")
	}
	issuer, _ := newPublisher(t, site, signers...)
	issuer.signer = signers[19]
	issuer.accepted(t, issuer.assert(authtest.Header("kid", nil)))
	signers[0].AddTo(t, site, issuer.tenant)
	if reason := issuer.refused(t, issuer.assert(authtest.Header("kid", nil)), "assertion_key_unknown"); !strings.Contains(reason, "21 keys could have signed it: name one by its kid") {
		t.Errorf("it says %s", reason)
	}
	issuer.accepted(t, issuer.assert())
}
