package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Note finds one of the viewer's notes, nil when there is none of that id.
func (r queryResolver) Note(ctx context.Context, id string) (*db.Note, error) {
	n, err := r.db.Note(ctx, session(ctx).Owner(), noteID(id))
	if db.IsCode(err, db.CodeNotFound) {
		return nil, nil
	}
	return n, err
}

// CreateNote makes a note at the widget's tenant.
func (r mutationResolver) CreateNote(ctx context.Context, in generated.CreateNoteInput) (*generated.NotePayload, error) {
	n := db.NewNote{Title: in.Title, Body: in.Body, Tags: in.Tags, Pinned: in.Pinned}
	if in.ID != nil {
		if n.ID = noteID(*in.ID); n.ID == uuid.Nil {
			return nil, &refusal{Code: BadUserInput, Field: "id", Message: "A note's id is a UUID of version 7."}
		}
	}
	return payload(r.db.CreateNote(ctx, session(ctx).Owner(), n))
}

// UpdateNote changes a note that still has the version the change was made to.
func (r mutationResolver) UpdateNote(ctx context.Context, in generated.UpdateNoteInput) (*generated.NotePayload, error) {
	c := db.NoteChange{ID: noteID(in.ID), Version: in.Version, Title: in.Title, Body: in.Body, Pinned: in.Pinned}
	if in.Tags != nil {
		c.Tags = &in.Tags
	}
	return payload(r.db.UpdateNote(ctx, session(ctx).Owner(), c))
}

// TrashNote puts a note into the trash.
func (r mutationResolver) TrashNote(ctx context.Context, id string) (*generated.NotePayload, error) {
	return payload(r.db.TrashNote(ctx, session(ctx).Owner(), noteID(id)))
}

// RestoreNote takes a note out of the trash.
func (r mutationResolver) RestoreNote(ctx context.Context, id string) (*generated.NotePayload, error) {
	return payload(r.db.RestoreNote(ctx, session(ctx).Owner(), noteID(id)))
}

// DeleteNote destroys a note's text.
func (r mutationResolver) DeleteNote(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	n := noteID(id)
	if err := r.db.DeleteNote(ctx, session(ctx).Owner(), n); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: n.String()}, nil
}

// Tenant is where a note was written.
func (r noteResolver) Tenant(ctx context.Context, n *db.Note) (*db.Tenant, error) {
	return r.tenants.get(ctx, n.TenantKey)
}

// Sealing is who could open a note's stored text: so far always the service.
func (r noteResolver) Sealing(context.Context, *db.Note) (generated.Sealing, error) {
	return generated.SealingServer, nil
}

func payload(n *db.Note, err error) (*generated.NotePayload, error) {
	if err != nil {
		return nil, err
	}
	return &generated.NotePayload{Note: n}, nil
}

// noteID reads an id as it is written in answers. Anything else becomes the id that no note
// has, so that garbage takes the same way as a missing and a foreign id.
func noteID(s string) uuid.UUID {
	id, err := uuid.Parse(s)
	if err != nil || len(s) != len(id.String()) {
		return uuid.Nil
	}
	return id
}
