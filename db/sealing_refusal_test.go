package db_test

import (
	"cmp"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// refusal returns the field of a CodeInvalid or the code of another refusal, and "" for no error.
func refusal(t *testing.T, err error) string {
	t.Helper()
	var e *db.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e == nil {
		return ""
	}
	return cmp.Or(e.Field, string(e.Code))
}

// inState takes an account of one note to a state and returns its notes: plain ones until the account is END_TO_END, sealed ones
// from then on.
func inState(t *testing.T, d *dbtest.Database, p *dbtest.Person, shop *db.Tenant, state db.AccountSealing) (notes []*db.Note) {
	t.Helper()
	owner := p.Widget(t, shop).Owner()
	for range 12 {
		n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "plain"})
		must(t, err)
		notes = append(notes, n)
	}
	if state == db.SealingServer {
		return notes
	}
	beginSealing(t, d, p)
	if state == db.SealingEncrypting {
		return notes
	}
	var changes []db.NoteChange
	for _, n := range notes {
		changes = append(changes, converted(n, "a"))
	}
	notes, err := d.DB.ConvertNotes(t.Context(), p.Account.Owner(), changes)
	must(t, err)
	moveOn(t, d, p, db.SealingEndToEnd)
	if state == db.SealingDecrypting {
		moveOn(t, d, p, db.SealingServer)
	}
	return notes
}

