package graph

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/company-a/aside/auth/authtest"
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

// A node has at most Streams streams, of all sessions together, and a closed stream frees its slot.
func TestNodeStreamLimit(t *testing.T) {
	l := &liveSite{log: &lockedLog{}, Site: authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		return newHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, Streams: 2})
	}})}
	followChanges(t, l.Site)
	shop := l.Tenant(t, "Shop")
	alice, bob, carol := l.signedUpVisitor(t, shop), l.signedUpVisitor(t, shop), l.signedUpVisitor(t, shop)
	first := subscribe(t, alice, l.Site)
	subscribe(t, bob, l.Site)
	for range maxSessionStreams + 1 { // a rejected stream takes no slot of the session either
		s := carol.Subscribe(t, subscriptionDocument)
		if s.Status != http.StatusServiceUnavailable || s.Header.Get("Retry-After") != "10" || !strings.Contains(s.Body, `"code":"RATE_LIMITED"`) {
			t.Fatalf("one more is answered %d %v %s", s.Status, s.Header, s.Body)
		}
	}
	nobody := l.Visitor(t, shop)
	if s := nobody.SubscribeAccount(t, subscriptionDocument); s.Status != http.StatusUnauthorized {
		t.Errorf("nobody is answered %d", s.Status)
	}
	carol.GraphQL(t, `{ viewer { vouched } }`, nil).Must(t, http.StatusOK)
	first.Close()
	subscribe(t, carol, l.Site)
}

// Each session has its own limit of streams.
func TestSessionStreamLimit(t *testing.T) {
	l := startLiveSite(t)
	alice, bob := l.signedUpVisitor(t, l.Tenant(t, "Shop")), l.signedUpVisitor(t, l.Tenant(t, "Shop"))
	streams := make([]*authtest.Stream, maxSessionStreams)
	for i := range streams {
		streams[i] = subscribe(t, alice, l.Site)
	}
	if s := alice.Subscribe(t, subscriptionDocument); s.Status != http.StatusTooManyRequests {
		t.Errorf("one more is answered %d %s", s.Status, s.Body)
	}
	subscribe(t, bob, l.Site)
	streams[0].Close()
	waitUntil(t, "room for another", func() bool { return alice.Subscribe(t, subscriptionDocument).Status == http.StatusOK })
	if got := alice.GraphQL(t, `{ viewer { vouched } }`, nil); got.Status != 200 {
		t.Errorf("a query beside them: %d", got.Status)
	}
}

// One operation has at most maxConcurrentResolvers fields resolved at the same time.
func TestConcurrentResolversAreLimited(t *testing.T) {
	h := newHandlerWithoutDatabase(t, true)
	op, errs := h.prepare(t.Context(), request{Query: "{ viewer { id } }"})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	var under, most atomic.Int32
	var all sync.WaitGroup
	release, begun := make(chan struct{}), make(chan struct{}, 100)
	for range 50 {
		all.Go(func() {
			ctx := graphql.WithFieldContext(t.Context(), &graphql.FieldContext{IsResolver: true})
			_, _ = op.ResolverMiddleware(ctx, func(context.Context) (any, error) {
				most.Store(max(most.Load(), under.Add(1)))
				begun <- struct{}{}
				<-release
				under.Add(-1)
				return nil, nil
			})
		})
	}
	for range maxConcurrentResolvers {
		<-begun
	}
	plain := false
	_, _ = op.ResolverMiddleware(graphql.WithFieldContext(t.Context(), &graphql.FieldContext{}), func(context.Context) (any, error) {
		plain = true // a column needs no resolver
		return nil, nil
	})
	close(release)
	all.Wait()
	if most.Load() != maxConcurrentResolvers || !plain {
		t.Errorf("%d at once, and a column is read: %t", most.Load(), plain)
	}
}
