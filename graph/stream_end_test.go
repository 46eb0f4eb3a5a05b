package graph

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

// When a session ends on any node, its streams on all nodes end within 5 s, and send no changes made after its end.
func TestStreamsEndWithTheirSession(t *testing.T) {
	l := startLiveSite(t)
	other := l.secondNode(t)
	shop := l.Tenant(t, "Shop")
	bystander := l.signedUpVisitor(t, shop)
	bystanders := []*authtest.Stream{subscribe(t, bystander, l.Site), subscribe(t, bystander, other)}
	endings := map[string]func(*testing.T, *authtest.Visitor){
		"signed out": func(t *testing.T, v *authtest.Visitor) { v.Revoke(t).Must(t, 200) },
		"unlinked":   unlink,
		"idle for too long": func(t *testing.T, v *authtest.Visitor) {
			l.Exec(t, `UPDATE sessions SET last_used_at = now() - interval '2 hours', idle_until = now() WHERE token_hash = $1`, hashed(t, l.DB, v.Token))
		},
		"over": func(t *testing.T, v *authtest.Visitor) {
			l.Exec(t, `UPDATE sessions SET expires_at = now() WHERE token_hash = $1`, hashed(t, l.DB, v.Token))
		},
		"account deleted": func(t *testing.T, v *authtest.Visitor) {
			l.Exec(t, `DELETE FROM users WHERE id = (SELECT user_id FROM sessions WHERE token_hash = $1)`, hashed(t, l.DB, v.Token))
		},
	}
	t.Run("each", func(t *testing.T) {
		for name, end := range endings {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l.wantStreamsEnd(t, other, shop, "joe-"+name, end)
			})
		}
	})
	id := createNote(t, bystander, "still here")
	for i, s := range bystanders {
		if e, _ := s.Next(t); !strings.Contains(e.Data, id) {
			t.Errorf("node %d: somebody else's stream says %+v", i, e)
		}
	}
}

func (l *liveSite) wantStreamsEnd(t *testing.T, other *authtest.Site, shop *db.Tenant, subject string, end func(*testing.T, *authtest.Visitor)) {
	t.Helper()
	alice := l.linkedVisitor(t, shop, subject)
	// The same person goes on writing in another session.
	elsewhere := *alice
	elsewhere.Key = authtest.NewKey()
	elsewhere.SignUp(t)
	streams := []*authtest.Stream{openStream(t, alice, l.Site), openStream(t, alice, other)}
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

// openStream returns a stream that has sent a change, so that earlier notifications cannot end it any more.
func openStream(t *testing.T, v *authtest.Visitor, node *authtest.Site) *authtest.Stream {
	t.Helper()
	for {
		s := subscribe(t, v, node)
		createNote(t, v, "before")
		if e, _ := s.Next(t); e.Name == "next" {
			return s
		}
	}
}

// linkedVisitor returns a new visitor with a session that is bound to a subject.
func (l *liveSite) linkedVisitor(t *testing.T, tenant *db.Tenant, subject string) *authtest.Visitor {
	t.Helper()
	v := l.Visitor(t, tenant)
	handle := db.HashToken(v.State)
	if err := l.DB.StoreIdentityHandle(t.Context(), handle, tenant.Key, db.Subject{ID: subject}, v.Key.Thumbprint(), l.Evidence(t, tenant.Key), time.Minute); err != nil {
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

// Opening streams does not count as using the session.
func TestStreamsKeepNoSessionAlive(t *testing.T) {
	l := startLiveSite(t)
	alice, bob := l.signedUpVisitor(t, l.Tenant(t, "Shop")), l.signedUpVisitor(t, l.Tenant(t, "Shop"))
	lively := subscribe(t, bob, l.Site)
	began := time.Now()
	for kind, idle := range map[string]string{"WIDGET": "1 hour 59 minutes 50 seconds", "ACCOUNT": "29 minutes 50 seconds"} {
		l.Exec(t, `UPDATE sessions SET last_used_at = now() - $2::interval, idle_until = now() + interval '10 seconds'
			WHERE kind = $3 AND user_id = (SELECT user_id FROM sessions WHERE token_hash = $1)`, hashed(t, l.DB, alice.Token), idle, kind)
	}
	streams := []*authtest.Stream{subscribe(t, alice, l.Site), subscribeEventually(t, func() *authtest.Stream { return alice.SubscribeAccount(t, subscriptionDocument) })}
	for _, s := range streams { // ten seconds later
		if told := s.Ends(t); len(told) != 0 || time.Since(began) < 10*time.Second {
			t.Errorf("after %s it ends and tells of %v", time.Since(began), told)
		}
	}
	id := createNote(t, bob, "still here")
	if e, _ := lively.Next(t); !strings.Contains(e.Data, id) {
		t.Errorf("somebody else's stream says %+v", e)
	}
}

// A node that loses its connection ends its streams, and then accepts new ones.
func TestLostConnectionEndsStreams(t *testing.T) {
	l := startLiveSite(t)
	alice := l.signedUpVisitor(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, l.Site)
	l.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()`)
	if told := s.Ends(t); len(told) != 0 {
		t.Errorf("it tells of %v", told)
	}
	again := subscribe(t, alice, l.Site)
	createNote(t, alice, "heard")
	if e, _ := again.Next(t); !strings.Contains(e.Data, "heard") {
		t.Errorf("it tells of %v", e)
	}
}

// A node that stops ends its streams immediately.
func TestStoppingNodeEndsStreams(t *testing.T) {
	l := startLiveSite(t)
	node := l.Node(t)
	stop := followChanges(t, node)
	alice := l.signedUpVisitor(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, node)
	stop()
	if told := s.Ends(t); len(told) != 0 {
		t.Errorf("it tells of %v", told)
	}
	at := *alice
	at.Site = node
	if s := at.Subscribe(t, subscriptionDocument); s.Status != http.StatusServiceUnavailable || s.Header.Get("Retry-After") == "" {
		t.Errorf("another is answered %d %v", s.Status, s.Header)
	}
}

// A stream ends in its fifteenth minute, even while it sends changes.
func TestStreamEndsAtMaximumAge(t *testing.T) {
	clock := &authtest.Clock{}
	clock.Stop()
	l := &liveSite{log: &lockedLog{}, Site: authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		h := newHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, Now: clock.Now})
		h.heartbeat = time.Millisecond
		return h
	}})}
	followChanges(t, l.Site)
	alice := l.signedUpVisitor(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, l.Site)
	clock.Advance(maxStreamAge - time.Minute - time.Second)
	for _, title := range []string{"one", "another"} { // after many heartbeats
		id := createNote(t, alice, title)
		if e, _ := s.Next(t); e.Name != "next" || !strings.Contains(e.Data, id) {
			t.Fatalf("in the fourteenth minute it tells of %v", e)
		}
	}
	clock.Advance(time.Minute + 2*time.Second)
	if told := s.Ends(t); len(told) != 0 {
		t.Errorf("it tells of %v", told)
	}
	waitUntil(t, "nobody watches", func() bool { return l.DB.Watches() == 0 })
}
