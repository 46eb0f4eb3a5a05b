package graph

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/company-a/aside/auth/authtest"
)

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
