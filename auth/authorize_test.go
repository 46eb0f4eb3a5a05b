package auth_test

import (
	"net/url"
	"sync"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

// RFC 9126 §4: a request_uri is for one browser. A reload is no second use.
func TestARequestOpensInOneBrowser(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice, mallory := site.Visitor(t, shop), site.Visitor(t, shop)
	uri := alice.RequestURI(t)
	first := alice.Open(t, uri).Must(t, 200).Text("ID")
	if reloaded := alice.Open(t, uri).Must(t, 200).Text("ID"); reloaded != first {
		t.Errorf("a reload opens another interaction: %s, then %s", first, reloaded)
	}
	mallory.Open(t, uri).Refused(t, 410, "request_expired")

	// Not even when the browser says nothing of itself, or claims an id that it made up.
	clear(mallory.Cookies)
	mallory.Open(t, uri, header("Cookie", "__Host-aside_browser=guess")).Refused(t, 410, "request_expired")
}

// Two browsers at once: one of them wins.
func TestARequestOpenedTwiceAtOnce(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	uri := site.Visitor(t, shop).RequestURI(t)
	statuses := inParallel(8, func(int) int { return site.Visitor(t, shop).Open(t, uri).Status })
	if statuses[200] != 1 || statuses[410] != 7 {
		t.Errorf("eight browsers open one request: %v", statuses)
	}
}

func TestARequestIsOpenedInTime(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	uri := alice.RequestURI(t)
	site.Exec(t, `UPDATE authorization_requests SET expires_at = now() - interval '1 second'`)
	alice.Open(t, uri).Refused(t, 410, "request_expired")

	uri = alice.RequestURI(t)
	alice.Open(t, uri).Must(t, 200)
	site.Exec(t, `UPDATE authorization_requests SET expires_at = now() - interval '1 second'`)
	alice.Open(t, uri).Refused(t, 410, "request_expired")
}

// The address that the popup is opened with, as somebody may have bent it.
func TestAnAddressThatOpensNothing(t *testing.T) {
	site := authtest.New(t)
	shop, other := site.Tenant(t, "Shop"), site.Tenant(t, "Other")
	alice := site.Visitor(t, shop)
	for _, test := range []struct {
		name   string
		query  func(q url.Values)
		status int
		code   string
	}{
		{"without request_uri (RFC 9126 §4: pushing is required)", func(q url.Values) { q.Del("request_uri") }, 400, "invalid_request"},
		{"without client_id (RFC 9126 §4)", func(q url.Values) { q.Del("client_id") }, 400, "invalid_request"},
		{"two request_uris", func(q url.Values) { q.Add("request_uri", "x") }, 400, "invalid_request"},
		{"two client_ids", func(q url.Values) { q.Add("client_id", other.Key) }, 400, "invalid_request"},
		{"another tenant's client_id", func(q url.Values) { q.Set("client_id", other.Key) }, 410, "request_expired"},
		{"an unknown client_id", func(q url.Values) { q.Set("client_id", "t_nobody") }, 401, "invalid_client"},
		{"a client_id with a zero byte", func(q url.Values) { q.Set("client_id", "t_\x00") }, 401, "invalid_client"},
		{"a client_id that isn't text", func(q url.Values) { q.Set("client_id", "t_\xff") }, 401, "invalid_client"},
		{"a truncated request_uri", func(q url.Values) { q.Set("request_uri", q.Get("request_uri")[:70]) }, 410, "request_expired"},
		{"a request that was never pushed, all in the query", func(q url.Values) {
			q.Del("request_uri")
			q.Set("response_type", "code")
			q.Set("redirect_uri", alice.RedirectURI())
		}, 400, "invalid_request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			uri := alice.RequestURI(t)
			alice.Open(t, uri, func(c *authtest.Call) {
				u, err := url.Parse(c.URL)
				if err != nil {
					t.Fatal(err)
				}
				q := u.Query()
				test.query(q)
				u.RawQuery = q.Encode()
				c.URL = u.String()
			}).Refused(t, test.status, test.code)
			alice.Open(t, uri).Must(t, 200) // what was refused has burnt nothing
		})
	}
}

// RFC 9101 §6.3: what counts is what was pushed, not what stands beside it in the address.
func TestParametersBesideAPushedRequestAreIgnored(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	var i struct{ ResponseMode, EmbedOrigin string }
	alice.Open(t, alice.RequestURI(t), func(c *authtest.Call) {
		c.URL += "&response_mode=query&redirect_uri=https://evil.example/&embed_origin=https://evil.example&state=forged"
	}).Must(t, 200).JSON(t, &i)
	if i.ResponseMode != "web_message" || i.EmbedOrigin != alice.EmbedOrigin {
		t.Errorf("the popup shows %+v", i)
	}
}

func TestASuspendedTenantOpensNothing(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	uri, i := alice.RequestURI(t), alice.Interaction(t)
	alice.Register(t).Must(t, 200)
	code := alice.Code(t)
	site.Exec(t, `UPDATE tenants SET suspended_at = now()`)
	alice.Open(t, uri).Refused(t, 401, "invalid_client")
	alice.Decide(t, i.ID, "allow").Refused(t, 401, "invalid_client")
	alice.Redeem(t, code).Refused(t, 401, "invalid_client")
}

