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
	Context   *NoteContext // the page on which it was written; nil: none is known, or it is inside Sealed
	Sealed    string       // base64url of what only its author's devices can open; then Title, Body and Tags are empty. "": the service can read the note
	Version   int          // incremented by each change of title, body, tags, sealed or pinned
	CreatedAt time.Time
	UpdatedAt time.Time
	TrashedAt *time.Time

	size int // bytes as stored
}

// A NewNote is a note for CreateNote to make.
type NewNote struct {
	ID      uuid.UUID // UUIDv7, from the client for a safe retry; uuid.Nil: CreateNote makes one
	Title   string
	Body    string
	Tags    []string
	Context *NoteContext
	Sealed  string // in base64url, in place of title, body, tags and context
	Pinned  bool
}

var errIDTaken = &Error{Code: CodeConflict, Message: "This id is already taken. Choose another."}

var errNoNote = &Error{Code: CodeNotFound, Message: "There is no such note."}

var errNoSpace = &Error{Code: CodeInvalid, Field: "body", Reason: "out_of_space", Message: "Your notes are out of space. Permanently delete some notes first."}

const noteColumns = `id, tenant_key, version, pinned, sealed, created_at, updated_at, trashed_at, sealed_context`

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
	return d.readNote(ctx, o, id, d.readAsPerson)
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

// readNoteAfter is Note after another statement in the same transaction: queue adds the statement, and read reads its result.
func (d *DB) readNoteAfter(ctx context.Context, o Owner, id uuid.UUID, queue func(*pgx.Batch), read func(pgx.BatchResults) error) (n *Note, err error) {
	err = d.retry(ctx, func() error {
		results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) {
			queue(b)
			queueNote(b, o, id)
		})
		if err != nil {
			return err
		}
		if err := read(results); err != nil {
			_ = results.Close()
			return err
		}
		n, err = d.oneNote(ctx, o, results)
		return err
	})
	return n, err
}

func queueNote(b *pgx.Batch, o Owner, id uuid.UUID) {
	statement := selectNote
	if o.tenantKey == "" {
		statement = selectAccountNote
	}
	b.Queue(statement, idArgument(o.userID), o.tenantKey, idArgument(id))
}

