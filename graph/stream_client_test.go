package graph

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
)

// A client that does not read is disconnected, and delays nobody.
func TestSlowClientsAreDisconnected(t *testing.T) {
	l := startLiveSite(t)
	alice := l.signedUpVisitor(t, l.Tenant(t, "Shop"))
	reader := subscribe(t, alice, l.Site)
	slow := &blockedWriter{begun: make(chan struct{}), header: http.Header{}}
	session, err := l.DB.LookUpSession(t.Context(), parsed(t, l.DB, alice.Token), alice.Key.Thumbprint())
	if err != nil {
		t.Fatal(err)
	}
	handler := newHandler(Config{DB: l.DB, Keys: l.Keys, Log: slog.New(slog.DiscardHandler), Open: true})
	ctx, cancel := context.WithCancel(auth.WithPrincipal(t.Context(), &auth.Principal{Session: session}))
	left := make(chan struct{})
	go func() {
		defer close(left)
		r, _ := http.NewRequestWithContext(ctx, http.MethodPost, auth.GraphQLPath, strings.NewReader(`{"query":"`+subscriptionDocument+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", auth.EventStream)
		handler.ServeHTTP(slow, r)
	}()
	<-slow.begun
	if n := l.DB.Watches(); n != 2 {
		t.Fatalf("%d watch", n)
	}
	body := strings.Repeat("x", 60<<10)
	for i := 0; l.DB.Watches() == 2; i++ {
		if i > 100 {
			t.Fatal("a hundred notes of 60 KiB wait for a reader who does not read")
		}
		alice.GraphQL(t, `mutation ($b: String!) { createNote(input: {body: $b}) { note { id } } }`, map[string]any{"b": body}).Must(t, 200)
		if e, _ := reader.Next(t); !strings.Contains(e.Data, "CREATED") {
			t.Errorf("the other reader is told %s", e.Data)
		}
	}
	cancel() // like its write deadline
	slow.unblock()
	<-left
}

// A blockedWriter writes to a client that does not read.
type blockedWriter struct {
	header http.Header
	begun  chan struct{}
	once   sync.Once
	stuck  sync.Once
	free   chan struct{}
	mu     sync.Mutex
}

func (w *blockedWriter) Header() http.Header { return w.header }

func (w *blockedWriter) WriteHeader(int) {}

func (w *blockedWriter) Flush() {}

func (w *blockedWriter) Write(b []byte) (int, error) {
	first := false
	w.once.Do(func() { first = true; close(w.begun) })
	if first {
		return len(b), nil
	}
	w.mu.Lock()
	if w.free == nil {
		w.free = make(chan struct{})
	}
	free := w.free
	w.mu.Unlock()
	<-free
	return 0, io.ErrClosedPipe
}

func (w *blockedWriter) unblock() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.free == nil {
		w.free = make(chan struct{})
	}
	w.stuck.Do(func() { close(w.free) })
}

// The server's deadlines do not end a stream, with and without a hijacked connection.
func TestStreamsOutliveTheServersDeadlines(t *testing.T) {
	for name, middleware := range map[string]func(http.Handler) http.Handler{
		"taken over": func(h http.Handler) http.Handler { return h },
		"answered": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(unhijackable{w}, r) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := startLiveSiteBehind(t, middleware)
			alice := l.signedUpVisitor(t, l.Tenant(t, "Shop"))
			node := l.NodeWithDeadline(t, time.Second)
			s := subscribe(t, alice, node)
			select {
			case <-time.After(2 * time.Second): // twice the server's deadline
			case <-s.Ended():
				t.Fatal("it ended")
			}
			id := createNote(t, alice, "late")
			if e, _ := s.Next(t); !strings.Contains(e.Data, id) {
				t.Errorf("it tells of %v", e)
			}
			s.Close()
			waitUntil(t, "nobody watches", func() bool { return l.DB.Watches() == 0 })
		})
	}
}

// An unhijackable writer does not support hijacking.
type unhijackable struct{ http.ResponseWriter }

func (h unhijackable) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// A client gets all changes of a burst, or the stream ends and the client reads the notes again.
func TestBurstsAreSentOrEndTheStream(t *testing.T) {
	l := startLiveSite(t)
	alice := l.signedUpVisitor(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, l.Site)
	var want []string
	for i := range 100 {
		want = append(want, createNote(t, alice, fmt.Sprint(i)))
	}
	for i, id := range want {
		e, _ := s.Next(t)
		if e.Name == "complete" {
			t.Logf("ended after %d", i)
			return
		}
		if !strings.Contains(e.Data, id) {
			t.Fatalf("event %d is %s, not of %s; %v", i, e.Data, id, slices.Index(want, id))
		}
	}
}
