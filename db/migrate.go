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

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/migrate"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Any number, the same on every node: "aside" in hexadecimal.
const migrationLock = 0x6173696465

// Migrate brings the database at the owner's URL up to date and returns the names of the
// migrations it applied. Many nodes may call it at once: one works, the others wait.
func Migrate(ctx context.Context, url string) (applied []string, err error) {
	config, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	role, err := prepare(ctx, config.ConnConfig)
	if err != nil {
		return nil, err
	}
	own(config.ConnConfig, role)
	pool := stdlib.OpenDB(*config.ConnConfig)
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(2) // one holds the lock, one migrates

	lock, err := pool.Conn(ctx)
	if err != nil {
		return nil, unanswered(err)
	}
	defer func() { _ = lock.Close() }()
	if err := lockMigrations(ctx, lock); err != nil {
		return nil, err
	}
	defer func() {
		_, unlockErr := lock.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("SELECT pg_advisory_unlock(%d)", migrationLock))
		err = errors.Join(err, unlockErr)
	}()

	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	migrations := migrate.NewMigrations()
	if err := migrations.Discover(files); err != nil {
		return nil, err
	}
	migrator := migrate.NewMigrator(bun.NewDB(pool, pgdialect.New()), migrations, migrate.WithMarkAppliedOnSuccess(true))
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

// lockMigrations waits until no other node migrates. It asks again and again: a statement that
// waited for the lock would itself be waited for by CREATE INDEX CONCURRENTLY.
func lockMigrations(ctx context.Context, c *sql.Conn) error {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		var locked bool
		if err := c.QueryRowContext(ctx, fmt.Sprintf("SELECT pg_try_advisory_lock(%d)", migrationLock)).Scan(&locked); err != nil || locked {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}
