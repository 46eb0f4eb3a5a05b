package db

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// A Watch is told of the changes of its session's notes, while that session lives. It is told of
// ids alone: what it reads then, it reads behind the wall.
type Watch struct {
	// C brings the changes and is closed when the watch ends: with its session, when its reader
	// is too slow to be told everything, when this node hears of no changes any more, or stops.
	// Whoever still wants to know then reads everything anew and watches again.
	C <-chan *Change

	c       chan *Change
	owner   Owner
	session uuid.UUID
	all     *watches
	ended   bool // guarded by all
	closed  bool // likewise
}

// A reader that is this far behind is not waited for.
const watchBuffer = 32

// ErrNotHeard is returned while this node hears of no changes.
var ErrNotHeard error = &Error{Code: CodeBusy, Message: "Changes cannot be followed just now. Read what is there, and try again in a moment."}

// watches are those of one node, by whose notes they are about.
type watches struct {
	mu      sync.Mutex
	hearing bool
	of      map[uuid.UUID][]*Watch
	count   int
	open    sync.WaitGroup // those that were not closed yet
}

// Watch begins to watch the notes that a session may see: a widget's at its tenant, an account's
// at all of them. The watch must be closed.
func (d *DB) Watch(s *Session) (*Watch, error) {
	if err := s.owner.valid(); err != nil {
		return nil, err
	}
	w := &Watch{c: make(chan *Change, watchBuffer), owner: s.owner, session: s.ID, all: &d.watches}
	w.owner.proof = nil // was for the request that opened it
	w.C = w.c
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	if !w.all.hearing {
		return nil, ErrNotHeard
	}
	if w.all.of == nil {
		w.all.of = map[uuid.UUID][]*Watch{}
	}
	w.all.of[s.UserID] = append(w.all.of[s.UserID], w)
	w.all.count++
	w.all.open.Add(1)
	return w, nil
}

// Close ends the watch. Whoever was told of changes has told of its end by then.
func (w *Watch) Close() {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	w.end()
	if !w.closed {
		w.closed = true
		w.all.open.Done()
	}
}

// end is called with the lock held.
func (w *Watch) end() {
	if w.ended {
		return
	}
	w.ended = true
	close(w.c)
	rest := slices.DeleteFunc(w.all.of[w.owner.userID], func(other *Watch) bool { return other == w })
	if len(rest) == 0 {
		delete(w.all.of, w.owner.userID)
	} else {
		w.all.of[w.owner.userID] = rest
	}
	w.all.count--
}

// Watches is how many there are on this node, for metrics.
func (d *DB) Watches() int {
	d.watches.mu.Lock()
	defer d.watches.mu.Unlock()
	return d.watches.count
}

// tell passes a change on to whom it concerns.
func (a *watches) tell(c *Change) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.Kind == unsaid && c.user == uuid.Nil {
		a.endAll()
		return
	}
	for _, w := range slices.Clone(a.of[c.user]) {
		if w.owner.tenantKey != "" && w.owner.tenantKey != c.TenantKey {
			continue
		}
		if c.Kind == unsaid {
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

// hear says whether this node hears of changes. Watches end with that: they have missed some.
func (a *watches) hear(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hearing = yes
	if !yes {
		a.endAll()
	}
}

// wait ends all watches and waits until they are closed, if that takes no longer.
func (a *watches) wait(patience time.Duration) {
	a.hear(false)
	closed := make(chan struct{})
	go func() {
		a.open.Wait()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(patience):
	}
}

func (a *watches) endAll() {
	for _, of := range a.of {
		for _, w := range slices.Clone(of) {
			w.end()
		}
	}
}

// sessions are those that somebody watches with.
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

// keep ends the watches of those asked-for sessions that are not live. Who came since is left alone.
func (a *watches) keep(asked []uuid.UUID, live map[uuid.UUID]bool) {
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
