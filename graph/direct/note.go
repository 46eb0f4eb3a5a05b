package direct

import (
	"strconv"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

var noteShape = shape[db.Note]{"Note", map[string]field[db.Note]{
	"id":        leaf(func(e *encoding, n *db.Note) { e.id(n.ID) }),
	"title":     leaf(func(e *encoding, n *db.Note) { e.string(n.Title) }),
	"body":      leaf(func(e *encoding, n *db.Note) { e.string(n.Body) }),
	"tags":      leaf(func(e *encoding, n *db.Note) { e.strings(n.Tags) }),
	"pinned":    leaf(func(e *encoding, n *db.Note) { e.bool(n.Pinned) }),
	"version":   leaf(func(e *encoding, n *db.Note) { e.int(n.Version) }),
	"createdAt": leaf(func(e *encoding, n *db.Note) { e.time(n.CreatedAt) }),
	"updatedAt": leaf(func(e *encoding, n *db.Note) { e.time(n.UpdatedAt) }),
	"trashedAt": leaf(func(e *encoding, n *db.Note) { e.timeOrNull(n.TrashedAt) }),
	"tenant": one(&tenantCardShape, func(e *encoding, n *db.Note) (*db.Tenant, error) {
		return e.resolvers.Note().Tenant(e.ctx, n)
	}),
	"sealing": leaf(func(e *encoding, n *db.Note) {
		s, err := e.resolvers.Note().Sealing(e.ctx, n)
		e.json = strconv.AppendQuote(e.json, s.String()) // like the generated MarshalGQL of an enum
		e.err = err
	}),
}}

var connectionShape = shape[page.Connection]{"NoteConnection", map[string]field[page.Connection]{
	"edges": many(&edgeShape, func(c *page.Connection) []page.Edge { return c.Edges() }),
	"pageInfo": one(&pageInfoShape, func(_ *encoding, c *page.Connection) (*page.Info, error) {
		info := c.PageInfo()
		return &info, nil
	}),
}}

var edgeShape = shape[page.Edge]{"NoteEdge", map[string]field[page.Edge]{
	"cursor": leaf(func(e *encoding, n *page.Edge) { e.string(n.Cursor()) }),
	"node":   one(&noteShape, func(_ *encoding, n *page.Edge) (*db.Note, error) { return n.Node, nil }),
}}

var pageInfoShape = shape[page.Info]{"PageInfo", map[string]field[page.Info]{
	"hasNextPage":     leaf(func(e *encoding, p *page.Info) { e.bool(p.HasNextPage) }),
	"hasPreviousPage": leaf(func(e *encoding, p *page.Info) { e.bool(p.HasPreviousPage) }),
	"startCursor":     leaf(func(e *encoding, p *page.Info) { e.stringOrNull(p.StartCursor()) }),
	"endCursor":       leaf(func(e *encoding, p *page.Info) { e.stringOrNull(p.EndCursor()) }),
}}

var payloadShape = shape[generated.NotePayload]{"NotePayload", map[string]field[generated.NotePayload]{
	"note": one(&noteShape, func(_ *encoding, p *generated.NotePayload) (*db.Note, error) { return p.Note, nil }),
}}

var deletedShape = shape[generated.DeletedPayload]{"DeletedPayload", map[string]field[generated.DeletedPayload]{
	"id": leaf(func(e *encoding, d *generated.DeletedPayload) { e.string(d.ID) }),
}}
