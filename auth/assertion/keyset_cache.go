package assertion

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	maxKeySets       = 1024 // of all tenants
	maxTenantKeySets = 20   // as many as a tenant may have live keys
)

// A keySetCache holds key sets by tenant and URL. When it is full, the tenant with the most
// entries loses its least recently used one, so that no tenant can displace another's.
type keySetCache struct {
	mu      sync.Mutex
	total   int
	tenants *simplelru.LRU[string, *simplelru.LRU[string, keySet]]
}

func newKeySetCache() *keySetCache {
	return &keySetCache{tenants: newLRU[*simplelru.LRU[string, keySet]](maxKeySets + 1)}
}

func newLRU[V any](size int) *simplelru.LRU[string, V] {
	lru, err := simplelru.NewLRU[string, V](size, nil)
	if err != nil {
		panic(err) // only for a size below one
	}
	return lru
}

// get returns an entry, or the zero keySet if there is none.
func (c *keySetCache) get(tenantKey, url string) (set keySet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if own, ok := c.tenants.Get(tenantKey); ok {
		set, _ = own.Get(url)
	}
	return set
}

func (c *keySetCache) add(tenantKey, url string, set keySet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	own, ok := c.tenants.Get(tenantKey)
	if !ok {
		own = newLRU[keySet](maxTenantKeySets)
		c.tenants.Add(tenantKey, own)
	}
	c.total -= own.Len()
	own.Add(url, set)
	if c.total += own.Len(); c.total > maxKeySets {
		c.evict()
	}
}

// evict removes the least recently used entry of the tenant with the most entries.
func (c *keySetCache) evict() {
	most, largest := 0, ""
	for _, tenantKey := range c.tenants.Keys() { // from the least recently used on
		if own, _ := c.tenants.Peek(tenantKey); own.Len() > most {
			most, largest = own.Len(), tenantKey
		}
	}
	own, _ := c.tenants.Peek(largest)
	own.RemoveOldest()
	c.total--
	if own.Len() == 0 {
		c.tenants.Remove(largest)
	}
}
