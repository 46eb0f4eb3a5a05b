package webhook

import (
	"context"
	"log/slog"
	"net/http"
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

// NewWithTransport is New with a transport.
func NewWithTransport(d *db.DB, transport func(*http.Request) (*http.Response, error)) *Sender {
	s := New(d, true, slog.New(slog.DiscardHandler))
	s.client = &http.Client{Transport: roundTripper(transport)}
	return s
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

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
