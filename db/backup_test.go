package db_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/dbtest"
	"github.com/company-a/aside/db/seal"
)

// backUp returns a backup of d, made as its owner.
func backUp(t *testing.T, d *dbtest.Database) []byte {
	t.Helper()
	var file bytes.Buffer
	_, err := db.Backup(t.Context(), d.URL, d.Keys, "v1", &file)
	must(t, err)
	return file.Bytes()
}

// restore restores file into a new database and returns its owner's URL.
func restore(t *testing.T, keys *seal.Keyring, file []byte) (string, error) {
	t.Helper()
	url := dbtest.EmptyURL(t)
	r, err := backupfile.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return url, err
	}
	return url, db.Restore(t.Context(), url, keys, r)
}

// contents returns all rows of every permanent table, read as a superuser.
func contents(t *testing.T, url string) map[string][]string {
	t.Helper()
	d := dbtest.At(t, url)
	c := d.Connect(t, d.Superuser())
	collect := func(query string) []string {
		rows, err := c.Query(t.Context(), query)
		must(t, err)
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		return list
	}
	all := map[string][]string{}
	for _, table := range collect(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relpersistence = 'p' AND relname NOT LIKE 'bun\_%'`) {
		all[table] = collect(`SELECT t::text FROM ` + table + ` t ORDER BY 1`)
	}
	return all
}

// oddTexts are texts that file formats often corrupt.
var oddTexts = []string{"", " ", `\N`, `\.`, `\\x41`, "'; DROP TABLE notes; --", "\t\n\r", `"`, "{a,b}", "NULL", "ﷺ 🍵 \u202e\u0301", "\u0001\u007f", strings.Repeat("ü", 40)}

// insertOddRows inserts rows with odd values, limited only by the columns' constraints.
func insertOddRows(t *testing.T, d *dbtest.Database) {
	t.Helper()
	d.Exec(t, `UPDATE sealing SET finished_at = NULL`) // as with an older release, which has texts in the clear
	shop := d.Tenant(t, "Shop")
	alice := d.Person(t, "Alice "+oddTexts[4])
	owner := alice.Widget(t, shop).Owner()
	random := func(n int) []byte {
		b := make([]byte, n)
		_, _ = rand.Read(b)
		return b
	}
	for _, size := range []int{0, 1, 100, 64 << 10} {
		_, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "note", Body: strings.Repeat("x", size)})
		must(t, err)
	}
	gone, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "gone"})
	must(t, err)
	err = d.DB.DeleteNote(t.Context(), owner, gone.ID)
	must(t, err)
	for i, odd := range oddTexts {
		id := uuid.Must(uuid.NewV7())
		key := fmt.Sprintf("t_odd%04d", i)
		d.Exec(t, `INSERT INTO tenants (key, name, suspended_at) VALUES ($1, $2, $3)`, key, "n"+odd, []any{nil, "infinity", "-infinity", "0044-03-15 BC", "2026-02-28 23:59:59.999999+00"}[i%5])
		d.Exec(t, `INSERT INTO embed_origins (tenant_key, origin) VALUES ($1, $2)`, key, odd)
		d.Exec(t, `INSERT INTO audit_events (id, tenant_key, actor, action, detail) VALUES ($1, $2, $3, $3, $3)`, id, []any{nil, key}[i%2], odd)
		d.Exec(t, `INSERT INTO passkeys (id, user_id, credential_id, public_key, aaguid, transports, sign_count, backup_eligible, backed_up)
			VALUES ($1, $2, $3, $4, $5, $6, $7, true, false)`, id, alice.ID, random(1+i), []byte(odd), []byte{}, []string{odd, "NULL", ""}[:i%4%3+i%2], mathrand.Int64()-mathrand.Int64())
		d.Exec(t, `INSERT INTO notes (user_id, id, tenant_key, version, sealed, trashed_at) VALUES ($1, $2, $3, $4, $5, now())`, alice.ID, id, key, 1+mathrand.Int32N(1<<30), random(i*i*300))
		d.Exec(t, `INSERT INTO ceremonies (id_hash, browser_hash, kind, session_data, expires_at) VALUES ($1, $2, 'login', jsonb_build_object('k', $3::text, 'n', 1e-400::numeric, 'l', NULL), 'infinity')`, random(32), random(32), odd)
		d.Exec(t, `INSERT INTO sessions (id, kind, token_hash, user_id, granted_by, idle_timeout, idle_until, expires_at) VALUES ($1, 'ACCOUNT', $2, $3, $4, $5::interval, now(), now() + '1 day')`,
			id, random(32), alice.ID, alice.Account.ID, []string{"30 minutes", "1 mon 3 days -00:00:00.000001", "0", "-178000000 years"}[i%4])
		d.Exec(t, `INSERT INTO usage_periods (tenant_key, period, notes, operations) VALUES ($1, '2026-11', $2, $3)`, key, -mathrand.Int64(), mathrand.Int64())
	}
}

// A restored backup has the same rows. The new database is empty and its owner is not a superuser.
func TestABackupHasEveryRow(t *testing.T) {
	d := dbtest.New(t)
	insertOddRows(t, d)
	must(t, d.DB.StoreAccountOrigin(t.Context(), "https://notes.example", ""))
	must(t, d.DB.FlushUsage(t.Context()))
	before := contents(t, d.URL)
	file := backUp(t, d)
	url, err := restore(t, d.Keys, file)
	must(t, err)
	after := contents(t, url)
	for table, rows := range before {
		if !slices.Equal(rows, after[table]) {
			t.Errorf("%s had %d rows and has %d, or others", table, len(rows), len(after[table]))
		}
		delete(after, table)
	}
	for table := range after {
		t.Errorf("there is another table, %s", table)
	}
	// The schema is the same too, including row-level security, triggers and foreign keys.
	want, got := definitions(t, d.URL), definitions(t, url)
	for _, definition := range append(slices.Clone(want), got...) {
		if slices.Contains(want, definition) != slices.Contains(got, definition) {
			t.Errorf("the schema is another one: %s", definition)
		}
	}
}

