package feed

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Channel is the channel of NOTIFY and LISTEN.
const Channel = "aside_changes"

var (
	// ErrNotFollowing is returned by Watch while this node receives no changes.
	ErrNotFollowing = errors.New("feed: changes are not being followed")
	// ErrReplaced is the error of a connection whose server was replaced by another primary.
	ErrReplaced = errors.New("feed: the server was replaced by another primary")
)

// A Source is the database that a Feed runs on.
type Source interface {
	// Notify sends payloads on Channel.
	Notify(ctx context.Context, payloads [][]byte) error
	// Connect opens a connection to listen on.
	Connect(ctx context.Context) (*pgx.Conn, error)
	// Replaced returns a channel that is closed when the primary is replaced by another, or nil.
	Replaced() <-chan struct{}
	// LiveSessions returns which of these sessions are live.
	LiveSessions(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error)
	// Failed is called with the error that ended a connection.
	Failed(ctx context.Context, err error)
}

// A Feed is one node's end of the change feed.
type Feed struct {
	source   Source
	notifier notifier
	watches  watches
}

// New makes a feed. It receives nothing until Follow is called.
func New(source Source) *Feed {
	f := &Feed{source: source}
	f.notifier.notify = func(ctx context.Context, payloads [][]byte) error { return source.Notify(ctx, payloads) }
	return f
}

// Announce tells all nodes of a change that was committed. It does not wait.
func (f *Feed) Announce(c Change) { f.notifier.announce(c) }

// Watch begins to watch a person's notes at a tenant, or at all of them if tenantKey is "", until the
// session ends. The watch must be closed. It returns ErrNotFollowing while this node receives no changes.
func (f *Feed) Watch(userID uuid.UUID, tenantKey string, session uuid.UUID) (*Watch, error) {
	return f.watches.open(userID, tenantKey, session)
}

// Watches returns how many watches there are on this node, for metrics.
func (f *Feed) Watches() int { return f.watches.len() }

// Close announces what is queued, ends all watches and waits until they are closed, but no longer
// than timeout.
func (f *Feed) Close(timeout time.Duration) {
	f.notifier.close()
	f.watches.close(timeout)
}
