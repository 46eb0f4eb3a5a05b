package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

const following = `subscription { noteChanged { type id note { title } } }`

// subscribe waits until a node hears of changes, and follows them.
func subscribe(t *testing.T, v *authtest.Visitor, node *authtest.Site) *authtest.Stream {
	t.Helper()
	at := *v
	at.Site = node
	var s *authtest.Stream
	if !poll(t.Context(), func() bool {
		s = at.Subscribe(t, following)
		return s.Status != http.StatusServiceUnavailable
	}) {
		t.Fatal("the node hears of nothing")
	}
	s.Must(t, http.StatusOK)
	return s
}

// What is written at one process is told of at the other: to whom it belongs, and until that one
// is stopped, at once.
func TestNotesAreLiveAcrossProcesses(t *testing.T) {
	t.Setenv("ASIDE_GRAPHQL_OPEN", "true")
	a := start(t)
	b := a.another(t)
	c := a.company(t, "The Paper", "paper.localhost", optional)
	alice, bob := c.visitor(t), c.visitor(t)
	alice.SignUp(t)
	bob.SignUp(t)
	hers, his := subscribe(t, alice, b.node(t)), subscribe(t, bob, b.node(t))
	id := write(t, alice, "Oolong")
	want := `{"data":{"noteChanged":{"type":"CREATED","id":"` + id + `","note":{"title":"Oolong"}}}}`
	if e, _ := hers.Next(t); e.Name != "next" || e.Data != want {
		t.Errorf("she is told %v", e)
	}

	// A session that ends at one process has no stream at the other.
	gone := subscribe(t, bob, a.node(t))
	at := *bob
	at.Site = b.node(t)
	at.Revoke(t).Must(t, http.StatusOK)
	ended := time.Now()
	for _, s := range []*authtest.Stream{gone, his} {
		if told := s.Ends(t); len(told) != 0 {
			t.Errorf("he is told %v", told)
		}
	}
	if took := time.Since(ended); took > 5*time.Second {
		t.Errorf("that took %s", took)
	}

	// Nothing of what cannot be read comes back, or into the log.
	const canary = "canary-58c1"
	if s := alice.Subscribe(t, "", func(call *authtest.Call) { call.JSON = canary }); s.Status != http.StatusBadRequest || strings.Contains(s.Body, canary) {
		t.Errorf("answered %d %s", s.Status, s.Body)
	}
	stopping := time.Now()
	b.stop(t)
	if told := hers.Ends(t); len(told) != 0 {
		t.Errorf("at the end she is told %v", told)
	}
	if took := time.Since(stopping); took > 10*time.Second {
		t.Errorf("the process stops after %s, as if it waited for her", took)
	}
	for _, node := range []*aside{a, b} {
		node.stop(t)
		if log := node.stderr.String(); strings.Contains(log, canary) || strings.Contains(log, "Oolong") {
			t.Error("what was written is in the log")
		}
	}
}
