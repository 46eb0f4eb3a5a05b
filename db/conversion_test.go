package db_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func converted(n *db.Note, device string) db.NoteChange {
	text := sealedBy(device)
	return db.NoteChange{ID: n.ID, Version: n.Version, Sealed: &text}
}

func plain(n *db.Note, title string) db.NoteChange {
	body, tags := "body", []string{"tag"}
	return db.NoteChange{ID: n.ID, Version: n.Version, Title: &title, Body: &body, Tags: &tags}
}

func TestNotesAreEncryptedAndDecrypted(t *testing.T) {
	d := dbtest.New(t)
	alice, shop, paper := d.Person(t, "Alice"), d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	before := alice.Widget(t, shop)
	var notes []*db.Note
	for i, owner := range []db.Owner{before.Owner(), before.Owner(), alice.Widget(t, paper).Owner()} {
		n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: fmt.Sprint("plain ", i), Body: "text"})
		must(t, err)
		notes = append(notes, n)
	}
	beginSealing(t, d, alice)
	if _, _, err := d.DB.Notes(t.Context(), before.Owner(), db.NotesQuery{First: 1}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("a widget of before: %v", err)
	}
	if alice.Account.Sealing != db.SealingEncrypting || alice.Account.KeyGeneration != 1 {
		t.Errorf("the state is %s, generation %d", alice.Account.Sealing, alice.Account.KeyGeneration)
	}
	widget := alice.Widget(t, shop)

	// Plain text is no longer stored.
	if _, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "leak"}); !isInvalid(err, "body") {
		t.Errorf("a plain note is created: %v", err)
	}
	same := "plain 9" // as long as before
	for title, change := range map[string]db.NoteChange{
		"of the same length": {ID: notes[0].ID, Version: 1, Title: &same},
		"of another length":  plain(notes[0], "leak"),
	} {
		if _, err := d.DB.UpdateNote(t.Context(), widget.Owner(), change); !isInvalid(err, "body") {
			t.Errorf("a plain text %s is written: %v", title, err)
		}
	}
	yes := true
	pinned, err := d.DB.UpdateNote(t.Context(), widget.Owner(), db.NoteChange{ID: notes[0].ID, Version: 1, Pinned: &yes})
	must(t, err)
	notes[0] = pinned
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEncrypting {
		t.Errorf("with plain notes, the state is %s", state)
	}
	fresh, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Sealed: sealedBy("fresh")})
	must(t, err)

	changes := []db.NoteChange{converted(notes[0], "a"), converted(notes[1], "b"), converted(notes[2], "c")}
	results, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), changes)
	must(t, err)
	for i, n := range results {
		read, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID)
		must(t, err)
		if read.Sealed != *changes[i].Sealed || read.Title != "" || read.Body != "" || len(read.Tags) > 0 || read.Version != notes[i].Version+1 || !read.UpdatedAt.Equal(notes[i].UpdatedAt) {
			t.Errorf("converted to %+v", read)
		}
		if n.Sealed != read.Sealed || n.Version != read.Version {
			t.Errorf("the result is %+v", n)
		}
	}
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEndToEnd {
		t.Errorf("with no plain note, the state is %s", state)
	}
	checkCounters(t, d, alice)
	if _, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "leak"}); !isInvalid(err, "body") {
		t.Errorf("a plain note is created: %v", err)
	}
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, d.Tenant(t, "Third")).Owner(), db.NewNote{Title: "leak"}); !isInvalid(err, "body") {
		t.Errorf("a plain note is created where there was none: %v", err)
	}

	// Back to notes that the service can read.
	if state := moveOn(t, d, alice, db.SealingServer); state != db.SealingDecrypting {
		t.Errorf("with sealed notes, the state is %s", state)
	}
	for _, n := range append(results, fresh) {
		title := "back"
		if _, err := d.DB.UpdateNote(t.Context(), alice.Account.Owner(), db.NoteChange{ID: n.ID, Version: n.Version, Title: &title}); !isInvalid(err, "body") {
			t.Errorf("a part of the text replaces all of it: %v", err)
		}
		back, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{plain(n, "back")})
		must(t, err)
		if back[0].Sealed != "" || back[0].Title != "back" || back[0].Tags[0] != "tag" {
			t.Errorf("decrypted to %+v", back[0])
		}
	}
	if state := moveOn(t, d, alice, db.SealingServer); state != db.SealingServer {
		t.Errorf("with no sealed note, the state is %s", state)
	}
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM key_wraps`); n != 0 {
		t.Errorf("%d wraps are left", n)
	}
	if n := codesLeft(t, d, alice); n != 10 {
		t.Errorf("%d recovery codes are left", n)
	}
	checkCounters(t, d, alice)
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Sealed: sealedBy("late")}); !isInvalid(err, "sealed") {
		t.Errorf("a sealed note is created: %v", err)
	}
	if err := begin(t, d, alice, 1); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("an earlier key begins: %v", err)
	}
	usePasskey(t, d, alice)
	must(t, begin(t, d, alice, 2))
}

// checkCounters fails if a person's counters differ from a count of the notes.
func checkCounters(t *testing.T, d *dbtest.Database, p *dbtest.Person) {
	t.Helper()
	r, err := d.DB.RecountNotes(t.Context(), p.ID)
	must(t, err)
	if len(r.Corrected) > 0 {
		t.Errorf("wrong counters: %+v", r.Corrected)
	}
}

// No note is encrypted before there are recovery codes that can decrypt it.
func TestRecoveryCodesComeBeforeTheConversion(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "plain"})
	must(t, err)
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(2, false)))
	must(t, begin(t, d, alice, 1))
	if _, err := d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(n, "a")}); !db.IsCode(err, db.CodeForbidden) {
		t.Errorf("converted without codes: %v", err)
	}
	must(t, d.DB.DeleteNote(t.Context(), alice.Account.Owner(), n.ID))
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEncrypting {
		t.Errorf("without codes the state is %s", state)
	}
	if _, err := d.DB.RegenerateRecoveryCodes(t.Context(), alice.Account); !db.IsCode(err, db.CodeForbidden) {
		t.Errorf("the service makes codes: %v", err)
	}
	for name, codes := range map[string][]db.NewRecoveryCode{
		"no wraps":            browserCodes(3, false),
		"nine codes":          browserCodes(3, true)[:9],
		"one more twice":      append(browserCodes(3, true), browserCodes(3, true)[0]),
		"the same code twice": append(browserCodes(3, true)[:9], browserCodes(3, true)[0]),
		"a locator too long":  append(browserCodes(3, true)[:9], db.NewRecoveryCode{Locator: "AAAAAAA", Verifier: browserCodes(3, true)[9].Verifier, Wrap: wrapOf(1)}),
		"a short verifier":    append(browserCodes(3, true)[:9], db.NewRecoveryCode{Locator: "BBBBBB", Verifier: "AAAA", Wrap: wrapOf(1)}),
		"a short wrap":        append(browserCodes(3, true)[:9], db.NewRecoveryCode{Locator: "BBBBBB", Verifier: browserCodes(3, true)[9].Verifier, Wrap: "AAAA"}),
	} {
		if err := d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, codes); !isInvalid(err, "codes") {
			t.Errorf("%s: %v", name, err)
		}
	}
	bob := d.Person(t, "Bob")
	if err := d.DB.ReplaceRecoveryCodes(t.Context(), bob.Account, browserCodes(4, true)); !isInvalid(err, "codes") {
		t.Errorf("wraps for an account without a key: %v", err)
	}
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), bob.Account, browserCodes(4, false)))
	taken := browserCodes(4, true)
	if err := d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, taken); !db.IsCode(err, db.CodeConflict) {
		t.Errorf("taken locators: %v", err)
	}
	if n := codesLeft(t, d, alice); n != 10 {
		t.Errorf("%d codes are left after refusals", n)
	}
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), alice.Account, browserCodes(5, true)))
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEndToEnd {
		t.Errorf("with codes the state is %s", state)
	}
}

// A conversion succeeds even when the person has no space left.
func TestConversionNeedsNoSpace(t *testing.T) {
	d := dbtest.New(t)
	limits := db.DefaultLimits
	limits.OwnerSize = 100
	small := d.Node(t, db.Options{MaxConns: 4, Limits: limits})
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	n, err := small.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "plain"})
	must(t, err)
	beginSealing(t, d, alice)
	_, err = small.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(n, "long")})
	must(t, err)
	checkCounters(t, d, alice)
}

// The notes of a vouched account are encrypted after they are merged into an encrypted account.
func TestMergedNotesAreConverted(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	evidence := d.VouchingEvidence(t, shop.Key)
	token := db.HashToken("vouched")
	vera, err := d.DB.GrantVouched(t.Context(), shop.Key, db.Subject{ID: "joe"}, evidence, dbtest.Key, "https://shop.example",
		db.NewSession{Token: token, Idle: time.Hour, Lifetime: time.Hour})
	must(t, err)
	vouched, err := d.DB.LookUpSession(t.Context(), db.Token{User: vera, Hash: token}, dbtest.Key)
	must(t, err)
	n, err := d.DB.CreateNote(t.Context(), vouched.Owner(), db.NewNote{Title: "vouched"})
	must(t, err)
	beginSealing(t, d, alice)
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEndToEnd {
		t.Fatalf("the state is %s", state)
	}
	must(t, linkSubject(t, d, alice, shop, db.Subject{ID: "joe"}))
	alice.Account = lookUp(t, d, alice)
	if alice.Account.Sealing != db.SealingEncrypting {
		t.Errorf("after the merge, the state is %s", alice.Account.Sealing)
	}
	read, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID)
	must(t, err)
	if read.Title != "vouched" || read.Sealed != "" {
		t.Errorf("the note is %+v", read)
	}
	if _, err := d.DB.UpdateNote(t.Context(), alice.Account.Owner(), plain(read, "leak")); !isInvalid(err, "body") {
		t.Errorf("plain text is written: %v", err)
	}
	_, err = d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(read, "a")})
	must(t, err)
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEndToEnd {
		t.Errorf("after the conversion, the state is %s", state)
	}
	checkCounters(t, d, alice)
}

// A node of the previous release does not remove a note's page when it encrypts the note. The page is not shown, and Sweep
// removes it.
func TestThePageOfAnEncryptedNoteIsRemoved(t *testing.T) {
	d := dbtest.New(t)
	alice, bob, shop := d.Person(t, "Alice"), d.Person(t, "Bob"), d.Tenant(t, "Shop")
	n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "a", Context: page("a")})
	must(t, err)
	_, err = d.DB.CreateNote(t.Context(), bob.Widget(t, shop).Owner(), db.NewNote{Title: "b", Context: page("b")})
	must(t, err)
	c := d.Connect(t, d.Superuser())
	var sealed, hash []byte
	must(t, c.QueryRow(t.Context(), `SELECT sealed_context, context_hash FROM notes WHERE id = $1`, n.ID).Scan(&sealed, &hash))
	beginSealing(t, d, alice)
	_, err = d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(n, "a")})
	must(t, err)
	left := `SELECT count(*) FROM notes WHERE sealed_context IS NOT NULL AND context_hash IS NOT NULL`
	if n := count(t, c, left); n != 1 {
		t.Errorf("after a conversion, %d notes have a page", n)
	}
	d.Exec(t, `UPDATE notes SET sealed_context = $2, context_hash = $3 WHERE id = $1`, n.ID, sealed, hash)
	read, err := d.DB.Note(t.Context(), alice.Account.Owner(), n.ID)
	must(t, err)
	list, _, err := d.DB.Notes(t.Context(), alice.Account.Owner(), db.NotesQuery{First: 1})
	must(t, err)
	if read.Context != nil || list[0].Context != nil {
		t.Errorf("the page is shown: %+v, %+v", read.Context, list[0].Context)
	}
	must(t, d.DB.Sweep(t.Context()))
	if n := count(t, c, left+` AND user_id = '`+bob.ID.String()+`'`); n != 1 {
		t.Error("a note that the service can read has lost its page")
	}
	if n := count(t, c, left); n != 1 {
		t.Errorf("after Sweep, %d notes have a page", n)
	}
}
