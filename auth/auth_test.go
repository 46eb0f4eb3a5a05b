package auth_test

import (
	"testing"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m, site.Close) }

// site is shared by the tests that do not change each other's rows, clock or log.
var site authtest.Shared

func shared(t *testing.T) *authtest.Site { return site.Site(t) }

// whoami sends an API request that answers who the visitor is.
func whoami(t *testing.T, v *authtest.Visitor, edits ...func(*authtest.Call)) *authtest.Answer {
	t.Helper()
	return v.GraphQL(t, "{ viewer { id } }", nil, edits...)
}

// The main flow: push, open, create an account, allow, redeem, query.
func TestSignIn(t *testing.T) {
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

	// With the account session, the second sign-in is one click.
	second := alice.Interaction(t)
	if second.DisplayName != name {
		t.Errorf("the second visit shows %+v", second)
	}
	if next := alice.Decide(t, second.ID, "continue").Must(t, 200).Text("next"); next != "respond" {
		t.Errorf("the second visit goes on to %q, want respond", next)
	}
}
