package db_test

import (
	"errors"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestWildcardOrigins(t *testing.T) {
	d := dbtest.New(t)
	shop, yes, no := d.Tenant(t, "Shop"), true, false
	by := db.Operator(shop.Key)
	add := func(origin string) error { return errorOf(d.DB.AddEmbedOrigin(t.Context(), by, origin)) }
	if err := add("https://*.preview.example"); !db.IsCode(err, db.CodeInvalid) {
		t.Errorf("against the policy: %v", err)
	}
	must(t, errorOf(d.DB.UpdateTenant(t.Context(), by, db.TenantChange{WildcardOrigins: &yes})))
	for _, origin := range []string{
		"https://*", "https://*.example", "https://*.com", "https://*.co.uk", "https://*.github.io", "https://*.vercel.app", "https://*.ck",
		"https://*.compute.amazonaws.com", "https://*.localhost", "http://*.localhost:3000", "http://*.127.0.0.1", "https://*.[::1]", "http://*.preview.example",
		"https://*.*.preview.example", "https://pr-*.preview.example", "https://pr.*.preview.example", "https://preview.*", "*.preview.example",
		"https://*.preview.example/", "https://*@preview.example", "https://*.pre view.example", "https://*.preview.example.",
	} {
		err := add(origin)
		if origin == "https://*.preview.example/" { // the slash is removed, as for other origins
			must(t, err)
		} else if !db.IsCode(err, db.CodeInvalid) {
			t.Errorf("%s is added: %v", origin, err)
		}
	}
	must(t, add("HTTPS://*.Preview.Example:443"))
	must(t, add("https://*.dev.preview.example:8443"))
	must(t, add("https://*.amazonaws.com"))
	now, err := d.DB.Tenant(t.Context(), shop.Key)
	must(t, err)
	embedded := map[string]bool{
		"https://pr-17.preview.example": true, "https://a.dev.preview.example:8443": true, "https://shop.example": true,
		"https://preview.example": false, "https://a.b.preview.example": false, "http://pr-17.preview.example": false, "https://pr-17.preview.example:8443": false,
		"https://a.dev.preview.example": false, "https://*.preview.example": false, "https://.preview.example": false, "https://evil.example/.preview.example": false,
		"https://evil@a.preview.example": false, "https://-.preview.example": false, "https://a.preview.example.evil.example": false, "https://apreview.example": false,
		"https://s3.amazonaws.com": false, "https://a.preview.example:": false, "https://A.preview.example": false, "https://a b.preview.example": false,
	}
	for origin, want := range embedded {
		if now.Embeds(origin) != want {
			t.Errorf("%s embeds the widget: %v", origin, !want)
		}
	}
	alice := d.Person(t, "Alice")
	alice.Origin = "https://pr-17.preview.example"
	live := func() *db.Session { return alice.Widget(t, shop) }
	ended := func(what string, s *db.Session) {
		t.Helper()
		if _, err := d.DB.CreateNote(t.Context(), s.Owner(), db.NewNote{Title: "Beans"}); err == nil {
			t.Errorf("a session is still valid %s", what)
		}
	}
	for origin, want := range embedded { // the transaction of a sign-in makes the same decision
		alice.Origin = origin
		if _, err := alice.Redeem(t, shop); (err == nil) != want {
			t.Errorf("signed in at %s: %v", origin, err)
		}
	}
	alice.Origin = "https://pr-17.preview.example"
	s := live()
	must(t, errorOf(d.DB.RemoveEmbedOrigin(t.Context(), by, "https://*.preview.example")))
	ended("after its wildcard was removed", s)
	must(t, add("https://*.preview.example"))
	s = live()
	alice.Origin = "https://shop.example"
	listed := live()
	must(t, errorOf(d.DB.UpdateTenant(t.Context(), by, db.TenantChange{WildcardOrigins: &no})))
	ended("after the policy forbids wildcards", s)
	must(t, errorOf(d.DB.CreateNote(t.Context(), listed.Owner(), db.NewNote{Title: "Beans"})))
	if now, err = d.DB.Tenant(t.Context(), shop.Key); err != nil || now.Embeds("https://pr-17.preview.example") {
		t.Errorf("the wildcard still counts: %v", err)
	}
	alice.Origin = "https://pr-17.preview.example"
	if _, err := alice.Redeem(t, shop); err == nil || errors.Is(err, db.ErrNoSession) {
		t.Errorf("signed in against the policy: %v", err)
	}
}
