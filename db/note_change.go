package db

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/db/seal"
)

// A NoteChange replaces the fields that are not nil, if the note's version is still Version. Context is only for a sealed note that
// gets all of its text in the clear again.
type NoteChange struct {
	ID      uuid.UUID
	Version int
	Title   *string
	Body    *string
	Tags    *[]string
	Context *NoteContext
	Sealed  *string // in base64url, in place of title, body, tags and context
	Pinned  *bool
}

const updateNote = `WITH changed AS (UPDATE notes SET version = version + 1, pinned = $5, sealed = $6, sealed_context = $8, context_hash = $9, updated_at = now()
		WHERE user_id = $1 AND tenant_key = $2 AND id = $3 AND version = $4 AND octet_length(sealed) = $7 AND deleted_at IS NULL
		RETURNING created_at, updated_at, trashed_at)
	SELECT 1 / count(*), min(created_at), min(updated_at), min(trashed_at) FROM changed`

// UpdateNote changes a note if its version is still c.Version. Otherwise it returns CodeConflict with
// the current note, so that neither text is lost. Without a difference, it returns the current note.
// If the last earlier version is old enough, the replaced text becomes one, too.
func (d *DB) UpdateNote(ctx context.Context, o Owner, c NoteChange) (_ *Note, err error) {
	defer place(&err, "db.UpdateNote")
	r := replacement{keep: keepIfDue}
	r.current, err = d.readNoteAfter(ctx, o, c.ID, func(b *pgx.Batch) { queueVersions(b, o, c.ID) }, func(results pgx.BatchResults) (err error) {
		r.versions, err = keptVersions(results)
		return err
	})
	if err != nil {
		return nil, err
	}
	if r.current.Version != c.Version {
		return nil, conflict(r.current)
	}
	if r.text, err = c.text(r.current, d.limits); err != nil {
		return nil, err
	}
	if r.context, err = c.context(r.current); err != nil {
		return nil, err
	}
	r.pinned = r.current.Pinned
	if c.Pinned != nil {
		r.pinned = *c.Pinned
	}
	if r.pinned == r.current.Pinned && r.text.Equal(r.current.text()) {
		return r.current, nil
	}
	return d.replace(ctx, o, r)
}

func conflict(current *Note) error {
	return &Error{Code: CodeConflict, Message: "This note was changed elsewhere. Compare the versions, then save again with the current version number.", Current: current}
}

// text returns the text of a note after a change of it.
func (c NoteChange) text(current *Note, l Limits) (seal.Text, error) {
	plain := c.Title != nil || c.Body != nil || c.Tags != nil || c.Context != nil
	switch {
	case c.Sealed != nil && plain:
		return seal.Text{}, errBothTexts
	case c.Sealed != nil:
		return l.checkSealed(*c.Sealed)
	case !plain:
		return current.text(), nil
	case current.Sealed != "" && (c.Title == nil || c.Body == nil || c.Tags == nil): // the service does not know the rest
		return seal.Text{}, errPlainText
	}
	t := seal.Text{Title: current.Title, Body: current.Body, Tags: current.Tags}
	if c.Title != nil {
		t.Title = *c.Title
	}
	if c.Body != nil {
		t.Body = *c.Body
	}
	if c.Tags != nil {
		t.Tags = *c.Tags
	}
	return l.check(t)
}

var errContextChange = invalid("context", "The page of a note stays as it is.")

// context returns the context of a note after a change of it.
func (c NoteChange) context(current *Note) (*NoteContext, error) {
	switch {
	case c.Sealed != nil: // it is inside
		return nil, nil
	case c.Context == nil:
		return current.Context, nil
	case current.Sealed == "":
		return nil, errContextChange
	}
	return c.Context.normal("") // a device has checked the origin, which is another one at another widget of the tenant
}

// A replacement changes the text of a note, or whether it is pinned. The replaced text may become an earlier version.
type replacement struct {
	current  *Note
	versions []keptVersion // earlier ones of the note, the newest first
	text     seal.Text
	context  *NoteContext
	pinned   bool
	keep     keeping
}

// keeping says whether a replaced text becomes an earlier version.
type keeping int

const (
	keepNever keeping = iota
	keepIfDue         // if isDue says so, and the owner has space for it
	keepAlways
)

