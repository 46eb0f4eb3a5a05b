package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/company-a/aside/db/feed"
)

// Probe runs a query on a serving connection.
func (d *DB) Probe(ctx context.Context, query string, dest ...any) error {
	return d.pool.QueryRow(ctx, query).Scan(dest...)
}

// NameHash finds the people who go by a name.
func (d *DB) NameHash(name string) []byte { return d.nameHash(name) }

// MigrateBefore is Migrate as a release did it that knew the migrations before version.
func MigrateBefore(ctx context.Context, url, version string) error {
	return withMigrator(ctx, url, func(config *pgx.ConnConfig, pool *sql.DB) error {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return err
		}
		_, err = migrate(ctx, c, pool, func(name string) bool { return name < version })
		return errors.Join(err, c.Close(ctx))
	})
}

// The prepared statements, for tests of each.
var (
	PersonStatements    = personStatements
	AuthorityStatements = authorityStatements
)

const trash = `UPDATE notes SET trashed_at = coalesce(trashed_at, now())
	WHERE user_id = $1 AND ($2 = '' OR tenant_key = $2) AND id = $3 AND deleted_at IS NULL RETURNING ` + noteColumns

// TrashSilently is TrashNote without an announcement.
func (d *DB) TrashSilently(ctx context.Context, o Owner, id uuid.UUID) (*Note, error) {
	return d.trashWith(ctx, o, id, func(*pgx.Batch) {})
}

// TrashNotifying is TrashNote as it must not be: it notifies in its own transaction.
func (d *DB) TrashNotifying(ctx context.Context, o Owner, id uuid.UUID) (*Note, error) {
	return d.trashWith(ctx, o, id, func(b *pgx.Batch) { b.Queue(`SELECT pg_notify($1, $2)`, feed.Channel, id.String()) })
}

func (d *DB) trashWith(ctx context.Context, o Owner, id uuid.UUID, queue func(*pgx.Batch)) (*Note, error) {
	results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) {
		b.Queue(trash, o.userID, o.tenantKey, id)
		queue(b)
	})
	if err != nil {
		return nil, err
	}
	return d.oneNote(ctx, o, results)
}

// AccountStatement is how an account session reads a page of q.
func AccountStatement(q NotesQuery) string { return notesStatement(true, q) }

// Statements of notes, for tests of what they cost.
const (
	InsertNote  = insertNote
	MarkDeleted = markDeleted
)

// TableGrowth says what bounds each table.
var TableGrowth = tableGrowth

// Sweeps are the statements that remove what has ended.
func Sweeps() (all []struct{ Table, Statement string }) {
	for _, s := range sweeps {
		all = append(all, struct{ Table, Statement string }{s.table, s.statement()})
	}
	return all
}

// Swept reports whether a table is swept, by a statement or by a function.
func Swept(table string) bool {
	return table == "notes" || table == "audit_events" || slices.ContainsFunc(sweeps, func(s sweep) bool { return s.table == table })
}

// AsAuthority is asAuthority.
func (d *DB) AsAuthority(ctx context.Context, f func(tx bun.Tx) error) error {
	return d.asAuthority(ctx, func(tx authorityTx) error { return f(tx.Tx) })
}

// Repeatable is repeatable.
var Repeatable = repeatable

// BeOn has the node believe that a primary was met on a timeline.
func (d *DB) BeOn(timeline int64) {
	d.timeline.highest.Store(timeline)
	d.timeline.replace()
}

// ConnectTimeout is how long a host of a URL may take to let us in.
func ConnectTimeout(url string) (time.Duration, error) {
	config, err := parseURL(url)
	if err != nil {
		return 0, err
	}
	configureServing(config.ConnConfig, time.Second)
	return config.ConnConfig.ConnectTimeout, nil
}

// SealedColumns are all that are known.
func SealedColumns() (names []string) {
	for _, c := range sealedColumns {
		names = append(names, c.table+"."+c.sealed)
	}
	return names
}
