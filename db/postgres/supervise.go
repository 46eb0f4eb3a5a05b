package postgres

import (
	"context"
	"fmt"
	"time"
)

// persistence is how hard a server tries to keep PostgreSQL running.
type persistence struct {
	attempts int           // in a row, before it gives up
	first    time.Duration // wait before the first; it doubles each time
	longest  time.Duration
	steady   time.Duration // a life this long makes up for earlier deaths
}

// stubborn tries for about half a minute.
var stubborn = persistence{attempts: 10, first: 50 * time.Millisecond, longest: 10 * time.Second, steady: time.Minute}

// wait is the time to wait before the nth attempt.
func (p persistence) wait(n int) time.Duration {
	return min(p.first<<(n-1), p.longest)
}

// supervise keeps PostgreSQL running until Stop. Where it dies by itself it is
// started again, on the same socket, so that connections made afterwards work
// as before; where that keeps failing the server gives up and closes Done.
func (s *Server) supervise(p *postmaster, try persistence) {
	defer close(s.done)
	defer s.release()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	}()

	failures := 0
	for {
		born := time.Now()
		select {
		case <-s.quit:
			p.end(s.hurry)
			s.log.Info("PostgreSQL has stopped")
			return
		case <-p.exited:
		}
		if time.Since(born) >= try.steady {
			failures = 0
		}
		err := fmt.Errorf("PostgreSQL exited by itself: %w\n%s", p.err, p.journal.lastWords())
		for p = nil; p == nil; {
			failures++
			if failures > try.attempts {
				s.err = err
				s.log.Error("giving up on PostgreSQL", "error", err)
				return
			}
			s.log.Error("starting PostgreSQL again", "attempt", failures, "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(try.wait(failures)):
			}
			if p, err = s.up(ctx); ctx.Err() != nil {
				if p != nil {
					p.end(s.hurry)
				}
				return
			}
		}
	}
}
