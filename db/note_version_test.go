package db_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// eager are limits with which each change of a text keeps an earlier version.
var eager = func() db.Limits {
	l := db.DefaultLimits
	l.VersionGap = time.Nanosecond
	return l
}()

// withEagerVersions makes a database with a node that has the limits eager.
func withEagerVersions(t *testing.T) *dbtest.Database {
	t.Helper()
	d := dbtest.New(t)
	d.DB = d.Node(t, db.Options{MaxConns: 8, Limits: eager})
	return d
}

// write changes a note to each of some titles, one after the other.
func write(t *testing.T, d *dbtest.Database, o db.Owner, n *db.Note, titles ...string) *db.Note {
	t.Helper()
	for _, title := range titles {
		changed, err := d.DB.UpdateNote(t.Context(), o, db.NoteChange{ID: n.ID, Version: n.Version, Title: &title})
		must(t, err)
		n = changed
	}
	return n
}

// earlier returns the earlier versions of a note as "version title", the newest first.
func earlier(t *testing.T, d *dbtest.Database, o db.Owner, n *db.Note) string {
	t.Helper()
	list, err := d.DB.History(t.Context(), o, n, db.MaxPage)
	must(t, err)
	var texts []string
	for _, v := range list {
		texts = append(texts, fmt.Sprint(v.Version, " ", v.Title))
	}
	return strings.Join(texts, ", ")
}

// An earlier version is kept when some time has passed since the last one, or since the note was created.
func TestEarlierVersionsAreKeptByTimeApart(t *testing.T) {
	d := dbtest.New(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "a", Body: "body", Tags: []string{"tag"}})
	must(t, err)
	n = write(t, d, owner, n, "b", "c")
	if got := earlier(t, d, owner, n); got != "" {
		t.Errorf("within minutes, %s is kept", got)
	}
	d.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour'`)
	written := n.UpdatedAt
	n = write(t, d, owner, n, "d", "e")
	list, err := d.DB.History(t.Context(), owner, n, 1)
	must(t, err)
	if len(list) != 1 || list[0].Version != 3 || list[0].Title != "c" || list[0].Body != "body" || list[0].Tags[0] != "tag" || !list[0].WrittenAt.Equal(written) {
		t.Errorf("after an hour, %+v is kept", list)
	}
	yes := true
	d.Exec(t, `UPDATE note_versions SET kept_at = kept_at - interval '1 hour'`)
	n, err = d.DB.UpdateNote(t.Context(), owner, db.NoteChange{ID: n.ID, Version: n.Version, Pinned: &yes})
	must(t, err)
	if n = write(t, d, owner, n, "f"); earlier(t, d, owner, n) != "6 e, 3 c" {
		t.Errorf("kept: %s", earlier(t, d, owner, n))
	}
	for _, first := range []int{0, -1, 101} {
		if _, err := d.DB.History(t.Context(), owner, n, first); !isInvalid(err, "first") {
			t.Errorf("first %d: %v", first, err)
		}
	}
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}

func TestFewEarlierVersionsAreKept(t *testing.T) {
	d := withEagerVersions(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "the first"})
	must(t, err)
	for i := range 30 {
		n = write(t, d, owner, n, fmt.Sprint(strings.Repeat("x", i), i))
	}
	list, err := d.DB.History(t.Context(), owner, n, db.MaxPage)
	must(t, err)
	if len(list) != db.MaxVersions || list[0].Version != n.Version-1 || list[len(list)-1].Title != "the first" {
		t.Errorf("%d are kept: %s", len(list), earlier(t, d, owner, n))
	}
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}

// Restoring keeps the text that was there, so that restoring that one undoes it. Going back and forth keeps no text twice.
func TestAnEarlierVersionIsRestored(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	for name, owner := range map[string]db.Owner{"in a widget": alice.Widget(t, shop).Owner(), "at the account origin": alice.Account.Owner()} {
		t.Run(name, func(t *testing.T) {
			n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "a", Body: "old", Tags: []string{"x"}, Pinned: true})
			must(t, err)
			d.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour'`)
			n = write(t, d, owner, n, "b", "c")
			for range 2 {
				restored, err := d.DB.RestoreVersion(t.Context(), owner, n.ID, 1)
				must(t, err)
				if restored.Version != n.Version+1 || restored.Title != "a" || restored.Body != "old" || len(restored.Tags) != 1 || !restored.Pinned {
					t.Errorf("restored: %+v", restored)
				}
				if got := earlier(t, d, owner, restored); got != "3 c, 1 a" {
					t.Errorf("kept: %s", got)
				}
				if read, err := d.DB.Note(t.Context(), owner, n.ID); err != nil || read.Title != "a" || read.Version != restored.Version {
					t.Errorf("stored: %+v, %v", read, err)
				}
				if n, err = d.DB.RestoreVersion(t.Context(), owner, n.ID, 3); err != nil || n.Title != "c" || n.Version != restored.Version+1 {
					t.Errorf("undone: %+v, %v", n, err)
				}
			}
			if same, err := d.DB.RestoreVersion(t.Context(), owner, n.ID, 3); err != nil || same.Version != n.Version {
				t.Errorf("the same text again: %+v, %v", same, err)
			}
			for _, version := range []int{0, 2, 99} {
				if _, err := d.DB.RestoreVersion(t.Context(), owner, n.ID, version); !db.IsCode(err, db.CodeNotFound) {
					t.Errorf("version %d: %v", version, err)
				}
			}
			if n := miscounted(t, d); n != 0 {
				t.Errorf("%d owners are miscounted", n)
			}
			must(t, d.DB.DeleteNote(t.Context(), owner, n.ID))
		})
	}
}

