package server

import (
	"io"
	"net/http"
)

// maxDiscarded is how many unread bytes of a request are discarded before the answer. nginx's default limit for
// a body is the same.
const maxDiscarded = 1 << 20

// An responseWriter records the status. Before it answers, it reads the rest of the request. Otherwise the connection could
// close while a proxy is still sending the request, and the proxy would answer 502 in place of our answer.
type responseWriter struct {
	http.ResponseWriter
	body    io.Reader
	status  int
	started bool
}

func newResponseWriter(w http.ResponseWriter, r *http.Request) *responseWriter {
	return &responseWriter{ResponseWriter: w, body: r.Body, status: http.StatusOK}
}

func (w *responseWriter) start(status int) {
	if w.started {
		return
	}
	w.status, w.started = status, true
	if w.body != nil {
		_, _ = io.CopyN(io.Discard, w.body, maxDiscarded) // usually all of it; an error means that the client is gone
	}
}

// WriteHeader reads the rest of the request, then writes the status.
func (w *responseWriter) WriteHeader(status int) {
	if status >= 200 { // a 1xx comes before the answer
		w.start(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseWriter) Write(b []byte) (int, error) {
	w.start(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
