package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The pages of a list contain each note once and in order, however long the notes are. No page exceeds its size or work
// limit.
func TestPagesOfLongNotesHaveEachNoteOnce(t *testing.T) {
	d := dbtest.New(t)
	shop := d.Tenant(t, "Shop")
	alice := d.Person(t, "Alice")
	owner := alice.Widget(t, shop).Owner()
	sizes := []int{64 << 10, 0, 30 << 10, 64 << 10, 10, 60 << 10}
	var all, found, tagged []uuid.UUID // newest first
	for i := range 60 {
		n := db.NewNote{Title: fmt.Sprint("note ", i), Body: strings.Repeat("Ж", sizes[i%len(sizes)]/2), Pinned: i%7 == 0}
		if i%20 == 3 {
			n.Title = "needle"
		}
		if i%20 == 5 {
			n.Tags = []string{"tea"}
		}
		made, err := d.DB.CreateNote(t.Context(), owner, n)
		if err != nil {
			t.Fatal(err)
		}
		all = append([]uuid.UUID{made.ID}, all...)
		if i%20 == 3 {
			found = append([]uuid.UUID{made.ID}, found...)
		}
		if i%20 == 5 {
			tagged = append([]uuid.UUID{made.ID}, tagged...)
		}
	}
	for name, c := range map[string]struct {
		owner db.Owner
		q     db.NotesQuery
		want  []uuid.UUID
	}{
		"all":                {owner, db.NotesQuery{First: 100, Order: db.UpdatedDesc}, all},
		"seven":              {owner, db.NotesQuery{First: 7, Order: db.CreatedDesc}, all},
		"one":                {owner, db.NotesQuery{First: 1, Order: db.UpdatedDesc}, all},
		"of an account":      {alice.Account.Owner(), db.NotesQuery{First: 20, Order: db.UpdatedDesc}, all},
		"pinned first":       {owner, db.NotesQuery{First: 20, Order: db.PinnedFirst}, nil},
		"a search":           {owner, db.NotesQuery{First: 20, Order: db.UpdatedDesc, Search: "NEEDLE"}, found},
		"a search, by one":   {owner, db.NotesQuery{First: 1, Order: db.UpdatedDesc, Search: "needle"}, found},
		"of an account's":    {alice.Account.Owner(), db.NotesQuery{First: 2, Order: db.CreatedDesc, Search: "needle", Tenant: shop.Key}, found},
		"a search of all":    {owner, db.NotesQuery{First: 100, Order: db.UpdatedDesc, Search: "e"}, all},
		"a search for none":  {owner, db.NotesQuery{First: 20, Order: db.UpdatedDesc, Search: "nowhere"}, nil},
		"a tag":              {owner, db.NotesQuery{First: 20, Order: db.UpdatedDesc, Tag: "tea"}, tagged},
		"a tag and a search": {owner, db.NotesQuery{First: 2, Order: db.PinnedFirst, Tag: "tea", Search: "note"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			seen, short := []uuid.UUID{}, 0
			var before *db.Note
			for pages := 0; ; pages++ {
				page, next, err := d.DB.Notes(t.Context(), c.owner, c.q)
				if err != nil || pages > 100 {
					t.Fatalf("after %d pages: %v", pages, err)
				}
				size := 0
				for _, n := range page {
					seen = append(seen, n.ID)
					size += len(n.Body)
					if c.q.Order == db.PinnedFirst && before != nil && (n.Pinned && !before.Pinned || n.Pinned == before.Pinned && n.UpdatedAt.After(before.UpdatedAt)) {
						t.Errorf("%s is out of its place", n.Title)
					}
					before = n
				}
				if len(page) > c.q.First || size > db.MaxPageText+64<<10 {
					t.Errorf("a page of %d notes and %d bytes", len(page), size)
				}
				if next == nil {
					break
				}
				if len(page) < c.q.First {
					short++
				}
				c.q.After = next
			}
			if unsorted := slices.Clone(seen); len(slices.Compact(slices.SortedFunc(slices.Values(unsorted), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }))) != len(seen) {
				t.Error("a note is there twice")
			}
			if c.want != nil && !slices.Equal(seen, c.want) {
				t.Errorf("%d notes, not the %d that there are", len(seen), len(c.want))
			}
			if c.q.First >= 20 && c.q.Tag == "" && short == 0 {
				t.Error("no page was short")
			}
			if c.q.Order == db.PinnedFirst && c.q.Tag == "" && len(seen) != len(all) {
				t.Errorf("%d notes", len(seen))
			}
		})
	}
}

func TestASearchThatIsTooLongIsRefused(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	_, _, err := d.DB.Notes(t.Context(), owner, db.NotesQuery{First: 1, Search: strings.Repeat("é", db.MaxSearch+1)})
	var refusal *db.Error
	if !errors.As(err, &refusal) || refusal.Code != db.CodeInvalid || refusal.Field != "search" {
		t.Errorf("it is answered %v", err)
	}
}
