package db_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestErasureUnlinksAndLeavesTheAccount(t *testing.T) {
	d := dbtest.New(t)
	superuser := d.Connect(t, d.Superuser())
	alice, shop, paper := d.Person(t, "Alice"), d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	must(t, linkSubject(t, d, alice, shop, joe))
	must(t, linkSubject(t, d, alice, paper, joe))
	note, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "Beans"})
	must(t, err)
	key := d.ServerKey(t, shop)
	seat, err := key.Seat(shop.Key, "192.0.2.1")
	must(t, err)
	ticket, _, err := d.DB.IssueTicket(t.Context(), key, joe)
	must(t, err)
	other, _, err := d.DB.IssueTicket(t.Context(), key, db.Subject{ID: "kim"})
	must(t, err)
	handle := randomHash()
	must(t, d.DB.StoreIdentityHandle(t.Context(), handle, shop.Key, joe, dbtest.Key, d.Evidence(t, shop.Key), time.Minute))

	for range 2 { // the second time there is nothing left
		must(t, d.DB.EraseSubject(t.Context(), seat, joe.ID))
	}
	list, err := d.DB.Identities(t.Context(), alice.ID)
	if err != nil || len(list) != 1 || list[0].TenantKey != paper.Key {
		t.Errorf("Alice's links: %v, %v", list, err)
	}
	if n, err := d.DB.Note(t.Context(), alice.Account.Owner(), note.ID); err != nil || n.Title != "Beans" {
		t.Errorf("Alice's note: %v, %v", n, err)
	}
	if _, _, err := d.DB.RedeemTicket(t.Context(), shop.Key, ticket); !db.IsCode(err, db.CodeGone) {
		t.Errorf("a ticket of the subject: %v", err)
	}
	if _, _, err := d.DB.SubjectOfHandle(t.Context(), handle, shop.Key, dbtest.Key); !db.IsCode(err, db.CodeGone) {
		t.Errorf("a handle of the subject: %v", err)
	}
	if _, _, err := d.DB.RedeemTicket(t.Context(), shop.Key, other); err != nil {
		t.Errorf("another visitor's ticket: %v", err)
	}
	if left := count(t, superuser, `SELECT count(*) FROM authorization_requests WHERE tenant_key = $1 AND subject_hash IS NOT NULL`, shop.Key); left != 0 {
		t.Errorf("%d requests of the subject are left", left)
	}
	events, err := d.DB.Events(t.Context(), shop.Key, [16]byte{}, 100)
	must(t, err)
	erased := 0
	for _, e := range events {
		if e.Action == "subject.erased" {
			erased++
		}
		if strings.Contains(e.Target+e.Detail, joe.ID) {
			t.Errorf("recorded with the subject: %+v", e)
		}
	}
	if erased != 1 {
		t.Errorf("recorded %d times", erased)
	}
	must(t, linkSubject(t, d, d.Person(t, "Joe"), shop, joe)) // the subject is free
}

func TestErasureDeletesTheVouchedAccount(t *testing.T) {
	d := dbtest.New(t)
	superuser := d.Connect(t, d.Superuser())
	shop := d.Tenant(t, "Shop")
	session, err := signInVouched(t, d, shop, joe)
	must(t, err)
	note, err := d.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "Beans"})
	must(t, err)
	must(t, d.DB.EraseSubject(t.Context(), db.Operator(shop.Key), joe.ID))
	for _, table := range []string{"users", "notes", "subjects", "sessions"} {
		if left := count(t, superuser, `SELECT count(*) FROM `+table); left != 0 {
			t.Errorf("%d %s are left", left, table)
		}
	}
	if _, err := d.DB.Note(t.Context(), session.Owner(), note.ID); err == nil {
		t.Error("its session is live still")
	}
}

func TestWhoMayErase(t *testing.T) {
	d := dbtest.New(t)
	ann, alice, shop, paper := d.Person(t, "Ann"), d.Person(t, "Alice"), d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ann.ID, db.RoleOwner))
	must(t, linkSubject(t, d, alice, shop, joe))
	key := d.ServerKey(t, shop)
	seat, err := key.Seat(shop.Key, "")
	must(t, err)
	must(t, d.DB.RevokeServerKey(t.Context(), db.Operator(shop.Key), key.ID))
	for name, c := range map[string]struct {
		by   db.Seat
		want error
	}{
		"nobody":             {db.Seat{}, db.ErrNoMember},
		"an owner":           {d.Seat(t, ann, shop.Key), db.ErrNoMember},
		"a revoked key":      {seat, db.ErrNoServerKey},
		"at no tenant":       {db.Operator("t_nobody"), db.ErrUnknownTenant},
		"for another tenant": {db.Operator(paper.Key), nil},
	} {
		if err := d.DB.EraseSubject(t.Context(), c.by, joe.ID); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.DB.EraseSubject(t.Context(), db.Operator(shop.Key), ""); !db.IsCode(err, db.CodeInvalid) {
		t.Errorf("no subject: %v", err)
	}
	if list, err := d.DB.Identities(t.Context(), alice.ID); err != nil || len(list) != 1 {
		t.Errorf("Alice's links: %v, %v", list, err)
	}
}

// In any order of simultaneous acts, a subject is either linked with its lookup, or free.
func TestErasureRacesWithSignIns(t *testing.T) {
	d := dbtest.New(t)
	superuser := d.Connect(t, d.Superuser())
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	evidence := d.VouchingEvidence(t, shop.Key)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() { _ = linkSubject(t, d, alice, shop, joe) })
		all.Go(func() {
			_, _ = d.DB.GrantVouched(t.Context(), shop.Key, joe, evidence, dbtest.Key, "https://shop.example", db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour})
		})
		all.Go(func() {
			if err := d.DB.EraseSubject(t.Context(), db.Operator(shop.Key), joe.ID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	must(t, d.DB.EraseSubject(t.Context(), db.Operator(shop.Key), joe.ID))
	if left := count(t, superuser, `SELECT (SELECT count(*) FROM subjects) + (SELECT count(*) FROM identities) + (SELECT count(*) FROM users WHERE vouched_by IS NOT NULL)`); left != 0 {
		t.Errorf("%d rows are left", left)
	}
}
