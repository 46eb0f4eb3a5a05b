package db

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/db/seal"
)

// A Note is one person's private text at one tenant.
type Note struct {
	ID        uuid.UUID
	TenantKey string
	Title     string
	Body      string
	Tags      []string
	Pinned    bool
	Version   int // incremented by each change of title, body, tags or pinned
	CreatedAt time.Time
	UpdatedAt time.Time
	TrashedAt *time.Time
}

// A NewNote is a note for CreateNote to make.
type NewNote struct {
	ID     uuid.UUID // UUIDv7, from the client for a safe retry; uuid.Nil: CreateNote makes one
	Title  string
	Body   string
	Tags   []string
	Pinned bool
}

// A NoteChange replaces the fields that are not nil, if the note's version is still Version.
type NoteChange struct {
	ID      uuid.UUID
	Version int
	Title   *string
	Body    *string
	Tags    *[]string
	Pinned  *bool
}

var errNoNote = &Error{Code: CodeNotFound, Message: "There is no such note."}

var errNoSpace = &Error{Code: CodeInvalid, Field: "body", Message: "Your notes are out of space. Permanently delete some notes first."}

const noteColumns = `id, tenant_key, version, pinned, sealed, created_at, updated_at, trashed_at`

// The conditions for the notes of a widget session and of an account session, which sees the notes at all tenants. They
// have the same arguments. Each is a statement of its own: a condition with OR would be evaluated for each row.
const (
	ofWidget  = `user_id = $1 AND tenant_key = $2`
	ofAccount = `user_id = $1 AND $2 = ''`
)

func (o Owner) condition() string {
	if o.tenantKey == "" {
		return ofAccount
	}
	return ofWidget
}

const (
	selectNote        = `SELECT ` + noteColumns + ` FROM notes WHERE ` + ofWidget + ` AND id = $3 AND deleted_at IS NULL`
	selectAccountNote = `SELECT ` + noteColumns + ` FROM notes WHERE ` + ofAccount + ` AND id = $3 AND deleted_at IS NULL`
)

// Note returns one of o's notes. It returns CodeNotFound for a missing, deleted or foreign one.
func (d *DB) Note(ctx context.Context, o Owner, id uuid.UUID) (_ *Note, err error) {
	defer place(&err, "db.Note")
	statement := selectNote
	if o.tenantKey == "" {
		statement = selectAccountNote
	}
	return d.readNote(ctx, o, statement, idArgument(o.userID), o.tenantKey, idArgument(id))
}

// oneNote reads the single note from results, of one statement with noteColumns, and closes them. It
// returns CodeNotFound if there is none.
func (d *DB) oneNote(ctx context.Context, o Owner, results pgx.BatchResults) (*Note, error) {
	n, err := firstNote(results, o)
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		if err := d.requireLiveSession(ctx, o); err != nil {
			return nil, err
		}
		return nil, errNoNote
	case isSQLState(err, insufficientPrivilege), isSQLState(err, foreignKeyViolation):
		// Row-level security admits no row, or the account was deleted: the session has ended.
		return nil, ErrNoSession
	}
	return n, d.auditUnsealedNote(ctx, err, n)
}

func firstNote(results pgx.BatchResults, o Owner) (*Note, error) {
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		rows.Close() // an error shows only after this
		return nil, cmp.Or(rows.Err(), pgx.ErrNoRows)
	}
	n := &Note{}
	return n, (&noteRow{owner: o}).read(rows, n)
}

// readNote runs a statement that returns at most one note.
func (d *DB) readNote(ctx context.Context, o Owner, statement string, args ...any) (*Note, error) {
	var n *Note
	err := d.retry(ctx, func() error {
		results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) { b.Queue(statement, args...) })
		if err != nil {
			return err
		}
		n, err = d.oneNote(ctx, o, results)
		return err
	})
	return n, err
}

// changeNote runs a statement that changes and returns at most one note. It announces the change and
// returns the note.
func (d *DB) changeNote(ctx context.Context, o Owner, kind feed.Kind, statement string, args ...any) (*Note, error) {
	var n *Note
	err := d.retry(ctx, func() error {
		results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) { b.Queue(statement, args...) })
		if err != nil {
			return err
		}
		n, err = d.oneNote(ctx, o, results)
		return err
	})
	if err == nil {
		d.announce(o, kind, n)
	}
	return n, err
}

