package db

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	bunmigrate "github.com/uptrace/bun/migrate"

	"github.com/company-a/aside/db/backupfile"
	"github.com/company-a/aside/db/seal"
)

// restoreMarker is a table that exists while a restore is not finished. Until the rows are committed,
// no service may use the empty schema.
const restoreMarker = "restore_under_way"

// errUnfinished is returned for a database that has the marker.
var errUnfinished = &setupError{"a restore into this database is not finished: run aside restore again to finish it"}

// refuseUnfinished returns errUnfinished for a database with an unfinished restore, which may look
// complete but be empty.
func refuseUnfinished(ctx context.Context, c interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}) error {
	var unfinished bool
	if err := c.QueryRow(ctx, `SELECT to_regclass('public.`+restoreMarker+`') IS NOT NULL`).Scan(&unfinished); err != nil {
		return connectError(err)
	}
	if unfinished {
		return errUnfinished
	}
	return nil
}

// CheckBackup reads all of a backup. It returns an error if keys cannot open the backup or this
// release cannot restore it.
func CheckBackup(ctx context.Context, keys *seal.Keyring, r *backupfile.Reader) error {
	m := &r.Manifest
	known, err := knownMigrations()
	if err != nil {
		return err
	}
	for _, name := range m.Migrations {
		if !slices.Contains(known, name) {
			return fmt.Errorf("%w (%s)", backupfile.ErrNewer, m.Aside)
		}
	}
	for _, id := range m.MasterKeys {
		if !hasKey(keys, id) {
			return &setupError{"the backup is sealed under the master key " + id + ", which is not given: set ASIDE_MASTER_KEY, ASIDE_MASTER_KEY_FILE, or put it into master.key in the data directory"}
		}
	}
	if err := r.Authentic(func(sealed []byte) ([]byte, error) { return keys.Open(ctx, sealed, backupAAD) }); err != nil {
		return err
	}
	return r.Check()
}

// Restore restores the backup r into an empty database at the owner's URL. It applies the migrations
// that the backup had, copies the rows in one transaction, and applies the later migrations. If a
// restore is killed, run it again.
func Restore(ctx context.Context, url string, keys *seal.Keyring, r *backupfile.Reader) error {
	if err := CheckBackup(ctx, keys, r); err != nil {
		return err
	}
	err := withMigrator(ctx, url, func(config *pgx.ConnConfig, pool *sql.DB) error {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return connectError(err)
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		if err := markRestore(ctx, c); err != nil {
			return err
		}
		if _, err := migrate(ctx, c, pool, func(m *bunmigrate.Migration) bool { return slices.Contains(r.Manifest.Migrations, m.Name) }); err != nil {
			return err
		}
		return copyRows(ctx, c, r)
	})
	if err != nil {
		return err
	}
	_, err = Migrate(ctx, url)
	return err
}

// markRestore returns an error for a database that is not empty, unless an unfinished restore has left
// what is there.
func markRestore(ctx context.Context, c *pgx.Conn) error {
	var unfinished, used bool
	err := c.QueryRow(ctx, `SELECT to_regclass('public.`+restoreMarker+`') IS NOT NULL, EXISTS (SELECT FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))`).Scan(&unfinished, &used)
	if err != nil || unfinished {
		return err
	}
	if used {
		return &setupError{"the database is not empty: restore into a new one (another database in DATABASE_URL, or another ASIDE_DATA_DIR) in which no service was started"}
	}
	_, err = c.Exec(ctx, `CREATE TABLE public.`+restoreMarker+` (begun_at timestamptz NOT NULL DEFAULT now())`)
	return err
}

