package db

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// A NoteSealer seals and opens the notes of one person. The queries of this package do so by
// themselves; it is for programs that write or read a database directly, as the bench does.
type NoteSealer struct {
	user   uuid.UUID
	tenant string // of notes that name none: the owner's
	key    seal.Key
}

// NewNoteSealer makes a person's data key. It returns the sealer under it, and the key as the
// column users.data_key holds it: wrapped by the current master key.
func NewNoteSealer(ctx context.Context, keys *seal.Keyring, user uuid.UUID) (s NoteSealer, dataKey []byte, err error) {
	defer place(&err, "db.NewNoteSealer")
	key, dataKey, err := keys.NewDataKey(ctx, user)
	return NoteSealer{user: user, key: key}, dataKey, err
}

// SealName returns what the column users.sealed_name holds for a name of the person.
func (s NoteSealer) SealName(name string) []byte { return userName.Seal(s.key, "", s.user[:], name) }

// Sealer returns the sealer of o's person. It returns ErrNoOwner for the zero Owner.
func (o Owner) Sealer() (NoteSealer, error) {
	if err := o.valid(); err != nil {
		return NoteSealer{}, err
	}
	return NoteSealer{user: o.userID, tenant: o.tenantKey, key: o.key}, nil
}

// Seal returns what the column notes.sealed holds of n: its title, body and tags, for exactly
// its tenant, id and version.
func (s NoteSealer) Seal(n *Note) []byte {
	return s.key.SealText(s.place(n), n.text())
}

// Open fills in the title, body and tags of n, which must have its tenant, id and version. It returns
// seal.seal.ErrUnsealed for bytes that were not sealed for them.
func (s NoteSealer) Open(n *Note, sealed []byte) error {
	t, err := s.key.OpenText(s.place(n), sealed)
	if err != nil {
		return err
	}
	n.Title, n.Body, n.Tags = t.Title, t.Body, t.Tags
	return nil
}

func (s NoteSealer) place(n *Note) seal.Place {
	return seal.Place{User: s.user, Tenant: cmp.Or(n.TenantKey, s.tenant), Note: n.ID, Version: n.Version}
}
