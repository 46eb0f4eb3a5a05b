package feed

import (
	"context"
	"sync"
	"time"
)

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
