package db_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// roles returns the roles of a tenant's members by name.
func roles(t *testing.T, d *dbtest.Database, tenantKey string) map[string]db.Role {
	t.Helper()
	members, err := d.DB.Members(t.Context(), tenantKey)
	must(t, err)
	list := map[string]db.Role{}
	for _, m := range members {
		list[m.DisplayName] = m.Role
	}
	return list
}

func TestAnInvitationIsAcceptedOnce(t *testing.T) {
	d := dbtest.New(t)
	ann, ben := d.Person(t, "Ann"), d.Person(t, "Ben")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	token, _, err := d.DB.Invite(t.Context(), d.Seat(t, ann, shop.Key), db.RoleAdmin)
	must(t, err)
	people := []*dbtest.Person{ben}
	for range 5 {
		people = append(people, d.Person(t, "Somebody"))
	}
	accepted := make([]error, len(people))
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() { _, accepted[i] = d.DB.AcceptInvitation(t.Context(), p.Account, token) })
	}
	all.Wait()
	won := 0
	for _, err := range accepted {
		if err == nil {
			won++
		} else if !db.IsCode(err, db.CodeNotFound) {
			t.Error(err)
		}
	}
	if got := roles(t, d, shop.Key); won != 1 || len(got) != 2 || got["Ann"] != db.RoleOwner {
		t.Errorf("%d accepted one invitation: %v", won, got)
	}
}

func TestEndedInvitationIsRefused(t *testing.T) {
	d := dbtest.New(t)
	ann, ben, cas := d.Person(t, "Ann"), d.Person(t, "Ben"), d.Person(t, "Cas")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	refused := func(name, token string) {
		t.Helper()
		if _, err := d.DB.AcceptInvitation(t.Context(), cas.Account, token); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("never given", "in_nothing")
	late, _, err := d.DB.Invite(t.Context(), d.Seat(t, ann, shop.Key), db.RoleViewer)
	must(t, err)
	d.Exec(t, `UPDATE invitations SET expires_at = now()`)
	refused("expired", late)

	// Removing an owner revokes their invitations.
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleOwner))
	given, _, err := d.DB.Invite(t.Context(), d.Seat(t, ben, shop.Key), db.RoleOwner)
	must(t, err)
	must(t, d.DB.RemoveMember(t.Context(), db.Operator(shop.Key), d.DB.MemberID(ben.ID, shop.Key)))
	refused("of an owner who was removed", given)
	if got := roles(t, d, shop.Key); len(got) != 1 {
		t.Errorf("members are %v", got)
	}
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleOwner))
	refused("of an owner who was removed and is one again", given)

	// An owner who loses that role can't bring anyone in with earlier invitations.
	given, _, err = d.DB.Invite(t.Context(), d.Seat(t, ben, shop.Key), db.RoleOwner)
	must(t, err)
	for _, role := range []db.Role{db.RoleAdmin, db.RoleViewer} {
		must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, role))
		refused("of a former owner, now "+string(role), given)
		if i, err := d.DB.Invitation(t.Context(), given); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("of a former owner, now %s, it is offered still: %+v, %v", role, i, err)
		}
	}
	if _, _, err := d.DB.Invite(t.Context(), db.Operator("t_nobody"), db.RoleOwner); !errors.Is(err, db.ErrUnknownTenant) {
		t.Errorf("to no tenant: %v", err)
	}
	if _, _, err := d.DB.Invite(t.Context(), db.Operator(shop.Key), "KING"); !db.IsCode(err, db.CodeInvalid) {
		t.Errorf("to no role: %v", err)
	}
}

func TestAnInvitationNeverTakesARole(t *testing.T) {
	d := dbtest.New(t)
	ann := d.Person(t, "Ann")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	token, _, err := d.DB.Invite(t.Context(), d.Seat(t, ann, shop.Key), db.RoleViewer)
	must(t, err)
	_, err = d.DB.AcceptInvitation(t.Context(), ann.Account, token)
	must(t, err)
	if got := roles(t, d, shop.Key); got["Ann"] != db.RoleOwner {
		t.Errorf("Ann is %v", got)
	}
}

func TestATenantKeepsAnOwner(t *testing.T) {
	d := dbtest.New(t)
	ann, ben := d.Person(t, "Ann"), d.Person(t, "Ben")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleOwner))
	// Both leave at once, and only one succeeds.
	left := make([]error, 2)
	proceed := blockEvent(t, d, "DELETE ON members")
	var all sync.WaitGroup
	for i, p := range []*dbtest.Person{ann, ben} {
		all.Go(func() { left[i] = d.DB.RemoveMember(t.Context(), db.Operator(shop.Key), d.DB.MemberID(p.ID, shop.Key)) })
	}
	waitUntilBlocked(t, d, 2)
	proceed()
	all.Wait()
	if (left[0] == nil) == (left[1] == nil) || !db.IsCode(errors.Join(left...), db.CodeConflict) {
		t.Errorf("two owners leave: %v", left)
	}
	if got := roles(t, d, shop.Key); len(got) != 1 {
		t.Errorf("members are %v", got)
	}
	paper := d.Tenant(t, "Paper")
	must(t, d.DB.SetMember(t.Context(), db.Operator(paper.Key), ann.ID, db.RoleOwner))
	for _, id := range []string{"", "m_nobody", ann.ID.String(), d.DB.MemberID(ann.ID, paper.Key), d.DB.ViewerID(ann.ID, shop.Key)} {
		if err := d.DB.RemoveMember(t.Context(), db.Operator(shop.Key), id); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("no member %q: %v", id, err)
		}
	}
}

