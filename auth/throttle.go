package auth

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// A throttle bounds how often each of many may ask on this node: so many at once, and so many a
// second from then on. Of each one it keeps the moment from which nothing of their past counts
// any more; whom it has forgotten, of very many, has a clean slate.
type throttle[K comparable] struct {
	step time.Duration // what one request takes of the allowance
	span time.Duration // the allowance: how far ahead of now the moment may be
	now  func() time.Time

	mu   sync.Mutex
	free *simplelru.LRU[K, time.Time]
}

// An entry takes some 150 bytes.
const maxThrottled = 50_000

// newThrottle lets `atOnce` through at once and `each` a second; both times factor.
func newThrottle[K comparable](now func() time.Time, each, atOnce, factor float64) *throttle[K] {
	free, err := simplelru.NewLRU[K, time.Time](maxThrottled, nil)
	if err != nil {
		panic(err) // only for a size below 1
	}
	t := &throttle[K]{now: now, step: time.Duration(float64(time.Second) / (each * factor)), free: free}
	t.step = max(t.step, 1)
	t.span = time.Duration(float64(t.step) * atOnce * factor)
	return t
}

// count counts a request of who, and gives 0, or counts nothing and gives how long to wait.
func (t *throttle[K]) count(who K) time.Duration { return t.look(who, true) }

// wait is count without counting.
func (t *throttle[K]) wait(who K) time.Duration { return t.look(who, false) }

func (t *throttle[K]) look(who K, count bool) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	free, ok := t.free.Get(who)
	if !ok || free.Before(now) {
		free = now
	}
	free = free.Add(t.step)
	if over := free.Sub(now) - t.span; over > 0 {
		return over
	}
	if count {
		t.free.Add(who, free)
	}
	return 0
}