// Each state of an account accepts some texts and acts, and refuses all others with what is wrong.
func TestWhatEachStateRefuses(t *testing.T) {
	states := []db.AccountSealing{db.SealingServer, db.SealingEncrypting, db.SealingEndToEnd, db.SealingDecrypting}
	text, body, tags, yes := "text", "body", []string{"tag"}, true
	for i, state := range states {
		t.Run(string(state), func(t *testing.T) {
			d := dbtest.New(t)
			alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
			notes := inState(t, d, alice, shop, state)
			alice.Account = lookUp(t, d, alice)
			if alice.Account.Sealing != state {
				t.Fatalf("the state is %s", alice.Account.Sealing)
			}
			owner := alice.Widget(t, shop).Owner()
			create := func(n db.NewNote) error { _, err := d.DB.CreateNote(t.Context(), owner, n); return err }
			imported := func(n db.NewNote) error {
				_, err := d.DB.ImportNotes(t.Context(), alice.Account.Owner(), shop.Key, []db.NewNote{n})
				return err
			}
			// Each change is of another note.
			fresh := func(c db.NoteChange) db.NoteChange {
				c.ID, c.Version = notes[0].ID, notes[0].Version
				notes = notes[1:]
				return c
			}
			update := func(c db.NoteChange) error { _, err := d.DB.UpdateNote(t.Context(), owner, fresh(c)); return err }
			convert := func(c db.NoteChange) error {
				_, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{fresh(c)})
				return err
			}
			list := func(q db.NotesQuery) error { _, _, err := d.DB.Notes(t.Context(), owner, q); return err }
			wrap := func(generation int) error {
				p := passkeys(t, d, alice)[0]
				p.Wrap = &db.NewKeyWrap{Generation: generation, Wrap: wrapOf(7)}
				return d.DB.Confirm(t.Context(), alice.Account, p)
			}
			sealed, other := sealedBy("b"), sealedBy("c")
			for _, c := range []struct {
				name string
				act  func() error
				want [4]string // in each of states
			}{
				{"a note in the clear", func() error { return create(db.NewNote{Title: text}) }, [4]string{"", "body", "body", ""}},
				{"a note of a page alone", func() error { return create(db.NewNote{Context: page("a")}) }, [4]string{"", "body", "body", ""}},
				{"an empty note", func() error { return create(db.NewNote{}) }, [4]string{"", "body", "body", ""}},
				{"a sealed note", func() error { return create(db.NewNote{Sealed: sealed}) }, [4]string{"sealed", "", "", ""}},
				{"a sealed note of a page in the clear", func() error { return create(db.NewNote{Sealed: sealed, Context: page("a")}) }, [4]string{"sealed", "sealed", "sealed", "sealed"}},
				{"a text in the clear", func() error { return update(db.NoteChange{Title: &text, Body: &body, Tags: &tags}) }, [4]string{"", "body", "body", ""}},
				{"a part of a text in the clear", func() error { return update(db.NoteChange{Title: &text, Tags: &tags}) }, [4]string{"", "body", "body", "body"}},
				{"a sealed text", func() error { return update(db.NoteChange{Sealed: &sealed}) }, [4]string{"sealed", "", "", ""}},
				{"a sealed text with a title", func() error { return update(db.NoteChange{Sealed: &sealed, Title: &text}) }, [4]string{"sealed", "sealed", "sealed", "sealed"}},
				{"a sealed text with a body", func() error { return update(db.NoteChange{Sealed: &sealed, Body: &body}) }, [4]string{"sealed", "sealed", "sealed", "sealed"}},
				{"a sealed text with tags", func() error { return update(db.NoteChange{Sealed: &sealed, Tags: &tags}) }, [4]string{"sealed", "sealed", "sealed", "sealed"}},
				{"a sealed text with a page", func() error { return update(db.NoteChange{Sealed: &sealed, Context: page("a")}) }, [4]string{"sealed", "sealed", "sealed", "sealed"}},
				{"a pinned note", func() error { return update(db.NoteChange{Pinned: &yes}) }, [4]string{"", "", "", ""}},
				{"a conversion to a sealed text", func() error { return convert(db.NoteChange{Sealed: &other}) }, [4]string{"notes", "", "notes", "notes"}},
				{"a conversion to a text in the clear", func() error { return convert(db.NoteChange{Title: &text, Body: &body, Tags: &tags}) }, [4]string{"notes", "notes", "notes", ""}},
				{"a conversion to a part of the text", func() error { return convert(db.NoteChange{Title: &text, Body: &body}) }, [4]string{"notes", "notes", "notes", "notes"}},
				{"a conversion to both", func() error { return convert(db.NoteChange{Title: &text, Body: &body, Tags: &tags, Sealed: &other}) }, [4]string{"notes", "sealed", "notes", "sealed"}},
				{"an imported note in the clear", func() error { return imported(db.NewNote{Title: text}) }, [4]string{"", "body", "body", ""}},
				{"an imported sealed note", func() error { return imported(db.NewNote{Sealed: sealed}) }, [4]string{"sealed", "", "", ""}},
				{"a search", func() error { return list(db.NotesQuery{First: 1, Search: "x"}) }, [4]string{"", "search", "search", "search"}},
				{"a list by tag", func() error { return list(db.NotesQuery{First: 1, Tag: "x"}) }, [4]string{"", "tag", "tag", "tag"}},
				{"a list by page", func() error { return list(db.NotesQuery{First: 1, Context: "x"}) }, [4]string{"", "context", "context", "context"}},
				{"codes that the service makes", func() error { _, err := d.DB.RegenerateRecoveryCodes(t.Context(), alice.Account); return err }, [4]string{"", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"}},
				{"codes with a wrap", func() error { return d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(2, true)) }, [4]string{"codes", "", "", ""}},
				{"codes without a wrap", func() error { return d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(3, false)) }, [4]string{"", "codes", "codes", "codes"}},
				{"a wrap", func() error { return wrap(1) }, [4]string{"wraps", "", "", ""}},
				{"a wrap of an earlier key", func() error { return wrap(0) }, [4]string{"wraps", "wraps", "wraps", "wraps"}},
				{"a wrap of a later key", func() error { return wrap(2) }, [4]string{"wraps", "wraps", "wraps", "wraps"}},
				{"an export", func() error { _, err := d.DB.NewArchive(t.Context(), alice.Account); return err }, [4]string{"", "CONFLICT", "CONFLICT", "CONFLICT"}},
			} {
				d.Exec(t, `UPDATE sessions SET confirmed_at = now() WHERE kind = 'ACCOUNT'`)
				if got := refusal(t, c.act()); got != c.want[i] {
					t.Errorf("%s: %q", c.name, got)
				}
			}
			checkCounters(t, d, alice)
		})
	}
}

