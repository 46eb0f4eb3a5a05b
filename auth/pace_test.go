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

// slow is a site where a hundredth may be asked of what is shipped, by a clock that stands still.
func slow(t *testing.T) (*authtest.Site, *authtest.Visitor) {
	t.Helper()
	site := authtest.Start(t, authtest.Options{Rates: 0.01})
	site.Clock.Stop()
	return site, site.Visitor(t, site.Tenant(t, "Shop"))
}

func tooOften(t *testing.T, a *authtest.Answer) {
	t.Helper()
	if wait := a.Header.Get("Retry-After"); a.Status != http.StatusTooManyRequests || wait == "" || wait == "0" {
		t.Errorf("the answer is %d %q %s, want 429 and when to come back", a.Status, wait, a.Body)
	}
}

func TestASessionIsPaced(t *testing.T) {
	site, alice := slow(t)
	alice.SignUp(t)
	for range 30 { // 3,000 at once, as shipped
		whoami(t, alice).Must(t, 200)
	}
	a := whoami(t, alice)
	tooOften(t, a)
	if !strings.Contains(a.Body, `"code":"RATE_LIMITED"`) {
		t.Errorf("it says %s", a.Body)
	}
	bob := site.Visitor(t, alice.Tenant)
	bob.SignUp(t)
	whoami(t, bob).Must(t, 200) // another session, of the same address
	site.Clock.Advance(time.Second)
	whoami(t, alice).Must(t, 200)
}

// Sessions of a tenant take of one allowance, however many they are.
func TestATenantIsPaced(t *testing.T) {
	site, alice := slow(t)
	var sessions []*authtest.Visitor
	for range 18 { // of 30 requests each, where all together have 500
		site.Clock.Advance(10 * time.Second)
		site.Exec(t, `DELETE FROM tries`)
		v := site.Visitor(t, alice.Tenant)
		v.SignUp(t)
		sessions = append(sessions, v)
	}
	for n := range 500 {
		whoami(t, sessions[n%18]).Must(t, 200)
	}
	tooOften(t, whoami(t, sessions[0]))
	paper := site.Visitor(t, site.Tenant(t, "Paper"))
	site.Exec(t, `DELETE FROM tries`)
	paper.SignUp(t)
	whoami(t, paper).Must(t, 200)
}

func TestAnAddressIsPacedOnTheWayIn(t *testing.T) {
	site, alice := slow(t)
	for range 30 {
		alice.RequestURI(t)
	}
	tooOften(t, alice.Push(t))
	site.Clock.Advance(time.Second)
	alice.Begin(t, "login") // they take of the same allowance
	for path, origin := range map[string]string{
		"/passkeys/login": site.AccountOrigin, "/passkeys/login/finish": site.AccountOrigin,
		"/passkeys/registration": site.AccountOrigin, "/passkeys/registration/finish": site.AccountOrigin,
		"/passkeys/addition": site.AccountOrigin, "/passkeys/addition/finish": site.AccountOrigin,
		"/passkeys/confirmation": site.AccountOrigin, "/passkeys/confirmation/finish": site.AccountOrigin,
		"/passkeys/recovery": site.AccountOrigin, "/passkeys/recovery/finish": site.AccountOrigin,
		"/oauth/authorize/decision": site.AccountOrigin, "/account/export": site.AccountOrigin,
		"/oauth/par": site.FrameOrigin, "/oauth/token": site.FrameOrigin, "/oauth/revoke": site.FrameOrigin,
	} {
		for range 2 { // of whatever the first second gave
			site.Send(t, &authtest.Call{Method: http.MethodPost, URL: origin + path, Form: url.Values{}})
		}
		tooOften(t, site.Send(t, &authtest.Call{Method: http.MethodPost, URL: origin + path, Form: url.Values{}}))
	}
}

