package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// newLimitedSite returns a site with a hundredth of the normal rate limits, and a stopped clock.
func newLimitedSite(t *testing.T) (*authtest.Site, *authtest.Visitor) {
	t.Helper()
	site := authtest.Start(t, authtest.Options{Rates: 0.01})
	site.Clock.Stop()
	return site, site.Visitor(t, site.Tenant(t, "Shop"))
}

func wantRateLimited(t *testing.T, a *authtest.Answer) {
	t.Helper()
	if wait := a.Header.Get("Retry-After"); a.Status != http.StatusTooManyRequests || wait == "" || wait == "0" {
		t.Errorf("the answer is %d %q %s, want 429 and when to come back", a.Status, wait, a.Body)
	}
}

func TestSessionRateLimit(t *testing.T) {
	site, alice := newLimitedSite(t)
	alice.SignUp(t)
	for range 30 { // 3,000 at once, as shipped
		whoami(t, alice).Must(t, 200)
	}
	a := whoami(t, alice)
	wantRateLimited(t, a)
	if !strings.Contains(a.Body, `"code":"RATE_LIMITED"`) {
		t.Errorf("it says %s", a.Body)
	}
	bob := site.Visitor(t, alice.Tenant)
	bob.SignUp(t)
	whoami(t, bob).Must(t, 200) // another session from the same address
	site.Clock.Advance(time.Second)
	whoami(t, alice).Must(t, 200)
}

// All sessions of a tenant share a limit.
func TestTenantRateLimit(t *testing.T) {
	site, alice := newLimitedSite(t)
	var sessions []*authtest.Visitor
	for range 18 { // 30 requests each, and 500 in all
		site.Clock.Advance(10 * time.Second)
		site.Exec(t, `DELETE FROM tries`)
		v := site.Visitor(t, alice.Tenant)
		v.SignUp(t)
		sessions = append(sessions, v)
	}
	for n := range 500 {
		whoami(t, sessions[n%18]).Must(t, 200)
	}
	wantRateLimited(t, whoami(t, sessions[0]))
	paper := site.Visitor(t, site.Tenant(t, "Paper"))
	site.Exec(t, `DELETE FROM tries`)
	paper.SignUp(t)
	whoami(t, paper).Must(t, 200)
}

func TestAddressRateLimitOfSignIns(t *testing.T) {
	site, alice := newLimitedSite(t)
	for range 30 {
		alice.RequestURI(t)
	}
	wantRateLimited(t, alice.Push(t))
	site.Clock.Advance(time.Second)
	alice.Begin(t, "login") // they share a limit, since they have no credential
	wantRateLimited(t, alice.TryBegin(t, "login", nil))
	wantRateLimited(t, alice.TryBegin(t, "registration", nil))
	for path, origin := range map[string]string{
		"/passkeys/login/finish": site.AccountOrigin, "/passkeys/registration/finish": site.AccountOrigin,
		"/passkeys/registration/undo": site.AccountOrigin,
		"/passkeys/addition":          site.AccountOrigin, "/passkeys/addition/finish": site.AccountOrigin,
		"/passkeys/confirmation": site.AccountOrigin, "/passkeys/confirmation/finish": site.AccountOrigin,
		"/passkeys/recovery": site.AccountOrigin, "/passkeys/recovery/account": site.AccountOrigin, "/passkeys/recovery/finish": site.AccountOrigin,
		"/passkeys/accepted":        site.AccountOrigin,
		"/oauth/authorize/decision": site.AccountOrigin, "/account/export": site.AccountOrigin,
		"/oauth/par": site.FrameOrigin, "/oauth/token": site.FrameOrigin, "/oauth/revoke": site.FrameOrigin,
	} {
		site.Clock.Advance(time.Minute)
		for range 30 { // failures have another limit
			if a := site.Send(t, &authtest.Call{Method: http.MethodPost, URL: origin + path, Form: url.Values{}}); a.Status == 429 {
				t.Fatalf("%s: %s", path, a.Body)
			}
		}
		wantRateLimited(t, site.Send(t, &authtest.Call{Method: http.MethodPost, URL: origin + path, Form: url.Values{}}))
	}
}

// Requests with an invalid credential are limited by address.
func TestInvalidCredentialsAreLimitedByAddress(t *testing.T) {
	site, alice := newLimitedSite(t)
	bob := site.Visitor(t, alice.Tenant)
	bob.SignUp(t)
	for range 5 {
		alice.GraphQL(t, "{ viewer { id } }", nil).Must(t, http.StatusUnauthorized) // no session yet
	}
	for range 5 { // requests to the account origin count too
		alice.Account(t, "{ viewer { id } }").Must(t, http.StatusOK)
	}
	wantRateLimited(t, alice.GraphQL(t, "{ viewer { id } }", nil))
	wantRateLimited(t, alice.Account(t, "{ viewer { id } }"))
	whoami(t, bob).Must(t, 200) // a session is not limited by address
	site.Clock.Advance(2 * time.Second)
	alice.GraphQL(t, "{ viewer { id } }", nil).Must(t, http.StatusUnauthorized)
}

