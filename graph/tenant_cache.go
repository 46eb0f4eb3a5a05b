package graph

import (
	"context"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"github.com/company-a/aside/db"
)

const (
	tenantCacheSize = 1024
	tenantCacheTTL  = time.Minute // a changed name may take so long to show
)

// A tenantCache caches tenants for a minute, so that a page of notes, each with its tenant, takes one query and not one
// per note.
type tenantCache struct {
	load    func(context.Context, string) (*db.Tenant, error)
	now     func() time.Time
	entries *lru.Cache[string, cachedTenant]
	loads   singleflight.Group
}

type cachedTenant struct {
	tenant *db.Tenant
	until  time.Time
}

func newTenantCache(load func(context.Context, string) (*db.Tenant, error)) *tenantCache {
	entries, err := lru.New[string, cachedTenant](tenantCacheSize)
	if err != nil {
		panic(err) // only if the size is below 1
	}
	return &tenantCache{load: load, now: time.Now, entries: entries}
}

// get returns a tenant by its key. Its errors are those of load.
func (t *tenantCache) get(ctx context.Context, key string) (*db.Tenant, error) {
	if entry, ok := t.entries.Get(key); ok && t.now().Before(entry.until) {
		return entry.tenant, nil
	}
	loaded, err, _ := t.loads.Do(key, func() (any, error) {
		// Other requests wait for this load, so the first one's cancellation must not stop it.
		tenant, err := t.load(context.WithoutCancel(ctx), key)
		if err == nil {
			t.entries.Add(key, cachedTenant{tenant, t.now().Add(tenantCacheTTL)})
		}
		return tenant, err
	})
	tenant, _ := loaded.(*db.Tenant) // can be nothing else
	return tenant, err
}
