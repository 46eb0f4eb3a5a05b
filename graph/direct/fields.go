package direct

import (
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
	"github.com/company-a/aside/graph/scalar"
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
	"context": objectField(&noteContextShape, func(_ *jsonValue, n *db.Note) (*db.NoteContext, error) { return n.Context, nil }),
	"sealed":  nullableResolverField(func(e *jsonValue, n *db.Note) (*string, error) { return e.resolvers.Note().Sealed(e.ctx, n) }),
	"sealing": leafField(func(e *jsonValue, n *db.Note) {
		s, err := e.resolvers.Note().Sealing(e.ctx, n)
		e.json = strconv.AppendQuote(e.json, s.String()) // like the generated MarshalGQL of an enum
		e.err = err
	}),
	"history": historyField,
}}

// fieldWithArguments is the only field with arguments that this package writes. It reads them for each request, because a plan is used
// for all of their values.
const fieldWithArguments = "history"

func historyField(c *collector, f graphql.CollectedField) writer[db.Note] {
	write := listField(&versionShape, func(list *[]*db.NoteVersion) []*db.NoteVersion { return *list })(c, f)
	if write == nil {
		return nil
	}
	return func(e *jsonValue, n *db.Note) {
		var limit *int
		if first := f.ArgumentMap(graphql.GetOperationContext(e.ctx).Variables)["first"]; first != nil {
			var value int
			value, e.err = scalar.UnmarshalInt(first)
			limit = &value
		}
		if e.err != nil {
			return
		}
		list, err := e.resolvers.Note().History(e.ctx, n, limit)
		if e.err = err; err == nil {
			write(e, &list)
		}
	}
}

var versionShape = shape[*db.NoteVersion]{"NoteVersion", map[string]field[*db.NoteVersion]{
	"version": leafField(func(e *jsonValue, v **db.NoteVersion) { e.int((*v).Version) }),
	"title":   leafField(func(e *jsonValue, v **db.NoteVersion) { e.string((*v).Title) }),
	"body":    leafField(func(e *jsonValue, v **db.NoteVersion) { e.string((*v).Body) }),
	"tags":    leafField(func(e *jsonValue, v **db.NoteVersion) { e.strings((*v).Tags) }),
	"sealed": nullableResolverField(func(e *jsonValue, v **db.NoteVersion) (*string, error) {
		return e.resolvers.NoteVersion().Sealed(e.ctx, *v)
	}),
	"writtenAt": leafField(func(e *jsonValue, v **db.NoteVersion) { e.time((*v).WrittenAt) }),
}}

var noteContextShape = shape[db.NoteContext]{"NoteContext", map[string]field[db.NoteContext]{
	"id":    leafField(func(e *jsonValue, c *db.NoteContext) { e.string(c.ID) }),
	"title": leafField(func(e *jsonValue, c *db.NoteContext) { e.string(c.Title) }),
	"url":   leafField(func(e *jsonValue, c *db.NoteContext) { e.string(c.URL) }),
}}

var payloadShape = shape[generated.NotePayload]{"NotePayload", map[string]field[generated.NotePayload]{
	"note": objectField(&noteShape, func(_ *jsonValue, p *generated.NotePayload) (*db.Note, error) { return p.Note, nil }),
}}

var deletedShape = shape[generated.DeletedPayload]{"DeletedPayload", map[string]field[generated.DeletedPayload]{
	"id": leafField(func(e *jsonValue, d *generated.DeletedPayload) { e.string(d.ID) }),
}}

var connectionShape = shape[page.Connection]{"NoteConnection", map[string]field[page.Connection]{
	"edges": listField(&edgeShape, func(c *page.Connection) []page.Edge { return c.Edges() }),
	"pageInfo": objectField(&pageInfoShape, func(_ *jsonValue, c *page.Connection) (*page.Info, error) {
		info := c.PageInfo()
		return &info, nil
	}),
}}

var edgeShape = shape[page.Edge]{"NoteEdge", map[string]field[page.Edge]{
	"cursor": leafField(func(e *jsonValue, n *page.Edge) { e.string(n.Cursor()) }),
	"node":   objectField(&noteShape, func(_ *jsonValue, n *page.Edge) (*db.Note, error) { return n.Node, nil }),
}}

var pageInfoShape = shape[page.Info]{"PageInfo", map[string]field[page.Info]{
	"hasNextPage":     leafField(func(e *jsonValue, p *page.Info) { e.bool(p.HasNextPage) }),
	"hasPreviousPage": leafField(func(e *jsonValue, p *page.Info) { e.bool(p.HasPreviousPage) }),
	"startCursor":     leafField(func(e *jsonValue, p *page.Info) { e.stringOrNull(p.StartCursor()) }),
	"endCursor":       leafField(func(e *jsonValue, p *page.Info) { e.stringOrNull(p.EndCursor()) }),
}}

var viewerShape = shape[db.Session]{"Viewer", map[string]field[db.Session]{
	"id":          resolverField(func(e *jsonValue, s *db.Session) (string, error) { return e.resolvers.Viewer().ID(e.ctx, s) }),
	"displayName": leafField(func(e *jsonValue, s *db.Session) { e.string(s.DisplayName) }),
	"vouched":     leafField(func(e *jsonValue, s *db.Session) { e.bool(s.Vouched) }),
	"sealing": leafField(func(e *jsonValue, s *db.Session) {
		a, err := e.resolvers.Viewer().Sealing(e.ctx, s)
		e.json = strconv.AppendQuote(e.json, a.String()) // like the generated MarshalGQL of an enum
		e.err = err
	}),
	"onlyOnePasskey": leafField(func(e *jsonValue, s *db.Session) {
		only, err := e.resolvers.Viewer().OnlyOnePasskey(e.ctx, s)
		e.bool(only)
		e.err = err
	}),
	"tenant": objectField(&tenantCardShape, func(e *jsonValue, s *db.Session) (*db.Tenant, error) {
		return e.resolvers.Viewer().Tenant(e.ctx, s)
	}),
	"identity": objectField(&identityShape, func(e *jsonValue, s *db.Session) (*db.Identity, error) {
		return e.resolvers.Viewer().Identity(e.ctx, s)
	}),
}}

var identityShape = shape[db.Identity]{"Identity", map[string]field[db.Identity]{
	"id": resolverField(func(e *jsonValue, i *db.Identity) (string, error) { return e.resolvers.Identity().ID(e.ctx, i) }),
	"tenant": objectField(&tenantCardShape, func(e *jsonValue, i *db.Identity) (*db.Tenant, error) {
		return e.resolvers.Identity().Tenant(e.ctx, i)
	}),
	"subject":  resolverField(func(e *jsonValue, i *db.Identity) (string, error) { return e.resolvers.Identity().Subject(e.ctx, i) }),
	"email":    nullableResolverField(func(e *jsonValue, i *db.Identity) (*string, error) { return e.resolvers.Identity().Email(e.ctx, i) }),
	"name":     nullableResolverField(func(e *jsonValue, i *db.Identity) (*string, error) { return e.resolvers.Identity().Name(e.ctx, i) }),
	"linkedAt": leafField(func(e *jsonValue, i *db.Identity) { e.time(i.LinkedAt) }),
}}

var tenantCardShape = shape[db.Tenant]{"TenantCard", map[string]field[db.Tenant]{
	"id":   leafField(func(e *jsonValue, t *db.Tenant) { e.string(t.Key) }),
	"name": leafField(func(e *jsonValue, t *db.Tenant) { e.string(t.DisplayName()) }),
}}
