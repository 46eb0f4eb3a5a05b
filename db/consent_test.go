package db_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// Withdrawing a consent ends the widget sessions at that tenant and the codes for more, and the person is asked again.
func TestWithdrawingAConsent(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	at := map[string]db.TokenHash{"shop": alice.WidgetToken(t, shop), "paper": alice.WidgetToken(t, paper), "bob": bob.WidgetToken(t, shop)}
	code := grantCode(t, d, alice.Account, shop)
	allowed := func(p *dbtest.Person) (keys []string) {
		list, err := d.DB.Consents(t.Context(), p.ID)
		must(t, err)
		for _, c := range list {
			keys = append(keys, c.TenantKey)
		}
		return keys
	}
	if got := allowed(alice); len(got) != 2 || got[0] != paper.Key {
		t.Fatalf("Alice allows %v", got)
	}
	must(t, d.DB.WithdrawConsent(t.Context(), alice.Account, shop.Key))
	for name, ended := range map[string]bool{"shop": true, "paper": false, "bob": false} {
		if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: at[name]}, dbtest.Key); errors.Is(err, db.ErrNoSession) != ended {
			t.Errorf("the session at %s: %v", name, err)
		}
	}
	if _, err := redeem(t, d, code); !db.IsCode(err, db.CodeGone) {
		t.Errorf("a code from before: %v", err)
	}
	if got := allowed(alice); len(got) != 1 || got[0] != paper.Key {
		t.Errorf("Alice still allows %v", got)
	}
	if yes, err := d.DB.HasConsented(t.Context(), alice.ID, shop.Key); yes || err != nil {
		t.Errorf("a consent that was withdrawn: %t, %v", yes, err)
	}
	if yes, err := d.DB.HasConsented(t.Context(), bob.ID, shop.Key); !yes || err != nil {
		t.Errorf("another person's consent: %t, %v", yes, err)
	}
	for _, tenant := range []string{shop.Key, "t_unknown", ""} {
		if err := d.DB.WithdrawConsent(t.Context(), alice.Account, tenant); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("withdrawing %q again: %v", tenant, err)
		}
	}
	alice.Widget(t, shop)
	if got := allowed(alice); len(got) != 2 || got[0] != shop.Key {
		t.Errorf("after allowing it again, Alice allows %v", got)
	}
	if n := countEvents(t, d, "tenant.withdrawn"); n != 1 {
		t.Errorf("%d events", n)
	}
	if n := countEvents(t, d, "tenant.allowed"); n != 4 {
		t.Errorf("%d consents are recorded", n)
	}
}

// A consent has the origin of the page on which the person signed in last. Only the consent is recorded.
func TestConsentOrigin(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	_, err := d.DB.AddEmbedOrigin(t.Context(), db.Operator(shop.Key), "https://www.shop.example")
	must(t, err)
	bob.Widget(t, shop)
	since := time.Time{}
	for _, origin := range []string{"https://shop.example", "https://www.shop.example"} {
		alice.Origin = origin
		alice.Widget(t, shop)
		list, err := d.DB.Consents(t.Context(), alice.ID)
		must(t, err)
		if len(list) != 1 || list[0].EmbedOrigin != origin || !since.IsZero() && !list[0].Since.Equal(since) {
			t.Errorf("on %s: %+v, since %s", origin, list, since)
		}
		since = list[0].Since
	}
	// A node of the release before stores none, and a sign-in without a page around the widget changes none.
	must(t, d.DB.WithdrawConsent(t.Context(), bob.Account, shop.Key))
	d.Exec(t, `UPDATE consents SET withdrawn_at = NULL, embed_origin = NULL WHERE user_id = $1`, bob.ID)
	for _, c := range []struct{ mode, want string }{{"query", ""}, {"web_message", "https://shop.example"}, {"query", "https://shop.example"}} {
		bob.Mode = c.mode
		bob.Widget(t, shop)
		list, err := d.DB.Consents(t.Context(), bob.ID)
		must(t, err)
		if list[0].EmbedOrigin != c.want {
			t.Errorf("after a sign-in by %s: %q, not %q", c.mode, list[0].EmbedOrigin, c.want)
		}
	}
	if n := countEvents(t, d, "tenant.allowed"); n != 2 {
		t.Errorf("%d consents are recorded", n)
	}
}

// SecurityEvents returns a person's own events, page by page, and no other person's.
func TestSecurityEvents(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	alice.Widget(t, shop)
	must(t, d.DB.WithdrawConsent(t.Context(), alice.Account, shop.Key))
	bob.Widget(t, shop)
	events, err := d.DB.SecurityEvents(t.Context(), alice.ID, [16]byte{}, 2)
	must(t, err)
	rest, err := d.DB.SecurityEvents(t.Context(), alice.ID, events[1].ID, 10)
	must(t, err)
	var got []string
	for _, e := range append(events, rest...) {
		got = append(got, e.Actor+" "+e.Action)
	}
	if want := []string{"viewer tenant.withdrawn", "viewer tenant.allowed", "viewer account.created"}; !slices.Equal(got, want) {
		t.Errorf("Alice's events are %q", got)
	}
}
