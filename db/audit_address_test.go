package db_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A tenant sees the addresses of its members and of its backend, never a visitor's. This holds for every action, for
// every way to record it and for entries of older releases.
func TestATenantSeesNoVisitorsAddress(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	alice := d.Person(t, "Alice")
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), alice.ID, db.RoleOwner))
	const address = "192.0.2.77"
	member := d.DB.MemberID(alice.ID, shop.Key)
	alice.Account.From = address
	key, _, err := d.DB.CreateServerKey(t.Context(), d.Seat(t, alice, shop.Key), "backend")
	must(t, err)
	backend, err := key.Seat(shop.Key, address)
	must(t, err)
	own := map[string]db.Seat{member: d.Seat(t, alice, shop.Key), "server key " + key.Prefix: backend}

	others := []string{"visitor", "backend", "database", "operator", "", d.DB.Pseudonym(alice.ID), d.DB.ViewerID(alice.ID, shop.Key), "Shop", "server keys"}
	actions := []string{"assertion.refused", "identity.refused", "rate.refused", "ciphertext.refused", "code.reused", "origin.added", "member.joined", "anything.new"}
	for _, actor := range others {
		for _, action := range actions {
			_, err := d.DB.RecordRefusal(t.Context(), db.Event{TenantKey: shop.Key, Actor: actor, Action: action, IP: address})
			must(t, err)
			d.DB.RecordRateLimit(t.Context(), action, actor, db.Event{TenantKey: shop.Key, Actor: actor, IP: address})
		}
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM audit_events WHERE ip <> ''`); n != 1 { // the member's
		t.Errorf("%d entries keep an address", n)
	}
	for _, seat := range own {
		_, err := d.DB.AddEmbedOrigin(t.Context(), seat, "https://"+uuid.NewString()+".example")
		must(t, err)
	}
	for _, actor := range others { // entries of an older release
		d.Exec(t, `INSERT INTO audit_events (id, tenant_key, actor, action, ip) VALUES (gen_random_uuid(), $1, $2, 'assertion.refused', $3)`, shop.Key, actor, address)
	}
	events, err := d.DB.Events(t.Context(), shop.Key, uuid.Nil, 1000)
	must(t, err)
	seen := map[string]bool{}
	for _, e := range events {
		if _, isOwn := own[e.Actor]; (e.IP == address) != isOwn {
			t.Errorf("%s by %q is seen from %q", e.Action, e.Actor, e.IP)
		}
		seen[e.Actor] = true
	}
	if len(seen) < len(others) {
		t.Errorf("only %d actors are there", len(seen))
	}
}
