package history

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// A Kind says what an operation does.
type Kind int

// The kinds of operation.
const (
	Create Kind = iota
	Update      // of the version that was expected
	Read
)

// An Outcome is the answer to an operation.
type Outcome int

// The outcomes of an operation.
const (
	Unanswered Outcome = iota // nobody knows whether it happened
	Done
	Conflicting // and the current version was returned
	Missing     // there is no such note
)

// A Note is one note as it stood; the zero Note is none.
type Note struct {
	Version int
	Title   string
}

// An Operation is one that a client has asked for.
type Operation struct {
	Client   int
	Node     int // that was asked
	ID       uuid.UUID
	Kind     Kind
	Expected int    // of Update: the version
	Title    string // what is written: another one each time
	Outcome  Outcome
	Answer   Note
	Refusal  Refusal // of what was not answered otherwise
	Call     time.Duration
	Return   time.Duration // both since the history began
}

// A Refusal is an answer that says nothing about the note.
type Refusal struct {
	Status     int // 0: there was no answer
	RetryAfter bool
}

// ComesBack reports whether the refusal asks for a retry, as it should while something fails.
func (r Refusal) ComesBack() bool { return r.Status == 503 && r.RetryAfter }

// A History holds the operations of all clients.
type History struct {
	began time.Time

	mu         sync.Mutex
	clients    int
	operations []Operation
}

// New begins a history.
func New() *History { return &History{began: time.Now()} }

// Now is how long ago the history began.
func (h *History) Now() time.Duration { return time.Since(h.began) }

func (h *History) add(o Operation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.operations = append(h.operations, o)
}

// Operations returns those that returned from a time on, in no order.
func (h *History) Operations(from time.Duration) (list []Operation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, o := range h.operations {
		if o.Return >= from {
			list = append(list, o)
		}
	}
	return list
}

// Disregard takes what a node has answered in a span of time for no answer, but for writes that it acknowledged. It
// gives how many answers that were.
func (h *History) Disregard(node int, from, to time.Duration) (count int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.operations {
		o := &h.operations[i]
		if o.Node == node && o.Return >= from && o.Return <= to && o.Outcome != Unanswered && !o.Wrote() {
			o.Outcome, o.Answer = Unanswered, Note{}
			count++
		}
	}
	return count
}

// Wrote reports whether the operation is a write that was acknowledged.
func (o *Operation) Wrote() bool { return o.Kind != Read && o.Outcome == Done }
