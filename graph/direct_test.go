package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const noteFields = `fragment N on Note { __typename id title body tags pinned version createdAt updatedAt trashedAt sealing tenant { __typename id name } }`

// documentsOfAll are valid and invalid documents for the real resolvers. Each mutation can be sent several times.
var documentsOfAll = []string{
	firstPage,
	noteFields + ` { viewer { __typename id displayName tenant { id name } } notes { __typename edges { __typename cursor node { ...N } } pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor } } }`,
	noteFields + ` query ($id: ID!) { note(id: $id) { ...N } other: note(id: $id) { tags } none: note(id: "7") { id } }`,
	`query ($cursor: String) { notes(first: 2, after: $cursor, orderBy: CREATED_DESC) { edges { node { title } cursor } pageInfo { hasPreviousPage } } }`,
	`query ($cursor: String) { notes(after: $cursor, orderBy: PINNED_FIRST) { edges { node { title } } } viewer { id } }`,
	`{ notes(filter: {search: "note", tag: "odd"}) { edges { node { body } } } empty: notes(filter: {tenant: "t_none"}) { edges { cursor } pageInfo { startCursor } } }`,
	`{ first: notes(first: 0) { edges { cursor } } notes(first: 101) { edges { cursor } } }`,
	`query ($order: NoteOrder, $n: Int) { notes(orderBy: $order, first: $n) { edges { cursor } } }`,
	`query ($on: Boolean!) { viewer @include(if: $on) { id @skip(if: $on) displayName } notes @skip(if: $on) { edges { node { title } } } __typename }`,
	`{ __schema { queryType { name } } }`,
	`mutation ($id: ID!) { trashNote(id: $id) { __typename note { title updatedAt } } restoreNote(id: $id) { note { ...N } } } ` + noteFields,
	noteFields + ` mutation ($id: ID!) { updateNote(input: {id: $id, version: 9, title: "x"}) { note { ...N } } }`,
	`mutation ($id: ID!) { createNote(input: {id: $id, title: "Note 1", tags: "odd"}) { note { id version } } createNote(input: {id: $id, title: "Note 1", tags: "odd"}) { note { title } } }`,
	`mutation { createNote(input: {id: "7"}) { note { id } } again: createNote(input: {title: "two\nlines"}) { note { id } } }`,
	`mutation { deleteNote(id: "7") { __typename id } }`,
}

// TestDirectAnswersLikeGeneratedCode sends the same documents to two handlers of one database.
func TestDirectAnswersLikeGeneratedCode(t *testing.T) {
	a := start(t)
	generated := *a
	generated.handler = withoutDirect(a.handler)
	for i, title := range []string{"Note 1", "\"Note\" 2\u2028", "Note\t3 \x7f🎁", "Note 4"} {
		a.must(t, "alice at shop", `mutation ($title: String!, $body: String!, $pinned: Boolean!) { createNote(input: {title: $title, body: $body, tags: "odd", pinned: $pinned}) { note { id } } }`,
			map[string]any{"title": title, "body": strings.Repeat("\\ \"\r\n", i), "pinned": i == 2}, nil)
	}
	var listed struct {
		Notes struct {
			Edges []struct {
				Cursor string
				Node   struct{ ID string }
			}
		}
	}
	a.must(t, "alice at shop", `{ notes(orderBy: CREATED_DESC) { edges { cursor node { id } } } }`, nil, &listed)
	cursor, id := listed.Notes.Edges[1].Cursor, listed.Notes.Edges[3].Node.ID
	for _, who := range []string{"alice at shop", "alice", "alice at paper", "bob at shop", "nobody"} {
		for _, query := range documentsOfAll {
			for _, variables := range []map[string]any{
				{"id": id, "cursor": cursor, "on": true, "order": "PINNED_FIRST", "n": 2},
				{"id": strings.ToUpper(id), "cursor": nil, "on": false, "order": "created_desc", "n": "2"},
				{"id": "\x00", "cursor": "x", "on": false},
			} {
				_, want := generated.post(t, who, query, variables)
				if strings.Contains(want, "INTERNAL") {
					t.Errorf("%s asks %s %v\nanswered %s", who, query, variables, want)
				}
				if _, got := a.post(t, who, query, variables); sortErrors(t, got) != sortErrors(t, want) {
					t.Errorf("%s asks %s %v\nwritten directly %s\nby generated code %s", who, query, variables, got, want)
				}
			}
		}
	}
}

// sortErrors sorts the errors of a response: fields that are resolved concurrently fail in any order.
func sortErrors(t *testing.T, answer string) string {
	t.Helper()
	var parts struct {
		Errors []json.RawMessage
		Data   json.RawMessage
	}
	if err := json.Unmarshal([]byte(answer), &parts); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	slices.SortFunc(parts.Errors, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	return fmt.Sprintf("%s %s", parts.Errors, parts.Data)
}
