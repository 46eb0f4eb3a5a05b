package graph

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// A live site has the real API on its nodes, each of which hears of changes.
type live struct {
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

func startLive(t *testing.T) *live {
	t.Helper()
	return startLiveBehind(t, func(h http.Handler) http.Handler { return h })
}

func startLiveBehind(t *testing.T, middleware func(http.Handler) http.Handler) *live {
	t.Helper()
	log := &lockedLog{}
	logger := slog.New(slog.NewJSONHandler(log, nil))
	l := &live{log: log, Site: authtest.Start(t, authtest.Options{Log: logger, API: func(s *authtest.Site) http.Handler {
		return middleware(newHandler(Config{DB: s.DB, Keys: s.Keys, Log: logger, Open: true}))
	}})}
	follow(t, l.Site)
	return l
}

// follow has a node hear of changes, until what it gives is called.
func follow(t *testing.T, s *authtest.Site) (stop func()) {
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

func (l *live) second(t *testing.T) *authtest.Site {
	t.Helper()
	node := l.Node(t)
	follow(t, node)
	return node
}

const following = `subscription { noteChanged { type id note { title body version trashedAt } } }`

// eventually asks until the node hears of changes.
func eventually(t *testing.T, subscribe func() *authtest.Stream) *authtest.Stream {
	t.Helper()
	var s *authtest.Stream
	until(t, "a stream", func() bool {
		s = subscribe()
		return s.Status != http.StatusServiceUnavailable
	})
	s.Must(t, http.StatusOK)
	if got := s.Header.Get("Content-Type"); got != auth.EventStream {
		t.Fatalf("the stream is %q", got)
	}
	return s
}

func until(t *testing.T, what string, condition func() bool) {
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
	return eventually(t, func() *authtest.Stream { return at.Subscribe(t, following) })
}

func noted(t *testing.T, v *authtest.Visitor, title string) (id string) {
	t.Helper()
	a := v.GraphQL(t, `mutation ($t: String!) { createNote(input: {title: $t}) { note { id } } }`, map[string]any{"t": title}).Must(t, 200)
	return a.Text("data", "createNote", "note", "id")
}

func (l *live) signedUp(t *testing.T, tenant *db.Tenant) *authtest.Visitor {
	t.Helper()
	v := l.Visitor(t, tenant)
	v.SignUp(t)
	return v
}

// Each change is told of on every node, to its owner at its tenant and to nobody else.
func TestAStreamTellsItsOwnerOfEachChange(t *testing.T) {
	l := startLive(t)
	other := l.second(t)
	shop, paper := l.Tenant(t, "Shop"), l.Tenant(t, "Paper")
	alice, bob := l.signedUp(t, shop), l.signedUp(t, shop)
	atPaper := *alice
	atPaper.Tenant, atPaper.Key = paper, authtest.NewKey()
	atPaper.SignUp(t)

	mine := map[string]*authtest.Stream{
		"here": subscribe(t, alice, l.Site), "on another node": subscribe(t, alice, other),
		"her account": eventually(t, func() *authtest.Stream { return alice.SubscribeAccount(t, following) }),
	}
	others := map[*authtest.Visitor]*authtest.Stream{bob: subscribe(t, bob, other), &atPaper: subscribe(t, &atPaper, l.Site)}

	id := noted(t, alice, "first")
	for who, s := range mine {
		if e, _ := s.Next(t); !strings.HasPrefix(e.Data, `{"data":{"noteChanged":{"type":"CREATED","id":"`+id+`","note":{"title":"first"`) {
			t.Errorf("%s is told %s", who, e.Data)
		}
	}
	for _, change := range []string{
		`updateNote(input: {id: "` + id + `", version: 1, title: "second", body: "a line\nanother\u2028and a third"}) { note { id } }`,
		`trashNote(id: "` + id + `") { note { id } }`, `restoreNote(id: "` + id + `") { note { id } }`, `deleteNote(id: "` + id + `") { id }`,
	} {
		// Each is told of before the next: the note would else be read as it is by then.
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
		own := noted(t, v, "theirs")
		if e, _ := s.Next(t); !strings.Contains(e.Data, own) {
			t.Errorf("a stranger is told of %s", e.Data)
		}
	}
	if strings.Contains(l.log.String(), "second") {
		t.Error("a note is in the log")
	}
}

func TestASubscriptionIsRefused(t *testing.T) {
	l := startLive(t)
	shop := l.Tenant(t, "Shop")
	alice := l.signedUp(t, shop)
	subscribe(t, alice, l.Site).Close() // it hears by now
	_, serverKey, err := l.DB.CreateServerKey(t.Context(), db.Operator, shop.Key, "backend")
	if err != nil {
		t.Fatal(err)
	}
	const canary = "canary-71"
	proof := authtest.WithHeader("DPoP", alice.Key.Proof(http.MethodPost, l.FrameOrigin+auth.GraphQLPath, alice.Token))
	alice.Subscribe(t, following, proof).Must(t, 200).Status = 0
	body := func(v any) func(*authtest.Call) { return func(c *authtest.Call) { c.JSON = v } }
	nobody := l.Visitor(t, shop)
	for name, c := range map[string]struct {
		stream *authtest.Stream
		status int
		says   string
	}{
		"nobody":                {nobody.SubscribeAccount(t, following), 401, "UNAUTHENTICATED"},
		"a backend":             {nobody.SubscribeAccount(t, following, authtest.WithHeader("Authorization", "Bearer "+serverKey)), 403, "FORBIDDEN"},
		"a proof used before":   {alice.Subscribe(t, following, proof), 401, "UNAUTHENTICATED"},
		"another's key":         {alice.Subscribe(t, following, authtest.ProvedBy(authtest.NewKey())), 401, "UNAUTHENTICATED"},
		"asked for as JSON":     {alice.Subscribe(t, following, authtest.WithHeader("Accept", "application/json")), 200, "Accept: text/event-stream"},
		"a stream unacceptable": {alice.Subscribe(t, following, authtest.WithHeader("Accept", "text/event-stream;q=0.0, */*")), 200, "Accept: text/event-stream"},
		"a query":               {alice.Subscribe(t, `{ viewer { id } }`), 406, "Only a subscription"},
		"a change":              {alice.Subscribe(t, `mutation { createNote(input: {title: "x"}) { note { id } } }`), 406, "Only a subscription"},
		"a query, or as JSON":   {alice.Subscribe(t, `{ viewer { vouched } }`, authtest.WithHeader("Accept", "text/event-stream, application/json")), 200, `{"data":{"viewer":{"vouched":false}}}`},
		"two fields":            {alice.Subscribe(t, `subscription { a: noteChanged { id } b: noteChanged { id } }`), 400, "selects one field"},
		"no field":              {alice.Subscribe(t, `subscription { noteChanged @skip(if: true) { id } }`), 400, "selects one field"},
		"of the schema":         {alice.Subscribe(t, `subscription { __typename }`), 400, "BAD_USER_INPUT"},
		"no such field":         {alice.Subscribe(t, `subscription { `+canary+` }`), 400, "BAD_USER_INPUT"},
		"a body that is none":   {alice.Subscribe(t, "", body(canary)), 400, "BAD_USER_INPUT"},
		"an unknown key":        {alice.Subscribe(t, "", body(map[string]any{"query": following, canary: canary})), 400, "BAD_USER_INPUT"},
		"a form":                {alice.Subscribe(t, following, authtest.WithHeader("Content-Type", "text/plain")), 415, "BAD_USER_INPUT"},
	} {
		s := c.stream
		if s.Status != c.status || !strings.Contains(s.Body, c.says) || s.Header.Get("Content-Type") == auth.EventStream {
			t.Errorf("%s is answered %d %s %s", name, s.Status, s.Header.Get("Content-Type"), s.Body)
		}
		if name != "no such field" && strings.Contains(s.Body, canary) {
			t.Errorf("%s is repeated: %s", name, s.Body)
		}
	}
	if strings.Contains(l.log.String(), canary) {
		t.Errorf("what was asked is in the log: %s", l.log)
	}
	if got := alice.GraphQL(t, `{ notes { edges { node { id } } } }`, nil).Body; strings.Contains(got, `"id"`) {
		t.Errorf("a change by way of a stream made %s", got)
	}
}

// A session has so many streams, and another's are its own.
func TestASessionHasSoManyStreams(t *testing.T) {
	l := startLive(t)
	alice, bob := l.signedUp(t, l.Tenant(t, "Shop")), l.signedUp(t, l.Tenant(t, "Shop"))
	streams := make([]*authtest.Stream, maxStreams)
	for i := range streams {
		streams[i] = subscribe(t, alice, l.Site)
	}
	if s := alice.Subscribe(t, following); s.Status != http.StatusTooManyRequests {
		t.Errorf("one more is answered %d %s", s.Status, s.Body)
	}
	subscribe(t, bob, l.Site)
	streams[0].Close()
	until(t, "room for another", func() bool { return alice.Subscribe(t, following).Status == http.StatusOK })
	if got := alice.GraphQL(t, `{ viewer { vouched } }`, nil); got.Status != 200 {
		t.Errorf("a query beside them: %d", got.Status)
	}
}

// Whatever ends a session, wherever, its streams end on each node within 5 s, and tell of nothing
// that happens in between.
func TestAStreamEndsWithItsSession(t *testing.T) {
	l := startLive(t)
	other := l.second(t)
	shop := l.Tenant(t, "Shop")
	bystander := l.signedUp(t, shop)
	bystanders := []*authtest.Stream{subscribe(t, bystander, l.Site), subscribe(t, bystander, other)}
	endings := map[string]func(*testing.T, *authtest.Visitor){
		"signed out": func(t *testing.T, v *authtest.Visitor) { v.Revoke(t).Must(t, 200) },
		"unlinked":   unlink,
		"idle for too long": func(t *testing.T, v *authtest.Visitor) {
			l.Exec(t, `UPDATE sessions SET last_used_at = now() - idle_timeout WHERE token_hash = $1`, tokenHash(v))
		},
		"over": func(t *testing.T, v *authtest.Visitor) {
			l.Exec(t, `UPDATE sessions SET expires_at = now() WHERE token_hash = $1`, tokenHash(v))
		},
		"account deleted": func(t *testing.T, v *authtest.Visitor) {
			l.Exec(t, `DELETE FROM users WHERE id = (SELECT user_id FROM sessions WHERE token_hash = $1)`, tokenHash(v))
		},
	}
	t.Run("each", func(t *testing.T) {
		for name, end := range endings {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l.endsStreams(t, other, shop, "joe-"+name, end)
			})
		}
	})
	id := noted(t, bystander, "still here")
	for i, s := range bystanders {
		if e, _ := s.Next(t); !strings.Contains(e.Data, id) {
			t.Errorf("node %d: somebody else's stream says %+v", i, e)
		}
	}
}

