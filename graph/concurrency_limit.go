package graph

import (
	"sync"

	"github.com/google/uuid"
)

// maxSessionOperations is how many operations of one session may run at the same time on one node. A response can be
// megabytes and its reader slow: without a limit, few requests would hold much memory.
const maxSessionOperations = 8

// maxPerPerson is how many operations, and how many streams, all sessions of one person may have together on one node.
const maxPerPerson = 3 * maxSessionOperations

// A concurrencyLimit limits how many operations or streams each session, or each person, has at the same time.
type concurrencyLimit struct {
	max  int // of each
	mu   sync.Mutex
	held map[uuid.UUID]int // by the id of the session or person
}

func newConcurrencyLimit(max int) *concurrencyLimit {
	return &concurrencyLimit{max: max, held: map[uuid.UUID]int{}}
}

// acquire takes a slot of id's, or returns false if all of them are taken. The caller calls release when it is done.
func (l *concurrencyLimit) acquire(id uuid.UUID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[id] >= l.max {
		return false
	}
	l.held[id]++
	return true
}

func (l *concurrencyLimit) release(id uuid.UUID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[id]--; l.held[id] == 0 {
		delete(l.held, id)
	}
}
