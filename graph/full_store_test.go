package graph

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/company-a/aside/db"
)

// fill has somebody write notes of the longest kind, as many as one person may at most.
func (a *api) fill(t *testing.T, who, text string, most int) {
	t.Helper()
	owner := a.viewer(t, who).Owner()
	body := strings.Repeat(text, (64<<10)/len(text))
	for range most {
		_, err := a.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "t", Body: body})
		if db.IsCode(err, db.CodeInvalid) {
			return // there is no space for more
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever a person has written, and however much: what they ask for costs less than 50 ms of the processor and 10 MB.
func TestAFullStoreIsNoDearer(t *testing.T) {
	a := start(t)
	page := func(rest string) string { return `notes(first: 100` + rest + `) { edges { node { id` }
	search := func(text string) string {
		return `{ ` + page(`, filter: {search: "`+text+`"}`) + ` } } pageInfo { hasNextPage endCursor } } }`
	}
	searches := []string{search("nowhere"), search("nowhéré"), search(strings.Repeat("é", 200)), search(strings.Repeat("\ufdfa", 14)), `{ ` + page(`, filter: {tag: "t"}`) + ` } } } }`}
	lists := []string{
		`{ ` + page("") + ` title body tags pinned version createdAt updatedAt trashedAt tenant { id name } sealing } } pageInfo { hasNextPage endCursor } } }`,
		dearestList(a, page("")+` } } } `), dearestList(a, page("")+` body } } } `), dearestList(a, `notes(first: 1) { edges { node { body } } } `), dearestList(a, `notes(first: 9) { edges { node { body } } } `),
		search("t"), `{ notes(first: 20, filter: {search: "t"}) { edges { node { id title body } } } }`,
	}
	for name, text := range map[string]string{
		"ASCII": "The quick brown fox. ", "Cyrillic": "быстрая лиса ", "what grows": "\ufdfa", "what is escaped": "\x01", "marks": "e\u0301", "nothing": "\u200b",
	} {
		who := strings.ReplaceAll(name, " ", "-") + " at shop"
		most := 100 // more than a search opens of those
		if name == "ASCII" {
			most = db.DefaultLimits.Notes
		}
		a.fill(t, who, text, most)
		documents := searches
		if name == "what is escaped" {
			id := strings.TrimSuffix(strings.TrimPrefix(a.answered(t, who, `{ notes(first: 1) { edges { node { id } } } }`), `{"data":{"notes":{"edges":[{"node":{"id":"`), `"}}]}}}`)
			documents = append(lists, dearestList(a, `note(id: "`+id+`") { body } `))
		}
		for _, document := range documents {
			least := a.leastCost(t, who, document)
			t.Logf("%s: %v and %d bytes, answered %d: %.60s %d", name, least.time, least.size, least.answer, document, strings.Count(document, "note"))
			if !least.bearable() {
				t.Errorf("%s: %v and %d bytes for %.200s", name, least.time, least.size, document)
			}
		}
	}
}

func (a *api) answered(t *testing.T, who, document string) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query": `+strconv.Quote(document)+`}`))
	r.Header.Set("Content-Type", "application/json")
	return a.serve(t, who, r).Body.String()
}

// leastCost is the least of some measurements: what else the machine does is not counted.
func (a *api) leastCost(t *testing.T, who, document string) costs {
	t.Helper()
	least := a.costOf(t, who, document)
	for range 5 {
		least = least.min(a.costOf(t, who, document))
	}
	return least
}

// dearestList asks for a list as often as is let through.
func dearestList(a *api, unit string) string {
	for n := maxRootFields; ; n-- {
		query := "{ " + numberedFields(n, "a%d: "+unit) + "}"
		if _, errs := a.handler.prepare(context.Background(), request{Query: query}); len(errs) == 0 {
			return query
		}
	}
}