func (l *live) endsStreams(t *testing.T, other *authtest.Site, shop *db.Tenant, subject string, end func(*testing.T, *authtest.Visitor)) {
	t.Helper()
	alice := l.linked(t, shop, subject)
	// The same person elsewhere goes on writing.
	elsewhere := *alice
	elsewhere.Key = authtest.NewKey()
	elsewhere.SignUp(t)
	streams := []*authtest.Stream{settled(t, alice, l.Site), settled(t, alice, other)}
	end(t, alice)
	ended := time.Now()
	_, _ = elsewhere.TryGraphQL(t, `mutation { createNote(input: {title: "afterwards"}) { note { id } } }`, nil)
	for i, s := range streams {
		told := s.Ends(t)
		if took := time.Since(ended); took > 5*time.Second {
			t.Errorf("node %d: it took %s", i, took)
		}
		if strings.Contains(strings.Join(told, ""), "afterwards") {
			t.Errorf("node %d tells of %v", i, told)
		}
	}
}

// settled is a stream that has told of a change: what was said before, as of a link just made, has
// ended none that is open now.
func settled(t *testing.T, v *authtest.Visitor, node *authtest.Site) *authtest.Stream {
	t.Helper()
	for {
		s := subscribe(t, v, node)
		noted(t, v, "before")
		if e, _ := s.Next(t); e.Name == "next" {
			return s
		}
	}
}