// replace stores a replacement if the note still has the version of r.current. Otherwise it returns CodeConflict with the
// current note.
func (d *DB) replace(ctx context.Context, o Owner, r replacement) (*Note, error) {
	before, t := r.current, r.text
	written := !t.Equal(before.text())
	version := before.Version + 1
	sealed := o.key.SealText(seal.Place{User: o.userID, Tenant: before.TenantKey, Note: before.ID, Version: version}, t)
	n := &Note{ID: before.ID, TenantKey: before.TenantKey, Title: t.Title, Body: t.Body, Tags: t.Tags, Context: r.context, Sealed: encodeSealed(t), Pinned: r.pinned, Version: version, size: len(sealed)}
	stored := o.storeContext(n.TenantKey, n.ID, n.Context)
	changesForm := (t.Sealed == "") != (before.Sealed == "")
	keeps := written && !changesForm && (r.keep == keepAlways || r.keep == keepIfDue && isDue(before, t, r.versions, d.limits.VersionGap, time.Now()))
	for range maxAttempts {
		growth := n.size - before.size
		if keeps {
			growth += before.size
		}
		err := d.storeNote(ctx, o, n, func(b *pgx.Batch) {
			if written {
				b.Queue(growCounter, idArgument(o.userID), n.TenantKey, growth, d.limits.OwnerSize, statesThatTake(t))
			}
			b.Queue(updateNote, idArgument(o.userID), n.TenantKey, idArgument(n.ID), before.Version, r.pinned, sealed, before.size, stored.sealed, stored.hash)
			if keeps {
				b.Queue(insertVersion, idArgument(o.userID), n.TenantKey, idArgument(n.ID), before.Version, o.seal(before), before.UpdatedAt)
				if old := superseded(before, r.versions, d.limits.VersionGap, time.Now()); old != nil {
					b.Queue(deleteVersions, idArgument(o.userID), n.TenantKey, idArgument(n.ID), old)
				}
			}
			if changesForm {
				b.Queue(deleteVersionsOf, idArgument(o.userID), n.TenantKey, []string{n.ID.String()})
			}
		}, func(results pgx.BatchResults) error {
			if written {
				if _, err := results.Exec(); err != nil {
					return err
				}
			}
			return results.QueryRow().Scan(nil, &n.CreatedAt, &n.UpdatedAt, &n.TrashedAt)
		})
		if err == nil {
			d.announce(o, feed.Updated, n)
			return n, nil
		}
		if !isSQLState(err, divisionByZero) {
			return nil, err
		}
		err = d.reasonNotStored(ctx, o, r, written, growth)
		if errors.Is(err, errNoSpace) && keeps && r.keep == keepIfDue {
			keeps, err = false, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, ErrOutage
}

// reasonNotStored is called after a replacement was not stored. It returns an error with the reason, or nil if another attempt can
// succeed. If the owner's space is used up, it deletes earlier versions, and returns errNoSpace if there is none.
func (d *DB) reasonNotStored(ctx context.Context, o Owner, r replacement, written bool, growth int) error {
	current, err := d.readNote(ctx, o, r.current.ID, d.writeAsPerson)
	if err != nil {
		return err
	}
	if current.Version != r.current.Version {
		return conflict(current)
	}
	counter, err := d.counter(ctx, o, current.TenantKey)
	if err != nil || counter == nil {
		return err
	}
	if written {
		if err := counter.sealing.takes(r.text); err != nil {
			return err
		}
	}
	if growth <= 0 || counter.bytes+int64(growth) <= d.limits.OwnerSize {
		return nil
	}
	return d.deleteOldestVersions(ctx, o, current.TenantKey, counter.bytes+int64(growth)-d.limits.OwnerSize)
}

// deleteOldestVersions deletes the oldest earlier versions of all notes of an owner, until they free at least space bytes or none
// is left. It returns errNoSpace if it deleted none.
func (d *DB) deleteOldestVersions(ctx context.Context, o Owner, tenantKey string, space int64) error {
	deleted := false
	err := d.retry(ctx, func() error {
		results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) {
			b.Queue(`SELECT FROM note_counters WHERE user_id = $1 AND tenant_key = $2 FOR NO KEY UPDATE`, idArgument(o.userID), tenantKey)
			b.Queue(deleteOldVersions, idArgument(o.userID), tenantKey, max(space, d.limits.OwnerSize/32)) // more than is needed, for the next changes
		})
		if err != nil {
			return err
		}
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			return err
		}
		tag, err := results.Exec()
		deleted = tag.RowsAffected() > 0
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
		return err
	})
	if err == nil && !deleted {
		err = errNoSpace
	}
	return err
}
