package authtest

import (
	"sync"
	"time"
)

// A Clock is the wall clock, until a test stops or advances it. The database keeps its own
// time: move what it stores with dbtest.Database.Exec.
type Clock struct {
	mu      sync.Mutex
	ahead   time.Duration
	stopped time.Time // zero while it runs
}

// Now is auth.Config.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped.IsZero() {
		return time.Now().Add(c.ahead)
	}
	return c.stopped.Add(c.ahead)
}

// Stop has time pass only by Advance, from a whole second on.
func (c *Clock) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = time.Now().Truncate(time.Second)
}

// Advance lets time pass.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// shifted is another clock, which is ahead of this one or behind it.
func (c *Clock) shifted(by time.Duration) *Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &Clock{ahead: c.ahead + by, stopped: c.stopped}
}
