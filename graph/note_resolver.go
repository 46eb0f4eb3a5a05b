package graph

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
	"github.com/company-a/aside/graph/page"
)

// Note is the query note. It returns one of the viewer's notes, or null if there is none with this id.
func (r queryResolver) Note(ctx context.Context, id string) (*db.Note, error) {
	n, err := r.db.Note(ctx, session(ctx).Owner(), parseID(id))
	if db.IsCode(err, db.CodeNotFound) {
		return nil, nil
	}
	return n, err
}

// CreateNote is the mutation createNote. It creates a note at the widget's tenant.
func (r mutationResolver) CreateNote(ctx context.Context, in generated.CreateNoteInput) (*generated.NotePayload, error) {
	n, err := newNote(in)
	if err != nil {
		return nil, err
	}
	note, err := r.db.CreateNote(ctx, session(ctx).Owner(), n)
	if err != nil {
		return nil, err
	}
	return &generated.NotePayload{Note: note}, nil
}

// ImportNotes is the mutation importNotes. It creates notes at a tenant that the viewer allows.
func (r mutationResolver) ImportNotes(ctx context.Context, tenant string, in []*generated.CreateNoteInput) ([]*generated.NotePayload, error) {
	notes := make([]db.NewNote, len(in))
	for i, n := range in {
		var err error
		if notes[i], err = newNote(*n); err != nil {
			return nil, err
		}
	}
	made, err := r.db.ImportNotes(ctx, session(ctx).Owner(), tenant, notes)
	if err != nil {
		return nil, err
	}
	return mapList(made, func(n *db.Note) *generated.NotePayload { return &generated.NotePayload{Note: n} }), nil
}

// newNote returns the note of an input.
func newNote(in generated.CreateNoteInput) (db.NewNote, error) {
	n := db.NewNote{Title: in.Title, Body: in.Body, Tags: in.Tags, Context: in.Context, Sealed: valueOrZero(in.Sealed), Pinned: in.Pinned}
	if in.ID != nil {
		if n.ID = parseID(*in.ID); n.ID == uuid.Nil {
			return n, &apiError{Code: BadUserInput, Field: "id", Message: "A note's id must be a version 7 UUID."}
		}
	}
	return n, nil
}

// UpdateNote is the mutation updateNote. It changes a note if it still has the version that the change is based on.
func (r mutationResolver) UpdateNote(ctx context.Context, in generated.UpdateNoteInput) (*generated.NotePayload, error) {
	note, err := r.db.UpdateNote(ctx, session(ctx).Owner(), noteChange(in))
	if err != nil {
		return nil, err
	}
	return &generated.NotePayload{Note: note}, nil
}

// TrashNote is the mutation trashNote. It moves a note to the trash.
func (r mutationResolver) TrashNote(ctx context.Context, id string) (*generated.NotePayload, error) {
	note, err := r.db.TrashNote(ctx, session(ctx).Owner(), parseID(id))
	if err != nil {
		return nil, err
	}
	return &generated.NotePayload{Note: note}, nil
}

// RestoreNote is the mutation restoreNote. It moves a note out of the trash.
func (r mutationResolver) RestoreNote(ctx context.Context, id string) (*generated.NotePayload, error) {
	note, err := r.db.RestoreNote(ctx, session(ctx).Owner(), parseID(id))
	if err != nil {
		return nil, err
	}
	return &generated.NotePayload{Note: note}, nil
}

// DeleteNote is the mutation deleteNote. It deletes a note for good.
func (r mutationResolver) DeleteNote(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	n := parseID(id)
	if err := r.db.DeleteNote(ctx, session(ctx).Owner(), n); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: n.String()}, nil
}

// RestoreVersion is the mutation restoreVersion. It gives a note the text of an earlier version.
func (r mutationResolver) RestoreVersion(ctx context.Context, id string, version int) (*generated.NotePayload, error) {
	note, err := r.db.RestoreVersion(ctx, session(ctx).Owner(), parseID(id), version)
	if err != nil {
		return nil, err
	}
	return &generated.NotePayload{Note: note}, nil
}

// History is Note.history. It returns the earlier versions of a note. Null means the same as a missing argument.
func (r noteResolver) History(ctx context.Context, n *db.Note, first *int) ([]*db.NoteVersion, error) {
	limit := db.MaxVersions
	if first != nil {
		limit = *first
	}
	list, err := r.db.History(ctx, session(ctx).Owner(), n, limit)
	return mapList(list, func(v db.NoteVersion) *db.NoteVersion { return &v }), err
}

// Sealed is NoteVersion.sealed. It returns what a device has encrypted, or null.
func (r noteVersionResolver) Sealed(_ context.Context, v *db.NoteVersion) (*string, error) {
	return nullIfEmpty(v.Sealed), nil
}

// Tenant is Note.tenant. It returns the tenant at which a note was written.
func (r noteResolver) Tenant(ctx context.Context, n *db.Note) (*db.Tenant, error) {
	return r.tenants.get(ctx, n.TenantKey)
}

const defaultPage = 20

// Notes is the query notes. It returns a page of the viewer's notes.
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
		q.Search, q.Tag, q.Context, q.Tenant = valueOrZero(f.Search), valueOrZero(f.Tag), valueOrZero(f.Context), valueOrZero(f.Tenant)
		q.Pinned, q.Trashed = f.Pinned, valueOrZero(f.Trashed)
		if strings.ContainsRune(q.Tenant, 0) { // PostgreSQL does not accept it
			return q, &apiError{Code: BadUserInput, Field: "tenant", Message: "This is not the key of a tenant."}
		}
	}
	return q, nil
}

// noteChange returns the change that an input asks for. Without tags, it keeps them.
func noteChange(in generated.UpdateNoteInput) db.NoteChange {
	c := db.NoteChange{ID: parseID(in.ID), Version: in.Version, Title: in.Title, Body: in.Body, Context: in.Context, Sealed: in.Sealed, Pinned: in.Pinned}
	if in.Tags != nil {
		c.Tags = &in.Tags
	}
	return c
}
