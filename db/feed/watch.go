package feed

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A Watch receives the changes to a person's notes during a session.
type Watch struct {
	// C receives the changes. It is closed when the watch ends: with its session, when its reader is
	// too slow, or when this node stops receiving changes. A reader that still wants changes then
	// reads everything again and opens another watch.
	C <-chan *Change

	c         chan *Change
	userID    uuid.UUID
	tenantKey string // "" for all tenants
	session   uuid.UUID
	watches   *watches
	ended     bool // guarded by all
	closed    bool // guarded by all
}

// watchBuffer is how many changes a reader may be behind before its watch ends.
const watchBuffer = 32

// watches holds the watches of one node.
type watches struct {
	mu        sync.Mutex
	following bool
	byUser    map[uuid.UUID][]*Watch // by person
	count     int
	opened    sync.WaitGroup // those not closed yet
}

func (a *watches) open(userID uuid.UUID, tenantKey string, session uuid.UUID) (*Watch, error) {
	w := &Watch{c: make(chan *Change, watchBuffer), userID: userID, tenantKey: tenantKey, session: session, watches: a}
	w.C = w.c
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.following {
		return nil, ErrNotFollowing
	}
	if a.byUser == nil {
		a.byUser = map[uuid.UUID][]*Watch{}
	}
	a.byUser[userID] = append(a.byUser[userID], w)
	a.count++
	a.opened.Add(1)
	return w, nil
}

// Close ends the watch. The reader calls it after it has written what it received.
func (w *Watch) Close() {
	w.watches.mu.Lock()
	defer w.watches.mu.Unlock()
	w.end()
	if !w.closed {
		w.closed = true
		w.watches.opened.Done()
	}
}

// end ends the watch. The caller holds the lock.
func (w *Watch) end() {
	if w.ended {
		return
	}
	w.ended = true
	close(w.c)
	rest := slices.DeleteFunc(w.watches.byUser[w.userID], func(other *Watch) bool { return other == w })
	if len(rest) == 0 {
		delete(w.watches.byUser, w.userID)
	} else {
		w.watches.byUser[w.userID] = rest
	}
	w.watches.count--
}

func (a *watches) len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count
}

// send passes a change to the watches of its owner.
func (a *watches) send(c *Change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.Kind == Missed && c.UserID == uuid.Nil {
		a.endAll()
		return
	}
	for _, w := range slices.Clone(a.byUser[c.UserID]) {
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

// setFollowing records whether this node receives changes. If it does not, all watches end, because
// they miss some.
func (a *watches) setFollowing(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.following = yes
	if !yes {
		a.endAll()
	}
}

// close ends all watches and waits until their readers have closed them, at most for timeout.
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

// endAll ends all watches. The caller holds the lock.
func (a *watches) endAll() {
	for _, of := range a.byUser {
		for _, w := range slices.Clone(of) {
			w.end()
		}
	}
}

// A Session is a session that has a watch, and its user.
type Session struct{ UserID, ID uuid.UUID }

// sessions returns the sessions that have a watch.
func (a *watches) sessions() []Session {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := map[Session]struct{}{}
	for _, of := range a.byUser {
		for _, w := range of {
			found[Session{w.userID, w.session}] = struct{}{}
		}
	}
	return slices.Collect(maps.Keys(found))
}

// endNotLive ends the watches of the sessions in asked that are not live. Sessions that are not in asked
// keep their watches.
func (a *watches) endNotLive(asked []Session, live map[uuid.UUID]bool) {
	dead := map[uuid.UUID]bool{}
	for _, s := range asked {
		if !live[s.ID] {
			dead[s.ID] = true
		}
	}
	if len(dead) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, of := range a.byUser {
		for _, w := range slices.Clone(of) {
			if dead[w.session] {
				w.end()
			}
		}
	}
}
