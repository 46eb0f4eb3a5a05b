package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/company-a/aside/db/feed"
)

// ErrNotFollowing is returned by Watch while this node receives no changes.
var ErrNotFollowing error = &Error{Code: CodeBusy, Message: "Live updates are unavailable right now. Load the notes, and try again in a moment."}

// Watch subscribes to changes of the notes that a session may see: those at its tenant for a widget session,
// all of its person's for an account session. The caller must close the watch. A watch receives only ids; the
// notes are read like any others.
func (d *DB) Watch(s *Session) (*feed.Watch, error) {
	if err := s.owner.valid(); err != nil {
		return nil, err
	}
	w, err := d.feed.Watch(s.owner.userID, s.owner.tenantKey, s.ID)
	if errors.Is(err, feed.ErrNotFollowing) {
		err = ErrNotFollowing
	}
	return w, err
}

// Watches returns the number of watches on this node, for metrics.
func (d *DB) Watches() int { return d.feed.Watches() }

// Follow sends changes made on any node to this node's watches until ctx ends, and then ends the watches.
func (d *DB) Follow(ctx context.Context) {
	if d.timeline != nil {
		go d.watchPrimaries(ctx)
	}
	d.feed.Follow(ctx)
}

// announce announces a committed change of one of o's notes to all nodes.
func (d *DB) announce(o Owner, kind feed.Kind, n *Note) {
	d.feed.Announce(feed.Change{Kind: kind, ID: n.ID, TenantKey: n.TenantKey, UserID: o.userID})
}

// A changeSource gives the change feed access to the database.
type changeSource struct{ *DB }

// Notify sends notifications in a transaction of their own. Its commit is asynchronous: a crash would also
// end the listeners' connections.
func (d changeSource) Notify(ctx context.Context, payloads [][]byte) error {
	b := &pgx.Batch{}
	b.Queue(`SELECT set_config('synchronous_commit', 'off', true)`)
	for _, payload := range payloads {
		b.Queue(`SELECT pg_notify($1, $2)`, feed.Channel, string(payload))
	}
	results, err := d.send(ctx, b)
	if err != nil {
		return err
	}
	return results.Close()
}

// Connect opens a connection that may be idle for long.
func (d changeSource) Connect(ctx context.Context) (*pgx.Conn, error) {
	config := d.pool.Config().ConnConfig
	configureDial(config, 0)
	return pgx.ConnectConfig(ctx, config)
}

// Replaced returns a channel that is closed when another primary takes over.
func (d changeSource) Replaced() <-chan struct{} { return d.timeline.replaced() }

// Failed logs the error that ended a connection.
func (d changeSource) Failed(ctx context.Context, err error) {
	if Outage(err) == nil {
		d.log.Warn("db: changes are not received", "type", fmt.Sprintf("%T", err))
	}
	d.handleError(ctx, err)
}

// LiveSessions returns which of these sessions are live. It does not update their time of last use.
func (d changeSource) LiveSessions(ctx context.Context, asked []feed.Session) (map[uuid.UUID]bool, error) {
	live := make(map[uuid.UUID]bool, len(asked))
	if len(asked) == 0 {
		return live, nil
	}
	users, ids := make([]string, len(asked)), make([]string, len(asked)) // pgx knows no array of uuid.UUID
	for i, s := range asked {
		users[i], ids[i] = s.UserID.String(), s.ID.String()
	}
	b := &pgx.Batch{}
	b.Queue(`SELECT still_live($1::text[]::uuid[], $2::text[]::uuid[])`, users, ids)
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