func tokenHash(v *authtest.Visitor) []byte {
	h := db.HashToken(v.Token)
	return h[:]
}

// linked is a new visitor with a session that is bound to a subject.
func (l *live) linked(t *testing.T, tenant *db.Tenant, subject string) *authtest.Visitor {
	t.Helper()
	v := l.Visitor(t, tenant)
	handle := db.HashToken(v.State)
	if err := l.DB.KeepIdentityHandle(t.Context(), handle, tenant.Key, db.Subject{ID: subject}, v.Key.Thumbprint(), time.Minute); err != nil {
		t.Fatal(err)
	}
	i := v.Interaction(t, authtest.Param("identity_handle", v.State))
	v.Register(t).Must(t, 200)
	v.Decide(t, i.ID, "allow").Must(t, 200)
	step := v.Decide(t, i.ID, "link").Must(t, 200)
	v.Redeem(t, step.Text("response", "code")).Must(t, 200)
	return v
}

func unlink(t *testing.T, v *authtest.Visitor) {
	t.Helper()
	var answer struct {
		Data struct {
			Viewer struct{ Identities []struct{ ID string } }
		}
	}
	v.Account(t, `{ viewer { identities { id } } }`).JSON(t, &answer)
	got := v.Account(t, `mutation { unlinkIdentity(id: "`+answer.Data.Viewer.Identities[0].ID+`") { id } }`)
	if strings.Contains(got.Body, "errors") {
		t.Fatal(got.Body)
	}
}

