package graph

import (
	"strings"
	"testing"
)

// Earlier versions are read, restored and restored back, in a widget and at the account origin.
func TestEarlierVersions(t *testing.T) { withAndWithoutDirect(t, testEarlierVersions) }

func testEarlierVersions(t *testing.T, a *api) {
	id := create(t, a, "alice at shop", "first")
	a.Exec(t, `UPDATE notes SET created_at = created_at - interval '1 hour'`)
	a.must(t, "alice at shop", `mutation ($id: ID!) { updateNote(input: {id: $id, version: 1, title: "second", body: "text", tags: ["a"]}) { note { id } } }`, map[string]any{"id": id}, nil)
	for _, step := range []struct{ who, query, answer string }{
		{"alice at shop", `query ($id: ID!) { note(id: $id) { history { version title body tags sealed } } }`, `{"note":{"history":[{"version":1,"title":"first","body":"","tags":[],"sealed":null}]}}`},
		{"alice", `query ($id: ID!) { note(id: $id) { title history(first: null) { title } } }`, `{"note":{"title":"second","history":[{"title":"first"}]}}`},
		{"alice at shop", `mutation ($id: ID!) { restoreVersion(id: $id, version: 1) { note { title version history { version title } } } }`, `{"restoreVersion":{"note":{"title":"first","version":3,"history":[{"version":2,"title":"second"},{"version":1,"title":"first"}]}}}`},
		{"alice", `mutation ($id: ID!) { restoreVersion(id: $id, version: 2) { note { title body tags version } } }`, `{"restoreVersion":{"note":{"title":"second","body":"text","tags":["a"],"version":4}}}`},
		{"alice", `{ notes { edges { node { history(first: 1) { title } } } } }`, `{"notes":{"edges":[{"node":{"history":[{"title":"second"}]}}]}}`},
	} {
		if _, got := a.post(t, step.who, step.query, map[string]any{"id": id}); got != `{"data":`+step.answer+`}` {
			t.Errorf("%s: %s answered %s", step.who, step.query, got)
		}
	}
	for query, wanted := range map[string]string{
		`query ($id: ID!) { note(id: $id) { history(first: 0) { version } } }`:        `"extensions":{"code":"BAD_USER_INPUT","field":"first"}`,
		`query ($id: ID!) { note(id: $id) { history(first: 101) { version } } }`:      `"extensions":{"code":"BAD_USER_INPUT","field":"first"}`,
		`mutation ($id: ID!) { restoreVersion(id: $id, version: 9) { note { id } } }`: `"extensions":{"code":"NOT_FOUND"}`,
	} {
		if _, got := a.post(t, "alice at shop", query, map[string]any{"id": id}); !strings.Contains(got, wanted) {
			t.Errorf("%s answered %s", query, got)
		}
	}
}
