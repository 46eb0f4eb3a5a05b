package graph

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/company-a/aside/db"
)

func TestTenantCache(t *testing.T) {
	now := time.Unix(1790000000, 0)
	loads := 0
	name, fail := "Shop", error(nil)
	cards := newTenantCache(func(_ context.Context, key string) (*db.Tenant, error) {
		loads++
		return &db.Tenant{Key: key, Name: name}, fail
	})
	cards.now = func() time.Time { return now }
	get := func() string {
		tenant, err := cards.get(t.Context(), "t_shop")
		if err != nil {
			return err.Error()
		}
		return tenant.Name
	}

	fail = errors.New("away")
	if got := get(); got != "away" {
		t.Errorf("a failed load gave %q", got)
	}
	fail = nil
	if first, second := get(), get(); first != "Shop" || second != "Shop" || loads != 2 {
		t.Errorf("%q, %q after %d loads", first, second, loads)
	}
	name = "Store"
	now = now.Add(tenantCacheTTL)
	if got := get(); got != "Store" || loads != 3 {
		t.Errorf("a minute later %q after %d loads", got, loads)
	}
}