// To open a stream, again and again, is no use of a session.
func TestAStreamKeepsNoSessionAlive(t *testing.T) {
	l := startLive(t)
	alice, bob := l.signedUp(t, l.Tenant(t, "Shop")), l.signedUp(t, l.Tenant(t, "Shop"))
	lively := subscribe(t, bob, l.Site)
	began := time.Now()
	for kind, idle := range map[string]string{"WIDGET": "1 hour 59 minutes 50 seconds", "ACCOUNT": "29 minutes 50 seconds"} {
		l.Exec(t, `UPDATE sessions SET last_used_at = now() - $2::interval
			WHERE kind = $3 AND user_id = (SELECT user_id FROM sessions WHERE token_hash = $1)`, tokenHash(alice), idle, kind)
	}
	streams := []*authtest.Stream{subscribe(t, alice, l.Site), eventually(t, func() *authtest.Stream { return alice.SubscribeAccount(t, following) })}
	for _, s := range streams { // ten seconds later
		if told := s.Ends(t); len(told) != 0 || time.Since(began) < 10*time.Second {
			t.Errorf("after %s it ends and tells of %v", time.Since(began), told)
		}
	}
	id := noted(t, bob, "still here")
	if e, _ := lively.Next(t); !strings.Contains(e.Data, id) {
		t.Errorf("somebody else's stream says %+v", e)
	}
}

