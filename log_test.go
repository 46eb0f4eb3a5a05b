package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"
)

// Whatever anybody sends, a line of the log is short and all of it can be seen.
func TestTheLogIsBoundedAndPrintable(t *testing.T) {
	for _, sent := range []string{
		strings.Repeat("x", 1<<20), "a\x1b[2Jb", "a\nb", "a\u202eb", "a\u0085b", "a\u2028b", "a\x00b", "a\xffb", "a\u200bb", strings.Repeat("ä", 999), strings.Repeat("\x00", 5000),
	} {
		var log bytes.Buffer
		l := newLog(&log)
		l.Info("x", "text", sent, "error", errors.New(sent), slog.Group("inside", "text", sent))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Method, r.Host, r.URL.Path = "M"+strings.Repeat("X", 50_000), sent, "/"+sent
		manners(http.NotFoundHandler(), l).ServeHTTP(httptest.NewRecorder(), r)
		most := 20_000
		for line := range strings.Lines(log.String()) {
			line = strings.TrimSuffix(line, "\n")
			if strings.Contains(line, `"msg":"request"`) {
				most = 4_000 // there is one for each request
			}
			if len(line) > most || strings.ContainsFunc(line, func(c rune) bool { return !unicode.IsGraphic(c) || c == unicode.ReplacementChar }) {
				t.Errorf("%.20q makes %d bytes: %.300q", sent, len(line), line)
			}
		}
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("%.20q makes %d lines", sent, n)
		}
	}
	if got := printable("https://käse.example/ü?a=\"b\"", 200); got != "https://käse.example/ü?a=\"b\"" {
		t.Errorf("what can be seen is %s", got)
	}
}

// Whoever asks whether this node is ready is answered, and however many ask, the database is asked once in a while.
func TestReadinessIsAskedForOnce(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	now := time.Now()
	var clock sync.Mutex
	h := shared(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-release
		if r.Context().Err() != nil {
			t.Error("who has left takes the answer along")
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
		t.Errorf("asked %d times, a second later", n)
	}
}
