package db_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// fullAccount is a person who has used every feature at one tenant, with the values that occur only in their rows.
type fullAccount struct {
	*dbtest.Person
	widget db.TokenHash
	marks  map[string]string // the person's ids and texts by kind
}

func newFullAccount(t *testing.T, d *dbtest.Database, shop *db.Tenant, name string) *fullAccount {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := d.Person(t, name)
	l := &fullAccount{Person: p, marks: map[string]string{"id": p.ID.String(), "name": hex.EncodeToString(d.DB.NameHash(name))}}
	l.widget = p.WidgetToken(t, shop) // also creates a request and a consent
	widget, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: l.widget}, dbtest.Key)
	must(err)
	var notes []*db.Note
	for _, title := range []string{"kept", "trashed", "deleted"} {
		n, err := d.DB.CreateNote(t.Context(), widget.Owner(), db.NewNote{Title: title})
		must(err)
		notes = append(notes, n)
		l.marks["note "+title] = n.ID.String()
	}
	_, err = d.DB.TrashNote(t.Context(), widget.Owner(), notes[1].ID)
	must(err)
	must(d.DB.DeleteNote(t.Context(), widget.Owner(), notes[2].ID))
	for i, k := range append(passkeys(t, d, p), newPasskey()) {
		l.marks[fmt.Sprint("credential ", i)] = hex.EncodeToString(k.CredentialID)
		if i > 0 {
			_, err := d.DB.AddPasskey(t.Context(), p.Account, k)
			must(err)
		}
	}
	makeCodes(t, d, p)
	d.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour' WHERE user_id = $1`, p.ID)
	write(t, d, widget.Owner(), notes[0], "kept, with an earlier version")
	d.Exec(t, `INSERT INTO key_wraps (user_id, id, passkey_id, generation, sealed_wrap) VALUES ($1, gen_random_uuid(), gen_random_uuid(), 1, '\x01')`, p.ID)
	_, _, err = d.DB.NewRecoveryLink(t.Context(), p.ID)
	must(err)
	user, err := d.DB.PasskeyUser(t.Context(), p.ID)
	must(err)
	l.marks["handle"] = hex.EncodeToString(user.Handle)
	d.Exec(t, `INSERT INTO user_handles (handle, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, user.Handle, p.ID) // as of an earlier release
	d.Exec(t, `INSERT INTO ceremonies (id_hash, browser_hash, kind, user_id, session_data, expires_at) VALUES (sha256($1::text::bytea), '', 'confirmation', $2, '{}', 'infinity')`, name, p.ID)
	subject := name + "-at-the-shop"
	must(linkSubject(t, d, p, shop, db.Subject{ID: subject, Email: shop.Key}))
	var hash []byte
	must(d.Connect(t, d.Superuser()).QueryRow(t.Context(), `SELECT subject_hash FROM identities WHERE user_id = $1`, p.ID).Scan(&hash))
	l.marks["subject"] = hex.EncodeToString(hash)
	must(d.DB.SetMember(t.Context(), db.Operator(shop.Key), p.ID, db.RoleOwner))
	_, _, err = d.DB.Invite(t.Context(), d.Seat(t, p, shop.Key), db.RoleAdmin)
	must(err)
	return l
}

// rows counts the rows of table that contain text in any column.
func rows(t *testing.T, c *pgx.Conn, table, text string) int {
	t.Helper()
	return count(t, c, `SELECT count(*) FROM `+pgx.Identifier{table}.Sanitize()+` x WHERE position($1 IN x::text) > 0`, text)
}

func tables(t *testing.T, c *pgx.Conn, query string) []string {
	t.Helper()
	found, err := c.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Deleting an account removes the person's rows from every present and future table, except pseudonymous audit log
// entries. The rows of other people don't change.
func TestDeleteAccountDeletesEverything(t *testing.T) {
	for name, remove := range map[string]func(*dbtest.Database, *fullAccount) error{
		"by its person":  func(d *dbtest.Database, l *fullAccount) error { return d.DB.DeleteAccount(t.Context(), l.Account) },
		"by an operator": func(d *dbtest.Database, l *fullAccount) error { return d.DB.DeleteAccountOf(t.Context(), l.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			shop := d.Tenant(t, "Shop")
			alice, bob := newFullAccount(t, d, shop, "Alice"), newFullAccount(t, d, shop, "Bob")
			c := d.Connect(t, d.Superuser())

			// The test must put rows into every table that refers to a person.
			all := tables(t, c, `SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`)
			for _, table := range tables(t, c, `SELECT DISTINCT c.table_name::text FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
				WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND t.table_name NOT LIKE 'notes\_p%' AND (c.column_name IN ('user_id', 'invited_by') OR c.column_name LIKE '%user%id')`) {
				if rows(t, c, table, alice.ID.String()) == 0 {
					t.Errorf("the test puts nothing of Alice's into %s", table)
				}
			}
			before := map[string]int{}
			for _, table := range all {
				before[table] = rows(t, c, table, bob.ID.String())
			}

			if err := remove(d, alice); err != nil {
				t.Fatal(err)
			}
			for _, table := range all {
				for what, text := range alice.marks {
					if n := rows(t, c, table, text); n != 0 {
						t.Errorf("%d rows of %s hold Alice's %s", n, table, what)
					}
				}
				if n := rows(t, c, table, bob.ID.String()); n != before[table] {
					t.Errorf("%d of Bob's %d rows of %s are left", n, before[table], table)
				}
			}
			if n := rows(t, c, "audit_events", d.DB.MemberID(alice.ID, shop.Key)+",member.removed,"); n != 1 {
				t.Errorf("the tenant is told %d times that she has left", n)
			}
			if n := rows(t, c, "audit_events", d.DB.Pseudonym(alice.ID)); n == 0 || rows(t, c, "audit_events", "account.deleted") != 1 {
				t.Errorf("the audit log has %d entries of hers", n)
			}
			for name, s := range map[string]struct {
				token db.TokenHash
				jkt   string
			}{"cookie": {alice.Cookie, ""}, "widget": {alice.widget, dbtest.Key}} {
				if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: s.token}, s.jkt); !errors.Is(err, db.ErrNoSession) {
					t.Errorf("her %s: %v", name, err)
				}
			}
			if err := d.DB.DeleteAccountOf(t.Context(), alice.ID); !db.IsCode(err, db.CodeNotFound) {
				t.Errorf("once more: %v", err)
			}
		})
	}
}

// Every column that names a person refers to the person with ON DELETE CASCADE, is in a lookup table, or is deleted with
// the account by its column. No foreign key prevents deleting an account.
func TestEveryReferenceToAPersonIsDeleted(t *testing.T) {
	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	for _, constraint := range tables(t, c, `SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE confrelid = 'users'::regclass AND confdeltype NOT IN ('c', 'n')`) {
		t.Errorf("%s is not ON DELETE CASCADE", constraint)
	}
	named := tables(t, c, `SELECT table_name || '.' || column_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'uuid'
		AND (c.column_name IN ('user_id', 'invited_by') OR c.column_name LIKE '%user%id')`)
	cascades := tables(t, c, `SELECT conrelid::regclass || '.' || a.attname FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
		WHERE confrelid = 'users'::regclass`)
	for _, column := range named {
		table, _, _ := strings.Cut(column, ".")
		lookup := table == "user_handles" || lookups[table] != ""
		if deleted := slices.Contains(db.PersonReferences(), column); deleted == (lookup || slices.Contains(cascades, column)) {
			t.Errorf("%s: deleted explicitly: %v, a lookup: %v, with a foreign key: %v", column, deleted, lookup, !deleted && !lookup)
		}
	}
	for _, column := range append(db.PersonReferences(), cascades...) {
		if !slices.Contains(named, column) {
			t.Errorf("%s is not known to name a person", column)
		}
	}
}

func TestDeleteAccountNeedsConfirmation(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	d.Exec(t, `UPDATE sessions SET confirmed_at = now() - interval '5 minutes'`)
	if err := d.DB.DeleteAccount(t.Context(), alice.Account); !errors.Is(err, db.ErrUnconfirmed) {
		t.Errorf("%v", err)
	}
	if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); err != nil {
		t.Errorf("and yet it is gone: %v", err)
	}
}

// A deleted account's session reads and writes nothing, even on a node that has it in its cache.
func TestDeletedAccountEndsOnEveryNode(t *testing.T) {
	d := dbtest.New(t)
	node := d.Node(t, db.Options{MaxConns: 2, SessionCache: time.Hour}) // its session cache doesn't expire
	alice := d.Person(t, "Alice")
	remembered, err := node.LookUpSession(t.Context(), db.Token{Hash: alice.WidgetToken(t, d.Tenant(t, "Shop"))}, dbtest.Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DB.DeleteAccount(t.Context(), alice.Account); err != nil {
		t.Fatal(err)
	}
	if _, _, err := node.Notes(t.Context(), remembered.Owner(), db.NotesQuery{First: 1}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("read: %v", err)
	}
	if _, err := node.CreateNote(t.Context(), remembered.Owner(), db.NewNote{Title: "late"}); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("write: %v", err)
	}
	if _, err := node.LookUpSession(t.Context(), db.Token{Hash: alice.Cookie}, ""); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("look-up: %v", err)
	}
}

func TestAnOperatorFindsAnAccount(t *testing.T) {
	d := dbtest.New(t)
	alice := newFullAccount(t, d, d.Tenant(t, "Shop"), "Alice")
	d.Person(t, "Bob")
	d.Person(t, "bob")
	for _, who := range []string{"Alice", " alice ", alice.ID.String()} {
		found, err := d.DB.FindAccounts(t.Context(), who)
		if err != nil || len(found) != 1 {
			t.Fatalf("%q: %d accounts, %v", who, len(found), err)
		}
		a := found[0]
		if a.ID != alice.ID || a.DisplayName != "Alice" || len(a.Passkeys) != 2 || a.Sessions != 2 || a.RecoveryCodesLeft != 10 || len(a.Events) != 6 {
			t.Errorf("%q: %+v", who, a)
		}
	}
	if found, err := d.DB.FindAccounts(t.Context(), "BOB"); err != nil || len(found) != 2 {
		t.Errorf("%d Bobs, %v", len(found), err)
	}
	for _, who := range []string{"Carol", "", "%", uuid.NewString()} {
		if found, err := d.DB.FindAccounts(t.Context(), who); !db.IsCode(err, db.CodeNotFound) {
			t.Errorf("%q: %d accounts, %v", who, len(found), err)
		}
	}
}

func TestPseudonymsRevealNothing(t *testing.T) {
	d := dbtest.New(t)
	alice := d.Person(t, "Alice")
	p := d.DB.Pseudonym(alice.ID)
	if strings.Contains(p, alice.ID.String()) || p == d.DB.ViewerID(alice.ID, "t_shop") || p == d.DB.Pseudonym(uuid.New()) {
		t.Errorf("it is %s", p)
	}
}
