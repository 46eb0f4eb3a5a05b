package auth

import (
	"sync"
	"time"

	"github.com/company-a/aside/db"
)

// replays remembers, on this node, the proofs of requests that change nothing. Two
// generations, so that forgetting costs nothing: an entry lives for one to two proof lives.
// Requests that change something are remembered in the database, for all nodes.
type replays struct {
	now func() time.Time

	mu       sync.Mutex
	turned   time.Time
	young    map[db.TokenHash]struct{}
	previous map[db.TokenHash]struct{}
}

func newReplays(now func() time.Time) *replays {
	return &replays{now: now, turned: now(), young: map[db.TokenHash]struct{}{}}
}

// first reports whether a proof is seen for the first time.
func (s *replays) first(id db.TokenHash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); now.Sub(s.turned) > proofLife {
		s.previous, s.young, s.turned = s.young, make(map[db.TokenHash]struct{}, len(s.young)), now
	}
	if _, seen := s.young[id]; seen {
		return false
	}
	if _, seen := s.previous[id]; seen {
		return false
	}
	s.young[id] = struct{}{}
	return true
}
