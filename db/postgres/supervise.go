package postgres

import (
	"context"
	"fmt"
	"time"
)

// persistence says how often and how fast a server tries to restart PostgreSQL.
type persistence struct {
	attempts int           // failed starts in a row before it gives up
	first    time.Duration // the pause before the first start; it doubles each time
	longest  time.Duration
	steady   time.Duration // a shorter run lengthens the pause before the next start
}

// stubborn tries for about half a minute.
var stubborn = persistence{attempts: 10, first: 50 * time.Millisecond, longest: 10 * time.Second, steady: time.Minute}

// wait returns the pause before the nth attempt.
func (p persistence) wait(n int) time.Duration {
	return min(p.first<<min(n-1, 20), p.longest)
}

// supervise keeps PostgreSQL running until Stop. If PostgreSQL exits by itself, supervise starts it again on the
// same socket, so that new connections work as before. If the starts keep failing, it gives up and closes Done.
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
