package db_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func begin(t *testing.T, d *dbtest.Database, p *dbtest.Person, generation int) error {
	t.Helper()
	_, err := d.DB.SetSealing(t.Context(), p.Account, db.SealingChange{
		To: db.SealingEndToEnd, Generation: generation, Wraps: []db.PasskeyWrap{{Passkey: passkeyOf(t, d, p), Wrap: wrapOf(byte(generation))}},
	})
	return err
}

// beginSealing turns encryption on for a person, with recovery codes.
func beginSealing(t *testing.T, d *dbtest.Database, p *dbtest.Person) {
	t.Helper()
	must(t, begin(t, d, p, 1))
	must(t, d.DB.ReplaceRecoveryCodes(t.Context(), p.Account, browserCodes(1, true)))
	p.Account = lookUp(t, d, p)
}

func lookUp(t *testing.T, d *dbtest.Database, p *dbtest.Person) *db.Session {
	t.Helper()
	s, err := d.DB.LookUpSession(t.Context(), db.Token{User: p.ID, Hash: p.Cookie}, "")
	must(t, err)
	return s
}

// moveOn goes on with a conversion, and returns the state of the account.
func moveOn(t *testing.T, d *dbtest.Database, p *dbtest.Person, to db.AccountSealing) db.AccountSealing {
	t.Helper()
	s, err := d.DB.SetSealing(t.Context(), p.Account, db.SealingChange{To: to, Generation: 1})
	must(t, err)
	return s.Sealing
}

func isInvalid(err error, field string) bool {
	var e *db.Error
	return errors.As(err, &e) && e.Code == db.CodeInvalid && e.Field == field
}

func TestChangesOfTheStateAreRefused(t *testing.T) {
	d := dbtest.New(t)
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	bobs := passkeyOf(t, d, bob)
	set := func(p *dbtest.Person, c db.SealingChange) error {
		_, err := d.DB.SetSealing(t.Context(), p.Account, c)
		return err
	}
	wraps := []db.PasskeyWrap{{Passkey: passkeyOf(t, d, alice), Wrap: wrapOf(1)}}
	expect := func(name string, err error, code db.Code) {
		t.Helper()
		if !db.IsCode(err, code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	expect("a first key of the second generation", set(alice, db.SealingChange{To: db.SealingEndToEnd, Generation: 2, Wraps: wraps}), db.CodeConflict)
	expect("no key", set(alice, db.SealingChange{To: db.SealingEndToEnd, Generation: 1}), db.CodeConflict)
	expect("another person's passkey", set(alice, db.SealingChange{To: db.SealingEndToEnd, Generation: 1, Wraps: []db.PasskeyWrap{{Passkey: bobs, Wrap: wrapOf(1)}}}), db.CodeInvalid)
	expect("no wrap", set(alice, db.SealingChange{To: db.SealingEndToEnd, Generation: 1, Wraps: []db.PasskeyWrap{{Passkey: wraps[0].Passkey, Wrap: "AAAA"}}}), db.CodeInvalid)
	expect("a key to turn it off", set(alice, db.SealingChange{To: db.SealingServer, Generation: 1, Wraps: wraps}), db.CodeInvalid)
	expect("another state", set(alice, db.SealingChange{To: db.SealingEncrypting, Generation: 1, Wraps: wraps}), db.CodeInvalid)
	d.Exec(t, `UPDATE sessions SET confirmed_at = NULL`)
	if err := set(alice, db.SealingChange{To: db.SealingEndToEnd, Generation: 1, Wraps: wraps}); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("without a fresh passkey: %v", err)
	}
	d.Exec(t, `UPDATE sessions SET confirmed_at = now()`)
	if s := lookUp(t, d, alice); s.Sealing != db.SealingServer {
		t.Fatalf("the state is %s", s.Sealing)
	}

	beginSealing(t, d, alice)
	expect("a second begin", begin(t, d, alice, 1), db.CodeConflict)
	expect("a second begin with the next key", begin(t, d, alice, 2), db.CodeConflict)
	expect("another generation", set(alice, db.SealingChange{To: db.SealingEndToEnd, Generation: 2}), db.CodeConflict)
	expect("a state in between", set(alice, db.SealingChange{To: db.SealingEncrypting, Generation: 1}), db.CodeInvalid)
	d.Exec(t, `UPDATE sessions SET confirmed_at = NULL`)
	if err := set(alice, db.SealingChange{To: db.SealingServer, Generation: 1}); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("turned around without a fresh passkey: %v", err)
	}
	if state := moveOn(t, d, alice, db.SealingEndToEnd); state != db.SealingEndToEnd { // which needs none to end
		t.Errorf("the state is %s", state)
	}
	if err := set(alice, db.SealingChange{To: db.SealingServer, Generation: 1}); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("turned off without a fresh passkey: %v", err)
	}
	d.Exec(t, `UPDATE sessions SET confirmed_at = now()`)
	d.Exec(t, `UPDATE users SET vouched_by = $1, vouched_subject_hash = decode(repeat('00', 32), 'hex') WHERE id = $2`, d.Tenant(t, "Shop").Key, bob.ID)
	expect("a vouched account", begin(t, d, bob, 1), db.CodeForbidden)
	if s := lookUp(t, d, bob); s.Sealing != db.SealingServer {
		t.Errorf("Bob's state is %s", s.Sealing)
	}
}

