package graph

import (
	"errors"
	"testing"
)

// FuzzOperation looks for a request that panics before its execution, or that is refused without one of the codes.
func FuzzOperation(f *testing.F) {
	for _, seed := range [][2]string{
		{`{ viewer { id displayName tenant { id name } } }`, `null`},
		{`query A($n: Int = 3, $f: NoteFilter) { notes(first: $n, filter: $f, orderBy: PINNED_FIRST) { edges { cursor node { ...N } } } } fragment N on Note { id ... on Note { body } }`, `{"n": 7, "f": {"search": "x", "pinned": true}}`},
		{`mutation ($i: CreateNoteInput!) { createNote(input: $i) { note { id } } }`, `{"i": {"title": "x", "tags": ["a", null], "pinned": {}}}`},
		{`mutation { updateNote(input: {id: "7", version: 1, tags: [["a"]]}) { note { id @skip(if: $x) } } }`, `{"x": 1e999}`},
		{`query ($o: [[NoteOrder!]]) { notes(orderBy: $o) { __typename } __typename @include }`, `{"o": [[["UPDATED_DESC"]]]}`},
		{`fragment A on Query { ...B } fragment B on Query { ...A } { ...A }`, `{}`},
		{`{ notes(first: 99999999999999999999, filter: {search: """a` + "\n" + `b""", search: 1}) { __typename } }`, `{"": ""}`},
	} {
		f.Add(seed[0], seed[1])
	}
	h := newHandlerWithoutDatabase(f, false)
	f.Fuzz(func(t *testing.T, query, variables string) {
		r, err := decodeRequest([]byte(`{"query": "{a}", "variables": ` + variables + `}`))
		if err != nil {
			return
		}
		r.Query = query
		op, errs := h.prepare(t.Context(), r)
		if (op == nil) != (len(errs) > 0) {
			t.Fatalf("%v, %v", op, errs)
		}
		for _, shown := range h.presenter.presentRequest(t.Context(), errs) {
			code, _ := shown.Extensions["code"].(Code)
			if code != BadUserInput && code != TooComplex && code != Forbidden {
				t.Fatalf("%v: %v", errs, shown.Extensions)
			}
		}
		var refused *apiError
		if errors.As(errs, &refused) && len(errs) != 1 {
			t.Fatal(errs)
		}
	})
}