// If somebody else writes at the same time, each text that a restored one replaces is kept.
func TestRestoringMeetsOtherChanges(t *testing.T) {
	d := withEagerVersions(t)
	owner := d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner()
	n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "first"})
	must(t, err)
	n = write(t, d, owner, n, "second")
	done := make(chan error)
	go func() {
		for range 20 {
			_, err := d.DB.RestoreVersion(t.Context(), owner, n.ID, 1)
			if db.IsCode(err, db.CodeNotFound) { // ten later ones are kept
				break
			}
			if err != nil && !db.IsCode(err, db.CodeConflict) {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := range 20 {
		title := fmt.Sprint("change ", i)
		current, err := d.DB.Note(t.Context(), owner, n.ID)
		must(t, err)
		_, err = d.DB.UpdateNote(t.Context(), owner, db.NoteChange{ID: n.ID, Version: current.Version, Title: &title})
		if err != nil && !db.IsCode(err, db.CodeConflict) {
			t.Error(err)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := miscounted(t, d); n != 0 {
		t.Errorf("%d owners are miscounted", n)
	}
}

// Another person, or the same one at another tenant, neither reads nor restores an earlier version.
func TestEarlierVersionsAreTheirOwners(t *testing.T) {
	d := withEagerVersions(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	token := alice.WidgetToken(t, shop)
	n, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "a"})
	must(t, err)
	n = write(t, d, alice.Widget(t, shop).Owner(), n, "b")
	for name, owner := range map[string]db.Owner{
		"Bob": bob.Widget(t, shop).Owner(), "Bob's account": bob.Account.Owner(), "Alice at another tenant": alice.Widget(t, paper).Owner(),
	} {
		if got := earlier(t, d, owner, n); got != "" {
			t.Errorf("%s reads %s", name, got)
		}
		if _, err := d.DB.RestoreVersion(t.Context(), owner, n.ID, 1); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("%s restores it: %v", name, err)
		}
	}
	if _, err := d.DB.History(t.Context(), db.Owner{}, n, 1); err == nil {
		t.Error("nobody reads it")
	}

	// The database itself refuses foreign rows.
	live, account := widgetSetting(alice.ID, token, shop.Key), accountSetting(alice.ID, alice.Cookie)
	d.Exec(t, `INSERT INTO note_versions SELECT $1, note_id, version, $2, sealed, written_at, kept_at FROM note_versions`, bob.ID, shop.Key)
	d.Exec(t, `INSERT INTO note_versions SELECT user_id, note_id, 7, $2, sealed, written_at, kept_at FROM note_versions WHERE user_id = $1`, alice.ID, paper.Key)
	for name, c := range map[string]struct {
		querier
		rows int
	}{
		"a widget":                        {asApp(t, d, live), 1},
		"a widget's, at the account":      {asPerson(t, d, live), 0},
		"an account":                      {asPerson(t, d, account), 2},
		"an account's, at a widget":       {asApp(t, d, account), 0},
		"a merge without its second one":  {as(t, d, "aside_merge", account), 0},
		"no session of a widget":          {asApp(t, d, ""), 0},
		"no session of an account":        {asPerson(t, d, ""), 0},
		"another person's of the account": {asPerson(t, d, accountSetting(bob.ID, alice.Cookie)), 0},
	} {
		if got := count(t, c, `SELECT count(*) FROM note_versions`); got != c.rows {
			t.Errorf("%s sees %d versions, not %d", name, got, c.rows)
		}
		if tag, err := c.Exec(t.Context(), `DELETE FROM note_versions WHERE user_id = $1`, bob.ID); err != nil || tag.RowsAffected() != 0 {
			t.Errorf("%s deletes Bob's: %v", name, err)
		}
		if _, err := c.Exec(t.Context(), `UPDATE note_versions SET version = 9`); err == nil {
			t.Errorf("%s changes a version", name)
		}
		if _, err := c.Exec(t.Context(), `INSERT INTO note_versions (user_id, note_id, version, tenant_key, sealed, written_at) VALUES ($1, $2, 8, $3, '', now())`, bob.ID, n.ID, shop.Key); err == nil {
			t.Errorf("%s writes a version of Bob's", name)
		}
	}
	auth := as(t, d, "aside_auth", account)
	if _, err := auth.Exec(t.Context(), `SELECT FROM note_versions`); err == nil {
		t.Error("the authority reads versions")
	}
}
