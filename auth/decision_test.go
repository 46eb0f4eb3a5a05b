package auth_test

import (
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db/dbtest"
)

func TestADecisionIsRefused(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	i := alice.Interaction(t)
	stranger := site.Visitor(t, alice.Tenant)
	stranger.Register(t).Must(t, 200)
	claim := func(origin any) func(*authtest.Call) {
		return func(c *authtest.Call) { c.JSON.(map[string]any)["embed_origin"] = origin }
	}
	for _, test := range []struct {
		name     string
		who      *authtest.Visitor
		decision string
		edits    []func(*authtest.Call)
		status   int
		code     string
	}{
		{"in another browser, signed in as somebody", stranger, "allow", nil, 410, "request_expired"},
		{"without any cookie", alice, "allow", edits(header("Cookie")), 410, "request_expired"},
		{"an opener on another origin", alice, "allow", edits(claim("https://evil.example")), 403, "wrong_origin"},
		{"an opener on a look-alike", alice, "continue", edits(claim("https://shop.example.evil")), 403, "wrong_origin"},
		{"no opener at all", alice, "continue", edits(claim("")), 403, "wrong_origin"},
		{"an opener on the frame origin itself", alice, "continue", edits(claim(site.FrameOrigin)), 403, "wrong_origin"},
		{"a decision that there isn't", alice, "maybe", nil, 400, "invalid_request"},
		{"no decision", alice, "", nil, 400, "invalid_request"},
		{"not JSON", alice, "allow", edits(func(c *authtest.Call) { c.JSON = "allow" }), 400, "invalid_request"},
		{"no interaction", alice, "allow", edits(func(c *authtest.Call) { c.JSON.(map[string]any)["interaction"] = "" }), 400, "invalid_request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.who.Decide(t, i.ID, test.decision, test.edits...).Refused(t, test.status, test.code)
		})
	}
	alice.Decide(t, i.ID, "allow").Must(t, 200) // refused decisions do not use the interaction up
}

// An embed origin that is removed while the popup is open no longer counts.
func TestADecisionForAnOriginThatWasRemoved(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	i := alice.Interaction(t)
	code := alice.Code(t)
	site.Exec(t, `DELETE FROM embed_origins`)
	alice.Decide(t, i.ID, "allow").Refused(t, 403, "wrong_origin")
	alice.Redeem(t, code).Refused(t, 400, "invalid_grant") // although it was granted before
}

// In query mode no opener confirms the request's embed origin: the person is shown our own page, and the
// session is bound to it.
func TestEmbedOriginIsOursInQueryMode(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.ResponseMode = "query"
	if i := alice.Interaction(t); i.EmbedOrigin != site.FrameOrigin {
		t.Errorf("the popup says that it was opened by %s", i.EmbedOrigin)
	}
	alice.SignUp(t)
	var who authtest.Identity
	whoami(t, alice).Must(t, 200).JSON(t, &who)
	if who.EmbedOrigin != site.FrameOrigin {
		t.Errorf("the session is bound to %s", who.EmbedOrigin)
	}
}

func TestADecisionNeedsASession(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	i := alice.Interaction(t)
	alice.Decide(t, i.ID, "continue").Refused(t, 401, "unauthenticated")
	alice.Decide(t, i.ID, "allow").Refused(t, 401, "unauthenticated")

	// A session that has ended meanwhile does not count either.
	alice.Register(t).Must(t, 200)
	site.Exec(t, `UPDATE sessions SET revoked_at = now()`)
	alice.Decide(t, i.ID, "allow").Refused(t, 401, "unauthenticated")
	alice.Login(t).Must(t, 200)
	alice.Decide(t, i.ID, "allow").Must(t, 200)
}

// An interaction accepts one decision (CVE-2025-46815).
func TestInteractionIsDecidedOnce(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	for _, first := range []string{"allow", "deny"} {
		i := alice.Interaction(t)
		alice.Decide(t, i.ID, first).Must(t, 200)
		for _, second := range []string{"allow", "continue", "deny"} {
			alice.Decide(t, i.ID, second).Refused(t, 410, "request_expired")
		}
		alice.Open(t, i.RequestURI).Refused(t, 410, "request_expired")
	}

	// Of four at once, which all find it undecided, one decides it.
	i := alice.Interaction(t)
	release := holdRequests(t, site, 4)
	statuses := authtest.InParallel(5, func(n int) int {
		if n == 0 {
			release()
			return 0
		}
		return alice.Decide(t, i.ID, "allow").Status
	})
	if statuses[200] != 1 || statuses[410] != 3 {
		t.Errorf("four decisions at once: %v", statuses)
	}

	i = alice.Interaction(t)
	site.Exec(t, `UPDATE authorization_requests SET expires_at = now() - interval '1 second'`)
	alice.Decide(t, i.ID, "allow").Refused(t, 410, "request_expired")
}

// holdRequests locks the authorization requests. release waits for a number of waiting changes, and
// unlocks.
func holdRequests(t *testing.T, site *authtest.Site, waiting int) (release func()) {
	t.Helper()
	holder, watcher := site.Connect(t, site.Superuser()), site.Connect(t, site.Superuser())
	tx, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT FROM authorization_requests FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	return func() {
		for deadline := time.Now().Add(30 * time.Second); dbtest.Blocked(t, watcher) < waiting; {
			if time.Now().After(deadline) {
				t.Errorf("no %d wait for the lock", waiting)
				break
			}
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Errorf("rolling back: %v", err)
		}
	}
}

// RFC 6749 §4.1.2.1 with RFC 9207 §2: a denial contains nothing else. It needs no session: a person does
// not have to sign in to deny.
func TestDenialIsReturned(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	answer := alice.Decide(t, alice.Interaction(t).ID, "deny").Must(t, 200)
	if answer.Text("response", "error") != "access_denied" || answer.Text("response", "code") != "" ||
		answer.Text("response", "state") != alice.State || answer.Text("response", "iss") != site.AccountOrigin {
		t.Errorf("by message: %s", answer.Body)
	}

	alice.ResponseMode = "query"
	location := location(t, alice.Decide(t, alice.Interaction(t).ID, "deny").Must(t, 200))
	if q := location.Query(); q.Get("error") != "access_denied" || q.Has("code") || q.Get("state") != alice.State || q.Get("iss") != site.AccountOrigin {
		t.Errorf("by redirect: %s", location)
	}
}

// Each person is asked for consent once for each tenant.
func TestConsentIsAskedForOnceAtEachTenant(t *testing.T) {
	site := shared(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	next := func() string { return alice.Decide(t, alice.Interaction(t).ID, "continue").Must(t, 200).Text("next") }
	if got := next(); got != "consent" {
		t.Errorf("at first: %q", got)
	}
	alice.Decide(t, alice.Interaction(t).ID, "deny").Must(t, 200)
	if got := next(); got != "consent" {
		t.Errorf("after a denial: %q", got)
	}
	alice.Decide(t, alice.Interaction(t).ID, "allow").Must(t, 200)
	if got := next(); got != "respond" {
		t.Errorf("once allowed: %q", got)
	}
	alice.Tenant = site.Tenant(t, "Paper")
	if got := next(); got != "consent" {
		t.Errorf("at another tenant: %q", got)
	}
}