// usedSpace is how many notes and bytes an owner has. The query reads only the two indexes without
// deleted notes, however many those are.
const usedSpace = `(SELECT count(*) AS notes, coalesce(sum(octet_length(sealed)), 0) AS bytes FROM notes
			WHERE user_id = $1 AND tenant_key = $2 AND trashed_at IS NULL AND deleted_at IS NULL
		UNION ALL SELECT count(*), coalesce(sum(octet_length(sealed)), 0) FROM notes
			WHERE user_id = $1 AND tenant_key = $2 AND trashed_at IS NOT NULL AND deleted_at IS NULL) own`

// The statement itself checks the owner's limits.
const insertNote = `INSERT INTO notes (user_id, id, tenant_key, pinned, sealed)
	SELECT $1::uuid, $3::uuid, $2::text, $4::boolean, $5::bytea
	WHERE (SELECT sum(notes) < $6 AND sum(bytes) + octet_length($5::bytea) <= $7 FROM ` + usedSpace + `)
	ON CONFLICT (user_id, id) DO NOTHING
	RETURNING ` + noteColumns

// CreateNote makes a note for the owner of a widget session. A retry with the same id and content
// returns the existing note. It returns CodeConflict if the id belongs to a note with other content or
// to a deleted note. Ids are per owner: those of two people don't collide.
func (d *DB) CreateNote(ctx context.Context, o Owner, note NewNote) (_ *Note, err error) {
	defer place(&err, "db.CreateNote")
	if err := o.valid(); err != nil {
		return nil, err
	}
	if o.tenantKey == "" {
		return nil, &Error{Code: CodeForbidden, Message: "Notes can only be created in a tenant's widget."}
	}
	if note.ID == uuid.Nil {
		note.ID = newID()
	}
	if note.ID.Version() != 7 || note.ID.Variant() != uuid.RFC4122 {
		return nil, invalid("id", "A note's id must be a version 7 UUID.")
	}
	t, err := d.limits.check(seal.Text{Title: note.Title, Body: note.Body, Tags: note.Tags})
	if err != nil {
		return nil, err
	}
	sealed := o.key.SealText(seal.Place{User: o.userID, Tenant: o.tenantKey, Note: note.ID, Version: 1}, t)
	n, err := d.changeNote(ctx, o, feed.Created, insertNote, idArgument(o.userID), o.tenantKey, idArgument(note.ID), note.Pinned, sealed, d.limits.Notes, d.limits.OwnerSize)
	if err == nil {
		d.usage.countNotes(n.TenantKey, 1)
	}
	if !IsCode(err, CodeNotFound) {
		return n, err
	}
	// Nothing inserted: the id is taken, or the owner's space is used up.
	existing, err := d.Note(ctx, o, note.ID)
	switch {
	case err == nil && existing.Pinned == note.Pinned && existing.text().Equal(t):
		return existing, nil
	case err == nil:
		return nil, &Error{Code: CodeConflict, Message: "Another note already has this id.", Current: existing}
	case !IsCode(err, CodeNotFound):
		return nil, err
	}
	return nil, d.createRefusal(ctx, o, len(sealed))
}

// createRefusal returns the reason that CreateNote inserted nothing: the owner's space is used up, or
// a deleted note or the person's note at another tenant has the id.
func (d *DB) createRefusal(ctx context.Context, o Owner, size int) error {
	results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) {
		b.Queue(`SELECT sum(notes) < $3 AND sum(bytes) + $5 <= $4 FROM `+usedSpace,
			o.userID, o.tenantKey, d.limits.Notes, d.limits.OwnerSize, size)
	})
	if err != nil {
		return err
	}
	var space bool
	err = results.QueryRow().Scan(&space)
	if err = errors.Join(err, results.Close()); err != nil {
		return err
	}
	if space {
		return &Error{Code: CodeConflict, Message: "This id is already taken. Choose another."}
	}
	return errNoSpace
}

