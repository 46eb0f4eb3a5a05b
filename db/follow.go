package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// How often this node looks whether the sessions that are watched with still live, how long it may
// go without knowing (a revocation is seen within 5 s on every node), and how long it trusts a
// connection that says nothing.
const (
	watchCheck   = 1500 * time.Millisecond
	watchUnknown = 4500 * time.Millisecond
	listenTrust  = 3 * time.Second
)

// Follow hears of the changes made on all nodes, on one connection, and passes them on to this
// node's watches until ctx ends; those end then, too. A connection that is lost ends them as
// well, and another is made.
func (d *DB) Follow(ctx context.Context) {
	atOnce := context.AfterFunc(ctx, func() { d.watches.hear(false) })
	defer atOnce()
	if d.timeline != nil {
		go d.lookOut(ctx)
	}
	for failures := 0; ctx.Err() == nil; failures++ {
		began := time.Now()
		err := d.follow(ctx)
		d.watches.hear(false)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > listenTrust {
			failures = 0
		}
		if Outage(err) == nil {
			d.log.Warn("db: changes are not heard of", "type", fmt.Sprintf("%T", err))
		}
		d.heed(ctx, err)
		pause := min(100*time.Millisecond<<min(failures, 6), 5*time.Second)
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // nothing is at stake: they should not all come back at once
		}
	}
}

// follow is Follow with one connection. It returns why that one is no good any more.
func (d *DB) follow(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	replaced := d.timeline.replaced()
	c, err := d.listener(ctx)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = c.Close(closing)
	}()
	go func() {
		select {
		case <-ctx.Done():
		case <-replaced:
			stop(errReplaced)
		}
	}()
	d.watches.hear(true)
	checked := make(chan struct{})
	go func() {
		defer close(checked)
		stop(d.checkWatches(ctx))
	}()
	defer func() { <-checked }()
	for {
		err := d.hear(ctx, c)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			stop(err)
			return err
		}
	}
}

func (d *DB) listener(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	config := d.pool.Config().ConnConfig
	reach(config, 0) // nothing may happen for long
	c, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, `LISTEN `+changes); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return c, nil
}

// hear waits for what another node tells, and looks now and then whether the connection is one.
func (d *DB) hear(ctx context.Context, c *pgx.Conn) error {
	waiting, cancel := context.WithTimeout(ctx, listenTrust)
	told, err := c.WaitForNotification(waiting)
	cancel()
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			asking, cancel := context.WithTimeout(ctx, listenTrust)
			defer cancel()
			return c.Ping(asking)
		}
		return err
	}
	parsed, err := parseChanges(told.Payload)
	if err != nil { // of a node with a newer release, say: something has changed
		parsed = []*Change{{Kind: unsaid}}
	}
	for _, change := range parsed {
		d.watches.tell(change)
	}
	return nil
}

var errUnknown = errors.New("db: nobody can say which sessions are live")

// checkWatches ends the watches of sessions that have ended, until ctx does. It returns errUnknown
// when the database does not say which those are: nobody is told anything then.
func (d *DB) checkWatches(ctx context.Context) error {
	tick := time.NewTicker(watchCheck)
	defer tick.Stop()
	known := time.Now()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		asked := d.watches.sessions()
		asking, cancel := context.WithDeadline(ctx, known.Add(watchUnknown))
		began := time.Now()
		live, err := d.stillLiveOf(asking, asked)
		cancel()
		switch {
		case err == nil:
			known = began
			d.watches.keep(asked, live)
		case ctx.Err() == nil && time.Since(known) > watchUnknown-watchCheck: // another look would come too late
			return errUnknown
		}
	}
}

// stillLiveOf says which of these sessions are live. It is no use of them.
func (d *DB) stillLiveOf(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	live := make(map[uuid.UUID]bool, len(ids))
	if len(ids) == 0 {
		return live, nil
	}
	written := make([]string, len(ids)) // pgx knows no array of uuid.UUID
	for i, id := range ids {
		written[i] = id.String()
	}
	b := &pgx.Batch{}
	b.Queue(`SELECT still_live($1::text[]::uuid[])`, written)
	results, err := d.send(ctx, b)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, errors.Join(err, results.Close())
	}
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		live[id] = true
		return nil
	})
	return live, errors.Join(err, results.Close())
}
