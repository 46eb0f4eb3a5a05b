package graph

import (
	"cmp"
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Passkeys are what opens the viewer's account.
func (r viewerResolver) Passkeys(ctx context.Context, s *db.Session) ([]*db.Passkey, error) {
	list, err := r.db.Passkeys(ctx, s.UserID)
	return pointers(list), err
}

// RenamePasskey changes what the viewer calls a passkey.
func (r mutationResolver) RenamePasskey(ctx context.Context, id, name string) (*db.Passkey, error) {
	return r.db.RenamePasskey(ctx, session(ctx), noteID(id), name)
}

// DeletePasskey removes a passkey.
func (r mutationResolver) DeletePasskey(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	key := noteID(id)
	if err := r.db.DeletePasskey(ctx, session(ctx), key); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: key.String()}, nil
}

// Name is what the viewer calls the passkey.
func (r passkeyResolver) Name(_ context.Context, p *db.Passkey) (string, error) {
	return cmp.Or(p.Name, auth.PasskeyProvider(p.AAGUID), "Passkey"), nil
}

// Provider is where the passkey seems to be kept.
func (r passkeyResolver) Provider(_ context.Context, p *db.Passkey) (*string, error) {
	return orNull(auth.PasskeyProvider(p.AAGUID)), nil
}

// pointers gives the elements of a list as the generated code wants them.
func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
