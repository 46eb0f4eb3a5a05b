package db

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A single PostgreSQL may keep the notes in partitions, by the hash of their user: smaller indexes, and a vacuum of each.
// Only notes are worth it: the other tables of people have a hundredth of the size.
const partitionedTable = "notes"

// MaxPartitions is how many partitions Partition makes at most.
const MaxPartitions = 256

// Partition turns the notes in the database at the owner's URL, a single PostgreSQL, into n partitions. It reports
// whether it did: not if there are n. It first migrates. The rows are copied in one transaction that locks the notes, so
// until it ends requests for notes fail as in an outage. After a failure nothing has changed.
func Partition(ctx context.Context, url string, n int) (done bool, err error) {
	if n < 2 || n > MaxPartitions {
		return false, &setupError{fmt.Sprintf("the number of partitions is from 2 to %d", MaxPartitions)}
	}
	_, left, err := migrateAll(ctx, url)
	if err != nil {
		return false, err
	}
	if left {
		return false, errEarlierNodes
	}
	err = withMigrator(ctx, url, func(config *pgx.ConnConfig, _ *sql.DB) error {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return connectError(err)
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		kind, err := clusterKindOf(ctx, c)
		if err != nil {
			return err
		}
		if kind == distributed {
			return &setupError{"the notes are distributed over the nodes of a cluster, and need no partitions"}
		}
		partitions, err := partitionsOf(ctx, c)
		switch {
		case err != nil:
			return err
		case len(partitions) == n:
			return nil
		case len(partitions) > 0:
			return &setupError{fmt.Sprintf("the notes have %d partitions already", len(partitions))}
		}
		done = true
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error { return partition(ctx, tx, n) })
	})
	return done && err == nil, err
}

var (
	withoutComments = regexp.MustCompile(`(?m)--[^\n]*$`)
	createsIndex    = regexp.MustCompile(`(?s)^CREATE (UNIQUE )?INDEX CONCURRENTLY (\w+) ON (?:public\.)?` + partitionedTable + ` (.*?);?\s*$`)
	dropsIndex      = regexp.MustCompile(`^DROP INDEX CONCURRENTLY (?:IF EXISTS )?(?:public\.)?(\w+);?\s*$`)
)

