package authtest

import (
	"sync"
	"time"
)

// A Clock is the wall clock, until a test stops or advances it. The database has its own clock: to
// let time pass there, change the stored times with dbtest.Database.Exec.
type Clock struct {
	mu      sync.Mutex
	ahead   time.Duration
	stopped time.Time // zero while it runs
}

// Now returns the time. A Site uses it as its auth.Config.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped.IsZero() {
		return time.Now().Add(c.ahead)
	}
	return c.stopped.Add(c.ahead)
}

// Stop stops the clock at a whole second. Then only Advance moves it.
func (c *Clock) Stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = time.Now().Truncate(time.Second)
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// shifted returns another clock that differs from this one by a duration, which may be negative.
func (c *Clock) shifted(by time.Duration) *Clock {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &Clock{ahead: c.ahead + by, stopped: c.stopped}
}
