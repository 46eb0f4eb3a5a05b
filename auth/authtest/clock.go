package authtest

import (
	"sync"
	"time"
)

// A Clock is the wall clock, moved by what a test has advanced it. The database keeps its own
// time: move what it stores with dbtest.Database.Exec.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

// Now is auth.Config.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Advance lets time pass.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}