// copyRows copies the rows into the tables that the migrations made, in one transaction. Row-level security for the
// owner, triggers and foreign keys are off in this transaction; no other session sees the tables that way.
func copyRows(ctx context.Context, c *pgx.Conn, r *backupfile.Reader) error {
	tx, err := c.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // after Commit it does nothing
	there, err := storedTables(ctx, c)
	if err != nil {
		return err
	}
	if err := sameTables(r.Manifest.Tables, there); err != nil {
		return err
	}
	rebuild, err := disableChecks(ctx, c, there)
	if err != nil {
		return err
	}
	for _, t := range r.Manifest.Tables {
		if err := r.Table(t, func(rows io.Reader) error {
			tag, err := c.PgConn().CopyFrom(ctx, rows, `COPY `+quoted(t.Name)+` (`+columnList(t)+`) FROM STDIN (FORMAT binary)`)
			if err == nil && tag.RowsAffected() != t.Rows {
				err = fmt.Errorf("%d rows of %d were taken", tag.RowsAffected(), t.Rows)
			}
			return err
		}); err != nil {
			return err
		}
	}
	for _, s := range r.Manifest.Sequences {
		if _, err := c.Exec(ctx, `SELECT setval($1::text::regclass, $2, $3)`, quoted(s.Name), s.Last, s.Called); err != nil {
			return err
		}
	}
	for _, statement := range append(rebuild, `DROP TABLE public.`+restoreMarker) {
		if _, err := c.Exec(ctx, statement); err != nil {
			return fmt.Errorf("db: %s: %w", statement, err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	_, err = c.Exec(ctx, `ANALYZE`)
	return err
}

// sameTables compares the tables of a backup with those that its migrations make.
func sameTables(kept, made []backupfile.Table) error {
	describe := func(tables []backupfile.Table) (list []string) {
		for _, t := range tables {
			for _, c := range t.Columns {
				list = append(list, t.Name+"."+c.Name+" "+c.Type)
			}
		}
		slices.Sort(list)
		return list
	}
	a, b := describe(kept), describe(made)
	if slices.Equal(a, b) {
		return nil
	}
	var differ []string
	for _, column := range append(a, b...) {
		if slices.Contains(a, column) != slices.Contains(b, column) {
			differ = append(differ, column)
		}
	}
	return &setupError{"the backup's tables are not those of its migrations: they differ in " + strings.Join(differ, ", ")}
}

// disableChecks lets the owner copy rows unchanged. It turns off row-level security, which binds the owner
// too, triggers, which count and check again, and foreign keys, which require an order. It returns the
// statements that restore all of it and make PostgreSQL check the foreign keys.
func disableChecks(ctx context.Context, c *pgx.Conn, tables []backupfile.Table) (rebuild []string, err error) {
	rows, err := c.Query(ctx, `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
		format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
		FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0 ORDER BY conrelid::regclass::text, conname`)
	if err != nil {
		return nil, err
	}
	var down, names []string
	var drop, add string
	if _, err := pgx.ForEachRow(rows, []any{&drop, &add}, func() error {
		down, rebuild = append(down, drop), append(rebuild, add)
		return nil
	}); err != nil {
		return nil, err
	}
	for _, t := range tables {
		var hasPolicies, forced bool
		if err := c.QueryRow(ctx, `SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = $1::text::regclass`, quoted(t.Name)).Scan(&hasPolicies, &forced); err != nil {
			return nil, err
		}
		if hasPolicies && forced {
			down = append(down, `ALTER TABLE `+quoted(t.Name)+` NO FORCE ROW LEVEL SECURITY`)
			rebuild = append(rebuild, `ALTER TABLE `+quoted(t.Name)+` FORCE ROW LEVEL SECURITY`)
		}
		down = append(down, `ALTER TABLE `+quoted(t.Name)+` DISABLE TRIGGER USER`)
		rebuild = append(rebuild, `ALTER TABLE `+quoted(t.Name)+` ENABLE TRIGGER USER`)
		names = append(names, quoted(t.Name))
	}
	down = append(down, `TRUNCATE `+strings.Join(names, ", ")) // rows that a migration inserted
	for _, statement := range down {
		if _, err := c.Exec(ctx, statement); err != nil {
			return nil, fmt.Errorf("db: %s: %w", statement, err)
		}
	}
	return rebuild, nil
}
