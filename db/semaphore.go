package db

import (
	"context"
	"time"
)

// A semaphore lets a number of callers through at once.
type semaphore struct {
	slots   chan struct{}
	timeout time.Duration // of one that waits
}

// ErrBusy is returned when no connection, or no slot, is free soon.
var ErrBusy error = &Error{Code: CodeBusy, Message: "The service is busy right now. Try again in a few seconds."}

func newSemaphore(slots int, timeout time.Duration) semaphore {
	return semaphore{make(chan struct{}, max(slots, 1)), timeout}
}

// acquire waits for a slot. It returns ErrBusy when none is free soon.
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
