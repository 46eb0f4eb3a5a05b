package postgres

import (
	"context"
	"fmt"
	"time"
)

// restartPolicy says how often and how fast a server tries to restart PostgreSQL.
type restartPolicy struct {
	attempts     int           // failed starts in a row before it gives up
	firstPause   time.Duration // the pause before the first start; it doubles each time
	longestPause time.Duration
	resetAfter   time.Duration // a shorter run lengthens the pause before the next start
}

// defaultRestarts tries for about half a minute.
var defaultRestarts = restartPolicy{attempts: 10, firstPause: 50 * time.Millisecond, longestPause: 10 * time.Second, resetAfter: time.Minute}

// pause returns the pause before the nth attempt.
func (p restartPolicy) pause(n int) time.Duration {
	return min(p.firstPause<<min(n-1, 20), p.longestPause)
}

// supervise keeps PostgreSQL running until Stop. If PostgreSQL exits by itself, supervise starts it again on the
// same socket, so that new connections work as before. If the starts keep failing, it gives up and closes Done.
func (s *Server) supervise(p *postmaster, try restartPolicy) {
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
			p.shutDown(s.immediate)
			s.log.Info("PostgreSQL has stopped")
			return
		case <-p.exited:
		}
		if time.Since(born) >= try.resetAfter {
			deaths = 0
		}
		deaths++
		err := fmt.Errorf("PostgreSQL exited by itself: %w\n%s", p.err, p.output.finalOutput())
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
			case <-time.After(try.pause(deaths + attempt - 1)):
			}
			if p, err = s.startPostmaster(ctx); ctx.Err() != nil {
				if p != nil {
					p.shutDown(s.immediate)
				}
				return
			}
		}
	}
}
