package db

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// A NoteOrder is the order of a list of notes.
type NoteOrder string

// The orders of notes. Each lists the newest first.
const (
	UpdatedDesc NoteOrder = "UPDATED_DESC"
	CreatedDesc NoteOrder = "CREATED_DESC"
	PinnedFirst NoteOrder = "PINNED_FIRST" // then by update
)

// MaxPage is the largest number of notes on a page.
const MaxPage = 100

// MaxPageText is how many bytes of sealed text a page may hold before its last note, so a page of long
// notes has fewer notes.
const MaxPageText = 512 << 10

// A Position is the place of a note in an order. A page cursor carries one.
type Position struct {
	Pinned bool
	At     time.Time
	ID     uuid.UUID
}

// Position returns the position of n in the order.
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
	After   *Position // where the previous page ended; nil: the first page
	Order   NoteOrder
	Search  string // text in the title, body or tags, case-insensitive; "": all notes
	Tag     string // "": all notes
	Context string // the id of a page; "": all notes
	Pinned  *bool  // nil: all notes
	Trashed bool   // only notes in the trash; otherwise only those not in it
	Tenant  string // for an account session: only notes of this tenant; "": all notes
}

// The statements for the most common lists are prepared.
var (
	selectNotesFirst       = notesStatement(false, NotesQuery{Order: UpdatedDesc})
	selectNotesAfter       = notesStatement(false, NotesQuery{Order: UpdatedDesc, After: &Position{}})
	selectNotesPinned      = notesStatement(false, NotesQuery{Order: PinnedFirst})
	selectNotesPinnedAfter = notesStatement(false, NotesQuery{Order: PinnedFirst, After: &Position{}})
)

// notesStatement returns the SQL of a query's page, built from constants only. Its arguments are the
// user, the tenant, the limit, the position's time, id and pinned, and the hash of the context. Rows beyond MaxPageText come
// without their text, because they only show that more notes follow.
func notesStatement(allTenants bool, q NotesQuery) string {
	var b strings.Builder
	b.WriteString(`SELECT id, tenant_key, version, pinned, CASE WHEN sum(octet_length(sealed)) OVER page - octet_length(sealed) < ` + strconv.Itoa(MaxPageText) + ` THEN sealed END,
		created_at, updated_at, trashed_at, sealed_context FROM (SELECT ` + noteColumns + ` FROM notes WHERE `)
	if allTenants {
		b.WriteString(ofAccount)
	} else {
		b.WriteString(ofWidget)
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
	parameters := 3
	if q.After != nil {
		b.WriteString(after)
		if parameters += 2; q.Order == PinnedFirst {
			parameters++
		}
	}
	if q.Context != "" {
		b.WriteString(` AND context_hash = $` + strconv.Itoa(parameters+1))
	}
	b.WriteString(` ORDER BY ` + order + ` LIMIT $3) n WINDOW page AS (ORDER BY ` + order + ` ROWS UNBOUNDED PRECEDING) ORDER BY ` + order)
	return b.String()
}

// Notes returns one page of o's notes and the position after it, or nil if no page follows. A page may
// be short or even empty though others follow: it ends at MaxPageText, and a search ends after a
// limited amount of work. It returns CodeInvalid, field "first", for a page size out of range, and
// field "search" for a search text that is too long. For an account with end-to-end encryption, it returns
// CodeInvalid for any search, tag or context.
func (d *DB) Notes(ctx context.Context, o Owner, q NotesQuery) (page []*Note, next *Position, err error) {
	defer place(&err, "db.Notes")
	if err := o.valid(); err != nil {
		return nil, nil, err
	}
	if q.First < 1 || q.First > MaxPage {
		return nil, nil, invalid("first", "A page can have 1 to %d notes.", MaxPage)
	}
	if o.sealing != SealingServer {
		switch { // the service cannot read them, and would find only some
		case q.Search != "":
			return nil, nil, errUnsearchable("search")
		case q.Tag != "":
			return nil, nil, errUnsearchable("tag")
		case q.Context != "":
			return nil, nil, errUnsearchable("context")
		}
	}
	if utf8.RuneCountInString(q.Context) > contextIDLength {
		return nil, nil, invalid("context", "The id of a page must have 1 to %d characters.", contextIDLength)
	}
	search, err := newSearch(q.Search)
	if err != nil {
		return nil, nil, err
	}
	if q.Tenant != "" && (!tenantKeyForm.MatchString(q.Tenant) || (o.tenantKey != "" && q.Tenant != o.tenantKey)) {
		return nil, nil, nil // o can have no notes there
	}
	if search == nil && q.Tag == "" {
		page, next, err = d.pageOfAll(ctx, o, q)
	} else {
		page, next, err = d.searchNotes(ctx, o, q, search)
	}
	if err == nil && len(page) == 0 && next == nil {
		err = d.requireLiveSession(ctx, o)
	}
	return page, next, err
}

// pageOfAll reads a page of a query without conditions on sealed text.
func (d *DB) pageOfAll(ctx context.Context, o Owner, q NotesQuery) (page []*Note, next *Position, err error) {
	block := make([]Note, q.First) // one allocation for all of them
	page = make([]*Note, 0, q.First)
	row := &noteRow{owner: o}
	more := false
	err = d.eachOfPage(ctx, o, q, q.First+1, row, func() (bool, error) {
		if more = len(page) == q.First || row.lacksText(); more {
			return false, nil
		}
		n := &block[len(page)]
		*n = row.note
		page = append(page, n)
		return true, row.openAll(n)
	})
	if more {
		last := q.Order.Position(page[len(page)-1])
		next = &last
	}
	return page, next, err
}

// eachOfPage calls do with row set to each row of a query, at most limit rows, until do returns false.
func (d *DB) eachOfPage(ctx context.Context, o Owner, q NotesQuery, limit int, row *noteRow, do func() (bool, error)) error {
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
	if q.Context != "" {
		args = append(args, o.contextHash(q.Context))
	}
	statement := notesStatement(args[1] == "", q)
	results, err := d.readAsPerson(ctx, o, func(b *pgx.Batch) { b.Queue(statement, args...) })
	if err != nil {
		return err
	}
	defer func() { _ = results.Close() }()
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row.scan(rows); err != nil {
			return err
		}
		if more, err := do(); err != nil {
			return d.auditUnsealedNote(ctx, err, &row.note)
		} else if !more {
			return nil
		}
	}
	return rows.Err()
}

