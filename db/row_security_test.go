package db_test

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestTheDatabaseItselfRefusesForeignRows(t *testing.T) {
	d := dbtest.New(t)
	shop, paper := d.Tenant(t, "Shop"), d.Tenant(t, "Paper")
	alice, bob := d.Person(t, "Alice"), d.Person(t, "Bob")
	aliceToken := alice.WidgetToken(t, shop)
	for _, owner := range []db.Owner{alice.Widget(t, shop).Owner(), alice.Widget(t, paper).Owner(), bob.Widget(t, shop).Owner()} {
		if _, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	live := widgetSetting(alice.ID, aliceToken, shop.Key)
	const everything = `SELECT count(*) FROM notes`

	account := accountSetting(alice.ID, alice.Cookie)
	otherKey := strings.Replace(live, dbtest.Key, strings.Repeat("A", len(dbtest.Key)), 1)
	for name, c := range map[string]struct {
		setting     string
		app, person int // how many notes each role sees
	}{
		"no session":                                      {"", 0, 0},
		"a widget session":                                {live, 1, 0},
		"its token with another key":                      {otherKey, 0, 0},
		"its token without the key":                       {strings.Replace(live, dbtest.Key, "", 1), 0, 0},
		"its token alone":                                 {accountSetting(alice.ID, aliceToken), 0, 0},
		"its token at another tenant":                     {widgetSetting(alice.ID, aliceToken, paper.Key), 0, 0},
		"its token at no tenant":                          {widgetSetting(alice.ID, aliceToken, ""), 0, 0},
		"its token as another person":                     {widgetSetting(bob.ID, aliceToken, shop.Key), 0, 0},
		"a token that was never issued":                   {widgetSetting(alice.ID, db.TokenHash{}, shop.Key), 0, 0},
		"an account session":                              {account, 0, 2},
		"an account as another person":                    {accountSetting(bob.ID, alice.Cookie), 0, 0},
		"an account with a key":                           {account + dbtest.Key, 0, 0},
		"an account at a tenant":                          {account + dbtest.Key + shop.Key, 0, 0},
		"a quote":                                         {live + `'`, 0, 0},
		"a line feed":                                     {live + "\n", 0, 0},
		"a line feed before":                              {"\n" + account, 0, 0},
		"a space within":                                  {live[:32] + " " + live[32:], 0, 0},
		"what the release before presents, of a widget":   {hex.EncodeToString(aliceToken[:]) + dbtest.Key, 0, 0},
		"what the release before presents, of an account": {hex.EncodeToString(alice.Cookie[:]), 0, 0},
	} {
		for role, want := range map[string]int{"aside_app": c.app, "aside_person": c.person, "aside_merge": 0} {
			var got int
			err := as(t, d, role, c.setting).QueryRow(t.Context(), everything).Scan(&got)
			if got != want || err != nil && want > 0 { // a malformed value may also be refused
				t.Errorf("%s: %s sees %d notes, not %d, %v", name, role, got, want, err)
			}
		}
	}
	if c := d.Connect(t, d.URL); true {
		for _, role := range []string{"aside_app", "aside_person", "aside_merge"} { // the setting was never made on this connection
			if _, err := c.Exec(t.Context(), `SET ROLE `+role); err != nil {
				t.Fatal(err)
			}
			if got := count(t, c, everything); got != 0 {
				t.Errorf("%s sees %d notes without a setting", role, got)
			}
		}
	}

	for _, c := range []querier{asApp(t, d, live), asPerson(t, d, account), as(t, d, "aside_merge", account)} {
		for name, statement := range map[string]string{
			"change":       `UPDATE notes SET pinned = true WHERE user_id = $1`,
			"trash":        `UPDATE notes SET trashed_at = now() WHERE user_id = $1`,
			"give hers to": `UPDATE notes SET user_id = $1`,
			"remove":       `DELETE FROM notes WHERE user_id = $1`,
		} {
			if tag, err := c.Exec(t.Context(), statement, bob.ID); err == nil && tag.RowsAffected() != 0 {
				t.Errorf("Alice's session can %s Bob's notes", name)
			}
		}
		if _, err := c.Exec(t.Context(), `INSERT INTO notes (user_id, id, tenant_key, sealed) VALUES ($1, $2, $3, '')`, bob.ID, uuid.New(), shop.Key); err == nil {
			t.Error("Alice's session can write a note for Bob")
		}
	}
	if tag, err := asApp(t, d, live).Exec(t.Context(), `UPDATE notes SET tenant_key = $1`, paper.Key); err == nil && tag.RowsAffected() != 0 {
		t.Error("a widget's session can move notes to another tenant")
	}
	if _, err := asPerson(t, d, account).Exec(t.Context(), `INSERT INTO notes (user_id, id, tenant_key, sealed) VALUES ($1, $2, $3, '')`, alice.ID, uuid.New(), shop.Key); err != nil {
		t.Errorf("an account's session can't import a note: %v", err)
	}
	for _, statement := range []string{
		`SELECT * FROM sessions`, `SELECT * FROM users`, `SELECT * FROM passkeys`,
		`SELECT * FROM ceremonies`, `SELECT * FROM authorization_requests`, `SELECT * FROM consents`,
		`SELECT * FROM recovery_codes`, `SELECT * FROM key_wraps`, `SELECT * FROM spent_proofs`, `DELETE FROM notes`, `TRUNCATE notes`,
		`INSERT INTO tenants (key, name) VALUES ('t_evil', 'Evil')`, `CREATE TABLE public.mine (x int)`,
	} {
		for _, c := range []querier{asApp(t, d, live), asPerson(t, d, account)} {
			if _, err := c.Exec(t.Context(), statement); err == nil {
				t.Errorf("a role that reads notes may run %s", statement)
			}
		}
	}
}

func TestEndedSessionSeesNothing(t *testing.T) {
	for name, statement := range map[string]string{
		"revoked": `UPDATE sessions SET revoked_at = now() WHERE kind = 'WIDGET'`,
		"expired": `UPDATE sessions SET expires_at = now() WHERE kind = 'WIDGET'`,
		"idle":    `UPDATE sessions SET last_used_at = now() - interval '2 hours', idle_until = now() WHERE kind = 'WIDGET'`,
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
			token := alice.WidgetToken(t, shop)
			session, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key)
			if err != nil {
				t.Fatal(err)
			}
			n, err := d.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "x"})
			if err != nil {
				t.Fatal(err)
			}
			d.Exec(t, statement)

			// An owner from an earlier lookup can't read any more, since row-level security checks the session again.
			if _, err := d.DB.Note(t.Context(), session.Owner(), n.ID); !errors.Is(err, db.ErrNoSession) {
				t.Errorf("read: %v", err)
			}
			if _, err := d.DB.TrashNote(t.Context(), session.Owner(), n.ID); !errors.Is(err, db.ErrNoSession) {
				t.Errorf("write: %v", err)
			}
			if _, err := d.DB.CreateNote(t.Context(), session.Owner(), db.NewNote{Title: "y"}); !errors.Is(err, db.ErrNoSession) {
				t.Errorf("create: %v", err)
			}
			if _, err := d.DB.LookUpSession(t.Context(), db.Token{Hash: token}, dbtest.Key); !errors.Is(err, db.ErrNoSession) {
				t.Errorf("look-up: %v", err)
			}
			if got := count(t, asApp(t, d, widgetSetting(alice.ID, token, shop.Key)), `SELECT count(*) FROM notes`); got != 0 {
				t.Errorf("by SQL it sees %d notes", got)
			}
		})
	}
}