func TestADecisionIsRefused(t *testing.T) {
	site := authtest.New(t)
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
	alice.Decide(t, i.ID, "allow").Must(t, 200) // none of it has burnt the interaction
}

// An embed origin that is taken off the list while the popup is open no longer counts.
func TestADecisionForAnOriginThatWasRemoved(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	alice.Register(t).Must(t, 200)
	for _, mode := range []string{"web_message", "query"} {
		alice.ResponseMode = mode
		i := alice.Interaction(t)
		site.Exec(t, `DELETE FROM embed_origins`)
		alice.Decide(t, i.ID, "allow").Refused(t, 403, "wrong_origin")
		site.Exec(t, `INSERT INTO embed_origins (tenant_key, origin) VALUES ($1, $2)`, alice.Tenant.Key, alice.EmbedOrigin)
	}
}

func TestADecisionNeedsASession(t *testing.T) {
	site := authtest.New(t)
	alice := site.Visitor(t, site.Tenant(t, "Shop"))
	i := alice.Interaction(t)
	alice.Decide(t, i.ID, "continue").Refused(t, 401, "unauthenticated")
	alice.Decide(t, i.ID, "allow").Refused(t, 401, "unauthenticated")

	// Neither does a session count that has ended meanwhile.
	alice.Register(t).Must(t, 200)
	site.Exec(t, `UPDATE sessions SET revoked_at = now()`)
	alice.Decide(t, i.ID, "allow").Refused(t, 401, "unauthenticated")
	alice.Login(t).Must(t, 200)
	alice.Decide(t, i.ID, "allow").Must(t, 200)
}

// One interaction, one decision (CVE-2025-46815: an intent used again).
func TestAnInteractionIsDecidedOnce(t *testing.T) {
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

	// Four at once: all of them find it undecided, and only one decides it.
	i := alice.Interaction(t)
	release := holdRequests(t, site, 4)
	statuses := inParallel(5, func(n int) int {
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

// holdRequests keeps anybody from changing an authorization request, until what it gives is
// called and that many try to.
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
		for n := 0; n < waiting && t.Context().Err() == nil; {
			err := watcher.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
			if err != nil {
				t.Errorf("watching the locks: %v", err)
				break
			}
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Errorf("letting go: %v", err)
		}
	}
}

// RFC 6749 §4.1.2.1 with RFC 9207 §2: a denial says nothing but that, to the one who asked.
// It needs no session: whoever wants none of it shouldn't have to sign in first.
func TestADenialComesBack(t *testing.T) {
	site := authtest.New(t)
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

// Consent is asked for once at each tenant, by whom it concerns.
func TestConsentIsAskedForOnceAtEachTenant(t *testing.T) {
	site := authtest.New(t)
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

// The tenant's backend may push a request of its own, with its own verifier and key: all that
// it needs to redeem a code, if it had one. In every mode, the code goes to A's frame origin
// in the visitor's browser, and nothing else that the backend holds becomes a token.
func TestATenantsBackendThatPushesTheRequestObtainsNoCode(t *testing.T) {
	site := authtest.New(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)
	alice.SignUp(t) // consent is long given
	for _, mode := range []string{"web_message", "query"} {
		t.Run(mode, func(t *testing.T) {
			backend := site.Visitor(t, shop)
			backend.ResponseMode = mode
			uri := backend.RequestURI(t)

			// It sends Alice there; she continues.
			var i struct{ ID, FrameOrigin string }
			alice.Open(t, uri).Must(t, 200).JSON(t, &i)
			step := alice.Decide(t, i.ID, "continue").Must(t, 200)

			switch mode {
			case "web_message": // the popup posts to this origin alone, whoever its opener is
				if i.FrameOrigin != site.FrameOrigin || step.Text("next") != "respond" || step.Text("location") != "" {
					t.Errorf("the popup posts to %s: %s", i.FrameOrigin, step.Body)
				}
			case "query":
				if got := location(t, step); got.Scheme+"://"+got.Host != site.FrameOrigin || got.Path != "/embed/"+shop.Key || got.User != nil {
					t.Errorf("the browser goes to %s", got)
				}
				if step.Text("response", "code") != "" {
					t.Errorf("a code outside of the redirect: %s", step.Body)
				}
			}

			// What the backend holds, in place of the code.
			for _, guess := range []string{uri, i.ID, backend.State, backend.Verifier, backend.Key.Thumbprint()} {
				backend.Redeem(t, guess).Refused(t, 400, "invalid_grant")
			}
			// Asking again where the request went gives it nothing either: there is no polling.
			backend.Open(t, uri).Refused(t, 410, "request_expired")
			backend.Decide(t, i.ID, "allow").Refused(t, 410, "request_expired")
			// Nor does opening a request itself: it is nobody here.
			own := backend.Interaction(t)
			backend.Decide(t, own.ID, "allow").Refused(t, 401, "unauthenticated")
		})
	}
}

func location(t *testing.T, step *authtest.Answer) *url.URL {
	t.Helper()
	u, err := url.Parse(step.Text("location"))
	if err != nil || step.Text("next") != "redirect" {
		t.Fatalf("no redirect: %s", step.Body)
	}
	return u
}

// inParallel runs n at once and counts what comes of it.
func inParallel(n int, do func(int) int) map[int]int {
	var wg sync.WaitGroup
	results := make([]int, n)
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			results[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	counts := map[int]int{}
	for _, r := range results {
		counts[r]++
	}
	return counts
}
