package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// presentWithSlowKeySet presents an assertion. meanwhile runs while its key set is fetched.
func presentWithSlowKeySet(t *testing.T, site *authtest.Site, grant string, meanwhile func(tenant *db.Tenant, key *db.AssertionKey) error) *authtest.Answer {
	t.Helper()
	shop, signer := site.Tenant(t, "Shop"), authtest.NewSigner("ES256")
	yes := true
	_, err := site.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &yes})
	must(t, err)
	var key *db.AssertionKey
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := meanwhile(shop, key); err != nil {
			t.Error(err)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []any{signer.JWK()}})
	}))
	t.Cleanup(server.Close)
	key, _, err = assertion.NewKey(shop.Key, db.JWKSURL, "", "", server.URL+"/jwks.json", true)
	must(t, err)
	must(t, site.DB.AddAssertionKey(t.Context(), db.Operator(key.TenantKey), key))
	v, form := site.Visitor(t, shop), url.Values{"grant_type": {grant}, "client_id": {shop.Key}}
	if assertion := signer.Assert(site, shop); grant == "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		form.Set("assertion", assertion)
		form.Set("embed_origin", v.EmbedOrigin)
	} else {
		form.Set("subject_token", assertion)
		form.Set("subject_token_type", "urn:ietf:params:oauth:token-type:jwt")
	}
	return site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + "/oauth/token", Key: v.Key, Form: form})
}

// A change of the policy or the key counts, even while an assertion is being checked.
func TestChangesDuringASlowKeySetFetchApply(t *testing.T) {
	site := shared(t)
	policy := func(p db.Policy) func(*db.Tenant, *db.AssertionKey) error {
		return func(tenant *db.Tenant, _ *db.AssertionKey) error {
			_, err := site.DB.UpdateTenant(t.Context(), db.Operator(tenant.Key), dbtest.Policy(p))
			return err
		}
	}
	for name, c := range map[string]struct {
		meanwhile       func(*db.Tenant, *db.AssertionKey) error
		exchange, vouch int
	}{
		"nothing": {func(*db.Tenant, *db.AssertionKey) error { return nil }, 200, 200},
		"the key is revoked": {func(tenant *db.Tenant, key *db.AssertionKey) error {
			return site.DB.RevokeAssertionKey(t.Context(), db.Operator(tenant.Key), key.ID)
		}, 400, 400},
		"no more assertions":       {policy(db.Policy{Assertion: db.AssertionNone}), 400, 400},
		"no more vouched accounts": {policy(db.Policy{Assertion: db.AssertionOptional}), 200, 400},
		"a nonce":                  {policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true, RequireNonce: true}), 400, 400},
		"the tenant is suspended": {func(tenant *db.Tenant, _ *db.AssertionKey) error {
			_, err := site.DB.Suspend(t.Context(), db.Operator(tenant.Key))
			return err
		}, 400, 400},
	} {
		for grant, want := range map[string]int{"urn:ietf:params:oauth:grant-type:token-exchange": c.exchange, "urn:ietf:params:oauth:grant-type:jwt-bearer": c.vouch} {
			t.Run(name+" "+grant, func(t *testing.T) {
				if a := presentWithSlowKeySet(t, site, grant, c.meanwhile); a.Status != want || want == 200 && a.Text("access_token") == "" {
					t.Errorf("the answer is %d %s", a.Status, a.Body)
				}
			})
		}
	}
}

// An identity handle ends when its key is revoked: it is then refused like an unknown one.
func TestRevokedKeyEndsIdentityHandles(t *testing.T) {
	site := shared(t)
	shop, signer := site.Tenant(t, "Shop"), authtest.NewSigner("ES256")
	signer.AddTo(t, site, shop)
	v := site.Visitor(t, shop)
	handle := site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + "/oauth/token", Key: v.Key, Form: url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {shop.Key},
		"subject_token": {signer.Assert(site, shop)}, "subject_token_type": {"urn:ietf:params:oauth:token-type:jwt"},
	}}).Must(t, 200).Text("access_token")
	i := v.Interaction(t, authtest.Param("identity_handle", handle))
	keys, err := site.DB.AssertionKeys(t.Context(), shop.Key)
	must(t, err)
	must(t, site.DB.RevokeAssertionKey(t.Context(), db.Operator(shop.Key), keys[0].ID))
	v.Push(t, authtest.Param("identity_handle", handle)).Refused(t, 400, "invalid_identity_handle")
	v.Register(t).Must(t, 200)
	for _, decision := range []string{"allow", "link"} {
		if step := v.Decide(t, i.ID, decision); step.Text("response", "code") != "" || decision == "link" && step.Status == 200 {
			t.Errorf("%s: %d %s", decision, step.Status, step.Body)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
