package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/e2e/bench/load"
)

// A person is signed in, with a key of their own.
type person struct {
	id    uuid.UUID
	token string
	key   *load.Key
	notes []uuid.UUID // some of their notes
	after string      // the cursor of their first page's end

	// The note that they change, and its version as they know it.
	draft   uuid.UUID
	version int
}

// presented returns what the database gets of the person's session: see the migrations.
func (p *person) presented() string {
	hash := db.HashToken(p.token)
	return hex.EncodeToString(p.id[:]) + hex.EncodeToString(hash[:]) + p.key.Thumbprint + tenantKey
}

// signOut ends the sessions of an earlier run.
func (c *cluster) signOut(ctx context.Context, database string) error {
	var statements []string
	for _, table := range []string{"authorization_requests", "sessions", "spent_proofs"} {
		statements = append(statements, `DELETE FROM `+pgx.Identifier{table}.Sanitize())
	}
	return c.exec(ctx, database, statements...)
}

// signIn gives people sessions, at once in the database, and ends all others.
func (c *cluster) signIn(ctx context.Context, database string, numbers []int) ([]*person, error) {
	if err := c.signOut(ctx, database); err != nil {
		return nil, err
	}
	return c.addSessions(ctx, database, numbers)
}

// addSessions gives people sessions of the widget's, each with a key of its own.
func (c *cluster) addSessions(ctx context.Context, database string, numbers []int) ([]*person, error) {
	conn, err := c.super(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	people := make([]*person, len(numbers))
	for i, n := range numbers {
		p := &person{id: userID(n), token: rand.Text() + rand.Text(), key: load.NewKey()}
		rows, err := conn.Query(ctx, `SELECT id, version FROM notes WHERE user_id = $1 AND deleted_at IS NULL ORDER BY id LIMIT 10`, p.id)
		if err != nil {
			return nil, err
		}
		var id uuid.UUID
		if _, err := pgx.ForEachRow(rows, []any{&id, &p.version}, func() error {
			p.notes, p.draft = append(p.notes, id), id
			return nil
		}); err != nil {
			return nil, err
		}
		people[i] = p
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"sessions"},
		[]string{"id", "kind", "token_hash", "user_id", "tenant_key", "embed_origin", "jkt", "idle_timeout", "idle_until", "expires_at"},
		pgx.CopyFromSlice(len(people), func(i int) ([]any, error) {
			p := people[i]
			hash := db.HashToken(p.token)
			return []any{uuid.Must(uuid.NewV7()), "WIDGET", hash[:], p.id, tenantKey, embedOrigin, p.key.Thumbprint, 2 * time.Hour, time.Now().Add(2 * time.Hour), time.Now().Add(12 * time.Hour)}, nil
		}))
	if err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, `ANALYZE sessions`)
	return people, err
}
