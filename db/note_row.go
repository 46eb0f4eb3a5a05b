package db

import (
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
