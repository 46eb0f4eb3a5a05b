package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	bunmigrate "github.com/uptrace/bun/migrate"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrationLock is the key of the advisory lock, the same on every node: "aside" in hexadecimal.
const migrationLock = 0x6173696465

// Migrate brings the database at the owner's URL up to date and returns the names of the migrations
// that it applied. Many nodes may call it at once: one migrates, and the others wait. Until the upgrade
// from an earlier release is finished, contract migrations are left for later (see upgrade.go).
func Migrate(ctx context.Context, url string) (applied []string, err error) {
	applied, _, err = migrateAll(ctx, url)
	return applied, err
}

// migrateAll is Migrate. It also reports whether contract migrations are left.
func migrateAll(ctx context.Context, url string) (applied []string, left bool, err error) {
	err = withMigrator(ctx, url, func(config *pgx.ConnConfig, pool *sql.DB) (err error) {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return connectError(err)
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		if err := refuseUnfinished(ctx, c); err != nil {
			return err
		}
		if applied, err = migrate(ctx, c, pool, func(m *bunmigrate.Migration) bool { return !contracts(m) }); err != nil {
			return err
		}
		if left, err = upgrading(ctx, c); err != nil {
			return err
		}
		if !left {
			contracted, waiting, err := contract(ctx, c, config)
			if applied = append(applied, contracted...); err != nil {
				return err
			}
			left = waiting
		}
		if err := openBackupPolicies(ctx, c); err != nil {
			return err
		}
		if err := redistribute(ctx, c); err != nil {
			return err
		}
		return checkPolicies(ctx, c)
	})
	return applied, left, err
}

// withMigrator calls f with connections of the tables' owner while no other node migrates.
func withMigrator(ctx context.Context, url string, f func(*pgx.ConnConfig, *sql.DB) error) (err error) {
	config, err := parseURL(url)
	if err != nil {
		return err
	}
	role, err := prepare(ctx, config.ConnConfig)
	if err != nil {
		return err
	}
	configureOwner(config.ConnConfig, role)
	pool := stdlib.OpenDB(*config.ConnConfig)
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(2) // one migrates, the other is for migrations that need a second connection

	lock, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return connectError(err)
	}
	defer func() { err = errors.Join(err, lock.Close(context.WithoutCancel(ctx))) }() // this releases the lock
	if err := pollLock(ctx, lock, "pg_try_advisory_lock"); err != nil {
		return err
	}
	return f(config.ConnConfig, pool)
}

func everyMigration(*bunmigrate.Migration) bool { return true }

// migrate applies the migrations that keep accepts and that were not applied yet. c and the
// connections of pool belong to the owner.
func migrate(ctx context.Context, c *pgx.Conn, pool *sql.DB, keep func(*bunmigrate.Migration) bool) (applied []string, err error) {
	// First: a migration would silently skip the rows that row-level security hides from the owner.
	if err := claimPolicies(ctx, c); err != nil {
		return nil, err
	}
	all, err := allMigrations()
	if err != nil {
		return nil, err
	}
	partitions, err := partitionsOf(ctx, c)
	if err != nil {
		return nil, err
	}
	kept := bunmigrate.NewMigrations()
	for _, m := range all.Sorted() {
		if !keep(&m) {
			continue
		}
		if text, err := migrationFiles.ReadFile("migrations/" + m.String() + ".up.sql"); err == nil && len(partitions) > 0 {
			m.Up = func(ctx context.Context, _ *bunmigrate.Migrator, _ *bunmigrate.Migration) error {
				return migratePartitioned(ctx, pool, string(text), partitions)
			}
		}
		kept.Add(m)
	}
	migrator := bunmigrate.NewMigrator(bun.NewDB(pool, pgdialect.New()), kept, bunmigrate.WithMarkAppliedOnSuccess(true))
	if err := migrator.Init(ctx); err != nil {
		return nil, err
	}
	group, err := migrator.Migrate(ctx)
	if err != nil {
		return nil, fmt.Errorf("db: migrate: %w", err)
	}
	for _, m := range group.Migrations.Applied() {
		applied = append(applied, strings.TrimSuffix(m.Name+"_"+m.Comment, "_"))
	}
	return applied, nil
}

func allMigrations() (*bunmigrate.Migrations, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	all := bunmigrate.NewMigrations()
	return all, all.Discover(files)
}

// knownMigrations returns the names of this release's migrations, as the database stores them.
func knownMigrations() (names []string, err error) {
	all, err := allMigrations()
	if err != nil {
		return nil, err
	}
	for _, m := range all.Sorted() {
		names = append(names, m.Name)
	}
	return names, nil
}

// pollLock waits until it holds the migrations' lock, so that no other node migrates. It polls with
// function: CREATE INDEX CONCURRENTLY would wait for a statement that waits for the lock.
func pollLock(ctx context.Context, c *pgx.Conn, function string) error {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		var locked bool
		if err := c.QueryRow(ctx, fmt.Sprintf("SELECT %s(%d)", function, migrationLock)).Scan(&locked); err != nil || locked {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
