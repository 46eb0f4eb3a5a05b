package dpop

import (
	"sync"
	"time"

	"github.com/company-a/aside/db"
)

// replays remembers on this node the proofs of requests that change nothing. It keeps them in
// generations by age, so that forgetting a whole generation costs nothing.
type replays struct {
	now func() time.Time

	mu      sync.Mutex
	started time.Time                              // when the newest generation did
	seen    [generations]map[db.TokenHash]struct{} // the newest first
}

const (
	generations   = 5
	generationAge = remembered / (generations - 1) // so each proof is remembered for long enough, and for a quarter more at most
)

func newReplays(now func() time.Time) *replays {
	s := &replays{now: now, started: now()}
	s.seen[0] = map[db.TokenHash]struct{}{}
	return s
}

// first reports whether a proof is seen for the first time.
func (s *replays) first(id db.TokenHash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotate(s.now())
	for _, generation := range s.seen {
		if _, seen := generation[id]; seen {
			return false
		}
	}
	s.seen[0][id] = struct{}{}
	return true
}

// rotate starts a generation when the newest is old enough. If the clock is set back, the newest
// lasts longer.
func (s *replays) rotate(now time.Time) {
	if now.Sub(s.started) <= generationAge {
		return
	}
	copy(s.seen[1:], s.seen[:])
	s.seen[0], s.started = make(map[db.TokenHash]struct{}, len(s.seen[1])), now
}
