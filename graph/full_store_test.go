package graph

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/company-a/aside/db"
)

// fill creates notes of the maximum size until the person has most of them, or their store is full.
func (a *api) fill(t *testing.T, who, text string, most int) {
	t.Helper()
	owner := a.viewer(t, who).Owner()
	body := strings.Repeat(text, (64<<10)/len(text))
	for range most {
		_, err := a.DB.CreateNote(t.Context(), owner, db.NewNote{Title: "t", Body: body})
		if db.IsCode(err, db.CodeInvalid) {
			return // the store is full
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// writeOften gives a note of the maximum size all the earlier versions that it can have.
func (a *api) writeOften(t *testing.T, who, id, text string) {
	t.Helper()
	limits := db.DefaultLimits
	limits.VersionGap = time.Nanosecond
	node := a.Node(t, db.Options{MaxConns: 2, Limits: limits})
	for version := range db.MaxVersions + 2 {
		body := strings.Repeat(text, (64<<10)/len(text)-1-version)
		if _, err := node.UpdateNote(t.Context(), a.viewer(t, who).Owner(), db.NoteChange{ID: uuid.MustParse(id), Version: version + 1, Body: &body}); err != nil {
			t.Fatal(err)
		}
	}
}

// With a full store of any text, an accepted document takes less than 50 ms of processor time and allocates less than 10 MB.
func TestFullStoreStaysWithinBudget(t *testing.T) {
	a := start(t)
	page := func(rest string) string { return `notes(first: 100` + rest + `) { edges { node { id` }
	search := func(text string) string {
		return `{ ` + page(`, filter: {search: "`+text+`"}`) + ` } } pageInfo { hasNextPage endCursor } } }`
	}
	searches := []string{search("nowhere"), search("nowhéré"), search(strings.Repeat("é", 200)), search(strings.Repeat("\ufdfa", 14)), `{ ` + page(`, filter: {tag: "t"}`) + ` } } } }`}
	lists := []string{
		`{ ` + page("") + ` title body tags pinned version createdAt updatedAt trashedAt tenant { id name } sealing } } pageInfo { hasNextPage endCursor } } }`,
		longestDocument(a, page("")+` } } } `), longestDocument(a, page("")+` body } } } `), longestDocument(a, `notes(first: 1) { edges { node { body } } } `), longestDocument(a, `notes(first: 9) { edges { node { body } } } `),
		search("t"), `{ notes(first: 20, filter: {search: "t"}) { edges { node { id title body } } } }`,
	}
	for name, text := range map[string]string{
		"ASCII": "The quick brown fox. ", "Cyrillic": "быстрая лиса ", "what grows": "\ufdfa", "what is escaped": "\x01", "marks": "e\u0301", "nothing": "\u200b",
	} {
		who := strings.ReplaceAll(name, " ", "-") + " at shop"
		most := 100 // more than a search decrypts
		if name == "ASCII" {
			most = db.DefaultLimits.Notes
		}
		a.fill(t, who, text, most)
		documents := searches
		if name == "what is escaped" {
			id := strings.TrimSuffix(strings.TrimPrefix(a.answered(t, who, `{ notes(first: 1) { edges { node { id } } } }`), `{"data":{"notes":{"edges":[{"node":{"id":"`), `"}}]}}}`)
			a.writeOften(t, who, id, text)
			documents = append(lists, longestDocument(a, `note(id: "`+id+`") { body } `), longestDocument(a, `notes(first: 9) { edges { node { history(first: 1) { version } } } } `),
				longestDocument(a, `note(id: "`+id+`") { history { title body tags sealed } } `), longestDocument(a, `note(id: "`+id+`") { history(first: 1) { body } } `))
		}
		for _, document := range documents {
			least := a.minCost(t, who, document)
			t.Logf("%s: %v and %d bytes, answered %d: %.60s %d", name, least.time, least.size, least.answer, document, strings.Count(document, "note"))
			if !least.within(usualBudget) && !least.within(processorBudget(t)) {
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

// minCost returns the minimum of several measurements, which leaves out what else the machine does.
func (a *api) minCost(t *testing.T, who, document string) measuredCost {
	t.Helper()
	least := a.measure(t, who, document)
	for n := 0; n < 5 || n < 20 && !least.within(usualBudget); n++ {
		least = least.min(a.measure(t, who, document))
	}
	return least
}

// longestDocument returns a document that repeats unit as often as the limits allow.
func longestDocument(a *api, unit string) string {
	for n := maxRootFields; ; n-- {
		query := "{ " + numberedFields(n, "a%d: "+unit) + "}"
		if _, errs := a.handler.prepare(context.Background(), request{Query: query}); len(errs) == 0 {
			return query
		}
	}
}