// Where encryption was turned off, only a new key turns it on again.
func TestAnEarlierKeyDoesNotComeBack(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	set := func(to db.AccountSealing, generation int) string {
		t.Helper()
		_, err := d.DB.SetSealing(t.Context(), alice.Account, db.SealingChange{To: to, Generation: generation})
		return refusal(t, err)
	}
	if got := set(db.SealingServer, 0); got != "CONFLICT" {
		t.Errorf("an account that never had a key: %q", got)
	}
	beginSealing(t, d, alice)
	moveOn(t, d, alice, db.SealingEndToEnd)
	moveOn(t, d, alice, db.SealingServer)
	for generation, want := range []string{"CONFLICT", "CONFLICT", "CONFLICT"} {
		if got := set(db.SealingEndToEnd, generation); got != want {
			t.Errorf("with the key %d: %q", generation, got)
		}
	}
	if got := set(db.SealingServer, 1); got != "" { // which it is already
		t.Errorf("turned off twice: %q", got)
	}
	if state := lookUp(t, d, alice).Sealing; state != db.SealingServer {
		t.Errorf("the state is %s", state)
	}
}

// Nodes of the releases that store what they are sent may start at any time, also once the upgrade is finished.
func TestEncryptionWaitsForNodesOfEarlierReleases(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	config, err := pgx.ParseConfig(d.Superuser())
	must(t, err)
	for _, name := range []string{"aside", "aside sealed", "aside 3", "aside 4"} {
		config.RuntimeParams["application_name"] = name
		older, err := pgx.ConnectConfig(t.Context(), config)
		must(t, err)
		want := "FORBIDDEN"
		if name == "aside 4" { // which knows sealed notes
			want = ""
		}
		if got := refusal(t, begin(t, d, alice, 1)); got != want {
			t.Errorf("beside %q: %q", name, got)
		}
		must(t, older.Close(t.Context()))
		eventually(t, "the node has left", func() bool {
			return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM pg_stat_activity WHERE application_name = $1`, name) == 0
		})
	}
}

// A node that remembers a session knows the state of its account at once, if it has changed that itself.
func TestRememberedSessionsKnowTheState(t *testing.T) {
	d := dbtest.New(t)
	node := d.Node(t, db.Options{MaxConns: 4, SessionCache: time.Hour})
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	vera, err := signInVouched(t, d, shop, joe)
	must(t, err)
	_, err = d.DB.CreateNote(t.Context(), vera.Owner(), db.NewNote{Title: "vouched"})
	must(t, err)
	beginSealing(t, d, alice)
	token := db.Token{User: alice.ID, Hash: alice.WidgetToken(t, shop)}
	remembered := func() db.AccountSealing {
		s, err := node.LookUpSession(t.Context(), token, dbtest.Key)
		must(t, err)
		return s.Sealing
	}
	for _, c := range []struct {
		want db.AccountSealing
		act  func(*dbtest.Database)
	}{
		{db.SealingEncrypting, func(*dbtest.Database) {}},
		{db.SealingEndToEnd, func(on *dbtest.Database) { moveOn(t, on, alice, db.SealingEndToEnd) }},
		{db.SealingEncrypting, func(on *dbtest.Database) { must(t, linkSubject(t, on, alice, shop, joe)) }}, // with a plain note
	} {
		on := *d
		on.DB = node
		c.act(&on)
		if got := remembered(); got != c.want {
			t.Errorf("the widget is of an account that is %s, not %s", got, c.want)
		}
	}
}

// Only plain notes in an account that has encrypted all of its own start a conversion.
func TestWhatAMergeLeavesAsItIs(t *testing.T) {
	for _, c := range []struct {
		state db.AccountSealing
		note  bool
	}{
		{db.SealingServer, true}, {db.SealingDecrypting, true}, {db.SealingEndToEnd, false},
	} {
		d := dbtest.New(t)
		alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
		inState(t, d, alice, shop, c.state)
		vera, err := signInVouched(t, d, shop, joe)
		must(t, err)
		if c.note {
			_, err = d.DB.CreateNote(t.Context(), vera.Owner(), db.NewNote{Title: "vouched"})
			must(t, err)
		}
		must(t, linkSubject(t, d, alice, shop, joe))
		if got := lookUp(t, d, alice).Sealing; got != c.state {
			t.Errorf("a merge changes an account that is %s to %s", c.state, got)
		}
	}
}
