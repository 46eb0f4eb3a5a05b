package feed

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A Watch receives the changes of a person's notes while a session lives.
type Watch struct {
	// C receives the changes. It is closed when the watch ends: with its session, when its reader
	// is too slow, when this node no longer receives changes, or when it stops. A reader that still
	// wants the changes then reads everything again and opens another watch.
	C <-chan *Change

	c         chan *Change
	userID    uuid.UUID
	tenantKey string // "" for all tenants
	session   uuid.UUID
	all       *watches
	ended     bool // guarded by all
	closed    bool // likewise
}

// A watch whose reader is this many changes behind ends.
const watchBuffer = 32

// watches are those of one node.
type watches struct {
	mu        sync.Mutex
	following bool
	of        map[uuid.UUID][]*Watch // by person
	count     int
	opened    sync.WaitGroup // those that were not closed yet
}

func (a *watches) open(userID uuid.UUID, tenantKey string, session uuid.UUID) (*Watch, error) {
	w := &Watch{c: make(chan *Change, watchBuffer), userID: userID, tenantKey: tenantKey, session: session, all: a}
	w.C = w.c
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.following {
		return nil, ErrNotFollowing
	}
	if a.of == nil {
		a.of = map[uuid.UUID][]*Watch{}
	}
	a.of[userID] = append(a.of[userID], w)
	a.count++
	a.opened.Add(1)
	return w, nil
}

// Close ends the watch. The reader calls it once it has written what it received.
func (w *Watch) Close() {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	w.end()
	if !w.closed {
		w.closed = true
		w.all.opened.Done()
	}
}

// end is called with the lock held.
func (w *Watch) end() {
	if w.ended {
		return
	}
	w.ended = true
	close(w.c)
	rest := slices.DeleteFunc(w.all.of[w.userID], func(other *Watch) bool { return other == w })
	if len(rest) == 0 {
		delete(w.all.of, w.userID)
	} else {
		w.all.of[w.userID] = rest
	}
	w.all.count--
}

func (a *watches) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// send passes a change on to the watches of its owner.
func (a *watches) send(c *Change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.Kind == Missed && c.UserID == uuid.Nil {
		a.endAll()
		return
	}
	for _, w := range slices.Clone(a.of[c.UserID]) {
		if w.tenantKey != "" && w.tenantKey != c.TenantKey {
			continue
		}
		if c.Kind == Missed {
			w.end()
			continue
		}
		select {
		case w.c <- c:
		default:
			w.end()
		}
	}
}

// setFollowing records whether this node receives changes. When it stops, all watches end: they miss some.
func (a *watches) setFollowing(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.following = yes
	if !yes {
		a.endAll()
	}
}

// close ends all watches and waits until their readers have closed them, or for timeout.
func (a *watches) close(timeout time.Duration) {
	a.setFollowing(false)
	closed := make(chan struct{})
	go func() {
		a.opened.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(timeout):
	}
}

// endAll is called with the lock held.
func (a *watches) endAll() {
	for _, of := range a.of {
		for _, w := range slices.Clone(of) {
			w.end()
		}
	}
}

// sessions returns the sessions that have a watch.
func (a *watches) sessions() []uuid.UUID {
	a.mu.Lock()
	defer a.mu.Unlock()
	ids := map[uuid.UUID]struct{}{}
	for _, of := range a.of {
		for _, w := range of {
			ids[w.session] = struct{}{}
		}
	}
	return slices.Collect(maps.Keys(ids))
}

// retain ends the watches of those asked-for sessions that are not live. It leaves newer watches alone.
func (a *watches) retain(asked []uuid.UUID, live map[uuid.UUID]bool) {
	dead := map[uuid.UUID]bool{}
	for _, id := range asked {
		if !live[id] {
			dead[id] = true
		}
	}
	if len(dead) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, of := range a.of {
		for _, w := range slices.Clone(of) {
			if dead[w.session] {
				w.end()
			}
		}
	}
}
