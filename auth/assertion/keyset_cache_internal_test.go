package assertion

import (
	"fmt"
	"testing"
)

// A tenant with very many key sets evicts only its own. Many tenants with several each evict only their own.
func TestTenantCannotEvictOthersKeySets(t *testing.T) {
	m := newKeySetCache()
	for i := range 500 {
		m.add(fmt.Sprint("t_quiet", i), "https://quiet.example", keySet{attempts: 1})
	}
	for i := range 5_000 {
		m.add("t_loud", fmt.Sprint("https://loud.example/", i), keySet{attempts: 1})
	}
	if own, _ := m.tenants.Peek("t_loud"); own.Len() > maxTenantKeySets {
		t.Errorf("%d of one tenant are kept", own.Len())
	}
	for tenant := range 100 {
		for i := range 50 {
			m.add(fmt.Sprint("t_many_sets", tenant), fmt.Sprint("https://crowd.example/", i), keySet{attempts: 1})
		}
	}
	for i := range 500 {
		if m.get(fmt.Sprint("t_quiet", i), "https://quiet.example").attempts == 0 {
			t.Fatalf("tenant %d's set is evicted", i)
		}
	}
	if m.get("t_loud", "https://loud.example/4999").attempts == 0 || m.get("t_loud", "https://loud.example/0").attempts != 0 {
		t.Error("the oldest was not the one that was evicted")
	}
	for i := range 3 * maxKeySets { // many tenants with one each are limited too
		m.add(fmt.Sprint("t_many", i), "https://many.example", keySet{attempts: 1})
	}
	total := 0
	for _, own := range m.tenants.Values() {
		total += own.Len()
	}
	if total != m.total || total > maxKeySets {
		t.Errorf("%d are kept, and counted as %d", total, m.total)
	}
}
