package db_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func page(id string) *db.NoteContext {
	return &db.NoteContext{ID: id, Title: "Page " + id, URL: "https://shop.example/" + id + "?q=1"}
}

// titles returns the titles of the notes of a query.
func titles(t *testing.T, d *dbtest.Database, o db.Owner, q db.NotesQuery) string {
	t.Helper()
	var titles []string
	for q.First = 2; ; {
		notes, next, err := d.DB.Notes(t.Context(), o, q)
		must(t, err)
		for _, n := range notes {
			titles = append(titles, n.Title)
		}
		if q.After = next; next == nil {
			return strings.Join(titles, " ")
		}
	}
}

func TestNotesAreListedByTheirPage(t *testing.T) {
	d := dbtest.New(t)
	alice, bob, shop, paper := d.Person(t, "Alice"), d.Person(t, "Bob"), d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	widget, account := alice.Widget(t, shop).Owner(), alice.Account.Owner()
	create := func(o db.Owner, title string, c *db.NoteContext) *db.Note {
		t.Helper()
		n, err := d.DB.CreateNote(t.Context(), o, db.NewNote{Title: title, Tags: []string{"t"}, Context: c})
		must(t, err)
		return n
	}
	first := create(widget, "a1", page("a"))
	create(widget, "a2", page("a"))
	create(widget, "b", page("b"))
	create(widget, "none", nil)
	create(widget, "a3", page("a"))
	create(alice.Widget(t, paper).Owner(), "paper", page("a"))
	create(bob.Widget(t, shop).Owner(), "bob", page("a"))
	yes := true
	_, err := d.DB.UpdateNote(t.Context(), widget, db.NoteChange{ID: first.ID, Version: 1, Pinned: &yes})
	must(t, err)

	for name, c := range map[string]struct {
		owner db.Owner
		q     db.NotesQuery
		want  string
	}{
		"a page":                   {widget, db.NotesQuery{Context: "a", Order: db.PinnedFirst}, "a1 a3 a2"},
		"by creation":              {widget, db.NotesQuery{Context: "a", Order: db.CreatedDesc}, "a3 a2 a1"},
		"another page":             {widget, db.NotesQuery{Context: "b", Order: db.UpdatedDesc}, "b"},
		"one without notes":        {widget, db.NotesQuery{Context: "A", Order: db.UpdatedDesc}, ""},
		"all":                      {widget, db.NotesQuery{Order: db.CreatedDesc}, "a3 none b a2 a1"},
		"pinned":                   {widget, db.NotesQuery{Context: "a", Order: db.CreatedDesc, Pinned: &yes}, "a1"},
		"in the trash":             {widget, db.NotesQuery{Context: "a", Order: db.CreatedDesc, Trashed: true}, ""},
		"with a search":            {widget, db.NotesQuery{Context: "a", Order: db.CreatedDesc, Search: "a2"}, "a2"},
		"with a tag":               {widget, db.NotesQuery{Context: "a", Order: db.CreatedDesc, Tag: "t"}, "a3 a2 a1"},
		"of an account":            {account, db.NotesQuery{Context: "a", Order: db.CreatedDesc}, "paper a3 a2 a1"},
		"of an account, at one":    {account, db.NotesQuery{Context: "a", Order: db.CreatedDesc, Tenant: paper.Key}, "paper"},
		"of an account, no page":   {account, db.NotesQuery{Context: "none", Order: db.CreatedDesc}, ""},
		"another person's account": {bob.Account.Owner(), db.NotesQuery{Context: "a", Order: db.CreatedDesc}, "bob"},
	} {
		if got := titles(t, d, c.owner, c.q); got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
	}
	n, err := d.DB.Note(t.Context(), widget, first.ID)
	must(t, err)
	if n.Context == nil || *n.Context != *page("a") {
		t.Errorf("the changed note is of %+v", n.Context)
	}
	if _, _, err := d.DB.Notes(t.Context(), widget, db.NotesQuery{First: 1, Context: strings.Repeat("x", 201)}); !isInvalid(err, "context") {
		t.Errorf("a long id: %v", err)
	}

	// No hash is another person's, or depends only on the id.
	c := d.Connect(t, d.Superuser())
	if all, different := count(t, c, `SELECT count(context_hash) FROM notes`), count(t, c, `SELECT count(DISTINCT (user_id, context_hash)) FROM notes WHERE context_hash IS NOT NULL`); all != 6 || different != 3 ||
		count(t, c, `SELECT count(DISTINCT context_hash) FROM notes`) != different {
		t.Errorf("%d hashes, %d of them different", all, different)
	}
	must(t, d.DB.DeleteNote(t.Context(), widget, first.ID))
	if n := count(t, c, `SELECT count(*) FROM notes WHERE id = $1 AND num_nonnulls(sealed_context, context_hash) > 0`, first.ID); n != 0 {
		t.Error("a deleted note keeps its page")
	}
}

