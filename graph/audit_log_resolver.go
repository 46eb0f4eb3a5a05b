package graph

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

const defaultAuditPage = 50

// AuditLog is Tenant.auditLog. It returns a page of the tenant's audit log.
func (r tenantResolver) AuditLog(ctx context.Context, t *db.Tenant, first *int, after *string) (*generated.AuditConnection, error) {
	n := defaultAuditPage
	if first != nil {
		n = *first
	}
	if n < 1 || n > db.MaxPage {
		return nil, &apiError{Code: BadUserInput, Field: "first", Message: "Ask for 1 to 100 events."}
	}
	codec := r.cursors.codec("audit log/"+t.Key, db.NotesQuery{}) // no owner's cursor scope starts like this
	from, err := codec.decode(after)
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
	c.Edges = mapList(events[:min(n, len(events))], func(e *db.Event) *generated.AuditEdge {
		return &generated.AuditEdge{Cursor: codec.encode(db.Position{At: e.At, ID: e.ID}), Node: auditEvent(e)}
	})
	if last := len(c.Edges) - 1; last >= 0 {
		c.PageInfo.Start = func() string { return c.Edges[0].Cursor }
		c.PageInfo.End = func() string { return c.Edges[last].Cursor }
	}
	return c, nil
}

// AuditEvent is Tenant.auditEvent. It returns the entry of a refused assertion.
func (r tenantResolver) AuditEvent(ctx context.Context, t *db.Tenant, reference string) (*generated.AuditEvent, error) {
	id, err := uuid.Parse(reference)
	if err != nil {
		return nil, nil
	}
	e, err := r.db.Event(ctx, t.Key, id)
	if db.IsCode(err, db.CodeNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return auditEvent(e), nil
}

func auditEvent(e *db.Event) *generated.AuditEvent {
	return &generated.AuditEvent{
		At: e.At, Actor: e.Actor, Action: e.Action, Target: nullIfEmpty(cmp.Or(e.Target, e.Reference())), IP: nullIfEmpty(e.IP), Detail: nullIfEmpty(e.Detail),
	}
}
