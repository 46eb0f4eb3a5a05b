package db

import (
	"context"
	"slices"
)

// What a search does for one page: it opens and reads so much, and one note more, and the next page goes on from there.
// The unit of work is a byte that is opened, which takes about a nanosecond.
const (
	searchWork = 16 << 20
	letterWork = 25   // of a text with more than ASCII in it
	noteWork   = 2000 // whatever it holds
)

// searchChunk is how many notes one statement of a search reads. It reads no more than a page, either.
const searchChunk = 250

// A noteSearch looks for the notes of one page, and keeps no others.
type noteSearch struct {
	NotesQuery

	search *search // nil: for the tag alone
	buffer []byte  // what is looked at is opened here
	work   int     // done
	found  []*Note
	size   int      // of those, sealed
	last   Position // of the note that was looked at last
}

// searchNotes finds a page of the notes that have what q asks for. A search costs what it opens: a node
// runs so many at once, and who cannot begin soon is asked to come back (CodeBusy).
func (d *DB) searchNotes(ctx context.Context, o Owner, q NotesQuery, search *search) (page []*Note, next *Position, err error) {
	if err := d.searches.acquire(ctx); err != nil {
		return nil, nil, err
	}
	defer d.searches.release()
	s := &noteSearch{NotesQuery: q, search: search}
	row := &noteRow{owner: o}
	for {
		seen, full, beyond := 0, false, false
		err := d.eachOfPage(ctx, o, s.NotesQuery, searchChunk, row, func() (bool, error) {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if beyond = row.isBeyond(); beyond {
				return false, nil
			}
			var err error
			seen++
			full, err = s.look(row)
			return !full, err
		})
		switch {
		case err != nil:
			return nil, nil, err
		case full:
			return s.found, &s.last, nil
		case !beyond && seen < searchChunk:
			return s.found, nil, nil
		}
		after := s.last
		s.After = &after
	}
}

// look opens the note of a row, keeps it if it has what is asked for, and reports whether the page ends: before the note, if
// it is one more than a page has, or else behind it.
func (s *noteSearch) look(row *noteRow) (full bool, err error) {
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
		if _, err := row.open(&kept, nil); err != nil {
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
