package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/seal"
)

// backupAAD binds a sealed digest to the manifest of a backup.
var backupAAD = []byte("backup manifest")

// Backup writes the database at the owner's URL as it is at one moment, while nodes serve. keys are the
// service's master keys: the file is bound to them and does not contain them. aside is the release that
// writes. It returns ErrMasterKey when keys lacks a master key that the database uses. After an error the
// output is incomplete, and Restore refuses it.
func Backup(ctx context.Context, url string, keys *seal.Keyring, aside string, w io.Writer) (*backupfile.Manifest, error) {
	s, err := takeSnapshot(ctx, url)
	if err != nil {
		return nil, err
	}
	defer s.close(ctx)
	m := &backupfile.Manifest{Aside: aside, CreatedAt: time.Now().UTC().Truncate(time.Second)}
	if err := s.describe(ctx, m); err != nil {
		return nil, err
	}
	for _, id := range m.MasterKeys {
		if !hasKey(keys, id) {
			return nil, ErrMasterKey
		}
	}
	out := backupfile.NewWriter(w)
	for _, t := range s.tables {
		if err := out.Table(t.Name, t.Columns, func(w io.Writer) (int64, error) { return s.copyTable(ctx, t, "", w) }); err != nil {
			return nil, err
		}
	}
	return m, out.Close(m, func(digest []byte) ([]byte, error) { return keys.Seal(ctx, digest, backupAAD) })
}

