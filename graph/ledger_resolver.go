package graph

import (
	"context"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

// Usage is what the tenant's visitors did, a day at a time.
func (r tenantResolver) Usage(ctx context.Context, t *db.Tenant, from, to time.Time) ([]*generated.UsageDay, error) {
	periods, err := r.db.Usage(ctx, t.Key, db.UsageByDay, from, to)
	return each(periods, func(p *db.UsagePeriod) *generated.UsageDay {
		return &generated.UsageDay{Day: p.Period, ActiveUsers: p.ActiveUsers, Notes: p.Notes, Operations: p.Operations}
	}), err
}

// UsageByMonth is the same by months.
func (r tenantResolver) UsageByMonth(ctx context.Context, t *db.Tenant, from, to time.Time) ([]*generated.UsageMonth, error) {
	periods, err := r.db.Usage(ctx, t.Key, db.UsageByMonth, from, to)
	return each(periods, func(p *db.UsagePeriod) *generated.UsageMonth {
		return &generated.UsageMonth{Month: p.Period, ActiveUsers: p.ActiveUsers, Notes: p.Notes, Operations: p.Operations}
	}), err
}

const defaultLogPage = 50

// AuditLog is a page of the tenant's audit log.
func (r tenantResolver) AuditLog(ctx context.Context, t *db.Tenant, first *int, after *string) (*generated.AuditConnection, error) {
	n := defaultLogPage
	if first != nil {
		n = *first
	}
	if n < 1 || n > db.MaxPage {
		return nil, &refusal{Code: BadUserInput, Field: "first", Message: "A page holds 1 to 100 events."}
	}
	mark := r.cursors.of("audit log/"+t.Key, db.NotesQuery{}) // no person's list begins so
	from, err := mark.read(after)
	if err != nil {
		return nil, err
	}
	var before db.Position
	if from != nil {
		before = *from
	}
	events, err := r.db.Events(ctx, t.Key, before.ID, n+1)
	if err != nil {
		return nil, err
	}
	c := &generated.AuditConnection{PageInfo: &page.Info{HasNextPage: len(events) > n, HasPreviousPage: from != nil}}
	c.Edges = each(events[:min(n, len(events))], func(e *db.Event) *generated.AuditEdge {
		return &generated.AuditEdge{Cursor: mark.write(db.Position{At: e.At, ID: e.ID}), Node: auditEvent(e)}
	})
	if last := len(c.Edges) - 1; last >= 0 {
		c.PageInfo.Start = func() string { return c.Edges[0].Cursor }
		c.PageInfo.End = func() string { return c.Edges[last].Cursor }
	}
	return c, nil
}

func auditEvent(e *db.Event) *generated.AuditEvent {
	return &generated.AuditEvent{
		At: e.At, Actor: e.Actor, Action: e.Action, Target: orNull(e.Target), IP: orNull(e.IP), Detail: orNull(e.Detail),
	}
}
