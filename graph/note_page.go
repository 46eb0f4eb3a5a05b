package graph

import (
	"context"
	"strings"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

const defaultPage = 20

// Notes returns a page of the viewer's notes.
func (r queryResolver) Notes(ctx context.Context, first *int, after *string, filter *generated.NoteFilter, order *db.NoteOrder) (*page.Connection, error) {
	owner := session(ctx).Owner()
	q, err := notesQuery(first, filter, order)
	if err != nil {
		return nil, err
	}
	codec := r.cursors.codec(owner.CursorScope(), q)
	if q.After, err = codec.decode(after); err != nil {
		return nil, err
	}
	notes, next, err := r.db.Notes(ctx, owner, q)
	if err != nil {
		return nil, err
	}
	c := &page.Connection{Notes: notes, HasPrevious: q.After != nil, Cursor: func(n *db.Note) string {
		return codec.encode(q.Order.Position(n))
	}}
	if next != nil {
		c.Next = func() string { return codec.encode(*next) }
	}
	return c, nil
}

// notesQuery returns the query for the arguments of Query.notes, except its cursor. Null means the same as a missing argument.
func notesQuery(first *int, filter *generated.NoteFilter, order *db.NoteOrder) (db.NotesQuery, error) {
	q := db.NotesQuery{First: defaultPage, Order: db.UpdatedDesc}
	if first != nil {
		q.First = *first
	}
	if order != nil {
		// gqlgen matches the enum value of a variable without regard to case.
		if q.Order = *order; q.Order == "" {
			return q, &apiError{Code: BadUserInput, Field: "orderBy", Message: "This is not a value of NoteOrder."}
		}
	}
	if f := filter; f != nil {
		q.Search, q.Tag, q.Tenant = valueOrZero(f.Search), valueOrZero(f.Tag), valueOrZero(f.Tenant)
		q.Pinned, q.Trashed = f.Pinned, valueOrZero(f.Trashed)
		if strings.ContainsRune(q.Tenant, 0) { // PostgreSQL does not accept it
			return q, &apiError{Code: BadUserInput, Field: "tenant", Message: "This is not the key of a tenant."}
		}
	}
	return q, nil
}
