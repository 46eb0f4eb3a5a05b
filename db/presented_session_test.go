package db_test

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/dbtest"
)

// A querier is a connection, or a presenting one.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// A presenting connection has only the rights of a serving role, and presents a session in each transaction, as injected
// SQL could. Each statement is a transaction of its own.
type presenting struct {
	c       *pgx.Conn
	present string
}

// as opens a presenting connection.
func as(t *testing.T, d *dbtest.Database, role, setting string) presenting {
	t.Helper()
	c := d.Connect(t, d.URL)
	_, err := c.Exec(t.Context(), `SET ROLE `+role)
	must(t, err)
	return presenting{c, `SET LOCAL aside.session = '` + strings.ReplaceAll(setting, `'`, `''`) + `'`}
}

func asApp(t *testing.T, d *dbtest.Database, setting string) presenting {
	return as(t, d, "aside_app", setting)
}

func asPerson(t *testing.T, d *dbtest.Database, setting string) presenting {
	return as(t, d, "aside_person", setting)
}

// always presents the session outside of transactions, too, which no cluster takes, and returns the connection.
func (p presenting) always(t *testing.T) *pgx.Conn {
	t.Helper()
	_, err := p.c.Exec(t.Context(), strings.Replace(p.present, "SET LOCAL", "SET", 1))
	must(t, err)
	return p.c
}

func (p presenting) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	err = pgx.BeginFunc(ctx, p.c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, p.present); err != nil {
			return err
		}
		tag, err = tx.Exec(ctx, sql, args...)
		return err
	})
	return tag, err
}

func (p presenting) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	tx, err := p.c.Begin(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := tx.Exec(ctx, p.present); err != nil {
		return nil, errors.Join(err, tx.Rollback(ctx))
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, errors.Join(err, tx.Rollback(ctx))
	}
	return &presentedRows{rows, tx, ctx}, nil
}

func (p presenting) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := p.Query(ctx, sql, args...)
	return presentedRow{rows, err}
}

// presentedRows commit their transaction when they are closed.
type presentedRows struct {
	pgx.Rows
	tx  pgx.Tx
	ctx context.Context //nolint:containedctx // of the query
}

func (r *presentedRows) Close() {
	r.Rows.Close()
	_ = r.tx.Commit(r.ctx) // rolls back after an error
}

type presentedRow struct {
	rows pgx.Rows
	err  error
}

func (r presentedRow) Scan(into ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		r.rows.Close()
		return cmp.Or(r.rows.Err(), pgx.ErrNoRows)
	}
	err := r.rows.Scan(into...)
	r.rows.Close()
	return errors.Join(err, r.rows.Err())
}

// widgetSetting is what a widget session presents to the database, and accountSetting what an account session does.
func widgetSetting(user uuid.UUID, token db.TokenHash, tenantKey string) string {
	return accountSetting(user, token) + dbtest.Key + tenantKey
}

func accountSetting(user uuid.UUID, token db.TokenHash) string {
	return hex.EncodeToString(user[:]) + hex.EncodeToString(token[:])
}

func count(t *testing.T, c querier, query string, args ...any) (n int) {
	t.Helper()
	if err := c.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// ids runs a statement that returns notes and gives their ids.
func ids(t *testing.T, c querier, statement string, args ...any) []uuid.UUID {
	t.Helper()
	rows, err := c.Query(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (uuid.UUID, error) {
		values, err := row.Values()
		if err != nil {
			return uuid.Nil, err
		}
		return uuid.UUID(values[0].([16]byte)), nil
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return got
}
