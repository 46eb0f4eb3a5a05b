package main

import (
	"context"
	"crypto/sha512"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

// seed fills a database with a population and its notes, sealed as the service seals them,
// unless it is full already. It returns how long that took.
func (c *cluster) seed(ctx context.Context, database string, p population) (time.Duration, error) {
	conn, err := c.super(ctx, database)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	var have int
	if err := conn.QueryRow(ctx, `SELECT count(*) FROM users`).Scan(&have); err != nil {
		return 0, err
	}
	if have == p.people {
		return 0, nil
	}
	if have != 0 {
		return 0, fmt.Errorf("%s holds %d people, not %d: give another -data directory", c.dir, have, p.people)
	}
	started := time.Now()
	sealers, err := seedPeople(ctx, conn, p)
	if err != nil {
		return 0, err
	}
	indexes, err := dropIndexes(ctx, conn)
	if err != nil {
		return 0, err
	}
	parts, group := 2, new(errgroup.Group) // one core seals while another stores
	if p.people < 1000 {
		// Few write between one note of somebody's and the next: pages that are less full keep
		// the two apart, as they are where there are many.
		parts = 1
		if _, err := conn.Exec(ctx, `ALTER TABLE notes SET (fillfactor = 75)`); err != nil {
			return 0, err
		}
	}
	for part := range parts {
		group.Go(func() error { return c.copyNotes(ctx, database, p, sealers, part, parts) })
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	for _, statement := range append(indexes,
		`INSERT INTO note_counters (user_id, tenant_key, notes, bytes) SELECT user_id, tenant_key, count(*), sum(octet_length(sealed)) FROM notes GROUP BY 1, 2`,
		`VACUUM (ANALYZE) notes`, `VACUUM (ANALYZE) note_counters`, `VACUUM (ANALYZE) users`, `CHECKPOINT`) {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return 0, err
		}
	}
	return time.Since(started), nil
}

func seedPeople(ctx context.Context, conn *pgx.Conn, p population) ([]db.NoteSealer, error) {
	keys, err := seal.NewKeyring(masterKey())
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{
		`INSERT INTO tenants (key, name) VALUES ('` + tenantKey + `', 'Bench')`,
		`INSERT INTO embed_origins (tenant_key, origin) VALUES ('` + tenantKey + `', '` + embedOrigin + `')`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return nil, err
		}
	}
	sealers := make([]db.NoteSealer, p.people)
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"users"}, []string{"id", "handle", "sealed_name", "data_key"},
		pgx.CopyFromSlice(p.people, func(i int) ([]any, error) {
			id := userID(i)
			sealer, dataKey, err := db.NewNoteSealer(ctx, keys, id)
			sealers[i] = sealer
			return []any{id, handle(id), sealer.SealName(fmt.Sprintf("Person %d", i)), dataKey}, err
		}))
	return sealers, err
}

// handle is a person's WebAuthn user handle.
func handle(id uuid.UUID) []byte {
	sum := sha512.Sum512(id[:])
	return sum[:]
}

// dropIndexes drops the indexes of notes but the key, and gives the statements that make
// them again: to sort once is quicker than to insert a million times.
func dropIndexes(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `SELECT indexname, indexdef FROM pg_indexes
		WHERE tablename = 'notes' AND schemaname = 'public' AND indexname <> 'notes_pkey'`)
	if err != nil {
		return nil, err
	}
	again := []string{`SET maintenance_work_mem = '256MB'`}
	var names []string
	var name, definition string
	if _, err := pgx.ForEachRow(rows, []any{&name, &definition}, func() error {
		names, again = append(names, name), append(again, definition)
		return nil
	}); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := conn.Exec(ctx, `DROP INDEX `+pgx.Identifier{name}.Sanitize()); err != nil {
			return nil, err
		}
	}
	return again, nil
}

// copyNotes seals and stores the notes of one part of all people.
func (c *cluster) copyNotes(ctx context.Context, database string, p population, sealers []db.NoteSealer, part, parts int) error {
	conn, err := c.super(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	// Users and tenant are there: to look each up again would take a third of the time.
	if _, err := conn.Exec(ctx, `SET session_replication_role = replica`); err != nil {
		return err
	}
	person, round := part-parts, 0
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"notes"},
		[]string{"user_id", "id", "tenant_key", "version", "pinned", "sealed", "created_at", "updated_at"},
		pgx.CopyFromFunc(func() ([]any, error) {
			for {
				if person += parts; person >= p.people {
					if round++; round == rounds {
						return nil, nil
					}
					person = part
				}
				if p.writes(person, round) {
					break
				}
			}
			n := note(person, round)
			return []any{userID(person), n.ID, n.TenantKey, n.Version, n.Pinned, sealers[person].Seal(&n), n.CreatedAt, n.UpdatedAt}, nil
		}))
	return err
}
