package db_test

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// The wall, the rules of notes and their counters are the same with partitions.
func TestPartitionedNotes(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"the database refuses foreign rows": TestTheDatabaseItselfRefusesForeignRows,
		"an ended session":                  TestEndedSessionSeesNothing,
		"the roles":                         TestOnlyTheAppRoleSeesNotes,
		"row-level security alone":          TestRowLevelSecurityAlone,
		"the owner's condition alone":       TestOwnerConditionAlone,
		"every table":                       TestEveryPersonTableHasRowSecurity,
		"a note's life":                     TestNoteLife,
		"a note that is made twice":         TestCreateNoteTwice,
		"pages":                             TestPagesOfLongNotesHaveEachNoteOnce,
		"deleted notes":                     TestDeletedIDsStayTakenInFewRows,
		"deleting an account":               TestDeleteAccountDeletesEverything,
		"a merge":                           TestNothingAcknowledgedIsLostInAMerge,
		"the service":                       func(t *testing.T) { useService(t, dbtest.NewURL(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Partitioned(t, 4)
			test(t)
		})
	}
}

// A database with notes is divided while nodes are connected to it.
func TestPartition(t *testing.T) {
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	owner := alice.Widget(t, shop).Owner()
	var all []uuid.UUID
	for range 5 {
		n, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "x"})
		must(t, err)
		all = append(all, n.ID)
	}
	rights := func() (list []string) {
		rows, err := d.Connect(t, d.Superuser()).Query(t.Context(), `SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'notes'::regclass AND contype <> 'n'
			UNION ALL SELECT replace(pg_get_indexdef(indexrelid), 'ON ONLY', 'ON') FROM pg_index WHERE indrelid = 'notes'::regclass
			UNION ALL SELECT p::text FROM pg_policies p WHERE tablename = 'notes' AND schemaname = 'public'
			UNION ALL SELECT unnest(relacl)::text FROM pg_class WHERE oid = 'notes'::regclass
			UNION ALL SELECT format('%s %s %s', relrowsecurity, relforcerowsecurity, relowner::regrole) FROM pg_class WHERE oid = 'notes'::regclass
			UNION ALL SELECT format('%s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull, attacl) FROM pg_attribute WHERE attrelid = 'notes'::regclass AND attnum > 0 AND NOT attisdropped`)
		must(t, err)
		defer rows.Close()
		for rows.Next() {
			var s string
			must(t, rows.Scan(&s))
			list = append(list, s)
		}
		must(t, rows.Err())
		slices.Sort(list)
		return list
	}
	before := rights()
	if done, err := db.Partition(t.Context(), d.URL, 4); err != nil || !done {
		t.Fatalf("it divides: %v, %v", done, err)
	}
	if after := rights(); !slices.Equal(before, after) {
		t.Errorf("the table was\n%q\nand is\n%q", before, after)
	}
	c := d.Connect(t, d.Superuser())
	if n := count(t, c, `SELECT count(*) FROM pg_inherits WHERE inhparent = 'notes'::regclass`); n != 4 {
		t.Errorf("there are %d partitions", n)
	}
	list, _, err := d.DB.Notes(t.Context(), owner, db.NotesQuery{First: 10})
	if err != nil || len(list) != len(all) {
		t.Errorf("%d notes, %v", len(list), err)
	}
	if _, err := d.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "y"}); err != nil {
		t.Errorf("a note afterwards: %v", err)
	}
	must(t, d.DB.DeleteNote(t.Context(), owner, all[0]))

	// Again is no error, another number is.
	if done, err := db.Partition(t.Context(), d.URL, 4); err != nil || done {
		t.Errorf("again: %v, %v", done, err)
	}
	for _, n := range []int{1, 8, 100_000} {
		if _, err := db.Partition(t.Context(), d.URL, n); err == nil {
			t.Errorf("%d partitions: no error", n)
		}
	}
	_, err = db.Migrate(t.Context(), d.URL)
	must(t, err)

	// Nobody reads a partition by itself.
	for _, role := range []string{"aside_app", "aside_person", "aside_auth", "aside_merge"} {
		if _, err := as(t, d, role, "").Exec(t.Context(), `SELECT FROM notes_p000`); !db.IsSQLState(err, "42501") {
			t.Errorf("%s reads a partition: %v", role, err)
		}
	}
	if n := count(t, d.Connect(t, d.URL), `SELECT count(*) FROM notes_p000`) + count(t, d.Connect(t, d.URL), `SELECT count(*) FROM notes WHERE deleted_at IS NULL`); n != 0 {
		t.Errorf("the owner sees %d notes", n)
	}
}

// A migration that builds an index while nodes serve builds it on each partition.
func TestIndexOfPartitions(t *testing.T) {
	dbtest.Partitioned(t, 3)
	d := dbtest.New(t)
	shop, alice := d.Tenant(t, "Shop"), d.Person(t, "Alice")
	_, err := d.DB.CreateNote(t.Context(), alice.Widget(t, shop).Owner(), db.NewNote{Title: "x"})
	must(t, err)
	c := d.Connect(t, d.Superuser())
	config := d.Connect(t, d.URL).Config()
	pool := stdlib.OpenDB(*config)
	defer func() { must(t, pool.Close()) }()
	// An earlier attempt has failed.
	_, err = c.Exec(t.Context(), `CREATE INDEX notes_example_p001 ON notes_p001 (user_id)`)
	must(t, err)
	const migration = "-- An example.\nDROP INDEX CONCURRENTLY IF EXISTS notes_example;\n--bun:split\n" +
		"CREATE INDEX CONCURRENTLY notes_example ON notes (user_id, tenant_key) WHERE pinned;\n--bun:split\n" +
		"CREATE UNIQUE INDEX CONCURRENTLY consents_example ON consents (user_id, tenant_key);\n"
	for range 2 { // the second time it drops what is there
		must(t, migrateExample(t, pool, migration))
		if n := count(t, c, `SELECT count(*) FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid
			WHERE h.inhparent = 'notes_example'::regclass AND i.indisvalid`); n != 3 {
			t.Errorf("%d partitions have the index", n)
		}
		if n := count(t, c, `SELECT count(*) FROM pg_index WHERE indexrelid IN ('notes_example'::regclass, 'consents_example'::regclass) AND indisvalid`); n != 2 {
			t.Errorf("%d indexes are valid", n)
		}
		_, err = c.Exec(t.Context(), `DROP INDEX consents_example`)
		must(t, err)
	}
	if err := migrateExample(t, pool, `CREATE INDEX CONCURRENTLY x ON notes (nothing)`); err == nil {
		t.Error("an error is lost")
	}
}

func migrateExample(t *testing.T, pool *sql.DB, migration string) error {
	t.Helper()
	var partitions []string
	for i := range 3 {
		partitions = append(partitions, fmt.Sprintf("notes_p%03d", i))
	}
	return db.MigratePartitioned(t.Context(), pool, migration, partitions)
}
