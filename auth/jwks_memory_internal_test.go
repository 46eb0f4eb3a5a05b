package auth

import (
	"fmt"
	"testing"
)

// A tenant that names key set after key set forgets its own, and no other tenant's; nor do many tenants that
// have more than one each.
func TestNoTenantHasAnothersKeySetsForgotten(t *testing.T) {
	m := newKeySetMemory()
	for i := range 500 {
		m.add(fmt.Sprint("t_quiet", i), "https://quiet.example", keySet{tries: 1})
	}
	for i := range 5_000 {
		m.add("t_loud", fmt.Sprint("https://loud.example/", i), keySet{tries: 1})
	}
	if own, _ := m.tenants.Peek("t_loud"); own.Len() > keySetsOfTenant {
		t.Errorf("%d of one tenant are kept", own.Len())
	}
	for tenant := range 100 {
		for i := range 50 {
			m.add(fmt.Sprint("t_crowd", tenant), fmt.Sprint("https://crowd.example/", i), keySet{tries: 1})
		}
	}
	for i := range 500 {
		if m.get(fmt.Sprint("t_quiet", i), "https://quiet.example").tries == 0 {
			t.Fatalf("tenant %d's set is forgotten", i)
		}
	}
	if m.get("t_loud", "https://loud.example/4999").tries == 0 || m.get("t_loud", "https://loud.example/0").tries != 0 {
		t.Error("it is not the oldest that goes")
	}
	for i := range 3 * keySetsKept { // were each of another tenant, there is a bound all the same
		m.add(fmt.Sprint("t_many", i), "https://many.example", keySet{tries: 1})
	}
	total := 0
	for _, own := range m.tenants.Values() {
		total += own.Len()
	}
	if total != m.total || total > keySetsKept {
		t.Errorf("%d are kept, and counted as %d", total, m.total)
	}
}
