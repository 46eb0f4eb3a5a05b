package history

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// Check finds each kind of fault, and none in a correct history.
func TestCheck(t *testing.T) {
	id := uuid.Must(uuid.NewV7())
	at := func(call, ret int, o Operation) Operation {
		o.ID, o.Call, o.Return = id, time.Duration(call), time.Duration(ret)
		return o
	}
	made := at(1, 2, Operation{Kind: Create, Title: "a", Outcome: Done, Answer: Note{1, "a"}})
	changed := at(3, 4, Operation{Kind: Update, Expected: 1, Title: "b", Outcome: Done, Answer: Note{2, "b"}})
	unanswered := at(3, 4, Operation{Kind: Update, Expected: 1, Title: "b"})
	read := func(call int, n Note) Operation {
		return at(call, call+1, Operation{Kind: Read, Outcome: outcomeOf(n), Answer: n})
	}
	for name, c := range map[string]struct {
		operations []Operation
		final      []Note
		good       bool
	}{
		"all is well":                        {[]Operation{made, changed, read(5, Note{2, "b"})}, []Note{{2, "b"}}, true},
		"unanswered, and it happened":        {[]Operation{made, unanswered, read(5, Note{1, "a"}), read(7, Note{2, "b"})}, []Note{{2, "b"}}, true},
		"unanswered, and it did not":         {[]Operation{made, unanswered, read(5, Note{1, "a"})}, []Note{{1, "a"}}, true},
		"a retry of what had happened":       {[]Operation{at(0, 1, Operation{Kind: Create, Title: "a"}), made}, []Note{{1, "a"}}, true},
		"a conflict that tells what stands":  {[]Operation{made, changed, at(5, 6, Operation{Kind: Update, Expected: 1, Title: "c", Outcome: Conflicting, Answer: Note{2, "b"}})}, []Note{{2, "b"}}, true},
		"a stale read":                       {[]Operation{made, changed, read(5, Note{1, "a"})}, []Note{{2, "b"}}, false},
		"a read that goes back":              {[]Operation{made, unanswered, read(5, Note{2, "b"}), read(7, Note{1, "a"})}, []Note{{1, "a"}}, false},
		"a lost note":                        {[]Operation{made}, nil, false},
		"a lost change":                      {[]Operation{made, changed}, []Note{{1, "a"}}, false},
		"a note that stands there twice":     {[]Operation{made}, []Note{{1, "a"}, {1, "a"}}, false},
		"a change that was made twice":       {[]Operation{made, changed}, []Note{{3, "b"}}, false},
		"two changes of one version":         {[]Operation{made, changed, at(5, 6, Operation{Kind: Update, Expected: 1, Title: "c", Outcome: Done, Answer: Note{2, "c"}})}, []Note{{2, "c"}}, false},
		"a conflict with what never was":     {[]Operation{made, at(5, 6, Operation{Kind: Update, Expected: 1, Title: "c", Outcome: Conflicting, Answer: Note{2, "x"}})}, []Note{{1, "a"}}, false},
		"missing after it was acknowledged":  {[]Operation{made, read(5, Note{})}, []Note{{1, "a"}}, false},
		"a text that another change brought": {[]Operation{made, changed}, []Note{{2, "z"}}, false},
	} {
		h := New()
		for _, o := range c.operations {
			h.add(o)
		}
		h.began = h.began.Add(-time.Second) // long after
		if v := h.Check(map[uuid.UUID][]Note{id: c.final}, time.Minute); v.Good() != c.good {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Disregard drops a node's answers in a span of time, but never an acknowledged write.
func TestDisregardKeepsWrites(t *testing.T) {
	id := uuid.Must(uuid.NewV7())
	h := New()
	for i, o := range []Operation{
		{Kind: Create, Title: "a", Outcome: Done, Answer: Note{1, "a"}},
		{Kind: Update, Expected: 1, Title: "b", Outcome: Done, Answer: Note{2, "b"}},
		{Node: 1, Kind: Read, Outcome: Done, Answer: Note{1, "a"}}, // from a replaced primary
		{Node: 1, Kind: Update, Expected: 0, Title: "c", Outcome: Conflicting, Answer: Note{1, "a"}},
		{Node: 1, Kind: Update, Expected: 2, Title: "d", Outcome: Done, Answer: Note{3, "d"}},
		{Kind: Read, Outcome: Done, Answer: Note{3, "d"}},
	} {
		o.ID, o.Call, o.Return = id, time.Duration(2*i), time.Duration(2*i+1)
		h.add(o)
	}
	h.began = h.began.Add(-time.Second)
	final := map[uuid.UUID][]Note{id: {{3, "d"}}}
	if h.Check(final, time.Minute).Good() {
		t.Error("a stale read is not noticed")
	}
	if n := h.Disregard(1, 4, 9); n != 2 {
		t.Errorf("%d are disregarded", n)
	}
	if v := h.Check(final, time.Minute); !v.Good() || v.Acknowledged != 3 {
		t.Errorf("%+v", v)
	}
}