// partitionsOf returns the names of the partitions of the notes.
func partitionsOf(ctx context.Context, c *pgx.Conn) ([]string, error) {
	rows, err := c.Query(ctx, `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = to_regclass('public.`+partitionedTable+`') ORDER BY c.relname`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// selectDefinitions returns the statements that give a new table what the notes have: constraints that LIKE does not copy,
// indexes, policies and rights.
const selectDefinitions = `WITH t AS (SELECT oid, relacl, relowner FROM pg_class WHERE oid = 'public.notes'::regclass)
	SELECT statement FROM (
		SELECT 1 AS n, conname::text AS name, format('ALTER TABLE public.notes ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid)) AS statement
			FROM pg_constraint k, t WHERE k.conrelid = t.oid AND k.contype IN ('p', 'u', 'f')
		UNION ALL SELECT 2, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
			FROM pg_index i, t WHERE i.indrelid = t.oid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
		UNION ALL SELECT 3, policyname, format('CREATE POLICY %I ON public.notes AS %s FOR %s TO %s', policyname, permissive, cmd,
				(SELECT string_agg(CASE r WHEN 'public' THEN 'PUBLIC' ELSE quote_ident(r) END, ', ') FROM unnest(roles) r))
				|| coalesce(' USING (' || qual || ')', '') || coalesce(' WITH CHECK (' || with_check || ')', '')
			FROM pg_policies WHERE schemaname = 'public' AND tablename = 'notes'
		UNION ALL SELECT 4, privilege_type, format('GRANT %s ON public.notes TO %s', privilege_type, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
			FROM t, aclexplode(t.relacl) WHERE grantee <> t.relowner
		UNION ALL SELECT 5, privilege_type, format('GRANT %s (%I) ON public.notes TO %s', privilege_type, a.attname, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
			FROM t JOIN pg_attribute a ON a.attrelid = t.oid, aclexplode(a.attacl) WHERE a.attnum > 0 AND NOT a.attisdropped
	) AS s ORDER BY n, name, statement`

// partition replaces the notes by a partitioned table.
func partition(ctx context.Context, tx pgx.Tx, n int) error {
	script := []string{
		`LOCK TABLE public.notes IN ACCESS EXCLUSIVE MODE`,
		`ALTER TABLE public.notes NO FORCE ROW LEVEL SECURITY`, // the owner copies all rows
	}
	for _, statement := range script {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("db: %s: %w", statement, err)
		}
	}
	rows, err := tx.Query(ctx, selectDefinitions)
	if err != nil {
		return err
	}
	definitions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var options string
	err = tx.QueryRow(ctx, `SELECT coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '') FROM pg_class WHERE oid = 'public.notes'::regclass`).Scan(&options)
	if err != nil {
		return err
	}
	script = []string{
		`ALTER TABLE public.notes RENAME TO notes_undivided`,
		`CREATE TABLE public.notes (LIKE public.notes_undivided INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMPRESSION INCLUDING COMMENTS)
			PARTITION BY HASH (user_id)`,
	}
	for i := range n {
		name := fmt.Sprintf("public.notes_p%03d", i)
		script = append(script, fmt.Sprintf(`CREATE TABLE %s PARTITION OF public.notes FOR VALUES WITH (MODULUS %d, REMAINDER %d)%s`, name, n, i, options),
			`ALTER TABLE `+name+` ENABLE ROW LEVEL SECURITY`, `ALTER TABLE `+name+` FORCE ROW LEVEL SECURITY`)
	}
	script = append(script, `INSERT INTO public.notes SELECT * FROM public.notes_undivided`, `DROP TABLE public.notes_undivided`)
	script = append(script, definitions...)
	script = append(script, `ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY`, `ALTER TABLE public.notes FORCE ROW LEVEL SECURITY`, `ANALYZE public.notes`)
	for _, statement := range script {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return fmt.Errorf("db: %s: %w", strings.Join(strings.Fields(statement), " "), err)
		}
	}
	return nil
}

// forPartitions returns the statements that do to the partitioned notes what a statement of a migration does to a table:
// PostgreSQL builds no index of a partitioned table while others write. The index is built on each partition in that way,
// and then becomes part of the index of the whole table.
func forPartitions(statement string, partitions []string) []string {
	if m := createsIndex.FindStringSubmatch(statement); m != nil {
		unique, name, rest := m[1], m[2], m[3]
		statements := []string{fmt.Sprintf(`CREATE %sINDEX %s ON ONLY public.%s %s`, unique, name, partitionedTable, rest)}
		for _, p := range partitions {
			part := name + strings.TrimPrefix(p, partitionedTable)
			statements = append(statements, `DROP INDEX CONCURRENTLY IF EXISTS public.`+part, // of an attempt that failed
				fmt.Sprintf(`CREATE %sINDEX CONCURRENTLY %s ON public.%s %s`, unique, part, p, rest),
				fmt.Sprintf(`ALTER INDEX public.%s ATTACH PARTITION public.%s`, name, part))
		}
		return statements
	}
	return []string{statement}
}

// splitMigration returns the statements of a migration that runs in no transaction.
func splitMigration(text string) []string {
	statements := strings.Split("\n"+text, "\n--bun:split")
	return slices.DeleteFunc(statements, func(s string) bool { return strings.TrimSpace(withoutComments.ReplaceAllString(s, "")) == "" })
}

// migratePartitioned applies the statements of a migration that runs in no transaction to a database with partitions.
func migratePartitioned(ctx context.Context, pool *sql.DB, text string, partitions []string) error {
	c, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	for _, statement := range splitMigration(text) {
		statement = strings.TrimSpace(withoutComments.ReplaceAllString(statement, ""))
		if m := dropsIndex.FindStringSubmatch(statement); m != nil {
			var whole bool // an index of a partitioned table, which cannot be dropped while others write
			err := c.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('public.'||$1) AND relkind = 'I')`, m[1]).Scan(&whole)
			if err != nil {
				return err
			}
			if whole {
				statement = `DROP INDEX public.` + m[1]
			}
		}
		for _, s := range forPartitions(statement, partitions) {
			if _, err := c.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
	}
	return nil
}
