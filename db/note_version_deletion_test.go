package db_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The trash keeps earlier versions. Deleting the note or the account deletes them.
func TestEarlierVersionsAreDeletedWithTheNote(t *testing.T) {
	d := withEagerVersions(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	left := func() int {
		return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM note_versions`)
	}
	var notes []*db.Note
	for i, owner := range []db.Owner{alice.Widget(t, shop).Owner(), alice.Account.Owner(), alice.Account.Owner()} {
		n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: fmt.Sprint(i)})
		must(t, err)
		write(t, d, owner, n, "b", "c")
		notes = append(notes, n)
	}
	_, err := d.DB.TrashNote(t.Context(), alice.Account.Owner(), notes[0].ID)
	must(t, err)
	if got := earlier(t, d, alice.Account.Owner(), notes[0]); got != "2 b, 1 0" {
		t.Errorf("in the trash: %s", got)
	}
	must(t, d.DB.DeleteNote(t.Context(), alice.Widget(t, shop).Owner(), notes[0].ID))
	if n := left(); n != 4 {
		t.Errorf("%d are left of two notes", n)
	}
	must(t, d.DB.DeleteNote(t.Context(), alice.Account.Owner(), notes[1].ID))
	if n := left(); n != 2 {
		t.Errorf("%d are left of one note", n)
	}
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
	must(t, d.DB.DeleteAccount(t.Context(), alice.Account))
	if n := left(); n != 0 {
		t.Errorf("%d are left of a deleted account", n)
	}
}

// When a note needs space, the oldest earlier versions are deleted. Without space, a change keeps no version.
func TestEarlierVersionsMakeRoom(t *testing.T) {
	limits := eager
	limits.OwnerSize, limits.Notes = 8000, 10
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, Limits: limits})
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	long := strings.Repeat("x", 1900)
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "a", Body: long})
	must(t, err)
	n = write(t, d, owner, n, "b", "c", "d", "e", "f") // 2,000 bytes each
	if got := earlier(t, d, owner, n); got != "5 e, 4 d, 3 c" {
		t.Errorf("kept in 8,000 bytes: %s", got)
	}
	_, err = d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "another", Body: long})
	must(t, err)
	if got := earlier(t, d, owner, n); got != "5 e, 4 d" {
		t.Errorf("kept besides another note: %s", got)
	}
	twice := long + long[:1700]
	n, err = d.DB.UpdateNote(t.Context(), owner, db.NoteChange{ID: n.ID, Version: n.Version, Body: &twice})
	must(t, err)
	if got := earlier(t, d, owner, n); got != "6 f" {
		t.Errorf("kept by a note that grows: %s", got)
	}
	_, err = d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "a third", Body: long[:1500]})
	must(t, err)
	n = write(t, d, owner, n, "g")
	if got := earlier(t, d, owner, n); got != "" {
		t.Errorf("kept without space: %s", got)
	}
	if _, err = d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "a fourth", Body: long}); !db.IsCode(err, db.CodeInvalid) {
		t.Errorf("a note too many: %v", err)
	}
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}

// Imported notes, too, take the space of earlier versions.
func TestEarlierVersionsMakeRoomForAnImport(t *testing.T) {
	limits := eager
	limits.OwnerSize, limits.Notes = 8000, 10
	d := dbtest.Open(t, dbtest.NewURL(t), db.Options{MaxConns: 4, Limits: limits})
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	owner := alice.Widget(t, shop).Owner()
	long := strings.Repeat("x", 1900)
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "a", Body: long})
	must(t, err)
	n = write(t, d, owner, n, "b", "c", "d")
	_, err = d.DB.ImportNotes(t.Context(), alice.Account.Owner(), shop.Key, []db.NewNote{{Title: "imported", Body: long}})
	must(t, err)
	if got := earlier(t, d, owner, n); got != "3 c, 2 b" {
		t.Errorf("kept besides an imported note: %s", got)
	}
}

// No version in the clear is left once a note is encrypted, by a conversion or by a widget. The same on the way back.
func TestConvertedNotesHaveNoEarlierVersions(t *testing.T) {
	d := withEagerVersions(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	var notes []*db.Note
	for range 3 {
		n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "plain"})
		must(t, err)
		notes = append(notes, write(t, d, alice.Account.Owner(), n, "plain too"))
	}
	_, err := d.DB.TrashNote(t.Context(), alice.Account.Owner(), notes[2].ID)
	must(t, err)
	inForm := func(format int) int {
		return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM note_versions WHERE get_byte(sealed, 0) = $1`, format)
	}
	if n := inForm(1); n != 3 {
		t.Fatalf("%d plain versions are there", n)
	}
	beginSealing(t, d, alice)
	if _, err := d.DB.RestoreVersion(t.Context(), alice.Account.Owner(), notes[0].ID, 1); !isInvalid(err, "body") {
		t.Errorf("a plain version is restored: %v", err)
	}
	sealed := sealedBy("a widget")
	notes[1], err = d.DB.UpdateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NoteChange{ID: notes[1].ID, Version: notes[1].Version, Sealed: &sealed})
	must(t, err)
	_, err = d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(notes[0], "a"), converted(notes[2], "c")})
	must(t, err)
	if n := inForm(1); n != 0 {
		t.Errorf("%d plain versions are left", n)
	}
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEndToEnd {
		t.Errorf("the state is %s", state)
	}
	checkCounters(t, d, alice)

	// An encrypted note has encrypted versions, which are restored as they were.
	second := sealedBy("second")
	notes[1], err = d.DB.UpdateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NoteChange{ID: notes[1].ID, Version: notes[1].Version, Sealed: &second})
	must(t, err)
	list, err := d.DB.History(t.Context(), alice.Account.Owner(), notes[1], 10)
	must(t, err)
	if len(list) != 1 || list[0].Sealed != sealed || list[0].Title != "" || inForm(2) != 1 {
		t.Errorf("kept: %+v", list)
	}
	restored, err := d.DB.RestoreVersion(t.Context(), alice.Account.Owner(), notes[1].ID, list[0].Version)
	must(t, err)
	if restored.Sealed != sealed {
		t.Errorf("restored: %+v", restored)
	}

	if state := moveOn(t, d, alice, db.SealingServer); state != db.SealingDecrypting {
		t.Errorf("the state is %s", state)
	}
	_, err = d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{plain(restored, "back")})
	must(t, err)
	if n := inForm(2); n != 0 {
		t.Errorf("%d encrypted versions are left", n)
	}
	checkCounters(t, d, alice)
}

