package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
)

// maxSessionOperations is how many operations of one session may run at the same time on one node. A response can be
// megabytes and its reader slow: without a limit, few requests would hold much memory.
const maxSessionOperations = 8

// maxSessionStreams is how many streams one session may have on one node.
const maxSessionStreams = 8

// DefaultStreams is the default limit of streams on one node. A stream takes about 10 KB and one connection, so the
// operating system's limit of open files applies as well.
const DefaultStreams = 20_000

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

// A streamLimit limits the number of streams that are open on this node.
type streamLimit struct{ slots chan struct{} }

func newStreamLimit(max int) *streamLimit { return &streamLimit{make(chan struct{}, max)} }

// acquire takes a slot, or returns false if all are taken. The caller calls release when the stream ends.
func (l *streamLimit) acquire() bool {
	select {
	case l.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l *streamLimit) release() { <-l.slots }

// acquireStream takes a slot of each limit of streams. If one has no free slot, it responds and returns false. A request
// without a session needs no slot: its stream is rejected.
func (h *handler) acquireStream(out responder, sessionID, personID uuid.UUID) bool {
	switch {
	case sessionID == uuid.Nil:
		return true
	case !h.sessionStreams.acquire(sessionID):
		out.tooManyRequests()
	case !h.personStreams.acquire(personID):
		h.sessionStreams.release(sessionID)
		out.tooManyRequests()
	case !h.nodeStreams.acquire():
		h.sessionStreams.release(sessionID)
		h.personStreams.release(personID)
		out.tooManyStreams()
	default:
		return true
	}
	return false
}

// releaseStream releases what acquireStream has taken.
func (h *handler) releaseStream(sessionID, personID uuid.UUID) {
	if sessionID == uuid.Nil {
		return
	}
	h.sessionStreams.release(sessionID)
	h.personStreams.release(personID)
	h.nodeStreams.release()
}

// maxConcurrentResolvers is how many resolvers of one operation run at the same time. The executor resolves each field
// in its own goroutine: without a limit, one operation could take every database connection of the node.
const maxConcurrentResolvers = 3

// limitResolvers returns the field middleware of one operation. A semaphore limits how many of its resolvers run at the
// same time. A resolver releases the semaphore before the fields below it are resolved, so none waits for another.
func limitResolvers(next graphql.FieldMiddleware) graphql.FieldMiddleware {
	semaphore := make(chan struct{}, maxConcurrentResolvers)
	return func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		if field := graphql.GetFieldContext(ctx); field == nil || !field.IsResolver {
			return next(ctx, resolve)
		}
		select {
		case semaphore <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		defer func() { <-semaphore }()
		return next(ctx, resolve)
	}
}