// definitions lists the parts of the schema that a restore drops temporarily, and those that it must not change.
func definitions(t *testing.T, url string) []string {
	t.Helper()
	d := dbtest.At(t, url)
	rows, err := d.Connect(t, d.Superuser()).Query(t.Context(), `
		SELECT format('%s: security %s, forced %s, of %s, %s', relname, relrowsecurity, relforcerowsecurity, relowner::regrole, relacl::text) FROM pg_class WHERE relnamespace = 'public'::regnamespace
		UNION ALL SELECT format('%s %s: %s, valid %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
		UNION ALL SELECT format('%s, enabled %s', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE NOT tgisinternal
		UNION ALL SELECT format('%s: %s %s', tgrelid::regclass, tgfoid::regproc, tgenabled) FROM pg_trigger WHERE tgisinternal
		UNION ALL SELECT format('%s: %s', p.tablename, p::text) FROM pg_policies p
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'`)
	must(t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return list
}

// A backup contains a concurrent transaction entirely or not at all.
func TestABackupIsOfOneMoment(t *testing.T) {
	d := dbtest.New(t)
	d.Person(t, "The first")
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for range 3 {
		writers.Go(func() {
			for ctx.Err() == nil { // a user, a passkey and a session in one transaction
				d.Person(t, "Somebody")
			}
		})
	}
	defer writers.Wait()
	defer stop()
	for range dbtest.Rounds(10, 200) {
		m, err := db.Backup(t.Context(), d.URL, d.Keys, "v1", io.Discard)
		must(t, err)
		rows := map[string]int64{}
		for _, table := range m.Tables {
			rows[table.Name] = table.Rows
		}
		if n := rows["users"]; n == 0 || n != rows["passkeys"] || n != rows["sessions"] {
			t.Errorf("%d users, %d passkeys, %d sessions", n, rows["passkeys"], rows["sessions"])
		}
	}
}

// Backup fails when anything hides a row from it.
func TestAnIncompleteBackupIsRefused(t *testing.T) {
	for name, test := range map[string]struct{ statement, says string }{
		"a wall without its policy":   {`DROP POLICY notes_backup ON notes`, "notes"},
		"a restrictive policy":        {`CREATE POLICY odd ON users AS RESTRICTIVE USING (display_name <> 'Alice')`, "users"},
		"a policy that says less":     {`ALTER POLICY sessions_backup ON sessions USING (backing_up() AND revoked_at IS NULL)`, ""},
		"a new wall":                  {`ALTER TABLE tenants ENABLE ROW LEVEL SECURITY; ALTER TABLE tenants FORCE ROW LEVEL SECURITY`, "tenants"},
		"a gate that never opens":     {`CREATE OR REPLACE FUNCTION backing_up() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT false'`, "notes"},
		"a release before there were": {`DROP FUNCTION backing_up() CASCADE`, "aside migrate"},
	} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.New(t)
			newNote(t, d)
			c := d.Connect(t, d.URL)
			_, err := c.Exec(t.Context(), test.statement, pgx.QueryExecModeSimpleProtocol)
			must(t, err)
			if test.says == "" { // the other policy still permits every row
				_, err := db.Backup(t.Context(), d.URL, d.Keys, "v1", io.Discard)
				must(t, err)
				return
			}
			_, err = db.Backup(t.Context(), d.URL, d.Keys, "v1", io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("it is written: %v", err)
			}
			// The next start repairs the policies of migrations.
			if test.says == "notes" && strings.HasPrefix(test.statement, "DROP") {
				_, err := db.Migrate(t.Context(), d.URL)
				must(t, err)
				backUp(t, d)
			}
		})
	}
}

func newNote(t *testing.T, d *dbtest.Database) {
	t.Helper()
	_, err := d.DB.CreateNote(t.Context(), d.Person(t, "Alice").Widget(t, d.Tenant(t, "Shop")).Owner(), db.NewNote{Title: "kept"})
	must(t, err)
}

// The serving roles can't use the backup's bypass of row-level security, even in a function that runs as the owner.
func TestServingRolesCannotUseBackupPolicy(t *testing.T) {
	d := dbtest.New(t)
	newNote(t, d)
	owner := d.Connect(t, d.URL)
	_, err := owner.Exec(t.Context(), `CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.notes'; GRANT EXECUTE ON FUNCTION peek() TO aside_app, aside_auth`, pgx.QueryExecModeSimpleProtocol)
	must(t, err)
	for _, c := range []struct {
		role, look string
		sees       int
	}{
		{"aside_app", `SELECT count(*) FROM notes`, 0},
		{"aside_app", `SELECT peek()`, 0},
		{"aside_auth", `SELECT peek()`, 0},
		{"none", `SELECT peek()`, 1}, // the owner itself
	} {
		conn := d.Connect(t, d.URL)
		var sees int
		for _, statement := range []string{`SET ROLE ` + c.role, `SET aside.backup = 'on'`} {
			_, err := conn.Exec(t.Context(), statement)
			must(t, err)
		}
		must(t, conn.QueryRow(t.Context(), c.look).Scan(&sees))
		if sees != c.sees {
			t.Errorf("%s sees %d notes by %s", c.role, sees, c.look)
		}
	}
	var sees int
	must(t, d.Connect(t, d.URL).QueryRow(t.Context(), `SELECT count(*) FROM notes`).Scan(&sees))
	if sees != 0 {
		t.Errorf("the owner sees %d notes who makes no backup", sees)
	}
}
