package auth

import (
	"context"
	"sync"

	"github.com/company-a/aside/db"
)

// A keyedMutex has a mutex for each key.
type keyedMutex struct {
	mu      sync.Mutex
	waiters map[string]*waiters
}

// waiters are the holder of one key and those who wait for it.
type waiters struct {
	held  chan struct{} // has an element while the key is held
	count int
}

func newKeyedMutex() *keyedMutex { return &keyedMutex{waiters: map[string]*waiters{}} }

// acquire waits for a key, in the order of arrival. It returns db.ErrBusy if ctx ends first.
func (m *keyedMutex) acquire(ctx context.Context, key string) (release func(), err error) {
	m.mu.Lock()
	own := m.waiters[key]
	if own == nil {
		own = &waiters{held: make(chan struct{}, 1)}
		m.waiters[key] = own
	}
	own.count++
	m.mu.Unlock()
	select {
	case own.held <- struct{}{}:
		return func() {
			<-own.held
			m.remove(key, own)
		}, nil
	case <-ctx.Done():
		m.remove(key, own)
		return nil, db.ErrBusy
	}
}

// remove takes one off a key's waiters, and deletes the key after the last.
func (m *keyedMutex) remove(key string, own *waiters) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if own.count--; own.count == 0 {
		delete(m.waiters, key)
	}
}
