package feed

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
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

// A notifier sends the changes made on this node to all nodes.
//
// NOTIFY in the transaction of a change would serialize all changes of the cluster: commits that notify take
// one global lock. So a change is committed and answered first, and queued. The queue is sent a moment later,
// in its own transaction. A node that is killed in that moment does not announce its last changes. Clients read
// their list again when the person returns to the page, so this delays an update and loses no note.
type notifier struct {
	notify func(context.Context, [][]byte) error

	mu     sync.Mutex
	queued []Change
	timer  *time.Timer // set while a batch is queued or being sent: batches go one after the other
	closed bool
}

const (
	notifyDelay   = 20 * time.Millisecond
	notifyRetry   = time.Second
	notifyTimeout = 5 * time.Second
	maxQueued     = 10_000 // the changes of one notifyDelay, or of an outage
	maxPayload    = 7_000  // bytes: PostgreSQL accepts less than 8,000 per notification
)

func (n *notifier) announce(c Change) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.queued) >= maxQueued {
		n.queued = append(n.queued[:0], Change{Kind: Missed})
		return
	}
	n.queued = append(n.queued, c)
	n.schedule(notifyDelay)
}

// schedule sends the queue after a delay. The caller holds the lock.
func (n *notifier) schedule(in time.Duration) {
	if n.timer == nil && !n.closed {
		n.timer = time.AfterFunc(in, n.send)
	}
}

// send sends the queue. If that fails, it sends Missed as soon as it can.
func (n *notifier) send() {
	n.mu.Lock()
	queued := n.queued
	n.queued = nil
	n.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), notifyTimeout)
	defer cancel()
	err := n.notify(ctx, encode(queued))
	n.mu.Lock()
	defer n.mu.Unlock()
	n.timer = nil
	switch {
	case err != nil:
		n.queued = append(n.queued[:0], Change{Kind: Missed})
		n.schedule(notifyRetry)
	case len(n.queued) > 0:
		n.schedule(notifyDelay)
	}
}

// close sends the queue and stops. It does not wait for a batch that is being sent.
func (n *notifier) close() {
	n.mu.Lock()
	n.closed = true
	waits := n.timer != nil && n.timer.Stop()
	n.mu.Unlock()
	if waits {
		n.send()
	}
}

const (
	// sessionCheck is how often Follow checks which of the watching sessions are live.
	sessionCheck = 1500 * time.Millisecond
	// sessionsUnknown is how long Follow continues without an answer. Every node must act on a
	// revocation within 5 s.
	sessionsUnknown = 4500 * time.Millisecond
	// maxSilence is how long a connection may receive nothing before it is checked.
	maxSilence = 3 * time.Second

	connectTimeout = 10 * time.Second
	firstPause     = 100 * time.Millisecond
	longestPause   = 5 * time.Second
)

var errSessionsUnknown = errors.New("feed: the database does not say which sessions are live")

// Follow receives the changes from all nodes on one connection, and passes them to this node's watches
// until ctx ends. When the connection is lost, all watches end, and Follow opens another connection.
func (f *Feed) Follow(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { f.watches.setFollowing(false) })
	defer stop()
	for failures := 0; ctx.Err() == nil; failures++ {
		began := time.Now()
		err := f.followOnce(ctx)
		f.watches.setFollowing(false)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > maxSilence {
			failures = 0
		}
		f.source.Failed(ctx, err)
		pause := min(firstPause<<min(failures, 6), longestPause)
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // not a secret: spreads the nodes' retries
		}
	}
}

// followOnce is Follow with one connection. It returns the error that ended the connection.
func (f *Feed) followOnce(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	replaced := f.source.Replaced()
	c, err := f.listen(ctx)
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
			stop(ErrReplaced)
		}
	}()
	f.watches.setFollowing(true)
	checked := make(chan struct{})
	go func() {
		defer close(checked)
		stop(f.checkSessions(ctx))
	}()
	defer func() { <-checked }()
	for {
		err := f.receive(ctx, c)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			stop(err)
			return err
		}
	}
}

func (f *Feed) listen(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	c, err := f.source.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, `LISTEN `+Channel); err != nil {
		return nil, errors.Join(err, c.Close(ctx))
	}
	return c, nil
}

// receive waits for a notification and passes it on. After a silence it checks the connection instead.
func (f *Feed) receive(ctx context.Context, c *pgx.Conn) error {
	waiting, cancel := context.WithTimeout(ctx, maxSilence)
	notification, err := c.WaitForNotification(waiting)
	cancel()
	if err != nil {
		if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			asking, cancel := context.WithTimeout(ctx, maxSilence)
			defer cancel()
			return c.Ping(asking)
		}
		return err
	}
	changes, err := decode(notification.Payload)
	if err != nil { // for example from a node with a newer release
		changes = []*Change{{Kind: Missed}}
	}
	for _, change := range changes {
		f.watches.send(change)
	}
	return nil
}

// checkSessions ends the watches of ended sessions until ctx ends. It returns errSessionsUnknown when
// the database does not answer in time; all watches end then.
func (f *Feed) checkSessions(ctx context.Context) error {
	tick := time.NewTicker(sessionCheck)
	defer tick.Stop()
	known := time.Now()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
		asked := f.watches.sessions()
		asking, cancel := context.WithDeadline(ctx, known.Add(sessionsUnknown))
		began := time.Now()
		live, err := f.source.LiveSessions(asking, asked)
		cancel()
		switch {
		case err == nil:
			known = began
			f.watches.endNotLive(asked, live)
		case ctx.Err() == nil && time.Since(known) > sessionsUnknown-sessionCheck: // the next check would come too late
			return errSessionsUnknown
		}
	}
}