// A note that grows must still fit into the owner's space.
const updateNote = `UPDATE notes SET version = version + 1, pinned = $5, sealed = $6::bytea, updated_at = now()
	WHERE user_id = $1 AND tenant_key = $2 AND id = $3 AND version = $4 AND deleted_at IS NULL
	AND (octet_length($6::bytea) <= octet_length(sealed)
		OR (SELECT sum(bytes) FROM ` + usedSpace + `) - octet_length(sealed) + octet_length($6::bytea) <= $7)
	RETURNING ` + noteColumns

// UpdateNote changes a note if its version is still c.Version. Otherwise it returns CodeConflict with
// the current note, so that neither text is lost. Without a difference, it returns the current note.
func (d *DB) UpdateNote(ctx context.Context, o Owner, c NoteChange) (_ *Note, err error) {
	defer place(&err, "db.UpdateNote")
	current, err := d.Note(ctx, o, c.ID)
	if err != nil {
		return nil, err
	}
	if current.Version != c.Version {
		return nil, conflict(current)
	}
	t, pinned := current.text(), current.Pinned
	if c.Title != nil {
		t.Title = *c.Title
	}
	if c.Body != nil {
		t.Body = *c.Body
	}
	if c.Tags != nil {
		t.Tags = *c.Tags
	}
	if c.Pinned != nil {
		pinned = *c.Pinned
	}
	if t, err = d.limits.check(t); err != nil {
		return nil, err
	}
	if pinned == current.Pinned && t.Equal(current.text()) {
		return current, nil
	}
	sealed := o.key.SealText(seal.Place{User: o.userID, Tenant: current.TenantKey, Note: c.ID, Version: c.Version + 1}, t)
	n, err := d.changeNote(ctx, o, feed.Updated, updateNote, idArgument(o.userID), current.TenantKey, idArgument(c.ID), c.Version, pinned, sealed, d.limits.OwnerSize)
	if !IsCode(err, CodeNotFound) {
		return n, err
	}
	// Nothing updated: another change came first, or the owner's space is used up.
	if current, err = d.Note(ctx, o, c.ID); err != nil {
		return nil, err
	}
	if current.Version == c.Version {
		return nil, errNoSpace
	}
	return nil, conflict(current)
}

func conflict(current *Note) error {
	return &Error{Code: CodeConflict, Message: "This note was changed elsewhere. Compare the versions, then save again with the current version number.", Current: current}
}

// TrashNote moves a note to the trash. A note that is there stays there.
func (d *DB) TrashNote(ctx context.Context, o Owner, id uuid.UUID) (_ *Note, err error) {
	defer place(&err, "db.TrashNote")
	return d.changeNote(ctx, o, feed.Trashed, `UPDATE notes SET trashed_at = coalesce(trashed_at, now())
		WHERE `+o.condition()+` AND id = $3 AND deleted_at IS NULL
		RETURNING `+noteColumns, o.userID, o.tenantKey, id)
}

// RestoreNote takes a note out of the trash. A note that is not there stays where it is.
func (d *DB) RestoreNote(ctx context.Context, o Owner, id uuid.UUID) (_ *Note, err error) {
	defer place(&err, "db.RestoreNote")
	return d.changeNote(ctx, o, feed.Restored, `UPDATE notes SET trashed_at = NULL
		WHERE `+o.condition()+` AND id = $3 AND deleted_at IS NULL
		RETURNING `+noteColumns, o.userID, o.tenantKey, id)
}

func (n *Note) text() seal.Text { return seal.Text{Title: n.Title, Body: n.Body, Tags: n.Tags} }

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
				WHERE `+o.condition()+` AND id = $3 AND deleted_at IS NULL RETURNING tenant_key`, o.userID, o.tenantKey, id)
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
			d.usage.countNotes(n.TenantKey, -1)
			d.announce(o, feed.Deleted, n)
			d.limitDeletedIDs(ctx, o, n.TenantKey)
		}
		return err
	}
	if err := d.requireLiveSession(ctx, o); err != nil {
		return err
	}
	return errNoNote
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
