package db

import (
	"context"
	"slices"
)

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
