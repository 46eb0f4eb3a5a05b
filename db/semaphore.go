package db

import (
	"context"
	"time"
)

// A semaphore limits how many callers run at once.
type semaphore struct {
	slots   chan struct{}
	timeout time.Duration // how long acquire waits
}

func newSemaphore(slots int, timeout time.Duration) semaphore {
	return semaphore{make(chan struct{}, max(slots, 1)), timeout}
}

// acquire waits for a slot. It returns ErrBusy after the timeout.
func (s semaphore) acquire(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	timeout := time.NewTimer(s.timeout)
	defer timeout.Stop()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-timeout.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s semaphore) release() { <-s.slots }
