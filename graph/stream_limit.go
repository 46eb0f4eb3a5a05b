package graph

import "github.com/google/uuid"

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
