package graph

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// A liveSite has nodes with the real API that follow changes.
type liveSite struct {
	*authtest.Site
	log *lockedLog
}

type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func startLiveSite(t *testing.T) *liveSite {
	t.Helper()
	return startLiveSiteBehind(t, func(h http.Handler) http.Handler { return h })
}

func startLiveSiteBehind(t *testing.T, middleware func(http.Handler) http.Handler) *liveSite {
	t.Helper()
	log := &lockedLog{}
	logger := slog.New(slog.NewJSONHandler(log, nil))
	l := &liveSite{log: log, Site: authtest.Start(t, authtest.Options{Log: logger, API: func(s *authtest.Site) http.Handler {
		return middleware(newHandler(Config{DB: s.DB, Keys: s.Keys, Log: logger, Open: true}))
	}})}
	followChanges(t, l.Site)
	return l
}

// followChanges makes a node follow changes until stop is called.
func followChanges(t *testing.T, s *authtest.Site) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.DB.Follow(ctx)
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return stop
}

func (l *liveSite) secondNode(t *testing.T) *authtest.Site {
	t.Helper()
	node := l.Node(t)
	followChanges(t, node)
	return node
}

const subscriptionDocument = `subscription { noteChanged { type id note { title body version trashedAt } } }`

// subscribeEventually subscribes until the node follows changes.
func subscribeEventually(t *testing.T, subscribe func() *authtest.Stream) *authtest.Stream {
	t.Helper()
	var s *authtest.Stream
	waitUntil(t, "a stream", func() bool {
		s = subscribe()
		return s.Status != http.StatusServiceUnavailable
	})
	s.Must(t, http.StatusOK)
	if got := s.Header.Get("Content-Type"); got != auth.EventStream {
		t.Fatalf("the stream is %q", got)
	}
	return s
}

func waitUntil(t *testing.T, what string, condition func() bool) {
	t.Helper()
	patience := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-patience:
			t.Fatalf("never: %s", what)
		}
	}
}

func subscribe(t *testing.T, v *authtest.Visitor, node *authtest.Site) *authtest.Stream {
	t.Helper()
	at := *v
	at.Site = node
	return subscribeEventually(t, func() *authtest.Stream { return at.Subscribe(t, subscriptionDocument) })
}

func createNote(t *testing.T, v *authtest.Visitor, title string) (id string) {
	t.Helper()
	a := v.GraphQL(t, `mutation ($t: String!) { createNote(input: {title: $t}) { note { id } } }`, map[string]any{"t": title}).Must(t, 200)
	return a.Text("data", "createNote", "note", "id")
}

func (l *liveSite) signedUpVisitor(t *testing.T, tenant *db.Tenant) *authtest.Visitor {
	t.Helper()
	v := l.Visitor(t, tenant)
	v.SignUp(t)
	return v
}

// Every node sends each change to its owner at its tenant, and to nobody else.
func TestStreamsSendTheirOwnerEachChange(t *testing.T) {
	l := startLiveSite(t)
	other := l.secondNode(t)
	shop, paper := l.Tenant(t, "Shop"), l.Tenant(t, "Paper")
	alice, bob := l.signedUpVisitor(t, shop), l.signedUpVisitor(t, shop)
	atPaper := *alice
	atPaper.Tenant, atPaper.Key = paper, authtest.NewKey()
	atPaper.SignUp(t)

	mine := map[string]*authtest.Stream{
		"here": subscribe(t, alice, l.Site), "on another node": subscribe(t, alice, other),
		"her account": subscribeEventually(t, func() *authtest.Stream { return alice.SubscribeAccount(t, subscriptionDocument) }),
	}
	others := map[*authtest.Visitor]*authtest.Stream{bob: subscribe(t, bob, other), &atPaper: subscribe(t, &atPaper, l.Site)}

	id := createNote(t, alice, "first")
	for who, s := range mine {
		if e, _ := s.Next(t); !strings.HasPrefix(e.Data, `{"data":{"noteChanged":{"type":"CREATED","id":"`+id+`","note":{"title":"first"`) {
			t.Errorf("%s is told %s", who, e.Data)
		}
	}
	for _, change := range []string{
		`updateNote(input: {id: "` + id + `", version: 1, title: "second", body: "a line\nanother\u2028and a third"}) { note { id } }`,
		`trashNote(id: "` + id + `") { note { id } }`, `restoreNote(id: "` + id + `") { note { id } }`, `deleteNote(id: "` + id + `") { id }`,
	} {
		// Each change is awaited before the next one, because an event holds the note as it is when it is sent.
		alice.GraphQL(t, "mutation { "+change+" }", nil).Must(t, 200)
		for who, s := range mine {
			e, _ := s.Next(t)
			kind := map[string]string{"updateNo": "UPDATED", "trashNot": "TRASHED", "restoreN": "RESTORED", "deleteNo": "DELETED"}[change[:8]]
			want := `{"data":{"noteChanged":{"type":"` + kind + `","id":"` + id + `","note":{"title":"second","body":"a line\nanother` + "\u2028" + `and a third","version":2,"trashedAt":null}}}}`
			switch kind {
			case "DELETED":
				want = `{"data":{"noteChanged":{"type":"DELETED","id":"` + id + `","note":null}}}`
			case "TRASHED":
				want, _, _ = strings.Cut(want, "null")
			}
			if e.Name != "next" || !strings.HasPrefix(e.Data, want) {
				t.Errorf("%s is told %s %s, not %s", who, e.Name, e.Data, want)
			}
		}
	}
	for v, s := range others {
		own := createNote(t, v, "theirs")
		if e, _ := s.Next(t); !strings.Contains(e.Data, own) {
			t.Errorf("another user gets %s", e.Data)
		}
	}
	if strings.Contains(l.log.String(), "second") {
		t.Error("a note is in the log")
	}
}

func (unhijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}
