package webhook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/company-a/aside/db"
)

// NewWithTimeout is New with another time limit.
func NewWithTimeout(d *db.DB, development bool, log *slog.Logger, limit time.Duration) *Sender {
	s := New(d, development, log)
	s.timeout = limit
	return s
}

// Once attempts what is due, waits for the results, and returns how many attempts there were.
func (s *Sender) Once(ctx context.Context) int {
	due := s.take(ctx, nil)
	var all sync.WaitGroup
	for _, v := range due {
		all.Go(func() { s.deliver(ctx, v) })
	}
	all.Wait()
	return len(due)
}