// describe fills in the manifest's fields about the whole database.
func (s *snapshot) describe(ctx context.Context, m *backupfile.Manifest) error {
	err := s.conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int,
		(SELECT array_agg(DISTINCT name::text) FROM public.bun_migrations),
		(SELECT array_agg(encode(key_id, 'hex') ORDER BY first_used_at) FROM public.master_keys)`).Scan(&m.PostgreSQL, &m.Migrations, &m.MasterKeys)
	if err != nil {
		return err
	}
	slices.Sort(m.Migrations)
	err = s.conn.QueryRow(ctx, `SELECT origin, rp_id FROM public.account_origin`).Scan(&m.AccountOrigin, &m.RPID)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	rows, err := s.conn.Query(ctx, `SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences
		WHERE schemaname = 'public' AND sequencename NOT LIKE 'bun\_migration%' ORDER BY 1`)
	if err != nil {
		return err
	}
	m.Sequences, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (q backupfile.Sequence, err error) {
		return q, row.Scan(&q.Name, &q.Last, &q.Called)
	})
	return err
}

// hasKey reports whether the key ring holds the master key with a hexadecimal id.
func hasKey(keys *seal.Keyring, id string) bool {
	return slices.ContainsFunc(keys.IDs(), func(known seal.KeyID) bool { return known.String() == id })
}

// openBackupPolicies gives each table with row-level security a policy that lets only the owner read all of
// it for a backup. It waits for each table's lock only briefly at a time, because later readers of the table
// queue behind it.
func openBackupPolicies(ctx context.Context, c *pgx.Conn) error {
	rows, err := c.Query(ctx, `SELECT format(CASE WHEN p.polname IS NULL
			THEN 'CREATE POLICY %I ON public.%I FOR SELECT TO CURRENT_USER USING (public.backing_up())'
			WHEN pg_get_expr(p.polqual, p.polrelid) ~ 'SELECT' THEN 'ALTER POLICY %I ON public.%I TO CURRENT_USER USING (public.backing_up())'
			ELSE 'ALTER POLICY %I ON public.%I TO CURRENT_USER' END, c.relname || '_backup', c.relname)
		FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = c.relname || '_backup'
		WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
		  AND (p.polname IS NULL OR pg_get_expr(p.polqual, p.polrelid) ~ 'SELECT' OR p.polroles <> ARRAY[(SELECT oid FROM pg_roles WHERE rolname = current_user)])`)
	if err != nil {
		return err
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, statement := range statements {
		for {
			_, err := c.Exec(ctx, "SET lock_timeout = '1s'; "+statement+"; SET lock_timeout = 0", pgx.QueryExecModeSimpleProtocol)
			if err == nil {
				break
			}
			if !isSQLState(err, "55P03") { // lock_not_available
				return fmt.Errorf("db: %s: %w", statement, err)
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

// A snapshot is a transaction that sees the whole database at one moment, as its owner.
type snapshot struct {
	conn   *pgx.Conn
	tables []backupfile.Table
}

// takeSnapshot begins a transaction that sees all rows of all tables as they are now, while others keep
// writing. It returns an error when a policy would hide a row. close ends it.
func takeSnapshot(ctx context.Context, url string) (_ *snapshot, err error) {
	c, err := connectOwner(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &snapshot{conn: c}
	defer func() {
		if err != nil {
			s.close(ctx)
		}
	}()
	var known bool
	if err := c.QueryRow(ctx, `SELECT to_regproc('public.backing_up') IS NOT NULL`).Scan(&known); err != nil {
		return nil, err
	}
	if !known {
		return nil, &setupError{"this database was not brought up to date by this release yet: run aside migrate first"}
	}
	// No migration may change a table between the snapshot and the lock of that table.
	if err := pollLock(ctx, c, "pg_try_advisory_lock_shared"); err != nil {
		return nil, err
	}
	for _, statement := range []string{`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`, `SET LOCAL aside.backup = 'on'`} {
		if _, err := c.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	if s.tables, err = storedTables(ctx, c); err != nil {
		return nil, err
	}
	for _, t := range s.tables {
		if _, err := c.Exec(ctx, `LOCK TABLE `+quoted(t.Name)+` IN ACCESS SHARE MODE`); err != nil {
			return nil, err
		}
	}
	if _, err := c.Exec(ctx, fmt.Sprintf(`SELECT pg_advisory_unlock_shared(%d)`, migrationLock)); err != nil {
		return nil, err
	}
	return s, s.refuseHiddenRows(ctx)
}

func (s *snapshot) close(ctx context.Context) { _ = s.conn.Close(context.WithoutCancel(ctx)) } // nothing was written

// storedTables lists the tables that a backup contains: all except unlogged ones, which a crash empties too,
// and those of the migrations, which a restore runs again.
func storedTables(ctx context.Context, c *pgx.Conn) ([]backupfile.Table, error) {
	rows, err := c.Query(ctx, `SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum), array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
		  AND c.relname NOT IN ('bun_migrations', 'bun_migration_locks', '`+restoreMarker+`')
		  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
		GROUP BY c.relname ORDER BY c.relname`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (t backupfile.Table, err error) {
		var names, types []string
		if err := row.Scan(&t.Name, &names, &types); err != nil {
			return t, err
		}
		for i, name := range names {
			t.Columns = append(t.Columns, backupfile.Column{Name: name, Type: types[i]})
		}
		return t, nil
	})
}

// refuseHiddenRows returns an error when a policy hides a row of a table from the snapshot, or might. It asks the
// catalog, since counting a table's rows would not count hidden ones. All rows are visible when the owner has
// a policy that tests only backing_up, and no restrictive policy exists.
func (s *snapshot) refuseHiddenRows(ctx context.Context) error {
	rows, err := s.conn.Query(ctx, `SELECT c.relname FROM pg_class c, pg_roles me
		WHERE me.rolname = current_user AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence = 'p'
		  AND c.relrowsecurity AND NOT me.rolsuper AND NOT me.rolbypassrls AND (c.relforcerowsecurity OR NOT pg_has_role(c.relowner, 'USAGE'))
		  AND (NOT public.backing_up()
		    OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*') AND me.oid = ANY (p.polroles)
		      AND regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g') IN ('backing_up()', 'public.backing_up()', '( SELECT backing_up() AS backing_up)', '( SELECT public.backing_up() AS backing_up)', 'true'))
		    OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive))
		ORDER BY 1`)
	if err != nil {
		return err
	}
	hidden, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(hidden) == 0 {
		return err
	}
	return &setupError{"row-level security hides rows of " + strings.Join(hidden, ", ") + " from the owner of the database URL, so that a backup would be incomplete: run aside migrate with the URL of the tables' owner, and back up with the same"}
}

// copyTable writes a table's rows in PostgreSQL's binary format and returns their number. order is an ORDER
// BY clause or "".
func (s *snapshot) copyTable(ctx context.Context, t backupfile.Table, order string, w io.Writer) (int64, error) {
	tag, err := s.conn.PgConn().CopyTo(ctx, w, `COPY (SELECT `+columnList(t)+` FROM `+quoted(t.Name)+order+`) TO STDOUT (FORMAT binary)`)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", t.Name, err)
	}
	return tag.RowsAffected(), nil
}

func columnList(t backupfile.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = pgx.Identifier{c.Name}.Sanitize()
	}
	return strings.Join(names, ", ")
}

func quoted(table string) string { return pgx.Identifier{"public", table}.Sanitize() }
