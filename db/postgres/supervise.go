package postgres

import (
	"context"
	"fmt"
	"time"
)

// persistence is how hard a server tries to keep PostgreSQL running.
type persistence struct {
	attempts int           // to start that fail in a row, before it gives up
	first    time.Duration // wait before the first; it doubles each time
	longest  time.Duration
	steady   time.Duration // a shorter life has the next start wait longer
}

// stubborn tries for about half a minute.
var stubborn = persistence{attempts: 10, first: 50 * time.Millisecond, longest: 10 * time.Second, steady: time.Minute}

// wait is the time to wait before the nth attempt.
func (p persistence) wait(n int) time.Duration {
	return min(p.first<<min(n-1, 20), p.longest)
}

// supervise keeps PostgreSQL running until Stop. Where it dies by itself it is
// started again, on the same socket, so that connections made afterwards work
// as before, however often it has died; where it cannot be started any more the
// server gives up and closes Done.
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

	deaths := 0
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
			deaths = 0
		}
		deaths++
		err := fmt.Errorf("PostgreSQL exited by itself: %w\n%s", p.err, p.journal.lastWords())
		p = nil
		for attempt := 1; p == nil; attempt++ {
			if attempt > try.attempts {
				s.err = err
				s.log.Error("giving up on PostgreSQL", "error", err)
				return
			}
			s.log.Error("starting PostgreSQL again", "attempt", attempt, "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(try.wait(deaths + attempt - 1)):
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
