package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/auth/assertion"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/internal/fault"
)

// Limits of one node. A webhook has one attempt at a time. Package db limits the attempts for a tenant.
const (
	timeout      = 10 * time.Second // of an attempt: DNS, connection and status
	maxHealthy   = 64               // attempts at a time for webhooks that work
	maxUnhealthy = 32               // attempts at a time for webhooks that fail or are slow, which must not delay the others
	interval     = time.Second      // between two queries for due deliveries, unless an attempt ends earlier
)

// A Sender attempts the deliveries that are due.
type Sender struct {
	db      *db.DB
	client  *http.Client
	log     *slog.Logger
	now     func() time.Time
	timeout time.Duration
}

// New returns a sender. If development is true, it also sends to this computer.
func New(d *db.DB, development bool, log *slog.Logger) *Sender {
	return &Sender{db: d, client: assertion.NewClient(development), log: log, now: time.Now, timeout: timeout}
}

// Run attempts deliveries until ctx ends, and returns when no attempt is under way.
func (s *Sender) Run(ctx context.Context) {
	look := time.NewTicker(interval)
	defer look.Stop()
	busy, ended := map[uuid.UUID]bool{}, make(chan uuid.UUID) // webhooks with an attempt under way -> whether they are unhealthy
	for {
		for _, v := range s.take(ctx, busy) {
			busy[v.WebhookID] = v.Unhealthy
			go func() {
				s.deliver(ctx, v)
				ended <- v.WebhookID
			}()
		}
		select {
		case hook := <-ended:
			delete(busy, hook)
		case <-look.C:
		case <-ctx.Done():
			for range busy {
				<-ended
			}
			return
		}
	}
}

// take leases deliveries that are due, at most one of each webhook that is not busy.
func (s *Sender) take(ctx context.Context, busy map[uuid.UUID]bool) []*db.DueDelivery {
	var hooks []uuid.UUID
	unhealthy := 0
	for hook, yes := range busy {
		hooks = append(hooks, hook)
		if yes {
			unhealthy++
		}
	}
	due, err := s.db.TakeDueDeliveries(ctx, maxHealthy-(len(busy)-unhealthy), maxUnhealthy-unhealthy, hooks)
	if err != nil && db.Outage(err) == nil && ctx.Err() == nil {
		s.log.LogAttrs(ctx, slog.LevelError, "webhooks cannot be sent; they are kept", fault.Attrs(err)...)
	}
	return due
}

// deliver makes one attempt and stores its result, even if ctx ends in the meantime.
func (s *Sender) deliver(ctx context.Context, v *db.DueDelivery) {
	began := s.now()
	status := s.attempt(ctx, v)
	took := s.now().Sub(began)
	if status == 0 && ctx.Err() != nil {
		return // the lease ends, and another node attempts it
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	if err := s.db.DeliveryAttempted(within, v, status, took); err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "the result of a webhook could not be stored; it is sent again", fault.Attrs(err)...)
	}
}
