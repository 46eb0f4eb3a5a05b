// Package page is a page of notes as the API shows it: a Relay connection, its edges and its
// page info. Making a cursor takes a MAC, so one is made when it is asked for and not before:
// the widget asks for one a page.
//
// It is apart from package graph because the generated code imports it and graph imports the
// generated code.
package page

import "github.com/company-a/aside/db"

// A Connection is one page of notes.
type Connection struct {
	Notes     []*db.Note
	More      bool                  // notes follow
	Continued bool                  // it was asked for with the cursor of a note before it
	Cursor    func(*db.Note) string // marks a note's place in the list; safe for concurrent use
}

// Edges gives the notes in their places.
func (c *Connection) Edges() []Edge {
	edges := make([]Edge, len(c.Notes))
	for i, n := range c.Notes {
		edges[i] = Edge{Node: n, page: c}
	}
	return edges
}

// PageInfo says where the page stands among its neighbours.
func (c *Connection) PageInfo() Info {
	info := Info{HasNextPage: c.More, HasPreviousPage: c.Continued}
	if len(c.Notes) > 0 {
		info.Start = func() string { return c.Cursor(c.Notes[0]) }
		info.End = func() string { return c.Cursor(c.Notes[len(c.Notes)-1]) }
	}
	return info
}

// An Edge is a note in its place on a page.
type Edge struct {
	Node *db.Note
	page *Connection
}

// Cursor marks the place.
func (e Edge) Cursor() string { return e.page.Cursor(e.Node) }

// An Info says where a page, of whatever it may be, stands among its neighbours.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	Start, End      func() string // make the cursors of the first and last on it; nil when it is empty
}

// StartCursor is the cursor of the first on the page, nil when it is empty.
func (i Info) StartCursor() *string { return made(i.Start) }

// EndCursor is the cursor of the last on the page, nil when it is empty.
func (i Info) EndCursor() *string { return made(i.End) }

func made(cursor func() string) *string {
	if cursor == nil {
		return nil
	}
	c := cursor()
	return &c
}
