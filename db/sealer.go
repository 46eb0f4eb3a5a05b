package db

import (
	"cmp"
	"context"
	"crypto/cipher"

	"github.com/google/uuid"
)

// A Sealer seals and opens the notes of one person. The queries of this package do so by
// themselves; it is for what fills or reads a database beside them, as the bench does.
type Sealer struct {
	user   uuid.UUID
	tenant string // of notes that name none: the owner's
	aead   cipher.AEAD
}

// NewSealer makes a person's data key. It gives the sealer under it, and the key as the
// column users.data_key holds it: wrapped by the current master key.
func (k *Keyring) NewSealer(ctx context.Context, user uuid.UUID) (s Sealer, dataKey []byte, err error) {
	aead, dataKey, err := k.newDataKey(ctx, user)
	return Sealer{user: user, aead: aead}, dataKey, err
}

// SealName gives what the column users.sealed_name holds of a name that the person goes by.
func (s Sealer) SealName(name string) []byte { return userName.seal(s.aead, "", s.user[:], name) }

// Sealer gives the sealer of o's person. It returns ErrNoOwner for the zero Owner.
func (o Owner) Sealer() (Sealer, error) {
	if err := o.valid(); err != nil {
		return Sealer{}, err
	}
	return Sealer{user: o.userID, tenant: o.tenantKey, aead: o.aead}, nil
}

// Seal gives what the column notes.sealed holds of n: its title, body and tags, for exactly
// its tenant, id and version.
func (s Sealer) Seal(n *Note) []byte {
	return sealText(s.aead, s.place(n), n.text())
}

// Open fills in the title, body and tags of n, whose tenant, id and version are known. It returns
// ErrUnsealed for what was not sealed for them.
func (s Sealer) Open(n *Note, sealed []byte) error {
	t, err := openText(s.aead, s.place(n), sealed)
	if err != nil {
		return err
	}
	n.Title, n.Body, n.Tags = t.Title, t.Body, t.Tags
	return nil
}

func (s Sealer) place(n *Note) place {
	return place{s.user, cmp.Or(n.TenantKey, s.tenant), n.ID, n.Version}
}