// readNote is Note. send is readAsPerson, or writeAsPerson to spend o's proof too.
func (d *DB) readNote(ctx context.Context, o Owner, id uuid.UUID, send func(context.Context, Owner, func(*pgx.Batch)) (pgx.BatchResults, error)) (*Note, error) {
	var n *Note
	err := d.retry(ctx, func() error {
		results, err := send(ctx, o, func(b *pgx.Batch) { queueNote(b, o, id) })
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

const insertNote = `INSERT INTO notes (user_id, id, tenant_key, pinned, sealed, sealed_context, context_hash) VALUES ($1, $3, $2, $4, $5, $6, $7) RETURNING created_at, updated_at`

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
	return d.createNote(ctx, o, o.tenantKey, note)
}

// createNote makes a note for an owner at a tenant: its own, if it has one.
func (d *DB) createNote(ctx context.Context, o Owner, tenantKey string, note NewNote) (_ *Note, err error) {
	if note.ID == uuid.Nil {
		note.ID = newID()
	}
	if note.ID.Version() != 7 || note.ID.Variant() != uuid.RFC4122 {
		return nil, invalid("id", "A note's id must be a version 7 UUID.")
	}
	t := seal.Text{Title: note.Title, Body: note.Body, Tags: note.Tags}
	if note.Sealed != "" {
		if note.Title != "" || note.Body != "" || len(note.Tags) > 0 || note.Context != nil {
			return nil, errBothTexts
		}
		t, err = d.limits.checkSealed(note.Sealed)
	} else if t, err = d.limits.check(t); err == nil {
		note.Context, err = note.Context.normal(o.embedOrigin)
	}
	if err != nil {
		return nil, err
	}
	sealed := o.key.SealText(seal.Place{User: o.userID, Tenant: tenantKey, Note: note.ID, Version: 1}, t)
	n := &Note{ID: note.ID, TenantKey: tenantKey, Title: t.Title, Body: t.Body, Tags: t.Tags, Context: note.Context, Sealed: encodeSealed(t), Pinned: note.Pinned, Version: 1, size: len(sealed)}
	stored := o.storeContext(n.TenantKey, n.ID, n.Context)
	for range maxAttempts {
		err := d.storeNote(ctx, o, n, func(b *pgx.Batch) {
			b.Queue(insertNote, idArgument(o.userID), tenantKey, idArgument(n.ID), n.Pinned, sealed, stored.sealed, stored.hash)
			b.Queue(addToCounter, idArgument(o.userID), tenantKey, len(sealed), d.limits.Notes, d.limits.OwnerSize, idArgument(n.ID), statesThatTake(t))
		}, func(results pgx.BatchResults) error {
			if err := results.QueryRow().Scan(&n.CreatedAt, &n.UpdatedAt); err != nil {
				return err
			}
			_, err := results.Exec()
			return err
		})
		switch {
		case err == nil:
			d.usage.countNotes(n.TenantKey, 1)
			d.announce(o, feed.Created, n)
			return n, nil
		case isSQLState(err, uniqueViolation):
			return d.existingNote(ctx, o, n)
		case !isSQLState(err, divisionByZero):
			return nil, err
		}
		c, err := d.counter(ctx, o, tenantKey)
		if err == nil && c != nil {
			if err = c.sealing.takes(t); err == nil {
				err = c.allows(n.ID, n.size, d.limits)
			}
			if errors.Is(err, errNoSpace) && c.notes < int64(d.limits.Notes) {
				err = d.deleteOldestVersions(ctx, o, tenantKey, c.bytes+int64(n.size)-d.limits.OwnerSize)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, ErrOutage
}

// existingNote returns the note that has the id of n, if n is a retry of it.
func (d *DB) existingNote(ctx context.Context, o Owner, n *Note) (*Note, error) {
	existing, err := d.readNote(ctx, o, n.ID, d.writeAsPerson)
	switch {
	case IsCode(err, CodeNotFound): // a deleted note has it, or the person's note at another tenant
		return nil, errIDTaken
	case err != nil:
		return nil, err
	case existing.TenantKey != n.TenantKey:
		return nil, errIDTaken
	case existing.Pinned != n.Pinned || !sameContext(existing.Context, n.Context) || !existing.text().Equal(n.text()):
		return nil, &Error{Code: CodeConflict, Message: "Another note already has this id.", Current: existing}
	}
	return existing, nil
}

// storeNote sends the statements that queue adds and that store n. scan reads their results into n. It returns
// ErrNoSession if the session has ended.
func (d *DB) storeNote(ctx context.Context, o Owner, n *Note, queue func(*pgx.Batch), scan func(pgx.BatchResults) error) error {
	return d.retry(ctx, func() error {
		results, err := d.writeAsPerson(ctx, o, queue)
		if err != nil {
			return err
		}
		err = scan(results)
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
		if isSQLState(err, insufficientPrivilege) || isSQLState(err, foreignKeyViolation) {
			return ErrNoSession
		}
		n.inUTC()
		return err
	})
}

// TrashNote moves a note to the trash. A note that is there stays there.
func (d *DB) TrashNote(ctx context.Context, o Owner, id uuid.UUID) (_ *Note, err error) {
	defer place(&err, "db.TrashNote")
	return d.changeNote(ctx, o, feed.Trashed, `UPDATE notes SET trashed_at = least(trashed_at, now())
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

func (n *Note) inUTC() {
	n.CreatedAt, n.UpdatedAt = n.CreatedAt.UTC(), n.UpdatedAt.UTC()
	if n.TrashedAt != nil {
		*n.TrashedAt = n.TrashedAt.UTC()
	}
}

func (n *Note) text() seal.Text {
	if n.Sealed != "" {
		sealed, _ := sealedEncoding.DecodeString(n.Sealed) // encodeSealed wrote it
		return seal.Text{Tags: []string{}, Sealed: string(sealed)}
	}
	return seal.Text{Title: n.Title, Body: n.Body, Tags: n.Tags}
}
