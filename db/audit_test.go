package db_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// countEvents counts the audit log entries of an action.
func countEvents(t *testing.T, d *dbtest.Database, action string) int {
	t.Helper()
	return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM audit_events WHERE action = $1`, action)
}

// Sign-ins are recorded in the audit log up to an hourly limit. Further sign-ins succeed and are not recorded.
func TestAuditedSignInsAreLimited(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	passkey := newPasskey()
	if _, err := d.DB.AddPasskey(t.Context(), alice.Account, passkey); err != nil {
		t.Fatal(err)
	}
	for range 62 {
		signIn(t, d, alice, passkey)
	}
	if n := countEvents(t, d, "account.signed_in"); n != 60 {
		t.Errorf("62 sign-ins are recorded %d times", n)
	}
	bob := d.Person(t, "Bob")
	passkey = passkeys(t, d, bob)[0]
	signIn(t, d, bob, passkey)
	moveTriesBack(t, d, "10 minutes")
	signIn(t, d, bob, passkey)
	if n := countEvents(t, d, "account.signed_in"); n != 62 {
		t.Errorf("with somebody else's they are %d", n)
	}
}

// Repeated changes of an account all succeed but are recorded up to a limit. Other actions are still recorded.
func TestAuditLogGrowthIsLimited(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	id := passkeys(t, d, alice)[0].ID
	for i := range 65 {
		if _, err := d.DB.RenamePasskey(t.Context(), alice.Account, id, strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	addPasskey(t, d, alice.Account)
	if name := passkeys(t, d, alice)[0].Name; name != "64" {
		t.Errorf("it is called %s", name)
	}
	if n, added := countEvents(t, d, "passkey.renamed"), countEvents(t, d, "passkey.added"); n != 60 || added != 1 {
		t.Errorf("renamed is recorded %d times, added %d", n, added)
	}
}

// Every change of a tenant is recorded, so the number of changes is limited by actor. The operator has no limit.
func TestChangesOfATenantAreCountedByActor(t *testing.T) {
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, Rates: 0.01})
	shop := d.Tenant(t, "Shop")
	seat := func(name string) db.Seat {
		p := d.Person(t, name)
		must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), p.ID, db.RoleAdmin))
		return d.Seat(t, p, shop.Key)
	}
	ann, bob := seat("Ann"), seat("Bob")
	add := func(by db.Seat, name string, n int) error {
		_, err := d.DB.AddEmbedOrigin(t.Context(), by, "https://"+name+strconv.Itoa(n)+".example")
		return err
	}
	for n := range 10 {
		must(t, add(ann, "ann", n))
	}
	if err := add(ann, "ann", 10); !db.IsCode(err, db.CodeRateLimited) {
		t.Errorf("the eleventh: %v", err)
	}
	after, err := d.DB.Tenant(t.Context(), shop.Key)
	must(t, err)
	if slices.Contains(after.EmbedOrigins, "https://ann10.example") {
		t.Error("it is done all the same")
	}
	must(t, add(bob, "bob", 0))
	for n := range 12 {
		must(t, add(db.Operator(shop.Key), "operator", n))
	}
}

// Refusals from all addresses together are recorded up to an hourly limit for each kind and tenant.
func TestAuditedRefusalsAreLimited(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	refused := func(tenant *db.Tenant, action string) string {
		id, err := d.DB.RecordRefusal(t.Context(), db.Event{TenantKey: tenant.Key, Actor: "visitor", Action: action})
		must(t, err)
		return id
	}
	first := refused(shop, "assertion.refused")
	if events, err := d.DB.Events(t.Context(), shop.Key, uuid.Nil, 1); err != nil || len(events) != 1 || events[0].ID.String() != first {
		t.Errorf("of %s the log has %v, %v", first, events, err)
	}
	for range 1005 {
		refused(shop, "assertion.refused")
	}
	if n := countEvents(t, d, "assertion.refused"); n < 1000 || n > 1003 { // plus one for each 3.6 s of the test
		t.Errorf("a thousand and six are recorded %d times", n)
	}
	if refused(paper, "assertion.refused") == "" || refused(shop, "identity.refused") == "" {
		t.Error("another tenant's, or another kind, is not recorded")
	}
}
