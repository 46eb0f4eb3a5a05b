package auth_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// An entry is a row of the audit log as a superuser reads it.
type entry struct{ tenant, actor, action, target, ip, detail string }

func entries(t *testing.T, site *authtest.Site) (list []entry) {
	t.Helper()
	c := site.Connect(t, site.Superuser())
	rows, err := c.Query(t.Context(), `SELECT coalesce(tenant_key, ''), actor, action, target, ip, detail FROM audit_events
		WHERE action NOT LIKE 'tenant.created' ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e entry
		if err := rows.Scan(&e.tenant, &e.actor, &e.action, &e.target, &e.ip, &e.detail); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// withAction returns the entries of one action.
func withAction(list []entry, action string) (found []entry) {
	for _, e := range list {
		if e.action == action {
			found = append(found, e)
		}
	}
	return found
}

// userOf returns the user of the account session in the visitor's browser.
func userOf(t *testing.T, v *authtest.Visitor) uuid.UUID {
	t.Helper()
	var who authtest.Identity
	v.Account(t, "{ viewer { id } }").Must(t, 200).JSON(t, &who)
	return uuid.MustParse(who.UserID)
}

// openWithSubject opens an interaction for which the tenant asserts a subject, and returns its id.
func openWithSubject(t *testing.T, v *authtest.Visitor, subject string) string {
	t.Helper()
	handle := rand.Text()
	err := v.Site.DB.StoreIdentityHandle(t.Context(), db.HashToken(handle), v.Tenant.Key, db.Subject{ID: subject}, v.Key.Thumbprint(), v.Site.Evidence(t, v.Tenant.Key), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return v.Interaction(t, authtest.Param("identity_handle", handle)).ID
}

// The audit log has what people do, with their pseudonym and network. A tenant's entries have neither.
func TestAccountEventsAreAudited(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice, bob := site.Visitor(t, shop), site.Visitor(t, shop)

	i := openWithSubject(t, alice, "joe")
	alice.Register(t).Must(t, 200)
	alice.Decide(t, i, "allow").Must(t, 200)
	code := alice.Decide(t, i, "link").Must(t, 200).Text("response", "code")
	alice.Redeem(t, code).Must(t, 200)
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant") // and ends the session of the code
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant")
	alice.Login(t).Must(t, 200)
	again := openWithSubject(t, alice, "joe")
	alice.Redeem(t, alice.Decide(t, again, "continue").Must(t, 200).Text("response", "code")).Must(t, 200) // it is linked already

	bob.Register(t).Must(t, 200)
	for range 3 {
		if next := bob.Decide(t, openWithSubject(t, bob, "joe"), "allow").Must(t, 200).Text("next"); next != "linked_elsewhere" {
			t.Fatalf("bob goes on to %s", next)
		}
	}
	desk := *alice
	desk.Cookies = map[string]*http.Cookie{}
	desk.Login(t).Must(t, 200)
	session := accountOf(t, &desk)
	links, err := site.DB.Identities(t.Context(), session.UserID)
	if err != nil || len(links) != 1 {
		t.Fatalf("%v %v", links, err)
	}
	alice.Revoke(t).Must(t, 200)
	alice.Revoke(t).Must(t, 200) // there is no session left to end
	session.From = "127.0.0.1"
	if err := site.DB.Unlink(t.Context(), session, links[0].ID); err != nil {
		t.Fatal(err)
	}

	log := entries(t, site)
	pseudonym := site.DB.Pseudonym(session.UserID)
	for action, want := range map[string][]entry{
		"account.created":   {{actor: pseudonym}, {}},
		"account.signed_in": {{actor: pseudonym}, {actor: pseudonym}},
		"tenant.allowed":    {{actor: pseudonym, target: shop.Key}},
		"identity.linked":   {{actor: pseudonym, target: shop.Key}},
		"session.revoked":   {{actor: pseudonym}},
		"identity.unlinked": {{actor: pseudonym, target: shop.Key}},
		"identity.refused":  {{target: shop.Key, detail: "linked to another account"}, {tenant: shop.Key, actor: "visitor", detail: "linked to another account"}},
		"code.reused":       {{actor: "visitor", target: pseudonym}},
	} {
		found := withAction(log, action)
		if len(found) != len(want) {
			t.Errorf("%s is there %d times, want %d", action, len(found), len(want))
			continue
		}
		for n, e := range found {
			w := want[n]
			if e.tenant != w.tenant || w.actor != "" && e.actor != w.actor || w.target != "" && e.target != w.target || e.detail != w.detail ||
				e.ip != "127.0.0.0/24" && w.tenant == "" {
				t.Errorf("%s is %+v, want %+v", action, e, w)
			}
		}
	}
	for _, e := range log {
		text := strings.Join([]string{e.actor, e.target, e.detail}, " ")
		for _, secret := range []string{session.UserID.String(), "joe", alice.Token, code} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q: %s", e.action, secret, text)
			}
		}
		// A tenant's log has nothing that identifies a person.
		if e.tenant != "" && (strings.Contains(text, "u_") || e.ip != "") {
			t.Errorf("the tenant sees %+v", e)
		}
	}
}

// A refused passkey of a known person is recorded, since it may be a clone. The number of entries is
// limited.
func TestRefusedPasskeysAreAudited(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Authenticator.Flags, alice.Authenticator.Counts = authtest.UserPresent|authtest.UserVerified, true
	alice.Register(t).Must(t, 200)
	count := func(n uint32) func(*authtest.Login) { return func(l *authtest.Login) { l.Data.SignCount = n } }
	alice.Login(t, count(7)).Must(t, 200)
	alice.Login(t, count(7)).Refused(t, 400, "passkey_refused")
	alice.Login(t, count(8), func(l *authtest.Login) { l.Data.Flags &^= authtest.UserVerified }).Refused(t, 400, "passkey_refused")
	alice.Confirm(t, count(6)).Refused(t, 400, "passkey_refused")
	alice.Login(t, func(l *authtest.Login) { l.UserHandle = make([]byte, 64) }).Refused(t, 404, "passkey_unknown") // an unknown handle
	site.Exec(t, `UPDATE passkeys SET credential_id = '\x01'`)
	alice.Login(t, count(9)).Refused(t, 404, "passkey_unknown")
	var why []string
	for _, e := range withAction(entries(t, site), "passkey.refused") {
		if e.tenant != "" || e.actor != site.DB.Pseudonym(userOf(t, alice)) || e.ip != "127.0.0.0/24" {
			t.Errorf("it says %+v", e)
		}
		why = append(why, e.detail)
	}
	if !slices.Equal(why, []string{"its signature counter went back", "its answer did not verify", "its signature counter went back", "it is not a passkey of the account (anymore)"}) {
		t.Errorf("it says %q", why)
	}
	for range 20 {
		alice.Login(t, count(9)).Refused(t, 404, "passkey_unknown")
	}
	if n := len(withAction(entries(t, site), "passkey.refused")); n != 5 {
		t.Errorf("an hour's refusals are recorded %d times", n)
	}
}

// When a limit that protects a secret is reached, that is recorded once in a while, not for each request.
func TestReachedLimitsAreAudited(t *testing.T) {
	site, alice := newLimitedSite(t)
	for range 13 {
		site.Clock.Advance(5 * time.Second)
		alice.Register(t)
	}
	site.Clock.Advance(30 * time.Second)
	for range 4 {
		alice.TryBegin(t, "recovery", map[string]string{"code": strings.Repeat("0", 32)})
	}
	for range 5 {
		alice.Redeem(t, "a guess")
	}
	for range 40 {
		alice.Push(t)
	}
	met := map[string]int{}
	for _, e := range withAction(entries(t, site), "rate.refused") {
		met[e.detail]++
		if e.tenant != "" || e.actor != "visitor" || e.ip != "127.0.0.0/24" {
			t.Errorf("it says %+v", e)
		}
	}
	for _, what := range []string{"wrong codes", "new accounts from an address", "recovery of an account", "sign-ins from an address"} {
		if met[what] != 1 {
			t.Errorf("%s is recorded %d times: %v", what, met[what], met)
		}
	}
}

// A tenant sees when its own limits are reached.
func TestTenantSeesItsOwnReachedLimits(t *testing.T) {
	site, alice := newLimitedSite(t)
	for range 5 {
		site.Send(t, ticketGuess(alice))
	}
	backend := site.ServerKey(t, alice.Tenant)
	for range 70 {
		if _, _, err := site.DB.IssueTicket(t.Context(), backend, db.Subject{ID: "joe"}); err != nil && !db.IsCode(err, db.CodeRateLimited) {
			t.Fatal(err)
		}
	}
	var got []entry
	for _, e := range withAction(entries(t, site), "rate.refused") {
		got = append(got, entry{e.tenant, e.actor, "", e.target, e.ip, e.detail})
	}
	want := []entry{
		{tenant: alice.Tenant.Key, actor: "visitor", detail: "wrong assertions"}, // without the visitor's address
		{tenant: alice.Tenant.Key, actor: "backend", detail: "new tickets of a tenant"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("it says %+v", got)
	}
}

// An address that sends too many requests is recorded once. Most of these requests cost no query.
func TestExcessRequestsAreRecordedOncePerNode(t *testing.T) {
	site, alice := newLimitedSite(t)
	for range 60 {
		alice.Push(t)
	}
	site.Exec(t, `DELETE FROM tries`) // another query would add another entry
	for range 60 {
		alice.Push(t)
	}
	if n := len(withAction(entries(t, site), "rate.refused")); n != 1 {
		t.Errorf("it is recorded %d times", n)
	}
	site.Clock.Advance(11 * time.Minute)
	for range 60 {
		alice.Push(t)
	}
	if n := len(withAction(entries(t, site), "rate.refused")); n != 2 {
		t.Errorf("after a while it is recorded %d times", n)
	}
}

func ticketGuess(v *authtest.Visitor) *authtest.Call {
	return &authtest.Call{Method: http.MethodPost, URL: v.Site.FrameOrigin + "/oauth/token", Key: v.Key, Form: map[string][]string{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {v.Tenant.Key},
		"subject_token": {"tk_guess"}, "subject_token_type": {"urn:company-a:params:oauth:token-type:ticket"},
	}}
}

// accountOf returns the account session of a visitor's browser.
func accountOf(t *testing.T, v *authtest.Visitor) *db.Session {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, v.Site.AccountOrigin, nil)
	r.RemoteAddr = "127.0.0.1:1"
	for _, c := range v.Cookies {
		r.AddCookie(c)
	}
	s, err := v.Site.Auth.AccountSession(r)
	if err != nil || s == nil {
		t.Fatalf("no account session: %v", err)
	}
	return s
}
