package direct

import (
	"strconv"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

var noteShape = shape[db.Note]{"Note", map[string]field[db.Note]{
	"id":        leafField(func(e *jsonValue, n *db.Note) { e.id(n.ID) }),
	"title":     leafField(func(e *jsonValue, n *db.Note) { e.string(n.Title) }),
	"body":      leafField(func(e *jsonValue, n *db.Note) { e.string(n.Body) }),
	"tags":      leafField(func(e *jsonValue, n *db.Note) { e.strings(n.Tags) }),
	"pinned":    leafField(func(e *jsonValue, n *db.Note) { e.bool(n.Pinned) }),
	"version":   leafField(func(e *jsonValue, n *db.Note) { e.int(n.Version) }),
	"createdAt": leafField(func(e *jsonValue, n *db.Note) { e.time(n.CreatedAt) }),
	"updatedAt": leafField(func(e *jsonValue, n *db.Note) { e.time(n.UpdatedAt) }),
	"trashedAt": leafField(func(e *jsonValue, n *db.Note) { e.timeOrNull(n.TrashedAt) }),
	"tenant": objectField(&tenantCardShape, func(e *jsonValue, n *db.Note) (*db.Tenant, error) {
		return e.resolvers.Note().Tenant(e.ctx, n)
	}),
	"sealing": leafField(func(e *jsonValue, n *db.Note) {
		s, err := e.resolvers.Note().Sealing(e.ctx, n)
		e.json = strconv.AppendQuote(e.json, s.String()) // like the generated MarshalGQL of an enum
		e.err = err
	}),
}}

var payloadShape = shape[generated.NotePayload]{"NotePayload", map[string]field[generated.NotePayload]{
	"note": objectField(&noteShape, func(_ *jsonValue, p *generated.NotePayload) (*db.Note, error) { return p.Note, nil }),
}}

var deletedShape = shape[generated.DeletedPayload]{"DeletedPayload", map[string]field[generated.DeletedPayload]{
	"id": leafField(func(e *jsonValue, d *generated.DeletedPayload) { e.string(d.ID) }),
}}
