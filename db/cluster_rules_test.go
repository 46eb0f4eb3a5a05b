package db_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

func TestStatementsSuitACluster(t *testing.T) {
	d := dbtest.New(t)
	var broken []string
	all := statements(t, d)
	for _, s := range all {
		for rule, breaks := range statementRules {
			if breaks(s.text) {
				broken = append(broken, rule+": "+s.in)
			}
		}
	}
	if len(all) < 150 {
		t.Errorf("only %d statements were found", len(all))
	}
	checkBroken(t, broken, func(rule string) bool { return statementRules[rule] != nil })
}

func TestSchemaSuitsACluster(t *testing.T) {
	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	checkBroken(t, brokenSchema(t, c), func(rule string) bool { return schemaRules[rule] != "" })
}

// checkBroken reports what breaks a rule and is on no list, and what is on a list and breaks none.
func checkBroken(t *testing.T, broken []string, isRule func(string) bool) {
	t.Helper()
	listed := slices.Collect(maps.Keys(exempt))
	for _, b := range slices.Compact(slices.Sorted(slices.Values(broken))) {
		if !slices.Contains(listed, b) {
			t.Errorf("a cluster would refuse this, or ask all nodes: %s", b)
		}
	}
	for _, l := range slices.Sorted(slices.Values(listed)) {
		rule, _, _ := strings.Cut(l, ": ")
		if isRule(rule) && !slices.Contains(broken, l) {
			t.Errorf("remove from the list: %s", l)
		}
	}
}

// schemaRules select what breaks them. $1 has the names of the tables of people, $2 their columns with the user's id, $3
// the names of the lookup tables, $4 their columns, $5 the reference tables, $6 those of the coordinator.
var schemaRules = map[string]string{
	"a subquery or OR in a policy": `SELECT p.tablename || '.' || p.policyname FROM pg_policies p WHERE p.schemaname = 'public'
		AND p.tablename = ANY ($1 || $3 || $5) AND concat(p.qual, ' ', p.with_check) ~ '\m(SELECT|OR)\M'`,
	"a trigger": `SELECT c.relname || '.' || g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
		WHERE NOT g.tgisinternal AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1 || $3 || $5)`,
	"a key without the column that distributes the table": `SELECT i.indexrelid::regclass::text FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
		JOIN unnest($1 || $3, $2 || $4) AS t (name, by) ON t.name = c.relname
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = t.by
		WHERE i.indisunique AND NOT (CASE WHEN c.relname = ANY ($1) THEN i.indkey[0] = a.attnum ELSE a.attnum = ANY (i.indkey) END)`,
	"a foreign key between nodes": `SELECT c.relname || '.' || k.conname FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
		WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace AND NOT coalesce(
			r.relname = ANY ($5) OR c.relname = ANY ($6) AND r.relname = ANY ($6)
			OR c.relname = ANY ($1) AND r.relname = 'users' AND cardinality(k.conkey) = 1
				AND (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = k.conkey[1]) = ($2)[array_position($1, c.relname::text)], false)`,
	"a table without a place": `SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
		AND c.relname <> ALL ($1 || $3 || $5 || $6)`,
	"a table that does not exist": `SELECT name FROM unnest($1 || $3 || $5 || $6) AS t (name) WHERE to_regclass('public.' || name) IS NULL`,
}

// brokenSchema returns what breaks a schema rule in a database, as "rule: where".
func brokenSchema(t *testing.T, c *pgx.Conn) (broken []string) {
	t.Helper()
	people, byUser := columns(db.PeopleTables)
	lookups, byKey := columns(db.LookupTables)
	for rule, query := range schemaRules {
		// Every rule gets all arguments.
		query = `WITH arguments AS (SELECT $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) ` + query
		rows, err := c.Query(t.Context(), query, people, byUser, lookups, byKey, db.ReferenceTables, db.CoordinatorTables)
		must(t, err)
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		for _, f := range found {
			broken = append(broken, rule+": "+f)
		}
	}
	return broken
}