// Guesses are counted on all nodes together. Valid credentials are not counted.
func TestWrongCodesAreCountedOnAllNodes(t *testing.T) {
	site, alice := newLimitedSite(t)
	other := site.Node(t)
	alice.Redeem(t, "a guess").Refused(t, 400, "invalid_grant")
	alice.Site = other
	alice.Redeem(t, "another").Refused(t, 400, "invalid_grant")
	wantRateLimited(t, alice.Redeem(t, "a third"))
	alice.Site = site
	alice.Redeem(t, alice.Code(t)).Must(t, 200) // a valid code is not a guess
	wantRateLimited(t, alice.Redeem(t, "a fourth"))
	alice.SignUp(t)
	alice.SignUp(t)
	alice.SignUp(t)
}

func TestWrongAssertionsAreCountedByTenantAndAddress(t *testing.T) {
	site, alice := newLimitedSite(t)
	presented := "tk_guess"
	exchange := func(v *authtest.Visitor, kind string) *authtest.Answer {
		return v.Site.Send(t, &authtest.Call{Method: http.MethodPost, URL: v.Site.FrameOrigin + "/oauth/token", Key: v.Key, Form: url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {v.Tenant.Key},
			"subject_token": {presented}, "subject_token_type": {"urn:company-a:params:oauth:token-type:" + kind},
		}})
	}
	for range 2 {
		exchange(alice, "ticket").Refused(t, 400, "assertion_rejected")
	}
	wantRateLimited(t, exchange(alice, "ticket"))
	events, err := site.DB.Events(t.Context(), alice.Tenant.Key, uuid.Nil, 10)
	refused := 0
	for _, e := range events {
		if e.Action == "assertion.refused" && e.IP == "" {
			refused++
		}
	}
	if err != nil || refused != 2 {
		t.Errorf("the log holds %d: %v", refused, err)
	}
	exchange(site.Visitor(t, site.Tenant(t, "Paper")), "ticket").Refused(t, 400, "assertion_rejected")
	if presented, _, err = site.DB.IssueTicket(t.Context(), site.ServerKey(t, alice.Tenant), db.Subject{ID: "joe"}); err != nil {
		t.Fatal(err)
	}
	exchange(alice, "ticket").Must(t, 200) // the right one
	wantRateLimited(t, exchange(alice, "ticket"))

	// The same for the other grant with an assertion.
	_, err = site.DB.UpdateTenant(t.Context(), db.Operator(alice.Tenant.Key), dbtest.Policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true}))
	if err != nil {
		t.Fatal(err)
	}
	wantRateLimited(t, site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + "/oauth/token", Key: alice.Key, Form: url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "client_id": {alice.Tenant.Key}, "assertion": {presented},
	}}))
}

func TestAccountsOfOneAddressAreCounted(t *testing.T) {
	site, alice := newLimitedSite(t)
	for range 10 {
		site.Clock.Advance(time.Second)
		alice.Register(t).Must(t, 200)
	}
	wantRateLimited(t, alice.Register(t))
}

func TestTicketsOfATenantAreCounted(t *testing.T) {
	site, _ := newLimitedSite(t)
	shop := site.Tenant(t, "Another")
	backend := site.ServerKey(t, shop)
	subject := db.Subject{ID: "joe"}
	for range 60 {
		if _, _, err := site.DB.IssueTicket(t.Context(), backend, subject); err != nil {
			t.Fatal(err)
		}
	}
	limited := false
	for range 10 { // the limit recovers by one a second
		_, _, err := site.DB.IssueTicket(t.Context(), backend, subject)
		limited = limited || db.IsCode(err, db.CodeRateLimited)
	}
	if !limited {
		t.Error("no end")
	}
}

