package db_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A code can't be redeemed while its account session is ending. Here the code arrives after the session's UPDATE and
// before its COMMIT.
func TestCodeIsNotRedeemedWhileItsSessionEnds(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	var browser, uri, code, token db.TokenHash
	for _, h := range []*db.TokenHash{&browser, &uri, &code, &token} {
		_, _ = rand.Read(h[:])
	}
	request := &db.AuthorizationRequest{
		RequestURIHash: uri[:], TenantKey: shop.Key, RedirectURI: "https://frame.example/embed/" + shop.Key,
		ResponseMode: "query", Scope: "notes", JKT: dbtest.Key, EmbedOrigin: "https://shop.example",
	}
	if err := d.DB.PushRequest(t.Context(), request, time.Minute); err != nil {
		t.Fatal(err)
	}
	opened, err := d.DB.OpenRequest(t.Context(), uri, shop.Key, browser, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DB.GrantRequest(t.Context(), opened.ID, browser, alice.Account, false, code, time.Minute); err != nil {
		t.Fatal(err)
	}

	ending, err := d.Connect(t, d.Superuser()).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ending.Exec(t.Context(), `UPDATE sessions SET revoked_at = now() WHERE id = $1`, alice.Account.ID); err != nil {
		t.Fatal(err)
	}
	redeemed := make(chan error, 1)
	go func() {
		_, err := d.DB.RedeemCode(t.Context(), code, func(*db.AuthorizationRequest) error { return nil },
			db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour})
		redeemed <- err
	}()
	c := d.Connect(t, d.Superuser())
	for len(redeemed) == 0 && dbtest.Blocked(t, c) == 0 {
		if t.Context().Err() != nil {
			t.Fatal("it neither waits nor ends")
		}
	}
	if err := ending.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-redeemed; !db.IsCode(err, db.CodeGone) {
		t.Errorf("redeemed: %v", err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); err == nil {
		t.Error("a widget session outlives the session that granted it")
	}
}

// The code of a swept account session is refused like that of an ended one.
func TestACodeOfADeletedSessionIsRefused(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	uri, browser, code := db.HashToken("uri"), db.HashToken("browser"), db.HashToken("code")
	must(t, d.DB.PushRequest(t.Context(), &db.AuthorizationRequest{
		RequestURIHash: uri[:], TenantKey: shop.Key, RedirectURI: "https://frame.example/embed/" + shop.Key, ResponseMode: "query",
		Scope: "notes", JKT: dbtest.Key, EmbedOrigin: "https://shop.example",
	}, time.Minute))
	opened, err := d.DB.OpenRequest(t.Context(), uri, shop.Key, browser, time.Minute)
	must(t, err)
	must(t, d.DB.GrantRequest(t.Context(), opened.ID, browser, alice.Account, false, code, time.Minute))
	d.Exec(t, `DELETE FROM sessions WHERE id = $1`, alice.Account.ID)
	_, err = d.DB.RedeemCode(t.Context(), code, func(*db.AuthorizationRequest) error { return nil }, newSession())
	if !db.IsCode(err, db.CodeGone) {
		t.Errorf("%v", err)
	}
}
