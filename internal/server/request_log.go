package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/company-a/aside/auth"
	"github.com/company-a/aside/internal/fault"
	"github.com/company-a/aside/internal/telemetry"
)

// requestTimeout is how long one request may take, including the database.
const requestTimeout = 20 * time.Second

// logRequests gives each request an id, a deadline and one line in the log, and turns a panic into an answer with the id.
// The line has no query, header or body: those hold codes, tokens and notes.
func logRequests(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		w.Header().Set("X-Request-Id", id)
		ctx := r.Context()
		if !auth.OpensStream(r) { // a stream has no deadline
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, requestTimeout)
			defer cancel()
		}
		answer := newResponseWriter(w, r)
		started := time.Now()
		defer func() {
			value := recover()
			if value == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http does
				panic(value)
			}
			if value != nil {
				fault.Log(ctx, log, id, fault.Recovered(value))
				if !answer.started {
					w.Header().Set("Content-Type", "application/json")
					answer.WriteHeader(http.StatusInternalServerError)
					fmt.Fprintf(answer, `{"errors":[{"message":"Something went wrong on our end (id %s).","extensions":{"code":"INTERNAL"}}]}`, id)
				}
			}
			attributes := []slog.Attr{slog.String("request", id), slog.String("method", shortened(r.Method)),
				slog.String("host", shortened(r.Host)), slog.String("path", shortened(r.URL.Path)), slog.Int("status", answer.status),
				slog.Duration("duration", time.Since(started))}
			if trace := telemetry.TraceID(ctx); trace != "" {
				attributes = append(attributes, slog.String("trace", trace))
			}
			log.LogAttrs(ctx, slog.LevelInfo, "request", attributes...)
		}()
		next.ServeHTTP(answer, r.WithContext(ctx))
	})
}
