package auth

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/address"
)

// A throttle limits the rate of requests on this node by key: a burst, and a number of requests
// per second after it. For each key it stores the time at which the whole burst is available again
// (the generic cell rate algorithm). With more than maxThrottled keys, it forgets the least recently
// used ones, which then have the whole burst.
type throttle[K comparable] struct {
	interval time.Duration // how much one request uses of the burst
	burst    time.Duration // how far ahead of now the stored time may be
	now      func() time.Time

	mu   sync.Mutex
	full *simplelru.LRU[K, time.Time] // when the whole burst is available again
}

// maxThrottled bounds a throttle's memory: an entry takes about 150 bytes.
const maxThrottled = 50_000

// newThrottle allows burst requests at once and rate requests per second. Both are multiplied by
// factor.
func newThrottle[K comparable](now func() time.Time, rate, burst, factor float64) *throttle[K] {
	full, err := simplelru.NewLRU[K, time.Time](maxThrottled, nil)
	if err != nil {
		panic(err) // only for a size below 1
	}
	t := &throttle[K]{now: now, interval: time.Duration(float64(time.Second) / (rate * factor)), full: full}
	t.interval = max(t.interval, 1)
	t.burst = time.Duration(float64(t.interval) * burst * factor)
	return t
}

// count counts a request of key and returns 0, or counts nothing and returns how long to wait.
func (t *throttle[K]) count(key K) time.Duration { return t.check(key, true) }

// wait returns what count would return, and counts nothing.
func (t *throttle[K]) wait(key K) time.Duration { return t.check(key, false) }

func (t *throttle[K]) check(key K, count bool) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	full, ok := t.full.Get(key)
	if !ok || full.Before(now) {
		full = now
	}
	full = full.Add(t.interval)
	if wait := full.Sub(now) - t.burst; wait > 0 {
		return wait
	}
	if count {
		t.full.Add(key, full)
	}
	return 0
}

// An addressThrottle limits requests by address, and for IPv6 by network as well: the holder of a /48
// has 65,536 addresses of subscribers.
type addressThrottle struct{ addresses, networks *throttle[netip.Addr] }

func newAddressThrottle(now func() time.Time, rate, burst, factor float64) addressThrottle {
	return addressThrottle{
		newThrottle[netip.Addr](now, rate, burst, factor),
		newThrottle[netip.Addr](now, rate*db.NetworkShare, burst*db.NetworkShare, factor),
	}
}

// count counts a request and returns 0, or counts nothing and returns how long to wait.
func (t addressThrottle) count(r *http.Request) time.Duration {
	if wait := t.wait(r); wait > 0 {
		return wait
	}
	if a := address.Subscriber(r); a.Is6() {
		t.networks.count(address.Network(a, 48))
	}
	return t.addresses.count(address.Subscriber(r))
}

// wait returns what count would return, and counts nothing.
func (t addressThrottle) wait(r *http.Request) time.Duration {
	a := address.Subscriber(r)
	wait := t.addresses.wait(a)
	if a.Is6() {
		wait = max(wait, t.networks.wait(address.Network(a, 48)))
	}
	return wait
}
