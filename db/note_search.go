package db

import (
	"context"
	"slices"
)

// The work that a search does for one page: it ends with the note that exceeds searchWork, and the
// next page continues from there. The unit is one opened byte, which takes about a nanosecond.
const (
	searchWork = 16 << 20
	letterWork = 25   // for each character of a text that is not ASCII
	noteWork   = 2000 // for each note, of any length
)

// searchChunk is how many notes one statement of a search reads, within MaxPageText.
const searchChunk = 250

// A noteSearch finds the notes of one page, and keeps no others.
type noteSearch struct {
	NotesQuery

	search *search // nil: by tag only
	buffer []byte  // for the text of the note being examined
	work   int     // done so far
	found  []*Note
	size   int      // sealed bytes of found
	last   Position // of the last note examined
}

// searchNotes returns a page of the notes that match q. A search costs as much as it opens, so a node
// runs only some searches at once. It returns CodeBusy if it cannot begin soon.
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

// look opens the note of a row, keeps it if it matches, and reports whether the page ends: before this
// note if the page already has all its notes, and otherwise after it.
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
