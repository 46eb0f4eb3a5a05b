package graph

import (
	"context"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Sealing is Viewer.sealing. It returns who can read the notes of the account. Which way they are converted is only for package db.
func (r viewerResolver) Sealing(_ context.Context, s *db.Session) (generated.AccountSealing, error) {
	switch s.Sealing {
	case db.SealingServer:
		return generated.AccountSealingServer, nil
	case db.SealingEndToEnd:
		return generated.AccountSealingEndToEnd, nil
	}
	return generated.AccountSealingConverting, nil
}

// KeyWraps is Viewer.keyWraps. It returns the content key of the viewer's account, wrapped for its passkeys.
func (r viewerResolver) KeyWraps(ctx context.Context, s *db.Session) ([]*db.KeyWrap, error) {
	list, err := r.db.KeyWraps(ctx, s.UserID)
	return mapList(list, func(w db.KeyWrap) *db.KeyWrap { return &w }), err
}

// SetSealing is the mutation setSealing. It turns end-to-end encryption on or off.
func (r mutationResolver) SetSealing(ctx context.Context, in generated.SetSealingInput) (*db.Session, error) {
	c := db.SealingChange{To: db.SealingServer, Generation: in.Generation}
	if in.To == generated.SealingEndToEnd {
		c.To = db.SealingEndToEnd
	}
	for _, w := range in.Wraps {
		c.Wraps = append(c.Wraps, db.PasskeyWrap{Passkey: parseID(w.Passkey), Wrap: w.Wrap})
	}
	return r.db.SetSealing(ctx, session(ctx), c)
}

// ConvertNotes is the mutation convertNotes. It stores notes in their other form.
func (r mutationResolver) ConvertNotes(ctx context.Context, in []*generated.UpdateNoteInput) ([]*generated.NotePayload, error) {
	changes := mapList(in, func(n *generated.UpdateNoteInput) db.NoteChange { return noteChange(*n) })
	notes, err := r.db.ConvertNotes(ctx, session(ctx).Owner(), changes)
	if err != nil {
		return nil, err
	}
	return mapList(notes, func(n *db.Note) *generated.NotePayload { return &generated.NotePayload{Note: n} }), nil
}

// ReplaceRecoveryCodes is the mutation replaceRecoveryCodes. It replaces the recovery codes with ten that the browser has made.
func (r mutationResolver) ReplaceRecoveryCodes(ctx context.Context, in []*generated.RecoveryCodeInput) (int, error) {
	codes := mapList(in, func(c *generated.RecoveryCodeInput) db.NewRecoveryCode {
		return db.NewRecoveryCode{Locator: c.Locator, Verifier: c.Verifier, Wrap: valueOrZero(c.Wrap)}
	})
	if err := r.db.ReplaceRecoveryCodes(ctx, session(ctx), codes); err != nil {
		return 0, err
	}
	return len(codes), nil
}

// Sealing is Note.sealing. It returns how the stored text is protected.
func (r noteResolver) Sealing(_ context.Context, n *db.Note) (generated.Sealing, error) {
	if n.Sealed != "" {
		return generated.SealingEndToEnd, nil
	}
	return generated.SealingServer, nil
}

// Sealed is Note.sealed. It returns what a device has encrypted, or null.
func (r noteResolver) Sealed(_ context.Context, n *db.Note) (*string, error) {
	return nullIfEmpty(n.Sealed), nil
}

// Passkey is KeyWrap.passkey. It returns the id of the passkey that the wrap is for.
func (r keyWrapResolver) Passkey(_ context.Context, w *db.KeyWrap) (*string, error) {
	return nullIfEmpty(w.Passkey.String()), nil
}
