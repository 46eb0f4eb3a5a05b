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

// markDeleted limits the rows of an owner's deleted notes. The newest limits.DeletedIDs rows stay. The id of the
// one before them becomes the owner's mark: every id up to it counts as taken, and Sweep removes the rows of
// deleted notes up to it.
const markDeleted = `UPDATE note_counters SET deleted_up_to = mark.id FROM (SELECT id FROM notes
		WHERE user_id = $1 AND tenant_key = $2 AND deleted_at IS NOT NULL ORDER BY id DESC OFFSET $3 LIMIT 1) mark
	WHERE user_id = $1 AND tenant_key = $2 AND (deleted_up_to IS NULL OR deleted_up_to < mark.id)`

// removal returns the statements that delete the note $3 of an owner with its earlier versions, and subtract their sizes from
// the counters. The sizes are read after the row is locked: then no node can change them.
func removal(o Owner) []string {
	note := `FROM notes WHERE ` + o.condition() + ` AND id = $3 AND deleted_at IS NULL`
	return []string{
		`SELECT 1 / count(*) FROM (SELECT 1 FROM note_counters c, (SELECT tenant_key ` + note + `) n
			WHERE c.user_id = $1 AND c.tenant_key = n.tenant_key FOR NO KEY UPDATE OF c) locked`,
		`WITH deleted AS (DELETE FROM note_versions WHERE ` + o.condition() + ` AND note_id = $3 RETURNING tenant_key, octet_length(sealed) AS size)
			UPDATE note_counters c SET bytes = c.bytes - v.size FROM (SELECT tenant_key, sum(size) AS size FROM deleted GROUP BY 1) v
			WHERE c.user_id = $1 AND c.tenant_key = v.tenant_key`,
		`UPDATE note_counters c SET notes = c.notes - 1, bytes = c.bytes - n.size FROM (SELECT tenant_key, octet_length(sealed) AS size ` + note + `) n
			WHERE c.user_id = $1 AND c.tenant_key = n.tenant_key`,
		`WITH deleted AS (UPDATE notes SET deleted_at = now(), sealed = NULL, sealed_context = NULL, context_hash = NULL, pinned = false
				WHERE ` + o.condition() + ` AND id = $3 AND deleted_at IS NULL RETURNING tenant_key)
			SELECT 1 / count(*), min(tenant_key) FROM deleted`,
	}
}

// DeleteNote destroys a note's text and its earlier versions. Its id stays taken.
func (d *DB) DeleteNote(ctx context.Context, o Owner, id uuid.UUID) (err error) {
	defer place(&err, "db.DeleteNote")
	n := &Note{ID: id}
	for range maxAttempts {
		err := d.storeNote(ctx, o, n, func(b *pgx.Batch) {
			for _, statement := range removal(o) {
				b.Queue(statement, idArgument(o.userID), o.tenantKey, idArgument(id))
			}
		}, func(results pgx.BatchResults) error {
			for range len(removal(o)) - 1 {
				if _, err := results.Exec(); err != nil {
					return err
				}
			}
			return results.QueryRow().Scan(nil, &n.TenantKey)
		})
		if err == nil {
			d.usage.countNotes(n.TenantKey, -1)
			d.announce(o, feed.Deleted, n)
			d.limitDeletedIDs(ctx, o, n.TenantKey)
			return nil
		}
		if !isSQLState(err, divisionByZero) {
			return err
		}
		// There is no such note, or its owner's notes were not counted yet.
		current, err := d.readNote(ctx, o, id, d.writeAsPerson)
		if err != nil {
			return err
		}
		if _, err := d.counter(ctx, o, current.TenantKey); err != nil {
			return err
		}
	}
	return ErrOutage
}

// limitDeletedIDs runs markDeleted after every markEvery deletions. It only logs a failure, because the
// note itself is deleted, and a later call will do the work.
func (d *DB) limitDeletedIDs(ctx context.Context, o Owner, tenantKey string) {
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
