package graph

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/company-a/aside/auth/authtest"
)

// A node follows for so many and no more, whoever they are; and who leaves makes room.
func TestNodeStreamLimit(t *testing.T) {
	l := &live{log: &lockedLog{}, Site: authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		return newHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, Streams: 2})
	}})}
	follow(t, l.Site)
	shop := l.Tenant(t, "Shop")
	alice, bob, carol := l.signedUp(t, shop), l.signedUp(t, shop), l.signedUp(t, shop)
	first := subscribe(t, alice, l.Site)
	subscribe(t, bob, l.Site)
	for range maxSessionStreams + 1 { // what is refused takes no place of the session's either
		s := carol.Subscribe(t, following)
		if s.Status != http.StatusServiceUnavailable || s.Header.Get("Retry-After") != "10" || !strings.Contains(s.Body, `"code":"RATE_LIMITED"`) {
			t.Fatalf("one more is answered %d %v %s", s.Status, s.Header, s.Body)
		}
	}
	nobody := l.Visitor(t, shop)
	if s := nobody.SubscribeAccount(t, following); s.Status != http.StatusUnauthorized {
		t.Errorf("nobody is answered %d", s.Status)
	}
	carol.GraphQL(t, `{ viewer { vouched } }`, nil).Must(t, http.StatusOK)
	first.Close()
	subscribe(t, carol, l.Site)
}

// However lively, a stream ends in its fifteenth minute: what it was opened with is looked at anew then.
func TestStreamEndsAtMaximumAge(t *testing.T) {
	clock := &authtest.Clock{}
	clock.Stop()
	l := &live{log: &lockedLog{}, Site: authtest.Start(t, authtest.Options{API: func(s *authtest.Site) http.Handler {
		h := newHandler(Config{DB: s.DB, Keys: s.Keys, Log: slog.New(slog.DiscardHandler), Open: true, Now: clock.Now})
		h.heartbeat = time.Millisecond
		return h
	}})}
	follow(t, l.Site)
	alice := l.signedUp(t, l.Tenant(t, "Shop"))
	s := subscribe(t, alice, l.Site)
	clock.Advance(maxStreamAge - time.Minute - time.Second)
	for _, title := range []string{"one", "another"} { // many beats later
		id := noted(t, alice, title)
		if e, _ := s.Next(t); e.Name != "next" || !strings.Contains(e.Data, id) {
			t.Fatalf("in the fourteenth minute it tells of %v", e)
		}
	}
	clock.Advance(time.Minute + 2*time.Second)
	if told := s.Ends(t); len(told) != 0 {
		t.Errorf("it tells of %v", told)
	}
	until(t, "nobody watches", func() bool { return l.DB.Watches() == 0 })
}
