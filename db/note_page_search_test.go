package db

import (
	"strings"
	"testing"

	"github.com/company-a/aside/db/seal"
)

// A search ends its page at its work limit, with notes of any length and script.
func TestSearchWorkPerPageIsLimited(t *testing.T) {
	key := seal.NewKey(make([]byte, seal.KeySize))
	for name, body := range map[string]string{
		"ASCII": strings.Repeat("x", 64<<10), "Cyrillic": strings.Repeat("Ж", 32<<10), "letters that fold to many": strings.Repeat("\ufdfa", 21<<10), "short": "x", "empty": "",
	} {
		for _, sought := range []string{"nowhere", strings.Repeat("é", MaxSearch)} {
			search := searchFor(t, sought)
			s := &noteSearch{NotesQuery: NotesQuery{First: 20, Order: UpdatedDesc}, search: search}
			row := &noteRow{owner: Owner{key: key}}
			row.note.Version = 1
			row.sealed = key.SealText(seal.Place{Version: 1}, seal.Text{Body: body})
			most := 0
			notes := 0
			for full := false; !full && notes <= searchWork/noteWork; notes++ {
				before := s.work
				var err error
				if full, err = s.examine(row); err != nil {
					t.Fatal(err)
				}
				most = max(most, s.work-before)
			}
			if s.work < searchWork || s.work > searchWork+most || most < len(body) {
				t.Errorf("%s for %.9s: %d notes, work of %d, %d of one note", name, sought, notes, s.work, most)
			}
		}
	}
}
