package graph

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

const defaultAuditPage = 50

// AuditLog is Tenant.auditLog. It returns a page of the tenant's audit log.
func (r tenantResolver) AuditLog(ctx context.Context, t *db.Tenant, first *int, after *string) (*generated.AuditConnection, error) {
	return r.auditPage("audit log/"+t.Key, first, after, func(before uuid.UUID, limit int) ([]*db.Event, error) {
		return r.db.Events(ctx, t.Key, before, limit)
	})
}

// SecurityEvents is Viewer.securityEvents. It returns a page of what happened to the viewer's account.
func (r viewerResolver) SecurityEvents(ctx context.Context, s *db.Session, first *int, after *string) (*generated.AuditConnection, error) {
	return r.auditPage("account log/"+s.UserID.String(), first, after, func(before uuid.UUID, limit int) ([]*db.Event, error) {
		list, err := r.db.SecurityEvents(ctx, s.UserID, before, limit)
		if err != nil {
			return nil, err
		}
		return list, r.nameTenants(ctx, list)
	})
}

// nameTenants sets the details of events that are about a tenant to the tenant's name, which a person knows it by. What a tenant did
// is an event of which it is the actor.
func (r *Resolver) nameTenants(ctx context.Context, events []*db.Event) error {
	for _, e := range events {
		if !strings.HasPrefix(e.Action, "tenant.") && !strings.HasPrefix(e.Action, "identity.") {
			continue
		}
		t, err := r.tenants.get(ctx, cmp.Or(e.Target, e.Actor))
		if errors.Is(err, db.ErrUnknownTenant) {
			continue
		}
		if err != nil {
			return err
		}
		e.Detail = t.DisplayName()
	}
	return nil
}

// auditPage returns the page of a log that the arguments ask for. No owner's cursors have such a scope.
func (r *Resolver) auditPage(scope string, first *int, after *string, events func(before uuid.UUID, limit int) ([]*db.Event, error)) (*generated.AuditConnection, error) {
	n := defaultAuditPage
	if first != nil {
		n = *first
	}
	if n < 1 || n > db.MaxPage {
		return nil, &apiError{Code: BadUserInput, Field: "first", Message: "Ask for 1 to 100 events."}
	}
	codec := r.cursors.codec(scope, db.NotesQuery{})
	from, err := codec.decode(after)
	if err != nil {
		return nil, err
	}
	var before db.Position
	if from != nil {
		before = *from
	}
	list, err := events(before.ID, n+1)
	if err != nil {
		return nil, err
	}
	c := &generated.AuditConnection{PageInfo: &page.Info{HasNextPage: len(list) > n, HasPreviousPage: from != nil}}
	c.Edges = mapList(list[:min(n, len(list))], func(e *db.Event) *generated.AuditEdge {
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
