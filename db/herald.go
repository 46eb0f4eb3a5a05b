package db

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// A herald tells all nodes of the changes that were made on this one.
//
// NOTIFY in the transaction of a change would make it wait for every other change of the
// cluster: commits that notify take one lock, one after the other. So a change is committed and
// answered first, and only put into a list; the list is sent a moment later, in a transaction of
// its own. A node that is killed in that moment leaves its last changes untold. Whoever watches
// reads its list anew when it comes back to the page, so that this costs a moment and no note.
type herald struct {
	tell func(context.Context, [][]byte) error

	mu     sync.Mutex
	queued []Change
	timer  *time.Timer // while something is queued or on its way: one batch goes after the other
	ended  bool
}

const (
	heraldDelay  = 20 * time.Millisecond
	heraldRetry  = time.Second
	heraldQueue  = 10_000 // changes of heraldDelay, or of an outage
	heraldAtOnce = 7_000  // bytes: PostgreSQL takes less than 8,000 in one notification
	changes      = "aside_changes"
)

// announce has everybody who watches told of a change that was committed. It does not wait.
func (h *herald) announce(c Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.queued) >= heraldQueue {
		h.queued = append(h.queued[:0], Change{Kind: unsaid})
		return
	}
	h.queued = append(h.queued, c)
	h.plan(heraldDelay)
}

// plan sees to it that what is queued is told. It is called with the lock held.
func (h *herald) plan(in time.Duration) {
	if h.timer == nil && !h.ended {
		h.timer = time.AfterFunc(in, h.send)
	}
}

// send tells what is queued. What cannot be told is not lost without a word: once it works
// again, everybody is told that there was something.
func (h *herald) send() {
	h.mu.Lock()
	queued := h.queued
	h.queued = nil
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := h.tell(ctx, bundle(queued))
	h.mu.Lock()
	defer h.mu.Unlock()
	h.timer = nil
	switch {
	case err != nil:
		h.queued = append(h.queued[:0], Change{Kind: unsaid})
		h.plan(heraldRetry)
	case len(h.queued) > 0:
		h.plan(heraldDelay)
	}
}

// close tells what is queued and ends. What is on its way by then is not waited for.
func (h *herald) close() {
	h.mu.Lock()
	h.ended = true
	waits := h.timer != nil && h.timer.Stop()
	h.mu.Unlock()
	if waits {
		h.send()
	}
}

// bundle writes changes into as few notifications as they fit into.
func bundle(queued []Change) (told [][]byte) {
	var b []byte
	for i := range queued {
		b = queued[i].appendTo(b)
		if len(b) > heraldAtOnce {
			told, b = append(told, b), nil
		}
	}
	if len(b) > 0 {
		told = append(told, b)
	}
	return told
}

// notify sends notifications in a transaction of their own. That one need not survive a crash:
// neither would its listeners' connections.
func (d *DB) notify(ctx context.Context, told [][]byte) error {
	b := &pgx.Batch{}
	b.Queue(`SELECT set_config('synchronous_commit', 'off', true)`)
	for _, text := range told {
		b.Queue(`SELECT pg_notify($1, $2)`, changes, string(text))
	}
	results, err := d.send(ctx, b)
	if err != nil {
		return err
	}
	return results.Close()
}

// announce tells of a change of one of o's notes.
func (d *DB) announce(o Owner, kind ChangeKind, n *Note) {
	d.herald.announce(Change{Kind: kind, ID: n.ID, TenantKey: n.TenantKey, user: o.userID})
}
