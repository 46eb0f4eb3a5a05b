package graph

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestASessionHasSoManyOperationsAtOnce(t *testing.T) {
	a := start(t)
	alice := a.viewer(t, "alice at shop")
	for range maxAtOnce {
		if !a.handler.crowd.enter(alice.ID) {
			t.Fatal("not even these")
		}
	}
	r := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"query": "{ viewer { id } }"}`))
	r.Header.Set("Content-Type", "application/json")
	if w := a.serve(t, "alice at shop", r); w.Code != 429 || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), `"code":"RATE_LIMITED"`) {
		t.Errorf("one more is answered %d %s", w.Code, w.Body)
	}
	a.must(t, "bob at shop", `{ viewer { id } }`, nil, nil) // nobody else waits
	a.handler.crowd.leave(alice.ID)
	a.must(t, "alice at shop", `{ viewer { id } }`, nil, nil)
	for range maxAtOnce - 1 {
		a.handler.crowd.leave(alice.ID)
	}
	if len(a.handler.crowd.under) != 0 {
		t.Errorf("%v stay counted", a.handler.crowd.under)
	}
	if !newCrowd(maxAtOnce).enter(uuid.New()) {
		t.Error("a new one is full")
	}
}
