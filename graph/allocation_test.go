//go:build !race

package graph

import (
	"runtime"
	"testing"
)

// TestFirstPageAllocations checks the allocation budget of the first page. (With the race detector, pools drop buffers.)
func TestFirstPageAllocations(t *testing.T) {
	for name, c := range map[string]struct {
		visit         *pageRequest
		allocs, bytes uint64
	}{
		"graph alone":       {cachedPage(t), 180, 12 << 10},
		"with the database": {storedPage(t), 300, 60 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			w := discardWriter{}
			const runs = 200
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for range runs {
				c.visit.serve(w)
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
