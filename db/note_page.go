package db

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A NoteOrder is the order of a list of notes.
type NoteOrder string

// The orders of notes. The newest come first in each.
const (
	UpdatedDesc NoteOrder = "UPDATED_DESC"
	CreatedDesc NoteOrder = "CREATED_DESC"
	PinnedFirst NoteOrder = "PINNED_FIRST" // then by update
)

// MaxPage is the largest number of notes that one page holds.
const MaxPage = 100

// A Position is where a note stands in an order: what a page cursor carries.
type Position struct {
	Pinned bool
	At     time.Time
	ID     uuid.UUID
}

// Position is where n stands in order.
func (o NoteOrder) Position(n *Note) Position {
	p := Position{At: n.UpdatedAt, ID: n.ID}
	switch o {
	case CreatedDesc:
		p.At = n.CreatedAt
	case PinnedFirst:
		p.Pinned = n.Pinned
	}
	return p
}

// A NotesQuery asks for one page of an owner's notes.
type NotesQuery struct {
	First   int       // 1 to MaxPage
	After   *Position // of the last note of the page before; nil: the first page
	Order   NoteOrder
	Search  string // in title, body and tags, whatever the case; "": all
	Tag     string // "": all
	Pinned  *bool  // nil: all
	Trashed bool   // those in the trash instead of those that are not
	Tenant  string // for an account session: those of this tenant; "": all
}

// The statements of the lists that people open all day are prepared.
var (
	selectNotesFirst       = notesStatement(false, NotesQuery{Order: UpdatedDesc})
	selectNotesAfter       = notesStatement(false, NotesQuery{Order: UpdatedDesc, After: &Position{}})
	selectNotesPinned      = notesStatement(false, NotesQuery{Order: PinnedFirst})
	selectNotesPinnedAfter = notesStatement(false, NotesQuery{Order: PinnedFirst, After: &Position{}})
)

// notesStatement is the SQL of a query's page, made of constants alone. Its arguments are
// the user, the tenant, the limit, and the position's time, id and pinned.
func notesStatement(allTenants bool, q NotesQuery) string {
	var b strings.Builder
	b.WriteString(`SELECT ` + noteColumns + ` FROM notes WHERE user_id = $1 AND `)
	if allTenants {
		b.WriteString(`$2 = ''`) // has a use, and so a type
	} else {
		b.WriteString(`tenant_key = $2`)
	}
	if q.Trashed {
		b.WriteString(` AND trashed_at IS NOT NULL AND deleted_at IS NULL`)
	} else {
		b.WriteString(` AND trashed_at IS NULL AND deleted_at IS NULL`)
	}
	if q.Pinned != nil && *q.Pinned {
		b.WriteString(` AND pinned`)
	} else if q.Pinned != nil {
		b.WriteString(` AND NOT pinned`)
	}
	after, order := ` AND (updated_at, id) < ($4, $5)`, `updated_at DESC, id DESC`
	switch q.Order {
	case CreatedDesc:
		after, order = ` AND (created_at, id) < ($4, $5)`, `created_at DESC, id DESC`
	case PinnedFirst:
		after, order = ` AND (pinned, updated_at, id) < ($6, $4, $5)`, `pinned DESC, updated_at DESC, id DESC`
	}
	if q.After != nil {
		b.WriteString(after)
	}
	b.WriteString(` ORDER BY ` + order + ` LIMIT $3`)
	return b.String()
}

// Notes gives one page of o's notes and whether more follow. It returns CodeInvalid, field
// "first", for a page that is empty or too large.
func (d *DB) Notes(ctx context.Context, o Owner, q NotesQuery) (page []*Note, more bool, err error) {
	if err := o.valid(); err != nil {
		return nil, false, err
	}
	if q.First < 1 || q.First > MaxPage {
		return nil, false, invalid("first", "A page can have 1 to %d notes.", MaxPage)
	}
	if q.Tenant != "" && (!tenantKeyForm.MatchString(q.Tenant) || (o.tenantKey != "" && q.Tenant != o.tenantKey)) {
		return nil, false, nil // nothing of o's can be there
	}
	match := q.matcher()
	if match == nil {
		page, err = d.notes(ctx, o, q, q.First+1)
	} else {
		page, err = d.searchNotes(ctx, o, q, match)
	}
	if err != nil {
		return nil, false, err
	}
	if len(page) == 0 {
		return nil, false, d.stillLive(ctx, o)
	}
	if len(page) > q.First {
		return page[:q.First], true, nil
	}
	return page, false, nil
}

// notes reads up to limit notes of a query, whatever their text.
func (d *DB) notes(ctx context.Context, o Owner, q NotesQuery, limit int) ([]*Note, error) {
	args := []any{idArgument(o.userID), o.tenantKey, limit}
	if o.tenantKey == "" {
		args[1] = q.Tenant
	}
	if q.After != nil {
		args = append(args, q.After.At, idArgument(q.After.ID))
		if q.Order == PinnedFirst {
			args = append(args, q.After.Pinned)
		}
	}
	statement := notesStatement(args[1] == "", q)
	results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) { b.Queue(statement, args...) })
	if err != nil {
		return nil, err
	}
	defer func() { _ = results.Close() }()
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	notes := make([]*Note, 0, limit)
	block := make([]Note, limit) // one allocation for all of them
	row := &noteRow{owner: o}
	for rows.Next() {
		n := &block[len(notes)]
		if err := row.read(rows, n); err != nil {
			return nil, d.auditUnsealedNote(ctx, err, n)
		}
		notes = append(notes, n)
	}
	return notes, rows.Err()
}

// Notes are sealed, so a search opens them: this many at a time, all of an owner's at most.
const searchChunk = 250

// A search costs what it opens: a node runs so many at once, and who cannot begin soon is asked
// to come back (CodeBusy).
func (d *DB) searchNotes(ctx context.Context, o Owner, q NotesQuery, match func(*Note) bool) ([]*Note, error) {
	if err := d.searches.enter(ctx); err != nil {
		return nil, err
	}
	defer d.searches.leave()
	var found []*Note
	for {
		chunk, err := d.notes(ctx, o, q, searchChunk)
		if err != nil {
			return nil, err
		}
		for _, n := range chunk {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if match(n) {
				if found = append(found, n); len(found) > q.First {
					return found, nil
				}
			}
		}
		if len(chunk) < searchChunk {
			return found, nil
		}
		last := q.Order.Position(chunk[len(chunk)-1])
		q.After = &last
	}
}

// matcher gives the filter on what is sealed, nil when there is none.
func (q NotesQuery) matcher() func(*Note) bool {
	search := newSearch(q.Search)
	if search == nil && q.Tag == "" {
		return nil
	}
	return func(n *Note) bool {
		if q.Tag != "" && !slices.Contains(n.Tags, q.Tag) {
			return false
		}
		return search == nil || search.finds(n.Title) || search.finds(n.Body) || slices.ContainsFunc(n.Tags, search.finds)
	}
}
