package db

import (
	"context"
	"time"
)

// A turnstile lets so many through at once.
type turnstile struct {
	places   chan struct{}
	patience time.Duration
}

// ErrBusy is returned when there is no place soon.
var ErrBusy error = &Error{Code: CodeBusy, Message: "Too much is going on at the moment. Try again in a few seconds."}

func newTurnstile(places int, patience time.Duration) turnstile {
	return turnstile{make(chan struct{}, max(places, 1)), patience}
}

// enter waits for a place. It returns ErrBusy when none is free soon.
func (t turnstile) enter(ctx context.Context) error {
	select {
	case t.places <- struct{}{}:
		return nil
	default:
	}
	patience := time.NewTimer(t.patience)
	defer patience.Stop()
	select {
	case t.places <- struct{}{}:
		return nil
	case <-patience.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turnstile) leave() { <-t.places }