// Who does not read is not waited for, and holds up nobody.
func TestASlowReaderIsLeft(t *testing.T) {
	l := startLive(t)
	alice := l.signedUp(t, l.Tenant(t, "Shop"))
	reader := subscribe(t, alice, l.Site)
	slow := &stuckWriter{begun: make(chan struct{}), header: http.Header{}}
	session, err := l.DB.LookUpSession(t.Context(), db.HashToken(alice.Token), alice.Key.Thumbprint())
	if err != nil {
		t.Fatal(err)
	}
	handler := newHandler(Config{DB: l.DB, Keys: l.Keys, Log: slog.New(slog.DiscardHandler), Open: true})
	ctx, cancel := context.WithCancel(auth.WithPrincipal(t.Context(), &auth.Principal{Session: session}))
	left := make(chan struct{})
	go func() {
		defer close(left)
		r, _ := http.NewRequestWithContext(ctx, http.MethodPost, auth.GraphQLPath, strings.NewReader(`{"query":"`+following+`"}`))
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
	cancel() // as its write deadline would
	slow.unstick()
	<-left
}

// A stuckWriter is of a connection whose other end does not read.
type stuckWriter struct {
	header http.Header
	begun  chan struct{}
	once   sync.Once
	stuck  sync.Once
	free   chan struct{}
	mu     sync.Mutex
}

func (w *stuckWriter) Header() http.Header { return w.header }
func (w *stuckWriter) WriteHeader(int)     {}
func (w *stuckWriter) Flush()              {}
func (w *stuckWriter) Write(b []byte) (int, error) {
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

func (w *stuckWriter) unstick() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.free == nil {
		w.free = make(chan struct{})
	}
	w.stuck.Do(func() { close(w.free) })
}

// The deadlines of the server are for requests that end. It is so where the stream has the
// connection to itself, and where it can't have it.
func TestAStreamOutlivesTheServersDeadlines(t *testing.T) {
	for name, middleware := range map[string]func(http.Handler) http.Handler{
		"taken over": func(h http.Handler) http.Handler { return h },
		"answered": func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(held{w}, r) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := startLiveBehind(t, middleware)
			alice := l.signedUp(t, l.Tenant(t, "Shop"))
			hasty := l.Hasty(t, time.Second)
			s := subscribe(t, alice, hasty)
			select {
			case <-time.After(2 * time.Second): // twice what the server gives a request
			case <-s.Gone():
				t.Fatal("it ended")
			}
			id := noted(t, alice, "late")
			if e, _ := s.Next(t); !strings.Contains(e.Data, id) {
				t.Errorf("it tells of %v", e)
			}
			s.Close()
			until(t, "nobody watches", func() bool { return l.DB.Watches() == 0 })
		})
	}
}

// A held writer's connection can't be had.
type held struct{ http.ResponseWriter }

func (h held) Unwrap() http.ResponseWriter { return h.ResponseWriter }
func (held) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}

// A node that hears of nothing tells so, and begins anew.
func TestALostConnectionEndsStreams(t *testing.T) {
	l := startLive(t)
	alice := l.signedUp(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, l.Site)
	l.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()`)
	if told := s.Ends(t); len(told) != 0 {
		t.Errorf("it tells of %v", told)
	}
	again := subscribe(t, alice, l.Site)
	noted(t, alice, "heard")
	if e, _ := again.Next(t); !strings.Contains(e.Data, "heard") {
		t.Errorf("it tells of %v", e)
	}
}

// A node that stops lets its readers go at once.
func TestAStoppingNodeEndsStreams(t *testing.T) {
	l := startLive(t)
	node := l.Node(t)
	stop := follow(t, node)
	alice := l.signedUp(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, node)
	stop()
	if told := s.Ends(t); len(told) != 0 {
		t.Errorf("it tells of %v", told)
	}
	at := *alice
	at.Site = node
	if s := at.Subscribe(t, following); s.Status != http.StatusServiceUnavailable || s.Header.Get("Retry-After") == "" {
		t.Errorf("another is answered %d %v", s.Status, s.Header)
	}
}

// Nobody is told half of a burst: what was not told of is found by reading anew.
func TestABurstIsToldOfOrEndsTheStream(t *testing.T) {
	l := startLive(t)
	alice := l.signedUp(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, l.Site)
	var want []string
	for i := range 100 {
		want = append(want, noted(t, alice, fmt.Sprint(i)))
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