// Deleting an account leaves a tenant without an owner only if the request names that tenant.
func TestDeleteAccountListsOwnedTenants(t *testing.T) {
	d := dbtest.New(t)
	ann, ben := d.Person(t, "Ann"), d.Person(t, "Ben")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	paper, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Paper")
	must(t, err)
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleAdmin)) // an admin can't appoint an owner
	only := func() (keys []string) {
		list, err := d.DB.Memberships(t.Context(), ann.ID)
		must(t, err)
		for _, m := range list {
			if m.OnlyOwner {
				keys = append(keys, m.TenantKey)
			}
		}
		return keys
	}
	if got := only(); !slices.Equal(got, []string{shop.Key, paper.Key}) {
		t.Errorf("Ann alone owns %v", got)
	}
	for name, remove := range map[string]func(...string) error{
		"by its person":  func(leave ...string) error { return d.DB.DeleteAccount(t.Context(), ann.Account, leave...) },
		"by an operator": func(leave ...string) error { return d.DB.DeleteAccountOf(t.Context(), ann.ID, leave...) },
	} {
		for _, leave := range [][]string{nil, {paper.Key}, {"t_demo", ""}} {
			err := remove(leave...)
			if !db.IsCode(err, db.CodeConflict) || !strings.Contains(err.Error(), "Shop ("+shop.Key+")") || strings.Contains(err.Error(), paper.Key) == slices.Contains(leave, paper.Key) {
				t.Fatalf("%s, leaving %v: %v", name, leave, err)
			}
		}
	}
	if got := roles(t, d, shop.Key); got["Ann"] != db.RoleOwner {
		t.Errorf("and yet the shop has %v", got)
	}

	// Two owners delete their accounts at once, and only one succeeds.
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleOwner))
	if got := only(); !slices.Equal(got, []string{paper.Key}) {
		t.Errorf("beside Ben, Ann alone owns %v", got)
	}
	left := make([]error, 2)
	proceed := blockEvent(t, d, "DELETE ON members")
	var all sync.WaitGroup
	for i, p := range []*dbtest.Person{ann, ben} {
		all.Go(func() { left[i] = d.DB.DeleteAccountOf(t.Context(), p.ID, paper.Key) })
	}
	waitUntilBlocked(t, d, 2)
	proceed()
	all.Wait()
	if (left[0] == nil) == (left[1] == nil) || !db.IsCode(errors.Join(left...), db.CodeConflict) {
		t.Errorf("two owners go: %v", left)
	}
	if got := roles(t, d, shop.Key); len(got) != 1 {
		t.Errorf("members are %v", got)
	}
	last := ann.ID
	if left[0] == nil {
		last = ben.ID
	}
	must(t, d.DB.DeleteAccountOf(t.Context(), last, shop.Key, paper.Key))
}

func TestTenantsPerPersonAreLimited(t *testing.T) {
	d := dbtest.New(t)
	ann := d.Person(t, "Ann")
	for range db.MaxOwned - 1 {
		_, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
		must(t, err)
	}
	// Two more requests at once, and only one succeeds.
	made := make([]error, 2)
	proceed := blockEvent(t, d, "INSERT ON members")
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() { _, made[i] = d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop") })
	}
	waitUntilBlocked(t, d, 2)
	proceed()
	all.Wait()
	owned, err := d.DB.Memberships(t.Context(), ann.ID)
	must(t, err)
	if len(owned) != db.MaxOwned || !db.IsCode(errors.Join(made...), db.CodeConflict) {
		t.Errorf("Ann owns %d tenants, %v", len(owned), errors.Join(made...))
	}
}

// A member has a different id at each tenant, and another one in a tenant's widget.
func TestMemberIDsDifferBetweenTenants(t *testing.T) {
	d := dbtest.New(t)
	ann := d.Person(t, "Ann")
	seen := map[string]bool{ann.ID.String(): true}
	for _, key := range []string{"t_shop", "t_paper", ""} {
		for _, id := range []string{d.DB.MemberID(ann.ID, key), d.DB.ViewerID(ann.ID, key)} {
			if seen[id[2:]] || len(id) < 20 {
				t.Errorf("%q is known elsewhere", id)
			}
			seen[id[2:]] = true
		}
	}
}

