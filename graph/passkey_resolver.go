package graph

import (
	"cmp"
	"context"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db"
	"github.com/company-a/aside/graph/generated"
)

// Passkeys is Viewer.passkeys. It returns the passkeys of the viewer's account.
func (r viewerResolver) Passkeys(ctx context.Context, s *db.Session) ([]*db.Passkey, error) {
	list, err := r.db.Passkeys(ctx, s.UserID)
	return mapList(list, func(p db.Passkey) *db.Passkey { return &p }), err
}

// OnlyOnePasskey is Viewer.onlyOnePasskey. It returns whether one passkey is the only way into the viewer's account.
func (r viewerResolver) OnlyOnePasskey(ctx context.Context, s *db.Session) (bool, error) {
	return r.db.OnlyOnePasskey(ctx, s.UserID)
}

// RenamePasskey is the mutation renamePasskey. It changes the name of a passkey.
func (r mutationResolver) RenamePasskey(ctx context.Context, id, name string) (*db.Passkey, error) {
	return r.db.RenamePasskey(ctx, session(ctx), parseID(id), name)
}

// DeletePasskey is the mutation deletePasskey. It deletes a passkey.
func (r mutationResolver) DeletePasskey(ctx context.Context, id string) (*generated.DeletedPayload, error) {
	key := parseID(id)
	if err := r.db.DeletePasskey(ctx, session(ctx), key); err != nil {
		return nil, err
	}
	return &generated.DeletedPayload{ID: key.String()}, nil
}

// Name is Passkey.name. It returns the name of the passkey. If the viewer has not named it, it returns that of its provider, or else
// of the device that created it, so that two passkeys are told apart.
func (r passkeyResolver) Name(_ context.Context, p *db.Passkey) (string, error) {
	return cmp.Or(p.Name, auth.PasskeyProvider(p.AAGUID), p.Device, "Passkey"), nil
}

// Provider is Passkey.provider. It returns the name of the password manager that holds the passkey, or null if it is
// unknown.
func (r passkeyResolver) Provider(_ context.Context, p *db.Passkey) (*string, error) {
	return nullIfEmpty(auth.PasskeyProvider(p.AAGUID)), nil
}

// Device is Passkey.device. It returns the browser and system that created the passkey, or null if they are unknown.
func (r passkeyResolver) Device(_ context.Context, p *db.Passkey) (*string, error) {
	return nullIfEmpty(p.Device), nil
}
