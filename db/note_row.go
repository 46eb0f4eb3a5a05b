package db

import (
	"cmp"
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/company-a/aside/db/seal"
)

// A noteRow reads rows of noteColumns one after the other with few allocations: most of the service's
// work is this.
type noteRow struct {
	owner Owner
	note  Note // the last row that was scanned

	// Both are the driver's memory, valid until the next row. Nothing keeps them.
	tenantKey, sealed, context pgtype.DriverBytes
	dest                       [9]any
	opener                     seal.Opener
}

// read reads the current row of rows into n.
func (r *noteRow) read(rows pgx.Rows, n *Note) error {
	if err := r.scan(rows); err != nil {
		return err
	}
	*n = r.note
	n.size = len(r.sealed)
	return r.openAll(n)
}

// openAll opens the last scanned row into n, which keeps it. The text of a note that only its author's devices can read contains its
// page. A page in such a row is left from a node of an earlier release, and must not be shown.
func (r *noteRow) openAll(n *Note) (err error) {
	if _, err = r.open(n, nil); err == nil && n.Sealed == "" {
		n.Context, err = r.owner.openContext(n.TenantKey, n.ID, r.context)
	}
	return err
}

// scan reads the current row of rows, but leaves its text sealed.
func (r *noteRow) scan(rows pgx.Rows) error {
	n := &r.note
	r.dest = [...]any{idTarget(&n.ID), &r.tenantKey, &n.Version, &n.Pinned, &r.sealed, &n.CreatedAt, &n.UpdatedAt, &n.TrashedAt, &r.context}
	if err := rows.Scan(r.dest[:]...); err != nil {
		return err
	}
	if n.TenantKey = r.owner.tenantKey; n.TenantKey != string(r.tenantKey) {
		n.TenantKey = string(r.tenantKey)
	}
	n.inUTC()
	return nil
}

// lacksText reports whether the row comes without its text, since it is beyond MaxPageText.
func (r *noteRow) lacksText() bool { return r.sealed == nil }

// open opens the text of the last scanned row into n. The text is in buffer, or in the larger buffer
// that open returns.
func (r *noteRow) open(n *Note, buffer []byte) ([]byte, error) {
	r.opener.Key = r.owner.key
	t, buffer, err := r.opener.OpenTextIn(buffer, seal.Place{User: r.owner.userID, Tenant: n.TenantKey, Note: n.ID, Version: n.Version}, r.sealed)
	if err != nil {
		return nil, err
	}
	n.Title, n.Body, n.Tags, n.Sealed = t.Title, t.Body, t.Tags, encodeSealed(t)
	return buffer, nil
}

// pgx encodes these types directly. It sends a uuid.UUID as text, which is slower.
func idArgument(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }
func idTarget(id *uuid.UUID) *[16]byte    { return (*[16]byte)(id) }

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

// seal seals the text of a note, bound to its owner, tenant, id and version.
func (o Owner) seal(n *Note) []byte {
	return o.key.SealText(seal.Place{User: o.userID, Tenant: n.TenantKey, Note: n.ID, Version: n.Version}, n.text())
}