// Many people may share an address: a company's, a school's, a carrier's. However many failures come from
// it, a valid code, ticket, handle, assertion, token, cookie, passkey or recovery code is accepted.
func TestValidCredentialsPassTheAddressLimit(t *testing.T) {
	site, alice := newLimitedSite(t)
	shop := alice.Tenant
	signer := authtest.NewSigner("ES256")
	signer.AddTo(t, site, shop)
	alice.SignUp(t)
	recoveryCodes := recoveryCodes(t, alice)
	other := site.Visitor(t, shop) // another browser of the same person, with the passkey
	other.Authenticator = alice.Authenticator

	exchange := func(v *authtest.Visitor, token, kind string) *authtest.Answer {
		return site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + "/oauth/token", Key: v.Key, Form: url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {shop.Key},
			"subject_token": {token}, "subject_token_type": {kind},
		}})
	}
	const jwt, ticket = "urn:ietf:params:oauth:token-type:jwt", "urn:company-a:params:oauth:token-type:ticket"
	neighbor := site.Visitor(t, shop)
	serverKey := func(secret string) *authtest.Answer {
		return site.Send(t, &authtest.Call{
			Method: http.MethodPost, URL: site.AccountOrigin + "/graphql", JSON: map[string]any{"query": "{ __typename }"},
			Header: http.Header{"Authorization": {"Bearer " + secret}},
		})
	}
	_, secret, err := site.DB.CreateServerKey(t.Context(), db.Operator(shop.Key), "backend")
	if err != nil {
		t.Fatal(err)
	}
	floods := map[string]func() *authtest.Answer{
		"codes":      func() *authtest.Answer { return neighbor.Redeem(t, "a guess") },
		"tickets":    func() *authtest.Answer { return exchange(neighbor, "tk_guess", ticket) },
		"assertions": func() *authtest.Answer { return exchange(neighbor, "a.b.c", jwt) },
		"forged assertions": func() *authtest.Answer {
			return exchange(neighbor, signer.Assert(site, shop, authtest.SignedWith(authtest.NewKey().Sign)), jwt)
		},
		"handles":     func() *authtest.Answer { return neighbor.Push(t, authtest.Param("identity_handle", "a guess")) },
		"tokens":      func() *authtest.Answer { neighbor.Token = "guess"; return whoami(t, neighbor) },
		"no tokens":   func() *authtest.Answer { return neighbor.Account(t, "{ __typename }") },
		"server keys": func() *authtest.Answer { return serverKey("sk_guess") },
		"revocations": func() *authtest.Answer { neighbor.Token = strings.Repeat("A", 43); return neighbor.Revoke(t) },
		"request URIs": func() *authtest.Answer {
			return neighbor.Open(t, "urn:ietf:params:oauth:request_uri:"+strings.Repeat("A", 43))
		},
		"ceremonies": func() *authtest.Answer { return neighbor.Finish(t, "login", "a guess", nil) },
		"decisions":  func() *authtest.Answer { return neighbor.Decide(t, uuid.NewString(), "allow") },
		"recovery codes": func() *authtest.Answer {
			return neighbor.TryBegin(t, "recovery", codeBody(recoveryCodes[0][:7]+strings.Repeat("0", 32)))
		},
		"cookies": func() *authtest.Answer { return neighbor.Post(t, "/passkeys/accepted", nil) },
	}
	for name, flood := range floods {
		n := 0
		for flood().Status != http.StatusTooManyRequests {
			if n++; n > 100 {
				t.Fatalf("%s: no end", name)
			}
		}
	}
	site.Clock.Advance(10 * time.Millisecond) // the limit does not recover yet

	whoami(t, alice).Must(t, 200)
	if body := alice.Account(t, "{ viewer { id } }").Must(t, 200).Body; !strings.Contains(body, "ACCOUNT") {
		t.Errorf("her cookie: %s", body)
	}
	alice.Post(t, "/passkeys/accepted", nil).Must(t, 200)
	alice.Confirm(t).Must(t, 200)
	serverKey(secret).Must(t, 200)
	given, _, err := site.DB.IssueTicket(t.Context(), site.ServerKey(t, shop), db.Subject{ID: "joe"})
	if err != nil {
		t.Fatal(err)
	}
	exchange(alice, given, ticket).Must(t, 200)
	handle := exchange(alice, signer.Assert(site, shop), jwt).Must(t, 200).Text("access_token")
	skewed := func(c *authtest.Call) { c.Proof = append(c.Proof, authtest.Claim("iat", 1)) }
	redeemed := other.Site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + "/oauth/token", Key: other.Key, Form: url.Values{
		"grant_type": {"authorization_code"}, "client_id": {shop.Key}, "code": {"any"}, "code_verifier": {other.Verifier},
	}}, skewed)
	redeemed.Refused(t, 400, "use_dpop_nonce") // a wrong clock is not a guess
	for _, how := range []string{"continue", "allow"} {
		i := alice.Interaction(t, authtest.Param("identity_handle", handle))
		alice.Open(t, i.RequestURI).Must(t, 200)
		if how == "continue" {
			alice.Decide(t, i.ID, how).Must(t, 200)
		}
		alice.Redeem(t, alice.Decide(t, i.ID, "not_now").Must(t, 200).Text("response", "code")).Must(t, 200)
	}
	if body := other.Login(t).Must(t, 200); body.Text("displayName") == "" {
		t.Error("by a passkey: nobody")
	}
	other.SignUp(t)
	other.Revoke(t).Must(t, 200)
	if whoami(t, other).Status == 200 {
		t.Error("what was revoked goes on")
	}
	o := beginRecovery(t, site.Visitor(t, shop), recoveryCodes[0]) // with the locator that was guessed
	if o.Ceremony == "" {
		t.Error("a recovery code opens nothing")
	}
}
