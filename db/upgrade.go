package db

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun/dialect/pgdialect"
	bunmigrate "github.com/uptrace/bun/migrate"
)

// While an installation is upgraded, nodes of this release and of the one before serve the same database. So the
// schema changes in two steps. Migrations first add what this release needs and keep what the earlier one needs
// (expand). Those with names that end in _contract then remove what only the earlier release needed. They are applied
// once no node of an earlier release is connected and nothing is in the clear: by Migrate, or by the first Sweep
// that finds it so. The statements of this release work before and after that step.

// Each release with another layout of the database gives its connections another application_name.
const (
	applicationName = "aside 5"
	versionlessName = "aside 4"      // knows no earlier versions of notes
	readableName    = "aside 3"      // knows no notes that only their author's devices can read; refused after contract migrations
	sealedName      = "aside sealed" // needs what contract migrations remove
	clearName       = "aside"        // also stores in the clear who people are
)

// contracts reports whether m removes what only earlier releases need.
func contracts(m *bunmigrate.Migration) bool { return strings.HasSuffix(m.Comment, "_contract") }

// upgrading reports whether something still needs what contract migrations remove: a connected node of an earlier
// release, or rows that it left in the clear.
func upgrading(ctx context.Context, c *pgx.Conn) (yes bool, err error) {
	err = c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND application_name IN ('`+clearName+`', '`+sealedName+`', '`+readableName+`'))
		OR NOT EXISTS (SELECT FROM sealing WHERE finished_at IS NOT NULL)`).Scan(&yes)
	return yes, err
}

// contractTimeout is how long a contract migration waits for the lock of a table. Requests wait behind it. A backup holds
// locks of all tables until it ends; a later attempt then applies the rest.
const contractTimeout = "2s"

// contract applies the contract migrations. It reports whether some are left because a table is locked.
func contract(ctx context.Context, c *pgx.Conn, config *pgx.ConnConfig) (applied []string, left bool, err error) {
	config = config.Copy()
	pin := config.AfterConnect
	config.AfterConnect = func(ctx context.Context, c *pgconn.PgConn) error {
		if err := pin(ctx, c); err != nil {
			return err
		}
		_, err := c.Exec(ctx, `SET lock_timeout = '`+contractTimeout+`'`).ReadAll()
		return err
	}
	pool := stdlib.OpenDB(*config)
	defer func() { _ = pool.Close() }()
	applied, err = migrate(ctx, c, pool, everyMigration)
	if isSQLState(err, lockNotAvailable) {
		return applied, true, nil
	}
	return applied, false, err
}

// readUpgrade finds out whether the contract migrations were applied. From then on a node relies on what no node of an
// earlier release understands: tokens that name their user, ceremonies without a row.
func (d *DB) readUpgrade(ctx context.Context) error {
	all, err := allMigrations()
	if err != nil {
		return err
	}
	var names []string
	for _, m := range all.Sorted() {
		if contracts(&m) {
			names = append(names, m.Name)
		}
	}
	return d.asAuthority(ctx, func(tx authorityTx) error {
		var applied int
		err := tx.NewRaw(`SELECT count(DISTINCT name) FROM bun_migrations WHERE name = ANY(?::text[])`, pgdialect.Array(names)).Scan(ctx, &applied)
		d.contracted.Store(err == nil && applied == len(names))
		return err
	})
}

// finishUpgrade applies the contract migrations, unless the upgrade still needs what they remove.
func (d *DB) finishUpgrade(ctx context.Context) error {
	if d.contracted.Load() {
		return nil
	}
	applied, left, err := migrateAll(ctx, d.url)
	if err != nil {
		return err
	}
	if len(applied) > 0 {
		d.log.InfoContext(ctx, "the upgrade is finished: no node of an earlier release is connected", "migrations", applied)
	}
	d.contracted.Store(!left)
	return nil
}
