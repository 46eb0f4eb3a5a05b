package graph

import (
	"context"
	"strings"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

const defaultPage = 20

// Notes lists the viewer's notes, a page at a time.
func (r queryResolver) Notes(ctx context.Context, first *int, after *string, filter *generated.NoteFilter, order *db.NoteOrder) (*page.Connection, error) {
	owner := session(ctx).Owner()
	q, err := notesQuery(first, filter, order)
	if err != nil {
		return nil, err
	}
	mark := r.cursors.of(owner.CursorScope(), q)
	if q.After, err = mark.read(after); err != nil {
		return nil, err
	}
	notes, more, err := r.db.Notes(ctx, owner, q)
	if err != nil {
		return nil, err
	}
	return &page.Connection{Notes: notes, More: more, Continued: q.After != nil, Cursor: func(n *db.Note) string {
		return mark.write(q.Order.Position(n))
	}}, nil
}

// notesQuery reads the arguments of Query.notes but its cursor. Null means what left out does.
func notesQuery(first *int, filter *generated.NoteFilter, order *db.NoteOrder) (db.NotesQuery, error) {
	q := db.NotesQuery{First: defaultPage, Order: db.UpdatedDesc}
	if first != nil {
		q.First = *first
	}
	if order != nil {
		// A variable's enum value is matched without regard to case before it gets here.
		if q.Order = *order; q.Order == "" {
			return q, &refusal{Code: BadUserInput, Field: "orderBy", Message: "This is none of the values of NoteOrder."}
		}
	}
	if f := filter; f != nil {
		q.Search, q.Tag, q.Tenant = value(f.Search), value(f.Tag), value(f.Tenant)
		q.Pinned, q.Trashed = f.Pinned, value(f.Trashed)
		if strings.ContainsRune(q.Tenant, 0) { // a text that PostgreSQL does not take
			return q, &refusal{Code: BadUserInput, Field: "tenant", Message: "This is no tenant's key."}
		}
	}
	return q, nil
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
