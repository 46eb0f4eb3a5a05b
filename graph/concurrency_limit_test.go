package graph

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestSessionOperationLimit(t *testing.T) {
	a := start(t)
	alice := a.viewer(t, "alice at shop")
	for range maxSessionOperations {
		if !a.handler.sessionOperations.acquire(alice.ID) {
			t.Fatal("not even these")
		}
	}
	r := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query": "{ viewer { id } }"}`))
	r.Header.Set("Content-Type", "application/json")
	if w := a.serve(t, "alice at shop", r); w.Code != 429 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"code":"RATE_LIMITED"`) {
		t.Errorf("one more is answered %d %s", w.Code, w.Body)
	}
	a.must(t, "bob at shop", `{ viewer { id } }`, nil, nil) // other sessions are not limited
	a.handler.sessionOperations.release(alice.ID)
	a.must(t, "alice at shop", `{ viewer { id } }`, nil, nil)
	for range maxSessionOperations - 1 {
		a.handler.sessionOperations.release(alice.ID)
	}
	if len(a.handler.sessionOperations.held) != 0 {
		t.Errorf("%v stay counted", a.handler.sessionOperations.held)
	}
	if !newConcurrencyLimit(maxSessionOperations).acquire(uuid.New()) {
		t.Error("a new one is full")
	}
}

// All sessions of a person share limits of operations and of streams.
func TestPersonOperationLimit(t *testing.T) {
	a := start(t)
	alice := a.viewer(t, "alice at shop")
	ask := func(who, accept string) int {
		query := `{"query": "{ viewer { id } }"}`
		if accept != "" {
			query = `{"query": "subscription { noteChanged { id } }"}`
		}
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(query))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", accept)
		return a.serve(t, who, r).Code
	}
	for _, of := range []struct {
		crowd  *concurrencyLimit
		accept string
	}{{a.handler.personOperations, ""}, {a.handler.personStreams, "text/event-stream"}} {
		for range maxPerPerson {
			if !of.crowd.acquire(alice.UserID) {
				t.Fatal("not even these")
			}
		}
		for _, who := range []string{"alice at shop", "alice", "alice at paper"} {
			if status := ask(who, of.accept); status != 429 {
				t.Errorf("one more by %s is answered %d", who, status)
			}
		}
		for range maxPerPerson {
			of.crowd.release(alice.UserID)
		}
		if len(of.crowd.held) != 0 || len(a.handler.sessionOperations.held) != 0 || len(a.handler.sessionStreams.held) != 0 {
			t.Error("some stay counted")
		}
	}
	a.must(t, "alice", `{ viewer { id } }`, nil, nil)
	if len(a.handler.personOperations.held) != 0 || len(a.handler.sessionOperations.held) != 0 {
		t.Error("what has been answered stays counted")
	}
}
