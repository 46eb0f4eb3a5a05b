package auth_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m, common.end) }

// common is the site of all tests that meddle with nobody else's rows, clock or log: a
// database for each would take longer than what they test.
var common commonSite

type commonSite struct {
	once sync.Once
	tb   *lasting
	site *authtest.Site
}

func (c *commonSite) end() {
	if c.tb == nil {
		return
	}
	for _, f := range slices.Backward(c.tb.cleanups) {
		f()
	}
}

// shared gives the common site. Each test brings tenants and people of its own.
func shared(t *testing.T) *authtest.Site {
	t.Helper()
	common.once.Do(func() {
		common.tb = &lasting{TB: t}
		common.site = authtest.New(common.tb)
	})
	if common.site == nil {
		t.Fatal("the common site did not start")
	}
	return common.site
}

// A lasting test ends with the test binary.
type lasting struct {
	testing.TB
	cleanups []func()
}

func (l *lasting) Cleanup(f func())         { l.cleanups = append(l.cleanups, f) }
func (l *lasting) Context() context.Context { return context.Background() }

// whoami asks the API who the visitor is.
func whoami(t *testing.T, v *authtest.Visitor, edits ...func(*authtest.Call)) *authtest.Answer {
	t.Helper()
	return v.GraphQL(t, "{ viewer { id } }", nil, edits...)
}

// The main flow, product by product step: push, open, make an account, allow, redeem, ask.
func TestAVisitorGetsFromATenantsPageToASession(t *testing.T) {
	site := shared(t)
	shop := site.Tenant(t, "Shop")
	alice := site.Visitor(t, shop)

	requestURI := alice.RequestURI(t)
	var i struct{ ID, RequestURI, TenantKey, TenantName, EmbedOrigin, FrameOrigin, ResponseMode, DisplayName string }
	alice.Open(t, requestURI).Must(t, 200).JSON(t, &i)
	if i.RequestURI != requestURI || i.TenantKey != shop.Key || i.TenantName != "Shop" || i.EmbedOrigin != alice.EmbedOrigin ||
		i.FrameOrigin != site.FrameOrigin || i.ResponseMode != "web_message" || i.DisplayName != "" {
		t.Errorf("the popup shows %+v", i)
	}
	name := alice.Register(t).Must(t, 200).Text("displayName")

	if next := alice.Decide(t, i.ID, "continue").Must(t, 200).Text("next"); next != "consent" {
		t.Errorf("a first visit goes on to %q, want consent", next)
	}
	answer := alice.Decide(t, i.ID, "allow").Must(t, 200)
	if got := answer.Text("response", "state"); got != alice.State {
		t.Errorf("state %q, want %q", got, alice.State)
	}
	if got := answer.Text("response", "iss"); got != site.AccountOrigin { // RFC 9207 §2
		t.Errorf("iss %q, want %q", got, site.AccountOrigin)
	}
	token := alice.Redeem(t, answer.Text("response", "code")).Must(t, 200)
	if got := token.Text("token_type"); got != "DPoP" { // RFC 9449 §5
		t.Errorf("token_type %q", got)
	}
	if got := token.Header.Get("Cache-Control"); got != "no-store" { // RFC 6749 §5.1
		t.Errorf("Cache-Control %q", got)
	}

	var who authtest.Identity
	whoami(t, alice).Must(t, 200).JSON(t, &who)
	if who.Kind != db.SessionWidget || who.Tenant != shop.Key || who.EmbedOrigin != alice.EmbedOrigin || who.DisplayName != name {
		t.Errorf("the API sees %+v", who)
	}

	// The second time the account session makes it one click.
	second := alice.Interaction(t)
	if second.DisplayName != name {
		t.Errorf("the second visit shows %+v", second)
	}
	if next := alice.Decide(t, second.ID, "continue").Must(t, 200).Text("next"); next != "respond" {
		t.Errorf("the second visit goes on to %q, want respond", next)
	}
}
