package graph

import (
	"sync"

	"github.com/google/uuid"
)

// maxAtOnce is how many operations one session may have under way on one node. An answer may be
// megabytes and its reader slow: without a bound, few requests would hold much memory.
const maxAtOnce = 8

// maxOfPerson is how many operations, and how many streams, all sessions of a person may have together.
const maxOfPerson = 3 * maxAtOnce

// A crowd counts who has operations under way.
type crowd struct {
	most  int // of one
	mu    sync.Mutex
	under map[uuid.UUID]int
}

func newCrowd(most int) *crowd { return &crowd{most: most, under: map[uuid.UUID]int{}} }

// A room has so many places, whoever takes them.
type room struct{ places chan struct{} }

func newRoom(places int) *room { return &room{make(chan struct{}, places)} }

// enter reports whether there is a place. If so, leave gives it back.
func (r *room) enter() bool {
	select {
	case r.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (r *room) leave() { <-r.places }

// enter reports whether another operation of who may begin. If so, leave ends it.
func (c *crowd) enter(who uuid.UUID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.under[who] >= c.most {
		return false
	}
	c.under[who]++
	return true
}

func (c *crowd) leave(who uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.under[who]--; c.under[who] == 0 {
		delete(c.under, who)
	}
}
