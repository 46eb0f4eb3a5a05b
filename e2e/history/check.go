package history

import (
	"fmt"
	"math"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
)

// model is a notebook that never fails, for one note.
var model = porcupine.Model{
	Init: func() any { return Note{} },
	Step: func(state, input, _ any) (bool, any) {
		note, _ := state.(Note)
		o, _ := input.(*Operation)
		return step(note, o)
	},
	DescribeOperation: func(input, _ any) string {
		o, _ := input.(*Operation)
		return fmt.Sprintf("%+v", *o)
	},
}

func step(note Note, o *Operation) (bool, Note) {
	exists := note != Note{}
	switch o.Kind {
	case Read:
		return o.Outcome == Done && exists && note == o.Answer || o.Outcome == Missing && !exists, note
	case Create:
		made := Note{1, o.Title}
		switch {
		case o.Outcome == Conflicting:
			return exists && note == o.Answer && note.Title != o.Title, note
		case !exists:
			return o.Outcome == Unanswered || o.Answer == made, made
		default: // a retry
			return o.Outcome == Unanswered || note.Title == o.Title && note == o.Answer, note
		}
	default:
		changed := Note{o.Expected + 1, o.Title}
		switch o.Outcome {
		case Conflicting:
			return exists && note == o.Answer && note.Version != o.Expected, note
		case Missing:
			return !exists, note
		case Unanswered:
			return note.Version == o.Expected, changed
		}
		return note.Version == o.Expected && o.Answer == changed, changed
	}
}

// A Verdict is what Check finds.
type Verdict struct {
	Operations   int
	Acknowledged int // writes
	Lost         int // acknowledged writes that are lost
	Doubled      int // notes that exist twice, and versions that nobody has made
	Wrong        []uuid.UUID
	Undecided    bool // Check took too long
}

// Good reports whether nothing was lost and all operations have an order.
func (v Verdict) Good() bool {
	return v.Lost == 0 && v.Doubled == 0 && len(v.Wrong) == 0 && !v.Undecided
}

// Check looks for an order of each note's operations. final has the notes that are listed at the end, when no operation is
// under way: several of an id if it is listed more than once. Check stops looking for the order of a note after the timeout.
func (h *History) Check(final map[uuid.UUID][]Note, timeout time.Duration) Verdict {
	operations := h.Operations(0)
	v := Verdict{Operations: len(operations)}
	byNote := map[uuid.UUID][]*Operation{}
	for i := range operations {
		o := &operations[i]
		byNote[o.ID] = append(byNote[o.ID], o)
		if o.Wrote() {
			v.Acknowledged++
		}
	}
	end := h.Now()
	for id, list := range byNote {
		last := Note{}
		if len(final[id]) > 0 {
			last = final[id][0]
			v.Doubled += len(final[id]) - 1
		}
		list = append(list, &Operation{Client: -1, ID: id, Kind: Read, Outcome: outcomeOf(last), Answer: last, Call: end, Return: end + 1})
		lost, doubled := balance(list, last)
		v.Lost, v.Doubled = v.Lost+lost, v.Doubled+doubled
		switch porcupine.CheckOperationsTimeout(model, ordered(list), timeout) {
		case porcupine.Illegal:
			v.Wrong = append(v.Wrong, id)
		case porcupine.Unknown:
			v.Undecided = true
		}
	}
	return v
}

func outcomeOf(n Note) Outcome {
	if n == (Note{}) {
		return Missing
	}
	return Done
}

// balance counts the acknowledged writes of a note with a version after its last one, and the versions that neither an
// acknowledged nor an unanswered write can have made.
func balance(list []*Operation, last Note) (lost, doubled int) {
	possible := map[int]bool{} // versions that somebody may have made
	for _, o := range list {
		if o.Kind == Read || o.Outcome != Done && o.Outcome != Unanswered {
			continue
		}
		made := o.Expected + 1
		possible[made] = true
		if o.Outcome == Done && o.Answer.Version > last.Version {
			lost++
		}
	}
	for version := 1; version <= last.Version; version++ {
		if !possible[version] {
			doubled++
		}
	}
	return lost, doubled
}

// ordered returns the operations that porcupine orders. It leaves out an unanswered operation if nobody saw its effect: had it
// happened, the next writer would have needed its version, or its text would be there at the end. An unanswered operation with
// an effect that somebody saw has happened, at any time after it was sent.
func ordered(list []*Operation) (operations []porcupine.Operation) {
	seen := map[string]bool{}
	for _, o := range list {
		if o.Outcome != Unanswered {
			seen[o.Answer.Title] = true
		}
	}
	client := 0
	for _, o := range list {
		returned := int64(o.Return)
		if o.Outcome == Unanswered {
			if o.Kind == Read || !seen[o.Title] {
				continue
			}
			returned = math.MaxInt64
		}
		client++ // porcupine uses clients only in its drawings
		operations = append(operations, porcupine.Operation{ClientId: client, Input: o, Call: int64(o.Call), Return: returned})
	}
	return operations
}