// A text that was sent in the clear while encryption begins is stored before it has begun, or not at all.
func TestNoPlainTextIsWrittenOnceEncryptionHasBegun(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	widget := alice.Widget(t, shop)
	const writers = 4
	var refused, began sync.WaitGroup
	var hasBegun atomic.Bool
	began.Add(writers)
	for w := range writers {
		n, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: "plain 0", Body: strings.Repeat("x", w)})
		must(t, err)
		refused.Go(func() {
			for i, late := 0, 0; ; i++ {
				if hasBegun.Load() {
					late++
				}
				if late == 100 {
					t.Error("a writer is not refused")
					return
				}
				title := fmt.Sprint("plain ", i%10) // always of the same length
				changed, err := d.DB.UpdateNote(t.Context(), alice.Account.Owner(), db.NoteChange{ID: n.ID, Version: n.Version, Title: &title})
				if i == 2 {
					began.Done()
				}
				if err != nil {
					if !isInvalid(err, "body") {
						t.Errorf("a writer is refused with %v", err)
					}
					return
				}
				n = changed
			}
		})
	}
	began.Wait()
	must(t, begin(t, d, alice, 1))
	hasBegun.Store(true)
	c := d.Connect(t, d.Superuser())
	const versions = `SELECT sum(version) FROM notes`
	before := count(t, c, versions)
	refused.Wait()
	if after := count(t, c, versions); after != before {
		t.Errorf("after the beginning, %d texts were written in the clear", after-before)
	}
}

// A node of an earlier release would store what it is sent.
func TestEncryptionWaitsForTheEndOfAnUpgrade(t *testing.T) {
	d, older := startBefore(t)
	alice := d.Person(t, "Alice")
	if err := begin(t, d, alice, 1); !db.IsCode(err, db.CodeForbidden) {
		t.Errorf("beside a node of an earlier release: %v", err)
	}
	must(t, older.Close(t.Context()))
	eventually(t, "the node has left", func() bool {
		return count(t, d.Connect(t, d.Superuser()), `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'aside sealed'`) == 0
	})
	if err := begin(t, d, alice, 1); !db.IsCode(err, db.CodeForbidden) { // since it could start again
		t.Errorf("before the upgrade is finished: %v", err)
	}
	eventually(t, "the upgrade is finished", func() bool {
		must(t, d.DB.Sweep(t.Context()))
		return begin(t, d, alice, 1) == nil
	})
}

// Code that can write notes as a person cannot turn their encryption off behind their back: not even with injected SQL.
func TestOnlyTheAuthorityChangesTheState(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	beginSealing(t, d, alice)
	for _, role := range []string{"aside_app", "aside_person"} {
		c := d.Connect(t, d.URL)
		_, err := c.Exec(t.Context(), `SET ROLE `+role)
		must(t, err)
		for _, statement := range []string{`UPDATE note_counters SET sealing = 'SERVER'`, `UPDATE users SET sealing = 'SERVER'`, `DELETE FROM note_counters`} {
			if _, err := c.Exec(t.Context(), statement); !db.IsSQLState(err, "42501") {
				t.Errorf("%s may %s: %v", role, statement, err)
			}
		}
		_, err = c.Exec(t.Context(), `UPDATE note_counters SET notes = notes, bytes = bytes, deleted_up_to = deleted_up_to`)
		must(t, err)
	}
}

// A node of a release that knows no encrypted notes may start at any time. Once accounts can be encrypted, it gets no notes and
// writes none.
func TestAnEarlierReleaseIsRefused(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	settings := map[string]string{
		"aside_app":    widgetSetting(alice.ID, alice.WidgetToken(t, shop), shop.Key),
		"aside_person": accountSetting(alice.ID, alice.Cookie),
	}
	for name, refused := range map[string]bool{"aside": true, "aside sealed": true, "aside 3": true, "aside 4": false} {
		for role, setting := range settings {
			c := as(t, d, role, setting)
			_, err := c.c.Exec(t.Context(), `SET application_name = '`+name+`'`)
			must(t, err)
			for _, statement := range []string{`SELECT FROM notes`, `UPDATE notes SET pinned = true`, `UPDATE note_counters SET bytes = 0`} {
				_, err := c.Exec(t.Context(), statement)
				if (err != nil && strings.Contains(err.Error(), "earlier release")) != refused {
					t.Errorf("%s of %s may %s: %v", role, name, statement, err)
				}
			}
		}
	}
}
