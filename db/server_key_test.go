package db_test

import (
	"strings"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The live server keys of a tenant have distinct names, however often they are rotated. A revoked key frees its name.
func TestNamesTellServerKeysApart(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	long := strings.Repeat("ä", 80)
	var second *db.ServerKey
	for _, c := range []struct{ tenant, name, want string }{
		{shop.Key, "production", "production"}, {shop.Key, "production", "production (2)"}, {shop.Key, "production (2)", "production (3)"},
		{shop.Key, "Production", "Production"}, {paper.Key, "production", "production"}, {shop.Key, long, long}, {shop.Key, long, strings.Repeat("ä", 76) + " (2)"},
		{shop.Key, "backend (blue)", "backend (blue)"}, {shop.Key, "backend (blue)", "backend (blue) (2)"}, {shop.Key, "(2)", "(2)"}, {shop.Key, "(2)", "(2) (2)"},
	} {
		k, _, err := d.DB.CreateServerKey(t.Context(), db.Operator(c.tenant), c.name)
		if err != nil || k.Name != c.want {
			t.Fatalf("%.20q is named %+v, %v, want %.20q", c.name, k, err, c.want)
		}
		if k.Name == "production (2)" {
			second = k
		}
	}
	must(t, d.DB.RevokeServerKey(t.Context(), db.Operator(shop.Key), second.ID))
	if k, _, err := d.DB.CreateServerKey(t.Context(), db.Operator(shop.Key), "production"); err != nil || k.Name != "production (2)" {
		t.Errorf("once it is free: %+v, %v", k, err)
	}
}
