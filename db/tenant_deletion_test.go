package db_test

import (
	"errors"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestADeletedTenantIsGoneAndPeopleKeepTheirNotes(t *testing.T) {
	d := dbtest.New(t)
	superuser := d.Connect(t, d.Superuser())
	ann, alice := d.Person(t, "Ann"), d.Person(t, "Alice")
	shop := d.Tenant(t, "Shop")
	operator := db.Operator(shop.Key)
	must(t, d.DB.SetMember(t.Context(), operator, ann.ID, db.RoleOwner))
	widget := alice.Widget(t, shop)
	note, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "Beans"})
	must(t, err)
	must(t, linkSubject(t, d, alice, shop, joe))
	vouched, err := signInVouched(t, d, shop, db.Subject{ID: "vera"})
	must(t, err)
	_, err = d.DB.CreateNote(t.Context(), vouched.Owner(), db.NewNote{Title: "Vera's"})
	must(t, err)
	key := d.ServerKey(t, shop)
	token, _, err := d.DB.Invite(t.Context(), operator, db.RoleOwner)
	must(t, err)
	seat := d.Seat(t, ann, shop.Key)

	if err := d.DB.DeleteTenant(t.Context(), seat, "Paper"); !db.IsCode(err, db.CodeInvalid) {
		t.Fatalf("confirmed with another name: %v", err)
	}
	must(t, d.DB.DeleteTenant(t.Context(), seat, " Shop "))

	for change, do := range tenantChanges(t, d, ann.ID) {
		if err := do(operator); !errors.Is(err, db.ErrUnknownTenant) {
			t.Errorf("%s by the operator: %v", change, err)
		}
		if err := do(seat); !errors.Is(err, db.ErrNoMember) {
			t.Errorf("%s by the former owner: %v", change, err)
		}
	}
	if role, err := d.DB.RoleOf(t.Context(), shop.Key, ann.ID); err != nil || role != "" {
		t.Errorf("Ann is %q still: %v", role, err)
	}
	if _, err := d.DB.AcceptInvitation(t.Context(), ann.Account, token); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("an invitation is accepted: %v", err)
	}
	if _, _, err := d.DB.IssueTicket(t.Context(), key, joe); !errors.Is(err, db.ErrNoServerKey) {
		t.Errorf("its key issues a ticket: %v", err)
	}
	if _, err := d.DB.Note(t.Context(), widget.Owner(), note.ID); err == nil {
		t.Error("a widget session is live still")
	}
	if _, err := alice.Redeem(t, shop); err == nil {
		t.Error("somebody signs in")
	}
	gone, err := d.DB.Tenant(t.Context(), shop.Key)
	if err != nil || gone.Name != "Shop" || gone.DeletedAt == nil || gone.SuspendedAt == nil || gone.Embeds("https://shop.example") {
		t.Errorf("what is left: %+v, %v", gone, err)
	}

	must(t, d.DB.Sweep(t.Context()))
	if n, err := d.DB.Note(t.Context(), alice.Account.Owner(), note.ID); err != nil || n.Title != "Beans" {
		t.Errorf("Alice's note: %v, %v", n, err)
	}
	if left := count(t, superuser, `SELECT count(*) FROM users WHERE vouched_by = $1`, shop.Key); left != 0 {
		t.Errorf("%d vouched accounts are left, which nothing opens", left)
	}
	if left := count(t, superuser, `SELECT count(*) FROM notes WHERE tenant_key = $1`, shop.Key); left != 1 {
		t.Errorf("%d notes are left", left)
	}
	events, err := d.DB.Events(t.Context(), shop.Key, [16]byte{}, 1)
	if err != nil || events[0].Action != "tenant.deleted" || events[0].Actor != d.DB.MemberID(ann.ID, shop.Key) {
		t.Errorf("recorded: %+v, %v", events, err)
	}
	again, err := d.DB.EnsureTenant(t.Context(), shop.Key, "Shop", nil)
	if err != nil || again.DeletedAt != nil || again.SuspendedAt != nil {
		t.Errorf("a tenant that the configuration names: %+v, %v", again, err)
	}
}

func TestNewTenantsOfAPersonAreLimited(t *testing.T) {
	d := dbtest.New(t)
	ann := d.Person(t, "Ann")
	for i := range 2*db.MaxOwned + 1 {
		made, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
		if limited := db.IsCode(err, db.CodeRateLimited); limited != (i == 2*db.MaxOwned) {
			t.Fatalf("tenant %d: %v", i+1, err)
		}
		if err == nil {
			must(t, d.DB.DeleteTenant(t.Context(), d.Seat(t, ann, made.Key), "Shop"))
		}
	}
}
