package direct

import (
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/page"
)

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
