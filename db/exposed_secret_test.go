package db_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// Anyone who loses a role that sees secrets may still know them. The audit log lists the live ones for every way to lose it.
func TestSecretsKnownToFormerMemberAreAudited(t *testing.T) {
	d := dbtest.New(t)
	for name, c := range map[string]struct {
		had   db.Role
		knows bool
		lose  func(ctx context.Context, shop *db.Tenant, ann, ben *dbtest.Person) error
	}{
		"an admin is removed": {db.RoleAdmin, true, memberRemoved(d)},
		"an owner is removed": {db.RoleOwner, true, memberRemoved(d)},
		"a viewer is removed": {db.RoleViewer, false, memberRemoved(d)},
		"an admin leaves": {db.RoleAdmin, true, func(ctx context.Context, shop *db.Tenant, _, ben *dbtest.Person) error {
			return removeMember(ctx, d, shop, ben, ben)
		}},
		"an admin's account is deleted": {db.RoleAdmin, true, func(ctx context.Context, _ *db.Tenant, _, ben *dbtest.Person) error {
			return d.DB.DeleteAccount(ctx, ben.Account)
		}},
		"an owner becomes a viewer": {db.RoleOwner, true, setRole(d, db.RoleViewer)},
		"an owner becomes an admin": {db.RoleOwner, false, setRole(d, db.RoleAdmin)},
		"a viewer becomes an owner": {db.RoleViewer, false, setRole(d, db.RoleOwner)},
	} {
		t.Run(name, func(t *testing.T) {
			ann, ben := d.Person(t, "Ann"), d.Person(t, "Ben")
			shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
			must(t, err)
			must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, c.had))
			live, gone := d.ServerKey(t, shop), d.ServerKey(t, shop)
			must(t, d.DB.RevokeServerKey(t.Context(), db.Operator(shop.Key), gone.ID))
			secret := &db.AssertionKey{TenantKey: shop.Key, Kind: db.SharedSecret, Algorithm: "HS256", Secret: make([]byte, 32)}
			hook := addWebhook(t, d, shop)
			public := &db.AssertionKey{TenantKey: shop.Key, Kind: db.PublicJWK, Algorithm: "ES256", PublicJWK: []byte(`{}`)}
			must(t, d.DB.AddAssertionKey(t.Context(), db.Operator(secret.TenantKey), secret))
			must(t, d.DB.AddAssertionKey(t.Context(), db.Operator(public.TenantKey), public))
			must(t, c.lose(t.Context(), shop, ann, ben))
			events, err := d.DB.Events(t.Context(), shop.Key, uuid.Nil, 100)
			must(t, err)
			var known []string
			for _, e := range events {
				if e.Action == "member.may_know" {
					known = append(known, e.Target+" "+e.Detail)
				}
			}
			said := strings.Join(known, "\n")
			if len(known) != map[bool]int{true: 1}[c.knows] {
				t.Fatalf("the log says %q", known)
			}
			for _, word := range []string{d.DB.MemberID(ben.ID, shop.Key), live.Prefix, secret.ID.String(), hook.ID.String()} {
				if c.knows && !strings.Contains(said, word) {
					t.Errorf("%q is not in %q", word, said)
				}
			}
			if strings.Contains(said, gone.Prefix) || strings.Contains(said, public.ID.String()) {
				t.Errorf("more than the live secrets: %q", said)
			}
		})
	}
}

func memberRemoved(d *dbtest.Database) func(context.Context, *db.Tenant, *dbtest.Person, *dbtest.Person) error {
	return func(ctx context.Context, shop *db.Tenant, ann, ben *dbtest.Person) error {
		return removeMember(ctx, d, shop, ann, ben)
	}
}

// removeMember removes a member in the name of another or of themselves.
func removeMember(ctx context.Context, d *dbtest.Database, shop *db.Tenant, by, member *dbtest.Person) error {
	seat, err := d.DB.Administer(ctx, by.Account, shop.Key, db.RoleViewer)
	if err != nil {
		return err
	}
	return d.DB.RemoveMember(ctx, seat, d.DB.MemberID(member.ID, shop.Key))
}

func setRole(d *dbtest.Database, role db.Role) func(context.Context, *db.Tenant, *dbtest.Person, *dbtest.Person) error {
	return func(ctx context.Context, shop *db.Tenant, _, ben *dbtest.Person) error {
		return d.DB.SetMember(ctx, db.Operator(shop.Key), ben.ID, role)
	}
}

// The audit log lists every secret, even with as many as a tenant may have.
func TestEverySecretKnownToFormerMemberIsListed(t *testing.T) {
	d := dbtest.New(t)
	ann, ben := d.Person(t, "Ann"), d.Person(t, "Ben")
	shop, err := d.DB.CreateTenantFor(t.Context(), ann.Account, "Shop")
	must(t, err)
	must(t, d.DB.SetMember(t.Context(), db.Operator(shop.Key), ben.ID, db.RoleAdmin))
	var words []string
	for range db.MaxServerKeys {
		words = append(words, d.ServerKey(t, shop).Prefix)
	}
	for range 2 {
		k := &db.AssertionKey{TenantKey: shop.Key, Kind: db.SharedSecret, Algorithm: "HS256", Secret: make([]byte, 32)}
		must(t, d.DB.AddAssertionKey(t.Context(), db.Operator(k.TenantKey), k))
		words = append(words, k.ID.String())
	}
	for range db.MaxWebhooks {
		words = append(words, addWebhook(t, d, shop).ID.String())
	}
	must(t, memberRemoved(d)(t.Context(), shop, ann, ben))
	events, err := d.DB.Events(t.Context(), shop.Key, uuid.Nil, 1)
	must(t, err)
	for _, word := range words {
		if !strings.Contains(events[0].Detail, word) {
			t.Errorf("%s is not in %q", word, events[0].Detail)
		}
	}
}
