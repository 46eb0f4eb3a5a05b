package db

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/feed"
)

// markEvery is how many deletions on a node pass between two calls of markDeleted.
const markEvery = 100

// markDeleted limits the rows of an owner's deleted notes. The newest limits.DeletedIDs rows stay. The
// one before them becomes the mark: every id of the person up to the mark's id counts as taken (a
// trigger checks this for every node), and Sweep removes the owner's rows below it.
const markDeleted = `UPDATE notes SET pinned = true, updated_at = now()
	WHERE user_id = $1 AND tenant_key = $2 AND NOT pinned AND deleted_at IS NOT NULL AND id = (SELECT id FROM notes
		WHERE user_id = $1 AND tenant_key = $2 AND deleted_at IS NOT NULL ORDER BY id DESC OFFSET $3 LIMIT 1)`

// DeleteNote destroys a note's text. Its id stays taken.
func (d *DB) DeleteNote(ctx context.Context, o Owner, id uuid.UUID) (err error) {
	defer place(&err, "db.DeleteNote")
	n := &Note{ID: id}
	err = d.retry(ctx, func() error {
		results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) {
			b.Queue(`UPDATE notes SET deleted_at = now(), sealed = NULL, pinned = false
				WHERE user_id = $1 AND ($2 = '' OR tenant_key = $2) AND id = $3 AND deleted_at IS NULL RETURNING tenant_key`, o.userID, o.tenantKey, id)
		})
		if err != nil {
			return err
		}
		err = results.QueryRow().Scan(&n.TenantKey)
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
		return err
	})
	if !errors.Is(err, pgx.ErrNoRows) {
		if err == nil {
			d.usage.wrote(n.TenantKey, -1)
			d.announce(o, feed.Deleted, n)
			d.boundDeleted(ctx, o, n.TenantKey)
		}
		return err
	}
	if err := d.stillLive(ctx, o); err != nil {
		return err
	}
	return errNoNote
}

// boundDeleted runs markDeleted after every markEvery deletions. It only logs a failure, because the
// note itself is deleted, and a later call will do the work.
func (d *DB) boundDeleted(ctx context.Context, o Owner, tenantKey string) {
	if d.deletions.Add(1)%markEvery != 0 {
		return
	}
	results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) { b.Queue(markDeleted, o.userID, tenantKey, d.limits.DeletedIDs) })
	if err == nil {
		_, err = results.Exec()
		err = errors.Join(err, results.Close())
	}
	if err != nil && ctx.Err() == nil {
		d.log.WarnContext(ctx, "ids of deleted notes could not be bounded, and are kept", "error", err)
	}
}