// A credential that is not in order costs as much to look at as one that is.
func TestStrangersAreCountedByAddress(t *testing.T) {
	site, alice := slow(t)
	bob := site.Visitor(t, alice.Tenant)
	bob.SignUp(t)
	for range 5 {
		alice.GraphQL(t, "{ viewer { id } }", nil).Must(t, http.StatusUnauthorized) // no session yet
	}
	for range 5 { // the account origin's count together with them
		alice.Account(t, "{ viewer { id } }").Must(t, http.StatusOK)
	}
	tooOften(t, alice.GraphQL(t, "{ viewer { id } }", nil))
	tooOften(t, alice.Account(t, "{ viewer { id } }"))
	tooOften(t, whoami(t, bob)) // whose credential it is, nobody looks any more
	site.Clock.Advance(2 * time.Second)
	alice.GraphQL(t, "{ viewer { id } }", nil).Must(t, http.StatusUnauthorized)
}

// Guesses are counted on all nodes together; what is right is not.
func TestWrongCodesAreCountedOnAllNodes(t *testing.T) {
	site, alice := slow(t)
	other := site.Node(t)
	alice.Redeem(t, "a guess").Refused(t, 400, "invalid_grant")
	alice.Site = other
	alice.Redeem(t, "another").Refused(t, 400, "invalid_grant")
	tooOften(t, alice.Redeem(t, "a third"))
	alice.Site = site
	code := alice.Code(t)
	tooOften(t, alice.Redeem(t, code)) // not even the right one
	site.Exec(t, `UPDATE tries SET free_at = now()`)
	alice.Redeem(t, code).Must(t, 200)
	alice.SignUp(t)
	alice.SignUp(t)
	alice.SignUp(t)
}

func TestWrongAssertionsAreCountedByTenantAndAddress(t *testing.T) {
	site, alice := slow(t)
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
	tooOften(t, exchange(alice, "ticket"))
	events, err := site.DB.Events(t.Context(), alice.Tenant.Key, uuid.Nil, 10)
	refused := 0
	for _, e := range events {
		if e.Action == "assertion.refused" && e.IP == "127.0.0.1" {
			refused++
		}
	}
	if err != nil || refused != 2 {
		t.Errorf("the log holds %d: %v", refused, err)
	}
	exchange(site.Visitor(t, site.Tenant(t, "Paper")), "ticket").Refused(t, 400, "assertion_rejected")
	if presented, _, err = site.DB.IssueTicket(t.Context(), alice.Tenant.Key, db.Subject{ID: "joe"}); err != nil {
		t.Fatal(err)
	}
	tooOften(t, exchange(alice, "ticket")) // not even the right one

	// Nor by the other way that an assertion opens something.
	_, err = site.DB.UpdateTenant(t.Context(), db.Operator, alice.Tenant.Key, dbtest.Policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true}))
	if err != nil {
		t.Fatal(err)
	}
	tooOften(t, site.Send(t, &authtest.Call{Method: http.MethodPost, URL: site.FrameOrigin + "/oauth/token", Key: alice.Key, Form: url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "client_id": {alice.Tenant.Key}, "assertion": {presented},
	}}))
}

func TestAccountsOfOneAddressAreCounted(t *testing.T) {
	site, alice := slow(t)
	for range 10 {
		site.Clock.Advance(time.Second)
		alice.Register(t).Must(t, 200)
	}
	tooOften(t, alice.Register(t))
}

func TestTicketsOfATenantAreCounted(t *testing.T) {
	site, _ := slow(t)
	shop := site.Tenant(t, "Another")
	subject := db.Subject{ID: "joe"}
	for range 60 {
		if _, _, err := site.DB.IssueTicket(t.Context(), shop.Key, subject); err != nil {
			t.Fatal(err)
		}
	}
	limited := false
	for range 10 { // one a second comes back meanwhile
		_, _, err := site.DB.IssueTicket(t.Context(), shop.Key, subject)
		limited = limited || db.IsCode(err, db.CodeRateLimited)
	}
	if !limited {
		t.Error("no end")
	}
}
