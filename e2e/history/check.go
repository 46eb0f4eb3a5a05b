package history

import (
	"fmt"
	"math"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
)

// model is the model of one note in a service that never fails.
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

// A Verdict is the result of Check.
type Verdict struct {
	Operations   int
	Acknowledged int // writes
	Lost         int // acknowledged writes that are lost
	Doubled      int // notes that exist twice, and versions that no write made
	Wrong        []uuid.UUID
	Undecided    bool // Check took too long
}

// Good reports whether nothing was lost and all operations have an order.
func (v Verdict) Good() bool {
	return v.Lost == 0 && v.Doubled == 0 && len(v.Wrong) == 0 && !v.Undecided
}

// Check looks for an order of each note's operations that explains the answers. It spends at most timeout on each note.
// final has the notes as listed after all operations: several of an id if the list repeats it.
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

// balance counts a note's acknowledged writes that made a later version than last has, and the versions up to last that no
// acknowledged or unanswered write can have made.
func balance(list []*Operation, last Note) (lost, doubled int) {
	possible := map[int]bool{} // versions that a write may have made
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

// ordered returns the operations for porcupine. It leaves out an unanswered write if no answer has its title. Such a write
// did not happen: the next writer would have needed its version, or the last read would have its title. Any other
// unanswered write happened at some time after it was sent.
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
