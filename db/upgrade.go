package db

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	bunmigrate "github.com/uptrace/bun/migrate"
)

// While an installation is upgraded, nodes of this release and of the one before serve the same database. So the
// schema changes in two steps. Migrations first add what this release needs and keep what the earlier one needs
// (expand). Those whose names end in _contract then remove what only the earlier release needed. They are applied
// once no node of an earlier release is connected and nothing is in the clear: by Migrate, or by the first Sweep
// that finds it so. The statements of this release work before and after that step.

// Each release with another layout of the database gives its connections another application_name.
const (
	applicationName = "aside 3"
	sealedName      = "aside sealed" // needs what contract migrations remove
	clearName       = "aside"        // also stores in the clear who people are
)

// contracts reports whether m removes what only earlier releases need.
func contracts(m *bunmigrate.Migration) bool { return strings.HasSuffix(m.Comment, "_contract") }

// upgrading reports whether something still needs what contract migrations remove: a connected node of an earlier
// release, or rows that it left in the clear.
func upgrading(ctx context.Context, c *pgx.Conn) (yes bool, err error) {
	err = c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND application_name IN ('`+clearName+`', '`+sealedName+`'))
		OR NOT EXISTS (SELECT FROM sealing WHERE finished_at IS NOT NULL)`).Scan(&yes)
	return yes, err
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
