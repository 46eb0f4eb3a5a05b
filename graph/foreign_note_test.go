package graph

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
)

// documentsByID read and change a note by its id.
var documentsByID = []string{
	`query ($id: ID!) { note(id: $id) { id title body } }`,
	`mutation ($id: ID!) { updateNote(input: {id: $id, version: 1, title: "mine now"}) { note { id title body } } }`,
	`mutation ($id: ID!) { updateNote(input: {id: $id, version: 9, title: "mine now"}) { note { id title body } } }`,
	`mutation ($id: ID!) { trashNote(id: $id) { note { id title body } } }`,
	`mutation ($id: ID!) { restoreNote(id: $id) { note { id title body } } }`,
	`query ($id: ID!) { note(id: $id) { history(first: 1) { version title } } }`,
	`mutation ($id: ID!) { restoreVersion(id: $id, version: 1) { note { id title body } } }`,
	`mutation ($id: ID!) { deleteNote(id: $id) { id } }`,
}

func TestForeignNotesLookMissing(t *testing.T) { withAndWithoutDirect(t, testForeignNotes) }

func testForeignNotes(t *testing.T, a *api) {
	foreign := create(t, a, "alice at shop", "Alice's")
	missing := uuid.Must(uuid.NewV7()).String()
	deleted := create(t, a, "bob at shop", "gone")
	a.must(t, "bob at shop", documentsByID[len(documentsByID)-1], map[string]any{"id": deleted}, nil)

	strangers := []string{"bob at shop", "bob at paper", "bob", "alice at paper", "nobody"}
	for _, query := range documentsByID {
		for _, who := range strangers {
			_, want := a.post(t, who, query, map[string]any{"id": missing})
			others := []string{foreign, strings.ToUpper(foreign), "", "7", "{" + missing + "}", "urn:uuid:" + missing, uuid.Nil.String()}
			if strings.HasPrefix(who, "bob") {
				others = append(others, deleted)
			}
			for _, id := range others {
				if _, got := a.post(t, who, query, map[string]any{"id": id}); got != want {
					t.Errorf("%s asks for %q\n%s\nanswered %s\na missing id %s", who, id, query, got, want)
				}
			}
			refusal := ""
			switch {
			case who == "nobody":
				refusal = `"code":"UNAUTHENTICATED"`
			case strings.HasPrefix(query, "mutation"):
				refusal = `"code":"NOT_FOUND"`
			}
			if strings.Contains(want, "Alice's") || !strings.Contains(want, refusal) || strings.Contains(want, "errors") != (refusal != "") {
				t.Errorf("%s: %s answered %s", who, query, want)
			}
		}
	}
	if got := title(t, a, "alice at shop", foreign); got != "Alice's" {
		t.Errorf("the note now reads %q", got)
	}
	if strings.Contains(a.log.String(), "Alice's") {
		t.Error("a note is in the log")
	}
}

func TestAnotherPersonsIDIsFree(t *testing.T) { withAndWithoutDirect(t, testAnotherPersonsID) }

func testAnotherPersonsID(t *testing.T, a *api) {
	id := create(t, a, "alice at shop", "Alice's")
	a.must(t, "bob at shop", `mutation ($id: ID) { createNote(input: {id: $id, title: "Bob's"}) { note { id } } }`, map[string]any{"id": id}, nil)
	if got := title(t, a, "alice at shop", id); got != "Alice's" {
		t.Errorf("Alice reads %q", got)
	}
	if got := title(t, a, "bob at shop", id); got != "Bob's" {
		t.Errorf("Bob reads %q", got)
	}
}

func TestConcurrentUpdatesOneWins(t *testing.T) { withAndWithoutDirect(t, testConcurrentUpdates) }

func testConcurrentUpdates(t *testing.T, a *api) {
	id := create(t, a, "alice at shop", "before")
	const writers = 8
	answers := make([]string, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			_, answers[i] = a.post(t, "alice at shop",
				`mutation ($id: ID!, $title: String) { updateNote(input: {id: $id, version: 1, title: $title}) { note { title version } } }`,
				map[string]any{"id": id, "title": string(rune('a' + i))})
		})
	}
	all.Wait()
	winner := title(t, a, "alice at shop", id)
	won := 0
	for _, answer := range answers {
		switch {
		case answer == `{"data":{"updateNote":{"note":{"title":"`+winner+`","version":2}}}}`:
			won++
		case !strings.Contains(answer, `"code":"CONFLICT"`) || !strings.Contains(answer, `"current":{"title":"`+winner+`","version":2}`):
			t.Errorf("answered %s", answer)
		}
	}
	if won != 1 {
		t.Errorf("%d updates of one version won", won)
	}
}

func TestEndedSessions(t *testing.T) { withAndWithoutDirect(t, testEndedSessions) }

func testEndedSessions(t *testing.T, a *api) {
	id := create(t, a, "alice at shop", "Alice's")
	a.Exec(t, `UPDATE sessions SET revoked_at = now()`)
	// The session was looked up before it was revoked, and the database checks it again.
	for _, operation := range append(slices.Clone(documentsByID), `mutation { createNote(input: {title: "late"}) { note { id } } }`) {
		if code, got := a.post(t, "alice at shop", operation, map[string]any{"id": id}); code != 401 || !strings.Contains(got, "UNAUTHENTICATED") || strings.Contains(got, "data") {
			t.Errorf("%s answered %d %s", operation, code, got)
		}
	}
}

func create(t *testing.T, a *api, who, title string) (id string) {
	t.Helper()
	var data struct {
		CreateNote struct{ Note struct{ ID string } }
	}
	a.must(t, who, `mutation ($title: String!) { createNote(input: {title: $title}) { note { id } } }`, map[string]any{"title": title}, &data)
	return data.CreateNote.Note.ID
}

func title(t *testing.T, a *api, who, id string) string {
	t.Helper()
	var data struct{ Note struct{ Title string } }
	a.must(t, who, `query ($id: ID!) { note(id: $id) { title } }`, map[string]any{"id": id}, &data)
	return data.Note.Title
}
