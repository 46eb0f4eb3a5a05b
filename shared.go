package main

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"sync"
	"time"
)

// shared has h answer once for all who ask at a time, and for as long as the answer is fresh. So it may be asked by anybody and
// as often as they like, and a load balancer is never refused.
func shared(h http.HandlerFunc, fresh time.Duration, now func() time.Time) http.HandlerFunc {
	var mu sync.Mutex
	var last *keptAnswer
	var until time.Time
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock() // those who wait find the answer
		if last == nil || !now().Before(until) {
			last = &keptAnswer{header: http.Header{}, status: http.StatusOK}
			h(last, r.WithContext(context.WithoutCancel(r.Context()))) // others wait for it too
			until = now().Add(fresh)
		}
		answer := last
		mu.Unlock()
		maps.Copy(w.Header(), answer.header)
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body.Bytes())
	}
}

// A keptAnswer is an http.ResponseWriter that keeps what is written.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *keptAnswer) Header() http.Header         { return a.header }
func (a *keptAnswer) WriteHeader(status int)      { a.status = status }
func (a *keptAnswer) Write(b []byte) (int, error) { return a.body.Write(b) }
