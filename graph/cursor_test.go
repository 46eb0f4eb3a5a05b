package graph

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

func encode(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	testCursors = cursors{key: []byte("0123456789abcdef0123456789abcdef")}
	position    = db.Position{Pinned: true, At: time.UnixMicro(1790000000123456).UTC(), ID: uuid.MustParse("019ab1e4-5a2b-7c3d-8e4f-5a6b7c8d9e0f")}
)

func TestCursorsBelongToOneList(t *testing.T) {
	yes, no := true, false
	list := db.NotesQuery{Order: db.PinnedFirst, Search: "a", Tag: "b", Pinned: &yes}
	cursor := testCursors.codec("alice/t_shop", list).encode(position)
	if got, err := testCursors.codec("alice/t_shop", list).decode(&cursor); err != nil || *got != position {
		t.Fatalf("read %v, %v", got, err)
	}
	another := func(change func(*db.NotesQuery)) db.NotesQuery {
		q := list
		change(&q)
		return q
	}
	for name, mark := range map[string]*cursorCodec{
		"another person's":     testCursors.codec("bob/t_shop", list),
		"another tenant's":     testCursors.codec("alice/t_paper", list),
		"another key's":        cursors{key: []byte("another")}.codec("alice/t_shop", list),
		"in another order":     testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Order = db.UpdatedDesc })),
		"of another search":    testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Search = "c" })),
		"of a shifted border":  testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Search, q.Tag = "", "ab" })),
		"of those not pinned":  testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Pinned = &no })),
		"of all, pinned or no": testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Pinned = nil })),
		"of the trash":         testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Trashed = true })),
		"of a page":            testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Context = "a" })),
		"of a tenant's":        testCursors.codec("alice/t_shop", another(func(q *db.NotesQuery) { q.Tenant = "t_shop" })),
	} {
		if got, err := mark.decode(&cursor); err == nil {
			t.Errorf("a list %s took it for %v", name, got)
		}
	}
}

// FuzzCursor looks for a text that is accepted as the cursor of another list, or as another encoding of a cursor.
func FuzzCursor(f *testing.F) {
	mark := testCursors.codec("alice/t_shop", db.NotesQuery{Order: db.UpdatedDesc})
	cursor := mark.encode(position)
	for _, seed := range []string{"", "x", cursor, cursor + "=", "\n" + cursor, cursor[:55] + "A", cursor[1:], cursor[:55] + "\n", "' OR 1=1 --", testCursors.codec("", db.NotesQuery{}).encode(position)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := mark.decode(&s)
		if (err == nil) != (s == cursor) {
			t.Fatalf("%q: %v, %v", s, p, err)
		}
	})
}
