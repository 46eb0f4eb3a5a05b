package db_test

import (
	"errors"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// An invitation is accepted while its author is removed or deletes their account. The two are serialized in either order,
// and nobody joins by the invitation of a former member.
func TestInvitationIsAcceptedWhileInviterLeaves(t *testing.T) {
	d := dbtest.New(t)
	for name, goes := range map[string]func(ann, ben *dbtest.Person, shop string) error{
		"removed": func(ann, ben *dbtest.Person, shop string) error {
			seat, err := d.DB.Administer(t.Context(), ben.Account, shop, db.RoleOwner)
			if err != nil {
				return err
			}
			return d.DB.RemoveMember(t.Context(), seat, d.DB.MemberID(ann.ID, shop))
		},
		"deleted": func(ann, _ *dbtest.Person, _ string) error { return d.DB.DeleteAccount(t.Context(), ann.Account) },
	} {
		for _, first := range []string{"the acceptance", "the going"} {
			t.Run(name+", "+first+" first", func(t *testing.T) {
				ann, ben, cas := d.Person(t, "Ann"), d.Person(t, "Ben"), d.Person(t, "Cas")
				shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
				must(t, err)
				must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleOwner))
				token, _, err := d.DB.Invite(t.Context(), d.Seat(t, ann, shop.Key), db.RoleOwner)
				must(t, err)
				tx, err := d.Connect(t, d.Superuser()).Begin(t.Context())
				must(t, err)
				_, err = tx.Exec(t.Context(), `SELECT FROM tenants WHERE key = $1 FOR UPDATE`, shop.Key)
				must(t, err)
				h := userLock{tx, d.Connect(t, d.Superuser())}
				ended := make(chan error, 2)
				accept := func() {
					_, err := d.DB.AcceptInvitation(t.Context(), cas.Account, token)
					ended <- err
				}
				acts := []func(){accept, func() { ended <- goes(ann, ben, shop.Key) }}
				if first == "the going" {
					acts[0], acts[1] = acts[1], acts[0]
				}
				for i, act := range acts {
					go act()
					h.waitUntilBlocked(t, i+1, ended)
				}
				must(t, tx.Commit(t.Context()))
				for range acts {
					var refused *db.Error
					if err := <-ended; err != nil && !errors.As(err, &refused) {
						t.Error(err)
					}
				}
				if i, err := d.DB.Invitation(t.Context(), token); !db.IsCode(err, db.CodeNotFound) {
					t.Errorf("it is offered still: %+v, %v", i, err)
				}
				if _, in := roles(t, d, shop.Key)["Cas"]; in && first == "the going" {
					t.Error("who was invited by somebody who has gone is a member")
				}
			})
		}
	}
}

// An account is deleted while it accepts an invitation. The two are serialized in either order, and a deleted account is
// not a member and has not used the invitation.
func TestInvitationIsAcceptedWhileAccountIsDeleted(t *testing.T) {
	d := dbtest.New(t)
	for _, first := range []string{"the acceptance", "the deletion"} {
		t.Run(first+" first", func(t *testing.T) {
			ann, cas := d.Person(t, "Ann"), d.Person(t, "Cas")
			shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
			must(t, err)
			token, _, err := d.DB.Invite(t.Context(), d.Seat(t, ann, shop.Key), db.RoleAdmin)
			must(t, err)
			tx, err := d.Connect(t, d.Superuser()).Begin(t.Context())
			must(t, err)
			_, err = tx.Exec(t.Context(), `SELECT FROM users WHERE id = $1 FOR UPDATE`, cas.ID)
			must(t, err)
			h := userLock{tx, d.Connect(t, d.Superuser())}
			ended, accepted := make(chan error, 2), error(nil)
			acts := []func(){
				func() {
					_, accepted = d.DB.AcceptInvitation(t.Context(), cas.Account, token)
					ended <- nil
				},
				func() { ended <- d.DB.DeleteAccount(t.Context(), cas.Account) },
			}
			if first == "the deletion" {
				acts[0], acts[1] = acts[1], acts[0]
			}
			for i, act := range acts {
				go act()
				h.waitUntilBlocked(t, i+1, ended)
			}
			must(t, tx.Commit(t.Context()))
			must(t, <-ended)
			must(t, <-ended)
			_, err = d.DB.Invitation(t.Context(), token)
			if first == "the acceptance" && (accepted != nil || !db.IsCode(err, db.CodeNotFound)) {
				t.Errorf("it is accepted with %v, and then offered with %v", accepted, err)
			}
			if first == "the deletion" && (!errors.Is(accepted, db.ErrNoSession) || err != nil) {
				t.Errorf("it is accepted with %v, and then offered with %v", accepted, err)
			}
			if _, in := roles(t, d, shop.Key)["Cas"]; in {
				t.Error("who is gone is a member")
			}
		})
	}
}
