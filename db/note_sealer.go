package db

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"github.com/company-a/aside/db/seal"
)

// A NoteSealer seals and opens the notes of one person. The queries of this package do so themselves;
// it is for programs that write or read a database directly, such as the benchmark.
type NoteSealer struct {
	user   uuid.UUID
	tenant string // the owner's, for notes without a tenant
	key    seal.Key
}

// NewNoteSealer makes a person's data key. It returns a sealer with the key, and the value of the
// column users.data_key: the key wrapped by the current master key.
func NewNoteSealer(ctx context.Context, keys *seal.Keyring, user uuid.UUID) (s NoteSealer, dataKey []byte, err error) {
	defer place(&err, "db.NewNoteSealer")
	key, dataKey, err := keys.NewDataKey(ctx, user)
	return NoteSealer{user: user, key: key}, dataKey, err
}

// SealName returns the value of the column users.sealed_name for a name of the person.
func (s NoteSealer) SealName(name string) []byte { return userName.Seal(s.key, "", s.user[:], name) }

// Sealer returns the sealer of o's person. It returns ErrNoOwner for the zero Owner.
func (o Owner) Sealer() (NoteSealer, error) {
	if err := o.valid(); err != nil {
		return NoteSealer{}, err
	}
	return NoteSealer{user: o.userID, tenant: o.tenantKey, key: o.key}, nil
}

// Seal returns the value of the column notes.sealed for n: its title, body and tags, bound to its
// tenant, id and version.
func (s NoteSealer) Seal(n *Note) []byte {
	return s.key.SealText(s.place(n), n.text())
}

// Open fills in the title, body and tags of n, which must have its tenant, id and version. It returns
// seal.ErrUnsealed if sealed was not made for these.
func (s NoteSealer) Open(n *Note, sealed []byte) error {
	t, err := s.key.OpenText(s.place(n), sealed)
	if err != nil {
		return err
	}
	n.Title, n.Body, n.Tags, n.Sealed = t.Title, t.Body, t.Tags, encodeSealed(t)
	return nil
}

func (s NoteSealer) place(n *Note) seal.Place {
	return seal.Place{User: s.user, Tenant: cmp.Or(n.TenantKey, s.tenant), Note: n.ID, Version: n.Version}
}