// Signing in must never be able to read a note, and neither must the table owner by mistake.
func TestOnlyTheAppRoleSeesNotes(t *testing.T) {
	d := dbtest.New(t)
	alice, shop := d.Person(t, "Alice"), d.Tenant(t, "Shop")
	if _, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "x"}); err != nil {
		t.Fatal(err)
	}
	owner := d.Connect(t, d.URL)
	if got := count(t, owner, `SELECT count(*) FROM notes`); got != 0 {
		t.Errorf("the owner sees %d notes: is row-level security forced?", got)
	}
	if _, err := as(t, d, "aside_auth", accountSetting(alice.ID, alice.Cookie)).Exec(t.Context(), `SELECT count(*) FROM notes`); err == nil {
		t.Error("aside_auth may read notes")
	}
	// aside_merge does not even see those of the account into which it merges another one.
	if got := count(t, as(t, d, "aside_merge", accountSetting(alice.ID, alice.Cookie)), `SELECT count(*) FROM notes`); got != 0 {
		t.Errorf("aside_merge sees %d notes", got)
	}
}

// Every table with a person's rows has row-level security, including those of later migrations.
func TestEveryPersonTableHasRowSecurity(t *testing.T) {
	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	rows, err := c.Query(t.Context(), `SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
		AND (a.attname IN ('user_id', 'browser_hash') OR c.relname = 'users') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`)
	if err != nil {
		t.Fatal(err)
	}
	open, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(open) != 0 {
		t.Errorf("no forced row-level security on %v", open)
	}
	if n := count(t, c, `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'aside\_%' AND (rolbypassrls OR rolsuper)`); n != 0 {
		t.Error("a serving role may bypass row-level security")
	}
}

func TestServingConnectionsAreTheAppRole(t *testing.T) {
	d := dbtest.New(t)
	var role string
	err := d.DB.Probe(context.Background(), `SELECT current_user::text`, &role)
	if err != nil || role != "aside_app" {
		t.Errorf("serving as %q, %v", role, err)
	}
}

// The functions of the policies run with the rights of the role that asks, which sees of all sessions only what it presents.
func TestAServingRoleSeesOnlyThePresentedSession(t *testing.T) {
	d := dbtest.New(t)
	shop, alice, bob := d.Tenant(t, "Shop"), d.Person(t, "Alice"), d.Person(t, "Bob")
	token := alice.WidgetToken(t, shop)
	bob.WidgetToken(t, shop)
	for role, setting := range map[string]string{
		"aside_app": widgetSetting(alice.ID, token, shop.Key), "aside_person": accountSetting(alice.ID, alice.Cookie),
	} {
		c := as(t, d, role, setting)
		if all, hers := count(t, c, `SELECT count(user_id) FROM sessions`), count(t, c, `SELECT count(user_id) FROM sessions WHERE user_id = $1`, alice.ID); all != 1 || hers != 1 {
			t.Errorf("%s sees %d sessions, %d of them Alice's", role, all, hers)
		}
		if _, err := c.Exec(t.Context(), `SELECT subject_hash FROM sessions`); !db.IsSQLState(err, "42501") {
			t.Errorf("%s may read more of a session than the policies need: %v", role, err)
		}
		if n := count(t, as(t, d, role, ""), `SELECT count(user_id) FROM sessions`); n != 0 {
			t.Errorf("%s sees %d sessions without one", role, n)
		}
	}
}
