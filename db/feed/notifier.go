package feed

import (
	"context"
	"sync"
	"time"
)

// A notifier tells all nodes of the changes that were made on this one.
//
// NOTIFY in the transaction of a change would make it wait for every other change of the
// cluster: commits that notify take one lock, one after the other. So a change is committed and
// answered first, and only put into a queue; the queue is sent a moment later, in a transaction of
// its own. A node that is killed in that moment does not announce its last changes. Clients
// read their list again when the person comes back to the page, so that this costs a moment and no note.
type notifier struct {
	notify func(context.Context, [][]byte) error

	mu     sync.Mutex
	queued []Change
	timer  *time.Timer // while something is queued or on its way: one batch goes after the other
	closed bool
}

const (
	notifyDelay   = 20 * time.Millisecond
	notifyRetry   = time.Second
	notifyTimeout = 5 * time.Second
	maxQueued     = 10_000 // changes of notifyDelay, or of an outage
	maxPayload    = 7_000  // bytes: PostgreSQL takes less than 8,000 in one notification
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

// schedule has the queue sent. It is called with the lock held.
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

// close sends the queue and stops. It does not wait for a batch that is on its way.
func (n *notifier) close() {
	n.mu.Lock()
	n.closed = true
	waits := n.timer != nil && n.timer.Stop()
	n.mu.Unlock()
	if waits {
		n.send()
	}
}
