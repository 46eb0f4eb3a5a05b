package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/company-a/aside/auth"
)

// How long one request may take, database and all.
const requestTimeout = 20 * time.Second

// manners gives each request an id, a deadline and one line in the log, and turns a panic into
// one plain answer. The line has no query, header or body: those hold codes, tokens and notes.
func manners(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		w.Header().Set("X-Request-Id", id)
		ctx := r.Context()
		if !auth.OpensStream(r) { // that one goes on until it is over
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, requestTimeout)
			defer cancel()
		}
		answer := &watchedWriter{ResponseWriter: w, body: r.Body, status: http.StatusOK}
		started := time.Now()
		defer func() {
			fault := recover()
			if fault == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http does
				panic(fault)
			}
			if fault != nil {
				// The value may hold anything; its type and where it happened do not.
				log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("request", id), slog.String("type", fmt.Sprintf("%T", fault)), slog.Any("stack", stack()))
				if !answer.begun {
					w.Header().Set("Content-Type", "application/json")
					answer.WriteHeader(http.StatusInternalServerError)
					fmt.Fprintf(answer, `{"errors":[{"message":"Something went wrong on our side (id %s).","extensions":{"code":"INTERNAL"}}]}`, id)
				}
			}
			log.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("request", id), slog.String("method", short(r.Method)),
				slog.String("host", short(r.Host)), slog.String("path", short(r.URL.Path)), slog.Int("status", answer.status),
				slog.Duration("duration", time.Since(started)))
		}()
		next.ServeHTTP(answer, r.WithContext(ctx))
	})
}

// maxUnread is how much of a request is read, and thrown away, before it is refused: as much as nginx lets through by default.
const maxUnread = 1 << 20

// watchedWriter remembers what was answered. Before it answers, it reads what nobody has read of the request: a proxy that is still
// sending that, and is hung up on, tells its client 502 instead of why.
type watchedWriter struct {
	http.ResponseWriter
	body   io.Reader // nil where another one in the chain reads it
	status int
	begun  bool
}

func (w *watchedWriter) begin(status int) {
	if w.begun {
		return
	}
	w.status, w.begun = status, true
	if w.body != nil {
		_, _ = io.CopyN(io.Discard, w.body, maxUnread) // to its end, mostly; or the client is gone
	}
}

func (w *watchedWriter) WriteHeader(status int) {
	if status >= 200 { // else the answer is yet to come
		w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watchedWriter) Write(b []byte) (int, error) {
	w.begin(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
