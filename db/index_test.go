package db_test

import (
	"testing"

	"github.com/company-a/aside/db/dbtest"
)

// Every foreign key has an index. PostgreSQL creates none, and would read the whole table for each deleted row. Tenants are
// never deleted, so keys that refer to them need none.
func TestEveryForeignKeyIsIndexed(t *testing.T) {
	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	var keys, tenants int
	must(t, c.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE confrelid = 'tenants'::regclass) FROM pg_constraint WHERE contype = 'f'`).Scan(&keys, &tenants))
	if keys-tenants < 6 {
		t.Fatalf("%d foreign keys, %d of them to tenants: this test looks at the wrong place", keys, tenants)
	}
	// The index starts with the key's columns in any order and covers all rows of the key.
	rows, err := c.Query(t.Context(), `SELECT f.conname, pg_get_constraintdef(f.oid) FROM pg_constraint f
		WHERE f.contype = 'f' AND NOT (f.confrelid = 'tenants'::regclass AND f.confdeltype = 'a') AND NOT EXISTS (
			SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indisvalid
				AND f.conkey <@ (i.indkey::int2[])[0:cardinality(f.conkey) - 1]
				AND (i.indpred IS NULL OR cardinality(f.conkey) = 1 AND pg_get_expr(i.indpred, i.indrelid) = (
					SELECT format('(%I IS NOT NULL)', a.attname) FROM pg_attribute a WHERE a.attrelid = f.conrelid AND a.attnum = f.conkey[1])))`)
	must(t, err)
	for rows.Next() {
		var name, definition string
		must(t, rows.Scan(&name, &definition))
		t.Errorf("no index has the rows of %s together: %s", name, definition)
	}
	must(t, rows.Err())
}
