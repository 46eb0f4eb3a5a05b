package auth

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	keySetsKept     = 1024 // of all tenants
	keySetsOfTenant = 20   // as many as a tenant has live keys
)

// A keySetMemory holds key sets by tenant and URL. Where it is full, the tenant that has most loses the one
// that it used longest ago: nobody is forgotten for how many another names.
type keySetMemory struct {
	mu      sync.Mutex
	total   int
	tenants *simplelru.LRU[string, *simplelru.LRU[string, keySet]]
}

func newKeySetMemory() *keySetMemory {
	return &keySetMemory{tenants: newLRU[*simplelru.LRU[string, keySet]](keySetsKept + 1)}
}

func newLRU[V any](size int) *simplelru.LRU[string, V] {
	kept, err := simplelru.NewLRU[string, V](size, nil)
	if err != nil {
		panic(err) // only for a size below one
	}
	return kept
}

// get gives a set, the zero one where there is none.
func (m *keySetMemory) get(tenantKey, url string) (set keySet) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if own, ok := m.tenants.Get(tenantKey); ok {
		set, _ = own.Get(url)
	}
	return set
}

func (m *keySetMemory) add(tenantKey, url string, set keySet) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own, ok := m.tenants.Get(tenantKey)
	if !ok {
		own = newLRU[keySet](keySetsOfTenant)
		m.tenants.Add(tenantKey, own)
	}
	m.total -= own.Len()
	own.Add(url, set)
	if m.total += own.Len(); m.total > keySetsKept {
		m.forget()
	}
}

// forget forgets one set.
func (m *keySetMemory) forget() {
	most, whose := 0, ""
	for _, tenantKey := range m.tenants.Keys() { // the one that was used longest ago comes first
		if own, _ := m.tenants.Peek(tenantKey); own.Len() > most {
			most, whose = own.Len(), tenantKey
		}
	}
	own, _ := m.tenants.Peek(whose)
	own.RemoveOldest()
	m.total--
	if own.Len() == 0 {
		m.tenants.Remove(whose)
	}
}
