package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/company-a/aside/db"
	"github.com/company-a/aside/db/seal"
)

// The database of measureCreates.
const creating = "aside_creates"

const (
	fewNotes      = 100
	countedWrites = 20 // creates that are counted at a time
	countedRounds = 3
)

// measureCreates compares the pages that a create touches for an owner with few notes with those for one who has
// nearly as many as one may have. PostgreSQL counts them, of all tables and their indexes.
func (b *bench) measureCreates(ctx context.Context) error {
	keys, err := seal.NewKeyring(masterKey())
	if err != nil {
		return err
	}
	owners, err := b.openOwners(ctx, keys)
	if err != nil {
		return err
	}
	many := b.full - countedWrites*countedRounds
	for i, notes := range []int{fewNotes, many} {
		if err := b.create(ctx, keys, owners[i], notes); err != nil {
			return err
		}
	}
	if err := b.cluster.exec(ctx, creating, `VACUUM (ANALYZE)`); err != nil {
		return err
	}
	opening, err := b.pagesOfCreates(ctx, keys, owners[0], 0)
	if err != nil {
		return err
	}
	var ratios []float64
	var each [2]float64
	for range countedRounds {
		for i, o := range owners {
			pages, err := b.pagesOfCreates(ctx, keys, o, countedWrites)
			if err != nil {
				return err
			}
			each[i] = float64(pages-opening) / countedWrites
		}
		ratios = append(ratios, each[1]/each[0])
	}
	b.table.set("pages create", ratios, "%d notes: %s pages, %d notes: %s pages", many, number(each[1]), fewNotes, number(each[0]))
	return nil
}

// openOwners makes a database with two people without notes.
func (b *bench) openOwners(ctx context.Context, keys *seal.Keyring) ([]db.Owner, error) {
	if err := b.cluster.create(ctx, creating); err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx, b.cluster.url(creating)); err != nil {
		return nil, err
	}
	if err := b.cluster.exec(ctx, creating, `ALTER DATABASE `+creating+` SET synchronous_commit = off`); err != nil {
		return nil, err
	}
	conn, err := b.cluster.super(ctx, creating)
	if err != nil {
		return nil, err
	}
	_, err = seedPeople(ctx, conn, population{people: 2})
	if err = errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, err
	}
	people, err := b.cluster.addSessions(ctx, creating, []int{0, 1})
	if err != nil {
		return nil, err
	}
	store, err := db.Open(ctx, b.cluster.url(creating), keys, db.Options{})
	if err != nil {
		return nil, err
	}
	defer store.Close()
	var owners []db.Owner
	for _, p := range people {
		session, err := store.LookUpSession(ctx, db.Token{User: p.id, Hash: db.HashToken(p.token)}, p.key.Thumbprint)
		if err != nil {
			return nil, err
		}
		owners = append(owners, session.Owner())
	}
	return owners, nil
}

// create has an owner create n notes with package db, over a few connections.
func (b *bench) create(ctx context.Context, keys *seal.Keyring, o db.Owner, n int) error {
	store, err := db.Open(ctx, b.cluster.url(creating), keys, db.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i := range n {
		group.Go(func() error { return createNote(ctx, store, o, i) })
	}
	return group.Wait()
}

func createNote(ctx context.Context, store *db.DB, o db.Owner, i int) error {
	text := note(i, i)
	_, err := store.CreateNote(ctx, o, db.NewNote{ID: uuid.Must(uuid.NewV7()), Title: text.Title, Body: text.Body})
	return err
}

// pagesOfCreates counts the pages that PostgreSQL touches while package db is opened, an owner creates n notes one
// after the other, and it is closed. A connection's counts are added up when it has ended.
func (b *bench) pagesOfCreates(ctx context.Context, keys *seal.Keyring, o db.Owner, n int) (pages int, err error) {
	conn, err := b.cluster.super(ctx, creating)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	before, err := touchedPages(ctx, conn)
	if err != nil {
		return 0, err
	}
	store, err := db.Open(ctx, b.cluster.url(creating), keys, db.Options{})
	if err != nil {
		return 0, err
	}
	for i := range n {
		if err := createNote(ctx, store, o, i); err != nil {
			store.Close()
			return 0, err
		}
	}
	store.Close()
	after, err := touchedPages(ctx, conn)
	return after - before, err
}

// touchedPages waits until conn is the only connection to its database, and returns how many pages of tables and
// indexes have been touched there.
func touchedPages(ctx context.Context, conn *pgx.Conn) (pages int, err error) {
	for range 1000 {
		var others int
		if err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&others); err != nil {
			return 0, err
		}
		if others == 0 {
			err := conn.QueryRow(ctx, `SELECT sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0)
				+ coalesce(toast_blks_read + toast_blks_hit + tidx_blks_read + tidx_blks_hit, 0))::bigint FROM pg_statio_user_tables`).Scan(&pages)
			return pages, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return 0, fmt.Errorf("connections to %s stay open", conn.Config().Database)
}
