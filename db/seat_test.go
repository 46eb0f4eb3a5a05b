package db_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// tenantChanges returns all changes of a tenant that require a seat.
func tenantChanges(t *testing.T, d *dbtest.Database, person uuid.UUID) map[string]func(db.Seat) error {
	t.Helper()
	name := "The Shop"
	with := func(_ *db.Tenant, err error) error { return err }
	return map[string]func(db.Seat) error{
		"UpdateTenant":       func(s db.Seat) error { return with(d.DB.UpdateTenant(t.Context(), s, db.TenantChange{Name: &name})) },
		"AddEmbedOrigin":     func(s db.Seat) error { return with(d.DB.AddEmbedOrigin(t.Context(), s, "https://new.example")) },
		"RemoveEmbedOrigin":  func(s db.Seat) error { return with(d.DB.RemoveEmbedOrigin(t.Context(), s, "https://shop.example")) },
		"Suspend":            func(s db.Seat) error { return with(d.DB.Suspend(t.Context(), s)) },
		"Resume":             func(s db.Seat) error { return with(d.DB.Resume(t.Context(), s)) },
		"CreateServerKey":    func(s db.Seat) error { _, _, err := d.DB.CreateServerKey(t.Context(), s, "backend"); return err },
		"RevokeServerKey":    func(s db.Seat) error { return d.DB.RevokeServerKey(t.Context(), s, uuid.New()) },
		"RevokeAssertionKey": func(s db.Seat) error { return d.DB.RevokeAssertionKey(t.Context(), s, uuid.New()) },
		"Invite":             func(s db.Seat) error { _, _, err := d.DB.Invite(t.Context(), s, db.RoleViewer); return err },
		"RemoveMember":       func(s db.Seat) error { return d.DB.RemoveMember(t.Context(), s, "m_nobody") },
		"ChangeRole":         func(s db.Seat) error { _, err := d.DB.ChangeRole(t.Context(), s, "m_nobody", db.RoleOwner); return err },
		"TransferTenant":     func(s db.Seat) error { return d.DB.TransferTenant(t.Context(), s, "m_nobody") },
		"WithdrawInvitation": func(s db.Seat) error { return d.DB.WithdrawInvitation(t.Context(), s, "i_nothing") },
		"DeleteTenant":       func(s db.Seat) error { return d.DB.DeleteTenant(t.Context(), s, "Shop") },
		"SetMember":          func(s db.Seat) error { return d.DB.SetMember(t.Context(), s, person, db.RoleOwner) },
		"AddWebhook": func(s db.Seat) error {
			return third(d.DB.AddWebhook(t.Context(), s, "https://shop.example", db.WebhookEvents))
		},
		"RotateWebhookSecret": func(s db.Seat) error { return third(d.DB.RotateWebhookSecret(t.Context(), s, uuid.New())) },
		"RemoveWebhook":       func(s db.Seat) error { return d.DB.RemoveWebhook(t.Context(), s, uuid.New()) },
		"Redeliver":           func(s db.Seat) error { _, err := d.DB.Redeliver(t.Context(), s, uuid.New()); return err },
		"AddAssertionKey": func(s db.Seat) error {
			return d.DB.AddAssertionKey(t.Context(), s, &db.AssertionKey{Kind: db.SharedSecret, Algorithm: "HS256", Secret: make([]byte, 32)})
		},
	}
}

func third(_ *db.Webhook, _ string, err error) error { return err }

// The role, session or key of a seat is checked at the moment of the change.
func TestASeatIsCheckedWithTheChange(t *testing.T) {
	d := dbtest.New(t)
	for name, c := range map[string]struct {
		lose func(shop *db.Tenant, ann *dbtest.Person) error
		want error
	}{
		"removed as a member": {func(shop *db.Tenant, ann *dbtest.Person) error {
			return d.DB.RemoveMember(t.Context(), db.Operator(shop.Key), d.DB.MemberID(ann.ID, shop.Key))
		}, db.ErrNoMember},
		"a viewer": {func(shop *db.Tenant, ann *dbtest.Person) error {
			return d.DB.SetMember(t.Context(), db.Operator(shop.Key), ann.ID, db.RoleViewer)
		}, db.ErrNoRole},
		"signed out": {func(_ *db.Tenant, ann *dbtest.Person) error {
			return d.DB.RevokeSession(t.Context(), ann.Account, ann.Account.ID)
		}, db.ErrNoSession},
	} {
		t.Run(name, func(t *testing.T) {
			ann, ben, shop := d.Person(t, "Ann"), d.Person(t, "Ben"), d.Tenant(t, "Shop")
			for _, p := range []*dbtest.Person{ann, ben} {
				must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), p.ID, db.RoleOwner))
			}
			seat, err := d.DB.Administer(t.Context(), ann.Account, shop.Key, db.RoleOwner)
			must(t, err)
			must(t, c.lose(shop, ann))
			for change, do := range tenantChanges(t, d, ann.ID) {
				if err := do(seat); !errors.Is(err, c.want) {
					t.Errorf("%s: %v", change, err)
				}
			}
		})
	}
	t.Run("a revoked server key", func(t *testing.T) {
		shop := d.Tenant(t, "Shop")
		key := d.ServerKey(t, shop)
		seat, err := key.Seat(shop.Key, "")
		must(t, err)
		must(t, d.DB.RevokeServerKey(t.Context(), db.Operator(shop.Key), key.ID))
		for change, do := range tenantChanges(t, d, uuid.Nil) {
			want := db.ErrNoMember
			if change == "AddEmbedOrigin" || change == "RemoveEmbedOrigin" {
				want = db.ErrNoServerKey
			}
			if err := do(seat); !errors.Is(err, want) {
				t.Errorf("%s: %v", change, err)
			}
		}
	})
}

func TestNoSeat(t *testing.T) {
	d := dbtest.New(t)
	ann, shop, paper := d.Person(t, "Ann"), d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	for change, do := range tenantChanges(t, d, ann.ID) {
		if err := do(db.Seat{}); !errors.Is(err, db.ErrNoMember) {
			t.Errorf("%s by nobody: %v", change, err)
		}
	}
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ann.ID, db.RoleAdmin))
	for name, c := range map[string]struct {
		session *db.Session
		tenant  string
		role    db.Role
		want    error
	}{
		"an admin":          {ann.Account, shop.Key, db.RoleAdmin, nil},
		"a greater role":    {ann.Account, shop.Key, db.RoleOwner, db.ErrNoRole},
		"at another tenant": {ann.Account, paper.Key, db.RoleViewer, db.ErrNoMember},
		"at no tenant":      {ann.Account, "t_nobody", db.RoleViewer, db.ErrNoMember},
		"in a widget":       {ann.Widget(t, shop), shop.Key, db.RoleViewer, db.ErrNoMember},
	} {
		if _, err := d.DB.Administer(t.Context(), c.session, c.tenant, c.role); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.ServerKey(t, shop).Seat(paper.Key, ""); !errors.Is(err, db.ErrNoMember) {
		t.Errorf("a key at another tenant: %v", err)
	}
}
