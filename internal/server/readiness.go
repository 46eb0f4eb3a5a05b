package server

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/company-a/aside/db"
)

// ready answers within a second whether this node can serve: its database answers and accepts writes.
func ready(store *db.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := store.Ready(r.Context()); err != nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "the database does not answer, or accepts no writes", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	}
}

// cached returns a handler that calls h at most once per lifetime and gives everybody that answer. A load balancer can
// ask as often as it likes and is never refused.
func cached(h http.HandlerFunc, lifetime time.Duration, now func() time.Time) http.HandlerFunc {
	var mu sync.Mutex
	var last *recordedResponse
	var until time.Time
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock() // requests that wait here find the answer
		if last == nil || !now().Before(until) {
			last = &recordedResponse{header: http.Header{}, status: http.StatusOK}
			h(last, r.WithContext(context.WithoutCancel(r.Context()))) // other requests wait for it too
			until = now().Add(lifetime)
		}
		answer := last
		mu.Unlock()
		maps.Copy(w.Header(), answer.header)
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body.Bytes())
	}
}

// A recordedResponse is an http.ResponseWriter that records an answer.
type recordedResponse struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *recordedResponse) Header() http.Header         { return a.header }
func (a *recordedResponse) WriteHeader(status int)      { a.status = status }
func (a *recordedResponse) Write(b []byte) (int, error) { return a.body.Write(b) }
