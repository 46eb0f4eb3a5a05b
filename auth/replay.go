package auth

import (
	"sync"
	"time"

	"github.com/company-a/aside/db"
)

// replays remembers, on this node, the proofs of requests that change nothing, by their age: in
// generations, so that forgetting costs nothing. Requests that change something are remembered in
// the database, for all nodes.
type replays struct {
	now func() time.Time

	mu     sync.Mutex
	turned time.Time
	seen   [generations]map[db.TokenHash]struct{} // the youngest first
}

const (
	generations   = 5
	generationAge = proofKept / (generations - 1) // so that each proof is remembered for proofKept, and a quarter more at most
)

func newReplays(now func() time.Time) *replays {
	s := &replays{now: now, turned: now()}
	s.seen[0] = map[db.TokenHash]struct{}{}
	return s
}

// first reports whether a proof is seen for the first time.
func (s *replays) first(id db.TokenHash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn(s.now())
	for _, generation := range s.seen {
		if _, seen := generation[id]; seen {
			return false
		}
	}
	s.seen[0][id] = struct{}{}
	return true
}

// turn begins a generation when the youngest is old enough. A clock that was set back keeps it longer.
func (s *replays) turn(now time.Time) {
	if now.Sub(s.turned) <= generationAge {
		return
	}
	copy(s.seen[1:], s.seen[:])
	s.seen[0], s.turned = make(map[db.TokenHash]struct{}, len(s.seen[1])), now
}