func columns(tables map[string]string) (names, by []string) {
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		names, by = append(names, name), append(by, tables[name])
	}
	return names, by
}

// Each rule is broken by an example.
func TestClusterRulesFind(t *testing.T) {
	for rule, examples := range map[string][]string{
		"inserts what it selects": {
			`INSERT INTO notes (user_id, id) SELECT $1, $2`, `WITH s AS (SELECT 1) INSERT INTO public.sessions AS s (id) (SELECT user_id FROM s)`, `INSERT INTO users SELECT 1`,
		},
		"a stable function in CASE, COALESCE": {
			`UPDATE sessions SET revoked_at = coalesce(revoked_at, now()) WHERE user_id = $1`, `INSERT INTO notes (user_id, trashed_at) VALUES ($1, CASE WHEN $2 THEN now() END)`,
		},
		"a stable function in ON CONFLICT": {`INSERT INTO consents (user_id) VALUES ($1) ON CONFLICT (user_id) DO UPDATE SET created_at = now()`},
		"a column and an interval":         {`UPDATE sessions SET idle_until = last_used_at + idle_timeout WHERE user_id = $1`},
		"ctid":                             {`DELETE FROM tries WHERE ctid IN (SELECT ctid FROM tries LIMIT 5)`},
		"changes the role":                 {`SET LOCAL ROLE aside_auth`, `SELECT set_config('role', 'aside_auth', true)`},
		"names no user": {
			`SELECT id FROM notes`, `UPDATE sessions SET revoked_at = now() WHERE token_hash = $1`, `SELECT u.id FROM users u WHERE u.handle = $1`,
			`INSERT INTO passkeys (id) VALUES ($1)`,
		},
	} {
		for _, e := range examples {
			if !statementRules[rule](e) {
				t.Errorf("%s: not found in %s", rule, e)
			}
		}
	}
	for rule, suits := range map[string]string{
		"inserts what it selects":             `INSERT INTO notes (user_id, id) VALUES ($1, $2)`,
		"a stable function in CASE, COALESCE": `UPDATE sessions SET revoked_at = now() WHERE user_id = $1 AND coalesce(jkt, '') = $2`,
		"a stable function in ON CONFLICT":    `INSERT INTO consents (user_id, created_at) VALUES ($1, now()) ON CONFLICT (user_id) DO UPDATE SET created_at = excluded.created_at`,
		"a column and an interval":            `UPDATE sessions SET idle_until = now() + make_interval(secs => $2) WHERE user_id = $1 AND expires_at < now() - interval '1 hour'`,
		"names no user":                       `DELETE FROM sessions s WHERE s.user_id = ANY ($1) AND s.id = $2`,
	} {
		if statementRules[rule](suits) {
			t.Errorf("%s: found in %s", rule, suits)
		}
	}

	d := dbtest.New(t)
	c := d.Connect(t, d.Superuser())
	before := brokenSchema(t, c)
	for rule, statement := range map[string]string{
		"a subquery or OR in a policy": `CREATE POLICY example ON notes USING (user_id = (SELECT owner_user()))`,
		"a trigger":                    `CREATE TRIGGER example AFTER DELETE ON consents EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
		"a key without the column that distributes the table": `CREATE UNIQUE INDEX example ON notes (id, user_id)`,
		"a foreign key between nodes":                         `ALTER TABLE spent_proofs ADD example uuid REFERENCES users`,
		"a table without a place":                             `CREATE TABLE unplaced (id int)`,
	} {
		_, err := c.Exec(t.Context(), statement)
		must(t, err)
		found := slices.DeleteFunc(brokenSchema(t, c), func(b string) bool { return slices.Contains(before, b) })
		if !slices.ContainsFunc(found, func(b string) bool { return strings.HasPrefix(b, rule+": ") }) {
			t.Errorf("%s: %s was not found: %q", rule, statement, found)
		}
	}
}
