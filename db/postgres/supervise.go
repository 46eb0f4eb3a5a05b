package postgres

import (
	"context"
	"fmt"
	"time"
)

const (
	steady      = time.Minute // a life this long makes up for earlier deaths
	maxFailures = 10
)

// supervise keeps PostgreSQL running until Stop. Where it dies by itself it is
// started again, on the same socket, so that connections made afterwards work
// as before; where that fails ten times in a row, over half a minute, the
// server gives up and closes Done.
func (s *Server) supervise(p *postmaster) {
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
		if time.Since(born) >= steady {
			failures = 0
		}
		err := fmt.Errorf("PostgreSQL exited by itself: %w\n%s", p.err, p.journal.tail())
		for p = nil; p == nil; {
			failures++
			if failures > maxFailures {
				s.err = err
				s.log.Error("giving up on PostgreSQL", "error", err)
				return
			}
			s.log.Error("starting PostgreSQL again", "attempt", failures, "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(backoff(failures)):
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

// backoff is how long to wait before the nth attempt: 50 ms, doubling to 10 s.
func backoff(n int) time.Duration {
	return min(25*time.Millisecond<<n, 10*time.Second)
}