func TestRolesChange(t *testing.T) {
	d := dbtest.New(t)
	ann, ben, cas := d.Person(t, "Ann"), d.Person(t, "Ben"), d.Person(t, "Cas")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleAdmin))
	id := func(p *dbtest.Person) string { return d.DB.MemberID(p.ID, shop.Key) }
	change := func(by, of *dbtest.Person, role db.Role) error {
		_, err := d.DB.ChangeRole(t.Context(), d.Seat(t, by, shop.Key), id(of), role)
		return err
	}
	for name, c := range map[string]struct {
		got  error
		want db.Code
	}{
		"an admin makes himself an owner": {change(ben, ben, db.RoleOwner), db.CodeForbidden},
		"an admin lowers the owner":       {change(ben, ann, db.RoleViewer), db.CodeForbidden},
		"the last owner steps down":       {change(ann, ann, db.RoleAdmin), db.CodeConflict},
		"a stranger gets a role":          {change(ann, cas, db.RoleViewer), db.CodeNotFound},
		"no role":                         {change(ann, ben, "KING"), db.CodeInvalid},
	} {
		if !db.IsCode(c.got, c.want) {
			t.Errorf("%s: %v", name, c.got)
		}
	}
	_, _, err = d.DB.CreateServerKey(t.Context(), d.Seat(t, ann, shop.Key), "backend")
	must(t, err)
	must(t, change(ann, ben, db.RoleOwner))
	token, _, err := d.DB.Invite(t.Context(), d.Seat(t, ben, shop.Key), db.RoleOwner)
	must(t, err)
	must(t, change(ann, ben, db.RoleViewer))
	must(t, change(ann, ben, db.RoleOwner))
	if _, err := d.DB.AcceptInvitation(t.Context(), cas.Account, token); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("an invitation of a former owner is accepted: %v", err)
	}
	events, err := d.DB.Events(t.Context(), shop.Key, [16]byte{}, 100)
	must(t, err)
	var actions []string
	for _, e := range events {
		actions = append(actions, e.Action+" "+e.Detail)
	}
	for _, action := range []string{"member.role_changed OWNER → VIEWER", "member.may_know server keys sk_"} {
		if !slices.ContainsFunc(actions, func(a string) bool { return strings.HasPrefix(a, action) }) {
			t.Errorf("%s is not recorded: %v", action, actions)
		}
	}
	must(t, d.DB.TransferTenant(t.Context(), d.Seat(t, ann, shop.Key), id(ben)))
	if got := roles(t, d, shop.Key); got["Ann"] != db.RoleAdmin || got["Ben"] != db.RoleOwner {
		t.Errorf("after the transfer: %v", got)
	}
}

func TestInvitationsAreListedAndWithdrawn(t *testing.T) {
	d := dbtest.New(t)
	ann, ben, sam := d.Person(t, "Ann"), d.Person(t, "Ben"), d.Person(t, "Sam")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	paper, err := d.DB.CreateTenantFor(t.Context(), sam.Account, "Paper")
	must(t, err)
	token, _, err := d.DB.Invite(t.Context(), d.Seat(t, ann, shop.Key), db.RoleAdmin)
	must(t, err)
	_, _, err = d.DB.Invite(t.Context(), db.Operator(shop.Key), db.RoleViewer)
	must(t, err)
	list, err := d.DB.Invitations(t.Context(), shop.Key)
	if err != nil || len(list) != 2 || list[0].InvitedBy != "Ann" || list[0].Role != db.RoleAdmin || list[1].InvitedBy != db.OperatorName || list[0].TenantName != "Shop" {
		t.Fatalf("the invitations: %+v, %v", list, err)
	}
	if i, err := d.DB.Invitation(t.Context(), token); err != nil || *i != *list[0] {
		t.Errorf("offered is %+v, %v", i, err)
	}
	if strings.Contains(token, list[0].ID[2:10]) {
		t.Error("the id tells of the token")
	}
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleAdmin))
	for name, c := range map[string]struct {
		got  error
		want db.Code
	}{
		"by an admin":               {d.DB.WithdrawInvitation(t.Context(), d.Seat(t, ben, shop.Key), list[0].ID), db.CodeForbidden},
		"by another tenant's owner": {d.DB.WithdrawInvitation(t.Context(), d.Seat(t, sam, paper.Key), list[0].ID), db.CodeNotFound},
	} {
		if !db.IsCode(c.got, c.want) {
			t.Errorf("%s: %v", name, c.got)
		}
	}
	must(t, d.DB.WithdrawInvitation(t.Context(), d.Seat(t, ann, shop.Key), list[0].ID))
	if _, err := d.DB.AcceptInvitation(t.Context(), sam.Account, token); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("a withdrawn invitation is accepted: %v", err)
	}
	if list, err := d.DB.Invitations(t.Context(), shop.Key); err != nil || len(list) != 1 {
		t.Errorf("left are %v, %v", list, err)
	}
}
