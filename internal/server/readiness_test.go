package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/db/dbtest"
)

// However many probes come, the database is asked at most ten times a second.
func TestReadinessIsCached(t *testing.T) {
	d := dbtest.New(t)
	const account, frame = "http://aside.localhost", "http://aside-frame.localhost"
	authServer, err := auth.New(auth.Config{DB: d.DB, Keys: d.Keys, AccountOrigin: account, FrameOrigin: frame})
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{log: slog.New(slog.DiscardHandler), db: d.DB, account: account, frame: frame}
	h, err := s.routes(&Config{}, authServer, http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	began, before := time.Now(), d.DB.Stat().AcquireCount()
	const probes = 5_000
	for range probes {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		if w.Code != http.StatusOK {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
	}
	asked, spans := d.DB.Stat().AcquireCount()-before, int64(time.Since(began)/(100*time.Millisecond))
	if asked > 20+2*spans && asked >= probes/2 {
		t.Errorf("asked %d times for %d probes in %s", asked, probes, time.Since(began))
	}
}

// Every probe is answered, and the database is asked once while an answer is fresh, however many probes there are.
func TestConcurrentProbesShareOneQuery(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	now := time.Now()
	var clock sync.Mutex
	h := cached(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-release
		if r.Context().Err() != nil {
			t.Error("a client that has left cancels the answer for the others")
		}
		w.Header().Set("Retry-After", "1")
		http.Error(w, "not ready", http.StatusServiceUnavailable)
	}, 100*time.Millisecond, func() time.Time { clock.Lock(); defer clock.Unlock(); return now })
	var all sync.WaitGroup
	ask := func() {
		w := httptest.NewRecorder()
		ctx, leave := context.WithCancel(t.Context())
		leave()
		h(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/readyz", nil))
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" || w.Body.String() != "not ready\n" {
			t.Errorf("answered %d %v %s", w.Code, w.Header(), w.Body)
		}
	}
	for range 500 {
		all.Go(ask)
	}
	close(release)
	all.Wait()
	ask()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	clock.Lock()
	now = now.Add(time.Second)
	clock.Unlock()
	ask()
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times in all after a second", n)
	}
}
