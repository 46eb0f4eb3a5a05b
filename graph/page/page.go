// Package page is a page of notes in the API: a Relay connection, its edges and its page info. A cursor needs a MAC, so it
// is computed only when a field asks for it: the widget asks for one per page.
//
// It is not in package graph, because the generated code imports it and package graph imports the generated code.
package page

import "github.com/company-a/aside/db"

// A Connection is one page of notes.
type Connection struct {
	Notes       []*db.Note
	HasPrevious bool                  // the page was requested with a cursor
	Cursor      func(*db.Note) string // returns the cursor of a note; safe for concurrent use
	Next        func() string         // returns the cursor after which the next page begins; nil on the last page
}

// Edges returns the notes with their cursors.
func (c *Connection) Edges() []Edge {
	edges := make([]Edge, len(c.Notes))
	for i, n := range c.Notes {
		edges[i] = Edge{Node: n, page: c}
	}
	return edges
}

// PageInfo returns whether there are other pages, and their cursors.
func (c *Connection) PageInfo() Info {
	info := Info{HasNextPage: c.Next != nil, HasPreviousPage: c.HasPrevious}
	if len(c.Notes) > 0 {
		info.Start = func() string { return c.Cursor(c.Notes[0]) }
		info.End = func() string { return c.Cursor(c.Notes[len(c.Notes)-1]) }
	}
	if c.Next != nil {
		info.End = c.Next
	}
	return info
}

// An Edge is a note of a page, with its cursor.
type Edge struct {
	Node *db.Note
	page *Connection
}

// Cursor returns the cursor of the note.
func (e Edge) Cursor() string { return e.page.Cursor(e.Node) }

// An Info says whether there are other pages, and holds their cursors. It is used for pages of notes and of the audit log.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	Start, End      func() string // return the cursors of the start and end of the page; nil if it is empty
}

// StartCursor returns the cursor of the first element, or nil if the page is empty.
func (i Info) StartCursor() *string { return cursorOrNil(i.Start) }

// EndCursor returns the cursor of the end of the page, or nil if the page is empty and the last one.
func (i Info) EndCursor() *string { return cursorOrNil(i.End) }

func cursorOrNil(cursor func() string) *string {
	if cursor == nil {
		return nil
	}
	c := cursor()
	return &c
}