// A node of the release before leaves the versions of a note that it encrypts. They are not restored, even in a state in which the
// account accepts texts in the clear.
func TestAVersionFromBeforeAConversionIsNotRestored(t *testing.T) {
	d := withEagerVersions(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "first"})
	must(t, err)
	n = write(t, d, alice.Account.Owner(), n, "second")
	var sealed []byte
	must(t, d.Connect(t, d.Superuser()).QueryRow(t.Context(), `SELECT sealed FROM note_versions WHERE version = 1`).Scan(&sealed))
	beginSealing(t, d, alice)
	_, err = d.DB.ConvertNotes(t.Context(), alice.Account.Owner(), []db.NoteChange{converted(n, "a")})
	must(t, err)
	d.Exec(t, `INSERT INTO note_versions (user_id, note_id, version, tenant_key, sealed, written_at) VALUES ($1, $2, 1, $3, $4, now())`, alice.ID, n.ID, shop.Key, sealed)
	moveOn(t, d, alice, db.SealingEndToEnd)
	moveOn(t, d, alice, db.SealingServer)
	if restored, err := d.DB.RestoreVersion(t.Context(), alice.Account.Owner(), n.ID, 1); !db.IsCode(err, db.CodeNotFound) {
		t.Errorf("restored %+v, %v", restored, err)
	}
}

// A merge moves earlier versions with their notes, under the other person's key.
func TestAMergeMovesEarlierVersions(t *testing.T) {
	d := withEagerVersions(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	yes := true
	_, err := d.DB.UpdateTenant(t.Context(), db.Operator(shop.Key), db.TenantChange{VouchedAccounts: &yes})
	must(t, err)
	vouched, err := signInVouched(t, d, shop, joe)
	must(t, err)
	n, err := d.DB.CreateNote(t.Context(), vouched.Owner(), db.NewNote{Title: "a"})
	must(t, err)
	n = write(t, d, vouched.Owner(), n, "b", "c")
	must(t, linkSubject(t, d, alice, shop, joe))
	if got := earlier(t, d, alice.Account.Owner(), n); got != "2 b, 1 a" {
		t.Errorf("moved: %s", got)
	}
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}

// Sweep deletes the versions of notes that a node of the release before deleted or converted.
func TestVersionsThatOlderNodesLeaveAreSwept(t *testing.T) {
	d := withEagerVersions(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	owner := alice.Widget(t, shop).Owner()
	note := func() *db.Note {
		n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "a"})
		must(t, err)
		return write(t, d, owner, n, "b", "c")
	}
	deleted, encrypted, other := note(), note(), note()
	must(t, d.DB.Sweep(t.Context()))
	size := count(t, d.Connect(t, d.Superuser()), `SELECT octet_length(sealed) FROM notes WHERE id = $1`, deleted.ID)
	d.Exec(t, `UPDATE note_counters SET notes = notes - 1, bytes = bytes - $1`, size)
	d.Exec(t, `UPDATE notes SET deleted_at = now(), sealed = NULL WHERE id = $1`, deleted.ID)
	d.Exec(t, `UPDATE notes SET sealed = set_byte(sealed, 0, 2) WHERE id = $1`, encrypted.ID)
	must(t, d.DB.Sweep(t.Context()))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM note_versions`); n != 6 {
		t.Errorf("%d are left, though no such node is connected", n)
	}
	config, err := pgx.ParseConfig(d.Superuser())
	must(t, err)
	config.RuntimeParams["application_name"] = "aside 4"
	older, err := pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	defer func() { _ = older.Close(context.Background()) }()
	must(t, d.DB.Sweep(t.Context()))
	if n := count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM note_versions WHERE note_id <> $1`, other.ID); n != 0 {
		t.Errorf("%d are left", n)
	}
	if got := earlier(t, d, owner, other); got != "2 b, 1 a" {
		t.Errorf("of another note, there is %s", got)
	}
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}