// A context opens in its own note only.
func TestAContextOpensOnlyInItsNote(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	widget := alice.Widget(t, shop).Owner()
	for _, id := range []string{"a", "b"} {
		_, err := d.DB.CreateNote(t.Context(), widget, db.NewNote{Title: id, Context: page(id)})
		must(t, err)
	}
	d.Exec(t, `UPDATE notes n SET sealed_context = o.sealed_context FROM notes o WHERE o.id <> n.id`)
	if _, _, err := d.DB.Notes(t.Context(), widget, db.NotesQuery{First: 1, Order: db.CreatedDesc}); err == nil {
		t.Error("the page of another note is shown")
	}
}

// The id must be what it is. A title is cut, and a URL elsewhere is dropped, without losing the note.
func TestContextsAreChecked(t *testing.T) {
	d := dbtest.New(t)
	widget := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	long := func(n int) string { return strings.Repeat("é", n) }
	for name, id := range map[string]string{"no id": "", "a long id": long(201), "an id with NUL": "a\x00", "an id not UTF-8": "\xff"} {
		if _, err := d.DB.CreateNote(t.Context(), widget, db.NewNote{Title: "x", Context: &db.NoteContext{ID: id}}); !isInvalid(err, "context") {
			t.Errorf("%s: %v", name, err)
		}
	}
	stored := func(c db.NoteContext) db.NoteContext {
		t.Helper()
		n, err := d.DB.CreateNote(t.Context(), widget, db.NewNote{Title: "x", Context: &c})
		must(t, err)
		read, err := d.DB.Note(t.Context(), widget, n.ID)
		must(t, err)
		if *read.Context != *n.Context {
			t.Errorf("the note is answered as of %+v and read as of %+v", n.Context, read.Context)
		}
		return *read.Context
	}
	if c := stored(db.NoteContext{ID: long(200), Title: " a \n" + long(300)}); c.ID != long(200) || c.Title != "a "+long(198) {
		t.Errorf("it is of %+v", c)
	}
	if c := stored(db.NoteContext{ID: "7", Title: "\xff"}); c.Title != "" {
		t.Errorf("it is of %+v", c)
	}
	for given, want := range map[string]string{
		"https://shop.example/7?a=b#c":                      "https://shop.example/7?a=b",
		"https://shop.example/#":                            "https://shop.example/",
		"https://shop.example/" + strings.Repeat("x", 1979): "https://shop.example/" + strings.Repeat("x", 1979),
		"https://shop.example/" + strings.Repeat("x", 1980): "",
		"https://evil.example/":                             "",
		"https://shop.example.evil/":                        "",
		"http://shop.example/":                              "",
		"https://shop.example:444/":                         "",
		"https://joe@shop.example/":                         "",
		"https://@shop.example/":                            "",
		"https://shop.example@evil.example/":                "",
		"javascript:alert(1)//https://shop.example/":        "",
		"data:text/html,x":                                  "",
		"/a":                                                "",
		"//shop.example/":                                   "",
		`https:\\shop.example\`:                             "",
		`https://shop.example\@evil.example/`:               "",
		"HTTPS://shop.example/":                             "",
		"https://shop.example/\n":                           "",
		" https://shop.example/":                            "",
	} {
		if c := stored(db.NoteContext{ID: "7", URL: given}); c.URL != want {
			t.Errorf("%.60q is stored as %q", given, c.URL)
		}
	}
}

