package server

import (
	"io"
	"net/http"
)

// maxUnread is how many unread bytes of a request are discarded before the answer. nginx's default limit for
// a body is the same.
const maxUnread = 1 << 20

// An answerWriter records the status. Before it answers, it reads the rest of the request. Otherwise the connection could
// close while a proxy is still sending the request, and the proxy would answer 502 in place of our answer.
type answerWriter struct {
	http.ResponseWriter
	body   io.Reader
	status int
	begun  bool
}

func newAnswerWriter(w http.ResponseWriter, r *http.Request) *answerWriter {
	return &answerWriter{ResponseWriter: w, body: r.Body, status: http.StatusOK}
}

func (w *answerWriter) begin(status int) {
	if w.begun {
		return
	}
	w.status, w.begun = status, true
	if w.body != nil {
		_, _ = io.CopyN(io.Discard, w.body, maxUnread) // usually all of it; an error means that the client is gone
	}
}

// WriteHeader reads the rest of the request, then writes the status.
func (w *answerWriter) WriteHeader(status int) {
	if status >= 200 { // a 1xx comes before the answer
		w.begin(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answerWriter) Write(b []byte) (int, error) {
	w.begin(http.StatusOK)
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
