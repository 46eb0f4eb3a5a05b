package feed

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Channel is the name of the channel for NOTIFY and LISTEN.
const Channel = "aside_changes"

var (
	// ErrNotFollowing is returned by Watch while this node receives no changes.
	ErrNotFollowing = errors.New("feed: changes are not being followed")
	// ErrReplaced ends a connection when another primary has replaced its server.
	ErrReplaced = errors.New("feed: the server was replaced by another primary")
)

// A Kind says what happened to a note.
type Kind string

// The kinds of change.
const (
	Created  Kind = "CREATED"
	Updated  Kind = "UPDATED"
	Trashed  Kind = "TRASHED"
	Restored Kind = "RESTORED"
	Deleted  Kind = "DELETED"

	// Missed stands for changes that are not known one by one: those of one person at one tenant or,
	// without a UserID, of everybody. It ends the watches concerned.
	Missed Kind = "MISSED"
)

// A Change says that something happened to one note. It holds ids and no text.
type Change struct {
	Kind      Kind
	ID        uuid.UUID // of the note
	TenantKey string
	UserID    uuid.UUID // of the owner
}

// A Source is the database that a Feed runs on.
type Source interface {
	// Notify sends payloads on Channel.
	Notify(ctx context.Context, payloads [][]byte) error
	// Connect opens a connection to listen on.
	Connect(ctx context.Context) (*pgx.Conn, error)
	// Replaced returns a channel that is closed when another primary replaces this one, or nil.
	Replaced() <-chan struct{}
	// LiveSessions returns which of the given sessions are live.
	LiveSessions(ctx context.Context, asked []Session) (map[uuid.UUID]bool, error)
	// Failed is called with the error that ended a connection.
	Failed(ctx context.Context, err error)
}

// A Feed connects one node to the change feed.
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

// Announce queues a committed change to be sent to all nodes. It does not wait.
func (f *Feed) Announce(c Change) { f.notifier.announce(c) }

// Watch watches a person's notes at a tenant, or at all tenants if tenantKey is "", until the session
// ends. The caller must close the watch. It returns ErrNotFollowing while this node receives no changes.
func (f *Feed) Watch(userID uuid.UUID, tenantKey string, session uuid.UUID) (*Watch, error) {
	return f.watches.open(userID, tenantKey, session)
}

// Watches returns the number of watches on this node, for metrics.
func (f *Feed) Watches() int { return f.watches.len() }

// Close sends the queued changes, ends all watches and waits until their readers have closed them, at
// most for timeout.
func (f *Feed) Close(timeout time.Duration) {
	f.notifier.close()
	f.watches.close(timeout)
}
