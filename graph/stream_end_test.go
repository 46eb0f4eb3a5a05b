package graph

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
	"github.com/company-a/aside/db"
)

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
	if err := l.DB.KeepIdentityHandle(t.Context(), handle, tenant.Key, db.Subject{ID: subject}, v.Key.Thumbprint(), l.Evidence(t, tenant.Key), time.Minute); err != nil {
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
