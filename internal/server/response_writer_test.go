package server

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An watchedResponse records how much of a request was unread when its answer began.
type watchedResponse struct {
	*httptest.ResponseRecorder
	body *strings.Reader
	left int
}

func (w *watchedResponse) WriteHeader(status int) {
	w.left = w.body.Len()
	w.ResponseRecorder.WriteHeader(status)
}

// A request that is refused before it is fully read is read to its end before the answer, up to a limit.
func TestARefusedRequestIsReadFirst(t *testing.T) {
	limited := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1000)); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}
	unread := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) }
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		size    int
		left    bool
	}{
		"unread":              {unread, 900 << 10, false},
		"too large":           {limited, 900 << 10, false},
		"larger, unread":      {unread, 8 << 20, true},
		"larger, half read":   {limited, 8 << 20, true},
		"small":               {unread, 10, false},
		"no body to speak of": {unread, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.NewReader(strings.Repeat("x", c.size))
			w := &watchedResponse{httptest.NewRecorder(), body, -1}
			logRequests(c.handler, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/graphql", body))
			if w.left < 0 || (w.left > 0) != c.left || w.left > c.size {
				t.Errorf("%d of %d bytes were unread when %d was answered", w.left, c.size, w.Code)
			}
		})
	}
}