// SQL returns the prepared statement by which a widget session reads one page of q, for reading its
// plan. Its parameters are the user's id, the tenant's key, the limit (First plus one, to see whether
// a page follows) and, after the first page, the time and the id of the Position and, for PinnedFirst,
// its pinned; then the hash of Context. Search and Tag are not part of it: they are matched after the notes are opened.
func (q NotesQuery) SQL() string { return notesStatement(false, q) }

// The work of a search is limited per page: a page ends with the note that exceeds searchWork, and the
// next page continues after it. The unit is one decrypted byte, which takes about a nanosecond.
const (
	searchWork = 16 << 20
	letterWork = 25   // for each character, if the text is not all ASCII
	noteWork   = 2000 // for each note, in addition to its length
)

// searchChunk is the maximum number of notes that one statement of a search reads. MaxPageText also
// limits them.
const searchChunk = 250

// A noteSearch finds the notes of one page. It keeps only the notes that match.
type noteSearch struct {
	NotesQuery

	search *search // nil for a search by tag only
	buffer []byte  // for the text of the note being examined
	work   int     // done so far
	found  []*Note
	size   int      // total sealed bytes of found
	last   Position // of the last note examined
}

// searchNotes returns a page of the notes that match q. A search decrypts many notes, so a node limits
// how many searches run at once. searchNotes returns ErrBusy if it has to wait too long for its turn.
func (d *DB) searchNotes(ctx context.Context, o Owner, q NotesQuery, search *search) (page []*Note, next *Position, err error) {
	if err := d.searches.acquire(ctx); err != nil {
		return nil, nil, err
	}
	defer d.searches.release()
	s := &noteSearch{NotesQuery: q, search: search}
	row := &noteRow{owner: o}
	for {
		seen, full, omitted := 0, false, false
		err := d.eachOfPage(ctx, o, s.NotesQuery, searchChunk, row, func() (bool, error) {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if omitted = row.lacksText(); omitted {
				return false, nil
			}
			var err error
			seen++
			full, err = s.examine(row)
			return !full, err
		})
		switch {
		case err != nil:
			return nil, nil, err
		case full:
			return s.found, &s.last, nil
		case !omitted && seen < searchChunk:
			return s.found, nil, nil
		}
		after := s.last
		s.After = &after
	}
}

// examine opens the note of a row and keeps it if it matches. It reports whether the page ends. If the
// page already has First notes, it ends before this match; otherwise it ends after this note.
func (s *noteSearch) examine(row *noteRow) (full bool, err error) {
	n := &row.note
	if s.buffer, err = row.open(n, s.buffer); err != nil {
		return false, err
	}
	s.work += noteWork + len(row.sealed)
	matches := s.matches(n)
	if matches && len(s.found) == s.First {
		return true, nil
	}
	s.last = s.Order.Position(n)
	if matches {
		kept := *n
		if err := row.openAll(&kept); err != nil {
			return false, err
		}
		s.found = append(s.found, &kept)
		s.size += len(row.sealed)
	}
	return s.size >= MaxPageText || s.work >= searchWork, nil
}

func (s *noteSearch) matches(n *Note) bool {
	if s.Tag != "" && !slices.Contains(n.Tags, s.Tag) {
		return false
	}
	if s.search == nil {
		return true
	}
	before := s.search.work
	defer func() { s.work += s.search.work - before }()
	return s.search.finds(n.Title) || s.search.finds(n.Body) || slices.ContainsFunc(n.Tags, s.search.finds)
}
