package auth

import (
	"context"
	"sync"

	"github.com/company-a/aside/db"
)

// queues let one through at a time, of each of many.
type queues struct {
	mu   sync.Mutex
	open map[string]*queue
}

// A queue is kept while somebody is in it.
type queue struct {
	place   chan struct{}
	waiting int
}

func newQueues() *queues { return &queues{open: map[string]*queue{}} }

// enter waits until nobody else of who is in. Those who wait longest come first, as channels have it.
func (q *queues) enter(ctx context.Context, who string) (leave func(), err error) {
	q.mu.Lock()
	own := q.open[who]
	if own == nil {
		own = &queue{place: make(chan struct{}, 1)}
		q.open[who] = own
	}
	own.waiting++
	q.mu.Unlock()
	select {
	case own.place <- struct{}{}:
		return func() {
			<-own.place
			q.left(who, own)
		}, nil
	case <-ctx.Done():
		q.left(who, own)
		return nil, db.ErrBusy
	}
}

func (q *queues) left(who string, own *queue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if own.waiting--; own.waiting == 0 {
		delete(q.open, who)
	}
}