// The context is a part of what a retry must not change.
func TestARetryHasTheSameContext(t *testing.T) {
	d := dbtest.New(t)
	widget := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	id := uuid.Must(uuid.NewV7())
	for _, c := range []struct {
		context *db.NoteContext
		ok      bool
	}{{page("a"), true}, {page("a"), true}, {page("b"), false}, {nil, false}} {
		if _, err := d.DB.CreateNote(t.Context(), widget, db.NewNote{ID: id, Title: "x", Context: c.context}); c.ok != (err == nil) {
			t.Errorf("%+v: %v", c.context, err)
		}
	}
}

// What a device seals has the context inside. It comes back with the rest of the text.
func TestAContextIsConverted(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	var notes []*db.Note
	for _, title := range []string{"converted", "updated"} {
		n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: title, Context: page("a")})
		must(t, err)
		notes = append(notes, n)
	}
	title := "x"
	if _, err := d.DB.UpdateNote(t.Context(), alice.Account.Owner(), db.NoteChange{ID: notes[0].ID, Version: 1, Title: &title, Context: page("b")}); !isInvalid(err, "context") {
		t.Errorf("a context is changed: %v", err)
	}
	beginSealing(t, d, alice)
	widget := alice.Widget(t, shop).Owner()
	if _, err := d.DB.CreateNote(t.Context(), widget, db.NewNote{Sealed: sealedBy("x"), Context: page("a")}); !isInvalid(err, "sealed") {
		t.Errorf("a note has a context besides its sealed text: %v", err)
	}
	if _, _, err := d.DB.Notes(t.Context(), widget, db.NotesQuery{First: 1, Context: "a"}); !isInvalid(err, "context") {
		t.Errorf("a context is searched: %v", err)
	}
	sealed, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(notes[0], "a")})
	must(t, err)
	updated, err := d.DB.UpdateNote(t.Context(), widget, converted(notes[1], "b"))
	must(t, err)
	sealed = append(sealed, updated)
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM notes WHERE num_nonnulls(sealed_context, context_hash) > 0`); n != 0 {
		t.Errorf("the server can read the context of %d notes", n)
	}
	moveOn(t, d, alice, db.SealingEndToEnd)
	moveOn(t, d, alice, db.SealingServer)
	for i, n := range sealed {
		change := plain(n, "back")
		if change.Context = page("a"); i == 1 {
			change.Context = &db.NoteContext{ID: "a", URL: "javascript:alert(1)"}
		}
		back, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{change})
		must(t, err)
		read, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID)
		must(t, err)
		for _, got := range []*db.Note{back[0], read} {
			if want := *change.Context; got.Context == nil || got.Context.ID != want.ID || got.Context.Title != want.Title || got.Context.URL != []string{want.URL, ""}[i] {
				t.Errorf("it comes back as of %+v", got.Context)
			}
		}
	}
	moveOn(t, d, alice, db.SealingServer)
	if got := titles(t, d, alice.Widget(t, shop).Owner(), db.NotesQuery{Context: "a", Order: db.CreatedDesc}); got != "back back" {
		t.Errorf("the page has %q", got)
	}
}

// Notes that are merged into an account keep their page, and are found by it there.
func TestAMergeKeepsContexts(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	yes := true
	_, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &yes})
	must(t, err)
	vouched, err := signInVouched(t, d, shop, joe)
	must(t, err)
	n, err := d.DB.CreateNote(t.Context(), vouched.Owner(), db.NewNote{Title: "joe's", Context: &db.NoteContext{ID: "a", Title: "Page a"}})
	must(t, err)
	before := db.ContextHash(vouched.Owner(), "a")
	must(t, linkSubject(t, d, alice, shop, joe))
	merged, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID)
	must(t, err)
	if merged.Context == nil || merged.Context.Title != "Page a" {
		t.Errorf("the merged note is of %+v", merged.Context)
	}
	widget := alice.Widget(t, shop).Owner()
	if got := titles(t, d, widget, db.NotesQuery{Context: "a", Order: db.CreatedDesc}); got != "joe's" {
		t.Errorf("the page has %q", got)
	}
	if bytes.Equal(before, db.ContextHash(widget, "a")) {
		t.Error("two people have one hash")
	}
}
