//go:build !race

package graph

import (
	"runtime"
	"testing"
)

// TestHomeAllocates holds the budget of the first page: it is what keeps the collector quiet. (The
// race detector makes pools forget.)
func TestHomeAllocates(t *testing.T) {
	for name, c := range map[string]struct {
		visit         *visit
		allocs, bytes uint64
	}{
		"graph alone":       {shelved(t), 180, 12 << 10},
		"with the database": {stored(t), 300, 60 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			w := nowhere{}
			const runs = 200
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range runs {
				c.visit.ask(w)
			}
			runtime.ReadMemStats(&after)
			allocs, bytes := (after.Mallocs-before.Mallocs)/runs, (after.TotalAlloc-before.TotalAlloc)/runs
			t.Logf("%d allocations, %d bytes", allocs, bytes)
			if allocs > c.allocs || bytes > c.bytes {
				t.Errorf("%d allocations of %d bytes; the budget is %d of %d", allocs, bytes, c.allocs, c.bytes)
			}
		})
	}
}
