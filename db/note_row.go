package db

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/company-a/aside/db/seal"
)

// A noteRow reads rows of noteColumns, one after the other, with as little fuss as it can: most
// of what the service does is this.
type noteRow struct {
	owner Owner

	// Both are the driver's own memory, good until it reads on: nothing of them is kept.
	tenantKey, sealed pgtype.DriverBytes
	dest              [8]any
	opener            seal.Opener
}

// read reads the row that rows stands at into n.
func (r *noteRow) read(rows pgx.Rows, n *Note) error {
	r.dest = [...]any{idTarget(&n.ID), &r.tenantKey, &n.Version, &n.Pinned, &r.sealed, &n.CreatedAt, &n.UpdatedAt, &n.TrashedAt}
	if err := rows.Scan(r.dest[:]...); err != nil {
		return err
	}
	if n.TenantKey = r.owner.tenantKey; n.TenantKey != string(r.tenantKey) {
		n.TenantKey = string(r.tenantKey)
	}
	r.opener.Key = r.owner.key
	t, err := r.opener.OpenText(seal.Place{User: r.owner.userID, Tenant: n.TenantKey, Note: n.ID, Version: n.Version}, r.sealed)
	if err != nil {
		return err
	}
	n.Title, n.Body, n.Tags = t.Title, t.Body, t.Tags
	n.CreatedAt, n.UpdatedAt = n.CreatedAt.UTC(), n.UpdatedAt.UTC()
	if n.TrashedAt != nil {
		*n.TrashedAt = n.TrashedAt.UTC()
	}
	return nil
}

// pgx takes a uuid.UUID the long way, as text; these it knows.
func idArgument(id uuid.UUID) pgtype.UUID { return pgtype.UUID{Bytes: id, Valid: true} }
func idTarget(id *uuid.UUID) *[16]byte    { return (*[16]byte)(id) }
