package db_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// What a tenant says was in order before the transaction that acts on it. What was changed since counts there.
func TestWhatATenantSaysIsStillAcceptedWhereItCounts(t *testing.T) {
	d := dbtest.New(t)
	for name, c := range map[string]struct {
		change string // $1 is the tenant, $2 the key
		vouch  bool   // a vouched grant is still made
		handle bool   // a handle is still kept
	}{
		"nothing":                  {`SELECT $1::text, $2::uuid`, true, true},
		"no more vouched accounts": {`UPDATE tenants SET vouched_accounts = false WHERE key = $1 AND $2::uuid IS NOT NULL`, false, true},
		"no more assertions":       {`UPDATE tenants SET assertion_policy = 'NONE', vouched_accounts = false WHERE key = $1 AND $2::uuid IS NOT NULL`, false, false},
		"a nonce":                  {`UPDATE tenants SET require_nonce = true WHERE key = $1 AND $2::uuid IS NOT NULL`, false, false},
		"the key is revoked":       {`UPDATE assertion_keys SET revoked_at = now() WHERE tenant_key = $1 AND id = $2`, false, false},
		"the tenant is suspended":  {`UPDATE tenants SET suspended_at = now() WHERE key = $1 AND $2::uuid IS NOT NULL`, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			shop := d.Tenant(t, "Shop")
			_, err := d.DB.UpdateTenant(t.Context(), db.Operator, shop.Key, dbtest.Policy(db.Policy{Assertion: db.AssertionOptional, VouchedAccounts: true}))
			must(t, err)
			key := &db.AssertionKey{TenantKey: shop.Key, Kind: db.SharedSecret, Algorithm: "HS256", Secret: make([]byte, 32)}
			must(t, d.DB.AddAssertionKey(t.Context(), db.Operator, key))
			d.Exec(t, c.change, shop.Key, key.ID)
			e := db.Evidence{Key: key.ID}
			err = d.DB.KeepIdentityHandle(t.Context(), randomHash(), shop.Key, joe, dbtest.Key, &e, time.Minute)
			if (err == nil) != c.handle || err != nil && !errors.Is(err, db.ErrNotAccepted) {
				t.Errorf("a handle: %v", err)
			}
			e.Vouches = true
			err = d.DB.GrantVouched(t.Context(), shop.Key, db.Subject{ID: uuid.NewString()}, dbtest.Key, "https://shop.example",
				db.NewSession{Token: randomHash(), Idle: time.Hour, Lifetime: time.Hour, Evidence: &e})
			if (err == nil) != c.vouch || err != nil && !db.IsCode(err, db.CodeGone) {
				t.Errorf("a vouched session: %v", err)
			}
		})
	}
}
