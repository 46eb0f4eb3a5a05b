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
	bunmigrate "github.com/uptrace/bun/migrate"

	"github.com/company-a/aside/db/feed"
	"github.com/company-a/aside/db/seal"
)

// Probe runs a query on a serving connection.
func (d *DB) Probe(ctx context.Context, query string, dest ...any) error {
	return d.pool.QueryRow(ctx, query).Scan(dest...)
}

// NameHash returns the hash by which people of a name are found.
func (d *DB) NameHash(name string) []byte { return d.nameHash(name) }

// MigrateBefore migrates like a release that has only the migrations before version.
func MigrateBefore(ctx context.Context, url, version string) error {
	return migrateOnly(ctx, url, func(m *bunmigrate.Migration) bool { return m.Name < version })
}

// Expand migrates as Migrate does until the upgrade is finished: without the contract migrations.
func Expand(ctx context.Context, url string) error {
	return migrateOnly(ctx, url, func(m *bunmigrate.Migration) bool { return !contracts(m) })
}

func migrateOnly(ctx context.Context, url string, keep func(*bunmigrate.Migration) bool) error {
	return withMigrator(ctx, url, func(config *pgx.ConnConfig, pool *sql.DB) error {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return err
		}
		_, err = migrate(ctx, c, pool, keep)
		return errors.Join(err, c.Close(ctx))
	})
}

// MigratePartitioned applies a migration to partitioned notes.
var MigratePartitioned = migratePartitioned

// Removal returns the statements that delete a note.
var Removal = removal

// PersonStatements and AuthorityStatements are the prepared statements.
var (
	PersonStatements    = personStatements
	AuthorityStatements = authorityStatements
)

const trash = `UPDATE notes SET trashed_at = coalesce(trashed_at, now())
	WHERE ` + ofWidget + ` AND id = $3 AND deleted_at IS NULL RETURNING ` + noteColumns

// TrashSilently is TrashNote without announcing the change.
func (d *DB) TrashSilently(ctx context.Context, o Owner, id uuid.UUID) (*Note, error) {
	return d.trashWith(ctx, o, id, func(*pgx.Batch) {})
}

// TrashNotifying is TrashNote with NOTIFY in the same transaction, for comparison in benchmarks.
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

// AccountStatement is the statement for a page of q in an account session.
func AccountStatement(q NotesQuery) string { return notesStatement(true, q) }

// These are the statements of notes, for tests of their cost.
const (
	InsertNote   = insertNote
	AddToCounter = addToCounter
	GrowCounter  = growCounter
	MarkDeleted  = markDeleted
)

// TableGrowth says what bounds each table.
var TableGrowth = tableGrowth

// Sweeps returns the statements that remove ended rows.
func Sweeps() (all []struct{ Table, Statement string }) {
	for _, s := range sweeps {
		all = append(all, struct{ Table, Statement string }{s.table, s.statement()})
	}
	return all
}

// Swept reports whether a statement or a function sweeps a table.
func Swept(table string) bool {
	return table == "notes" || table == "audit_events" || slices.ContainsFunc(sweeps, func(s sweep) bool { return s.table == table })
}

// AsAuthority exports asAuthority.
func (d *DB) AsAuthority(ctx context.Context, f func(tx bun.Tx) error) error {
	return d.asAuthority(ctx, func(tx authorityTx) error { return f(tx.Tx) })
}

// Repeatable exports repeatable.
var Repeatable = repeatable

// SetTimeline makes the node assume that it has seen a primary on timeline.
func (d *DB) SetTimeline(timeline int64) {
	d.timeline.newest.Store(timeline)
	d.timeline.dropReplaced()
}

// ConnectTimeout returns the time limit for connecting to a host of url.
func ConnectTimeout(url string) (time.Duration, error) {
	config, err := parseURL(url)
	if err != nil {
		return 0, err
	}
	configureServing(config.ConnConfig, time.Second)
	return config.ConnConfig.ConnectTimeout, nil
}

// SealedColumns returns the names of all known sealed columns.
func SealedColumns() (names []string) {
	for _, c := range sealedColumns {
		names = append(names, c.table+"."+c.sealed)
	}
	return names
}

// Applied reports whether a migration was applied.
func (d *DB) Applied(ctx context.Context, name string) (yes bool, err error) {
	err = withMigrator(ctx, d.url, func(config *pgx.ConnConfig, _ *sql.DB) error {
		c, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return err
		}
		err = c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM bun_migrations WHERE name = $1)`, name).Scan(&yes)
		return errors.Join(err, c.Close(ctx))
	})
	return yes, err
}

// Sealed returns the sealed text of a note with only a title.
func (o Owner) Sealed(tenantKey string, id uuid.UUID, version int, title string) []byte {
	return o.key.SealText(seal.Place{User: o.userID, Tenant: tenantKey, Note: id, Version: version}, seal.Text{Title: title})
}

// ContextHash exports Owner.contextHash.
func ContextHash(o Owner, id string) []byte { return o.contextHash(id) }

// Presentation exports presentation, for the setting of a session.
func Presentation(user uuid.UUID, token TokenHash, jkt, tenantKey string) (string, error) {
	return presentation(sessionSetting, Token{user, token}, jkt, tenantKey)
}

// WriteAsPerson runs statements in one transaction of o's.
func (d *DB) WriteAsPerson(ctx context.Context, o Owner, statements ...string) error {
	results, err := d.writeAsPerson(ctx, o, func(b *pgx.Batch) {
		for _, s := range statements {
			b.Queue(s)
		}
	})
	if err != nil {
		return err
	}
	for range statements {
		if _, err := results.Exec(); err != nil {
			_ = results.Close()
			return err
		}
	}
	return results.Close()
}

// SubjectHash returns the hash by which a tenant's subject is found.
func (d *DB) SubjectHash(tenantKey, subject string) []byte { return d.subjectHash(tenantKey, subject) }

// CarriesUser reports whether a handle was made by this release, and so has no lookup.
func (d *DB) CarriesUser(handle []byte) bool {
	_, ok := d.openUserHandle(handle)
	return ok
}

// UserOfHandle returns the user with a handle.
func (d *DB) UserOfHandle(ctx context.Context, handle []byte) (uuid.UUID, error) {
	return d.userOfHandle(ctx, handle)
}

// IsSQLState exports isSQLState.
var IsSQLState = isSQLState

// IsConnectionFailure exports isConnectionFailure.
var IsConnectionFailure = isConnectionFailure

// These say how a cluster keeps each table.
var (
	PeopleTables      = peopleTables
	LookupTables      = lookupTables
	ReferenceTables   = referenceTables
	CoordinatorTables = coordinatorTables
)

// PersonReferences returns the columns from which an account is deleted explicitly.
func PersonReferences() (columns []string) {
	for _, r := range personReferences {
		columns = append(columns, r.table+"."+r.column)
	}
	return columns
}
